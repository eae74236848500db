"""Blocks that are the same for everyone, kept as HTML for a while: ``cache=600``.

What is kept never saw the visitor: no history, no request in its template, so neither
a name nor a form's token can be in it. A block that is personal is refused.
"""

from __future__ import annotations

import hashlib
import json
import logging
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.cache import cache
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from shop_personalize.catalog import get_catalog
from shop_personalize.recommend.blocks import block_for
from shop_personalize.recommend.config import OWN_THINGS, algorithm
from shop_personalize.recommend.context import item_ids, place_of
from shop_personalize.recommend.lazy import CARRIED
from shop_personalize.recommend.render import NOTHING, render, stylesheet
from shop_personalize.recommend.scope import Scope, scope_of
from shop_personalize.recommend.service import compose

if TYPE_CHECKING:
    from django.http import HttpRequest

    from shop_personalize.recommend.config import BlockConfig
    from shop_personalize.recommend.context import Place
    from shop_personalize.recommend.wish import Wish

logger = logging.getLogger("shop_personalize")
MOST_SECONDS = 86400
SLOW_SECONDS = 0.1
REST_SECONDS = 30.0
FORM = 1
BASKET = frozenset({"empty_basket", "full_basket"})


class PersonalBlockError(ValueError):
    """A block that differs from visitor to visitor must not be kept for all."""


class Shelf:
    """Django's cache behind a breaker: what is down or slow is left alone a while."""

    def __init__(self) -> None:
        self._rests_until = 0.0

    def get(self, key: str) -> Any:
        return self._asked(lambda: cache.get(key))

    def put(self, key: str, value: Any, seconds: int) -> None:
        self._asked(lambda: cache.set(key, value, seconds))

    def wake(self) -> None:
        self._rests_until = 0.0

    def _asked(self, ask: Any) -> Any:
        started = time.monotonic()
        if started < self._rests_until:
            return None
        try:
            return ask()
        except Exception:  # whatever a backend raises, the page goes on
            logger.exception("the cache failed; blocks are made anew")
            self._rests_until = time.monotonic() + REST_SECONDS
            return None
        finally:
            if time.monotonic() - started > SLOW_SECONDS:
                self._rests_until = time.monotonic() + REST_SECONDS


shelf = Shelf()


def seconds_of(value: Any) -> int:
    try:
        seconds = int(value)
    except (TypeError, ValueError):
        seconds = 0
    if not 0 < seconds <= MOST_SECONDS:
        raise ValueError(f"cache={value!r} is not a number of seconds up to a day")
    return seconds


def shared(request: HttpRequest | None, wish: Wish, seconds: int) -> SafeString:
    """The block's HTML, kept for ``seconds``; personal ones are made anew each time.

    Raises PersonalBlockError in ``DEBUG``.
    """
    scope, everyone = scope_of(request), _for_everyone(wish)
    place = _place(everyone)
    key = _key(scope, everyone, place)
    held = shelf.get(key)
    if held is None:
        why = personal_because(scope, wish, place)
        if why:
            return _refused(request, wish, why)
        held = _made(request, scope, everyone)
        shelf.put(key, held, seconds)
    if not scope.shown.isdisjoint(held["items"]):
        # Something of it stands on the page already.
        return render(compose(request, everyone), request=request)
    scope.shown.update(held["items"])
    scope.used_blocks.add(held["block"])
    return _with_style(request, held["html"])


def personal_because(scope: Scope, wish: Wish, place: Place) -> str:
    """Why the block may differ from visitor to visitor; "" if it cannot."""
    if wish.block is None and wish.recommender is None:
        return "it is not named, and which block comes depends on the page's others"
    if wish.user is not None or wish.visitor_key or wish.basket is not None:
        return "it is asked for a certain visitor or basket"
    block = block_for(scope, _for_everyone(wish), place)
    return _of_block(block, place) or _of_plan(scope, block)


def _of_block(block: BlockConfig, place: Place) -> str:
    if block.exclude_purchased:
        return "it leaves out what the visitor has bought"
    if block.rotation or block.calibration:
        return "its mix depends on what the visitor has seen and done"
    if block.shown_when in BASKET:
        return "whether it is shown depends on the basket"
    about = bool(place.product_id or place.items)
    for step in block.chain:
        offered = algorithm(step)
        context = offered.context if offered else "history"
        if step.algorithm in OWN_THINGS or context == "history":
            return f"{step.slug} answers from the visitor's history"
        if context in {"product", "basket"} and not about:
            return f"{step.slug} without a product answers from the visitor's history"
    return ""


def _of_plan(scope: Scope, block: BlockConfig) -> str:
    plan = scope.configuration.plan
    if any(trial.block in {"", block.slug} for trial in plan.trials):
        return "an experiment shows it in more than one way"
    rules = (rule for rule in plan.rules if rule.block in {"", block.slug})
    named = next((rule for rule in rules if rule.audience != "everyone"), None)
    return f"the rule “{named.name}” is not for everyone" if named else ""


def _for_everyone(wish: Wish) -> Wish:
    return replace(wish, personal=False, user=None, visitor_key=None, basket=None)


def _place(wish: Wish) -> Place:
    return place_of(
        product=wish.product,
        category=wish.category,
        query=wish.query,
        items=wish.items,
        page=wish.page,
    )


def _key(scope: Scope, wish: Wish, place: Place) -> str:
    """All that the HTML depends on."""
    request = scope.request
    facts = [
        FORM,
        settings.DEBUG,
        wish.block,
        wish.recommender,
        place.product_id,
        place.items,
        place.category,
        place.query,
        {name: getattr(wish, name) for name in CARRIED if name != "exclude"},
        item_ids(wish.exclude),
        get_language(),
        scope.site,
        get_catalog().price_list(request),
        request.build_absolute_uri("/") if request is not None else "",
    ]
    text = json.dumps(facts, default=str, sort_keys=True)
    return f"sp:block:{hashlib.blake2s(text.encode()).hexdigest()}"


def _made(request: HttpRequest | None, scope: Scope, wish: Wish) -> dict[str, Any]:
    """As if it were alone on the page."""
    others, scope.shown = scope.shown, set()
    try:
        found = compose(request, replace(wish, remember=False))
    finally:
        scope.shown = others
    html = render(found, request=request, shared=True)
    items = [each.item_id for each in found]
    return {"html": str(html), "items": items, "block": found.block}


def _with_style(request: HttpRequest | None, html: str) -> SafeString:
    if not html:
        return NOTHING
    style = stylesheet(request)
    link = format_html('<link rel="stylesheet" href="{}">', style) if style else NOTHING
    return link + mark_safe(html)  # noqa: S308  a template of ours has made it


def _refused(request: HttpRequest | None, wish: Wish, why: str) -> SafeString:
    if settings.DEBUG:
        name = wish.block or wish.recommender or ""
        raise PersonalBlockError(
            f"{{% recommendations {name!r} cache=… %}}: {why}, so it cannot be kept "
            "for everyone. Leave cache= out, or use lazy on pages that are cached."
        )
    return render(compose(request, wish), request=request)
