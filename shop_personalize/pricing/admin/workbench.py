"""The workbench of one product: what other prices would bring, and why so."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shop_personalize.admin.numbers import number
from shop_personalize.admin.products import titles
from shop_personalize.pricing import histories, stories
from shop_personalize.pricing.admin import seen
from shop_personalize.pricing.admin.base import APP
from shop_personalize.pricing.admin.bench_figures import charts, outcomes, tiles
from shop_personalize.pricing.admin.suggestions import offers
from shop_personalize.pricing.models import PriceChange, PricedItem, PriceSuggestion
from shop_personalize.pricing.selectors import competitors, workbench
from shop_personalize.pricing.selectors.after import all_afterwards
from shop_personalize.pricing.stories import too_far
from shop_personalize.pricing.words import limit, price

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import QueryDict

    from shop_personalize.pricing.selectors.workbench import Bench

State = PriceSuggestion.State
CHANGES = 20


class TryForm(forms.Form):
    """Any price, to see what it would bring; nothing is changed by it."""

    price = forms.DecimalField(
        label=gettext_lazy("try a price"),
        min_value=Decimal("0.01"),
        max_digits=12,
        decimal_places=2,
        required=False,
    )


def page(item_id: str, given: QueryDict, may: Callable[[str], bool]) -> dict[str, Any]:
    """``may`` says which rights the reader has: of each thing only what those show."""
    item = PricedItem.objects.filter(item_id=item_id).first()
    open_rows = _open_rows(item_id) if may(f"{APP}.view_pricesuggestion") else []
    context: dict[str, Any] = {
        "item_id": item_id,
        "item": item,
        "suggestions": [
            (row, stories.reason(row), offers(row), seen.field(row))
            for row in open_rows
        ],
        "changes": _changes(item_id) if may(f"{APP}.view_pricechange") else [],
        "rivals": _rivals(item_id) if may(f"{APP}.view_competitorprice") else [],
        "form": TryForm(given if "price" in given else None),
    }
    try:
        found = workbench.bench(item_id)
    except workbench.NotKnownError as problem:
        return {**context, **_unknown(item_id, item, problem.code)}
    return {**context, **_known(found, open_rows, context["form"])}


def _open_rows(item_id: str) -> list[PriceSuggestion]:
    rows = PriceSuggestion.objects.filter(item_id=item_id, state=State.OPEN)
    return list(rows.select_related("markdown").order_by("origin"))


def _unknown(item_id: str, item: PricedItem | None, code: str) -> dict[str, Any]:
    """What is missing, said at the product."""
    name = str(item) if item else titles([item_id]).get(item_id, item_id)
    text = str(stories.PROBLEMS.get(code, stories.PROBLEMS["unknown"]))
    return {"title": name, "name": name, "problem": text}


def _known(
    found: Bench, open_rows: list[PriceSuggestion], form: TryForm
) -> dict[str, Any]:
    code, item = found.item.currency, found.item
    suggestion = open_rows[0] if open_rows else None
    tried = _tried(found, form)
    says = stories.problem(item)
    return {
        "name": str(item),
        "title": stories.headline(suggestion) if suggestion else str(item),
        "problem": "" if suggestion else says,
        "tiles": tiles(found),
        "charts": charts(found, suggestion, tried),
        "answer": stories.answer(found.elasticity),
        "known_from": stories.known_from(found.elasticity.source),
        "rests_on": stories.weeks(found.elasticity),
        "note": stories.NOTES.get(found.elasticity.note, ""),
        "elasticity": found.elasticity,
        "of_category": found.category,
        "neighbors": _neighbors(found),
        "warnings": _warnings(found),
        "rules": [
            (limit(each, code), each.rule, each.allows(found.now))
            for each in found.bounds
        ],
        "outcomes": outcomes(found, suggestion, tried),
    }


def _tried(found: Bench, form: TryForm) -> float | None:
    if not form.is_bound or not form.is_valid() or not form.cleaned_data["price"]:
        return None
    wanted = float(form.cleaned_data["price"])
    if found.tells(wanted):
        return wanted
    form.add_error("price", too_far(found))
    return None


def _warnings(found: Bench) -> list[str]:
    """What makes the figures less sure than their intervals say."""
    told = []
    if found.elasticity.high >= 0:
        told.append(
            _(
                "It is not even sure that cheaper sells more of it; trust the figures "
                "accordingly."
            )
        )
    item = found.item
    if abs(item.units_now - item.units) > 0.01 * item.units:
        words = {"units": number(item.units), "now": number(item.units_now)}
        told.append(
            _(
                "Today's price lies outside what was paid lately; the %(units)s units "
                "a week count as %(now)s at today's price."
            )
            % words
        )
    if _is_mixed(found):
        told.append(
            _(
                "Within the same weeks it was sold at very different prices: discounts "
                "for large orders may be taken for an answer to the price."
            )
        )
    return told


def _is_mixed(found: Bench) -> bool:
    """Whether prices differ more within weeks than between them."""
    if len(found.seen) < 2:
        return False
    within = sum(each.high - each.low for each in found.seen) / len(found.seen)
    means = [each.price for each in found.seen]
    return within > max(means) - min(means)


def _neighbors(found: Bench) -> list[str]:
    """Others of its category whose price moves its sales."""
    names = titles(each["key"] for each in found.elasticity.cross)
    return [
        stories.neighbor(
            names.get(each["key"], each["key"]), each["value"], each["error"]
        )
        for each in found.elasticity.cross
    ]


def _rivals(item_id: str) -> list[tuple[str, str, Any]]:
    return [
        (row.competitor, price(row.price, row.currency), row.seen_at)
        for row in competitors.current([item_id])
    ]


def _changes(item_id: str) -> list[dict[str, Any]]:
    found = PriceChange.objects.filter(item_id=item_id)
    rows = list(found.select_related("user", "suggestion")[:CHANGES])
    after = all_afterwards(rows)
    return [
        {
            "change": row,
            "what": histories.changed(row),
            "happened": histories.happened(row, after.get(row.pk)),
            "offers": put_back(row),
        }
        for row in rows
    ]


def put_back(row: PriceChange) -> list[tuple[str, str, str]]:
    if row.verb != PriceChange.Verb.APPROVED or row.suggestion is None:
        return []
    return offers(row.suggestion)
