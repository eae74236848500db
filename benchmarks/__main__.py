"""``python -m benchmarks NAME [--json FILE]``"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from benchmarks.protocol import DataMissingError
from benchmarks.registry import MODULES, available, load


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("name", choices=sorted(MODULES), help="which comparison to run")
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="write the result there"
    )
    options = parser.parse_args()
    if options.name not in available():
        print(f"{options.name}: not written yet; there are: {', '.join(available())}")
        return 2
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    from shop_personalize.management.console import Console

    console = Console(_Lines(), sys.stderr)
    try:
        result = load(options.name).run(console)
    except DataMissingError as missing:
        print(f"{options.name}: {missing}")
        return 2
    if options.json:
        options.json.write_text(json.dumps(result, indent=2) + "\n")
    console.line(json.dumps(result))
    return 0


class _Lines:
    """Django's stdout ends each write with a line break; so does this one."""

    def write(self, text: str) -> None:
        print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
