"""A web worker that only serves stays small."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from tests.core.recommend import builders

SERVE = """
import sys
import django
django.setup()
from django.test import Client
client = Client()
for path in ("/", "/basket/", "/search/?q=gift", "/personalize/popular/"):
    page = client.get(path)
    assert page.status_code == 200, (path, page.status_code)
    assert b"Gift 1" in page.content, path
loaded = {name.split(".")[0] for name in sys.modules}
print("HEAVY:", sorted(loaded & {"scipy", "sklearn", "pyarrow", "pandas"}))
"""


def database_url() -> str:
    facts = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{facts['NAME']}"
    login = f"{facts['USER']}:{facts['PASSWORD']}".rstrip(":")
    return f"postgres://{login}@{facts['HOST']}:{facts['PORT'] or 5432}/{facts['NAME']}"


@pytest.mark.django_db(transaction=True)
def test_serving_imports_nothing_heavy() -> None:
    made = builders.products()
    builders.popular(made)
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "SHOP_PERSONALIZE_TEST_DIR": str(settings.WORK),
        "DATABASE_URL": database_url(),
    }
    done = subprocess.run(
        [sys.executable, "-c", SERVE],
        env=environment,
        cwd=Path(settings.BASE_DIR),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "HEAVY: []"
