"""Four tones of each color a title can name: body, shade, light and paper."""

from __future__ import annotations

import re
from typing import NamedTuple
from zlib import crc32


class Tones(NamedTuple):
    body: str
    shade: str
    light: str
    paper: str


PALETTE: dict[str, Tones] = {
    "red": Tones("#d6483f", "#a8322d", "#f7d9d0", "#fbeee8"),
    "pink": Tones("#e889a4", "#c25f7f", "#fbe0e8", "#fdf0f3"),
    "rose": Tones("#cf7b86", "#a4545f", "#f6dcdc", "#fbf0ee"),
    "blue": Tones("#5b8fc0", "#3b6896", "#d8e7f3", "#ecf3f8"),
    "turquoise": Tones("#4fb0a8", "#2f837d", "#d2efeb", "#eaf6f4"),
    "green": Tones("#6d9b65", "#497345", "#dcead4", "#f0f5ea"),
    "yellow": Tones("#ecba4a", "#c08c22", "#fbeec8", "#fdf7e5"),
    "orange": Tones("#e58b4e", "#b9652c", "#fae0cb", "#fdf2e8"),
    "purple": Tones("#9a7bb5", "#71548c", "#e7dcf0", "#f4eff8"),
    "brown": Tones("#a9805a", "#7d5a3a", "#ecdcc9", "#f7f0e6"),
    "ivory": Tones("#efe3c8", "#c5b088", "#fffaf0", "#dfe8dd"),
    "cream": Tones("#f3e4bf", "#cbb27d", "#fffaf0", "#d9e7e6"),
    "white": Tones("#fdfcf9", "#b9c1c2", "#e3e9ea", "#cfdde1"),
    "black": Tones("#4a4a52", "#2c2c33", "#d9d9de", "#f1ede8"),
    "grey": Tones("#9ba3a8", "#6d767c", "#e3e7e9", "#f2f2ef"),
    "silver": Tones("#bcc5cb", "#8a959c", "#eef2f4", "#eef0f5"),
    "gold": Tones("#dcb65c", "#a88330", "#f8ecc9", "#faf4e6"),
}
WORDS = {
    "amber": "orange", "amethyst": "purple", "antique": "cream", "aqua": "turquoise",
    "beige": "cream", "bronze": "brown", "burgundy": "red", "chocolate": "brown",
    "christmas": "red", "copper": "orange", "crystal": "silver", "diamante": "silver",
    "emerald": "green", "fuschia": "pink", "gingham": "red", "gray": "grey",
    "jet": "black", "lavender": "purple", "lilac": "purple", "magenta": "pink",
    "metal": "grey", "mint": "turquoise", "natural": "brown", "navy": "blue",
    "oak": "brown", "olive": "green", "peach": "orange", "purple": "purple",
    "retrospot": "red", "ruby": "red", "rustic": "brown", "sky": "blue",
    "spaceboy": "blue", "strawberry": "red", "wicker": "brown", "wood": "brown",
    "wooden": "brown", "woodland": "green", "zinc": "grey",
}  # fmt: skip
CHOICES = ("red", "blue", "green", "yellow", "turquoise", "rose", "orange", "purple")


def color_of(title: str, key: str) -> str:
    """The first color the title names, else one that stays with the product."""
    for word in re.findall(r"[a-z]+", title.lower()):
        if word in PALETTE:
            return word
        if word in WORDS:
            return WORDS[word]
    return CHOICES[crc32(key.encode()) % len(CHOICES)]


def accent_of(title: str, first: str, key: str) -> str:
    """A second color: the next one the title names, else one that goes with it."""
    named = [w for w in re.findall(r"[a-z]+", title.lower()) if w in PALETTE]
    others = [name for name in named if name != first]
    if others:
        return others[0]
    rest = [name for name in CHOICES if name != first]
    return rest[crc32(f"{key}/accent".encode()) % len(rest)]
