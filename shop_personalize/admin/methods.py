"""Which method suits the shop best, and what else was tried: words, chart and table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shop_personalize.admin.charts import Dot, dots
from shop_personalize.admin.metrics import against_popularity, span
from shop_personalize.admin.numbers import NOTHING, duration, number, percent
from shop_personalize.admin.words import metric
from shop_personalize.registry import spec
from shop_personalize.registry.spec import METHOD

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.utils.functional import _StrPromise
    from django.utils.safestring import SafeString

    from shop_personalize.models import ModelVersion, Recommender

USUAL = "popularity"
"""The row that is no method: what simply showing best sellers would have scored."""
TITLES: dict[str, _StrPromise] = {
    "popularity": gettext_lazy("Best sellers"),
    "walk": gettext_lazy("Graph walk"),
    "graph": gettext_lazy("Sharpened graph walk"),
    "blend": gettext_lazy("Learned blend"),
    "sequence": gettext_lazy("What follows what"),
    "sequence_blend": gettext_lazy("What follows what, in a learned order"),
    "visits": gettext_lazy("Visits like this one"),
    "flow": gettext_lazy("What is clicked next"),
    "visit_blend": gettext_lazy("Visits like this one, in a learned order"),
    "again": gettext_lazy("Own purchases and their cycle"),
    "usual": gettext_lazy("What one usually buys"),
    "alike": gettext_lazy("Baskets like this one"),
    "next_basket": gettext_lazy("Next basket, in a learned order"),
    "cold": gettext_lazy("New products by what they are like"),
    "ease": gettext_lazy("Product weights (EASE)"),
    "local_ridge": gettext_lazy("Product weights, neighborhood by neighborhood"),
    "als": gettext_lazy("Hidden tastes (ALS)"),
    "bpr": gettext_lazy("Hidden tastes (BPR)"),
    "svd": gettext_lazy("Hidden tastes (SVD)"),
    "people": gettext_lazy("Customers like this one"),
    "items": gettext_lazy("Products bought by the same people"),
    "social": gettext_lazy("Friends and households"),
}
"""What methods are called here; the technical name stands beside it."""


ASKED: dict[str, _StrPromise] = {
    "new": gettext_lazy("Products the customer had not bought before"),
    "repeat": gettext_lazy("All products, those bought before included"),
    "next": gettext_lazy("What comes with a product or a basket"),
}


@dataclass(frozen=True)
class Trial:
    """A row of the table of all that was tried."""

    method: str
    params: str
    score: str
    between: str
    confirmed: str
    took: str
    note: str
    chosen: bool


def title_of(method: str, recommender: Recommender | None = None) -> str:
    """The method in a shop's words; the default by its recommender's title."""
    if method in TITLES:
        return str(TITLES[method])
    known = spec(recommender.algorithm) if recommender else None
    if known and method == known.method:
        return str(known.title)
    return method.replace("_", " ").capitalize()


def method_of(version: ModelVersion) -> str:
    known = spec(version.recommender.algorithm)
    return str(version.params.get(METHOD, known.method if known else ""))


def suits(version: ModelVersion) -> str:
    """“Graph walk suits this shop best: 12 % better than best sellers (8–16 %).”

    Only where methods competed, and only while the numbers say so.
    """
    by = against_popularity(version)
    rivals = [row for row in _facts(version) if row.get("method") != USUAL]
    if by is None or len(rivals) < 2:
        return ""
    words = {
        "method": title_of(method_of(version), version.recommender),
        "percent": percent(abs(by), 0),
        "span": span(version),
    }
    if by < 0:
        return (
            _("%(method)s suits this shop best, yet %(percent)s below best sellers")
            % words
        )
    if words["span"]:
        return (
            _(
                "%(method)s suits this shop best: %(percent)s better than best "
                "sellers (%(span)s)"
            )
            % words
        )
    return (
        _("%(method)s suits this shop best: %(percent)s better than best sellers")
        % words
    )


def compared(version: ModelVersion) -> SafeString | None:
    """The best of each method as dots with their intervals."""
    return chart(_facts(version), version.recommender)


def searched(recommender: Recommender) -> SafeString | None:
    """The same for the last search of a recommender."""
    from shop_personalize.training.trials import best_of_each

    return chart(best_of_each(_table(recommender)), recommender)


def chart(
    rows: Iterable[Mapping[str, Any]], recommender: Recommender
) -> SafeString | None:
    shown = [_dot(row, recommender) for row in rows if "score" in row]
    if len(shown) < 2:
        return None
    title, known = metric("ndcg@10")
    return dots(
        _("%(metric)s, method by method") % {"metric": title},
        shown,
        write=lambda value: number(value, 3),
        description=str(known.means) if known else "",
    )


def trials(recommender: Recommender) -> list[tuple[str, list[Trial]]]:
    """Every trial of the last search by what was asked, in the order they were made."""
    groups: dict[str, list[Trial]] = {}
    for row in _table(recommender):
        asked = str(row.get("protocol", ""))
        groups.setdefault(asked, []).append(_trial(row, recommender))
    return [(str(ASKED.get(asked, asked)), rows) for asked, rows in groups.items()]


def left_out(version: ModelVersion) -> list[str]:
    """Methods without a score, each with the reason."""
    return [
        f"{title_of(str(row['method']), version.recommender)}: {row['note']}"
        for row in _facts(version)
        if "score" not in row and row.get("note")
    ]


def search_of(recommender: Recommender) -> str:
    """“27 trials in 48 s; the default stays” in one sentence."""
    tuned = recommender.tuned
    if not _table(recommender) or "method" not in tuned:
        return ""
    made = [row for row in _table(recommender) if row["method"] != USUAL]
    words = {
        "count": number(len([row for row in made if "score" in row])),
        "time": duration(tuned.get("seconds")),
        "method": title_of(str(tuned["method"]), recommender),
    }
    if tuned.get("kept"):
        return (
            _(
                "%(count)s trials in %(time)s. What won did worse in the last weeks "
                "than the default, so the default stays."
            )
            % words
        )
    if not tuned.get("params"):
        return (
            _(
                "%(count)s trials in %(time)s. Nothing beat %(method)s as it is by "
                "more than chance."
            )
            % words
        )
    return (
        _("%(count)s trials in %(time)s. %(method)s with its own numbers did best.")
        % words
    )


def _dot(row: Mapping[str, Any], recommender: Recommender) -> Dot:
    return Dot(
        title_of(str(row["method"]), recommender),
        float(row["score"]),
        row.get("low"),
        row.get("high"),
        tone="quiet" if row["method"] == USUAL else "a",
        marked=bool(row.get("chosen")),
    )


def _trial(row: Mapping[str, Any], recommender: Recommender) -> Trial:
    return Trial(
        method=title_of(str(row.get("method", "")), recommender),
        params=", ".join(
            f"{name} = {_value(value)}"
            for name, value in (row.get("params") or {}).items()
        ),
        score=_score(row.get("score")),
        between=f"{_score(row['low'])}\N{EN DASH}{_score(row['high'])}"
        if "low" in row and "high" in row
        else "",
        confirmed=_score(row.get("confirmed")) if "confirmed" in row else "",
        took=duration(row["seconds"]) if row.get("seconds") else "",
        note=str(row.get("note", "")),
        chosen=bool(row.get("chosen")),
    )


def _value(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _score(value: float | None) -> str:
    return NOTHING if value is None else number(value, 3)


def _facts(version: ModelVersion) -> list[dict[str, Any]]:
    facts = version.metrics.get("facts")
    rows = facts.get("methods") if isinstance(facts, dict) else None
    return [row for row in rows or [] if isinstance(row, dict) and "method" in row]


def _table(recommender: Recommender) -> list[dict[str, Any]]:
    rows = recommender.tuned.get("table")
    return [row for row in rows or [] if isinstance(row, dict) and "method" in row]
