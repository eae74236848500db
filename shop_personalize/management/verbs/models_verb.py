from __future__ import annotations

import argparse
from typing import Any

from shop_personalize.management.console import Console

HELP = "models"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    pass


def run(options: dict[str, Any], console: Console) -> None:
    raise SystemExit("models is being built")
