"""What we do, told to who listens: OpenTelemetry spans, Prometheus numbers.

Both are there where their package is: ``pip install django-shop-personalize[metrics]``,
and the shop's own OpenTelemetry. Without them this costs a microsecond. No attribute
says who the visitor is.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = "shop_personalize"
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 300)


class Work:
    """One piece of work under way; ``tell`` adds facts while it is done."""

    def __init__(self, span: Any = None) -> None:
        self._span = span
        self.outcome = "ok"

    def tell(self, **facts: str | int | float | bool) -> None:
        if self._span is not None:
            for name, value in facts.items():
                self._span.set_attribute(f"{PACKAGE}.{name}", value)


@contextmanager
def measured(name: str, **facts: str | int | float | bool) -> Iterator[Work]:
    """A span ``shop_personalize.<name>`` and its seconds, by outcome, in a histogram.

    An exception passes through; its kind is the outcome.
    """
    tracer, seconds = _tracer(), _seconds()
    if tracer is None and seconds is None:
        yield Work()
        return
    began = time.perf_counter()
    with _span(tracer, name) as span:
        work = Work(span)
        work.tell(**facts)
        try:
            yield work
        except BaseException as error:
            work.outcome = type(error).__name__
            raise
        finally:
            if seconds is not None:
                took = time.perf_counter() - began
                seconds.labels(name, work.outcome).observe(took)


@contextmanager
def _span(tracer: Any, name: str) -> Iterator[Any]:
    if tracer is None:
        yield None
        return
    # The message of an exception may name a person; its kind may not.
    with tracer.start_as_current_span(
        f"{PACKAGE}.{name}", record_exception=False, set_status_on_exception=False
    ) as span:
        yield span


@cache
def _tracer() -> Any:
    try:
        from opentelemetry import trace
    except ImportError:
        return None
    return trace.get_tracer(PACKAGE)


@cache
def _seconds() -> Any:
    try:
        from prometheus_client import Histogram
    except ImportError:
        return None
    return Histogram(
        f"{PACKAGE}_seconds",
        "Seconds of our work in this process, by what it was and how it ended.",
        ["work", "outcome"],
        buckets=BUCKETS,
    )


def exposition() -> str:
    """This process's histogram in Prometheus' words, of all processes in its
    multiprocess mode; "" without the package."""
    if _seconds() is None:
        return ""
    import os

    from prometheus_client import CollectorRegistry, generate_latest, multiprocess

    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        multiprocess.MultiProcessCollector(registry)
    else:
        registry.register(_seconds())
    text: str = generate_latest(registry).decode()
    return text
