"""Which products matter most, and which sell regularly: ABC and XYZ."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
from django.db.models import FloatField, Sum
from django.db.models.functions import Cast
from django.utils import timezone
from numpy.typing import NDArray

from shop_personalize.supply.models import DemandDay
from shop_personalize.supply.selectors.demand import main_currency

YEAR = timedelta(days=365)

SHARES = {"A": 0.8, "B": 0.95}
"""A class holds the products up to this share of the revenue, C the rest."""
CHANGES = {"X": 0.5, "Y": 1.0}
"""A class holds the products whose weeks vary by so much of their mean, Z the rest."""


def abc_of(products: Sequence[str]) -> NDArray[np.str_]:
    """Classes of products by what they earned in a year."""
    earned = revenue(timezone.localdate() - YEAR, main_currency())
    return abc(np.array([earned.get(item, 0.0) for item in products]))


def revenue(since: date, currency: str) -> dict[str, float]:
    """What products earned in the shop's main currency."""
    rows = DemandDay.objects.filter(day__gte=since, currency=currency).order_by()
    sums = rows.values_list("item_id").annotate(all=Cast(Sum("revenue"), FloatField()))
    return dict(sums.iterator())


def abc(earned: NDArray[np.float64]) -> NDArray[np.str_]:
    """Classes (n,) by the share of the revenue that the products before have."""
    positive = np.maximum(earned, 0.0)
    order = np.argsort(-positive, kind="stable")
    total = positive.sum()
    before = np.cumsum(positive[order]) - positive[order]
    found = np.full(len(earned), "C")
    if total > 0:
        ranked = np.where(
            before < SHARES["A"] * total,
            "A",
            np.where(before < SHARES["B"] * total, "B", "C"),
        )
        found[order] = np.where(positive[order] > 0, ranked, "C")
    return found


def xyz(values: NDArray[np.float64]) -> NDArray[np.str_]:
    """Classes (n,) by how much periods (n, T) vary; Z where nothing was sold."""
    mean, spread = values.mean(axis=1), values.std(axis=1)
    change = np.divide(spread, mean, out=np.full(len(mean), np.inf), where=mean > 0)
    return np.where(
        change <= CHANGES["X"], "X", np.where(change <= CHANGES["Y"], "Y", "Z")
    )
