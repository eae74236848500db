from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from shop_personalize.ml.recommenders.base import Recommender

Context = Literal["none", "product", "basket", "history"]


@dataclass(frozen=True, kw_only=True)
class Needs:
    """How much data makes a recommender ready: ``events`` of any of ``kinds``."""

    kinds: tuple[str, ...] = ()
    events: int = 0
    items: int = 1


@dataclass(frozen=True, kw_only=True)
class RecommenderSpec:
    """An algorithm as the app offers it: how to fit it, what to ask it, what to say."""

    name: str
    title: _StrPromise | str
    describe: _StrPromise | str
    context: Context
    """What the query is made of: the page's product, the basket, the history."""
    estimator: str = ""
    """Dotted path of a ``ml.recommenders.base.Recommender``; "" = answered live."""
    reason: _StrPromise | str = ""
    """Words for the shopper; ``%(title)s`` is the product that led here."""
    reason_without: _StrPromise | str = ""
    """The same when no single product led here."""
    needs: Needs = field(default_factory=Needs)
    params: dict[str, Any] = field(default_factory=dict)
    tunable: bool = False
    evaluated: Literal["", "next", "new", "repeat"] = ""
    """How it is judged: next products, new products only, or repeats; "" = not."""
    gated: bool = False
    """Whether it must beat popularity to be published."""

    def build(self, params: dict[str, Any]) -> Recommender:
        """Make the estimator with ``params`` over the defaults."""
        estimator: type[Recommender] = import_string(self.estimator)
        return estimator(**{**self.params, **params})
