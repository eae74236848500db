from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from shop_personalize.management.doctor import examine

if TYPE_CHECKING:
    import argparse

    from shop_personalize.management.console import Console

HELP = "Say in plain words what is wrong and how to mend it."
MARKS = {"error": "✘", "warning": "◐", "good": "✔"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--strict", action="store_true", help="exit 1 on any error")


def run(options: dict[str, Any], console: Console) -> None:
    found = examine()
    for one in found:
        console.line(f"{MARKS[one.level]} {one.says}")
        if one.mend:
            console.line(f"    → {one.mend}")
    errors = sum(one.level == "error" for one in found)
    warnings = sum(one.level == "warning" for one in found)
    console.result(
        {
            "healthy": not errors,
            "errors": errors,
            "warnings": warnings,
            "findings": [asdict(one) for one in found],
        },
        f"\n{errors} to mend, {warnings} to look at",
    )
    if options["strict"] and errors:
        raise SystemExit(1)
