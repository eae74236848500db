"""lastfm-hetrec: how many visits until the better of two rankings is known?

Every pair of five rankers of this project whose NDCG@10 on the hidden artists lies 1.5
to 3 % apart. A visit is a listener drawn at random who is shown ten artists, looks at
place r with chance 1 / log2(r + 1) and clicks what is looked at: of the hidden artists
90 %, of the others 5 %. An A/B test shows each visit one ranking and compares the
clicks a visit, or the NDCG of the clicks (gain by what the listener could have clicked
at best); interleaving shows one drafted list and counts whose artists got more clicks.
Sizes are those for 80 % power at 95 %; that interleaving reaches it is drawn again.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import Any

import numpy as np

from benchmarks import lastfm
from benchmarks.protocol import data_dir
from shop_personalize.ml import metrics as measures
from shop_personalize.ml.batch import top_n
from shop_personalize.ml.data import Links
from shop_personalize.ml.recommenders.als import Als
from shop_personalize.ml.recommenders.ease import Ease
from shop_personalize.ml.recommenders.for_you import ForYou
from shop_personalize.ml.recommenders.item_item import ItemItem
from shop_personalize.ml.trials import preference, sample_size_mean, team_draft

K, VISITS, TRIALS = 10, 200_000, 2000
LOOKED = 1 / np.log2(np.arange(2, K + 2))
CLICKED, BY_CHANCE = 0.9, 0.05
GAP = (0.015, 0.03)
RANKERS = {
    "walk": lambda: ForYou(min_support=1),
    "walk, support 2": lambda: ForYou(min_support=2),
    "item neighbors": lambda: ItemItem(min_support=1),
    "EASE": lambda: Ease(min_support=1),
    "ALS": lambda: Als(factors=64, reg=10.0),
}
DATA = ("lastfm-hetrec",)
PROTOCOL = f"{__doc__.partition('Every pair')[2]}".replace("\n", " ").strip()


def measure() -> dict[str, Any]:
    lists, truths = ranked()
    relevant = np.array([len(truth) for truth in truths])
    hits = {name: measures.find_hits(found, truths, K) for name, found in lists.items()}
    ndcg = {name: float(measures.ndcg(hit, relevant)) for name, hit in hits.items()}
    rows = {}
    for worse, better in permutations(lists, 2):
        gap = ndcg[better] / ndcg[worse] - 1
        if GAP[0] <= gap <= GAP[1]:
            split = ab_visits(hits[worse], hits[better], relevant)
            drafted = interleaved_visits(lists[worse], lists[better], truths)
            rows[f"{better} over {worse}"] = row(gap, split, drafted)
    return {"metrics": rows, "ndcg@10": {n: round(v, 4) for n, v in ndcg.items()}}


def ranked() -> tuple[dict[str, list[Any]], list[Any]]:
    folder = data_dir("lastfm-hetrec") / "lightgcn_split"
    data, wanted = lastfm.read(folder)
    data = replace(data, links=Links.none())
    cases, _, _ = lastfm.questions(data, wanted)
    lists = {}
    for name, make in RANKERS.items():
        fitted = make().fit(data)
        found = top_n(
            fitted.knowledge_,
            fitted.query_config_,
            fitted.extras_,
            histories=cases.histories,
            excluded=cases.excluded,
            n=K,
        )
        lists[name] = [each.items for each in found]
    return lists, cases.truths


def ab_visits(worse: Any, better: Any, relevant: Any) -> dict[str, int]:
    """Visits of both arms together, from the exact mean and variance of a visit."""
    best = np.cumsum(LOOKED)[np.minimum(relevant, K) - 1]
    return {
        "clicks": _ab_visits(worse, better, np.ones(len(best))),
        "NDCG of clicks": _ab_visits(worse, better, best),
    }


def _ab_visits(worse: Any, better: Any, best: Any) -> int:
    moments = []
    for hits in (worse, better):
        chance = LOOKED * np.where(hits, CLICKED, BY_CHANCE)
        mean = chance.sum(1) / best
        square = (chance * (1 - chance)).sum(1) / best**2 + mean**2
        moments.append((mean.mean(), square.mean() - mean.mean() ** 2))
    (first, spread), (second, other) = moments
    deviation = float(np.sqrt((spread + other) / 2))
    return 2 * sample_size_mean(deviation, float(second - first))


def interleaved_visits(worse: list[Any], better: list[Any], truths: list[Any]) -> Any:
    """Outcomes -1, 0, 1 of drafted visits: whose artists got more clicks."""
    rng = np.random.default_rng(5)
    pairs = [(w.tolist(), b.tolist()) for w, b in zip(worse, better, strict=True)]
    wanted = [set(truth.tolist()) for truth in truths]
    outcomes = np.zeros(VISITS, np.int8)
    listeners, chances = rng.integers(len(pairs), size=VISITS), rng.random((VISITS, K))
    for visit, listener in enumerate(listeners.tolist()):
        drawn = team_draft(*pairs[listener], K, visit)
        outcomes[visit] = np.sign(
            sum(
                2 * team - 1
                for (item, team), chance, looked in zip(
                    drawn, chances[visit], LOOKED, strict=False
                )
                if team >= 0 and chance < looked * _click(item in wanted[listener])
            )
        )
    return outcomes


def _click(relevant: bool) -> float:
    return CLICKED if relevant else BY_CHANCE


def row(gap: float, split: dict[str, int], outcomes: Any) -> dict[str, Any]:
    wins = [int((outcomes == side).sum()) for side in (-1, 1, 0)]
    found = preference(*wins)
    visits = drafted_size(outcomes)
    again = round(power(outcomes, visits), 3) if visits < 500_000 else None
    return {
        "NDCG gap": round(gap, 4),
        "A/B visits": split,
        "won": round(wins[1] / (wins[0] + wins[1]), 4),
        "p of all visits drawn": float(f"{found.p_value:.1g}"),
        "interleaved visits": visits,
        "times fewer": {name: round(n / visits, 1) for name, n in split.items()},
        "power drawn again": again,
    }


def drafted_size(outcomes: Any) -> int:
    """Visits for 80 % power of the sign test, ties included."""
    decided = outcomes[outcomes != 0]
    won = (decided > 0).mean()
    null, other = 0.5, np.sqrt(won * (1 - won))
    size = ((1.96 * null + 0.8416 * other) / max(won - 0.5, 1e-9)) ** 2
    return int(min(size * len(outcomes) / len(decided), 1e9))


def power(outcomes: Any, visits: int) -> float:
    rng = np.random.default_rng(6)
    shares = [(outcomes == side).mean() for side in (-1, 1, 0)]
    counts = rng.multinomial(visits, shares, TRIALS)
    won = [preference(*map(int, each)).low > 0.5 for each in counts]
    return float(np.mean(won))
