"""The small kinds of charts the reports brought."""

from __future__ import annotations

from shop_personalize.admin.charts import Group, grouped, heat
from shop_personalize.admin.numbers import percent


def test_bars_of_a_group_share_one_scale_and_say_their_names() -> None:
    drawn = grouped(
        "Shares",
        ["range", "seen"],
        [Group("<new>", [0.5, 0.25]), Group("old", [0.1, 0.0])],
        write=percent,
    )
    assert drawn.count('width="50%"') == 1
    assert drawn.count('width="25%"') == 1
    assert drawn.count('width="0%"') == 1
    assert "50 % range" in drawn
    assert "&lt;new&gt;" in drawn
    assert (
        "<desc>&lt;new&gt;: range 50 %, seen 25 %; old: range 10 %, seen 0 %</desc>"
        in (drawn)
    )
    assert '<th scope="row">old</th><td>10 %</td><td>0 %</td>' in drawn


def test_groups_of_nothing_are_drawn_without_a_fault() -> None:
    assert 'width="0%"' in grouped("Shares", ["a"], [Group("x", [0.0])])


def test_what_is_not_known_yet_stays_white() -> None:
    drawn = heat("Again", ["1", "2"], [("May", [0.5, None])], write=percent)
    assert '<td class="sp-heat-5">50 %</td><td class="sp-heat-0"></td>' in drawn
