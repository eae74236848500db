"""Tokens are looked at once, as they come in: only now is it known who brings them.

One that does not count is taken off its event, and the context says why. What a block
showed is kept as places and not as tokens, a tenth as long.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from shop_personalize.attribution.guards import REFUSED, Reason, is_for, read
from shop_personalize.attribution.impressions import PLACES, SHOWN
from shop_personalize.attribution.token import Token, unsign
from shop_personalize.models import Visitor

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from shop_personalize.capture.event import Event

    Found = Token | Reason

RIDS = "rids"
"""The word in the context of ``rec_shown`` under which the items' tokens come."""


def vetted(events: Sequence[Event], received: datetime) -> list[Event]:
    """The events, those whose token does not count without it."""
    pairs = [(event, _read(event, received)) for event in events]
    before = _merged(
        {e.visitor_key for e, token in pairs if _is_strange(token, e.visitor_key)}
    )
    return [
        _settled(event, _owned(token, event, before)) if token else event
        for event, token in pairs
    ]


def _read(event: Event, received: datetime) -> Found | None:
    if not event.rid:
        return None
    return read(
        event.rid,
        kind=event.kind,
        item_id=event.item_id,
        occurred=event.occurred_at or received,
        received=event.received_at or received,
    )


def _is_strange(token: Found | None, key: str) -> bool:
    return isinstance(token, Token) and not is_for(token, [key])


def _merged(keys: Iterable[str]) -> Mapping[str, list[str]]:
    """Who these visitors were before they logged in: asked for strange tokens only."""
    found: dict[str, list[str]] = defaultdict(list)
    wanted = sorted(keys)
    if wanted:
        guests = Visitor.objects.filter(merged_into__key__in=wanted)
        for key, guest in guests.values_list("merged_into__key", "key"):
            found[key].append(guest)
    return found


def _owned(token: Found, event: Event, before: Mapping[str, list[str]]) -> Found:
    key = event.visitor_key
    if isinstance(token, Reason) or is_for(token, [key, *before.get(key, ())]):
        return token
    return Reason.OTHER_VISITOR


def _settled(event: Event, token: Found) -> Event:
    context = {k: v for k, v in event.context.items() if k != RIDS}
    if isinstance(token, Reason):
        return replace(event, rid="", context={**context, REFUSED: str(token)})
    if event.kind == SHOWN:
        return replace(event, context={**context, PLACES: _places(event, token)})
    return event


def _places(event: Event, page: Token) -> list[list[Any]]:
    """Where on the page what was shown, as far as the items' tokens tell it."""
    rids = event.context.get(RIDS)
    found: dict[tuple[str, str], set[int]] = defaultdict(set)
    for rid in rids if isinstance(rids, list) else ():
        token = unsign(rid, max_age_days=math.inf)
        if token and (token.block, token.at) == (page.block, page.at):
            found[token.recommender, token.variant].add(token.position)
    return [[*names, sorted(places)] for names, places in sorted(found.items())]
