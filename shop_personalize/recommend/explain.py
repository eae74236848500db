"""Why a product is shown, in one short sentence of the shopper's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shop_personalize.registry import spec

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from shop_personalize.recommend.candidates import Candidate
    from shop_personalize.recommend.history import VisitorHistory

TITLE_LENGTH = 60
OWN_DEEDS: dict[str, _StrPromise] = {
    "purchase": _("Because you bought %(title)s"),
    "add_to_cart": _("Because you chose %(title)s"),
    "wishlist": _("Because you liked %(title)s"),
    "view": _("Because you viewed %(title)s"),
}
NEWEST = "newest"
PINNED = "pinned"


def reason(candidate: Candidate, because: str, history: VisitorHistory) -> str:
    """The words for a candidate; ``because`` is the title of what led to it, or ""."""
    if candidate.algorithm == NEWEST:
        return gettext("New in the shop")
    if candidate.algorithm == PINNED:
        return gettext("The shop's choice")
    offered = spec(candidate.algorithm)
    if offered is None:
        return ""
    if not because or not offered.reason:
        return str(offered.reason_without)
    words: str | _StrPromise = offered.reason
    if offered.context == "history":
        words = OWN_DEEDS.get(history.strongest(candidate.because), words)
    return str(words) % {"title": _short(because)}


def _short(title: str) -> str:
    return title if len(title) <= TITLE_LENGTH else title[: TITLE_LENGTH - 1] + "…"
