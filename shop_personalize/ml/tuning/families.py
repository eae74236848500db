"""Which methods may answer which question; the first of each is the default.

A method is named by the dotted path of its estimator and loaded when it is tried, so a
method whose library is not installed is left out. They are tried in this order, so what
is cheap or promising stands first. ``cost`` is how long a fit and its answers take, in
proportion to the others of the family: one that would not fit into the time left is not
begun.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shop_personalize.ml.recommenders.base import Recommender

_ML = "shop_personalize.ml.recommenders."


@dataclass(frozen=True)
class Method:
    """A way to answer: its name in results, its estimator, what differs from default.

    ``params`` are constructor arguments the search starts from, ``grid`` is searched
    instead of the estimator's own where it is given.
    """

    name: str
    path: str
    cost: float = 1.0
    params: dict[str, Any] = field(default_factory=dict)
    grid: Mapping[str, Sequence[Any]] | None = None

    def load(self) -> type[Recommender]:
        """Return the estimator's class; ImportError where it is not to be had."""
        module, _, name = self.path.rpartition(".")
        try:
            found: type[Recommender] = getattr(import_module(module), name)
        except AttributeError as error:
            raise ImportError(str(error)) from error
        return found

    def build(self, params: dict[str, Any] | None = None) -> Recommender:
        """Return an unfitted estimator with ``params`` over the method's own."""
        return self.load()(**{**self.params, **(params or {})})


UNKNOWN_COST = 250.0
ONE = {"min_support": 1}
"""One visitor is enough to stand behind an answer. Better where visits are few, but any
visitor can then make a shop say something, so an estimator's own default is two."""
FAMILIES: dict[str, tuple[Method, ...]] = {
    "new": (
        Method("graph", _ML + "graph.GraphWalk"),
        Method("walk", _ML + "for_you.ForYou", cost=0.5),
        Method("items", _ML + "item_item.ItemItem", params=ONE),
        Method("people", _ML + "user_user.UserUser", 3.0, ONE),
        Method("als", _ML + "als.Als", cost=4.0),
        Method("ease", _ML + "ease.Ease", cost=6.0),
        Method("svd", _ML + "svd.Svd"),
        Method("bpr", _ML + "bpr.Bpr", cost=4.0),
        Method("blend", _ML + "blend.Blend", cost=14.0),
        Method("sequence", _ML + "sequence.Sequence", cost=40.0),
        Method("stack", _ML + "stack.Stack", 30.0, ONE),
    ),
    "next": (
        Method("sequence_blend", _ML + "sequence_blend.SequenceBlend", 8.0, ONE),
        Method("sequence_blend, two", _ML + "sequence_blend.SequenceBlend", 8.0),
        Method("sequence", _ML + "sequence.Sequence", params=ONE),
        Method("walk", _ML + "for_you.ForYou"),
    ),
    "session": (
        Method("visit_blend", _ML + "visit_blend.VisitBlend", 16.0, ONE),
        Method("visit_blend, two", _ML + "visit_blend.VisitBlend", 16.0),
        Method("visits", _ML + "also_viewed.AlsoViewed", params=ONE),
        Method("flow", _ML + "flow.Flow", params=ONE),
        Method("sequence", _ML + "sequence.Sequence", params=ONE),
    ),
    "basket": (
        Method("next_basket", _ML + "next_basket.NextBasket", cost=200.0),
        Method("usual", _ML + "next_basket.Usual"),
        Method("alike", _ML + "alike.Alike", cost=5.0),
        Method("again", _ML + "buy_it_again.BuyItAgain"),
        Method("blend", _ML + "blend.Blend", cost=200.0),
    ),
}
"""By question: "new" items of a visitor, "next" of a sequence, next click of a
"session", next "basket" with repeats."""


def cost_of(name: str, unknown: float = UNKNOWN_COST) -> float:
    """Return the cost of the method of this name, ``unknown`` if no family has it.

    Such a one is taken for slow: a search in a hurry must not begin it.
    """
    for methods in FAMILIES.values():
        for method in methods:
            if method.name == name:
                return method.cost
    return unknown


def family(question: str) -> tuple[Method, ...]:
    """Return the methods for ``question``, the default first."""
    if question not in FAMILIES:
        known = ", ".join(FAMILIES)
        raise ValueError(f"question must be one of {known}, not {question!r}")
    return FAMILIES[question]
