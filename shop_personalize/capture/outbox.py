"""Events wait here until the shop's work is done: committed, and its page made."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from django.db import connections, router, transaction

from shop_personalize.capture.event import Event
from shop_personalize.capture.safety import harmless
from shop_personalize.models import Interaction

if TYPE_CHECKING:
    from shop_personalize.capture.identity import Personalize

Record = Callable[[Sequence[Event], str], None]
SOURCE = "server"


def add(event: Event, state: Personalize | None, record: Record) -> None:
    """Keep an event for the end of the request, or write it, once it is committed."""
    if state is None:
        after_commit(partial(_record_now, event, record))
    else:
        after_commit(partial(_keep, state, event))


def _keep(state: Personalize, event: Event) -> None:
    state.queue.append(event)


def after_commit(action: Callable[[], object]) -> None:
    """Run when the shop's transaction has committed; never if it is rolled back."""
    using = router.db_for_write(Interaction)
    if _in_event_loop() or not connections[using].in_atomic_block:
        action()
    else:
        transaction.on_commit(action, using=using, robust=True)


def take(state: Personalize) -> list[Event]:
    """Empty the queue, each event signed with the visitor it belongs to."""
    pin(state)
    waiting, state.queue = state.queue, []
    return waiting


def pin(state: Personalize) -> None:
    """Fix whose events these are, before another person takes over the device."""
    key, kind = state.key, state.kind
    if key is None:
        state.queue = [event for event in state.queue if event.visitor_key]
    else:
        pin_to(state, key, kind)


def pin_to(state: Personalize, key: str, kind: str) -> None:
    state.queue = [
        event if event.visitor_key else _signed(event, state, key, kind)
        for event in state.queue
    ]


def _signed(event: Event, state: Personalize, key: str, kind: str) -> Event:
    return replace(
        event,
        visitor_key=key,
        visitor_kind=kind,
        flag="bot" if state.is_bot else event.flag,
        site=event.site or state.site,
    )


def _record_now(event: Event, record: Record) -> None:
    with harmless("record"):
        record([event], SOURCE)


def _in_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
