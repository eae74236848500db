"""Events of a forecast are those of the past by name, in whatever order they come."""

from __future__ import annotations

import numpy as np
import pytest

from shop_personalize.ml.forecast.panel import Panel, PanelError
from shop_personalize.ml.forecast.parts import ahead, split

STEPS = np.arange(84)
EVENTS = {
    "sale": (STEPS % 30 == 20).astype(float),
    "closed": (STEPS % 25 == 7).astype(float),
}
PANEL = Panel((50 + 40 * EVENTS["sale"] - 30 * EVENTS["closed"])[None, :60])
FORECAST = np.full((1, 24), 50.0)


def test_the_order_of_events_does_not_matter() -> None:
    past = split(PANEL, EVENTS)
    backward = ahead(PANEL, past, FORECAST, dict(reversed(EVENTS.items())))
    forward = ahead(PANEL, past, FORECAST, EVENTS)
    for name in EVENTS:
        np.testing.assert_array_equal(backward.events[name], forward.events[name])
    assert backward.events["sale"].max() == past.effects[0, 0] > 0
    assert backward.events["closed"].min() == past.effects[0, 1] < 0


def test_one_of_them_is_enough() -> None:
    past = split(PANEL, EVENTS)
    coming = ahead(PANEL, past, FORECAST, {"closed": EVENTS["closed"]})
    assert coming.events["closed"].min() == past.effects[0, 1] < 0
    np.testing.assert_allclose(coming.trend + coming.events["closed"], FORECAST)


def test_what_the_past_did_not_know_is_named() -> None:
    with pytest.raises(PanelError, match="no event 'fair'; the past was split by: s"):
        ahead(PANEL, split(PANEL, EVENTS), FORECAST, {"fair": EVENTS["sale"]})
