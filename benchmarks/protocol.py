"""What the benchmarks share: where the data is, how time and memory are taken."""

from __future__ import annotations

import json
import os
import resource
import sys
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
ROOT = Path(__file__).resolve().parent.parent


class DataMissingError(Exception):
    """The data set is not on this machine."""


class SystemFailedError(Exception):
    """A system that ran apart came to no result; says which and why in one line."""


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


def threads() -> int:
    """How many threads every system of a run may use (``OMP_NUM_THREADS``)."""
    return int(os.environ.get("OMP_NUM_THREADS") or os.cpu_count() or 1)


def apart(name: str, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Run ``work`` in a forked child and return its row under the name ``name``.

    The child starts with what the parent has loaded (so data is read once) and nothing
    another system left behind. ``work`` returns what JSON can hold, such as
    ``{"metrics": ..., "fit_s": ...}``; added are ``seconds`` on the clock, ``cpu_s`` of
    all threads, ``peak_mb`` (largest resident memory, the data included) and
    ``own_mb`` (what of it was not there at the start). A parent that forks must not
    have run OpenMP code itself: its children would wait for threads they do not have.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    began = time.monotonic()
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        _child(writer, work)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        text = pipe.read()
    _, status, usage = os.wait4(pid, 0)
    row = json.loads(text) if text else {"error": f"ended with status {status}"}
    if "error" in row:
        raise SystemFailedError(f"{name}: {row['error']}")
    peak, before = usage.ru_maxrss / 1024, row["start_mb"]
    return {
        "system": name,
        **row["result"],
        "seconds": round(time.monotonic() - began, 2),
        "cpu_s": round(usage.ru_utime + usage.ru_stime, 2),
        "peak_mb": round(peak, 1),
        "own_mb": round(max(peak - before, 0.0), 1),
    }


def _child(writer: int, work: Callable[[], dict[str, Any]]) -> NoReturn:
    """Never returns: whatever happens is said through the pipe."""
    code, before = 0, _resident_mb()
    try:
        text = json.dumps({"result": work(), "start_mb": before}, default=_plain)
    except BaseException as error:  # noqa: BLE001
        traceback.print_exc()
        text = json.dumps({"error": f"{type(error).__name__}: {error}"})
        code = 1
    with os.fdopen(writer, "w") as pipe:
        pipe.write(text)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _plain(value: Any) -> Any:
    """NumPy's scalars and arrays as JSON has them."""
    return value.tolist()


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20
