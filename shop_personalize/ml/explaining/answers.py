"""Accounts of what :func:`shop_personalize.ml.serving.answer` would answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
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
from shop_personalize.ml.explaining.rankers import Judged, judged
from shop_personalize.ml.explaining.shapes import (
    MANY,
    Split,
    left_out,
    scored,
    split_of,
)
from shop_personalize.ml.knowledge import (
    NOBODY,
    Arrays,
    Candidates,
    Ints,
    Mixture,
    Query,
    Ranking,
    part_of,
)
from shop_personalize.ml.mixing import DEPTH, is_old, pool_of
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

    @cached_property
    def query(self) -> Query:
        """Which items speak, and how loudly."""
        return query_of(self.config, self.history, self.anchors, self.group)

    @cached_property
    def answered(self) -> Candidates:
        """All that is answered but for what was bought before: staff ask of any."""
        if isinstance(self.knowledge, Mixture):
            config = {key: value for key, value in self.config.items() if key != "own"}
            return replace(self, config=config).serve()
        return self.knowledge.candidates(self.query, MANY)

    @cached_property
    def best(self) -> float:
        """The largest score without what was bought before; 1 if there is none."""
        return _first(self.answered)

    @cached_property
    def inner(self) -> dict[str, Asked]:
        """The same question to each part of a mixture, by name."""
        known = self.knowledge
        if not isinstance(known, Mixture):
            return {}
        return {p["name"]: self.part(p, known) for p in self.config["parts"]}

    @cached_property
    def judged(self) -> Judged | None:
        """What a ranker makes of the parts, where there is one."""
        known = self.knowledge
        if not isinstance(known, Mixture) or not self.config.get("ranker"):
            return None
        return judged(
            known,
            self.config,
            self.extras,
            history=self.history,
            anchors=self.anchors,
            repeats=self.repeats,
        )

    def top_of(self, part: Asked) -> float:
        """The largest score of a part among all that may be answered; 1 if none."""
        pool = pool_of([part.served])
        old = is_old(pool, self.config, self.history)
        scores = pool.scores[:, 0]
        if self.config.get("own_only"):
            scores = scores[old]
        elif not self.repeats:
            scores = scores[~old]
        return float(scores.max(initial=0.0)) or 1.0

    @cached_property
    def served(self) -> Candidates:
        """What the shop would be answered."""
        return self.serve()

    def serve(self) -> Candidates:
        """What the shop would be answered."""
        return answer(
            self.knowledge,
            self.config,
            self.extras,
            history=self.history,
            anchors=self.anchors,
            n=self.n,
            repeats=self.repeats,
            group=self.group,
        )

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


def _first(found: Candidates) -> float:
    return float(found.scores[0]) if len(found) and found.scores[0] > 0 else 1.0


def _account(asked: Asked, item: int) -> Account:
    own = asked.config.get("own")
    if isinstance(asked.knowledge, Mixture):
        found = _of_mixture(asked, item)
    else:
        found = _of_shape(asked, item)
    if not own or not (asked.repeats or own.get("only")):
        return found
    return _with_own(asked, own, found)


def _of_shape(asked: Asked, item: int) -> Account:
    known, query = asked.knowledge, asked.query
    score = scored(asked.answered, item)
    if not score:
        return Account(item, 0.0)
    if isinstance(known, Ranking):
        return Account(item, score, ordered([Part(FROM_LIST, NOBODY, score)]))
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
    others = found.scaled(own.get("others", 1.0) / asked.best)
    score = others.score + past
    return replace(others, score=score, parts=ordered([*others.parts, mine]))


def _of_mixture(asked: Asked, item: int) -> Account:
    """Parts of parts: each recommender's account by its weight over its best score."""
    told: list[tuple[str, float]] = []
    parts: list[Part] = []
    exact, people = True, 0
    for entry in asked.config["parts"]:
        inner = asked.inner[entry["name"]]
        weight = float(entry.get("weight", 1.0))
        share = _account(inner, item).scaled(weight / asked.top_of(inner))
        told.append((entry["name"], share.score))
        parts += share.parts
        exact, people = exact and share.exact, max(people, share.people)
    told.sort(key=lambda pair: -pair[1])
    found = Account(
        item,
        sum(amount for _, amount in told),
        ordered(parts),
        exact=exact,
        people=people,
        recommenders=tuple((name, amount) for name, amount in told if amount),
    )
    return _ranked(asked, found)


def _ranked(asked: Asked, found: Account) -> Account:
    """What the ranker made of it; what carried the sum is a hint, no more."""
    if asked.judged is None:
        return found
    score, effects = asked.judged.effects(found.item)
    return replace(found, score=score, exact=False, effects=effects)
