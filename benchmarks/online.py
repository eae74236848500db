"""What is lost between two trainings, and what an update brings back.

The example shop's last 28 days, one after another. A model is learned before the first
of them; each day the customers who buy are asked about, and what they buy that day and
never bought before is right, products that came since included. Four ways to serve:

- ``stale``: the model and all histories as they were at the beginning;
- ``fold-in``: the same model, histories as they are on the day;
- ``fold-in + rows``: every four hours the rows of what was touched since are renewed;
- ``retrained``: each morning everything is learned anew.

``recovered`` is how much of the way from ``stale`` to ``retrained`` each one goes.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.demo import read
from benchmarks.protocol import system
from shop_personalize.ml.evaluation import Cases, measure
from shop_personalize.ml.evaluation.cases import history_of
from shop_personalize.ml.online import renewal_of
from shop_personalize.ml.recommenders.for_you import ForYou

if TYPE_CHECKING:
    from collections.abc import Callable

    from shop_personalize.management.console import Console
    from shop_personalize.ml.data import TrainingData
    from shop_personalize.ml.recommenders.base import Recommender

DAYS = 28
EVERY = 1 / 6
"""Days between two updates."""
SHOWN = ("ndcg@10", "recall@10", "hit_rate@10")
WAYS = ("stale", "fold-in", "fold-in + rows", "retrained")
NOTHING = np.empty(0, np.int64)


@dataclass
class Month:
    """What was measured: (cases, metrics) of each day, and seconds of each learning."""

    found: dict[str, list[tuple[int, dict[str, float]]]] = field(
        default_factory=lambda: {way: [] for way in WAYS}
    )
    spent: dict[str, list[float]] = field(
        default_factory=lambda: {way: [] for way in WAYS}
    )
    touched: list[float] = field(default_factory=list)
    hours: list[tuple[float, float]] = field(default_factory=list)

    @property
    def means(self) -> dict[str, dict[str, float]]:
        return {way: _mean(rows) for way, rows in self.found.items()}

    def seconds(self, way: str) -> float:
        return round(float(np.mean(self.spent[way] or [0.0])), 3)


def run(console: Console, make: Callable[[], Recommender] = ForYou) -> dict[str, Any]:
    data = read()
    month = _lived(console, make, data)
    means = month.means
    asked = sum(count for count, _ in month.found["stale"])
    return {
        "benchmark": "online",
        "protocol": (
            f"next-day purchases of new products on the last {DAYS} days,"
            f" {asked} customers and days;"
            f" a day touches {np.mean(month.touched):.1%} of the products"
        ),
        "systems": [
            system(
                way,
                means[way],
                month.seconds(way),
                times=len(month.spent[way]),
                recovered=_recovered(means, way),
            )
            for way in WAYS
        ],
        "update_of_an_hour": {
            "touched": round(float(np.mean([share for share, _ in month.hours])), 4),
            "fit_s": round(float(np.mean([took for _, took in month.hours])), 3),
        },
    }


def _lived(
    console: Console, make: Callable[[], Recommender], data: TrainingData
) -> Month:
    """Serve every day in every way and ask."""
    month, end = Month(), float(data.time[-1]) + 1e-6
    first = data.before(end - DAYS)
    start = serving = make().fit(first)
    for day in console.track(range(DAYS), DAYS, "day by day"):
        cut = end - DAYS + day
        past = data.before(cut)
        asked, frozen = _cases(past, data, cut), _cases(past, data, cut, seen=first)
        anew, took = _clocked(lambda past=past: make().fit(past))
        month.spent["retrained"].append(took)
        if day:
            updates = month.spent["fold-in + rows"]
            serving = _kept_up(make, serving, data, cut, updates)
            month.touched.append(_touched(serving, past, cut - 1))
            month.hours.append(_last_hour(make, anew, past))
        ways = (
            ("stale", start, frozen),
            ("fold-in", start, asked),
            ("fold-in + rows", serving, asked),
            ("retrained", anew, asked),
        )
        for way, fitted, cases in ways:
            if len(cases):
                month.found[way].append((len(cases), measure(fitted, cases, past)))
    return month


def _kept_up(
    make: Callable[[], Recommender],
    serving: Recommender,
    data: TrainingData,
    cut: float,
    spent: list[float],
) -> Recommender:
    """What serves at ``cut``, updated every few hours of the day before."""
    before = cut - 1
    for moment in cut - 1 + np.arange(1, round(1 / EVERY) + 1) * EVERY:
        past = data.before(float(moment))
        if past.time[-1] >= before:
            renewal = _renewal(serving, past, before)
            serving, took = _clocked(
                lambda past=past, renewal=renewal: make().update(past, renewal)
            )
            spent.append(took)
        before = float(moment)
    return serving


def _renewal(serving: Recommender, past: TrainingData, since: float) -> Any:
    return renewal_of(
        serving.knowledge_,
        past.ids,
        past,
        since=since,
        config=serving.query_config_,
        extras=serving.extras_,
    )


def _touched(serving: Recommender, past: TrainingData, since: float) -> float:
    """Share of all products."""
    renewal = _renewal(serving, past, since)
    return float((renewal.touched & _sold(past)).mean())


def _last_hour(
    make: Callable[[], Recommender], serving: Recommender, past: TrainingData
) -> tuple[float, float]:
    """Share of the products touched by an hour's orders, and the update's seconds."""
    since = float(past.time[-1]) - 1 / 24
    renewal = _renewal(serving, past, since)
    _, took = _clocked(lambda: make().update(past, renewal))
    return _touched(serving, past, since), took


def _clocked(work: Callable[[], Any]) -> tuple[Any, float]:
    """Seconds of this process's own CPU: the machine may be shared."""
    began = time.process_time()
    return work(), time.process_time() - began


def _sold(data: TrainingData) -> Any:
    return np.bincount(data.item, minlength=data.n_items) > 0


def _cases(
    past: TrainingData,
    data: TrainingData,
    cut: float,
    seen: TrainingData | None = None,
) -> Cases:
    """Known customers who buy on the day; ``seen``: what the model is told of them."""
    rows = data.where((data.time >= cut) & (data.time < cut + 1))
    told = past if seen is None else seen
    cases = Cases("new")
    for visitor in np.unique(rows.visitor):
        known = np.flatnonzero(past.visitor == visitor)
        if not len(known):
            continue
        had = np.unique(past.item[known]).astype(np.int64)
        before = np.flatnonzero(told.visitor == visitor)
        history = history_of(told, before)
        right = np.unique(rows.item[rows.visitor == visitor])
        cases.add(history, NOTHING, had, right)
    return cases


def _mean(found: list[tuple[int, dict[str, float]]]) -> dict[str, float]:
    weights = [n for n, _ in found]
    return {
        name: round(
            float(np.average([row[name] for _, row in found], weights=weights)), 5
        )
        for name in SHOWN
    }


def _recovered(means: dict[str, dict[str, float]], way: str) -> dict[str, float]:
    low, high = means["stale"], means["retrained"]
    return {
        name: round((means[way][name] - low[name]) / (high[name] - low[name]), 3)
        for name in SHOWN
        if high[name] != low[name]
    }
