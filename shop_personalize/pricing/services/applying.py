"""How an approved price gets into the shop: by the shop's own function, by the plain
field prices are read from, or not at all.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shop_personalize.catalog import get_catalog
from shop_personalize.catalog.generic import GenericCatalog
from shop_personalize.catalog.types import Money
from shop_personalize.pricing.conf import pricing_settings
from shop_personalize.pricing.services.refused import RefusedError

logger = logging.getLogger("shop_personalize")
FIELD = "field"
NUMBERS = (models.DecimalField, models.IntegerField, models.FloatField)
Way = Callable[[str, Money], None]


class NoWayError(ValueError):
    """The setting names no way in which a price could be written."""

    def __init__(self, text: str, hint: str = "") -> None:
        super().__init__(text)
        self.hint = hint


def way() -> Way | None:
    """The function that writes a price; None where approval only records.

    Raises NoWayError where the setting names none that works.
    """
    given: Any = pricing_settings().apply
    if given is None or callable(given):
        return given
    if given == FIELD:
        _price_field()
        return _write_field
    try:
        found = import_string(given)
    except ImportError as problem:
        raise NoWayError(
            f"{given!r} cannot be imported ({problem}).",
            "It is 'field' or a dotted path: 'package.module.function'.",
        ) from None
    if not callable(found):
        raise NoWayError(f"{given!r} is not a function.")
    return found


def apply(item_id: str, price: Money) -> bool:
    """Write a price into the shop; False where the shop named no way to.

    Raises RefusedError where the shop's way fails, and nothing is half done.
    """
    try:
        write = way()
    except NoWayError as problem:
        raise RefusedError(str(problem)) from problem
    if write is None:
        return False
    try:
        with transaction.atomic():
            write(item_id, Money(_plain(price.amount), price.currency))
    except RefusedError:
        raise
    except Exception as problem:
        logger.exception("the shop could not take over the price of %s", item_id)
        told = _("The shop could not take over the price: %(why)s")
        raise RefusedError(told % {"why": problem}) from problem
    return True


def _plain(amount: Decimal) -> Decimal:
    """To the penny where nothing is lost by it: 9.50, not 9.5000."""
    cents = round(amount, 2)
    return cents if cents == amount else amount


def _price_field() -> models.Field:
    """The model field behind the price; NoWayError where there is no plain one."""
    return _described()[1]


def _described() -> tuple[GenericCatalog, models.Field]:
    catalog = get_catalog()
    hint = "Name a function instead: 'package.module.function'."
    if not isinstance(catalog, GenericCatalog):
        raise NoWayError("only a catalog made of settings has a plain field.", hint)
    source = catalog.sources["price"]
    if source.kind != "path" or source.many or "__" in source.path:
        raise NoWayError("the price is not read from a plain field.", hint)
    field = catalog.model._meta.get_field(source.path)
    if not isinstance(field, NUMBERS):
        raise NoWayError(f"{field} keeps no number.", hint)
    return catalog, field


@transaction.atomic
def _write_field(item_id: str, price: Money) -> None:
    """Saved as the shop itself would, so that its signals and dates go along."""
    catalog, field = _described()
    rows = catalog.model._base_manager.select_for_update()
    product = rows.filter(pk__in=catalog.pks([item_id])).first()
    if product is None:
        raise RefusedError(_("The shop has no product %(id)s.") % {"id": item_id})
    amount = price.amount * Decimal(str(catalog.scale))
    try:
        value = field.clean(_fitted(field, amount), product)
    except ValidationError as problem:
        told = _("The shop cannot keep this price: %(why)s")
        raise RefusedError(told % {"why": " ".join(problem.messages)}) from problem
    setattr(product, field.attname, value)
    dates = [each.name for each in catalog.model._meta.concrete_fields if _moves(each)]
    product.save(update_fields=[field.name, *dates])


def _fitted(field: models.Field, amount: Decimal) -> Any:
    """The amount as the field keeps it: another price than was agreed to is none."""
    if isinstance(field, models.FloatField):
        return float(amount)
    places = field.decimal_places if isinstance(field, models.DecimalField) else 0
    kept = round(amount, places)
    if kept != amount:
        told = ngettext(
            "its field keeps %(n)s decimal", "its field keeps %(n)s decimals", places
        )
        raise ValidationError(told % {"n": places})
    return kept if isinstance(field, models.DecimalField) else int(kept)


def _moves(field: models.Field) -> bool:
    return bool(getattr(field, "auto_now", False))
