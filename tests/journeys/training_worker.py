"""A training worker in a process of its own, which can be told where to die.

    python -m tests.journeys.training_worker JOB [POINT [HOW]]

``POINT`` is one of ``POINTS``; ``HOW`` is "kill" (SIGKILL), "exit" (os._exit), "segv",
"raise" or "stop" (SIGSTOP, to be continued by the test).
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
from typing import Any

TRAINING = "shop_personalize.training."
WRITING = "shop_personalize.artifacts.writing."
POINTS: dict[str, tuple[str, int]] = {
    "before the first rows are read": (TRAINING + "snapshot._append", 1),
    "before a day's file is replaced": (TRAINING + "snapshot._replace", 1),
    "before the snapshot's checkpoint": (TRAINING + "snapshot._state", 1),
    "before the data is loaded": (TRAINING + "dataset._rows", 1),
    "before a try is noted": (TRAINING + "fit._note_try", 1),
    "in the first fit": (TRAINING + "learn.learn", 1),
    "in the second fit": (TRAINING + "learn.learn", 2),
    "while comparing": (TRAINING + "learn.evaluate", 1),
    "while the files are written": (WRITING + "_save", 3),
    "before the manifest is written": (WRITING + "_write_bytes", 1),
    "before the folder gets its name": (WRITING + "settle", 1),
    "before the version's row": (TRAINING + "publish.guard", 1),
    "inside the publishing transaction": (TRAINING + "publish._point", 1),
    "after the pointer moved": (TRAINING + "publish.prune", 1),
    "before the job is closed": (TRAINING + "jobs._end", 1),
}


def die(how: str) -> None:
    if how == "raise":
        raise RuntimeError("poison")
    if how == "exit":
        os._exit(13)
    signals = {"kill": "SIGKILL", "segv": "SIGSEGV", "stop": "SIGSTOP"}
    os.kill(os.getpid(), signal.Signals[signals[how]])


def arm(point: str, how: str) -> None:
    """Die at the n-th call of the function a point names."""
    path, at = POINTS[point]
    module_name, _dot, name = path.rpartition(".")
    module = importlib.import_module(module_name)
    original = getattr(module, name)
    calls = []

    def armed(*args: Any, **kwargs: Any) -> Any:
        calls.append(1)
        if len(calls) == at or (how == "raise" and len(calls) > at):
            die(how)
        return original(*args, **kwargs)

    setattr(module, name, armed)


def main(job_id: int, point: str = "", how: str = "kill") -> None:
    import django

    from tests.journeys.lifeline import die_with_parent

    die_with_parent()
    django.setup()
    from shop_personalize.training import jobs

    if point:
        arm(point, how)
    jobs.reap()
    jobs.run(job_id)


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:])
