"""What a version keeps of how it was found and judged, beside its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from shop_personalize.training.evaluate import Evaluation

FACTS = "facts"
"""Key in ``ModelVersion.metrics`` of what is no number: cases, intervals, methods."""
ROW = ("method", "params", "score", "low", "high", "seconds", "chosen", "note")


def recorded(evaluation: Evaluation | None, tuned: Mapping[str, Any]) -> dict[str, Any]:
    """The metrics of a version, and under "facts" what stands behind them."""
    if evaluation is None or not evaluation.cases:
        return {}
    facts = {
        "cases": evaluation.cases,
        "protocol": evaluation.protocol,
        "sure": evaluation.sure,
        "methods": best_of_each(tuned.get("table", ())),
    }
    return {**evaluation.metrics, FACTS: facts}


def best_of_each(table: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each method's chosen or else best trial, best first; those without score last.

    Only trials of the first protocol count: others search on with what was chosen.
    """
    best: dict[str, Mapping[str, Any]] = {}
    protocol = None
    for row in table:
        protocol = protocol or row.get("protocol")
        if row.get("protocol") != protocol or "method" not in row:
            continue
        known = best.get(row["method"])
        if known is None or _rank(row) > _rank(known):
            best[row["method"]] = row
    ordered = sorted(best.values(), key=lambda row: -float(row.get("score", -1.0)))
    return [{name: row[name] for name in ROW if name in row} for row in ordered]


def _rank(row: Mapping[str, Any]) -> tuple[bool, float]:
    return bool(row.get("chosen")), float(row.get("score", -1.0))
