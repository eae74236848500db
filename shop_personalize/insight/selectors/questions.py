"""The reports by name; each answers one question about a period."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from shop_personalize.insight.selectors import (
    baskets,
    cohorts,
    coverage,
    fairness,
    funnel,
    products,
    quality,
    repeats,
    rfm,
    searches,
)
from shop_personalize.insight.selectors.period import Period


@dataclass(frozen=True)
class Question:
    """``answer`` is the type of what ``measure`` gives."""

    name: str
    measure: Callable[[Period], Any]
    answer: type[Any]


QUESTIONS = {
    each.name: each
    for each in (
        Question("funnel", funnel.measure, funnel.Funnel),
        Question("cohorts", cohorts.measure, cohorts.Cohorts),
        Question("customers", rfm.measure, rfm.Rfm),
        Question("products", products.measure, products.Products),
        Question("searches", searches.measure, searches.Searches),
        Question("baskets", baskets.measure, baskets.Baskets),
        Question("repeats", repeats.measure, repeats.Repeats),
        Question("coverage", coverage.measure, coverage.Coverage),
        Question("fairness", fairness.measure, fairness.Fairness),
        Question("quality", quality.measure, quality.Quality),
    )
}
