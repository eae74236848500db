# ruff: noqa: E501  the lines are data
"""What a thing is printed with, by the words of its title."""

from __future__ import annotations

import re

from example_project.shop.pictures.colors import Tones

# Drawn on a tile of 24 × 24; $l is the light tone, $s the shade, $a the accent.
TILES = {
    "spots": (
        '<circle cx="6" cy="6" r="4" fill="$l"/><circle cx="18" cy="18" r="4" fill="$l"/>'
    ),
    "stripes": '<path d="M0 0h8v24H0zM16 0h4v24h-4z" fill="$l"/>',
    "gingham": (
        '<path d="M0 0h12v24H0z" fill="$l" opacity=".55"/>'
        '<path d="M0 0h24v12H0z" fill="$l" opacity=".55"/>'
    ),
    "hearts": (
        '<path d="M12 19C4 13 5 6 9 6c2 0 3 2 3 3 0-1 1-3 3-3 4 0 5 7-3 13z" fill="$l"/>'
    ),
    "flowers": (
        '<g fill="$l"><circle cx="12" cy="7" r="4"/><circle cx="17" cy="11" r="4"/>'
        '<circle cx="15" cy="17" r="4"/><circle cx="9" cy="17" r="4"/>'
        '<circle cx="7" cy="11" r="4"/></g><circle cx="12" cy="12.5" r="3.2" fill="$a"/>'
    ),
    "stars": (
        '<path d="M12 4l2.4 5.4 5.8.6-4.4 3.9 1.3 5.8-5.1-3-5.1 3 1.3-5.8L3.8 10l5.8-.6z"'
        ' fill="$l"/>'
    ),
    "leaves": (
        '<path d="M4 14c0-6 6-8 9-8 0 6-4 9-9 8zM12 22c0-5 5-7 8-7 0 5-3 8-8 7z" fill="$l"/>'
    ),
    "skulls": (
        '<path d="M12 4a7 7 0 0 0-4 12.600V20h8v-3.400A7 7 0 0 0 12 4z" fill="$l"/>'
        '<circle cx="9.500" cy="11.500" r="1.800" fill="$s"/>'
        '<circle cx="14.500" cy="11.500" r="1.800" fill="$s"/>'
    ),
    "paisley": (
        '<path d="M7 18c-5-6 3-14 9-11-4 1-3 4-1 6 2 3-4 9-8 5z" fill="$l"/>'
        '<circle cx="9.500" cy="14.500" r="2" fill="$a"/>'
    ),
    "strawberries": (
        '<path d="M6 9c3-3 9-3 12 0 1 5-3 10-6 11-3-1-7-6-6-11z" fill="$l"/>'
        '<path d="M8 8l4-3 4 3-4 2z" fill="$a"/>'
    ),
}
RULES = (
    ("spots", r"retro ?spots?|polka ?dots?|spott?y?|spots|dots?|toadstool|mushroom"),
    ("gingham", r"gingham|check|tartan|picnic"),
    ("stripes", r"strip\w+|deckchair|circus|seaside|union"),
    ("skulls", r"skulls?|pirate"),
    ("strawberries", r"strawberr\w+|fruit|apples?|cherr\w+|pears?"),
    ("paisley", r"paisley|baroque|kashmiri|indian|oriental|suki|mosaic"),
    ("leaves", r"woodland|leaf|leaves|forest|botanical|herb|fern|folkart|jungle"),
    ("hearts", r"hearts?|love|sweetheart|valentine|wedding|dolly"),
    ("stars", r"stars?|spaceboy|space|christmas|scandinavian|magic|night|snow\w*"),
    (
        "flowers",
        r"flowers?|floral|ros(?:e|es|ie)|dais\w+|garden|vintage|regency|blossom|peony|"
        r"bouquet|lily|english|babushka|fairy|romantic|feltcraft|victorian",
    ),
)
PATTERNS = tuple((name, re.compile(rf"\b(?:{words})\b")) for name, words in RULES)


def pattern_of(title: str) -> str:
    """The name of the print, or "" for a plain thing."""
    text = title.lower()
    return next((name for name, rule in PATTERNS if rule.search(text)), "")


def definition(name: str, tones: Tones, accent: Tones) -> str:
    """A ``<pattern id="p">`` whose ground is the body color."""
    tile = TILES.get(name, "")
    for mark, tone in (("$l", tones.light), ("$s", tones.shade), ("$a", accent.body)):
        tile = tile.replace(mark, tone)
    return (
        '<pattern id="p" width="24" height="24" patternUnits="userSpaceOnUse">'
        f'<rect width="24" height="24" fill="{tones.body}"/>{tile}</pattern>'
    )
