"""Products that nobody bought yet, told by the first periods of those like them.

Who is like whom is what the recommender of similar products learned. A product with
sales of its own is left to them: in three of four windows of the demo its own first
weeks told more than its neighbors.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shop_personalize import artifacts
from shop_personalize.ml.forecast.newcomers import launch_sums, launched
from shop_personalize.ml.forecast.panel import Panel
from shop_personalize.ml.knowledge import ItemNeighbors
from shop_personalize.models import Recommender
from shop_personalize.supply.services import engine

SLUG = "similar"
NEAREST = 20
METHOD = "similar products"

Ints = NDArray[np.int64]
Matrix = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Told:
    keys: list[str]
    answer: engine.Answer
    told_by: list[int]


def launch(
    new: list[str],
    known: list[str],
    panel: Panel,
    horizon: int,
    spans: tuple[int, ...],
) -> Told | None:
    """Those of ``new`` that have neighbors among ``known``, the rows of ``panel``."""
    neighbors, weights = _alike(new, known)
    some = np.flatnonzero((neighbors >= 0).any(axis=1))
    if not len(some):
        return None
    neighbors, weights = neighbors[some], weights[some]
    nobody = np.full(len(some), -1)
    eighty, ninety_five = (
        launched(panel, nobody, neighbors, weights, horizon, level=level)
        for level in engine.BANDS
    )
    lower, upper = (np.nan_to_num(each) for each in (eighty.lower, eighty.upper))
    least, most = (
        np.nan_to_num(each) for each in (ninety_five.lower, ninety_five.upper)
    )
    sums = launch_sums(panel, neighbors, weights, engine.LEVELS, spans)
    answer = engine.Answer(
        mean=np.nan_to_num(eighty.mean),
        bands=(lower, upper, least, most),
        totals=np.nan_to_num(sums),
        methods=[METHOD] * len(some),
    )
    return Told([new[at] for at in some], answer, eighty.told_by.tolist())


def _alike(new: list[str], known: list[str]) -> tuple[Ints, Matrix]:
    """Rows of the nearest known products and how like they are, each (k, NEAREST)."""
    rows = np.full((len(new), NEAREST), -1, np.int64)
    weights = np.zeros((len(new), NEAREST))
    recommender = Recommender.objects.filter(slug=SLUG).first()
    artifact = artifacts.live(recommender) if recommender else None
    if artifact is None or not isinstance(artifact.knowledge, ItemNeighbors):
        return rows, weights
    row_of = {item: at for at, item in enumerate(known)}
    ids = artifact.ids.texts(range(len(artifact.ids)))
    place = np.array([row_of.get(item, -1) for item in ids], np.int64)
    for at, code in enumerate(artifact.ids.codes(new)):
        if code < 0:
            continue
        near, scores = artifact.knowledge.row(int(code))
        told = place[near] >= 0
        near, scores = place[near][told][:NEAREST], scores[told][:NEAREST]
        rows[at, : len(near)] = near
        weights[at, : len(near)] = np.maximum(scores, 0.0)
    return rows, weights
