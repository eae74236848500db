"""The measures of a model version beside popularity and the version before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from shop_personalize.admin.charts import Bar, Series, bars, line
from shop_personalize.admin.numbers import MINUS, change, number, percent
from shop_personalize.admin.words import METRICS, metric

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.utils.functional import Promise
    from django.utils.safestring import SafeString

    from shop_personalize.models import ModelVersion

MAIN = "ndcg"
"""The measure the gate looks at."""


@dataclass(frozen=True)
class Row:
    name: str
    title: str
    means: str | Promise
    value: float | None
    baseline: float | None
    previous: float | None
    share: bool
    lower_is_better: bool
    interval: tuple[float, float] | None = None
    is_ratio: bool = True

    def write(self, value: float | None) -> str:
        return percent(value, 1) if self.share else number(value, 3)

    @property
    def cells(self) -> list[str]:
        return [self.write(v) for v in (self.value, self.baseline, self.previous)]

    @property
    def between(self) -> str:
        """“0.105–0.126”: where the value lies as far as the cases tell."""
        if self.interval is None:
            return ""
        low, high = self.interval
        return f"{self.write(low)}\N{EN DASH}{self.write(high)}"

    @property
    def verdict(self) -> str:
        """“▲ +12 %” against popularity; the arrow says better or worse."""
        if self.value is None or self.baseline is None:
            return ""
        by = change(self.value, self.baseline) if self.is_ratio else None
        if by is None or abs(by) < 0.0005:
            return ""
        better = (by < 0) == self.lower_is_better
        sign = "+" if by > 0 else MINUS
        return f"{'▲' if better else '▼'} {sign}{percent(abs(by))}"


def rows(version: ModelVersion) -> list[Row]:
    names = [
        name
        for name in {**version.metrics, **version.baseline}
        if _number(version.metrics, name) is not None
    ]
    return sorted((_row(version, name) for name in names), key=_order)


def _row(version: ModelVersion, name: str) -> Row:
    title, known = metric(name)
    return Row(
        name=name,
        title=title,
        means=known.means if known else "",
        value=_number(version.metrics, name),
        baseline=_number(version.baseline, name),
        previous=_number(version.previous, name),
        share=bool(known and known.is_share),
        lower_is_better=bool(known and known.lower_is_better),
        interval=_interval(version, name),
        is_ratio=known is None or known.is_ratio,
    )


def _interval(version: ModelVersion, name: str) -> tuple[float, float] | None:
    facts = version.metrics.get("facts")
    ends = facts.get("sure", {}).get(name) if isinstance(facts, dict) else None
    return (float(ends[0]), float(ends[1])) if ends else None


def _order(row: Row) -> tuple[int, str]:
    stems = list(METRICS)
    stem = row.name.partition("@")[0]
    return (stems.index(stem) if stem in stems else len(stems), row.name)


def _number(values: Mapping[str, Any], name: str) -> float | None:
    value = values.get(name)
    usable = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if usable and value is not None else None


def main_name(version: ModelVersion) -> str | None:
    """The first measure of the kind the gate looks at, such as ``ndcg@10``."""
    names = [name for name in version.metrics if name.partition("@")[0] == MAIN]
    return "ndcg@10" if "ndcg@10" in names else min(names, default=None)


def quality(version: ModelVersion) -> float | None:
    name = main_name(version)
    return _number(version.metrics, name) if name else None


def against_popularity(version: ModelVersion) -> float | None:
    """By what share it beats what simply sells best; None when not measured."""
    name = main_name(version)
    if name is None:
        return None
    value, baseline = _number(version.metrics, name), _number(version.baseline, name)
    return change(value, baseline) if value is not None and baseline else None


def span(version: ModelVersion) -> str:
    """“8–16 %”: by how much it beats best sellers, as far as the cases tell."""
    ends = _interval(version, "gain")
    if ends is None:
        return ""
    low, high = (number(100 * end, 0) for end in ends)
    numbers = f"{low}\N{EN DASH}{high}".replace("-", MINUS)
    return _("%(number)s %%") % {"number": numbers}


def verdict(version: ModelVersion) -> str:
    """“34 % better than best sellers”, or "" when that was not measured."""
    by = against_popularity(version)
    if by is None:
        return ""
    words = {"percent": percent(abs(by), 0)}
    if by >= 0:
        return _("%(percent)s better than simply showing best sellers") % words
    return _("%(percent)s worse than simply showing best sellers") % words


def comparison(version: ModelVersion) -> SafeString | None:
    """The main measure as bars: this version, best sellers, the version before."""
    name = main_name(version)
    if name is None:
        return None
    title, known = metric(name)
    named = (
        (_("this version"), version.metrics, "a"),
        (_("best sellers"), version.baseline, "quiet"),
        (_("live when it was trained"), version.previous, "b"),
    )
    shown = [
        Bar(label, value, tone=tone)
        for label, values, tone in named
        if (value := _number(values, name)) is not None
    ]
    return bars(
        title,
        shown,
        write=lambda value: number(value, 3),
        description=str(known.means) if known else "",
    )


def over_time(versions: Sequence[ModelVersion]) -> SafeString | None:
    """The main measure of the versions, oldest first, beside popularity."""
    measured = [v for v in versions if quality(v) is not None]
    if len(measured) < 2:
        return None
    name = main_name(measured[-1]) or MAIN
    return line(
        _("%(metric)s, version by version") % {"metric": metric(name)[0]},
        [f"v{v.number}" for v in measured],
        [
            Series(_("this recommender"), [_number(v.metrics, name) for v in measured]),
            Series(
                _("best sellers"),
                [_number(v.baseline, name) for v in measured],
                tone="quiet",
            ),
        ],
        write=lambda value: number(value, 3),
        head=_("version"),
    )
