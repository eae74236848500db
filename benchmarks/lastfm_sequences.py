"""The next artist of every history: lastfm-s3rec, judged as the histories of beauty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks import beauty

if TYPE_CHECKING:
    from shop_personalize.management.console import Console


def run(console: Console) -> dict[str, Any]:
    return beauty.run(console, "lastfm-s3rec")
