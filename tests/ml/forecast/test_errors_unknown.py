"""A forecast that says nothing is no good forecast: it is refused, not left out."""

from __future__ import annotations

import numpy as np
import pytest

from shop_personalize.ml.forecast import errors

TRUTH = np.array([[2.0, 4.0, np.nan]])
SILENT = np.array([[2.0, np.nan, np.nan]])
PAST = np.array([[1.0, 3.0]])


@pytest.mark.parametrize(
    ("name", "rest"),
    [
        ("smape", ()),
        ("wape", ()),
        ("bias", ()),
        ("mase", (PAST,)),
        ("rmsse", (PAST,)),
        ("pinball", (0.9,)),
        ("coverage", (TRUTH,)),
        ("interval_score", (TRUTH, 0.8)),
    ],
)
def test_nothing_said_is_not_nothing_missed(
    name: str, rest: tuple[object, ...]
) -> None:
    with pytest.raises(errors.ScoreError, match="NaN at 1 known values of the truth"):
        getattr(errors, name)(TRUTH, SILENT, *rest)


@pytest.mark.parametrize("name", ["coverage", "interval_score"])
@pytest.mark.parametrize(
    ("upper", "told"),
    [(SILENT, "NaN at 1 known values"), (np.array([[9.0]]), r"the forecast \(1, 1\)")],
)
def test_the_upper_end_is_held_to_the_same(
    name: str, upper: np.ndarray, told: str
) -> None:
    rest = (0.8,) if name == "interval_score" else ()
    with pytest.raises(errors.ScoreError, match=told):
        getattr(errors, name)(TRUTH, np.zeros((1, 3)), upper, *rest)
