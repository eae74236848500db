"""Products for words that found nothing: what some of them, or words like them, say."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import unquote

from shop_personalize.ml.knowledge import Query, Ranking
from shop_personalize.ml.words import nearest, words_of

if TYPE_CHECKING:
    from shop_personalize.artifacts import Artifact

MOST_WORDS = 8
MOST_LETTERS = 200
A_WORD = 60
"""How many products of a word are looked at."""
MOST_NEAR = 1000
"""Among how many words one that is not known is looked for: a few milliseconds."""
GUESSED = 0.5
"""What a word that was guessed counts beside one that was typed."""
ENDING = re.compile(r"\.[a-z0-9]{1,5}$")


def words_of_path(path: str) -> str:
    """The words of an address that leads nowhere: ``/gifts/red-mug.html`` → red mug."""
    plain = ENDING.sub("", unquote(path)[:MOST_LETTERS].lower())
    spaced = re.sub(r"[\W_]+", " ", plain)
    return " ".join(islice(words_of(spaced), MOST_WORDS))


def matched(artifact: Artifact, query: str, n: int) -> list[tuple[int, float]]:
    """Item codes and scores, those that match most first; none without a query."""
    known = artifact.knowledge
    if not isinstance(known, Ranking):
        return []
    found: dict[int, float] = {}
    asked = dict.fromkeys(words_of(query[:MOST_LETTERS]))
    for word in islice(asked, MOST_WORDS):
        for meant, weight in _meant(known, word):
            best = known.candidates(Query(group=meant), A_WORD)
            for code, score in zip(best.items, best.scores, strict=True):
                found[int(code)] = found.get(int(code), 0.0) + weight * float(score)
    return sorted(found.items(), key=lambda each: (-each[1], each[0]))[:n]


def _meant(known: Ranking, word: str) -> list[tuple[str, float]]:
    """The word itself, else known words like it."""
    name, groups = word.encode(), known.groups
    at = int(groups.searchsorted(name))
    if at < len(groups) and groups[at] == name:
        return [(word, 1.0)]
    near = _beginning(known, word[:1])
    if len(near) > MOST_NEAR:
        near = _beginning(known, word[:2])[:MOST_NEAR]
    return [(each, GUESSED) for each in nearest(word, near)]


def _beginning(known: Ranking, letters: str) -> list[str]:
    name = letters.encode()
    start, stop = known.groups.searchsorted([name, name + b"\xff"])
    return [bytes(each).decode() for each in known.groups[start:stop]]
