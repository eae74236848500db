"""Suggestions and stocks as rows of a table."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from shop_personalize.admin.numbers import money, number, percent
from shop_personalize.supply import words
from shop_personalize.supply.admin import pictures
from shop_personalize.supply.admin.base import APP
from shop_personalize.supply.models import ItemState, Reorder
from shop_personalize.supply.selectors import overview


def titled(rows: list[Reorder]) -> list[dict[str, Any]]:
    titles = overview.titles_of([row.item_id for row in rows])
    return [
        {
            "row": row,
            "title": titles.get(row.item_id) or row.item_id,
            "url": item_url(row.item_id),
            "headline": words.headline(row),
            "reason": words.reason(row),
            "value": money(row.value, row.currency),
            "risk": percent(row.risk, 0),
        }
        for row in rows
    ]


def item_url(item_id: str) -> str:
    return reverse(f"admin:{APP}_item", args=[item_id])


def stock_row(state: ItemState) -> dict[str, Any]:
    return {
        "title": state.title or state.item_id,
        "url": item_url(state.item_id),
        "category": state.category,
        "stock": number(state.stock),
        "on_order": number(state.on_order),
        "expected": pictures.whole(state.expected) if state.expected else "0",
        "lasts": words.lasts(state),
        "risk": percent(state.risk, 0),
        "surplus": number(round(state.surplus)),
        "tied": money(state.tied, state.currency),
        "class": f"{state.abc}{state.xyz}",
        "notes": words.notes(state.notes),
    }
