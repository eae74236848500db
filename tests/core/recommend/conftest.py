from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.signing import Signer
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shop_personalize.capture.identity import SALT
from shop_personalize.models.visitor import visitor_key
from shop_personalize.recommend.candidates import allowed, pass_rate

if TYPE_CHECKING:
    from django.test import Client

GUEST = "guest-of-the-tests"


@pytest.fixture(autouse=True)
def _fresh_pass_rate() -> None:
    pass_rate.value = 0.5
    allowed.forget()


@pytest.fixture
def guest(client: Client) -> str:
    """A browser that was here before; its key."""
    client.cookies["sp_vid"] = Signer(salt=SALT).sign(GUEST)
    return visitor_key("guest", GUEST)


@pytest.fixture
def reads() -> Any:
    """Queries sent, without the savepoints that a test's transaction calls for."""

    class Reads(CaptureQueriesContext):
        @property
        def selects(self) -> list[str]:
            found = [query["sql"] for query in self.captured_queries]
            return [sql for sql in found if sql.lstrip("(").startswith("SELECT")]

    return lambda: Reads(connection)
