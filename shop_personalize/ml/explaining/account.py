"""What an explanation is made of."""

from __future__ import annotations

from dataclasses import dataclass, replace

FROM_ITEM, FROM_OWN_PAST, FROM_LIST = "item", "own past", "list"


@dataclass(frozen=True)
class Part:
    """An amount of a score and its source.

    ``kind`` is ``FROM_ITEM`` (an item of the history or of the page, ``source`` its
    code), ``FROM_OWN_PAST`` (it was bought before), ``FROM_LIST`` (it is what a list of
    the shop says; ``source`` is -1).
    """

    kind: str
    source: int
    amount: float


@dataclass(frozen=True)
class Effect:
    """What a fact about a candidate adds to the log odds that a ranker gives it."""

    name: str
    amount: float


@dataclass(frozen=True)
class Account:
    """One item's score, its parts (largest first) and whether they are exact.

    ``people``: at least so many past histories stand behind it, where they are counted;
    ``recommenders`` are the parts of a mixture by name, with the amount of each in the
    sum; ``effects`` are a ranker's, approximate.
    """

    item: int
    score: float
    parts: tuple[Part, ...] = ()
    exact: bool = True
    people: int = 0
    recommenders: tuple[tuple[str, float], ...] = ()
    effects: tuple[Effect, ...] = ()

    @property
    def shares(self) -> tuple[tuple[Part, float], ...]:
        """Each part with its share of all that speaks for the item, 0 to 1."""
        total = sum(part.amount for part in self.parts if part.amount > 0)
        return tuple(
            (part, max(part.amount, 0.0) / total if total else 0.0)
            for part in self.parts
        )

    def scaled(self, factor: float) -> Account:
        """The same with every amount and the score times ``factor``."""
        parts = tuple(replace(p, amount=p.amount * factor) for p in self.parts)
        return replace(self, score=self.score * factor, parts=parts)


def ordered(parts: list[Part]) -> tuple[Part, ...]:
    """One part a source, largest first; what adds nothing is left out."""
    sums: dict[tuple[str, int], float] = {}
    for part in parts:
        key = (part.kind, part.source)
        sums[key] = sums.get(key, 0.0) + part.amount
    found = [Part(kind, source, amount) for (kind, source), amount in sums.items()]
    kept = [part for part in found if part.amount]
    return tuple(sorted(kept, key=lambda part: (-part.amount, part.kind, part.source)))
