from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandError

from shop_personalize.supply.models import Reorder
from shop_personalize.supply.selectors.goods import goods
from shop_personalize.supply.services import demand, replenishing, stock
from shop_personalize.supply.services.refused import RefusedError
from shop_personalize.supply.words import headline

if TYPE_CHECKING:
    import argparse

    from shop_personalize.management.console import Console

HELP = "Suggest what to order, when and how much; people decide, nothing is ordered."
SHOWN = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--dry-run", action="store_true", help="tell what would be suggested"
    )


def run(options: dict[str, Any], console: Console) -> None:
    is_dry = options["dry_run"]
    if not is_dry:
        demand.roll_up(progress=console.progress)
        stock.take(goods=goods())
    try:
        found = replenishing.replenish(progress=console.progress, dry_run=is_dry)
    except RefusedError as error:
        raise CommandError(str(error)) from None
    if not is_dry:
        for row in Reorder.objects.filter(state=Reorder.State.OPEN)[:SHOWN]:
            console.line(f"{row.item_id}: {headline(row)}")
    others = "".join(f" and {n:,.2f} {name}" for name, n in found.elsewhere.items())
    words = (
        f"{found.suggested:,} of {found.products:,} products to order, "
        f"{found.units:,} units worth {found.value:,.2f} {found.currency}{others}; "
        f"{found.at_risk:,} may run out, {found.overstocked:,} lie too long"
    )
    console.result(asdict(found), f"{words}; nothing was kept" if is_dry else words)
