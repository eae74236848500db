"""What cannot be judged at an earlier moment leaves what was learned before."""

from __future__ import annotations

import numpy as np
import pytest

from shop_personalize.ml.forecast.base import NotFittedError
from shop_personalize.ml.forecast.intervals import Calibrated
from shop_personalize.ml.forecast.naive import Naive
from shop_personalize.ml.forecast.panel import Panel, PanelError


class OnlyLong(Naive):
    """Refuses a past of fewer than 30 periods, as models of a season do."""

    def _fit(self, panel: Panel) -> None:
        if panel.periods < 30:
            raise PanelError("too short")
        super()._fit(panel)


LONG = Panel(np.random.default_rng(3).poisson(9, (4, 60)).astype(float))


def test_a_first_fit_that_fails_was_none() -> None:
    model = Calibrated(OnlyLong())
    with pytest.raises(PanelError, match="too short"):
        model.fit(LONG.until(32))
    with pytest.raises(NotFittedError):
        model.predict(2)


def test_a_later_fit_that_fails_changes_nothing() -> None:
    model = Calibrated(OnlyLong()).fit(LONG)
    before = model.predict(3)
    with pytest.raises(PanelError, match="too short"):
        model.fit(LONG.until(32).take(np.arange(2)))
    after = model.predict(3)
    np.testing.assert_array_equal(after.mean, before.mean)
    np.testing.assert_array_equal(after.upper, before.upper)
