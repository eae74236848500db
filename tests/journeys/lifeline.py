"""Processes and waits of the chaos tests: all bounded, nothing left behind."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from django.db import connection

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Called in a child: a run that is killed leaves no worker, not even a stopped."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def wait_for(
    seen: Callable[[], object], what: str, *, until: float, log: Path, every: float
) -> None:
    """Look until it is so; past the time, fail with what the workers said."""
    while not seen():
        if time.monotonic() > until:
            said = log.read_text(errors="replace")[-6000:]
            pytest.fail(f"not in time: {what}. The workers said:\n{said}")
        time.sleep(every)


def bury(child: subprocess.Popen[bytes]) -> None:
    """Kill a child that leads a group, and all of the group, and collect it."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait(10)


def close_the_connections_of_the_dead() -> None:
    """PostgreSQL sees late that a client was killed, and keeps its locks till then."""
    if connection.vendor != "postgresql":
        return
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            if cursor.fetchone()[0] == 0:
                return
        time.sleep(0.05)
