"""Charts, to the pixel: what is drawn is what was measured."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from django.utils.translation import override

from shop_personalize.admin.charts import (
    Bar,
    Dot,
    Series,
    bars,
    dots,
    funnel,
    heat,
    histogram,
    line,
    sparkline,
)
from shop_personalize.admin.charts.heat import shade
from shop_personalize.admin.charts.scale import nice_step, ticks


def parsed(markup: str) -> ET.Element:
    return ET.fromstring(f"<x>{markup}</x>")


def rects(markup: str) -> list[tuple[str, str]]:
    return [(r.attrib["x"], r.attrib["width"]) for r in parsed(markup).iter("rect")]


def texts(markup: str) -> list[str]:
    return [t.text or "" for t in parsed(markup).iter("text")]


def test_bars_start_at_zero_and_the_longest_fills_74_percent() -> None:
    drawn = bars("Sales", [Bar("Home", 200), Bar("Basket", 50)])
    assert rects(drawn) == [("0%", "74%"), ("0%", "18.5%")]
    assert texts(drawn) == ["Home", "200", "Basket", "50"]


def test_a_negative_bar_goes_to_the_left_of_the_common_zero() -> None:
    drawn = bars("Change", [Bar("up", 30), Bar("down", -10)])
    assert rects(drawn) == [("18.5%", "55.5%"), ("0%", "18.5%")]


def test_bars_of_nothing_have_no_length() -> None:
    assert rects(bars("Sales", [Bar("Home", 0)])) == [("0%", "0%")]
    assert rects(bars("Sales", [])) == []


def test_a_funnel_says_which_share_of_the_step_before_is_left() -> None:
    drawn = funnel("Way", [("seen", 1000), ("clicked", 40), ("bought", 10)])
    assert texts(drawn) == [
        "seen",
        "1,000",
        "clicked",
        "40 · 4 %",
        "bought",
        "10 · 25 %",
    ]
    assert [width for _x, width in rects(drawn)] == ["74%", "2.96%", "0.74%"]


def test_a_funnel_after_nothing_divides_by_nothing() -> None:
    assert texts(funnel("Way", [("seen", 0), ("clicked", 0)])) == [
        "seen",
        "0",
        "clicked",
        "0",
    ]


def test_a_line_runs_from_zero_to_a_round_number() -> None:
    drawn = line("Clicks", ["a", "b", "c"], [Series("now", [0, 15, 30])])
    root = parsed(drawn)
    assert [p.attrib["points"] for p in root.iter("polyline")] == ["0,166 50,91 100,16"]
    assert texts(drawn) == ["0", "10", "20", "30", "now 30", "a", "b", "c"]
    assert [c.attrib["cx"] for c in root.iter("circle")] == ["0%", "50%", "100%"]


def test_a_gap_parts_the_line_instead_of_inventing_a_value() -> None:
    drawn = line("Clicks", list("abcde"), [Series("now", [10, 10, None, 5, 5])])
    points = [p.attrib["points"] for p in parsed(drawn).iter("polyline")]
    assert points == ["0,16 25,16", "75,91 100,91"]


def test_a_band_goes_there_along_the_top_and_back_along_the_bottom() -> None:
    drawn = line(
        "Forecast", ["a", "b"], [Series("f", [10, 20], band=([0, 10], [20, 30]))]
    )
    polygon = next(parsed(drawn).iter("polygon"))
    assert polygon.attrib["points"] == "0,66 100,16 100,116 0,166"


def test_a_band_alone_has_its_limits_among_the_numbers() -> None:
    drawn = line(
        "F", ["a", "b"], [Series("80 %", [None, None], band=([1, None], [3, None]))]
    )
    root = parsed(drawn)
    assert [td.text for td in root.iter("td")] == ["1\N{EN DASH}3", "\N{EN DASH}"]
    assert list(root.iter("polyline")) == []


def test_events_are_marked_where_they_happen_with_their_name() -> None:
    given = [(1, "Christmas"), (7, "Outside")]
    drawn = line("F", ["a", "b", "c"], [Series("x", [1, 2, 3])], events=given)
    marks = [m for m in parsed(drawn).iter("line") if m.attrib["class"] == "sp-event"]
    assert [(m.attrib["x1"], m.attrib["y1"], m.attrib["y2"]) for m in marks] == [
        ("50%", "16", "166")
    ]
    assert marks[0][0].text == "Christmas"


def test_labels_of_lines_that_end_together_do_not_overlap() -> None:
    drawn = line("Two", ["a", "b"], [Series("x", [0, 30]), Series("y", [0, 30])])
    ends = [
        float(t.attrib["y"])
        for t in parsed(drawn).iter("text")
        if t.attrib.get("class", "").startswith("sp-value")
    ]
    assert ends == [11.0, 25.0]


def test_one_point_stands_in_the_middle_and_none_draws_the_axes() -> None:
    one = parsed(line("One", ["a"], [Series("x", [5])]))
    assert next(one.iter("circle")).attrib["cx"] == "50%"
    assert texts(line("None", [], [])) == ["0", "1"]


def test_a_histogram_stands_on_zero_and_names_its_largest() -> None:
    drawn = histogram("Hours", [("a", 5), ("b", 10), ("c", 0), ("d", 1)])
    found = [
        (r.attrib["x"], r.attrib["y"], r.attrib["height"])
        for r in parsed(drawn).iter("rect")
    ]
    assert found == [
        ("2.5%", "73", "55"),
        ("27.5%", "18", "110"),
        ("52.5%", "128", "0"),
        ("77.5%", "117", "11"),
    ]
    assert texts(drawn) == ["10", "a", "c", "d"]


def test_a_sparkline_ends_in_its_last_number() -> None:
    drawn = sparkline("quality", [0.0, 0.1, 0.2])
    assert 'points="3,21 48,12 93,3"' in drawn
    assert "".join(parsed(drawn).itertext()).endswith(" 0.200")
    assert sparkline("quality", [0.2]) == "0.200"
    assert sparkline("quality", []) == "\N{EN DASH}"


@pytest.mark.parametrize(
    ("value", "expected"), [(0, 0), (1, 1), (20, 1), (21, 2), (99, 5), (100, 5)]
)
def test_heat_has_five_equal_shades_and_white_for_nothing(
    value: float, expected: int
) -> None:
    assert shade(value, 100) == expected


def test_heat_is_a_table() -> None:
    drawn = heat("Week", ["Mon", "Tue"], [("9", [0, 4])])
    cells = [(c.attrib["class"], c.text) for c in parsed(drawn).findall(".//tbody//td")]
    assert cells == [("sp-heat-0", None), ("sp-heat-5", "4")]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0.15], [0, 0.05, 0.1, 0.15]),
        ([7], [0, 2.5, 5, 7.5]),
        ([1000], [0, 500, 1000]),
        ([-10, 10], [-10, 0, 10]),
        ([], [0, 1]),
        ([0], [0, 1]),
    ],
)
def test_ticks_are_round_and_hold_zero(
    values: list[float], expected: list[float]
) -> None:
    assert ticks(values) == expected


def test_a_step_divides_the_span_into_at_most_three() -> None:
    assert [nice_step(span) for span in (3, 7, 0.9)] == [1, 2.5, pytest.approx(0.5)]


def test_numbers_are_written_as_the_reader_does_and_coordinates_never() -> None:
    with override("de"):
        drawn = bars("Umsatz", [Bar("Start", 1234.5), Bar("Korb", 0.25)])
    assert texts(drawn) == ["Start", "1.234", "Korb", "0,250"]
    assert rects(drawn)[1] == ("0%", "0.01%")


def test_every_figure_says_its_numbers_to_a_screen_reader() -> None:
    drawn = bars("Sales", [Bar("Home", 200)])
    root = parsed(drawn)
    assert root.findtext(".//svg/title") == "Sales"
    assert root.findtext(".//svg/desc") == "Home 200"
    assert [c.text for c in root.findall(".//tbody//*")][1:] == ["Home", "200"]


def test_a_label_from_outside_is_escaped_and_nothing_is_styled_inline() -> None:
    drawn = bars("Sales", [Bar("<script>", 1)])
    assert "<script>" not in drawn
    assert not re.search(r"style=|\son\w+=", drawn)


ROWS = [
    Dot("Walk", 0.12, 0.1, 0.15, marked=True),
    Dot("Blend", 0.08),
    Dot("Best sellers", 0.04, 0.02, 0.05, tone="quiet"),
]


def test_dots_stand_on_one_scale_from_zero_with_their_intervals() -> None:
    drawn = parsed(dots("Score", ROWS, write=lambda value: f"{value:.2f}"))
    # the scale runs from 0 to 0.15 between 1 and 99 percent
    at = [circle.attrib["cx"] for circle in drawn.iter("circle")]
    assert at == ["79.4%", "53.27%", "27.13%"]
    lines = [
        (line.attrib["x1"], line.attrib["x2"])
        for line in drawn.iter("line")
        if "sp-line" in line.attrib["class"]
    ]
    assert lines == [
        ("66.33%", "99%"),
        ("53.27%", "53.27%"),
        ("14.07%", "33.67%"),
    ]


def test_the_dot_that_was_taken_is_larger_and_named_so() -> None:
    drawn = dots("Score", ROWS, write=lambda value: f"{value:.2f}")
    sizes = [circle.attrib["r"] for circle in parsed(drawn).iter("circle")]
    assert sizes == ["6", "4", "4"]
    named = [text for text in texts(drawn) if text[0] not in "0123456789"]
    assert named == ["✔ Walk", "Blend", "Best sellers"]


def test_dots_are_told_in_words_and_as_a_table() -> None:
    drawn = parsed(dots("Score", ROWS, write=lambda value: f"{value:.2f}"))
    spoken = [each.text for each in drawn.iter("desc")]
    assert spoken == ["Walk 0.12; Blend 0.08; Best sellers 0.04"]
    cells = [[cell.text for cell in row] for row in drawn.iter("tr")]
    assert cells[1:] == [
        ["✔ Walk", "0.12", "0.10–0.15"],
        ["Blend", "0.08", None],
        ["Best sellers", "0.04", "0.02–0.05"],
    ]


def test_dots_of_nothing_are_an_empty_scale() -> None:
    drawn = dots("Score", [])
    assert [each.tag for each in parsed(drawn).iter("circle")] == []
    assert texts(drawn) == ["0", "1"]
