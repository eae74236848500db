"""An atomic rate limit per client address, and who may post from which page."""

from __future__ import annotations

import math
import re
import threading
import time
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.http.request import validate_host
from rest_framework.permissions import BasePermission
from rest_framework.throttling import BaseThrottle

from shop_personalize.capture import redis_door
from shop_personalize.conf import app_settings

if TYPE_CHECKING:
    from rest_framework.request import Request

SECONDS = {"s": 1, "sec": 1, "min": 60, "m": 60, "h": 3600, "hour": 3600, "d": 86400}
MAX_ADDRESSES = 50_000
_RATE = re.compile(r"(\d+)/(\w+)")


class AmbiguousAddressError(Exception):
    """The forwarding headers do not match the number of proxies configured."""


class EventsThrottle(BaseThrottle):
    """``RATE_LIMIT`` requests per address: shared through Redis, else per process."""

    def __init__(self) -> None:
        self._wait: float | None = None

    def allow_request(self, request: Request, view: Any) -> bool:
        limit, seconds = parse_rate(app_settings.RATE_LIMIT)
        if not limit:
            return True
        try:
            address = client_address(request)
        except AmbiguousAddressError:
            return False
        now = time.time()
        window = int(now // seconds)
        allowed = counter.count(f"{address}:{window}", seconds) <= limit
        if not allowed:
            self._wait = (window + 1) * seconds - now
        return allowed

    def wait(self) -> float | None:
        return None if self._wait is None else math.ceil(self._wait)


class SameShop(BasePermission):
    """Only pages of the shop's own hosts, and of ``ORIGINS``, may post events."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return is_own_origin(request)


def is_own_origin(request: Request) -> bool:
    origin = request.META.get("HTTP_ORIGIN")
    if not origin:
        # No browser leaves the origin out of a cross-site POST; this header it adds.
        return request.META.get("HTTP_SEC_FETCH_SITE", "none") != "cross-site"
    if origin in app_settings.ORIGINS:
        return True
    host = _without_usual_port(urlsplit(origin).netloc)
    own = _without_usual_port(request.get_host())
    return bool(host) and (host == own or _is_listed(host))


def _without_usual_port(host: str) -> str:
    return host.removesuffix(":443").removesuffix(":80").lower()


def _is_listed(host: str) -> bool:
    """``ORIGINS`` takes bare hosts too, with the wildcards of ``ALLOWED_HOSTS``."""
    bare = [one for one in app_settings.ORIGINS if "//" not in one and one != "*"]
    return validate_host(host.rsplit(":", 1)[0], bare)


def parse_rate(rate: str | None) -> tuple[int, int]:
    """``"600/min"`` as (600, 60); an empty or unreadable rate is no limit."""
    found = _RATE.fullmatch(rate or "")
    if found is None or found[2] not in SECONDS:
        return 0, 1
    return int(found[1]), SECONDS[found[2]]


def client_address(request: Request) -> str:
    """The client's address as the outermost of our own proxies saw it.

    Without ``TRUSTED_PROXIES`` the header proves nothing and is not looked at; with it,
    a header too short for the proxies we have is not an answer.
    """
    peer = str(request.META.get("REMOTE_ADDR", ""))
    proxies = app_settings.TRUSTED_PROXIES
    if not proxies:
        return peer
    hops = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")
    if len(hops) < proxies:
        raise AmbiguousAddressError
    try:
        return str(ip_address(hops[-proxies].strip()))
    except ValueError as error:
        raise AmbiguousAddressError from error


class Counter:
    """Counts atomically: ``INCR`` in Redis, or under a lock in this process."""

    def __init__(self) -> None:
        self._counts: dict[str, tuple[float, int]] = {}
        self._lock = threading.Lock()

    def count(self, key: str, seconds: int) -> int:
        try:
            return redis_door.ask(lambda redis: _incremented(redis, key, seconds))
        except redis_door.RedisGoneError:
            return self._local(key, seconds)

    def _local(self, key: str, seconds: int) -> int:
        now = time.monotonic()
        with self._lock:
            if len(self._counts) >= MAX_ADDRESSES:
                self._forget(now)
            until, count = self._counts.get(key, (now + seconds, 0))
            self._counts[key] = (until, count + 1)
            return count + 1

    def _forget(self, now: float) -> None:
        self._counts = {k: held for k, held in self._counts.items() if held[0] > now}
        if len(self._counts) >= MAX_ADDRESSES:
            self._counts.clear()


def _incremented(redis: Any, key: str, seconds: int) -> int:
    name = f"shop_personalize:rate:{key}"
    with redis.pipeline(transaction=True) as pipe:
        pipe.incr(name)
        pipe.expire(name, seconds * 2)
        return int(pipe.execute()[0])


counter = Counter()
