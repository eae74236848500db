"""Accounts of what :func:`shop_personalize.ml.serving.answer` would answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from shop_personalize.ml.explaining.account import (
    FROM_ITEM,
    FROM_LIST,
    FROM_OWN_PAST,
    Account,
    Part,
    ordered,
)
from shop_personalize.ml.explaining.rankers import effects_of
from shop_personalize.ml.explaining.shapes import (
    Split,
    left_out,
    list_score,
    score_of,
    split_of,
)
from shop_personalize.ml.knowledge import (
    NOBODY,
    Arrays,
    Ints,
    Mixture,
    Ranking,
    part_of,
)
from shop_personalize.ml.mixing import DEPTH
from shop_personalize.ml.serving import History, answer, own_scores, query_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shop_personalize.ml.knowledge import Knowledge

CLOSE = 1e-4
"""Parts that differ more from the score are not the whole truth."""


@dataclass(frozen=True)
class Asked:
    """One question to one model; the words are those of ``answer``."""

    knowledge: Knowledge
    config: dict[str, Any]
    extras: Arrays
    history: History
    anchors: Ints
    repeats: bool = False
    group: str = ""
    n: int = DEPTH

    def part(self, entry: dict[str, Any], known: Mixture) -> Asked:
        """The same question to a part of a mixture."""
        name = entry["name"]
        return replace(
            self,
            knowledge=known.parts[name],
            config=entry["config"],
            extras=part_of(self.extras, name),
            n=max(self.n, int(self.config.get("depth", DEPTH))),
        )


def accounts(
    knowledge: Knowledge,
    config: dict[str, Any],
    extras: Arrays,
    items: Sequence[int],
    *,
    history: History,
    anchors: Ints | None = None,
    repeats: bool = False,
    group: str = "",
) -> list[Account]:
    """Account for the score of each of ``items`` (codes), in their order."""
    none = np.empty(0, np.int64)
    asked = Asked(
        knowledge,
        config,
        extras,
        history,
        none if anchors is None else anchors,
        repeats,
        group,
    )
    return [_account(asked, int(item)) for item in items]


def _account(asked: Asked, item: int) -> Account:
    own = asked.config.get("own")
    if isinstance(asked.knowledge, Mixture):
        found = _of_mixture(asked, asked.knowledge, item)
    else:
        found = _of_shape(asked, item)
    if not own or not (asked.repeats or own.get("only")):
        return found
    return _with_own(asked, own, found)


def _of_shape(asked: Asked, item: int) -> Account:
    known = asked.knowledge
    query = query_of(asked.config, asked.history, asked.anchors, asked.group)
    if isinstance(known, Ranking):
        score = list_score(known, query, item)
        return Account(item, score, ordered([Part(FROM_LIST, NOBODY, score)]))
    score = score_of(known, query, item)
    if not score:
        return Account(item, 0.0)
    split = split_of(known, query, item)
    exact = abs(split.amounts.sum() + split.base - score) <= CLOSE * abs(score)
    if not exact:
        amounts = left_out(known, query, item)
        split = Split(amounts, split.people, score - float(amounts.sum()))
    pairs = zip(query.items, split.amounts, strict=False)
    parts = [Part(FROM_ITEM, int(code), float(part)) for code, part in pairs]
    base = Part(FROM_LIST, NOBODY, split.base)
    return Account(
        item, score, ordered([*parts, base]), exact=bool(exact), people=split.people
    )


def _with_own(asked: Asked, own: dict[str, Any], found: Account) -> Account:
    """Add what its own past gives; all others count by their share of the best."""
    items, scores = own_scores(own, asked.extras, asked.history)
    at = np.flatnonzero(items == found.item)
    past = float(scores[at[0]]) if len(at) else 0.0
    mine = Part(FROM_OWN_PAST, found.item, past)
    if own.get("only"):
        return Account(found.item, past, ordered([mine]))
    others = found.scaled(own.get("others", 1.0) / _best(asked))
    score = others.score + past
    return replace(others, score=score, parts=ordered([*others.parts, mine]))


def _best(asked: Asked) -> float:
    """The largest score there is without what was bought before; 1 if there is none."""
    config = {key: value for key, value in asked.config.items() if key != "own"}
    top = _answered(replace(asked, config=config), 1)
    return float(top.scores[0]) if len(top) and top.scores[0] > 0 else 1.0


def _answered(asked: Asked, n: int) -> Any:
    return answer(
        asked.knowledge,
        asked.config,
        asked.extras,
        history=asked.history,
        anchors=asked.anchors,
        n=n,
        repeats=asked.repeats,
        group=asked.group,
    )


def _of_mixture(asked: Asked, known: Mixture, item: int) -> Account:
    """Parts of parts: each recommender's account by its weight over its best score."""
    told: list[tuple[str, float]] = []
    parts: list[Part] = []
    exact, people = True, 0
    for entry in asked.config["parts"]:
        inner = asked.part(entry, known)
        top = _answered(inner, inner.n)
        best = float(top.scores[0]) if len(top) and top.scores[0] > 0 else 1.0
        share = _account(inner, item).scaled(float(entry.get("weight", 1.0)) / best)
        told.append((entry["name"], share.score))
        parts += share.parts
        exact, people = exact and share.exact, people + share.people
    told.sort(key=lambda pair: -pair[1])
    found = Account(
        item,
        sum(amount for _, amount in told),
        ordered(parts),
        exact=exact,
        people=people,
        recommenders=tuple((name, amount) for name, amount in told if amount),
    )
    return _ranked(asked, known, found) if asked.config.get("ranker") else found


def _ranked(asked: Asked, known: Mixture, found: Account) -> Account:
    """What the ranker made of it; what carried the sum is a hint, no more."""
    score, effects = effects_of(
        known,
        asked.config,
        asked.extras,
        found.item,
        history=asked.history,
        anchors=asked.anchors,
        repeats=asked.repeats,
    )
    return replace(found, score=score, exact=False, effects=effects)
