"""``manage.py supply_demo_shop``: invented suppliers, costs and stock for the demo."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from example_project.shop import supplies
from example_project.shop.models import Product
from shop_personalize.management.console import Console
from shop_personalize.supply.selectors.goods import goods
from shop_personalize.supply.services import demand, forecasting, replenishing, stock


class Command(BaseCommand):
    help = "Invents suppliers, costs and stock for the demo, then forecasts and plans."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--only-data", action="store_true", help="no forecast and no suggestions"
        )

    def handle(self, *args: Any, only_data: bool, **options: Any) -> None:
        console = Console(self.stdout, self.stderr)
        if not Product.objects.exists():
            raise CommandError(
                "The shop is empty; run: python manage.py load_demo_shop"
            )
        done = supplies.supply()
        console.line(
            f"✔ {done.suppliers} suppliers, the supply of {done.products:,} products "
            f"and {done.events} events. They and all stock are invented."
        )
        if only_data:
            return
        demand.roll_up(progress=console.progress)
        stock.take(goods=goods())
        run = forecasting.ask(grain="week", rung=False)
        forecasting.make(run.pk, progress=console.progress)
        run.refresh_from_db()
        if run.error:
            raise CommandError(f"The forecast failed: {run.error}")
        found = replenishing.replenish(progress=console.progress)
        console.line(
            f"✔ {found.suggested:,} products to order, {found.at_risk:,} may run out, "
            f"{found.overstocked:,} lie too long: /admin/shop_personalize_supply/"
        )
