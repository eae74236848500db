"""Bands, sums and counts follow their series wherever in the panel it stands."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from shop_personalize.ml.forecast.combined import Combined
from shop_personalize.ml.forecast.counts import CountQuantiles
from shop_personalize.ml.forecast.intervals import Calibrated
from shop_personalize.ml.forecast.panel import Panel
from shop_personalize.ml.forecast.sums import LeadTimeSums

Answer = Callable[[Panel, NDArray[np.int64]], NDArray[np.float64]]


def bands(panel: Panel, spans: NDArray[np.int64]) -> NDArray[np.float64]:
    found = Calibrated(Combined()).fit(panel).predict(int(spans.max()))
    return np.concatenate([found.mean, *found.lower, *found.upper], axis=1)


def reached(panel: Panel, spans: NDArray[np.int64]) -> NDArray[np.float64]:
    return Calibrated(Combined()).fit(panel).totals_at(spans, (0.1, 0.5, 0.95)).T


def sums(panel: Panel, spans: NDArray[np.int64]) -> NDArray[np.float64]:
    return LeadTimeSums(recent=6).fit(panel).totals_at(spans, (0.1, 0.5, 0.95)).T


def counts(panel: Panel, spans: NDArray[np.int64]) -> NDArray[np.float64]:
    return CountQuantiles(horizon=6).fit(panel).quantile(0.9, spans)[:, None]


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 2**31))
@pytest.mark.parametrize("answer", [bands, reached, sums, counts])
def test_the_order_of_the_series_does_not_matter(answer: Answer, seed: int) -> None:
    draw = np.random.default_rng(seed)
    level = np.exp(draw.normal(0.5, 1, (9, 1)))
    values = draw.poisson(level, (9, 30)).astype(float)
    values[np.arange(30) < draw.integers(0, 30, (9, 1))] = np.nan
    panel, spans = Panel(values, season=4), draw.integers(1, 7, 9)
    order = draw.permutation(9)
    found = answer(panel.take(order), spans[order])
    expected = answer(panel, spans)[order]
    np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-8)
