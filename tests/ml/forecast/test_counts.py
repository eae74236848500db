from __future__ import annotations

import numpy as np
import pytest

from shop_personalize.ml.forecast.base import Forecaster
from shop_personalize.ml.forecast.counts import (
    CountEnsemble,
    CountQuantiles,
    CountRegression,
    CountTrees,
)
from shop_personalize.ml.forecast.counts.examples import NAMES, examples, matrix
from shop_personalize.ml.forecast.panel import Panel, PanelError
from shop_personalize.ml.forecast.shrunken import ShrunkenMean
from tests.ml.forecast.slow_movers import AHEAD, PAST, RATES, SERIES

NAN = np.nan


@pytest.mark.parametrize("build", [CountRegression, CountTrees, CountEnsemble])
def test_others_tell_more_of_a_rate_than_its_own_mean(build: type[Forecaster]) -> None:
    found = build().fit(PAST).predict(AHEAD)
    assert (found == found[:, :1]).all()
    own = PAST.values[:, -12:].mean(axis=1)
    error, plain = (np.mean((x - RATES) ** 2) for x in (found[:, 0], own))
    assert error < 0.9 * plain


@pytest.mark.parametrize("build", [CountRegression, CountTrees])
def test_few_series_or_periods_get_the_shrunken_mean_and_it_is_said(
    build: type[CountRegression | CountTrees],
) -> None:
    for panel in (PAST.take(np.arange(99)), PAST.until(12)):
        made = build().fit(panel)
        assert made.fallback_ == "too few series or periods"
        expected = ShrunkenMean().fit(panel).level_
        np.testing.assert_array_equal(made.level_, expected)
    assert build().fit(PAST.until(13)).fallback_ is None


def test_an_example_knows_nothing_of_what_came_after_it() -> None:
    before = examples(PAST, AHEAD, step=5)
    later = PAST.values.copy()
    later[:, 15:] += 9.0
    after = examples(Panel(later), AHEAD, step=5)
    # the moments are 25, 20 and 15
    early = slice(2 * SERIES, None)
    np.testing.assert_array_equal(before.features[early], after.features[early])
    assert (before.features[:SERIES] != after.features[:SERIES]).any()


def test_an_example_is_what_was_known_at_its_moment() -> None:
    found = examples(PAST, AHEAD, step=100)
    assert found.features.shape == (SERIES, len(NAMES))
    np.testing.assert_array_equal(found.features, matrix(PAST.until(25)))
    np.testing.assert_array_equal(found.after[:, 0], PAST.values[:, 25])
    assert np.isnan(found.after[:, 1:]).all()
    np.testing.assert_array_equal(found.means, PAST.values[:, 25])
    np.testing.assert_allclose(found.weights, np.sqrt(1 / 6) * 0.5 ** (1 / 12))


def test_a_series_teaches_from_its_first_period_on() -> None:
    values = PAST.values.copy()
    values[:100, :25] = NAN
    found = examples(Panel(values), AHEAD, step=1)
    assert len(found.features) == 100 * (25 - 12 + 1)


@pytest.mark.parametrize("build", [CountRegression, CountTrees, CountQuantiles])
def test_what_is_no_count_is_named(build: type) -> None:
    values = PAST.values.copy()
    values[5, 3] = -2.0
    with pytest.raises(PanelError, match="series 5 sold -2 in a period"):
        build().fit(Panel(values))
    with pytest.raises(PanelError, match="horizon must be 1 or more periods, not 0"):
        build(horizon=0).fit(PAST)
