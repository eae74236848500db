"""Every test of faults ends: the one that is stuck fails, and the rest is run."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

BOUND_SECONDS = 75
"""A little above the waits inside the tests, whose messages say more."""


@pytest.fixture(autouse=True)
def _bounded(request: pytest.FixtureRequest) -> Iterator[None]:
    if request.node.get_closest_marker("chaos") is None:
        yield
        return
    seconds = getattr(request.module, "BOUND_SECONDS", BOUND_SECONDS)

    def give_up(*signal_facts: Any) -> None:
        pytest.fail(f"{request.node.name} was stuck: {seconds} s went by")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)
