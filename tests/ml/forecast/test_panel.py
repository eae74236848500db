"""What a panel says of itself, and what is refused before anything is learned."""

from __future__ import annotations

import numpy as np
import pytest

from shop_personalize.ml.forecast.drivers import DriverRegression
from shop_personalize.ml.forecast.naive import Naive
from shop_personalize.ml.forecast.panel import Panel, PanelError
from shop_personalize.ml.forecast.sums import LeadTimeSums

N = np.nan


def test_series_of_no_period_have_no_value() -> None:
    panel = Panel(np.empty((2, 0)))
    assert panel.starts.tolist() == [0, 0]
    for learner in (Naive(), LeadTimeSums()):
        with pytest.raises(PanelError, match="series 0 has no known value"):
            learner.fit(panel)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (np.empty((0, 3)), "there is no series to forecast"),
        ([[1.0, 2.0], [N, N]], "series 1 has no known value"),
        ([[N, 2.0, 1.0], [1.0, N, N]], "series 1 has 2 unknown periods; say what"),
    ],
)
def test_what_cannot_be_forecast_is_named(values: object, told: str) -> None:
    with pytest.raises(PanelError, match=told):
        Panel(np.array(values)).check_known()


def test_a_fit_that_fails_leaves_what_was_learned_before() -> None:
    """Two series of a price learned, then one without: no answer of a mixed kind."""
    steps = np.arange(12.0)
    model = DriverRegression(drivers=("price",))
    model.fit(Panel(np.tile(steps, (2, 1)), drivers={"price": np.arange(16.0)}))
    before = model.predict(4)
    with pytest.raises(PanelError, match="no driver 'price'"):
        model.fit(Panel(steps[None]))
    np.testing.assert_array_equal(model.predict(4), before)


def test_a_first_fit_that_fails_was_none() -> None:
    model = DriverRegression(drivers=("price",))
    with pytest.raises(PanelError, match="no driver 'price'"):
        model.fit(Panel(np.ones((1, 9))))
    with pytest.raises(ValueError, match="comes first"):
        model.predict(1)
