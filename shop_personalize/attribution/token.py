"""The signed token a recommendation carries, so that serving need not write.

``3.block.recommender.variant.version.position.time.mark.item.signature``: the shop's
own words in the open, an HMAC behind them. At most 200 characters, whatever the names
are. Form 2 has no mark: its page was made for nobody in particular, and a shared cache
may hold it. Form 1, which old links carry, has no variant either.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, unquote

from django.conf import settings

MAX_LENGTH = 200
MAX_AGE_DAYS = 30
CLOCK_SKEW_SECONDS = 300
MARKED, PLAIN, OLD = "3", "2", "1"
SIGNATURE_LENGTH = 16
MARK_BYTES = 4
DIGEST_MARK = "~"
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Token:
    """Who recommended what, where and when; ``item`` is "" for the whole list."""

    block: str
    recommender: str
    version: int = 0
    position: int = 0
    item: str = ""
    at: int = 0
    """Seconds since the epoch."""
    variant: str = ""
    """Trial and arm, such as ``new-ranker:b``; "" outside of any."""
    mark: str = ""
    """For whom the page was made, by :func:`mark_of`; "" for nobody in particular."""

    def covers(self, item_id: str) -> bool:
        """Whether the token speaks of this item; a list's speaks of all."""
        if self.item in {"", item_id}:
            return True
        return self.item.startswith(DIGEST_MARK) and self.item == _digest(item_id)


def mark_of(visitor_key: str, at: int) -> str:
    """Six characters that only we can tell a visitor by, different every second."""
    text = f"mark:{at}:{visitor_key}"
    digest = hmac.digest(_key(settings.SECRET_KEY), text.encode(), "sha256")
    return base64.urlsafe_b64encode(digest[:MARK_BYTES]).decode().rstrip("=")


def sign(token: Token) -> str:
    """Write the token as text; an item id too long for it is kept as its hash."""
    item = quote(token.item, safe="").replace(".", "%2E").replace("~", "%7E")
    text = _body(token, item)
    if len(text) + 1 + SIGNATURE_LENGTH > MAX_LENGTH:
        text = _body(token, _digest(token.item))
    return f"{text}.{_signature(text, settings.SECRET_KEY)}"


def unsign(text: str, *, max_age_days: float = MAX_AGE_DAYS) -> Token | None:
    """Read a token; ``None`` if it is not ours, was changed, or is too old."""
    if not isinstance(text, str) or len(text) > MAX_LENGTH or not text.isascii():
        return None
    body, _, signature = text.rpartition(".")
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    known = [hmac.compare_digest(signature, _signature(body, key)) for key in secrets]
    if not any(known):
        return None
    token = _parse(body)
    return token if token and _is_fresh(token, max_age_days) else None


def _body(token: Token, item: str) -> str:
    numbers = (_base36(token.version), _base36(token.position), _base36(token.at))
    variant = quote(token.variant, safe=":")
    form, mark = (MARKED, (token.mark,)) if token.mark else (PLAIN, ())
    words = (form, token.block, token.recommender, variant, *numbers, *mark, item)
    return ".".join(words)


def _parse(body: str) -> Token | None:
    form, *parts = body.split(".")
    if form == OLD:
        parts.insert(2, "")
    if form in {OLD, PLAIN}:
        parts.insert(6, "")
    if form not in {OLD, PLAIN, MARKED} or len(parts) != 8:
        return None
    block, recommender, variant, *numbers, mark, item = parts
    version, position, at = (int(number or "0", 36) for number in numbers)
    words = (unquote(item), at, unquote(variant), mark)
    return Token(block, recommender, version, position, *words)


def _is_fresh(token: Token, max_age_days: float) -> bool:
    age = time.time() - token.at
    return -CLOCK_SKEW_SECONDS <= age <= max_age_days * 86400


def _digest(item: str) -> str:
    digest = hashlib.blake2s(item.encode(), digest_size=6).digest()
    return DIGEST_MARK + base64.urlsafe_b64encode(digest).decode()


@lru_cache(maxsize=8)
def _key(secret: str | bytes) -> bytes:
    raw = secret if isinstance(secret, bytes) else secret.encode()
    return hashlib.sha256(b"shop_personalize.token" + raw).digest()


def _signature(text: str, secret: str | bytes) -> str:
    digest = hmac.digest(_key(secret), text.encode(), "sha256")
    return base64.urlsafe_b64encode(digest[:12]).decode()


def _base36(number: int) -> str:
    text = ""
    while number:
        number, rest = divmod(number, 36)
        text = DIGITS[rest] + text
    return text
