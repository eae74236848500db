"""What the benchmark of stock policies does where its oracle is not installed."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

from benchmarks import inventory


def test_a_part_without_its_oracle_says_so_and_the_others_run(monkeypatch: Any) -> None:
    part = SimpleNamespace(PROTOCOL="none", measure=lambda: {"metrics": {"seen": 1}})
    monkeypatch.setitem(sys.modules, "part", part)
    parts = {"benchmarks.no_such_part": "no_such_oracle", "part": ""}
    monkeypatch.setattr(inventory, "PARTS", parts)
    lines: list[str] = []
    found = inventory.run(SimpleNamespace(line=lines.append))  # type: ignore[arg-type]
    missing, ran = found["systems"]
    absent = {"system": "no_such_part", "absent": "pip install no_such_oracle"}
    assert missing == absent
    assert (ran["protocol"], ran["metrics"]) == ("none", {"seen": 1})
    assert lines == [f"no_such_part: {absent}", "part: {'seen': 1}"]
