"""Settings of the app: one dict, ``SHOP_PERSONALIZE``, typed and read lazily.

Nothing here is read at import time, and ``setting_changed`` empties the cache, so
``override_settings`` works in tests of the host shop.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, cast

from django.conf import settings
from django.core.signals import setting_changed

NAME = "SHOP_PERSONALIZE"

EVENT_KINDS: dict[str, dict[str, float]] = {
    "view": {"weight": 1.0, "half_life_days": 14.0},
    "list_view": {"weight": 0.0, "half_life_days": 14.0},
    "click": {"weight": 0.5, "half_life_days": 14.0},
    "add_to_cart": {"weight": 3.0, "half_life_days": 30.0},
    "remove_from_cart": {"weight": -1.0, "half_life_days": 14.0},
    "view_cart": {"weight": 0.0, "half_life_days": 14.0},
    "checkout": {"weight": 0.0, "half_life_days": 30.0},
    "purchase": {"weight": 5.0, "half_life_days": 90.0},
    "refund": {"weight": -5.0, "half_life_days": 90.0},
    "wishlist": {"weight": 2.0, "half_life_days": 60.0},
    "search": {"weight": 0.0, "half_life_days": 14.0},
    "rating": {"weight": 2.0, "half_life_days": 180.0},
    "rec_shown": {"weight": 0.0, "half_life_days": 14.0},
    "rec_view": {"weight": 0.0, "half_life_days": 14.0},
    "hide": {"weight": 0.0, "half_life_days": 365.0},
}

KEPT_AT_RESET = ("purchase", "refund", "hide")
"""When a visitor starts anew: orders are the shop's, what was hidden stays hidden."""


@dataclass(frozen=True)
class AppSettings:
    """Every key of ``SHOP_PERSONALIZE`` with its default."""

    CATALOG: dict[str, Any] = field(default_factory=dict)
    """Where products are: ``{"model": "shop.Product"}`` or ``{"adapter": "oscar"}``."""
    ORDERS: dict[str, Any] = field(default_factory=dict)
    """Where the order lines are; ``{"model": "orders.OrderItem"}``."""
    ROUTES: dict[str, dict[str, Any]] = field(default_factory=dict)
    """URL names whose successful requests are events."""
    EVENTS: dict[str, dict[str, float]] = field(default_factory=dict)
    """Weight and half-life per event kind; merged over the defaults."""
    CONSENT: str = "shop_personalize.capture.consent.default"
    """Dotted path of ``(request) -> "none" | "essential" | "full"``."""
    IDENTITY: dict[str, Any] = field(default_factory=dict)
    """``cookie`` (name), ``max_age_days``, ``domain``."""
    RETENTION_DAYS: dict[str, int | None] = field(default_factory=dict)
    """Days an event kind is kept; ``None`` keeps it for ever."""
    ENGINE: str = "local"
    STORAGE: str = "default"
    """Alias in Django's ``STORAGES`` where model files are kept."""
    ARTIFACT_CACHE: str | None = None
    """Local folder from which model files are mapped; default: below ``MEDIA_ROOT``."""
    SNAPSHOT_DIR: str | None = None
    """Local folder of the Parquet snapshot; default: beside ``ARTIFACT_CACHE``."""
    KEEP_VERSIONS: int = 3
    """Retired versions of a recommender kept for rollback."""
    TASKS: Literal["auto", "celery", "thread", "inline"] = "auto"
    HOLDOUT: float = 0.05
    """Share of visitors who see no recommendations: so it is known what these earn."""
    ATTRIBUTION: dict[str, Any] = field(default_factory=dict)
    """``model`` (last_touch, first_touch, linear), ``window_days``, ``min_seconds``."""
    DIALECTS: list[str] = field(default_factory=lambda: ["ga4"])
    INTAKE: Literal["direct", "buffered"] = "direct"
    REDIS_URL: str | None = None
    """Redis of the buffered intake and of the shared rate limit."""
    RATE_LIMIT: str = "600/min"
    """Events requests allowed per client address."""
    TRUSTED_PROXIES: int = 0
    """How many reverse proxies of yours append to ``X-Forwarded-For``."""
    ORIGINS: list[str] = field(default_factory=list)
    """Origins besides the shop's own hosts that may post events."""
    SITE: str | None = None
    """Dotted path of ``(request) -> str`` naming the shop, for several shops in one."""
    CONNECTIONS: dict[str, Any] = field(default_factory=dict)
    """``kinds`` of connections that may speak, ``people`` who must hold a product."""
    BUNDLE: dict[str, Any] = field(default_factory=dict)
    """``discount`` (a share, or what a function says) and ``add_url`` of bundles."""
    MAIL: dict[str, Any] = field(default_factory=dict)
    """``base_url`` of links in e-mails; ``consent``, a function that says who may."""
    SUPPLY: dict[str, Any] = field(default_factory=dict)
    """Read by the slice ``supply``, which knows its keys."""
    PRICING: dict[str, Any] = field(default_factory=dict)
    """Of the slice ``pricing``, which knows its own keys: see its ``conf``."""
    ENABLED: bool = True

    @cached_property
    def events(self) -> dict[str, dict[str, float]]:
        """Defaults of every event kind with the shop's own values over them."""
        unknown = {"weight": 1.0, "half_life_days": 30.0}
        return {
            kind: {**EVENT_KINDS.get(kind, unknown), **self.EVENTS.get(kind, {})}
            for kind in (*EVENT_KINDS, *(set(self.EVENTS) - set(EVENT_KINDS)))
        }

    @cached_property
    def identity(self) -> dict[str, Any]:
        defaults = {"cookie": "sp_vid", "max_age_days": 180, "domain": None}
        return {**defaults, **self.IDENTITY}

    @cached_property
    def attribution(self) -> dict[str, Any]:
        defaults = {"model": "last_touch", "window_days": 7, "min_seconds": 1}
        return {**defaults, **self.ATTRIBUTION}

    @cached_property
    def connections(self) -> dict[str, Any]:
        defaults = {"kinds": ["follow"], "people": 2}
        return {**defaults, **self.CONNECTIONS}

    @cached_property
    def retention_days(self) -> dict[str, int | None]:
        defaults: dict[str, int | None] = {
            "view": 180,
            "list_view": 90,
            "click": 180,
            "search": 90,
            "rec_shown": 90,
            "rec_view": 90,
            "purchase": None,
            "refund": None,
        }
        return {**defaults, **self.RETENTION_DAYS}

    @cached_property
    def artifact_cache(self) -> Path:
        return Path(self.ARTIFACT_CACHE or _data_root() / "artifacts")

    @cached_property
    def snapshot_dir(self) -> Path:
        return Path(self.SNAPSHOT_DIR or _data_root() / "snapshot")


def _data_root() -> Path:
    """Private files live beside, never inside, a public media folder."""
    media = Path(settings.MEDIA_ROOT or getattr(settings, "BASE_DIR", "."))
    parent = media.parent if settings.MEDIA_ROOT else media
    return parent / "shop_personalize_data"


class LazySettings:
    """Stands for :class:`AppSettings`; built at first use, dropped on change."""

    _loaded: AppSettings | None = None

    def load(self) -> AppSettings:
        if self._loaded is None:
            given = getattr(settings, NAME, None)
            given = given if isinstance(given, dict) else {}
            known = {key: given[key] for key in given if key in KEYS}
            self._loaded = AppSettings(**known)
        return self._loaded

    def reset(self) -> None:
        self._loaded = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.load(), name)


KEYS = frozenset(f.name for f in fields(AppSettings))
app_settings = cast("AppSettings", LazySettings())


def reload_settings(*, setting: str, **kwargs: Any) -> None:
    if setting in {NAME, "MEDIA_ROOT", "SECRET_KEY"}:
        cast("LazySettings", app_settings).reset()


setting_changed.connect(reload_settings, dispatch_uid="shop_personalize.conf")
