from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from shop_personalize.ml.forecast.panel import Panel, PanelError
from shop_personalize.ml.forecast.shrunken import ShrunkenMean

NAN = np.nan


def test_a_mean_is_believed_by_its_variance_over_all() -> None:
    # means 2 and 6, of variance 4; within 2, so 1 in a mean of two; weight 3 / 4
    model = ShrunkenMean().fit(Panel(np.array([[1.0, 3.0], [5.0, 7.0]])))
    np.testing.assert_allclose(model.weight_, [0.75, 0.75])
    np.testing.assert_allclose(model.predict(2), [[2.5, 2.5], [5.5, 5.5]])


def test_only_the_window_counts() -> None:
    values = np.array([[90.0, 1.0, 3.0], [NAN, 5.0, 7.0]])
    found = ShrunkenMean(window=2).fit(Panel(values)).predict(1)
    np.testing.assert_allclose(found, [[2.5], [5.5]])


def test_a_short_past_is_believed_less() -> None:
    values = np.array(
        [[1.0, 3.0, 1.0, 3.0], [NAN, NAN, NAN, 30.0], [9.0, 7.0, 9.0, 7.0]]
    )
    weights = ShrunkenMean().fit(Panel(values)).weight_
    assert weights[1] < weights[0] == weights[2]


def test_what_differs_by_chance_alone_is_the_same() -> None:
    found = ShrunkenMean().fit(Panel(np.array([[0.0, 9.0], [10.0, 1.0]]))).predict(1)
    np.testing.assert_allclose(found, [[5.0], [5.0]])


def test_what_never_sold_may_sell_where_many_others_tell() -> None:
    draw = np.random.default_rng(3)
    values = draw.poisson(draw.gamma(1.0, 1.0, (120, 1)), (120, 12)).astype(np.float64)
    values[7] = 0.0
    many = ShrunkenMean().fit(Panel(values)).predict(1)
    few = ShrunkenMean().fit(Panel(values[:99])).predict(1)
    assert 0.0 < many[7, 0] < 0.2
    assert few[7, 0] == 0.0


@given(
    arrays(np.float64, (5, 8), elements=st.integers(0, 20).map(float)),
    st.integers(1, 10),
)
def test_every_level_lies_between_its_own_mean_and_that_of_all(
    values: np.ndarray, window: int
) -> None:
    values[:, -1] += 1.0
    found = ShrunkenMean(window).fit(Panel(values)).predict(1)[:, 0]
    own = values[:, -window:].mean(axis=1)
    ends = np.sort([own, np.full(5, own.mean())], axis=0)
    assert (found >= ends[0] - 1e-9).all()
    assert (found <= ends[1] + 1e-9).all()
    assert found.mean() == pytest.approx(own.mean())


def test_a_window_without_periods_is_an_error() -> None:
    with pytest.raises(PanelError, match="window must be 1 or more periods, not 0"):
        ShrunkenMean(0).fit(Panel(np.ones((2, 2))))
