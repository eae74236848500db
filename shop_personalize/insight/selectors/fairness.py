"""Who gets to be seen: new products beside old ones, brands, categories."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from shop_personalize.insight.selectors.catalog import Facts, facts
from shop_personalize.insight.selectors.period import Period
from shop_personalize.insight.selectors.sales import Shown, Sold, shown, sold
from shop_personalize.insight.selectors.shares import parts

NEW = timedelta(days=90)
GROUPS = 12
"""Groups told apart, the largest; the rest stands together as ``OTHERS``."""
OTHERS = "\N{HORIZONTAL ELLIPSIS}"


@dataclass(frozen=True)
class Share:
    """Of a group its share of the range, of what is seen by place, and of orders."""

    name: str
    products: int
    catalog: float
    seen: float
    sales: float
    clicks: float | None
    """Clicks of those seen."""

    @property
    def ratio(self) -> float | None:
        """How often seen beside its share of the range: 1 is just as often."""
        return self.seen / self.catalog if self.catalog else None


@dataclass(frozen=True)
class Fairness:
    """``age`` holds "new" and "old"; products of unknown age are left out there."""

    seen: int
    age: tuple[Share, ...]
    age_before: float | None
    """The new products' share of what was seen in the period before."""
    categories: tuple[Share, ...]
    brands: tuple[Share, ...]
    new_days: int


@dataclass(frozen=True)
class _Figures:
    known: dict[str, Facts]
    seen: dict[str, Shown]
    sales: dict[str, Sold]


def measure(period: Period) -> Fairness:
    known = {item: own for item, own in facts().items() if own.visible}
    figures = _Figures(known, shown(period), sold(period, ""))
    earlier = _Figures(known, shown(period.before), {})
    age = _shares(figures, _age_on(period))
    before = {one.name: one.seen for one in _shares(earlier, _age_on(period.before))}
    has_before = any(own.seen for own in earlier.seen.values())
    return Fairness(
        seen=sum(own.seen for own in figures.seen.values()),
        age=age,
        age_before=before.get("new", 0.0) if has_before else None,
        categories=_shares(figures, lambda own: own.category),
        brands=_shares(figures, lambda own: own.brand),
        new_days=NEW.days,
    )


def _age_on(period: Period) -> Callable[[Facts], str]:
    since = period.until - NEW

    def age(own: Facts) -> str:
        if own.created is None:
            return ""
        return "new" if own.created > since else "old"

    return age


def _shares(figures: _Figures, group: Callable[[Facts], str]) -> tuple[Share, ...]:
    """Groups by name, the largest first; products without one are left out."""
    sums: dict[str, list[float]] = defaultdict(lambda: [0, 0.0, 0, 0, 0])
    for item, own in figures.known.items():
        name = group(own)
        if name:
            row = sums[name]
            seen = figures.seen.get(item)
            row[0] += 1
            row[1] += seen.weight if seen else 0.0
            row[2] += figures.sales[item].orders if item in figures.sales else 0
            row[3] += seen.seen if seen else 0
            row[4] += seen.clicked if seen else 0
    names = sorted(sums, key=lambda name: (-sums[name][0], name))
    if len(names) > GROUPS:
        rest = [sums[name] for name in names[GROUPS - 1 :]]
        sums[OTHERS] = [sum(column) for column in zip(*rest, strict=True)]
        names = [*names[: GROUPS - 1], OTHERS]
    columns = [parts(sums[name][k] for name in names) for k in range(3)]
    return tuple(
        Share(
            name=name,
            products=int(sums[name][0]),
            catalog=columns[0][at],
            seen=columns[1][at],
            sales=columns[2][at],
            clicks=sums[name][4] / sums[name][3] if sums[name][3] else None,
        )
        for at, name in enumerate(names)
    )
