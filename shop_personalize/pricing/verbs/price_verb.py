from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count

from shop_personalize.pricing import stories
from shop_personalize.pricing.models import Elasticity, PricedItem
from shop_personalize.pricing.services import renewal
from shop_personalize.pricing.words import more, price

if TYPE_CHECKING:
    import argparse

    from shop_personalize.management.console import Console
    from shop_personalize.pricing.models import PriceSuggestion

HELP = "Learn how demand answers prices and suggest better ones; changes no price."
SHOWN = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--rebuild", action="store_true", help="count every week of sales anew"
    )
    parser.add_argument(
        "--dry-run",
        action="store_true",
        help="only say what would be suggested by the weeks already counted",
    )
    parser.add_argument(
        "--show", type=int, default=SHOWN, help="suggestions to print (10)"
    )


def run(options: dict[str, Any], console: Console) -> None:
    done = renewal.renew(
        console.progress, rebuild=options["rebuild"], dry_run=options["dry_run"]
    )
    best = sorted(done.suggestions, key=lambda row: (-row.gain, row.item_id))
    shown = best[: max(options["show"], 0)]
    console.line(f"{done.weeks} weeks counted, {done.products} products thought over")
    if shown:
        header = ("product", "now", "suggested", "a week more", "likely between")
        console.table([_line(row) for row in shown], header)
    problems = {} if options["dry_run"] else _problems()
    for label, count in problems.items():
        console.line(f"{count:,}: {label}")
    word = "would be suggested" if options["dry_run"] else "suggested"
    console.result(
        {
            "weeks": done.weeks,
            "products": done.products,
            "suggestions": len(done.suggestions),
            "expired": done.expired,
            "dry_run": options["dry_run"],
            "problems": problems,
            "elasticity": _shop(),
            "best": [_facts(row) for row in shown],
        },
        f"{len(done.suggestions):,} prices {word}; a person approves them in the admin",
    )


def _line(row: PriceSuggestion) -> tuple[str, ...]:
    return (
        str(row)[:40],
        price(row.price_now, row.currency),
        price(row.suggested, row.currency),
        more(row.gain, row.currency),
        stories.gain_span(row),
    )


def _facts(row: PriceSuggestion) -> dict[str, Any]:
    names = ("item_id", "title", "currency", "price_now", "suggested", "aim", "gain")
    return {name: getattr(row, name) for name in names}


def _problems() -> dict[str, int]:
    labels = dict(PricedItem.Problem.choices)
    rows = PricedItem.objects.exclude(problem="").order_by().values_list("problem")
    counted = rows.annotate(n=Count("pk")).order_by("-n")
    return {str(labels.get(code, code)): n for code, n in counted}


def _shop() -> float | None:
    found = Elasticity.objects.filter(kind=Elasticity.Kind.SHOP).first()
    return round(found.value, 4) if found else None
