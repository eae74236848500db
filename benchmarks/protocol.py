"""What the benchmarks share: where the data is, how time and memory are taken."""

from __future__ import annotations

import os
import resource
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
ROOT = Path(__file__).resolve().parent.parent


class DataMissingError(Exception):
    """The data set is not on this machine."""


def data_dir(name: str) -> Path:
    """Folder of a data set, below ``SHOP_PERSONALIZE_BENCH_DATA``."""
    base = os.environ.get(
        "SHOP_PERSONALIZE_BENCH_DATA", str(ROOT.parent / "shared/data")
    )
    folder = Path(base) / name
    if not folder.is_dir():
        raise DataMissingError(
            f"the data set {name} is absent: no folder {folder}"
            " (set SHOP_PERSONALIZE_BENCH_DATA)"
        )
    return folder


def timed(work: Callable[[], T]) -> tuple[T, float]:
    began = time.monotonic()
    value = work()
    return value, round(time.monotonic() - began, 2)


def peak_mb() -> float:
    """Largest resident memory of this process so far, in MB."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def system(
    name: str, metrics: dict[str, float], fit_s: float, **more: Any
) -> dict[str, Any]:
    """One row of a benchmark's result."""
    return {
        "system": name,
        "metrics": metrics,
        "fit_s": fit_s,
        "peak_mb": peak_mb(),
        **more,
    }
