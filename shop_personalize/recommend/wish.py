"""What a caller asks for, and how tags and query strings say it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shop_personalize.recommend.config import OBJECTIVES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

RELEVANCE = "relevance"


@dataclass(frozen=True, kw_only=True)
class Wish:
    """The arguments of ``recommend``; ``None`` leaves it to the block."""

    block: str | None = None
    recommender: str | None = None
    visitor_key: str | None = None
    user: Any = None
    product: Any = None
    basket: Any = None
    category: Any = None
    query: str | None = None
    items: Any = None
    page: str = ""
    limit: int | None = None
    minimum: int | None = None
    exclude: Iterable[Any] = ()
    fallback: Sequence[str] | None = None
    same_category: bool | None = None
    diversity: float | None = None
    per_category: int | None = None
    rotation: float | None = None
    objective: str | None = None
    """What counts as much as relevance, and alone: revenue, margin, freshness,
    clearance, stock; ``relevance``: nothing else counts."""
    price_band: float | None = None
    """0.3: only products within ±30 % of the price of the page's product."""
    title: str | None = None
    template: str | None = None
    personal: bool = True
    """``False``: the same for everyone, as for a page in a shared cache."""
    remember: bool = True
    """Whether what is shown here stays out of the page's next blocks."""
    trace: bool = False
    about: str = ""
    """A product whose score a trace accounts for, shown or not."""


def wish_of(**given: Any) -> Wish:
    """The wish of a tag or a query string, whose words differ here and there."""
    if "min" in given:
        given["minimum"] = _whole(given.pop("min"), "min")
    for name, kind in KINDS.items():
        if given.get(name) is not None:
            given[name] = kind(given[name], name)
    fallback = given.get("fallback")
    if isinstance(fallback, str):
        given["fallback"] = tuple(name.strip() for name in fallback.split(",") if name)
    if given.pop("in_stock", None) is False:
        raise ValueError("in_stock=False: what cannot be bought is never recommended")
    if given.get("exclude") is None:
        given.pop("exclude", None)
    return Wish(**given)


def _whole(value: Any, name: str) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        raise ValueError(f"{name}={value!r} is not a whole number") from None


def _share(value: Any, name: str) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise ValueError(f"{name}={value!r} is not a number") from None


def _objective(value: Any, name: str) -> str:
    if value not in {RELEVANCE, *OBJECTIVES}:
        known = ", ".join((RELEVANCE, *OBJECTIVES))
        raise ValueError(f"{name}={value!r} is none of: {known}")
    return str(value)


def _text(value: Any, name: str) -> str:
    return str(value)


KINDS: dict[str, Callable[[Any, str], Any]] = {
    "limit": _whole,
    "per_category": _whole,
    "diversity": _share,
    "rotation": _share,
    "objective": _objective,
    "price_band": _share,
    "title": _text,
}
