"""The shop's own list of products, in the order that suits the visitor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shop_personalize import artifacts
from shop_personalize.conf import app_settings
from shop_personalize.ml.serving import answer
from shop_personalize.recommend.context import resolved
from shop_personalize.recommend.guard import guarded
from shop_personalize.recommend.scope import Scope, scope_of
from shop_personalize.recommend.trials import is_held_out
from shop_personalize.recommend.wish import Wish

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest

    from shop_personalize.recommend.history import VisitorHistory

RANKER = "for_you"
SHOP_ORDER = 0.25
"""How much the shop's own first place weighs against the visitor's best match (1)."""


def rank(
    request: HttpRequest | None,
    products: Iterable[Any],
    *,
    visitor_key: str | None = None,
) -> list[Any]:
    """The given products, those that suit the visitor first; none is dropped."""
    given = list(products)
    if not app_settings.ENABLED:
        return given

    def work() -> list[Any]:
        scope = scope_of(request)
        if is_held_out(scope, Wish(visitor_key=visitor_key)):
            return given
        return _ranked(scope, given, visitor_key)

    return guarded(work, given, what="rank")


def _ranked(scope: Scope, given: list[Any], visitor_key: str | None) -> list[Any]:
    history = scope.history(visitor_key or scope.visitor_key)
    if not history or len(given) < 2:
        return given
    ids = resolved(given)
    scores = _scores(scope, history)
    best = max((scores.get(each, 0.0) for each in ids), default=0.0) or 1.0

    def worth(at: int) -> tuple[bool, float]:
        own = scores.get(ids[at], 0.0) / best
        return ids[at] not in history.hidden, own + SHOP_ORDER * (1 - at / len(given))

    order = sorted(range(len(given)), key=worth, reverse=True)
    return [given[at] for at in order]


def _scores(scope: Scope, history: VisitorHistory) -> dict[str, float]:
    recommender = scope.configuration.recommenders.get(RANKER)
    artifact = artifacts.live(recommender.recommender()) if recommender else None
    if artifact is None:
        return {}
    found = answer(
        artifact.knowledge,
        artifact.query_config,
        artifact.extras,
        history=history.coded(artifact.ids),
        n=len(artifact.ids),
        repeats=True,
    )
    texts = artifact.ids.texts(found.items)
    return dict(zip(texts, map(float, found.scores), strict=True))
