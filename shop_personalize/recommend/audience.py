"""For whom something is: told from the request and the history already read."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from shop_personalize.models import Rule

if TYPE_CHECKING:
    from shop_personalize.recommend.history import VisitorHistory
    from shop_personalize.recommend.scope import Scope

Audience = Rule.Audience
SESSION = timedelta(minutes=30)
"""So long without a deed, and the next one belongs to another visit."""


def belongs(
    audience: str, scope: Scope, history: VisitorHistory, *, personal: bool = True
) -> bool:
    """Whether the owner of a history belongs to the audience; asks no database.

    What is the same for everyone (``personal=False``) is made for no other audience.
    """
    if audience == Audience.EVERYONE or not personal:
        return audience == Audience.EVERYONE
    if audience in {Audience.BUYERS, Audience.NO_BUYERS}:
        return bool(history.bought()) == (audience == Audience.BUYERS)
    if audience in {Audience.NEW, Audience.RETURNING}:
        return was_here_before(history) == (audience == Audience.RETURNING)
    known = _is_customer(scope, history)
    return known is not None and known == (audience == Audience.CUSTOMERS)


def was_here_before(history: VisitorHistory) -> bool:
    """Whether some deed belongs to an earlier visit than the present one."""
    later = history.now
    for deed in history.deeds:
        if later - deed.at > SESSION:
            return True
        later = deed.at
    return False


def _is_customer(scope: Scope, history: VisitorHistory) -> bool | None:
    """Whether it is somebody with an account; ``None`` where nobody can tell."""
    if history.key and history.key != scope.visitor_key:
        return {"user": True, "guest": False, "email": False}.get(history.kind)
    known = getattr(scope.request, "personalize", None)
    if known is not None:
        return bool(known.kind == "user")
    return bool(scope.visitor_key) if scope.request is not None else None
