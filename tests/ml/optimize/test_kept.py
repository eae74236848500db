from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from shop_personalize.ml.forecast.panel import Panel
from shop_personalize.ml.forecast.sums import LeadTimeSums
from shop_personalize.ml.optimize.stock.checked import StockError
from shop_personalize.ml.optimize.stock.kept import (
    FEWEST,
    HIGHEST,
    STEP,
    Kept,
    replayed,
)

SUMS = LeadTimeSums(52, 8)


def followed(
    values: np.ndarray, promise: float = 0.9, span: int = 1, periods: int = 104
) -> Kept | None:
    n = len(values)
    (found,) = replayed(
        Panel(values),
        np.full(n, span),
        np.array([promise]),
        np.zeros(n, np.int64),
        sums=SUMS,
        periods=periods,
    )
    return found


def test_what_never_changes_is_always_kept_and_less_is_asked_for() -> None:
    found = followed(np.full((3, 20), 7.0))
    assert found is not None
    ends = 20 - FEWEST
    assert (found.plain, found.learned, found.cases) == (1.0, 1.0, 3 * ends)
    gain = STEP / norm.pdf(norm.ppf(0.9))
    assert found.shift == pytest.approx(-ends * gain * 0.1)
    assert found.asked == pytest.approx(norm.cdf(norm.ppf(0.9) + found.shift))


def test_what_doubles_every_time_is_never_kept_and_ever_more_is_asked_for() -> None:
    found = followed(2.0 ** np.arange(40)[None], periods=6)
    assert found is not None
    assert (found.plain, found.learned, found.cases) == (0.0, 0.0, 6)
    gain = STEP / norm.pdf(norm.ppf(0.9))
    assert found.shift == pytest.approx(6 * gain * 0.9)


def test_nothing_is_asked_for_beyond_what_the_past_can_tell() -> None:
    found = followed(2.0 ** np.arange(100)[None], promise=0.99)
    assert found is not None
    assert found.score == HIGHEST


def test_a_span_is_held_to_all_of_its_periods() -> None:
    """Told 2 x 7 of two periods, which bring 7 and 9."""
    values = np.full((1, FEWEST + 2), 7.0)
    values[0, -1] = 9.0
    found = followed(values, span=2)
    assert found is not None
    assert (found.plain, found.cases) == (0.0, 1)


def test_it_comes_near_its_promise_where_levels_move() -> None:
    """Demand whose level wanders, so that its own past promises too much."""
    draw = np.random.default_rng(4)
    level = np.exp(np.cumsum(draw.normal(0.0, 0.12, (400, 130)), axis=1))
    found = followed(draw.poisson(20 * level).astype(float), promise=0.95)
    assert found is not None
    assert found.plain < 0.92
    assert found.plain + 0.01 < found.learned < 0.96
    assert found.shift > 0.25


def test_each_group_has_its_own_promise() -> None:
    values = np.vstack([np.full((2, 20), 7.0), 2.0 ** np.arange(20)[None]])
    calm, wild = replayed(
        Panel(values),
        np.ones(3, np.int64),
        np.array([0.9, 0.95]),
        np.array([0, 0, 1]),
        sums=SUMS,
    )
    assert calm is not None
    assert wild is not None
    assert (calm.promised, calm.plain, wild.promised, wild.plain) == (0.9, 1, 0.95, 0)


def test_a_series_is_counted_where_it_was_when_it_was_told() -> None:
    """In the first group until the tenth period, then in the second."""
    group = np.zeros((1, 20), np.int64)
    group[:, 10:] = 1
    first, second = replayed(
        Panel(np.full((1, 20), 7.0)),
        np.full(1, 2),
        np.array([0.9, 0.95]),
        group,
        sums=SUMS,
    )
    assert first is not None
    assert second is not None
    assert (first.cases, second.cases) == (10 - FEWEST, 20 - 10 - 1)


def test_shares_are_of_late_and_the_level_of_all() -> None:
    values = np.concatenate([2.0 ** np.arange(20), np.full(12, 1.0)])[None]
    (found,) = replayed(
        Panel(values),
        np.ones(1, np.int64),
        np.array([0.9]),
        np.zeros(1, np.int64),
        sums=SUMS,
        judged=12,
    )
    assert found is not None
    assert (found.plain, found.learned, found.cases) == (1.0, 1.0, 12)
    gain = STEP / norm.pdf(norm.ppf(0.9))
    missed = 20 - FEWEST
    assert found.shift == pytest.approx(gain * (missed * 0.9 - 12 * 0.1))


def test_a_promise_of_which_there_is_no_case_is_not_judged() -> None:
    assert followed(np.full((2, FEWEST), 7.0)) is None
    late = np.full((1, 20), np.nan)
    late[0, 15:] = 3.0
    assert followed(late) is None


@pytest.mark.parametrize(
    ("spans", "promises", "group", "says"),
    [
        ([1], [0.9], [0, 0], "spans and group must be (2,), not (1,) and (2,)"),
        ([1, 0], [0.9], [0, 0], "spans must be 1 period or more, not 0"),
        ([1, 1], [0.9], [0, 1], "group must name one of 1 promises"),
        ([1, 1], [0.9, 1.0], [0, 1], "promises[1] must be between 0 and 1, not 1"),
    ],
)
def test_what_makes_no_sense_is_said(
    spans: list[int], promises: list[float], group: list[int], says: str
) -> None:
    with pytest.raises(StockError) as refused:
        replayed(
            Panel(np.ones((2, 12))),
            np.array(spans),
            np.array(promises),
            np.array(group),
            sums=SUMS,
        )
    assert str(refused.value) == says
