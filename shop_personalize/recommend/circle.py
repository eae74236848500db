"""What the people around a visitor bought and wished for, read when it is asked for."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db.models import Count

from shop_personalize.conf import app_settings
from shop_personalize.ml.circle import TOLD, Circle
from shop_personalize.models import Connection, Interaction

if TYPE_CHECKING:
    from shop_personalize.ml.data import IdMap

LATEST = 3000
"""Deeds of the whole circle that are read."""


@dataclass(frozen=True)
class Around:
    """What each person of a circle holds, and how strong the tie to them is."""

    held: dict[int, tuple[str, ...]] = field(default_factory=dict)
    strengths: dict[int, float] = field(default_factory=dict)

    def coded(self, ids: IdMap) -> Circle:
        """The same in the codes of an artifact; items it does not know are left out."""
        people, codes = [], []
        for number, items in enumerate(self.held.values()):
            found = ids.codes(items)
            codes.append(found[found >= 0])
            people.append(np.full(len(codes[-1]), number))
        if not codes:
            return Circle()
        strengths = np.array([self.strengths[person] for person in self.held])
        return Circle(
            np.concatenate(people),
            np.concatenate(codes),
            strengths,
            int(app_settings.connections["people"]),
        )


def load_circle(key: str) -> Around:
    """Two queries: what the circle did lately, and how many are tied to each of them.

    Only confirmed ties of the kinds that ``CONNECTIONS`` names, and nobody erased.
    """
    ties = {
        "confirmed": True,
        "kind__in": app_settings.connections["kinds"],
        "source__key": key,
        "source__is_erased": False,
    }
    deeds = Interaction.objects.filter(
        **{f"visitor__connections_to__{name}": value for name, value in ties.items()},
        visitor__is_erased=False,
        visitor__is_bot=False,
        flag=Interaction.Flag.NONE,
        kind__in=(*TOLD, "refund"),
    )
    rows = deeds.order_by("-occurred_at").values_list(
        "visitor", "item_id", "kind", "quantity", "visitor__connections_to__weight"
    )
    return _around(list(rows[:LATEST]))


def _around(rows: list[tuple[Any, ...]]) -> Around:
    units: dict[int, dict[str, float]] = defaultdict(dict)
    weights: dict[int, float] = {}
    for person, item, kind, quantity, weight in rows:
        held = units[person]
        sign = -1 if kind == "refund" else 1
        held[item] = held.get(item, 0.0) + sign * abs(float(quantity))
        weights[person] = max(weights.get(person, 0.0), float(weight))
    fame = dict(
        Connection.objects.filter(target__in=weights, confirmed=True)
        .values("target")
        .annotate(count=Count("source", distinct=True))
        .values_list("target", "count")
        if weights
        else ()
    )
    return Around(
        {
            person: tuple(item for item, count in held.items() if count > 0)
            for person, held in units.items()
        },
        {
            person: weight / fame.get(person, 1) ** 0.5
            for person, weight in weights.items()
        },
    )


def hears_circle(config: dict[str, Any]) -> bool:
    """Whether a model's configuration, or that of a part of it, asks the circle."""
    parts = (part["config"] for part in config.get("parts", ()))
    return bool(config.get("circle")) or any(map(hears_circle, parts))
