from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pyarrow.parquet as pq
import pytest

from example_project.shop.departments import DEPARTMENTS
from example_project.shop.pictures import draw, draw_motif
from example_project.shop.pictures.colors import PALETTE, color_of
from example_project.shop.pictures.motifs import MOTIFS, RULES, motif_of
from example_project.shop.pictures.patterns import pattern_of

DATA = Path(__file__).resolve().parent.parent.parent / "example_project" / "data"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("name", sorted(MOTIFS))
def test_every_motif_is_a_whole_drawing(name: str) -> None:
    root = ET.fromstring(draw_motif(name, "blue"))
    assert root.tag == f"{SVG}svg"
    assert "$" not in draw_motif(name, "blue")


def test_every_product_has_a_picture_with_its_title() -> None:
    products = pq.read_table(DATA / "products.parquet", columns=["code", "title"])
    for product in products.slice(0, 1500).to_pylist():
        svg = draw(product["title"], fallback="box", key=product["code"])
        assert ET.fromstring(svg).findtext(f"{SVG}title") == product["title"]


def test_a_title_cannot_break_out() -> None:
    svg = draw('<script>alert("x")</script> & mug', fallback="box", key="1")
    assert "<script" not in svg
    assert ET.fromstring(svg).findtext(f"{SVG}title", "").startswith("<script>")


def test_no_picture_styles_itself_inline() -> None:
    for name in MOTIFS:
        assert "style=" not in MOTIFS[name]


def test_pictures_follow_the_words() -> None:
    title = "Red Retrospot Mug"
    assert (motif_of(title, "box"), color_of(title, "x"), pattern_of(title)) == (
        "mug",
        "red",
        "spots",
    )
    assert motif_of("Zzz", "teapot") == "teapot"
    assert color_of("Zzz", "22423") == color_of("Yyy", "22423")


def test_rules_and_departments_name_motifs_that_exist() -> None:
    assert {name for name, _ in RULES} <= set(MOTIFS)
    assert {d.motif for d in DEPARTMENTS} <= set(MOTIFS)
    assert {d.color for d in DEPARTMENTS} <= set(PALETTE)
