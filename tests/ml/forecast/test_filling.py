"""Gaps are filled by the rule named, sold-out days raised, nothing else touched."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from shop_personalize.ml.forecast.filling import RULES, filled, uncensored
from shop_personalize.ml.forecast.panel import Panel, PanelError

N = np.nan
GAPPY = np.array([[N, 2.0, N, N, 8.0, 4.0, N]])


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("zero", [N, 2, 0, 0, 8, 4, 0]),
        ("carry", [N, 2, 2, 2, 8, 4, 4]),
        ("interpolate", [N, 2, 4, 6, 8, 4, 4]),
        ("mean", [N, 2, 14 / 3, 14 / 3, 8, 4, 14 / 3]),
        # Positions 1, 3, 5 know 2 and 4; of 0, 2, 4, 6 only 8 is known.
        ("seasonal", [N, 2, 8, 3, 8, 4, 8]),
    ],
)
def test_each_rule(how: str, expected: list[float]) -> None:
    found = filled(Panel(GAPPY, season=2), how)
    np.testing.assert_allclose(found.values[0], expected)
    assert not found.gaps.any()


def test_an_unknown_rule_names_the_known_ones() -> None:
    with pytest.raises(PanelError, match="'guess'; it must be one of: zero, carry"):
        filled(Panel(GAPPY), "guess")


values = arrays(
    np.float64,
    (3, 9),
    elements=st.one_of(st.just(N), st.integers(0, 50).map(float)),
)


@given(values, st.sampled_from(list(RULES)))
def test_what_is_known_stays_and_no_series_begins_earlier(
    table: np.ndarray, how: str
) -> None:
    panel = Panel(table, season=3)
    found = filled(panel, how)
    known = ~np.isnan(table)
    np.testing.assert_array_equal(found.values[known], table[known])
    np.testing.assert_array_equal(found.starts, panel.starts)
    assert not found.gaps.any()


def test_sold_out_days_are_raised_to_what_higher_days_sold() -> None:
    sold = np.array([[10.0, 3.0, 12.0, 11.0, 14.0], [5.0, 5.0, 5.0, 5.0, 5.0]])
    out = np.array([[0, 1, 0, 1, 0], [0, 0, 0, 0, 0]], bool)
    found, raised = uncensored(Panel(sold, censored=out))
    # Above 3: 10, 12, 14; above 11: 12, 14. Sold-out days tell each other nothing.
    np.testing.assert_allclose(found.values[0], [10, 12, 12, 13, 14])
    np.testing.assert_array_equal(raised, out)
    np.testing.assert_array_equal(found.values[1], sold[1])


def test_a_sold_out_day_higher_than_all_others_stays() -> None:
    found, raised = uncensored(
        Panel(np.array([[1.0, 9.0]]), censored=np.array([[False, True]]))
    )
    np.testing.assert_array_equal(found.values, [[1.0, 9.0]])
    assert not raised.any()
