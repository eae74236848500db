"""Quantiles of what a lead time asks for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import norm

from shop_personalize.ml.forecast.base import NotFittedError
from shop_personalize.ml.forecast.panel import Panel, PanelError
from shop_personalize.ml.forecast.sums import LeadTimeSums

PLAIN = LeadTimeSums(bulk=1.0, shared=0.0, follow=0.0)


def test_sums_of_a_known_series() -> None:
    """1 to 11: sums over two days are 3, 5, …, 21; their median is 12."""
    found = PLAIN.fit(Panel(np.arange(1.0, 12.0)[None]))
    assert found.mean(2).tolist() == [12.0]
    assert found.totals(2, 0.5).tolist() == [12.0]
    assert found.totals(2, 0.9) == pytest.approx([19.2])
    assert found.deviation(2) == pytest.approx([float(np.std(np.arange(3, 22, 2)))])


def test_beyond_what_was_seen_the_line_goes_on() -> None:
    found = PLAIN.fit(Panel(np.arange(1.0, 12.0)[None]))
    last, before = (float(found.totals(1, level)[0]) for level in (0.99, 0.98))
    scores = np.asarray(norm.ppf([0.98, 0.99, 0.999]))
    slope = (last - before) / (scores[1] - scores[0])
    wanted = last + slope * (scores[2] - scores[1])
    assert found.totals(1, 0.999) == pytest.approx([wanted])


def test_each_series_has_its_own_periods_and_level() -> None:
    values = np.vstack([np.arange(1.0, 12.0), np.arange(11.0, 0.0, -1.0)])
    found = PLAIN.fit(Panel(values))
    both = found.totals(np.array([1, 3]), np.array([0.5, 0.9]))
    assert both.tolist() == [
        float(found.totals(1, 0.5)[0]),
        float(found.totals(3, 0.9)[1]),
    ]


def test_one_bulk_order_is_not_prepared_for() -> None:
    values = np.full((1, 100), 2.0)
    values[0, 50] = 500.0
    drawn_in = LeadTimeSums(bulk=0.98, follow=0.0).fit(Panel(values))
    assert drawn_in.totals(5, 0.5).tolist() == [10.0]
    assert drawn_in.totals(5, 0.9).tolist() == [10.0]
    assert PLAIN.fit(Panel(values)).totals(5, 0.99).tolist() == [508.0]


def test_a_sold_out_period_counts_as_the_others() -> None:
    values = np.full((1, 20), 3.0)
    values[0, 5:10] = 0.0
    out = values == 0
    assert PLAIN.fit(Panel(values, censored=out)).mean(4).tolist() == [12.0]
    assert PLAIN.fit(Panel(values)).mean(4)[0] < 12.0


def test_the_latest_level_moves_it() -> None:
    values = np.concatenate([np.full(60, 1.0), np.full(20, 4.0)])[None]
    whole = LeadTimeSums(recent=20, follow=1.0).fit(Panel(values))
    none = LeadTimeSums(recent=20, follow=0.0).fit(Panel(values))
    level = values.mean()
    move = (4 + 0.05 * level) / (1.05 * level)
    assert whole.totals(7, 0.95) == pytest.approx(none.totals(7, 0.95) * move)


def test_a_short_series_is_read_off_shorter_sums() -> None:
    values = np.full((1, 40), np.nan)
    values[0, -4:] = [1.0, 3.0, 1.0, 3.0]
    found = PLAIN.fit(Panel(values))
    assert found.mean(8).tolist() == [16.0]
    assert found.deviation(8) == pytest.approx([0.3 * 2.0])


def test_nothing_sold_and_a_single_value_end_in_finite_numbers() -> None:
    values = np.vstack([np.zeros(9), np.r_[np.full(8, np.nan), 5.0]])
    found = LeadTimeSums().fit(Panel(values)).totals(21, 0.99)
    assert np.isfinite(found).all()
    assert found[0] < 1.0
    assert found[1] >= 105.0


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (np.empty((0, 3)), "there is no series"),
        (np.full((1, 3), np.nan), "series 0 has no known value"),
        (np.array([[1.0, np.nan, 2.0]]), "series 0 has 1 unknown periods"),
    ],
)
def test_what_cannot_be_read_is_said(values: np.ndarray, told: str) -> None:
    with pytest.raises(PanelError, match=told):
        LeadTimeSums().fit(Panel(values))


def test_what_makes_no_sense_is_said() -> None:
    with pytest.raises(PanelError, match="window must be 1 period or more, not 0"):
        LeadTimeSums(window=0).fit(Panel(np.ones((1, 3))))
    with pytest.raises(PanelError, match="bulk must be 0 to 1, not 98"):
        LeadTimeSums(bulk=98).fit(Panel(np.ones((1, 3))))
    with pytest.raises(NotFittedError):
        LeadTimeSums().totals(3, 0.9)
    fitted = LeadTimeSums().fit(Panel(np.ones((1, 3))))
    with pytest.raises(PanelError, match="periods must be 1 or more, not 0"):
        fitted.totals(0, 0.9)
    with pytest.raises(PanelError, match="a level must lie between 0 and 1, not 1"):
        fitted.totals(1, 1.0)


@given(arrays(np.float64, (3, 30), elements=st.integers(0, 50).map(float)))
def test_more_is_asked_for_at_a_higher_level(values: np.ndarray) -> None:
    found = LeadTimeSums().fit(Panel(values)).totals_at(6, (0.5, 0.9, 0.99))
    assert (np.diff(found, axis=0) >= 0).all()
    assert (found >= 0).all()


@given(
    arrays(np.float64, (2, 30), elements=st.integers(1, 50).map(float)),
    st.sampled_from([2.0, 8.0]),
)
def test_ten_times_the_units_ten_times_the_stock(
    values: np.ndarray, times: float
) -> None:
    values[:, ::2] += 5.0
    one, more = (
        LeadTimeSums().fit(Panel(each)).totals(4, 0.9)
        for each in (values, values * times)
    )
    assert more == pytest.approx(one * times)


def test_holds_its_level_on_what_it_has_not_seen() -> None:
    rng = np.random.default_rng(4)
    values = rng.negative_binomial(2, 0.4, (2000, 378)).astype(float)
    found = PLAIN.fit(Panel(values[:, :364])).totals(14, 0.9)
    inside = (values[:, 364:].sum(axis=1) <= found).mean()
    assert inside == pytest.approx(0.9, abs=0.02)
