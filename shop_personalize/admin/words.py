"""What things are called here: a shop's words, the technical name one click deeper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

KINDS: dict[str, _StrPromise] = {
    "view": gettext_lazy("viewed"),
    "list_view": gettext_lazy("saw a list"),
    "click": gettext_lazy("clicked"),
    "add_to_cart": gettext_lazy("put into the basket"),
    "remove_from_cart": gettext_lazy("took out of the basket"),
    "view_cart": gettext_lazy("looked at the basket"),
    "checkout": gettext_lazy("began to check out"),
    "purchase": gettext_lazy("bought"),
    "refund": gettext_lazy("returned"),
    "wishlist": gettext_lazy("put on the wish list"),
    "search": gettext_lazy("searched"),
    "rating": gettext_lazy("rated"),
    "rec_shown": gettext_lazy("was shown recommendations"),
    "rec_view": gettext_lazy("saw a recommendation"),
    "hide": gettext_lazy("hid"),
}


def kind_name(kind: str) -> str:
    return str(KINDS.get(kind, kind))


@dataclass(frozen=True)
class Metric:
    """A measure of quality: its name for people, what it means, which way is good."""

    title: _StrPromise
    means: _StrPromise
    lower_is_better: bool = False
    is_share: bool = True
    is_ratio: bool = True
    """Whether "so many percent better" says anything of it."""


METRICS: dict[str, Metric] = {
    "ndcg": Metric(
        gettext_lazy("Right products on top"),
        gettext_lazy(
            "How much of what customers went on to choose was in the list, "
            "counting the first places more. 1 is a perfect list."
        ),
        is_share=False,
    ),
    "recall": Metric(
        gettext_lazy("Later choices found"),
        gettext_lazy("The share of the products chosen later that the list contained."),
    ),
    "precision": Metric(
        gettext_lazy("Hits in the list"),
        gettext_lazy("The share of the places in the list that were chosen later."),
    ),
    "f1": Metric(
        gettext_lazy("Hits and choices found in one"),
        gettext_lazy("The harmonic mean of hits in the list and later choices found."),
    ),
    "hit_rate": Metric(
        gettext_lazy("Customers helped"),
        gettext_lazy("The share of customers for whom at least one product was right."),
    ),
    "mrr": Metric(
        gettext_lazy("How soon the first hit comes"),
        gettext_lazy("1 if the first product is right, ½ if the second is, and so on."),
        is_share=False,
    ),
    "map": Metric(
        gettext_lazy("Hits in good order"),
        gettext_lazy("Rewards lists whose right products come before the wrong ones."),
        is_share=False,
    ),
    "auc": Metric(
        gettext_lazy("Right before wrong"),
        gettext_lazy(
            "The chance that a product chosen later stands above one that was not; "
            "½ is a list by lot. What the list does not show counts as shuffled."
        ),
        is_share=False,
    ),
    "coverage": Metric(
        gettext_lazy("Range shown"),
        gettext_lazy("The share of the catalog that is recommended to anyone at all."),
    ),
    "gini": Metric(
        gettext_lazy("Concentration on few products"),
        gettext_lazy("0: all products are shown alike; 1: always the same few."),
        lower_is_better=True,
        is_share=False,
    ),
    "novelty": Metric(
        gettext_lazy("Off the beaten track"),
        gettext_lazy("How little known the recommended products are; in bits."),
        is_share=False,
    ),
    "diversity": Metric(
        gettext_lazy("Variety within a list"),
        gettext_lazy(
            "How little two products of one list share their categories: 0 all of a "
            "kind, 1 no two alike."
        ),
        is_share=False,
    ),
    "serendipity": Metric(
        gettext_lazy("Right, and no best seller"),
        gettext_lazy(
            "The share of the places that were chosen later and that a list of best "
            "sellers would not have shown."
        ),
    ),
    "popularity": Metric(
        gettext_lazy("How popular the products are"),
        gettext_lazy(
            "The share of customers who had bought a recommended product before, on "
            "average."
        ),
        lower_is_better=True,
    ),
    "popularity_lift": Metric(
        gettext_lazy("Leaning towards best sellers"),
        gettext_lazy(
            "By how much the recommended products are more popular than those the "
            "same customers chose themselves: 0 % as popular, 100 % twice."
        ),
        lower_is_better=True,
        is_ratio=False,
    ),
}


def metric(name: str) -> tuple[str, Metric | None]:
    """The name for people of ``ndcg@10`` and what is known of it."""
    stem, _at, depth = name.partition("@")
    known = METRICS.get(stem)
    title = str(known.title) if known else stem
    if not depth:
        return title, known
    return _("%(metric)s (first %(depth)s)") % {"metric": title, "depth": depth}, known
