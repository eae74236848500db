"""The mix of a block: what re-ranking needs to know of its candidates, and its moves.

Everything comes from memory: likeness from the model of similar products, popularity
from that of best sellers, the visitor's own mix from the products of the history that
were fetched along with the candidates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from shop_personalize import artifacts
from shop_personalize.catalog import get_catalog
from shop_personalize.conf import app_settings
from shop_personalize.ml.knowledge import ItemNeighbors, Ranking
from shop_personalize.ml.reranking import Slate, placed, rerank, seed_of
from shop_personalize.recommend.amounts import AMOUNTS, by_stock
from shop_personalize.recommend.results import block_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from shop_personalize.artifacts import Artifact
    from shop_personalize.recommend.candidates import Asked, Candidate
    from shop_personalize.recommend.pins import Pin
    from shop_personalize.recommend.rules.book import Book
    from shop_personalize.recommend.scope import Scope

OWN_ITEMS = 30
"""Latest products of a history whose categories make the visitor's own mix."""
LIKENESS, POPULARITY = "similar", "popular"
Pairs = list[tuple["Candidate", Any]]
Moves = dict[str, list[dict[str, Any]]]


def mixed(
    asked: Asked, book: Book, kept: Pairs, limit: int, pins: dict[str, Pin]
) -> tuple[Pairs, Moves]:
    """The ``limit`` products to show, in order, and what was moved, by item id."""
    free = max(limit - len(pins), 0)
    others = [pair for pair in kept if pair[0].item_id not in pins]
    told: Moves = {}
    if (asked.block.taste or book.steers) and len(others) > 1:
        others, told = _reranked(asked, book, others, free)
    return _with_pins(kept, others[:free], pins, told), told


def _reranked(asked: Asked, book: Book, kept: Pairs, limit: int) -> tuple[Pairs, Moves]:
    kept = _pool(asked, kept, limit)
    order, moves = rerank(_slate(asked, book, kept), limit, asked.block.taste)
    told: Moves = {}
    for move in moves:
        fact = {"step": move.step, "from": move.before + 1, "to": move.after + 1}
        told.setdefault(kept[move.item][0].item_id, []).append(fact)
    return [kept[at] for at in order], told


def _with_pins(kept: Pairs, others: Pairs, pins: dict[str, Pin], told: Moves) -> Pairs:
    """Pinned products at their places; a list that is shorter ends with them."""
    pairs = [*others, *((pin.candidate, pin.product) for pin in pins.values())]
    places = {len(others) + at: pin.place for at, pin in enumerate(pins.values())}
    order = placed(len(pairs), places, len(pairs))
    shown = [pairs[at] for at in order]
    if pins:
        before = {c.item_id: at for at, (c, _) in enumerate(kept, 1)}
        for after, (candidate, _product) in enumerate(shown, 1):
            if candidate.item_id in pins:
                fact = {"step": "pin", "from": before.get(candidate.item_id)}
                told[candidate.item_id] = [{**fact, "to": after}]
    return shown


def _pool(asked: Asked, kept: Pairs, limit: int) -> Pairs:
    """As many as the block's length says, however many happened to be fetched.

    The over-fetch learns from page to page; a list must not change with it. What was
    asked for only to be explored comes last.
    """
    guests = [pair for pair in kept if asked.is_explored(pair[0])]
    own = [pair for pair in kept if not asked.is_explored(pair[0])]
    return own[: asked.block.pool(limit, is_steered=True)] + guests


def own_items(asked: Asked) -> list[str]:
    """Products of the history that calibration asks for, the latest first."""
    return list(_own_weights(asked)) if asked.block.calibration else []


def _own_weights(asked: Asked) -> dict[str, float]:
    """Latest products of the history, each by its weightiest deed."""
    weights = {
        kind: float(known["weight"]) for kind, known in app_settings.events.items()
    }
    found: dict[str, float] = {}
    for deed in asked.history.deeds:
        weight = weights.get(deed.kind, 0.0)
        if weight > 0 and (deed.item_id in found or len(found) < OWN_ITEMS):
            found[deed.item_id] = max(found.get(deed.item_id, 0.0), weight)
    return found


def _slate(asked: Asked, book: Book, kept: Pairs) -> Slate:
    category = get_catalog().category
    ids = [candidate.item_id for candidate, _ in kept]
    taste, scope = asked.block.taste, asked.scope
    counted = taste.damping or taste.exploration
    shifts = np.array([book.shift(c.item_id, product) for c, product in kept])
    return Slate(
        groups=tuple(category(product) for _, product in kept),
        popularity=_popularity(scope, ids) if counted else np.zeros(len(ids)),
        likeness=_likeness(scope, ids) if taste.diversity else None,
        wanted=_own_mix(asked) if taste.calibration else {},
        seed=_seed(asked),
        amounts=_amounts(asked, book, kept),
        fatigue=asked.history.fatigue(ids) if taste.rotation else None,
        shifts=shifts if shifts.any() else None,
    )


def _amounts(asked: Asked, book: Book, kept: Pairs) -> dict[str, NDArray[np.float64]]:
    """What each product is worth to each objective; NaN where nobody knows."""
    wanted = asked.block.objectives.keys()
    if not wanted:
        return {}
    told = {name: by_stock(c.item_id for c, _ in kept) for name in wanted & {"stock"}}
    for name in wanted - {"stock"}:
        facts = [book.facts(c.item_id, product) for c, product in kept]
        told[name] = [AMOUNTS[name](each, book.now) for each in facts]
    return {name: np.array(values, np.float64) for name, values in told.items()}


def _seed(asked: Asked) -> int:
    """The same for one visitor, day and block: a reload changes nothing."""
    history = asked.history
    day = history.now.date().isoformat()
    return seed_of(history.key, day, block_of(asked.block))


def _own_mix(asked: Asked) -> dict[str, float]:
    """Weights of the visitor's categories."""
    category = get_catalog().category
    found: dict[str, float] = {}
    for item_id, weight in _own_weights(asked).items():
        product = asked.scope.products.get(item_id)
        if product is not None:
            group = category(product)
            found[group] = found.get(group, 0.0) + weight
    return found


def _live(scope: Scope, slug: str) -> Artifact | None:
    recommender = scope.configuration.recommenders.get(slug)
    return artifacts.live(recommender.recommender()) if recommender else None


def _popularity(scope: Scope, ids: Sequence[str]) -> NDArray[np.float64]:
    """What the list of best sellers says of each; 0 where it says nothing."""
    artifact = _live(scope, POPULARITY)
    if artifact is None or not isinstance(artifact.knowledge, Ranking):
        return np.zeros(len(ids))
    known = artifact.knowledge
    stop = int(known.indptr[1]) if len(known.groups) and not known.groups[0] else 0
    if not stop:
        return np.zeros(len(ids))
    items, scores = known.items[:stop], known.scores[:stop]
    codes, at = artifact.ids.codes(ids), np.argsort(items, kind="stable")
    place = np.minimum(np.searchsorted(items, codes, sorter=at), stop - 1)
    hit = items[at[place]] == codes
    return np.where(hit, np.maximum(scores[at[place]], 0), 0.0).astype(np.float64)


def _likeness(scope: Scope, ids: Sequence[str]) -> NDArray[np.float64] | None:
    """How alike the contents of each two are, 0 to 1; what is no neighbor has 0."""
    artifact = _live(scope, LIKENESS)
    if artifact is None or not isinstance(artifact.knowledge, ItemNeighbors):
        return None
    codes = artifact.ids.codes(ids)
    known = np.flatnonzero(codes >= 0)
    rows = [artifact.knowledge.row(int(codes[at])) for at in known]
    near = np.concatenate([row[0] for row in rows] or [codes[:0]])
    scores = np.concatenate([row[1] for row in rows] or [np.empty(0)])
    order = known[np.argsort(codes[known])]
    at = np.minimum(np.searchsorted(codes[order], near), max(len(order) - 1, 0))
    hit = codes[order[at]] == near if len(order) else np.zeros(0, bool)
    found = np.zeros((len(ids), len(ids)))
    found[np.repeat(known, [len(row[0]) for row in rows])[hit], order[at[hit]]] = (
        np.clip(scores[hit], 0.0, 1.0)
    )
    return np.maximum(found, found.T)
