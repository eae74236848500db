"""The verbs: ``recommend``, ``rank`` and ``explain``. None raises into a page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from shop_personalize.catalog import get_catalog
from shop_personalize.conf import app_settings
from shop_personalize.models.visitor import visitor_key as key_of
from shop_personalize.recommend import occasions
from shop_personalize.recommend.blocks import (
    UnknownBlockError,
    block_for,
    has_another,
)
from shop_personalize.recommend.candidates import Asked
from shop_personalize.recommend.choose import banned, choose
from shop_personalize.recommend.context import Place, item_ids, place_of
from shop_personalize.recommend.drafting import drafted
from shop_personalize.recommend.guard import guarded
from shop_personalize.recommend.presenting import present
from shop_personalize.recommend.ranking import rank
from shop_personalize.recommend.results import Recommendations, block_of
from shop_personalize.recommend.scope import Scope, scope_of
from shop_personalize.recommend.tracing import trace_of
from shop_personalize.recommend.trials import is_held_out, nothing
from shop_personalize.recommend.wish import Wish, wish_of
from shop_personalize.signals import recommendations_served
from shop_personalize.telemetry import measured

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from shop_personalize.recommend.choose import Choice
    from shop_personalize.recommend.config import BlockConfig
    from shop_personalize.recommend.history import VisitorHistory

__all__ = [
    "Recommendations",
    "UnknownBlockError",
    "Wish",
    "compose",
    "explain",
    "rank",
    "recommend",
    "wish_of",
]


def recommend(request: HttpRequest | None = None, **wish: Any) -> Recommendations:
    """Recommend products: for a block, a recommender, or the page.

    See :class:`Wish` for the keywords. At most three queries for a block and one for
    each further block of the same request.
    """
    asked = Wish(**wish)
    if not app_settings.ENABLED:
        return Recommendations()
    return guarded(lambda: compose(request, asked), Recommendations(), what="recommend")


def compose(request: HttpRequest | None, wish: Wish) -> Recommendations:
    """Like :func:`recommend`, without the wall around it."""
    with measured("recommend", page=wish.page) as work:
        found = answering(request, wish)
        work.tell(block=found.block, items=len(found), backup=found.backup)
        work.outcome = "ok" if found else "empty"
    return found


def _compose(request: HttpRequest | None, wish: Wish) -> Recommendations:
    scope = scope_of(request)
    if is_held_out(scope, wish):
        return nothing(scope, wish)
    place = place_of(
        product=wish.product,
        basket=wish.basket,
        category=wish.category,
        query=wish.query,
        items=wish.items,
        page=wish.page,
    )
    found = _filled(scope, wish, place)
    while not found and has_another(scope, wish, place):
        found = _filled(scope, wish, place)
    recommendations_served.send_robust(
        None, request=scope.request, recommendations=found
    )
    return found


def _filled(scope: Scope, wish: Wish, place: Place) -> Recommendations:
    block = block_for(scope, wish, place)
    chosen = chosen_of(scope, wish, place, block)
    if chosen is None:
        return _nothing(scope, wish, block)
    asked, choice, aside = chosen
    trace = trace_of(asked, choice, aside, wish.about) if wish.trace else None
    found = present(asked, choice, trace)
    if len(found) < block.minimum:
        found = replace(found, items=())
    if wish.remember:
        scope.shown.update(item.item_id for item in found)
        scope.used_blocks.add(block.slug)
    return found


def chosen_of(
    scope: Scope, wish: Wish, place: Place, block: BlockConfig
) -> tuple[Asked, Choice, dict[str, str]] | None:
    """Who asked, what was chosen, and what was put aside before; ``None`` where the
    block shows nothing at all."""
    if not block.limit:
        return None
    scope.prepare(block)
    history = _history(scope, wish)
    asked = Asked(scope, block, place, history, frozenset(), wish.personal)
    if not occasions.has_come(asked):
        return None
    aside = banned(asked, exclude=item_ids(wish.exclude))
    asked = replace(asked, banned=frozenset(aside))
    choice = (drafted if block.rivals else choose)(asked, block.limit)
    if occasions.is_past(asked, choice):
        return None
    return asked, choice, aside


def _nothing(scope: Scope, wish: Wish, block: BlockConfig) -> Recommendations:
    """Not the occasion of this block; the page's next one may be asked."""
    if wish.remember:
        scope.used_blocks.add(block.slug)
    name, title = block_of(block), block.heading
    return Recommendations(block=name, title=title, variant=block.variant)


answering: Callable[[HttpRequest | None, Wish], Recommendations] = _compose
"""Who answers; ``shop_personalize.testing`` puts a double here."""


def _history(scope: Scope, wish: Wish) -> VisitorHistory:
    if not wish.personal:
        return scope.history(None)
    if wish.visitor_key is not None:
        return scope.history(wish.visitor_key)
    user = wish.user
    if user is not None and user != getattr(scope.request, "user", None):
        return scope.history(key_of("user", getattr(user, "pk", user)))
    return scope.history(scope.visitor_key)


def explain(
    request: HttpRequest | None = None, *, item: Any, **wish: Any
) -> dict[str, Any]:
    """Why ``item`` is, or is not, among what :func:`recommend` would show."""
    item_id = get_catalog().item_id(item)
    asked = Wish(**{**wish, "trace": True, "remember": False, "about": item_id})
    found = compose(request, asked)
    shown = next((r.explain() for r in found if r.item_id == item_id), None)
    return {"item": item_id, "shown": shown, **_why(found.trace, item_id, bool(shown))}


def _why(trace: dict[str, Any] | None, item_id: str, is_shown: bool) -> dict[str, Any]:
    if trace is None:
        why = "the block is not shown here"
        return {"why_not": why, "account": None, "rules": [], "trace": {}}
    entry = next((c for c in trace["candidates"] if c["item"] == item_id), None)
    why = trace["left_out"].get(item_id) or trace["put_aside"].get(item_id, "")
    if not is_shown and not why:
        why = "ranked below the last place" if entry else "not proposed by the chain"
    speaking = set(entry["rules"]) if entry else set()
    return {
        "why_not": why,
        "account": entry.get("account") if entry else None,
        "rules": [rule["name"] for rule in trace["rules"] if rule["id"] in speaking],
        "trace": trace,
    }
