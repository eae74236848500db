from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from shop_personalize.ml.optimize.prices import PartiallyLinear, PriceError
from shop_personalize.ml.optimize.prices.smooth import Curves


def market(seed: int, rows: int = 300) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Price and sales both follow what else goes on, in curves; elasticity -2."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, (rows, 3))
    d = 0.4 * np.sin(np.pi * x[:, 0]) + 0.2 * x[:, 1] ** 2 + rng.normal(0, 0.3, rows)
    y = -2 * d + np.sin(np.pi * x[:, 0]) + np.abs(x[:, 2]) + rng.normal(0, 0.4, rows)
    return y, d, x


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    held = 0
    for seed in range(60):
        found = PartiallyLinear(learner="curves").fit(*market(seed))
        held += found.low_ <= -2 <= found.high_
    assert held == 57


@pytest.mark.parametrize("learner", ["boosting", "curves"])
def test_curves_are_learned_away_where_a_plain_slope_is_misled(learner: Any) -> None:
    y, d, x = market(0, rows=1000)
    found = PartiallyLinear(learner=learner).fit(y, d, x)
    plain = (d - d.mean()) @ y / ((d - d.mean()) @ (d - d.mean()))
    assert plain > -1.4
    assert abs(found.effect_ + 2) < 0.12
    assert found.low_ < found.effect_ < found.high_


def test_ridge_on_straight_drivers_equals_partialling_out_by_hand() -> None:
    rng = np.random.default_rng(3)
    x = rng.normal(size=(200, 2))
    d = x @ [1.0, -1.0] + rng.normal(size=200)
    y = -1.5 * d + x @ [2.0, 1.0] + rng.normal(size=200)

    class Line:
        def fit(self, x: np.ndarray, y: np.ndarray) -> None:
            self.weights = np.linalg.lstsq(
                np.column_stack([x, np.ones(len(x))]), y, rcond=None
            )[0]

        def predict(self, x: np.ndarray) -> np.ndarray:
            return np.asarray(x @ self.weights[:-1] + self.weights[-1])

    found = PartiallyLinear(learner=lambda _seed: Line(), folds=4, seed=1).fit(y, d, x)
    rng = np.random.default_rng(np.random.SeedSequence([1, 0]))
    fold = rng.permutation(np.arange(200) % 4)
    left = np.empty((2, 200))
    for each in range(4):
        out = fold == each
        for row, target in enumerate((y, d)):
            line = Line()
            line.fit(x[~out], target[~out])
            left[row, out] = target[out] - line.predict(x[out])
    effect = left[1] @ left[0] / (left[1] @ left[1])
    scores = left[1] * (left[0] - effect * left[1])
    assert found.effect_ == pytest.approx(effect, abs=1e-12)
    error = np.sqrt(scores @ scores) / (left[1] @ left[1])
    assert found.error_ == pytest.approx(error, abs=1e-12)
    ridge = PartiallyLinear(learner="ridge", folds=4, seed=1).fit(y, d, x)
    assert ridge.effect_ == pytest.approx(effect, abs=0.01)


def test_of_repetitions_the_median_counts_and_their_difference_widens() -> None:
    found = PartiallyLinear(learner="curves", repetitions=5).fit(*market(1))
    assert len(set(found.effects_)) == 5
    assert found.effect_ == np.median(found.effects_)
    widened = found.errors_**2 + (found.effects_ - found.effect_) ** 2
    assert found.error_ == pytest.approx(np.sqrt(np.median(widened)))
    again = PartiallyLinear(learner="curves", repetitions=5).fit(*market(1))
    assert (again.effects_ == found.effects_).all()
    other = PartiallyLinear(learner="curves", seed=2).fit(*market(1))
    assert other.effect_ != found.effects_[0]


def test_rows_of_a_store_share_a_fold_and_an_error() -> None:
    y, d, x = market(2)
    twice = np.repeat(np.arange(300), 2)
    plain = PartiallyLinear(learner="curves").fit(y[twice], d[twice], x[twice])
    honest = PartiallyLinear(learner="curves").fit(
        y[twice], d[twice], x[twice], cluster=twice
    )
    once = PartiallyLinear(learner="curves").fit(y, d, x)
    assert honest.error_ == pytest.approx(once.error_, rel=0.05)
    assert plain.error_ < 0.8 * once.error_


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"d": np.ones(300)}, "d never changes"),
        ({"d": np.zeros(299)}, r"y \(300,\), d \(299,\)"),
        ({"y": np.full(300, np.nan)}, "y in row 0: unknown"),
        ({"folds": 1}, "folds: 2 or more"),
        ({"folds": 200}, "300 rows or clusters are too few for 200 folds: 400 or more"),
        ({"learner": "forest"}, "learner: boosting, curves, ridge or a function"),
    ],
)
def test_what_cannot_be_learned_is_named(change: Any, message: str) -> None:
    y, d, x = market(0)
    settings = {k: v for k, v in change.items() if k not in {"y", "d"}}
    with pytest.raises(PriceError, match=message):
        PartiallyLinear(**{"learner": "curves", **settings}).fit(
            change.get("y", y), change.get("d", d), x
        )


def test_a_price_that_the_drivers_tell_without_rest_has_no_effect_to_see() -> None:
    y, _, x = market(0)
    with pytest.raises(PriceError, match="told by x without rest"):
        PartiallyLinear(learner="curves").fit(y, x[:, 0] * 2, x)


def test_curves_follow_a_curve_stay_straight_beyond_it_and_leave_noise_alone() -> None:
    x = np.linspace(-1, 1, 400)[:, None]
    found = Curves().fit(x, np.sin(3 * x[:, 0]))
    np.testing.assert_allclose(found.predict(x), np.sin(3 * x[:, 0]), atol=0.03)
    beyond = found.predict(np.array([[2.0], [3.0], [4.0]]))
    assert beyond[2] - beyond[1] == pytest.approx(beyond[1] - beyond[0])
    rng = np.random.default_rng(0)
    noise = Curves().fit(rng.normal(size=(400, 5)), rng.normal(size=400))
    assert np.std(noise.predict(rng.normal(size=(400, 5)))) < 0.3
