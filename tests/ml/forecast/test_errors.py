"""Each error on numbers that can be worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from shop_personalize.ml.forecast import errors

TRUTH = np.array([[2.0, 4.0], [0.0, np.nan]])
FORECAST = np.array([[3.0, 2.0], [0.0, 9.0]])
PAST = np.array([[1.0, 3.0, 2.0], [5.0, 5.0, 5.0]])


def test_what_is_not_known_counts_for_nothing() -> None:
    # 200 x (1/5 + 2/6 + 0) / 3; |1| + |2| of 6; (1 - 2) of 6.
    assert errors.smape(TRUTH, FORECAST) == pytest.approx(200 * (0.2 + 1 / 3) / 3)
    assert errors.wape(TRUTH, FORECAST) == 0.5
    assert errors.bias(TRUTH, FORECAST) == pytest.approx(-1 / 6)


def test_scaled_errors_know_no_scale_where_nothing_moved() -> None:
    # Steps of the past are 2 and -1: mean size 1.5, mean square 2.5.
    mase, rmsse = (f(TRUTH, FORECAST, PAST) for f in (errors.mase, errors.rmsse))
    np.testing.assert_allclose(mase, [1.5 / 1.5, np.nan])
    np.testing.assert_allclose(rmsse, [1.0, np.nan])


def test_a_quantile_too_low_costs_its_level_a_unit() -> None:
    truth = np.array([[10.0, 10.0]])
    assert errors.pinball(truth, np.array([[8.0, 13.0]]), 0.9) == pytest.approx(
        (0.9 * 2 + 0.1 * 3) / 2
    )


def test_an_interval_pays_for_its_width_and_for_what_it_misses() -> None:
    truth = np.array([[1.0, 5.0, 9.0, np.nan]])
    low, high = np.full((1, 4), 1.0), np.full((1, 4), 7.0)
    assert errors.coverage(truth, low, high) == pytest.approx(2 / 3)
    # 6 wide; the third lies 2 above, at 2 / (1 - .8) each, in one of three.
    assert errors.interval_score(truth, low, high, 0.8) == pytest.approx(6 + 20 / 3)


@pytest.mark.parametrize(
    ("name", "given", "told"),
    [
        ("wape", ([[0.0]], [[1.0]]), "every true value is 0"),
        ("bias", ([[0.0]], [[1.0]]), "sum to 0"),
        ("smape", ([[1.0]], [[1.0, 2.0]]), "truth is (1, 1), the forecast (1, 2)"),
        ("wape", ([[np.nan]], [[1.0]]), "no true value is known"),
        ("pinball", ([[1.0]], [[1.0]], 1.0), "between 0 and 1, not 1.0"),
        ("mase", ([[1.0]], [[1.0]], PAST, 3), "season must be 1 to 2, not 3"),
    ],
)
def test_what_is_not_defined_says_so(
    name: str, given: tuple[object, ...], told: str
) -> None:
    with pytest.raises(errors.ScoreError) as raised:
        getattr(errors, name)(*given)
    assert told in str(raised.value)
