"""The chain of a block: who proposes which items, in which order, and why."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from shop_personalize import artifacts
from shop_personalize.ml.knowledge import NOBODY
from shop_personalize.ml.serving import History, answer
from shop_personalize.recommend.arrivals import arrivals
from shop_personalize.recommend.circle import hears_circle
from shop_personalize.recommend.config import OWN_THINGS, algorithm
from shop_personalize.recommend.matching import matched

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shop_personalize.artifacts import Artifact
    from shop_personalize.ml.knowledge import Candidates, Ints
    from shop_personalize.recommend.config import BlockConfig, Step
    from shop_personalize.recommend.context import Place
    from shop_personalize.recommend.history import VisitorHistory
    from shop_personalize.recommend.scope import Scope

NEW = "new"
MATCHING = "matching"
MOST = 1000
SPARE = 4
AT_ONCE = 64
AT_LEAST = 2


class Candidate(NamedTuple):
    """An item proposed by a step of the chain."""

    item_id: str
    score: float
    because: str
    recommender: str
    algorithm: str
    version: int
    step: int
    rank: int


class PassRate:
    """Share of candidates that the catalog lately let through, in this process.

    Sizes the over-fetch, nothing else: an old value costs some rows, never a wrong
    answer.
    """

    def __init__(self) -> None:
        self.value = 0.5

    def note(self, asked: int, passed: int) -> None:
        if asked:
            self.value += 0.3 * (passed / asked - self.value)

    def wanted(self, limit: int, pool: int = 0, *, allowed: float = 1.0) -> int:
        """How many candidates to ask for so that ``limit``, or ``pool``, are left.

        ``allowed`` is the share that rules let through of what the catalog does.
        """
        passing = max(self.value * allowed, 0.02)
        expected = math.ceil(1.3 * max(limit, pool) / passing)
        return min(MOST, max(AT_LEAST * limit, expected) + SPARE)


pass_rate = PassRate()


class Allowed:
    """Shares that rules let through, by the ids of those rules, in this process."""

    def __init__(self) -> None:
        self._rates: dict[tuple[int, ...], PassRate] = {}

    def of(self, rules: tuple[int, ...]) -> PassRate:
        """Of no rules it stays one, whatever is noted."""
        if not rules:
            return ALL
        if len(self._rates) > MOST:
            self._rates.clear()
        return self._rates.setdefault(rules, PassRate())

    def forget(self) -> None:
        self._rates.clear()


class _All(PassRate):
    def __init__(self) -> None:
        self.value = 1.0

    def note(self, asked: int, passed: int) -> None:
        """Nothing to learn."""


ALL = _All()
allowed = Allowed()


@dataclass(frozen=True)
class Asked:
    """What a chain is asked with."""

    scope: Scope
    block: BlockConfig
    place: Place
    history: VisitorHistory
    banned: frozenset[str]
    personal: bool = True
    """Whether it is made for this visitor, or the same for everyone."""

    def stream(self, n: int) -> Iterator[Candidate]:
        """Candidates of the whole chain, each item once, those allowed only."""
        seen = set(self.banned)
        for step, recommender in enumerate(self.block.chain):
            for candidate in self._proposed(step, recommender, n + len(seen)):
                if candidate.item_id not in seen:
                    seen.add(candidate.item_id)
                    yield candidate

    def _proposed(self, step: int, recommender: Step, n: int) -> Iterator[Candidate]:
        """Made one by one: of a long list mostly the first few are asked for."""
        if recommender.algorithm == "recently_viewed":
            yield from self._viewed(step, recommender)
            return
        artifact = artifacts.live(recommender.recommender())
        if artifact is None:
            return
        if recommender.algorithm == NEW:
            yield from self._arrived(step, recommender, artifact)
        if recommender.algorithm == MATCHING:
            yield from self._matched(step, recommender, artifact, n)
            return
        for question in self.questions(recommender, artifact):
            found = answer(
                artifact.knowledge,
                artifact.query_config,
                artifact.extras,
                n=n,
                **question,
            )
            slug, algorithm = recommender.slug, recommender.algorithm
            rows = enumerate(_rows(artifact, found))
            for rank, (item_id, score, because) in rows:
                yield Candidate(
                    item_id,
                    score,
                    because,
                    slug,
                    algorithm,
                    recommender.number,
                    step,
                    rank,
                )

    def questions(
        self, recommender: Step, artifact: Artifact
    ) -> Iterator[dict[str, Any]]:
        """What a model is asked with, group by group, in the words of ``answer``."""
        for group in self._groups(recommender):
            yield {
                "history": self._coded(artifact),
                "anchors": self._anchors(artifact, recommender),
                "repeats": self._repeats(recommender),
                "group": group,
            }

    def is_explored(self, candidate: Candidate) -> bool:
        """Whether it came for a place given to exploration, not because others fail."""
        return candidate.algorithm == NEW and candidate.step >= len(self.block.chain)

    def step_of(self, candidate: Candidate) -> Step | None:
        """The recommender that proposed it, also where it stands behind the chain."""
        return self.scope.configuration.recommenders.get(candidate.recommender)

    def _viewed(self, step: int, recommender: Step) -> list[Candidate]:
        return [
            Candidate(
                item_id,
                1.0 / (rank + 1),
                "",
                recommender.slug,
                "recently_viewed",
                0,
                step,
                rank,
            )
            for rank, item_id in enumerate(self.history.viewed)
        ]

    def _arrived(
        self, step: int, recommender: Step, artifact: Artifact
    ) -> list[Candidate]:
        """What the shop put on sale since the model was made."""
        newest = arrivals.ids(self.scope)
        known = artifact.ids.codes(newest) >= 0
        came = [
            each for each, is_known in zip(newest, known, strict=True) if not is_known
        ]
        return [
            Candidate(
                each, 0.0, "", recommender.slug, NEW, recommender.number, step, at
            )
            for at, each in enumerate(came)
        ]

    def _matched(
        self, step: int, recommender: Step, artifact: Artifact, n: int
    ) -> Iterator[Candidate]:
        """What holds some of the words that found nothing."""
        found = matched(artifact, self.place.query, n)
        for rank, (code, score) in enumerate(found):
            item_id = artifact.ids.texts([code])[0]
            slug, number = recommender.slug, recommender.number
            yield Candidate(item_id, score, "", slug, MATCHING, number, step, rank)

    def behind(self, slug: str, but: set[str], n: int) -> list[Candidate]:
        """What a recommender proposes that stands behind the chain."""
        recommender = self.scope.configuration.recommenders.get(slug)
        if recommender is None:
            return []
        shunned = but | self.banned
        proposed = self._proposed(len(self.block.chain), recommender, n + len(shunned))
        allowed = (each for each in proposed if each.item_id not in shunned)
        return list({each.item_id: each for each in islice(allowed, n)}.values())

    def _coded(self, artifact: Artifact) -> History:
        key = (artifact.digest, self.history.key)
        if key not in self.scope.codes:
            coded = self.history.coded(artifact.ids)
            if hears_circle(artifact.query_config):
                around = self.scope.circle(self.history.key)
                coded = replace(coded, circle=around.coded(artifact.ids))
            self.scope.codes[key] = coded
        return self.scope.codes[key]

    def _anchors(self, artifact: Artifact, recommender: Step) -> Ints:
        codes = artifact.ids.codes(self.anchor_ids(recommender))
        return codes[codes >= 0]

    def anchor_ids(self, recommender: Step) -> tuple[str, ...]:
        """The items the page is about, as far as this recommender asks for any."""
        offered = algorithm(recommender)
        if offered is None or offered.context not in {"product", "basket"}:
            return ()
        if self.place.items:
            return self.place.items
        if self.place.product_id:
            return (self.place.product_id,)
        return self.basket

    @property
    def basket(self) -> tuple[str, ...]:
        told = self.place.basket
        return self.history.basket if told is None else told

    def _repeats(self, recommender: Step) -> bool:
        if recommender.algorithm in OWN_THINGS:
            return True
        return not self.block.exclude_purchased or self.block.rebuy_days is not None

    def _groups(self, recommender: Step) -> tuple[str, ...]:
        """The page's category first; a category without its own ranking has all."""
        offered = algorithm(recommender)
        if offered is None or offered.context != "none":
            return ("",)
        wanted = self.block.same_category and self.place.category
        return (self.place.category, "") if wanted else ("",)


def _rows(artifact: Artifact, found: Candidates) -> Iterator[tuple[str, float, str]]:
    """Item, score and what led to it, some at a time: mostly the first are read."""
    for start in range(0, len(found.items), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        led = found.because[part]
        yield from zip(
            artifact.ids.texts(found.items[part]),
            found.scores[part].tolist(),
            artifact.ids.texts(led) if (led != NOBODY).any() else [""] * len(led),
            strict=True,
        )
