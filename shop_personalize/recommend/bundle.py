"""Complete the set: the page's product and what goes with it, at one price."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django.shortcuts import resolve_url
from django.utils.module_loading import import_string

from shop_personalize.catalog import get_catalog
from shop_personalize.catalog.types import Card, Money
from shop_personalize.conf import app_settings
from shop_personalize.recommend.explain import NEWEST
from shop_personalize.recommend.prices import WHOLE, price_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shop_personalize.recommend.results import Recommendation, Recommendations


@dataclass(frozen=True)
class Own:
    """The page's product, as templates read it beside the recommendations."""

    product: Any
    item_id: str
    card: Card
    price: str

    @property
    def title(self) -> str:
        return self.card.title


@dataclass(frozen=True)
class Bundle:
    """All of it can be bought now, in one currency; texts are "" where unknown."""

    own: Own
    others: tuple[Recommendation, ...]
    total: str = ""
    """What the parts cost one by one."""
    saving: str = ""
    to_pay: str = ""
    add_url: str = ""
    """Where to post ``product`` and ``sp_rid``, one of each for a part."""


def bundle_of(found: Recommendations) -> Bundle | None:
    """``None`` where the page's product cannot be bought, or nothing goes with it."""
    if found.about is None:
        return None
    card = get_catalog().card(found.about, found.request)
    item_id = get_catalog().item_id(found.about)
    own = Own(found.about, item_id, card, price_text(card.price))
    others = _of_one_currency(card.price, found)
    if not others:
        return None
    return Bundle(own, others, **_sums(own, others, found), add_url=_add_url())


def _of_one_currency(
    price: Money | None, found: Recommendations
) -> tuple[Recommendation, ...]:
    """Without the shop's newest products, which go with nothing in particular."""
    fitting = [each for each in found if each.reason_code != NEWEST]
    prices = [price, *(each.card.price for each in fitting)]
    currency = next((each.currency for each in prices if each is not None), "")
    return tuple(
        each
        for each in fitting
        if each.card.price is None or each.card.price.currency == currency
    )


def _sums(
    own: Own, others: Sequence[Recommendation], found: Recommendations
) -> dict[str, str]:
    """What the shopper reads adds up: the total is rounded once, the rest is exact."""
    prices = [own.card.price, *(each.card.price for each in others)]
    known = [price for price in prices if price is not None]
    if len(known) < len(prices):
        return {}
    currency = known[0].currency
    amount = sum((price.amount for price in known), Decimal(0))
    total = Money(rounded(amount, currency), currency)
    products = [own.product, *(each.product for each in others)]
    saved = saving(found.request, products, total)
    if saved is None:
        return {"total": price_text(total)}
    return {
        "total": price_text(total),
        "saving": price_text(Money(saved, currency)),
        "to_pay": price_text(Money(total.amount - saved, currency)),
    }


def saving(request: Any, products: Sequence[Any], total: Money) -> Decimal | None:
    """What the shop takes off for buying all of them; ``None`` if nothing.

    Shops call it too, so that the till gives what the page has promised.
    """
    discount = app_settings.BUNDLE.get("discount")
    if isinstance(discount, str) and not _is_number(discount):
        discount = import_string(discount)
    if callable(discount):
        amount = discount(request, products, total)
    else:
        amount = None if discount is None else total.amount * Decimal(str(discount))
    if amount is None:
        return None
    amount = rounded(Decimal(str(amount)), total.currency)
    return amount if 0 < amount < total.amount else None


def rounded(amount: Decimal, currency: str) -> Decimal:
    """To whole units of the smallest coin, halves up."""
    unit = Decimal(1) if currency in WHOLE else Decimal("0.01")
    return amount.quantize(unit, ROUND_HALF_UP)


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def _add_url() -> str:
    target = app_settings.BUNDLE.get("add_url")
    return str(resolve_url(target)) if target else ""
