from __future__ import annotations

import json
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command


@pytest.fixture
def personalize() -> Callable[..., Any]:
    """Run a verb: the text it prints, or with ``json=True`` the object."""

    def run(verb: str, *args: Any, json: bool = False) -> Any:
        out, err = StringIO(), StringIO()
        more = ["--json"] if json else []
        words = [str(arg) for arg in args]
        call_command("personalize", verb, *more, *words, stdout=out, stderr=err)
        return _loads(out.getvalue()) if json else out.getvalue()

    return run


def _loads(text: str) -> Any:
    return json.loads(text)
