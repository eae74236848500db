"""From the snapshot's files and the catalog to what a recommender learns from."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.db.models import Q
from django.utils import timezone

from shop_personalize import catalog
from shop_personalize.conf import app_settings
from shop_personalize.ml.data import Columns, IdMap, Items, TrainingData
from shop_personalize.ml.data.preparation import cleaned
from shop_personalize.ml.data.training_data import NO_ORDER
from shop_personalize.models import Recommender, Visitor
from shop_personalize.training import snapshot
from shop_personalize.training.links import links_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from shop_personalize.catalog.types import Item

logger = logging.getLogger("shop_personalize")

SECONDS_PER_DAY = 86_400.0
MICROSECONDS_PER_DAY = 86_400e6
LONGEST_CHAIN_OF_MERGES = 16


def load(recommender: Recommender | None = None) -> TrainingData:
    """Everything there is to learn from, oldest first, weighted for ``recommender``."""
    table = _rows()
    known = {item.id: item for item in catalog.get_catalog().iter_items()}
    ids = IdMap.of(
        [*known, *table[Columns.ITEM].combine_chunks().dictionary.to_pylist()]
    )
    owners, keep = _owners(table[Columns.VISITOR].to_numpy())
    table, owners = table.filter(pa.array(keep)), owners[keep]
    time = _days(table[Columns.TIME])
    order = np.argsort(time, kind="stable")
    visitors, visitor = np.unique(owners, return_inverse=True)
    kinds = _kinds(table)
    data = TrainingData(
        ids=ids,
        items=_items(ids, known),
        kinds=kinds,
        visitor=visitor.astype(np.int32)[order],
        item=_coded(table[Columns.ITEM], ids.codes)[order].astype(np.int32),
        kind=_coded(table[Columns.KIND], _positions(kinds))[order].astype(np.int8),
        time=time[order],
        quantity=_floats(table[Columns.QUANTITY], 1.0)[order],
        value=_floats(table[Columns.VALUE], np.nan)[order],
        order=_orders(table[Columns.ORDER])[order],
        n_visitors=len(visitors),
        now=timezone.now().timestamp() / SECONDS_PER_DAY,
        links=links_of(visitors),
        identified=_identified(visitors),
    )
    return for_recommender(_sound(data), recommender)


def _sound(data: TrainingData) -> TrainingData:
    """Rows that no recommender could take are left out and counted, not fatal."""
    found = cleaned(data, ("unknown", "time", "quantity", "negative"))
    if found.data is not data:
        logger.warning("rows left out of training: %s", found.dropped)
    return found.data


def for_recommender(
    data: TrainingData, recommender: Recommender | None = None
) -> TrainingData:
    """The same rows with the weights and half-lives of one recommender."""
    events = app_settings.events
    own_weights = recommender.event_weights if recommender else {}
    own_lives = recommender.half_life_days if recommender else {}
    return replace(
        data,
        weights={kind: float(events[kind]["weight"]) for kind in events} | own_weights,
        half_lives={kind: float(events[kind]["half_life_days"]) for kind in events}
        | own_lives,
    )


def _rows() -> Any:
    paths = snapshot.files()
    if not paths:
        return snapshot.SCHEMA.empty_table()
    tables = [pq.read_table(path, schema=snapshot.SCHEMA) for path in paths]
    return pa.concat_tables(tables).unify_dictionaries().combine_chunks()


def _owners(visitors: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Follow merges; leave out bots, the erased and those deleted from the table."""
    known = np.fromiter(
        Visitor.objects.order_by().values_list("pk", flat=True).iterator(), np.int64
    )
    merged = dict(
        Visitor.objects.filter(merged_into__isnull=False).values_list(
            "pk", "merged_into"
        )
    )
    shunned = list(
        Visitor.objects.filter(Q(is_bot=True) | Q(is_erased=True)).values_list(
            "pk", flat=True
        )
    )
    distinct, inverse = np.unique(visitors, return_inverse=True)
    owners = distinct.copy()
    keep = np.isin(distinct, known) & ~np.isin(distinct, shunned)
    for at in np.flatnonzero(np.isin(distinct, list(merged))):
        owners[at] = _last_of_chain(int(distinct[at]), merged)
    keep &= ~np.isin(owners, shunned)
    return owners[inverse], keep[inverse]


def _identified(visitors: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whom the shop knows by an account or an address, not by a browser alone."""
    guest = Visitor.Kind.GUEST
    known = Visitor.objects.exclude(kind=guest).order_by().values_list("pk", flat=True)
    return np.isin(visitors, np.fromiter(known.iterator(), np.int64))


def _last_of_chain(visitor: int, merged: dict[int, int | None]) -> int:
    for _step in range(LONGEST_CHAIN_OF_MERGES):
        following = merged.get(visitor)
        if following is None:
            break
        visitor = following
    return visitor


def _kinds(table: Any) -> tuple[str, ...]:
    seen = table[Columns.KIND].combine_chunks().dictionary.to_pylist()
    return tuple(sorted({*app_settings.events, *seen}))


def _positions(names: tuple[str, ...]) -> Any:
    at = {name: position for position, name in enumerate(names)}
    return lambda texts: np.array([at[text] for text in texts], np.int64)


def _coded(column: Any, encode: Any) -> NDArray[np.int64]:
    """Codes of a dictionary column: only its distinct texts pass through Python."""
    encoded = column.combine_chunks()
    codes: NDArray[np.int64] = np.asarray(
        encode(encoded.dictionary.to_pylist()), np.int64
    )
    if not len(encoded):
        return np.empty(0, np.int64)
    return codes[encoded.indices.to_numpy(zero_copy_only=False)]


def _orders(column: Any) -> NDArray[np.int32]:
    def encode(texts: list[str]) -> NDArray[np.int64]:
        codes = np.arange(len(texts))
        return np.where(np.array([text == "" for text in texts], bool), NO_ORDER, codes)

    return _coded(column, encode).astype(np.int32)


def _days(column: Any) -> NDArray[np.float64]:
    micros = column.cast(pa.int64()).to_numpy()
    return np.asarray(micros, np.float64) / MICROSECONDS_PER_DAY


def _floats(column: Any, missing: float) -> NDArray[np.float32]:
    filled = pc.fill_null(column, pa.scalar(missing, pa.float32()))
    return np.asarray(filled.to_numpy(), np.float32)


def _items(ids: IdMap, catalog: dict[str, Item]) -> Items:
    """Facts by code; products that left the catalog are known by their history only."""
    found = [catalog.get(text) for text in ids.texts(range(len(ids)))]
    currency = _usual_currency(catalog.values())
    return Items(
        titles=[item.title if item else "" for item in found],
        texts=[item.text if item else "" for item in found],
        categories=[_categories(item) if item else () for item in found],
        brands=[item.brand if item else "" for item in found],
        attributes=[item.attributes if item else {} for item in found],
        prices=np.array([_price(item, currency) for item in found], np.float64),
        created=np.array([_created(item) for item in found], np.float64),
        available=np.array(
            [bool(item and item.visible and item.available) for item in found], bool
        ),
    )


def _categories(item: Item) -> tuple[str, ...]:
    """Every category it is in by its own word, the narrowest of each path first.

    A page asks for one by that word, a page of a wide category too.
    """
    words = (word for path in item.categories for word in reversed(path))
    return tuple(dict.fromkeys(words))


def _usual_currency(items: Iterable[Item]) -> str:
    counts = Counter(item.price.currency for item in items if item.price)
    return counts.most_common(1)[0][0] if counts else ""


def _price(item: Item | None, currency: str) -> float:
    if item is None or item.price is None or item.price.currency != currency:
        return float("nan")
    return float(item.price.amount)


def _created(item: Item | None) -> float:
    if item is None or item.created is None:
        return float("nan")
    return item.created.timestamp() / SECONDS_PER_DAY
