"""Who is not a shopper. Such events are kept and flagged, and never learned from."""

from __future__ import annotations

import re
import threading
import time
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.http import HttpRequest

_AGENTS = re.compile(
    r"bot\b|bots?[/;) _-]|crawl|spider|slurp|scrap|archiver|headless|phantom|selenium|"
    r"puppeteer|playwright|lighthouse|pagespeed|pingdom|uptime|monitor|preview|"
    r"facebookexternalhit|embedly|whatsapp|curl/|wget|python-|aiohttp|httpx|okhttp|"
    r"go-http-client|java/|libwww|perl|ruby|scrapy|axios|node-fetch|postman|feedfetcher|"
    r"mediapartners|bingpreview|gptbot|ccbot|claudebot|bytespider",
    re.IGNORECASE,
)
_PREFETCH = ("HTTP_SEC_PURPOSE", "HTTP_PURPOSE", "HTTP_X_PURPOSE", "HTTP_X_MOZ")
HUMAN_KINDS = frozenset({"view", "click", "add_to_cart", "search", "wishlist"})
PER_MINUTE = 240
MAX_KEYS = 10_000


def is_prefetch(request: HttpRequest) -> bool:
    """Whether a browser fetched the page ahead of a visit that may never happen."""
    return any(
        word in request.META.get(name, "").lower()
        for name in _PREFETCH
        for word in ("prefetch", "prerender", "preview")
    )


def is_bot(request: HttpRequest) -> bool:
    agent = request.META.get("HTTP_USER_AGENT", "")
    return (
        _AGENTS.search(agent[:500]) is not None
        or request.method == "HEAD"
        or is_prefetch(request)
    )


def family(request: HttpRequest) -> str:
    """A name for all visits of one robot: they make one visitor, not thousands."""
    found = _AGENTS.search(request.META.get("HTTP_USER_AGENT", "")[:500])
    return found.group().lower() if found else "unnamed"


class RateWatch:
    """Counts what each visitor does in a minute; no hand clicks four times a second."""

    def __init__(self, limit: int = PER_MINUTE) -> None:
        self.limit = limit
        self._counts: OrderedDict[str, tuple[int, int]] = OrderedDict()
        self._lock = threading.Lock()

    def too_fast(self, key: str, events: int) -> bool:
        minute = int(time.monotonic() // 60)
        with self._lock:
            then, count = self._counts.get(key, (minute, 0))
            count = events + (count if then == minute else 0)
            self._counts[key] = (minute, count)
            self._counts.move_to_end(key)
            if len(self._counts) > MAX_KEYS:
                self._counts.popitem(last=False)
        return count > self.limit


rate_watch = RateWatch()
