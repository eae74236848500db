"""The example shop has settings of its own, so its tests run it as a person does."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
Run = Callable[..., str]


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """``run("check")``: ``manage.py`` of the example shop on a test database."""
    return manager(tmp_path_factory.mktemp("example"))


@pytest.fixture
def run_apart(tmp_path: Path) -> Run:
    """The same on a database that no other test sees."""
    return manager(tmp_path)


def manager(folder: Path) -> Run:
    environment = {
        key: value
        for key, value in os.environ.items()
        if key not in {"DJANGO_SETTINGS_MODULE", "REDIS_URL", "CELERY_BROKER_URL"}
    } | {
        "DEBUG": "0",
        "DEMO_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'example.sqlite3'}",
    }

    def manage(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=170,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    return manage


@pytest.fixture(scope="session")
def shop(run: Run) -> Run:
    """The same with the shop's latest 500 orders in it."""
    run("migrate", "--verbosity", "0")
    run("load_demo_shop", "--orders", "500")
    return run


@pytest.fixture(scope="session")
def ask(shop: Run) -> Callable[[str], str]:
    """What a piece of Python prints inside the shop."""
    return lambda code: shop("shell", "--no-imports", "-c", code).strip()
