"""The commands know Oscar without being told more than its name."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.management import call_command

Make = Callable[..., Any]
pytestmark = pytest.mark.django_db


def test_the_checks_find_nothing_wrong() -> None:
    found = [m.id for m in run_checks() if (m.id or "").startswith("shop_personalize")]
    assert found == []


def test_inspect_prints_the_one_line_oscar_needs() -> None:
    out = StringIO()
    call_command("personalize", "inspect", stdout=out)
    line = 'SHOP_PERSONALIZE = {"CATALOG": {"adapter": "oscar"}}'
    assert out.getvalue().strip() == line


def test_the_doctor_sees_oscars_products(product: Make) -> None:
    product("Mug")
    out = StringIO()
    call_command("personalize", "doctor", "--json", stdout=out)
    says = [one["says"] for one in json.loads(out.getvalue())["findings"]]
    assert "1 products are seen." in says
    assert "The settings are right." in says
