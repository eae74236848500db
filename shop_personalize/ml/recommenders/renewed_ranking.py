"""A ranked mixture between two trainings: its parts are renewed, its ranker stays.

How to weigh what is known changes slowly, what is known changes by the minute.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shop_personalize.ml.ranking.facts import item_facts
from shop_personalize.ml.recommenders.ranked import Mixed, mixture

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shop_personalize.ml.data import TrainingData
    from shop_personalize.ml.online import Renewal
    from shop_personalize.ml.recommenders.base import Recommender

OF_PARTS = frozenset({"context", "parts"})
RANKER = "ranker__"


def renewed_ranking(
    sources: Mapping[str, Recommender], data: TrainingData, renewal: Renewal
) -> Mixed | None:
    """Update every source and order them as before, by the facts of today.

    None where that cannot be: the mixture that serves has other parts, or its ranker
    knows other facts than are told now.
    """
    served = {part["name"]: part for part in renewal.config.get("parts", [])}
    if list(served) != list(sources):
        return None
    parts = {
        name: _updated(source, data, renewal.part(name))
        for name, source in sources.items()
    }
    weights = {name: part.get("weight", 1.0) for name, part in served.items()}
    asks = {name: part["config"] for name, part in served.items()}
    config = {k: v for k, v in renewal.config.items() if k not in OF_PARTS}
    mixed = mixture(parts, weights=weights, asks=asks, **config)
    mixed.config["context"] = renewal.config["context"]
    ranker = config.get("ranker")
    if not ranker:
        return mixed
    names, facts = item_facts(data, ranker["target"])
    if names != ranker["facts"]:
        return None
    learned = {k: v for k, v in renewal.extras.items() if k.startswith(RANKER)}
    return Mixed(mixed.knowledge, mixed.config, {**mixed.extras, **learned, **facts})


def _updated(
    source: Recommender, data: TrainingData, renewal: Renewal | None
) -> Recommender:
    fresh = type(source)(**source.get_params())
    return fresh.fit(data) if renewal is None else fresh.update(data, renewal)
