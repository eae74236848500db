"""The house keeps its shape: imports, migrations, what serving may load."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[2]


def test_import_contracts_hold() -> None:
    lint_imports = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run(
        [str(lint_imports), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", "shop_personalize", check=True, dry_run=True)


def test_the_package_imports_nothing_by_itself() -> None:
    code = (
        "import sys, shop_personalize\n"
        "print('django' in sys.modules, 'numpy' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["False", "False"]


def test_no_model_file_can_run_code() -> None:
    forbidden = (
        "import pickle",
        "import joblib",
        "allow_pickle=True",
        "np.savez",
        ".npz",
    )
    found = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in (ROOT / "shop_personalize").rglob("*.py")
        for word in forbidden
        if word in path.read_text()
    ]
    assert found == []


def test_templates_are_safe_under_a_content_security_policy() -> None:
    """Mail programs read no other styles than those inline, and know no such policy."""
    forbidden = (" onclick=", " style=", "|safe", "javascript:")
    found = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in (ROOT / "shop_personalize" / "templates").rglob("*.html")
        for word in forbidden
        if word in path.read_text() and (path.name, word) != ("email.html", " style=")
    ]
    assert found == []
