"""Events in the words shops already use; each dialect is one module with ``read``.

``read(payload, scope)`` returns our events, without their visitor, or raises
``RefusalError``. No events means: understood, and nothing of it to keep.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from shop_personalize.capture.dialects import ga4, gorse, native, retail
from shop_personalize.capture.event import Event, RefusalError
from shop_personalize.conf import app_settings

Read = Callable[[Any, str], list[Event]]
READERS: dict[str, Read] = {
    "native": native.read,
    "ga4": ga4.read,
    "retail": retail.read,
    "gorse": gorse.read,
}
_MARKS = {"eventType": "retail", "FeedbackType": "gorse", "ecommerce": "ga4"}


def reader(name: str) -> Read:
    return READERS[name]


def read_any(payload: Any, scope: str) -> list[Event]:
    """Read our own dialect, or one of ``DIALECTS`` told by a word only it uses."""
    if not isinstance(payload, Mapping):
        raise RefusalError("not_an_object")
    for mark, name in _MARKS.items():
        if mark in payload and name in app_settings.DIALECTS:
            return READERS[name](payload, scope)
    return native.read(payload, scope)
