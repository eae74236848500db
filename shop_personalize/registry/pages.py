"""Pages of the admin that slices offer; the overview links to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page by the name of its URL, and what an owner finds there."""

    url: str
    title: _StrPromise | str
    about: _StrPromise | str
    permission: str = ""
    advice: _StrPromise | str = ""
    """What an owner may do there when nothing more pressing is left."""


_pages: dict[str, Page] = {}


def offer(page: Page) -> None:
    """Offer a page; a later one of the same URL replaces it."""
    _pages[page.url] = page


def pages() -> list[Page]:
    """All pages offered, in the order in which they came."""
    return list(_pages.values())
