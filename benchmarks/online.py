"""What is lost between two trainings, and what an update brings back.

The example shop's last 28 days, one after another. A model is learned before the first
of them; each day the customers who buy are asked about, and what they buy that day and
never bought before is right, products that came since included. Four ways to serve:

- ``stale``: the model and all histories as they were at the beginning;
- ``fold-in``: the same model, histories as they are on the day;
- ``fold-in + rows``: each morning the rows of what was touched since are renewed;
- ``retrained``: each morning everything is learned anew.

``recovered`` is how much of the way from ``stale`` to ``retrained`` each one goes.
"""

from __future__ import annotations

import time
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
SHOWN = ("ndcg@10", "recall@10", "hit_rate@10")
WAYS = ("stale", "fold-in", "fold-in + rows", "retrained")
NOTHING = np.empty(0, np.int64)


def run(console: Console, make: Callable[[], Recommender] = ForYou) -> dict[str, Any]:
    data = read()
    end = float(data.time[-1]) + 1e-6
    found: dict[str, list[tuple[int, dict[str, float]]]] = {way: [] for way in WAYS}
    spent: dict[str, list[float]] = {way: [] for way in WAYS}
    first = data.before(end - DAYS)
    start, seconds = _clocked(lambda: make().fit(first))
    serving, touched, hourly = start, [], []
    for day in console.track(range(DAYS), DAYS, "day by day"):
        cut = end - DAYS + day
        past = data.before(cut)
        asked, frozen = _cases(past, data, cut), _cases(past, data, cut, seen=first)
        if not len(asked):
            continue
        anew, took = _clocked(lambda past=past: make().fit(past))
        spent["retrained"].append(took)
        if day:
            renewal = renewal_of(
                serving.knowledge_,
                past.ids,
                past,
                since=cut - 1,
                config=serving.query_config_,
                extras=serving.extras_,
            )
            touched.append(float((renewal.touched & _sold(past)).mean()))
            serving, took = _clocked(
                lambda past=past, renewal=renewal: make().update(past, renewal)
            )
            spent["fold-in + rows"].append(took)
            hourly.append(_last_hour(make, anew, past))
        for way, fitted, cases in (
            ("stale", start, frozen),
            ("fold-in", start, asked),
            ("fold-in + rows", serving, asked),
            ("retrained", anew, asked),
        ):
            found[way].append((len(cases), measure(fitted, cases, past)))
    means = {way: _mean(found[way]) for way in WAYS}
    return {
        "benchmark": "online",
        "protocol": (
            f"next-day purchases of new products on the last {DAYS} days,"
            f" {sum(n for n, _ in found['stale'])} customers and days;"
            f" an update touches {np.mean(touched):.1%} of the products"
        ),
        "systems": [
            system(
                way,
                means[way],
                round(float(np.mean(spent[way] or [0.0])), 3),
                recovered=_recovered(means, way),
            )
            for way in WAYS
        ],
        "first_fit_s": round(seconds, 2),
        "update_of_an_hour": {
            "touched": round(float(np.mean([share for share, _ in hourly])), 4),
            "fit_s": round(float(np.mean([took for _, took in hourly])), 3),
        },
    }


def _last_hour(
    make: Callable[[], Recommender], serving: Recommender, past: TrainingData
) -> tuple[float, float]:
    """Share of the products touched by an hour's orders, and the update's seconds."""
    since = float(past.time[-1]) - 1 / 24
    renewal = renewal_of(
        serving.knowledge_,
        past.ids,
        past,
        since=since,
        config=serving.query_config_,
        extras=serving.extras_,
    )
    _, took = _clocked(lambda: make().update(past, renewal))
    return float((renewal.touched & _sold(past)).mean()), took


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
