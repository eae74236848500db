"""From an answer to JSON and back: a dataclass says itself what its fields are."""

from __future__ import annotations

from dataclasses import asdict, fields, is_dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints


def plain(answer: Any) -> dict[str, Any]:
    """The answer as dicts and lists; Django's encoder writes days and decimals."""
    return asdict(answer)


def build(of: Any, value: Any) -> Any:
    """``value``, read from JSON, as the type ``of``."""
    if is_dataclass(of) and isinstance(of, type):
        hints = _hints(of)
        return of(**{f.name: build(hints[f.name], value[f.name]) for f in fields(of)})
    origin, inner = get_origin(of), get_args(of)
    if origin in {UnionType, Union}:
        wanted = next(kind for kind in inner if kind is not NoneType)
        return None if value is None else build(wanted, value)
    if origin is tuple:
        return _tuple(inner, value)
    return _single(of, value)


def _tuple(inner: tuple[Any, ...], value: Any) -> tuple[Any, ...]:
    if len(inner) == 2 and inner[1] is Ellipsis:
        return tuple(build(inner[0], each) for each in value)
    return tuple(build(kind, each) for kind, each in zip(inner, value, strict=True))


def _single(of: Any, value: Any) -> Any:
    if of is Decimal:
        return Decimal(value)
    if of is date:
        return date.fromisoformat(value)
    return float(value) if of is float else value


@cache
def _hints(of: type) -> dict[str, Any]:
    return get_type_hints(of)
