"""open-bandit-small: traffic that follows success, beside policies that do not.

Two questions. "policies": each campaign was logged under two real policies, random and
Bernoulli Thompson; they are the two arms, a pull shows the next visit of that arm's log
(drawn with replacement, so that seeds differ). "items": the items of the random log are
the arms, with the click rates of that log for the truth; that is more spread than the
real one, since each rate rests on some 300 visits and a few clicks. Shares are worked
out once a batch.

Regret: clicks missed against always showing the best arm, which nobody can know. The
best arm in hindsight has regret 0 by that definition, so it is compared twice: clicks
of the best arm by clicks won (1 is perfect), and regret by that of the best fixed plan:
test evenly for a share of the visits, then show the winner to all, the share chosen in
hindsight. Ranges are 95 % intervals of the mean over seeds (bootstrap).
"""

from __future__ import annotations

import csv
import gzip
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.protocol import data_dir
from shop_personalize.ml.trials import thompson, top_two

if TYPE_CHECKING:
    from collections.abc import Callable

    Shares = Callable[[Any, Any, float, Any], Any]

TESTED = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5)
BATCHES = 50
DATA = ("open-bandit-small",)
PROTOCOL = __doc__.partition("Two questions.")[2].replace("\n", " ").strip()


def measure() -> dict[str, Any]:
    metrics: dict[str, Any] = {}
    for campaign in ("men", "all"):
        logs = {name: log(name, campaign) for name in ("random", "bts")}
        rates = np.array([clicks.mean() for _, clicks in logs.values()])
        name = f"policies, {campaign}, 10,000 visits"
        metrics[name] = compared(rates, 10_000, seeds=200)
    items, clicks = log("random", "men")
    rates = np.bincount(items, clicks) / np.bincount(items)
    for visits in (100_000, 500_000):
        name = f"items, men, {visits:,} visits"
        metrics[name] = compared(rates, visits, seeds=30)
    return {"metrics": metrics}


def log(policy: str, campaign: str) -> tuple[Any, Any]:
    """Item and click of each visit."""
    path = data_dir("open-bandit-small") / policy / campaign / f"{campaign}.csv.gz"
    with gzip.open(path, "rt") as file:
        rows = [(int(r["item_id"]), float(r["click"])) for r in csv.DictReader(file)]
    items, clicks = zip(*rows, strict=True)
    return np.array(items), np.array(clicks)


def compared(rates: Any, visits: int, seeds: int) -> dict[str, Any]:
    plans: dict[str, Shares] = {
        "Thompson": lambda won, lost, done, rng: thompson(won, lost),
        "top two": lambda won, lost, done, rng: top_two(thompson(won, lost)),
        "even": lambda won, lost, done, rng: np.full(len(won), 1 / len(won)),
        "epsilon .1": partial(greedy, 0.1),
        **{f"test {share:.0%}": partial(tested, share) for share in TESTED},
    }
    learning = ("Thompson", "top two")
    regrets = {
        name: regret(rates, visits, plan, seeds if name in learning else 400)
        for name, plan in plans.items()
    }
    best = min(TESTED, key=lambda share: regrets[f"test {share:.0%}"].mean())
    regrets["best fixed plan"] = regrets[f"test {best:.0%}"]
    shown = ("Thompson", "top two", "even", "epsilon .1", "best fixed plan")
    rows = {name: figures(regrets[name], rates.max() * visits) for name in shown}
    ratio = regrets["Thompson"].mean() / regrets["best fixed plan"].mean()
    return {
        "click rates": [round(float(rate), 5) for rate in np.sort(rates)[::-1][:5]],
        "best fixed plan tests": best,
        "Thompson's regret by that of the best fixed plan": round(float(ratio), 3),
        **rows,
    }


def regret(rates: Any, visits: int, plan: Shares, seeds: int) -> Any:
    """Clicks missed, (seeds,): visits an arm got times what it is short of the best."""
    rng = np.random.default_rng(7)
    missed, batch = np.zeros(seeds), visits // BATCHES
    for seed in range(seeds):
        won, shown = np.zeros(len(rates)), np.zeros(len(rates))
        for step in range(BATCHES):
            shares = plan(won, shown - won, step / BATCHES, rng)
            pulls = rng.multinomial(batch, shares)
            won += rng.binomial(pulls, rates)
            shown += pulls
        missed[seed] = (shown * (rates.max() - rates)).sum()
    return missed


def greedy(epsilon: float, won: Any, lost: Any, done: float, rng: Any) -> Any:
    return epsilon / len(won) + (1 - epsilon) * _winner(won, lost, rng)


def tested(share: float, won: Any, lost: Any, done: float, rng: Any) -> Any:
    """Evenly while the test lasts, then the winner alone, whatever comes."""
    if done < share:
        return np.full(len(won), 1 / len(won))
    return _winner(won, lost, rng)


def _winner(won: Any, lost: Any, rng: Any) -> Any:
    """All to the arm with the best rate, a coin between equals."""
    rates = won / np.maximum(won + lost, 1)
    top = rng.choice(np.flatnonzero(rates == rates.max()))
    return np.eye(len(won))[top]


def figures(missed: Any, best: float) -> dict[str, Any]:
    rng = np.random.default_rng(8)
    means = rng.choice(missed, (2000, len(missed))).mean(1)
    low, high = np.quantile(means, [0.025, 0.975])
    return {
        "regret": round(float(missed.mean()), 1),
        "range": [round(float(low), 1), round(float(high), 1)],
        "best arm's clicks by clicks won": round(
            best / (best - float(missed.mean())), 3
        ),
    }
