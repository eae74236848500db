from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shop_personalize import artifacts
from shop_personalize.conf import app_settings

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django.fixtures import SettingsWrapper


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, settings: SettingsWrapper) -> None:
    """Each test has its own model files and snapshot."""
    settings.SHOP_PERSONALIZE = {
        **settings.SHOP_PERSONALIZE,
        "ARTIFACT_CACHE": str(tmp_path / "artifacts"),
        "SNAPSHOT_DIR": str(tmp_path / "snapshot"),
    }
    assert app_settings.artifact_cache == tmp_path / "artifacts"
    artifacts.forget()
