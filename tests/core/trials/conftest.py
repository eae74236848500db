from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings as django_settings

from shop_personalize.capture import bots, visitors
from shop_personalize.models import Checkpoint
from shop_personalize.recommend.candidates import pass_rate
from tests.core.trials.days import START

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_django.fixtures import SettingsWrapper


@pytest.fixture(autouse=True)
def _fresh_process_memory() -> Iterator[None]:
    visitors.forget()
    bots.rate_watch._counts.clear()
    pass_rate.value = 0.5
    yield
    visitors.forget()


@pytest.fixture
def hold_out(settings: SettingsWrapper) -> Callable[[float], None]:
    """Set the share of visitors who see no recommendations."""

    def set_share(share: float) -> None:
        own: dict[str, Any] = django_settings.SHOP_PERSONALIZE
        settings.SHOP_PERSONALIZE = {**own, "HOLDOUT": share}

    return set_share


@pytest.fixture
def half(db: None, hold_out: Callable[[float], None]) -> None:
    """Half of the visitors are held out, from the first day on."""
    hold_out(0.5)
    Checkpoint.objects.create(
        name="holdout", state={"share": 0.5, "since": START.isoformat()}
    )
