"""What the blocks of one request share: configuration, history, what was shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from shop_personalize.conf import app_settings
from shop_personalize.models.visitor import visitor_key
from shop_personalize.recommend.circle import Around, load_circle
from shop_personalize.recommend.config import Configuration, load_configuration
from shop_personalize.recommend.history import VisitorHistory, load_history

if TYPE_CHECKING:
    from django.http import HttpRequest

    from shop_personalize.catalog.types import Facts
    from shop_personalize.recommend.config import BlockConfig
ATTRIBUTE = "_shop_personalize_scope"


@dataclass
class Scope:
    """Lives as long as the request; without a request, as long as one call."""

    request: HttpRequest | None = None
    shown: set[str] = field(default_factory=set)
    """Item ids already on the page."""
    used_blocks: set[str] = field(default_factory=set)
    products: dict[str, Any] = field(default_factory=dict)
    """Showable products seen so far, ``None`` for those that are not."""
    codes: dict[tuple[str, str], Any] = field(default_factory=dict)
    """The visitor's history in the codes of an artifact."""
    needed: frozenset[str] = frozenset()
    """Facts that the catalog is to fetch with the products."""
    facts: dict[frozenset[str], dict[str, Facts]] = field(default_factory=dict)
    """Facts of products, by what was asked of them and by item id."""
    with_seen: bool = False
    """Whether histories must tell what was seen of recommendations."""
    styled: bool = False
    """Whether the stylesheet is on the page."""
    histories: dict[str, VisitorHistory] = field(default_factory=dict)
    circles: dict[str, Around] = field(default_factory=dict)

    @cached_property
    def configuration(self) -> Configuration:
        return load_configuration(self.site)

    @cached_property
    def site(self) -> str:
        return getattr(getattr(self.request, "personalize", None), "site", "") or ""

    @cached_property
    def visitor_key(self) -> str | None:
        return own_visitor_key(self.request)

    @cached_property
    def unit(self) -> str | None:
        """By whom a trial is told: also a browser that only now gets its cookie."""
        known = getattr(self.request, "personalize", None)
        if known is None or not app_settings.ENABLED:
            return self.visitor_key
        return None if known.is_bot else known.visitor_key

    def prepare(self, block: BlockConfig) -> None:
        """Have what the block's rules and objectives must know, before any query.

        Products that were fetched without it are forgotten.
        """
        self.with_seen = self.with_seen or bool(block.rotation)
        facts = self.configuration.facts | block.facts
        if not facts <= self.needed:
            self.needed |= facts
            self.products.clear()
            self.facts.clear()

    def history(self, key: str | None) -> VisitorHistory:
        if not key:
            return VisitorHistory.empty()
        known = self.histories.get(key)
        if known is None or (self.with_seen and known.seen is None):
            with_seen = self.with_seen or self.configuration.rotates
            self.histories[key] = load_history(key, with_seen=with_seen)
        return self.histories[key]

    def circle(self, key: str | None) -> Around:
        """What those around the visitor hold; asked only where a model hears it."""
        if not key:
            return Around()
        if key not in self.circles:
            self.circles[key] = load_circle(key)
        return self.circles[key]


def scope_of(request: Any) -> Scope:
    """The scope of a request (Django's or DRF's), made at first use."""
    request = getattr(request, "_request", request)
    if request is None:
        return Scope()
    scope = getattr(request, ATTRIBUTE, None)
    if scope is None:
        scope = Scope(request=request)
        setattr(request, ATTRIBUTE, scope)
    return scope


def own_visitor_key(request: HttpRequest | None) -> str | None:
    """Who asks: as the middleware says, else the account that is logged in."""
    if request is None or not app_settings.ENABLED:
        return None
    known = getattr(request, "personalize", None)
    if known is not None:
        # Asked for even where it leads nowhere: the page now depends on the visitor.
        key = known.visitor_key
        return None if known.is_new or known.is_bot else key
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return visitor_key("user", user.pk)
    return None
