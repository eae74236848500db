"""What the settings would be, guessed from the models, with samples from the tables."""

from __future__ import annotations

import pprint
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError

from shop_personalize.catalog.discovery import (
    Guess,
    find_lines,
    find_products,
    guess_catalog,
    guess_orders,
    settings_of,
)
from shop_personalize.catalog.generic import GenericCatalog, GenericOrders
from shop_personalize.catalog.generic.config import model_of
from shop_personalize.conf import NAME, app_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import Model

SURE = 0.9
LIKELY = 0.7
WIDEST = 100


@dataclass(frozen=True)
class Part:
    """The guesses for ``CATALOG`` or ``ORDERS``."""

    key: str
    model: str
    guesses: dict[str, Guess]
    given: dict[str, Any] = field(default_factory=dict)
    samples: list[str] = field(default_factory=list)

    def rows(self) -> list[tuple[str, str, str, str]]:
        rows = [
            (name, repr(guess.value), _sure(guess.confidence), guess.why)
            for name, guess in self.guesses.items()
            if name not in self.given
        ]
        return rows + [(n, repr(v), "yours", "") for n, v in self.given.items()]

    def settings(self) -> dict[str, Any]:
        return {"model": self.model, **settings_of(self.guesses), **self.given}

    def facts(self) -> dict[str, Any]:
        return {
            "model": self.model,
            "settings": self.settings(),
            "guesses": {
                name: {"value": g.value, "confidence": g.confidence, "why": g.why}
                for name, g in self.guesses.items()
            },
            "samples": self.samples,
        }


@dataclass(frozen=True)
class Inspection:
    catalog: Part | None = None
    orders: Part | None = None
    adapter: str = ""

    def facts(self) -> dict[str, Any]:
        if self.adapter:
            return {"settings": {"CATALOG": {"adapter": self.adapter}}}
        parts = {p.key: p for p in (self.catalog, self.orders) if p}
        return {
            "settings": {key: part.settings() for key, part in parts.items()},
            **{key.lower(): part.facts() for key, part in parts.items()},
        }

    def settings_text(self) -> str:
        settings = self.facts()["settings"]
        return f"{NAME} = {pprint.pformat(settings, sort_dicts=False, width=88)}"


def inspect(
    *, catalog: str | None = None, orders: str | None = None, samples: int = 3
) -> Inspection:
    """Look at the models named, else at those the settings name, else at all."""
    if not (catalog or orders) and apps.is_installed("oscar") and find_spec("oscar"):
        return Inspection(adapter="oscar")
    product = _product(catalog)
    if product is None:
        return Inspection()
    line = _line(orders, product)
    given = _given("CATALOG", product)
    generic = GenericCatalog({"model": product, **given})
    part = Part(
        "CATALOG",
        product._meta.label,
        guess_catalog(product),
        given,
        list(_samples_of(generic, samples)),
    )
    if line is None:
        return Inspection(part)
    given = _given("ORDERS", line)
    lines = GenericOrders({"model": line, **given}, generic)
    found = Part(
        "ORDERS",
        line._meta.label,
        guess_orders(line, product),
        given,
        list(_samples_of_lines(lines, samples)),
    )
    return Inspection(part, found)


def _sure(confidence: float) -> str:
    return (
        "sure" if confidence >= SURE else "likely" if confidence >= LIKELY else "maybe"
    )


def _product(name: str | None) -> type[Model] | None:
    named = name or app_settings.CATALOG.get("model")
    return _model(named) if named else next(iter(find_products()), None)


def _line(name: str | None, product: type[Model]) -> type[Model] | None:
    named = name or app_settings.ORDERS.get("model")
    return _model(named) if named else next(iter(find_lines(product)), None)


def _model(name: Any) -> type[Model]:
    try:
        return model_of(name)
    except ImproperlyConfigured as error:
        raise CommandError(str(error)) from error


def _given(key: str, model: type[Model]) -> dict[str, Any]:
    """What the shop says already about this very model."""
    given: dict[str, Any] = getattr(app_settings, key)
    if not given.get("model") or model_of(given["model"]) is not model:
        return {}
    return {name: value for name, value in given.items() if name != "model"}


def _samples_of(catalog: GenericCatalog, count: int) -> Iterator[str]:
    """Products as we would see them: the quickest way to notice a wrong guess."""
    rows = catalog.iter_items(chunk=max(count, 1))
    for _at, item in zip(range(count), rows, strict=False):
        price = (
            f"{item.price.amount} {item.price.currency}" if item.price else "no price"
        )
        trail = " / ".join(" > ".join(path) for path in item.categories)
        state = "for sale" if item.visible and item.available else "not for sale"
        facts = (item.id, item.title[:40], price.strip(), trail, state)
        yield " · ".join(filter(None, facts))[:WIDEST]


def _samples_of_lines(orders: GenericOrders, count: int) -> Iterator[str]:
    rows = orders.iter_lines(chunk=max(count, 1))
    for _at, line in zip(range(count), rows, strict=False):
        buyer = (
            "account" if line.user_id else "e-mail" if line.email else "nobody known"
        )
        facts = (
            f"order {line.order_id}",
            f"{line.quantity.normalize():f} × {line.item_id or 'product gone'}",
            f"{line.placed_at:%Y-%m-%d}",
            line.state.value,
            f"by {buyer}",
        )
        yield " · ".join(facts)[:WIDEST]
