from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from shop_personalize.ml.forecast.intermittent import (
    ADIDA,
    IMAPA,
    SBA,
    TSB,
    Croston,
    Flat,
    Zero,
)
from shop_personalize.ml.forecast.intermittent.aggregated import in_buckets, smoothed
from shop_personalize.ml.forecast.panel import Panel, PanelError

NAN = np.nan
HALF = (0.5,)
METHODS: dict[str, Callable[[], Flat]] = {
    "croston": Croston,
    "sba": SBA,
    "tsb": TSB,
    "adida": ADIDA,
    "imapa": IMAPA,
}
each = pytest.mark.parametrize("build", METHODS.values(), ids=list(METHODS))
counts = arrays(np.float64, (4, 15), elements=st.integers(0, 30).map(float))


def level(method: Flat, *rows: list[float]) -> list[float]:
    found: list[float] = method.fit(Panel(np.array(rows))).predict(1)[:, 0].tolist()
    return found


def test_croston_learns_size_and_interval_when_something_sells() -> None:
    # size 2, then 2 + (4 - 2) / 2 = 3; interval 2, then 2 + (3 - 2) / 2 = 2.5
    assert level(Croston(HALF), [0, 2, 0, 0, 4]) == [1.2]
    assert level(Croston(HALF), [0, 2, 0, 0, 4, 0, 0, 0]) == [1.2]


def test_what_was_before_a_series_began_counts_for_nothing() -> None:
    rows: list[list[float]] = [[NAN, NAN, 0, 2, 0, 0, 4], [7, 0, 0, 2, 0, 0, 4]]
    assert level(Croston(HALF), *rows)[0] == 1.2
    assert level(TSB(HALF, HALF), *rows)[0] == level(TSB(HALF, HALF), rows[0][2:])[0]
    assert level(ADIDA(HALF), *rows)[0] == level(ADIDA(HALF), rows[0][2:])[0]
    assert level(IMAPA(HALF), *rows)[0] == level(IMAPA(HALF), rows[0][2:])[0]


def test_sba_takes_half_of_alpha_away_where_demand_has_gaps() -> None:
    rows: list[list[float]] = [[0, 2, 0, 0, 4], [3, 3, 3, 3, 3]]
    assert level(SBA(HALF), *rows) == [pytest.approx(1.2 * 0.75), 3.0]


def test_tsb_begins_at_the_means_and_fades() -> None:
    # size 3, 2.5, 3.25; chance .5, .25, .625, .3125, .65625
    assert level(TSB(HALF, HALF), [0, 2, 0, 4]) == [3.25 * 0.65625]
    # one sale of 6: size 6; chance 1/4, 5/8, 5/16, 5/32, 5/64
    assert level(TSB(HALF, HALF), [6, 0, 0, 0]) == [6 * 5 / 64]


def test_a_grid_gives_each_series_the_parameter_that_was_right_before() -> None:
    jumped, noisy = [1.0, 1, 1, 9, 9, 9, 9, 9], [4.0, 6, 4, 6, 4, 6, 4, 6]
    quick, slow = Croston((1.0,)), Croston((0.1,))
    assert level(Croston((0.1, 1.0)), jumped, noisy) == [
        level(quick, jumped)[0],
        level(slow, noisy)[0],
    ]
    found = level(TSB((0.1, 1.0), (0.1, 0.2)), jumped)
    assert found == level(TSB((1.0,), (0.1,)), jumped)


def test_adida_smooths_buckets_of_the_mean_interval() -> None:
    # every second month: buckets 2 and 4, smoothed 3, half of it a month
    assert level(ADIDA(HALF), [0, 2, 0, 4]) == [1.5]
    # an odd month at the beginning is left out
    assert level(ADIDA(HALF), [0, 0, 2, 0, 4]) == [1.5]
    assert level(ADIDA(HALF, largest=1), [0, 2, 0, 4]) == [2.25]


def test_imapa_is_the_mean_over_all_buckets_up_to_it() -> None:
    assert level(IMAPA(HALF), [0, 2, 0, 4]) == [(2.25 + 1.5) / 2]
    assert level(IMAPA(HALF, largest=None), [0.0] * 19 + [20.0]) == [
        pytest.approx(np.mean([20 / b * (1 if b > 10 else 0.5) for b in range(1, 21)]))
    ]


def test_buckets_are_counted_from_the_latest_period() -> None:
    values = np.array([[1.0, 2, 3, 4, 5], [NAN, NAN, 3, 4, 5]])
    np.testing.assert_array_equal(in_buckets(values, 2), [[5, 9], [NAN, 9]])
    np.testing.assert_array_equal(in_buckets(values, 4), [[14], [NAN]])


def test_smoothing_begins_at_the_first_known_value() -> None:
    values = np.array([[NAN, 4.0, 8.0], [2.0, 2.0, 2.0]])
    np.testing.assert_array_equal(smoothed(values, np.array([0.25])), [5.0, 2.0])


def test_zero_is_zero() -> None:
    np.testing.assert_array_equal(Zero().fit(Panel(np.ones((2, 3)))).predict(2), 0.0)


@each
@settings(max_examples=30)
@given(values=counts, factor=st.sampled_from([0.5, 8.0]))
def test_the_level_lies_within_the_past_and_follows_the_unit(
    build: Callable[[], Flat], values: np.ndarray, factor: float
) -> None:
    found = build().fit(Panel(values)).predict(2)
    assert (found[:, 0] == found[:, 1]).all()
    assert (found >= 0).all()
    assert (found[:, 0] <= values.max(axis=1) + 1e-9).all()
    scaled = build().fit(Panel(values * factor)).predict(1)[:, 0]
    np.testing.assert_allclose(scaled, found[:, 0] * factor, rtol=1e-9)


@each
@settings(max_examples=30)
@given(values=counts)
def test_a_series_is_forecast_the_same_alone(
    build: Callable[[], Flat], values: np.ndarray
) -> None:
    together = build().fit(Panel(values)).predict(1)
    alone = [build().fit(Panel(row[None])).predict(1)[0] for row in values]
    np.testing.assert_allclose(together, alone, rtol=1e-12)


@pytest.mark.parametrize(
    ("method", "text"),
    [
        (Croston((0.0,)), "alphas must lie above 0 and up to 1, not 0.0"),
        (SBA(()), "alphas needs at least one value"),
        (TSB((0.1,), (1.5,)), "betas must lie above 0 and up to 1, not 1.5"),
        (ADIDA((2.0,)), "alphas must lie above 0 and up to 1, not 2.0"),
        (IMAPA(largest=0), "largest must be 1 or more periods, not 0"),
    ],
)
def test_a_parameter_that_cannot_be_is_named(method: Flat, text: str) -> None:
    with pytest.raises(PanelError, match=text):
        method.fit(Panel(np.ones((1, 3))))
