from __future__ import annotations

from dataclasses import dataclass, field
from inspect import signature
from typing import TYPE_CHECKING, Any, Literal

from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from shop_personalize.ml.recommenders.base import Recommender

Context = Literal["none", "product", "basket", "history"]
METHOD = "method"
"""The parameter that names another of a recommender's methods than the default."""


@dataclass(frozen=True, kw_only=True)
class Needs:
    """How much data makes a recommender ready: ``events`` of any of ``kinds``.

    Where ``connections`` between visitors are needed, they alone are counted.
    """

    kinds: tuple[str, ...] = ()
    events: int = 0
    items: int = 1
    connections: int = 0

    @property
    def count(self) -> int:
        """How many of what is counted are needed."""
        return self.connections or self.events or self.items


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
    method: str = "default"
    """What this estimator is called beside ``methods``."""
    methods: dict[str, str] = field(default_factory=dict)
    """Other estimators that answer the same question, by name. A search may put one of
    them in the default's place: the parameter ``method`` names it."""
    reason: _StrPromise | str = ""
    """Words for the shopper; ``%(title)s`` is the product that led here."""
    reason_without: _StrPromise | str = ""
    """The same when no single product led here."""
    needs: Needs = field(default_factory=Needs)
    params: dict[str, Any] = field(default_factory=dict)
    """What its estimators start from instead of their own defaults."""
    tunable: bool = False
    evaluated: Literal["", "next", "new", "repeat"] = ""
    """How it is judged: next products, new products only, or repeats; "" = not."""
    gated: bool = False
    """Whether it must beat popularity to be published."""

    def build(self, params: dict[str, Any]) -> Recommender:
        """Make the estimator with ``params`` over the defaults.

        Raises ValueError if ``params["method"]`` is none of this recommender's, and
        TypeError for a parameter that its estimator does not know.
        """
        given = dict(params)
        method = given.pop(METHOD, self.method)
        estimator: type[Recommender] = import_string(self.path_of(method))
        return estimator(**{**self.params_of(method), **given})

    def params_of(self, method: str) -> dict[str, Any]:
        """The spec's own parameters, of another method those that it knows."""
        if method == self.method or not self.params:
            return self.params
        estimator: type[Recommender] = import_string(self.path_of(method))
        known = signature(estimator).parameters
        return {name: value for name, value in self.params.items() if name in known}

    def path_of(self, method: str) -> str:
        """The dotted path of the estimator behind a method's name."""
        paths = {self.method: self.estimator, **self.methods}
        if method not in paths:
            known = ", ".join(paths)
            raise ValueError(f"{self.name}: method must be one of {known}")
        return paths[method]

    def merged(self, found: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
        """The owner's parameters over those a search has found.

        What was found is left out where it belongs to another method than the owner
        asks for, or to one that does not know the owner's parameters, or to one that
        is not offered any more.
        """
        method = found.get(METHOD, self.method)
        if own.get(METHOD, method) != method:
            return dict(own)
        try:
            known = self.build({METHOD: method}).get_params()
        except (ImportError, ValueError):
            return dict(own)
        if {*found, *own} - {*known, METHOD}:
            return dict(own)
        return {**found, **own}
