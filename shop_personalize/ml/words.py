"""Words of a text in any script, the same where they are learned and where asked."""

from __future__ import annotations

import re
import unicodedata
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# Letters and digits of any script; a Chinese character is a word of its own.
WORD = r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_]{2,}"
MOST_LETTERS = 24
LIKE = 0.8
SHORTEST_BEGINNING = 3
_FOUND = re.compile(WORD)


def words_of(text: str) -> Iterator[str]:
    """Words in order, without case, accents and the s of a plural; cut to 24 letters.

    Words of digits alone are left out: stock codes and years match nothing of a kind.
    """
    plain = unicodedata.normalize("NFKD", text).casefold()
    plain = unicodedata.normalize("NFKC", _without_accents(plain))
    for found in _FOUND.finditer(plain):
        word = found.group()[:MOST_LETTERS]
        if not word.isdigit():
            yield _singular(word)


def _without_accents(text: str) -> str:
    return "".join(each for each in text if not unicodedata.combining(each))


def _singular(word: str) -> str:
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word


def nearest(word: str, known: Sequence[str], most: int = 3) -> list[str]:
    """Known words meant by a word that is not among them: longer ones, or misspelled.

    ``known`` should be few: those with the same first letter.
    """
    if len(word) >= SHORTEST_BEGINNING:
        longer = [each for each in known if each.startswith(word)]
        if longer:
            return sorted(longer, key=lambda each: (len(each), each))[:most]
    same = [each for each in known if abs(len(each) - len(word)) <= 2]
    return get_close_matches(word, same, most, LIKE)
