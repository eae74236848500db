"""Redis for the request path: it may be gone at any time and must not be waited for.

A call takes at most 30 ms. After one failure no page asks again until a thread of our
own has had an answer.
"""

from __future__ import annotations

import logging
import threading
import time
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import ImproperlyConfigured

from shop_personalize.conf import app_settings

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger("shop_personalize")
T = TypeVar("T")
QUICK = 0.03
PATIENT = 5.0
PROBE_EVERY = 2.0


class RedisGoneError(Exception):
    """No Redis is configured, or it does not answer now."""


@lru_cache(maxsize=8)
def client(url: str, timeout: float) -> Any:
    """A client that gives up after ``timeout`` seconds and never tries again."""
    try:
        import redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry
    except ImportError as error:
        raise ImproperlyConfigured(
            "REDIS_URL needs an extra: pip install django-shop-personalize[redis]"
        ) from error
    return redis.Redis.from_url(
        url,
        socket_timeout=timeout,
        socket_connect_timeout=timeout,
        retry=Retry(NoBackoff(), 0),
        protocol=2,
    )


class Breaker:
    """Closed while Redis answers; open, it refuses at once and asks from a thread."""

    def __init__(self) -> None:
        self.is_open = False
        self._lock = threading.Lock()
        self._probed = 0.0

    def call(self, url: str, ask: Callable[[Any], T]) -> T:
        if self.is_open:
            self._probe_later(url)
            raise RedisGoneError
        try:
            return ask(client(url, QUICK))
        except _errors() as error:
            self._open(error)
            raise RedisGoneError from error

    def _open(self, error: Exception) -> None:
        with self._lock:
            if not self.is_open:
                logger.warning("Redis is left alone for now: %s", error)
            self.is_open, self._probed = True, time.monotonic()

    def _probe_later(self, url: str) -> None:
        with self._lock:
            if time.monotonic() - self._probed < PROBE_EVERY:
                return
            self._probed = time.monotonic()
        threading.Thread(target=self._probe, args=(url,), daemon=True).start()

    def _probe(self, url: str) -> None:
        try:
            client(url, QUICK).ping()
        except _errors():
            return
        self.is_open = False


def ask(question: Callable[[Any], T]) -> T:
    """Ask the configured Redis; raise :class:`RedisGoneError` rather than wait."""
    url = app_settings.REDIS_URL
    if not url:
        raise RedisGoneError
    return breaker.call(url, question)


def _errors() -> tuple[type[Exception], ...]:
    """What a Redis that is gone raises, and what a missing extra does."""
    try:
        from redis.exceptions import RedisError
    except ImportError:
        return (OSError, ImproperlyConfigured)
    return (RedisError, OSError)


breaker = Breaker()
