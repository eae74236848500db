"""How many threads the heavy products may use."""

from __future__ import annotations

from threadpoolctl import threadpool_info


def threads() -> int:
    """As many as the linear algebra library uses here, so one setting rules all.

    ``OMP_NUM_THREADS=1`` (or ``threadpoolctl.threadpool_limits``) makes it 1.
    """
    return max([pool["num_threads"] for pool in threadpool_info()], default=1)
