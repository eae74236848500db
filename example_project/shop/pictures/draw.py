from __future__ import annotations

from functools import lru_cache
from zlib import crc32

from django.utils.html import escape

from example_project.shop.pictures.colors import PALETTE, Tones, accent_of, color_of
from example_project.shop.pictures.motifs import MOTIFS, motif_of
from example_project.shop.pictures.patterns import definition, pattern_of

FIRST_EDITION = 1


def edition() -> str:
    """Changes with the drawings, so browsers fetch them anew."""
    return f"{FIRST_EDITION}-{crc32(repr(MOTIFS).encode()):x}"


@lru_cache(maxsize=2048)
def draw(title: str, *, fallback: str, key: str) -> str:
    """The picture of a product: its thing, in its color, with its print."""
    color = color_of(title, key)
    accent = PALETTE[accent_of(title, color, key)]
    pattern = pattern_of(title)
    return _svg(title, motif_of(title, fallback), PALETTE[color], accent, pattern)


@lru_cache(maxsize=512)
def draw_motif(motif: str, color: str) -> str:
    """A motif alone, for the doors of the categories."""
    tones = PALETTE.get(color, PALETTE["blue"])
    accent = PALETTE["yellow" if color != "yellow" else "red"]
    name = motif if motif in MOTIFS else "box"
    return _svg(name, name, tones, accent, "spots" if name in PRINTED else "")


PALE = frozenset(PALETTE[name].body for name in ("white", "ivory", "cream"))
PRINTED = frozenset({"bag", "teapot", "cushion", "bunting", "box", "bauble", "rocket"})


def _svg(title: str, motif: str, tones: Tones, accent: Tones, pattern: str) -> str:
    drawing = MOTIFS[motif]
    halo = ".25" if tones.body in PALE else ".55"
    marks = {
        "$p": "url(#p)" if pattern else tones.body,
        "$b": tones.body,
        "$s": tones.shade,
        "$l": tones.light,
        "$a": accent.body,
        "$d": accent.shade,
        "$w": accent.light,
    }
    for mark, tone in marks.items():
        drawing = drawing.replace(mark, tone)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 200" role="img">'
        f"<title>{escape(title)}</title>"
        f"<defs>{definition(pattern, tones, accent)}</defs>"
        f'<rect width="200" height="200" fill="{tones.paper}"/>'
        f'<circle cx="100" cy="98" r="78" fill="#fff" opacity="{halo}"/>'
        '<ellipse cx="100" cy="172" rx="56" ry="6" opacity=".16"'
        f' fill="{tones.shade}"/>'
        f"{drawing}</svg>"
    )
