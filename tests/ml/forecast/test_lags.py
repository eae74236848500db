"""The numbers a learner sees, and that none of them knows what came later."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop_personalize.ml.forecast.lags import Lags
from shop_personalize.ml.forecast.lags_running import Running
from shop_personalize.ml.forecast.lags_table import windows_of
from shop_personalize.ml.forecast.panel import Panel, PanelError

NAN = np.nan


def numbers(
    panel: Panel, origin: int, target: int, lags: Lags | None = None
) -> dict[str, Any]:
    """Every number of every series for one origin and target, by name."""
    made = (lags or Lags()).of(panel)
    origins, targets = np.array([origin]), np.array([target])
    level = made.level(origins, targets)
    return {
        name: values[:, 0].tolist()
        for name, values in made.columns(origins, targets, level)
    }


def weeks(count: int = 20) -> Panel:
    """1, 2, 3, … and ten of it; two windows long."""
    steps = np.arange(1.0, count + 1)
    return Panel(np.stack([steps, 10 * steps]), season=1)


def test_windows_fit_the_rhythm() -> None:
    assert windows_of(7) == (7, 14, 28, 84, 182, 364)
    assert windows_of(52) == (2, 4, 8, 13, 26, 52)
    assert windows_of(1) == (2, 4, 8, 16, 32)


def test_everything_is_told_relative_to_the_level() -> None:
    found = numbers(weeks(), 20, 22)
    # Means of the last 8 and 16 are 16.5 and 12.5.
    level = (16.5 + 12.5) / 2
    assert found["step"] == [3.0, 3.0]
    assert found["level"][0] == pytest.approx(np.log(level))
    assert found["1 ago"][0] == pytest.approx(20 / level)
    assert found["mean of 4"][0] == pytest.approx(18.5 / level)
    assert found["least of 8"][0] == pytest.approx(13 / level)
    assert found["median of 8"][0] == pytest.approx(16.5 / level)
    assert found["most of 8"][0] == pytest.approx(20 / level)
    assert found["deviation of 8"][0] == pytest.approx(np.std(range(8)) / level)
    assert found["age"] == [20.0, 20.0]
    assert found["1 ago"][1] == pytest.approx(200 / 145)


def test_a_window_ends_at_its_origin_and_begins_with_the_series() -> None:
    values = np.array([[NAN, NAN, 4.0, 0.0, 8.0, 100.0]])
    found = numbers(Panel(values, season=1), 5, 5)
    level = 4
    assert found["mean of 2"][0] == pytest.approx(4 / level)
    assert found["mean of 32"][0] == pytest.approx(4 / level)
    assert found["share sold of 8"][0] == pytest.approx(2 / 3)
    assert found["age"] == [3.0]


def test_the_level_is_never_next_to_nothing() -> None:
    values = np.full((3, 20), 100.0)
    values[2, 2:] = 0
    panel = Panel(values)
    level = Lags().of(panel).level(np.array([20]), np.array([20]))
    assert level[:, 0].tolist() == [100, 100, 2]


def test_a_year_ago_is_told_around_the_target() -> None:
    values = np.arange(1.0, 31.0)[None]
    found = numbers(Panel(values, season=12), 30, 31)
    level = (27.5 + 24.5) / 2
    assert found["a year ago"][0] == pytest.approx(20 / level)
    assert found["around a year ago"][0] == pytest.approx(20 / level)
    # The last six are 25 to 30 against 13 to 18 a year before.
    floor = 0.02 * 15.5
    assert found["growth of a year"][0] == pytest.approx(
        (27.5 + floor) / (15.5 + floor)
    )
    assert found["all: season"][0] == pytest.approx(20 / 15.5)


def test_a_year_ago_that_lies_after_the_origin_is_not_known() -> None:
    found = numbers(Panel(np.arange(1.0, 31.0)[None], season=12), 5, 20)
    assert np.isnan(found["a year ago"][0])
    assert np.isnan(found["around a year ago"][0])


def test_cells_are_positions_in_the_season_and_named_drivers() -> None:
    values = np.tile([1.0, 2.0, 3.0, 4.0], 10)[None]
    promotion = np.tile([0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0], 6)[:44]
    panel = Panel(values + 10 * promotion[:40], season=4, drivers={"promo": promotion})
    lags = Lags(scale="log", cells=("promo",))
    made = lags.of(panel)
    targets = np.arange(40, 44)
    level = made.level(np.full(4, 40), targets)
    # Weeks 40 to 43 have no promotion: those without one had 1, 2, 3, 4.
    np.testing.assert_allclose(np.exp(level[0]) - made.small[0], [1, 2, 3, 4])
    assert made.units_of(np.zeros((1, 4)), level)[0].tolist() == pytest.approx(
        [1, 2, 3, 4]
    )


def test_closed_periods_count_in_no_mean() -> None:
    values = np.array([[5.0, 0.0, 7.0, 0.0, 9.0, 0.0]])
    closed = np.array([1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0])
    panel = Panel(values, season=1, drivers={"open": closed})
    lags = Lags(open="open")
    found = numbers(panel, 6, 6, lags)
    level = 7
    assert found["mean of 4"][0] == pytest.approx(8 / level)
    assert np.isnan(found["1 ago"][0])
    assert lags.open_share(panel, np.array([6, 7])).tolist() == [[1, 0]]


def test_a_period_open_in_part_is_told_as_a_whole_one() -> None:
    values = np.array([[6.0, 3.0, 6.0, 2.0, 0.0, 6.0]])
    share = np.array([1.0, 0.5, 1.0, 1 / 3, 0.0, 1.0, 2 / 3])
    panel = Panel(values, season=1, drivers={"open": share})
    lags = Lags(open="open")
    np.testing.assert_allclose(lags.whole(panel), [[6, 6, 6, 6, NAN, 6]])
    made = lags.of(panel)
    found = numbers(panel, 6, 6, lags)
    assert found["level"][0] == pytest.approx(np.log(6))
    assert found["deviation of 8"][0] == pytest.approx(0, abs=1e-6)
    assert found["open"] == [pytest.approx(2 / 3)]
    assert made.pool.tolist() == pytest.approx([6, 6, 6, 6, 0, 6])


def test_a_share_of_more_than_all_is_refused() -> None:
    panel = Panel(np.ones((1, 3)), drivers={"open": np.array([1.0, 6.0, 1.0])})
    with pytest.raises(PanelError, match="'open' must be a share from 0 to 1, not 6"):
        Lags(open="open").of(panel)


def test_the_level_leans_to_the_recent_as_far_as_asked() -> None:
    # Means of the last 8 and 16 are 16.5 and 12.5.
    for recent, level in ((0.0, 12.5), (0.75, 15.5), (1.0, 16.5)):
        found = numbers(weeks(), 20, 22, Lags(recent=recent))
        assert found["level"][0] == pytest.approx(np.log(level))
    with pytest.raises(PanelError, match="recent must be a share from 0 to 1, not 2"):
        Lags(recent=2).of(weeks())


def test_the_position_in_the_season_may_stay_untold() -> None:
    panel = Panel(np.ones((1, 30)), season=12)
    assert numbers(panel, 30, 31)["position"] == [7]
    assert "position" not in numbers(panel, 30, 31, Lags(position=False))


def test_what_counts_units_is_told_like_sales() -> None:
    back = np.arange(20.0)[None]
    panel = Panel(np.full((1, 20), 10.0), season=1, past={"returns": back})
    found = numbers(panel, 20, 21, Lags(in_units=("returns",)))
    told = {name: value[0] for name, value in found.items() if "returns" in name}
    means = {"4": 1.75, "8": 1.55, "16": 1.15}
    assert told == {
        f"returns: mean of {window}": pytest.approx(mean)
        for window, mean in means.items()
    }
    with pytest.raises(PanelError, match="no past 'visits' in the panel; there are: r"):
        Lags(in_units=("visits",)).of(panel)


def test_switches_tell_how_far_away_they_are() -> None:
    promotion = np.array([0, 0, 1, 1, 0, 0, 0, 0, 1, 0], np.float64)
    panel = Panel(np.ones((1, 7)), season=1, drivers={"promo": promotion})
    found = numbers(panel, 5, 6)
    assert found["promo"] == [0.0]
    assert found["promo around"][0] == pytest.approx(2 / 7)
    assert found["promo: since on"] == [3.0]
    assert found["promo: until on"] == [2.0]
    assert found["promo: since off"] == [0.0]
    assert found["promo: until off"] == [0.0]


def test_a_price_is_told_beside_the_usual() -> None:
    price = np.array([[10.0, 10.0, 12.0, 8.0, 5.0]])
    panel = Panel(np.ones((1, 4)), season=1, drivers={"price": price})
    found = numbers(panel, 4, 4)
    assert found["price"] == [5.0]
    assert found["price beside the usual"] == [0.5]


def test_what_is_constant_is_told_once() -> None:
    panel = Panel(np.ones((2, 4)), drivers={"size": np.full((2, 5), 3.0)})
    names = [name for name in numbers(panel, 4, 4) if name.startswith("size")]
    assert names == ["size"]


def test_what_was_seen_beside_the_sales() -> None:
    people = np.array([[3.0, 3.0, 3.0, 3.0, 7.0, 7.0, 7.0, 7.0]])
    panel = Panel(np.ones((1, 8)), past={"customers": people})
    found = numbers(panel, 8, 8)
    usual = (np.log(8) + np.log(4)) / 2
    assert found["customers as usual"][0] == pytest.approx(usual)
    late = found["customers of 4 beside the usual"][0]
    assert late == pytest.approx(np.log(8) - usual)


def test_a_driver_that_ends_too_early_says_by_how_much() -> None:
    panel = Panel(np.ones((1, 6)), drivers={"promo": np.ones(7)})
    with pytest.raises(PanelError, match="'promo' ends 3 periods before the horizon"):
        numbers(panel, 6, 9)


def test_an_unknown_driver_is_named() -> None:
    panel = Panel(np.ones((1, 6)), drivers={"promo": np.ones(7)})
    with pytest.raises(
        PanelError, match="no driver 'open' in the panel; there are: promo"
    ):
        Lags(open="open").of(panel)


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 2**31),
    origin=st.integers(3, 39),
    ahead=st.integers(0, 6),
    season=st.sampled_from([1, 4, 7, 12]),
    scale=st.sampled_from(["ratio", "log"]),
)
def test_nothing_after_the_origin_is_seen(
    seed: int, origin: int, ahead: int, season: int, scale: Any
) -> None:
    """Whatever was sold later, and seen beside it, the numbers are the same.

    The measures of the whole panel (its floor, and what is added before a logarithm)
    are part of the unit, so the later values are shuffled, not changed.
    """
    draw = np.random.default_rng(seed)
    values = draw.poisson(3.0, (3, 40)).astype(np.float64) + 1
    price = draw.uniform(1, 9, (3, 47))
    past = draw.poisson(2.0, (3, 40)).astype(np.float64)
    panel = Panel(
        values, season=season, drivers={"price": price}, past={"customers": past}
    )
    order = np.concatenate([np.arange(origin), origin + draw.permutation(40 - origin)])
    later = replace(
        panel, values=values[:, order], past={"customers": past[:, order[::1]]}
    )
    lags = Lags(scale=scale)
    before = numbers(panel, origin, origin + ahead, lags)
    after = numbers(later, origin, origin + ahead, lags)
    assert before.keys() == after.keys()
    for name, found in before.items():
        np.testing.assert_allclose(after[name], found, rtol=1e-9, err_msg=name)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**31), width=st.integers(1, 9))
def test_running_windows_equal_the_plain_ones(seed: int, width: int) -> None:
    draw = np.random.default_rng(seed)
    values = draw.normal(5, 2, (2, 15))
    counted = draw.random((2, 15)) < 0.7
    run = Running(values, counted)
    end = np.arange(16)
    least, middle, most = run.order(end, width)
    for place, stop in enumerate(end):
        for row in range(2):
            part = slice(max(stop - width, 0), stop)
            known = values[row, part][counted[row, part]]
            found = [
                table[row, place]
                for table in (
                    run.mean(end - width, end),
                    run.deviation(end - width, end),
                    least,
                    middle,
                    most,
                )
            ]
            if len(known):
                plain = [known.mean(), known.std(), known.min(), np.median(known)]
                np.testing.assert_allclose(
                    found, [*plain, known.max()], rtol=1e-6, atol=1e-6
                )
            else:
                assert np.isnan(found).all()
