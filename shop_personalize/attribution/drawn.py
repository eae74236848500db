"""Arms told by the hash of each key, where nothing that is shown could tell them.

A key counts where the person behind it was in the shop, with all this person did. A
browser that became a customer counts in its own arm beside the customer's: both were
drawn, each by itself. Only the customer's draw would be left otherwise, and all that
the browser was shown before its login would count for both sides alike.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from typing import NamedTuple

import numpy as np
from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist

from shop_personalize.attribution import days
from shop_personalize.attribution.assignment import are_held, arm_numbers
from shop_personalize.attribution.chunks import Chunk, Ints
from shop_personalize.attribution.plans import Plan
from shop_personalize.attribution.sums import Units
from shop_personalize.conf import app_settings
from shop_personalize.models import Trial, TrialDay, Visitor
from shop_personalize.models.visitor import visitor_key

Kind = Visitor.Kind
Draw = Callable[[list[str]], Ints]
"""Numbers of the arms of keys, -1 for who takes no part."""
FROM, UNTIL = np.iinfo(np.int64).min, np.iinfo(np.int64).max


class Key(NamedTuple):
    """A browser that became a customer: its days in the shop, as ordinals."""

    key: str
    first: int
    last: int


class Drawn:
    """Counts the keys of everybody who was in the shop."""

    def __init__(self, plan: Plan, draw: Draw, kinds: tuple[str, ...] = ()) -> None:
        self.plan = plan
        self.draw = draw
        self.kinds = kinds or (Kind.GUEST, Kind.USER)
        self.sums = plan.sums()
        self.staff = _staff_keys()
        first = min(map(plan.first, plan.days))
        self.merged = _merged_since(first) if Kind.GUEST in self.kinds else {}

    def add(self, chunk: Chunk) -> None:
        who, keys = self._keys(chunk)
        arm = self.draw([each.key for each in keys])
        first = np.array([each.first for each in keys], np.int64)
        last = np.array([each.last for each in keys], np.int64)
        for day, sums in self.sums.items():
            now = self.plan.now(day)
            inside = (chunk.day >= now.first) & (chunk.day <= now.last)
            of = chunk.of[inside & chunk.is_present]
            present = np.bincount(of, minlength=len(chunk.people)) > 0
            counts = (arm >= 0) & (first <= now.last) & (last >= now.first)
            counts &= present[who]
            sums.add(chunk, Units(who[counts], arm[counts]), now, self.plan.before)

    def rows(self) -> Iterator[TrialDay]:
        return self.plan.rows(self.sums)

    def _keys(self, chunk: Chunk) -> tuple[Ints, list[Key]]:
        """Keys of the chunk's people, and whose each is."""
        pairs = [
            (at, Key(key, FROM, UNTIL))
            for at, (key, kind) in enumerate(zip(chunk.keys, chunk.kinds, strict=True))
            if kind in self.kinds and key not in self.staff
        ]
        if self.merged:
            pairs += [
                (at, guest)
                for at, person in enumerate(chunk.people.tolist())
                if chunk.keys[at] not in self.staff
                for guest in self.merged.get(person, ())
            ]
        return np.array([at for at, _key in pairs], np.int64), [key for _, key in pairs]


def draw_of_holdout(share: float) -> Draw:
    """Number 0 is held out, 1 is not."""
    return lambda keys: np.where(are_held(keys, share), 0, 1)


def draw_of(trial: Trial) -> Draw:
    """Who is held out sees no arm of any trial."""
    holdout = app_settings.HOLDOUT

    def draw(keys: list[str]) -> Ints:
        numbers = arm_numbers(keys, trial.salt, trial.share, trial.arms)
        numbers[are_held(keys, holdout)] = -1
        return numbers

    return draw


def kinds_of(audience: str) -> tuple[str, ...]:
    """Kinds of keys in an audience; what else it asks for cannot be told afterwards."""
    return {"customers": (Kind.USER,), "guests": (Kind.GUEST,)}.get(audience, ())


def _merged_since(day: date) -> dict[int, list[Key]]:
    rows = Visitor.objects.filter(
        kind=Kind.GUEST, is_bot=False, merged_at__gte=days.start_of(day)
    ).values_list("merged_into_id", "key", "first_seen", "merged_at")
    found: dict[int, list[Key]] = defaultdict(list)
    for person, key, *moments in rows.iterator():
        first, last = (days.day_of(at).toordinal() for at in moments if at)
        if person is not None:
            found[person].append(Key(key, first, last))
    return found


def _staff_keys() -> frozenset[str]:
    """Staff see every block, whatever their draw."""
    account = get_user_model()
    try:
        account._meta.get_field("is_staff")
    except FieldDoesNotExist:
        return frozenset()
    staff = account._default_manager.filter(is_staff=True)
    return frozenset(
        visitor_key("user", pk) for pk in staff.values_list("pk", flat=True)
    )
