"""Which tokens count. What is refused is kept as an event, without its token.

A token must be ours, speak of the product it comes with, be young enough, and not come
back sooner than a hand can move. Where it says for whom the page was made, it must come
from there.
"""

from __future__ import annotations

import hmac
import math
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from shop_personalize.attribution.token import (
    MAX_AGE_DAYS,
    Token,
    mark_of,
    unsign,
)
from shop_personalize.conf import app_settings

if TYPE_CHECKING:
    from collections.abc import Iterable

REFUSED = "refused"
"""The word in an event's context under which the reason stands."""
BY_HAND = frozenset({"click", "view", "add_to_cart"})
"""Kinds with which a token comes back because somebody followed it."""


class Reason(StrEnum):
    FORGED = "forged"
    OTHER_ITEM = "other_item"
    EXPIRED = "expired"
    TOO_FAST = "too_fast"
    OTHER_VISITOR = "other_visitor"


def read(
    rid: str, *, kind: str, item_id: str, occurred: datetime, received: datetime
) -> Token | Reason:
    """The token, or why it does not count.

    How soon it came back is told by our own clock alone; the visitor's may be wrong.
    """
    token = unsign(rid, max_age_days=math.inf)
    if token is None:
        return Reason.FORGED
    if not token.covers(item_id):
        return Reason.OTHER_ITEM
    if occurred.timestamp() - token.at > MAX_AGE_DAYS * 86400:
        return Reason.EXPIRED
    least = app_settings.attribution["min_seconds"]
    if kind in BY_HAND and received.timestamp() - token.at < least:
        return Reason.TOO_FAST
    return token


def is_for(token: Token, keys: Iterable[str]) -> bool:
    """Whether the page was made for one of these visitors, or for nobody."""
    return not token.mark or any(
        hmac.compare_digest(token.mark, mark_of(key, token.at)) for key in keys
    )
