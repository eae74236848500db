from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandError

from shop_personalize.management import inspection

if TYPE_CHECKING:
    import argparse

    from shop_personalize.management.console import Console

HELP = "Guess the settings from the shop's models and print them for pasting."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--catalog", metavar="MODEL", help="such as shop.Product")
    parser.add_argument("--orders", metavar="MODEL", help="such as orders.OrderItem")
    parser.add_argument("--samples", type=int, default=3, metavar="N")


def run(options: dict[str, Any], console: Console) -> None:
    found = inspection.inspect(
        catalog=options["catalog"],
        orders=options["orders"],
        samples=max(0, options["samples"]),
    )
    if found.adapter:
        text = f'SHOP_PERSONALIZE = {{"CATALOG": {{"adapter": "{found.adapter}"}}}}'
        console.result(found.facts(), text)
        return
    if found.catalog is None:
        raise CommandError(
            "No model here looks like products. Name it: "
            "manage.py personalize inspect --catalog shop.Product"
        )
    for part in filter(None, (found.catalog, found.orders)):
        console.line(f"{part.key}: {part.model}")
        console.table(part.rows(), header=("key", "guess", "sure", "why"))
        for sample in part.samples:
            console.line(f"  {sample}")
        console.line()
    if found.orders is None:
        console.line("No model here looks like order lines: name it with --orders.\n")
    console.result(found.facts(), found.settings_text())
