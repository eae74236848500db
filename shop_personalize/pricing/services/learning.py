"""How demand answers prices: learned from all weeks of all products together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils import timezone

from shop_personalize.attribution import days
from shop_personalize.ml.optimize.prices import Elasticities, Sales
from shop_personalize.pricing.models import Elasticity
from shop_personalize.pricing.selectors import catalog, series
from shop_personalize.pricing.services.neighbors import neighbors

if TYPE_CHECKING:
    from shop_personalize.pricing.selectors.catalog import Product
    from shop_personalize.pricing.selectors.series import Floats, Lately, Weekly
    from shop_personalize.pricing.services.weeks import Progress

NAME = "pricing:learned"
LEVEL = 0.8
REACH = 1.2816
"""Standard errors within which 8 of 10 cases lie."""
BATCH = 2000


@dataclass(frozen=True, eq=False)
class Answers:
    """How demand of each of n products answers its price: (n,) each."""

    value: Floats
    error: Floats
    low: Floats
    high: Floats
    source: list[str]


@dataclass(frozen=True, eq=False)
class Learned:
    """All products on sale; ``priced`` are those with a price, which ``answers`` and
    ``lately`` are of, in the same order.
    """

    products: list[Product]
    priced: list[Product]
    weekly: Weekly
    lately: Lately
    answers: Answers


def learn(progress: Progress | None = None, *, keep: bool = True) -> Learned:
    """Learn anew and, with ``keep``, replace what was known."""
    known = list(catalog.products())
    priced = sorted((p for p in known if p.price), key=lambda each: each.id)
    currencies = {p.id: p.currency for p in priced}
    if progress:
        progress(0.1, "products")
    weekly = series.weekly(currencies)
    if progress:
        progress(0.3, "sales")
    fitted = _fit(weekly, priced)
    if progress:
        progress(0.8, "elasticities")
    if keep:
        _keep(_rows(fitted, weekly, priced, timezone.now()))
    return Learned(
        products=known,
        priced=priced,
        weekly=weekly,
        lately=series.lately(weekly),
        answers=_answers(fitted, len(priced)),
    )


def _fit(weekly: Weekly, priced: list[Product]) -> Elasticities | None:
    """None where nothing was ever sold."""
    if not len(weekly.item):
        return None
    return Elasticities(level=LEVEL).fit(
        Sales(
            item=weekly.item,
            units=weekly.units,
            price=weekly.price,
            period=weekly.week,
            category=_categories(priced)[1],
        )
    )


def _categories(priced: list[Product]) -> tuple[list[str], Any]:
    """The names of categories, and that of each product as a number."""
    names = sorted({p.category for p in priced})
    place = {name: at for at, name in enumerate(names)}
    return names, np.array([place[p.category] for p in priced], np.int64)


def _answers(fitted: Elasticities | None, n: int) -> Answers:
    if fitted is None:
        value, error = Elasticities().prior
        full = np.full(n, value)
        reach = REACH * error
        return Answers(
            full, np.full(n, error), full - reach, full + reach, ["prior"] * n
        )
    return Answers(
        fitted.values_,
        fitted.errors_,
        fitted.low_,
        fitted.high_,
        [str(each) for each in fitted.sources_],
    )


def _rows(
    fitted: Elasticities | None,
    weekly: Weekly,
    priced: list[Product],
    now: datetime,
) -> list[Elasticity]:
    if fitted is None:
        return []
    sold = np.bincount(weekly.item[weekly.sold], minlength=len(priced))
    kinds = Elasticity.Kind
    names, of = _categories(priced)
    cross = neighbors(weekly, of)
    made = [
        Elasticity(
            kind=kinds.ITEM,
            key=product.id,
            value=float(fitted.values_[at]),
            error=float(fitted.errors_[at]),
            low=float(fitted.low_[at]),
            high=float(fitted.high_[at]),
            source=str(fitted.sources_[at]),
            weeks=int(sold[at]),
            prices=int(fitted.prices_[at]),
            note=str(fitted.reasons_[at]),
            own=None if np.isnan(fitted.own_[at]) else float(fitted.own_[at]),
            cross=cross.get(product.id, []),
            renewed_at=now,
        )
        for at, product in enumerate(priced)
    ]
    told = fitted.reasons_ == ""
    for at, name in enumerate(names):
        if name:
            value, error = fitted.category_values_[at], fitted.category_errors_[at]
            made.append(
                _group(
                    kinds.CATEGORY,
                    name,
                    (value, error),
                    str(fitted.category_sources_[at]),
                    int((told & (of == at)).sum()),
                    now,
                )
            )
    shop = (fitted.shop_value_, fitted.shop_error_)
    source = str(fitted.shop_source_)
    made.append(_group(kinds.SHOP, "", shop, source, int(told.sum()), now))
    return made


def _group(
    kind: Elasticity.Kind,
    key: str,
    found: tuple[float, float],
    source: str,
    products: int,
    now: datetime,
) -> Elasticity:
    """Of many products; ``prices`` is how many of them speak by their own sales."""
    value, error = float(found[0]), float(found[1])
    return Elasticity(
        kind=kind,
        key=key,
        value=value,
        error=error,
        low=value - REACH * error,
        high=value + REACH * error,
        source=source,
        prices=products,
        renewed_at=now,
    )


def _keep(rows: list[Elasticity]) -> None:
    with days.alone(NAME) as using:
        kept = Elasticity.objects.using(using)
        kept.all().delete()
        kept.bulk_create(rows, batch_size=BATCH)
