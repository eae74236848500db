"""The histories of many visitors in two queries, for who goes through all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import F, FloatField, Window
from django.db.models.functions import Cast, RowNumber
from django.utils import timezone

from shop_personalize.models import Interaction
from shop_personalize.recommend.deeds import LATEST, UNSEEN_KINDS
from shop_personalize.recommend.history import Deed, VisitorHistory

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.db.models import QuerySet


def histories(keys: Sequence[str]) -> dict[str, VisitorHistory]:
    """What :func:`~shop_personalize.recommend.history.load_history` reads, for many."""
    now = timezone.now()
    deeds: dict[str, list[Deed]] = {key: [] for key in keys}
    kinds: dict[str, str] = {}
    for key, kind, *facts in _latest(keys):
        deeds[key].append(Deed(*facts))
        kinds[key] = kind
    ever: dict[str, dict[str, set[str]]] = {key: {} for key in keys}
    for key, deed, item_id in _settled(keys):
        ever[key].setdefault(deed, set()).add(item_id)
    return {
        key: VisitorHistory(
            key,
            tuple(deeds[key]),
            {deed: frozenset(ids) for deed, ids in ever[key].items()},
            None,
            kinds.get(key, ""),
            now=now,
        )
        for key in keys
    }


def _spoken(keys: Sequence[str]) -> QuerySet[Interaction]:
    rows = Interaction.objects.filter(
        visitor__key__in=keys, visitor__is_erased=False, flag=Interaction.Flag.NONE
    )
    return rows.exclude(item_id="")


def _latest(keys: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    number = Window(
        RowNumber(), partition_by="visitor_id", order_by=F("occurred_at").desc()
    )
    rows = (
        _spoken(keys)
        .exclude(kind__in=UNSEEN_KINDS)
        .annotate(
            number=number,
            units=Cast("quantity", FloatField()),
            worth=Cast("value", FloatField()),
        )
    )
    found = rows.filter(number__lte=LATEST).order_by("visitor_id", "number")
    whose = ("visitor__key", "visitor__kind")
    fields = ("item_id", "kind", "units", "occurred_at", "worth")
    return found.values_list(*whose, *fields).iterator()


def _settled(keys: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    rows = _spoken(keys).filter(kind__in=("purchase", "hide")).order_by()
    return rows.values_list("visitor__key", "kind", "item_id").distinct().iterator()
