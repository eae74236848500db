from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from shop_personalize.attribution import rollup as attribution
from shop_personalize.insight.services import answers, rollup
from shop_personalize.insight.services.renewal import NAME
from shop_personalize.management.console import Console
from shop_personalize.training.periodic import every


class Command(BaseCommand):
    help = "Count the days of the reports and make the answers that are missing or old."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--rebuild",
            action="store_true",
            help="count every day anew of which the events are still there",
        )
        parser.add_argument("--json", action="store_true", help="print JSON only")

    def handle(self, *args: Any, rebuild: bool, **options: Any) -> None:
        console = Console(self.stdout, self.stderr, as_json=options["json"])
        if rebuild:
            attribution.rebuild(console.progress)
            days = rollup.rebuild(console.progress)
        else:
            attribution.catch_up()
            days = rollup.roll_up(console.progress)
        made = answers.refresh(everything=rebuild, progress=console.progress)
        every(NAME, timedelta(0), lambda: None)
        console.result(
            {"days": days, "answers": made},
            f"{days} days counted, {made} answers made",
        )
