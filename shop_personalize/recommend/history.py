"""What one visitor did lately, read in one query and shared by the blocks of a page."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from django.utils import timezone

from shop_personalize.ml.reranking import fatigue
from shop_personalize.ml.serving import History
from shop_personalize.recommend.deeds import read_deeds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from shop_personalize.ml.data import IdMap

BASKET_DAYS = 7
SECONDS_PER_DAY = 86400.0


@dataclass(frozen=True, slots=True)
class Deed:
    """One interaction with an item."""

    item_id: str
    kind: str
    quantity: float
    at: datetime
    value: float | None = None
    """The rating, or the price of a unit."""


@dataclass(frozen=True, slots=True)
class Seen:
    """How often recommendations of an item came into view, and when last."""

    times: float
    at: datetime


@dataclass(frozen=True)
class VisitorHistory:
    """Deeds, newest first."""

    key: str = ""
    deeds: tuple[Deed, ...] = ()
    ever: dict[str, frozenset[str]] = field(default_factory=dict)
    """All items ever bought or hidden, by kind, also before the deeds begin."""
    seen: dict[str, Seen] | None = None
    """What came into view lately; ``None`` where no rotation asked for it."""
    kind: str = ""
    """Kind of visitor; "" where nothing was ever done."""
    now: datetime = field(default_factory=timezone.now)

    @classmethod
    def empty(cls) -> VisitorHistory:
        return cls()

    def __bool__(self) -> bool:
        return bool(self.deeds)

    def bought(self, *, within_days: int | None = None) -> set[str]:
        """Items bought and not given back; ``within_days`` back at most.

        What was bought before the deeds begin counts as kept.
        """
        since = None if within_days is None else self.now - timedelta(days=within_days)
        units: dict[str, float] = {}
        for deed in self.deeds:
            if deed.kind == "refund":
                units[deed.item_id] = units.get(deed.item_id, 0) - abs(deed.quantity)
            elif deed.kind == "purchase" and (since is None or deed.at >= since):
                units[deed.item_id] = units.get(deed.item_id, 0) + deed.quantity
        kept = {item for item, count in units.items() if count > 0}
        return (
            kept
            if since is not None
            else kept | (self.ever.get("purchase", frozenset()) - set(units))
        )

    @cached_property
    def hidden(self) -> set[str]:
        """Items the visitor does not want to see."""
        latest = {deed.item_id for deed in self.deeds if deed.kind == "hide"}
        return latest | self.ever.get("hide", frozenset())

    @cached_property
    def basket(self) -> tuple[str, ...]:
        """What was put into the basket and neither taken out nor bought since."""
        since = self.now - timedelta(days=BASKET_DAYS)
        settled: set[str] = set()
        found: list[str] = []
        for deed in self.deeds:
            if deed.at < since or deed.item_id in settled:
                continue
            if deed.kind in {"purchase", "remove_from_cart"}:
                settled.add(deed.item_id)
            elif deed.kind == "add_to_cart":
                settled.add(deed.item_id)
                found.append(deed.item_id)
        return tuple(found)

    @cached_property
    def viewed(self) -> tuple[str, ...]:
        """Items looked at, the latest first, each once."""
        views = (deed.item_id for deed in self.deeds if deed.kind == "view")
        return tuple(dict.fromkeys(views))

    def fatigue(self, item_ids: Sequence[str]) -> NDArray[np.float64]:
        """How often each was seen in vain lately: what was taken up is not counted."""
        taken = {deed.item_id for deed in self.deeds}
        known = self.seen or {}
        seen = [None if i in taken else known.get(i) for i in item_ids]
        times = np.array([0.0 if one is None else one.times for one in seen])
        ages = [0.0 if one is None else self._days_since(one.at) for one in seen]
        return fatigue(times, np.array(ages))

    def _days_since(self, at: datetime) -> float:
        return (self.now - at).total_seconds() / SECONDS_PER_DAY

    def strongest(self, item_id: str) -> str:
        """The weightiest thing done with an item: purchase, add_to_cart, view, ""."""
        kinds = {deed.kind for deed in self.deeds if deed.item_id == item_id}
        order = ("purchase", "add_to_cart", "wishlist", "view")
        return next((kind for kind in order if kind in kinds), "")

    def coded(self, ids: IdMap) -> History:
        """The same in the codes of an artifact; items it does not know are left out."""
        deeds = [deed for deed in self.deeds if deed.kind != "hide"]
        codes = ids.codes([deed.item_id for deed in deeds])
        keep = np.flatnonzero(codes >= 0)
        kept = [deeds[i] for i in keep]
        ages = [self._days_since(deed.at) for deed in kept]
        return History(
            codes=codes[keep],
            kinds=tuple(deed.kind for deed in kept),
            ages=np.array(ages, np.float64),
            quantities=np.array([deed.quantity for deed in kept], np.float64),
            values=np.array([deed.value for deed in kept], np.float64),
        )


def load_history(key: str, *, with_seen: bool = False) -> VisitorHistory:
    """One query by the visitor's key; bots' and shadow rows do not speak."""
    found = read_deeds(key, with_seen=with_seen)
    seen = {item: Seen(times, at) for item, times, at in found.seen}
    return VisitorHistory(
        key,
        tuple(Deed(*row) for row in found.latest),
        found.ever,
        seen if with_seen else None,
        found.visitor,
    )
