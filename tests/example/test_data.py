from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pyarrow.parquet as pq

from example_project.data.categories import OTHER, category
from example_project.data.cleaning import FIRST_SHEET_ROWS, Row, clean, repeated
from example_project.data.titles import nice

DATA = Path(__file__).resolve().parent.parent.parent / "example_project" / "data"
REPORT = json.loads((DATA / "report.json").read_text())


def row(**given: object) -> Row:
    values = {
        "invoice": "500000",
        "code": "85123A",
        "description": "WHITE HANGING HEART",
        "quantity": 6,
        "at": datetime(2010, 5, 1, 10, 0),  # noqa: DTZ001
        "price": 2.55,
        "customer": 17850,
        "country": "United Kingdom",
    }
    return Row(**{**values, **given})  # type: ignore[arg-type]


def test_every_raw_line_has_exactly_one_reason() -> None:
    counted = sum(REPORT["kept"].values()) + sum(REPORT["left_out"].values())
    assert counted == REPORT["raw_rows"] == 1_067_371


def test_the_shards_hold_what_the_report_says() -> None:
    tables = {
        name: pq.read_table(DATA / f"{name}.parquet")
        for name in ("products", "orders", "lines")
    }
    assert tables["lines"].num_rows == REPORT["order_lines"] == 1_018_004
    assert tables["orders"].num_rows == REPORT["orders"] == 39_891
    assert sum(tables["orders"]["lines"].to_pylist()) == 1_018_004
    assert tables["products"].num_rows == REPORT["products"] + REPORT["services"]
    assert tables["orders"]["customer"].null_count == REPORT["guest_orders"] == 2922


def test_the_shards_are_small() -> None:
    assert sum(f.stat().st_size for f in DATA.glob("*.parquet")) <= 8_000_000


def test_few_products_find_no_category() -> None:
    assert REPORT["categories"][OTHER] / REPORT["products"] < 0.01
    assert len(REPORT["categories"]) == 21


def test_returns_take_back_the_purchase_they_belong_to() -> None:
    rows = [
        row(),
        row(invoice="500001", at=datetime(2010, 5, 2, 10, 0), price=3.0),  # noqa: DTZ001
        row(invoice="C500002", quantity=-8, at=datetime(2010, 5, 3, 10, 0)),  # noqa: DTZ001
    ]
    lines = clean(rows).lines
    assert [(line.row.price, line.refunded) for line in lines] == [(2.55, 6), (3.0, 2)]


def test_what_is_left_out_says_why() -> None:
    rows = [
        row(quantity=-3),
        row(price=0.0),
        row(description=""),
        row(code="POST", customer=None),
        row(code="POST"),
        row(invoice="A563185"),
        row(invoice="C500009", quantity=-1, customer=None),
    ]
    cleaned = clean(rows)
    reasons = {reason: n for reason, n in cleaned.left_out.items() if n}
    assert reasons == {
        "stock corrections (negative quantity, no return)": 1,
        "no price (samples, damages, gifts)": 1,
        "no description": 1,
        "postage, fees and tests without a customer": 1,
        "bad debt adjustments": 1,
        "returns without a customer": 1,
    }
    assert dict(cleaned.kept) == {"customer order lines, services": 1}


def test_only_the_second_sheet_repeats() -> None:
    rows = [row()] * FIRST_SHEET_ROWS + [row(code="22423"), row()]
    assert repeated(rows) == {FIRST_SHEET_ROWS + 1}
    assert repeated([row(), row()]) == set()


def test_titles_are_for_people() -> None:
    assert nice("S/6 T-LIGHTS , ASSTD COL") == "Set of 6 T-Lights, Assorted Colour"
    assert nice("FRYING PAN 15CM W LID") == "Frying Pan 15cm with Lid"
    assert nice("PINK B'FLY LED LIGHT") == "Pink Butterfly LED Light"
    assert nice("SET 10 CARDS DAVID'S MADONNA") == "Set of 10 Cards David's Madonna"


def test_categories_know_the_thing_from_its_dress() -> None:
    assert category("Red Retrospot Mug") == "tea-coffee"
    assert category("Set of 2 Tea Towels Apples") == "textiles"
    assert category("Christmas Tree T-Light Holder") == "christmas"
    assert category("Jumbo Bag Red Retrospot") == "bags"
    assert category("Zzz") == OTHER
