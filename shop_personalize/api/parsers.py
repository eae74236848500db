"""The guarding parser: what it lets through, every database and every page can take.

Size first, then depth, both before anything is built; NUL, lone surrogates, NaN and
numbers beyond 64 bits are refused while reading.
"""

from __future__ import annotations

import json
import re
from typing import IO, TYPE_CHECKING, Any, NoReturn

from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAX_BODY = 64 * 1024
MAX_EVENTS = 100
MAX_EVENT = 8 * 1024
MAX_DEPTH = 8
MAX_DIGITS = 18
_BRACKETS = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)


class TooLargeError(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = _("The request is too large.")
    default_code = "too_large"


class GuardedJSONParser(BaseParser):
    """JSON of bounded size, depth and numbers."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        body = _read(stream, parser_context or {})
        _check_depth(body)
        try:
            found = json.loads(
                body.decode("utf-8"),
                parse_constant=_refuse,
                parse_int=_integer,
                parse_float=_number,
            )
        except (ValueError, RecursionError) as error:
            raise ParseError(_("The body is not valid JSON.")) from error
        if b"\\u" in body:
            _check_texts(found)
        return found


class GuardedTextParser(GuardedJSONParser):
    """The same for ``navigator.sendBeacon``, which calls its JSON plain text."""

    media_type = "text/plain"


def events_of(data: Any) -> list[Any]:
    """One event, a list, or ``{"events": [...]}``; each of bounded size."""
    inner = data.get("events") if isinstance(data, dict) else None
    events = inner if isinstance(inner, list) else data
    # A gtag call is a list of words, not of events.
    if not isinstance(events, list) or events[:1] == ["event"]:
        events = [events]
    if len(events) > MAX_EVENTS:
        raise TooLargeError(
            _("At most %(count)d events at a time.") % {"count": MAX_EVENTS}
        )
    return events


def is_oversized(event: Any, limit: int = MAX_EVENT) -> bool:
    return len(json.dumps(event, ensure_ascii=False).encode()) > limit


def _read(stream: IO[Any], context: Mapping[str, Any]) -> bytes:
    request = context.get("request")
    length = request.META.get("CONTENT_LENGTH") if request is not None else None
    if length and str(length).isdigit() and int(length) > MAX_BODY:
        raise TooLargeError
    body: bytes = stream.read(MAX_BODY + 1)
    if len(body) > MAX_BODY:
        raise TooLargeError
    if b"\x00" in body:
        raise ParseError(_("The body holds a NUL character."))
    return body


def _check_depth(body: bytes) -> None:
    depth = 0
    for found in _BRACKETS.finditer(body):
        mark = found.group()
        if mark in b"[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise ParseError(_("The body is nested too deeply."))
        elif mark in b"]}":
            depth -= 1


def _check_texts(found: Any) -> None:
    """Escapes can spell what the bytes may not: NUL and halves of characters."""
    for text in _texts(found):
        if "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
            raise ParseError(_("The body holds characters that cannot be stored."))


def _texts(found: Any) -> Iterator[str]:
    if isinstance(found, str):
        yield found
    elif isinstance(found, dict):
        yield from found
        for value in found.values():
            yield from _texts(value)
    elif isinstance(found, list):
        for value in found:
            yield from _texts(value)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS + 1:
        raise ValueError("integer out of range")
    return int(digits)


def _number(digits: str) -> float:
    number = float(digits)
    if len(digits) > 40 or number in (float("inf"), float("-inf")):
        raise ValueError("number out of range")
    return number
