"""Recommendations as JSON. No scores, no counts: those are for staff alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shop_personalize.recommend.results import Recommendation, Recommendations


def answer(found: Recommendations) -> dict[str, Any]:
    return {
        "rid": found.rid,
        "block": found.block,
        "title": found.title,
        "variant": found.variant,
        "version": found.version,
        "backup": found.backup,
        "items": [item(each) for each in found],
    }


def item(each: Recommendation) -> dict[str, Any]:
    return {
        "id": each.item_id,
        "rid": each.rid,
        "position": each.position,
        "reason": {
            "code": each.reason_code,
            "text": each.reason,
            "because": [each.because_id] if each.because is not None else [],
        },
        "url": each.url,
        "product": {
            "title": each.card.title,
            "image": each.card.image,
            "price": _price(each),
        },
    }


def _price(each: Recommendation) -> dict[str, str] | None:
    money = each.card.price
    if money is None:
        return None
    return {
        "amount": str(money.amount),
        "currency": money.currency,
        "text": each.price,
    }
