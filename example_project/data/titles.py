"""Descriptions were typed in capitals and cut short; titles are for people."""

from __future__ import annotations

import re

WHOLE = (
    (r"\bSET\s*(?:/|OF)\s*(\d+)", r"SET OF \1"),
    (r"\bS/(\d+)", r"SET OF \1"),
    (r"\bSET (\d+)\b(?!\s*(?:CM|PIECE))", r"SET OF \1"),
    (r"\bPK/?(\d+)", r"PACK OF \1"),
    (r"\bASS(?:TD?|ORTD)?\b\.?", "ASSORTED"),
    (r"\bB['`]FLY\b", "BUTTERFLY"),
    (r"\bP['`]WEIGHT\b", "PAPERWEIGHT"),
    (r"\bC/COVER\b", "CUSHION COVER"),
    (r"\bXMAS\b", "CHRISTMAS"),
    (r"\bNECKL(?:AC)?\b", "NECKLACE"),
    (r"\bBRACEL\b", "BRACELET"),
    (r"\bTURQ\b", "TURQUOISE"),
    (r"\bCOL\b", "COLOUR"),
    (r"\bDES(?:GN)?\b", "DESIGN"),
    (r"\bDEC\b", "DECORATION"),
    (r"\bW/", "WITH "),
    (r"(?<=[A-Z\d] )W(?= [A-Z])(?! STR)", "WITH"),
    (r"\bSQU\b", "SQUARE"),
    (r"\s*,\s*", ", "),
    (r"^[\s,.*]+|[\s,.*]+$", ""),
    (r"\s+", " "),
)
SMALL = frozenset(
    ("a", "an", "and", "at", "de", "des", "du", "for", "from", "in", "la", "le", "les",
     "of", "on", "or", "the", "to", "with")
)  # fmt: skip
CAPITALS = frozenset(
    ("LED", "DIY", "UK", "USA", "CD", "TV", "BBQ", "3D", "2D", "II", "CRUK", "A4", "A5",
     "A6", "A7", "DVD", "SOS", "XL")
)  # fmt: skip
UNIT = re.compile(r"^\d[\dXCM./]*(?:CM|MM|ML|M|KG|G|L|PC|PCS)$|^\d+'S$")


def nice(description: str) -> str:
    """``"S/6 T-LIGHTS, ASSTD COL"`` → ``"Set of 6 T-Lights, Assorted Colour"``."""
    text = description.upper()
    for pattern, replacement in WHOLE:
        text = re.sub(pattern, replacement, text)
    words = text.split(" ")
    return " ".join(_word(word, first=at == 0) for at, word in enumerate(words))


def _word(word: str, *, first: bool) -> str:
    if word.strip(",.()") in CAPITALS:
        return word
    if UNIT.match(word):
        return word.lower()
    if word.lower() in SMALL and not first:
        return word.lower()
    # str.title() would capitalize after the apostrophe of "DAVID'S" too.
    return re.sub(r"[A-Z]+(?:'[A-Z]+)?", lambda m: m.group().capitalize(), word)
