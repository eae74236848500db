from __future__ import annotations

import argparse
from importlib import import_module
from types import ModuleType
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from shop_personalize.management.console import Console
from shop_personalize.management.verbs import VERBS
from shop_personalize.registry.verbs import offered


class Command(BaseCommand):
    help = "Recommendations: set up, train, look at and mend."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
        for name in (*VERBS, *offered()):
            module = load(name)
            verb = verbs.add_parser(name, help=module.HELP, description=module.HELP)
            verb.add_argument("--json", action="store_true", help="print only JSON")
            module.add_arguments(verb)

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        console = Console(self.stdout, self.stderr, as_json=options["json"])
        try:
            load(verb).run(options, console)
        except KeyboardInterrupt:
            raise CommandError("stopped by you; nothing half-done was kept") from None


def load(name: str) -> ModuleType:
    """``import`` is a word of Python, so the modules of verbs end in ``_verb``."""
    own = f"shop_personalize.management.verbs.{name}_verb"
    return import_module(offered().get(name, own))
