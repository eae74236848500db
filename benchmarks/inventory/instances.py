"""The named instances that come with stockpyl."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def instances() -> dict[str, dict[str, Any]]:
    """By name what the file holds: ``type`` (dict or network) and ``data``."""
    path = files("stockpyl") / "datasets" / "stockpyl_instances.json"
    found = json.loads(path.read_text())["instances"]
    return {each["name"]: each for each in found}


def data(name: str) -> dict[str, Any]:
    return dict(instances()[name]["data"])


def apart_by(ours: float, oracle: float) -> float:
    """Relative difference; the oracle's 0 is met by 0 alone."""
    if ours == oracle:
        return 0.0
    return abs(ours - oracle) / abs(oracle) if oracle else float("inf")
