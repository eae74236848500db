"""The shop's orders as interactions: one idempotent sync, for history and for now.

The shop's tables are asked, not its signals: ``bulk_create`` and ``.update()`` fire
none, and a "paid" may come days later by a webhook. What was taken over once is known
by its line, so asking again changes nothing.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from django.db import router
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from shop_personalize.capture import store
from shop_personalize.capture.buyers import Buyers
from shop_personalize.capture.order_rows import PURCHASE, REFUND, id_of, row_of
from shop_personalize.catalog import get_orders
from shop_personalize.catalog.types import LineState, OrderLine
from shop_personalize.models import Checkpoint, Interaction
from shop_personalize.signals import interactions_recorded

BATCH = 5000
NAME = "orders"
OVERLAP = timedelta(days=2)
"""Looked at again every time: a date of change may be set before the commit."""
LOOK_BACK = timedelta(days=45)
"""Looked at again once a day: ``.update()`` moves no date of change."""
DEEP_EVERY = timedelta(days=1)
TAIL = (1 << 62) - 1
"""The part of an event id that says the line, not the time."""

Progress = Callable[[float, str], None]


@dataclass
class SyncReport:
    """What a sync met: lines by what became of them."""

    lines: int = 0
    purchases: int = 0
    refunds: int = 0
    known: int = 0
    open: int = 0
    without_product: int = 0
    without_buyer: int = 0
    merged: int = 0
    seconds: float = 0.0


def backfill(progress: Progress | None = None) -> SyncReport:
    """Take over the whole history, in bulk."""
    with _without_gc():
        return _sync(None, None, progress, deep=True)


@contextmanager
def _without_gc() -> Iterator[None]:
    """Millions of rows and no cycles among them: looking for some costs a fifth."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def sync_orders(
    *,
    since: datetime | None = None,
    order_ids: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> SyncReport:
    """Take over what was ordered or changed; with no argument, since the last time."""
    if order_ids is not None or since is not None:
        return _run(since, order_ids, progress)
    state = _state()
    deep = _is_due(state.get("deep_at"), DEEP_EVERY)
    last = parse_datetime(state.get("synced_at", ""))
    if last is None:
        return backfill(progress)
    return _sync(last - (LOOK_BACK if deep else OVERLAP), state, progress, deep=deep)


def _state() -> dict[str, str]:
    found = Checkpoint.objects.filter(name=NAME).first()
    return dict(found.state) if found else {}


def _is_due(text: str | None, every: timedelta) -> bool:
    last = parse_datetime(text or "")
    return last is None or timezone.now() - last >= every


def _sync(
    since: datetime | None,
    state: dict[str, str] | None,
    progress: Progress | None,
    *,
    deep: bool,
) -> SyncReport:
    began = timezone.now()
    report = _run(since, None, progress)
    marks = {"synced_at": began.isoformat()}
    if deep:
        marks["deep_at"] = began.isoformat()
    Checkpoint.objects.update_or_create(
        name=NAME, defaults={"state": {**(state or {}), **marks}}
    )
    return report


def _run(
    since: datetime | None,
    order_ids: Sequence[str] | None,
    progress: Progress | None,
) -> SyncReport:
    report, began = SyncReport(), time.monotonic()
    orders = get_orders()
    if orders is None:
        return report
    everything = since is None and order_ids is None
    total = orders.count() if progress and everything else 0
    work = _Work(report, fresh=everything and not _has_any())
    lines = orders.iter_lines(since=since, order_ids=order_ids)
    for batch in _batches(lines):
        work.take(batch)
        if progress:
            progress(min(1.0, report.lines / total) if total else 0.0, "orders")
    report.seconds = round(time.monotonic() - began, 3)
    return report


def _has_any() -> bool:
    return Interaction.objects.filter(source=NAME).exists()


def _batches(lines: Iterable[OrderLine]) -> Iterator[list[OrderLine]]:
    rest = iter(lines)
    while batch := list(islice(rest, BATCH)):
        yield batch


class _Work:
    """One pass; ``fresh`` where nothing was taken over before, so nothing is asked."""

    def __init__(self, report: SyncReport, *, fresh: bool) -> None:
        self.report = report
        self.fresh = fresh
        self.buyers = Buyers()

    def take(self, batch: Sequence[OrderLine]) -> None:
        self.report.lines += len(batch)
        lines = [line for line in batch if self._counts(line)]
        if not lines:
            return
        self.report.merged += self.buyers.merge_emails(lines)
        visitors = self.buyers.of(lines)
        known = set() if self.fresh else _known(lines)
        received = timezone.now()
        rows: list[Interaction] = []
        for line in lines:
            buyer = visitors.get(line.key)
            if buyer is None:
                self.report.without_buyer += 1
                continue
            told = [row_of(line, kind, buyer, received) for kind in _kinds(line, known)]
            new = [row for row in told if row.event_id.int & TAIL not in known]
            self.report.known += bool(told and not new)
            rows += new
        self._write(rows)

    def _counts(self, line: OrderLine) -> bool:
        if line.state is LineState.OPEN:
            self.report.open += 1
            return False
        if not line.item_id or not line.quantity:
            self.report.without_product += 1
            return False
        return True

    def _write(self, rows: list[Interaction]) -> None:
        new = store.insert_new(rows)
        self.report.purchases += sum(row.kind == PURCHASE for row in new)
        self.report.refunds += sum(row.kind == REFUND for row in new)
        if new:
            interactions_recorded.send_robust(None, interactions=new, source=NAME)


def _kinds(line: OrderLine, known: set[int]) -> tuple[str, ...]:
    """Which rows a line stands for.

    A cancelled line subtracts only what had been counted; one never counted is nothing.
    """
    if line.quantity < 0:
        return () if line.state is LineState.CANCELLED else (REFUND,)
    if line.state is LineState.REFUNDED:
        return (PURCHASE, REFUND)
    if line.state is LineState.CANCELLED:
        return (REFUND,) if _tail(line, PURCHASE) in known else ()
    return (PURCHASE,)


def _tail(line: OrderLine, kind: str) -> int:
    return id_of(line, kind).int & TAIL


def _known(lines: Sequence[OrderLine]) -> set[int]:
    """Lines taken over before, also where the shop has since moved an order's date."""
    orders = {line.order_id for line in lines if line.order_id}
    using = router.db_for_write(Interaction)
    rows = Interaction.objects.using(using).filter(source=NAME, order_id__in=orders)
    return {event_id.int & TAIL for event_id in rows.values_list("event_id", flat=True)}
