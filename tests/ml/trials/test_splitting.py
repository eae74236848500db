from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from shop_personalize.ml.trials import (
    ALARM,
    arm_of,
    arms_of,
    bucket,
    buckets,
    sample_ratio,
)

KEYS = [f"visitor-{number}" for number in range(20_000)]
SECRET = b"of the shop"
WEIGHTS = st.lists(
    st.floats(0, 100, allow_subnormal=False), min_size=1, max_size=6
).filter(lambda each: sum(each) > 1e-6)
PLACES = st.floats(0, 1, exclude_max=True)


def test_a_place_stays_for_ever() -> None:
    assert bucket("visitor-1", "trial", SECRET) == 0.6162332392779223
    assert bucket("客人", "trial", SECRET) == 0.1720986974567884


def test_a_place_depends_on_salt_and_secret_and_where_they_meet() -> None:
    places = {
        bucket("b", "a", SECRET),
        bucket("b", "aa", SECRET),
        bucket("ab", "a", SECRET),
        bucket("b", "a", b"another"),
        bucket("b", "a", b""),
        bucket("b", "a", b"x" * 65),
    }
    assert len(places) == 6
    assert bucket("bc", "a", SECRET) != bucket("c", "ab", SECRET)


@given(st.text(), st.text(), st.binary(max_size=100))
def test_any_text_has_a_place(key: str, salt: str, secret: bytes) -> None:
    assert 0 <= bucket(key, salt, secret) < 1


def test_a_lone_surrogate_has_a_place() -> None:
    assert 0 <= bucket("\ud800", "\udfff", SECRET) < 1


def test_places_are_spread_evenly() -> None:
    places = buckets(KEYS, "trial", SECRET)
    np.testing.assert_array_equal(
        places[:5], [bucket(k, "trial", SECRET) for k in KEYS[:5]]
    )
    assert stats.kstest(places, "uniform").pvalue > 0.001


def test_two_trials_split_visitors_independently() -> None:
    one, other = (arms_of(buckets(KEYS, s, SECRET), [1, 1]) for s in ("one", "two"))
    table = np.histogram2d(one, other, bins=2)[0]
    assert stats.chi2_contingency(table).pvalue > 0.001
    assert np.corrcoef(buckets(KEYS, "a", SECRET), buckets(KEYS, "b", SECRET))[
        0, 1
    ] == pytest.approx(0, abs=0.03)


@pytest.mark.parametrize(
    ("place", "arm"), [(0.0, 0), (0.4999, 0), (0.5, 1), (0.7499, 1), (0.75, 3)]
)
def test_arms_lie_side_by_side(place: float, arm: int) -> None:
    assert arm_of(place, [2, 1, 0, 1]) == arm


@given(PLACES, WEIGHTS)
def test_nobody_is_in_an_arm_without_weight(place: float, weights: list[float]) -> None:
    arm = arm_of(place, weights)
    assert weights[arm] > 0
    assert arm == arms_of(np.array([place]), weights)[0]


@given(PLACES, st.floats(0, 1), st.floats(0, 1))
def test_a_growing_share_never_throws_anybody_out(
    place: float, share: float, more: float
) -> None:
    low, high = sorted([share, more])
    if arm_of(place, [low, 1 - low]) == 0 and low > 0:
        assert arm_of(place, [high, 1 - high]) == 0


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1, 2], [float("inf"), 1]])
def test_weights_must_say_who_goes_where(weights: list[float]) -> None:
    with pytest.raises(ValueError, match="weights: "):
        arm_of(0.5, weights)
    with pytest.raises(ValueError, match="weights: "):
        arms_of(np.array([0.5]), weights)


def test_sample_ratio_is_the_chi_square_test() -> None:
    found = sample_ratio([5100, 4900, 10_000], [1, 1, 2])
    theirs = stats.chisquare([5100, 4900, 10_000], [5000, 5000, 10_000])
    assert found == pytest.approx(theirs.pvalue)


def test_an_alarm_where_a_twentieth_of_an_arm_is_lost() -> None:
    assert sample_ratio([10_000, 10_000], [0.5, 0.5]) == 1
    assert sample_ratio([10_000, 10_200], [0.5, 0.5]) > ALARM
    assert sample_ratio([10_000, 9_500], [0.5, 0.5]) < ALARM


def test_sample_ratio_without_anything_to_compare() -> None:
    assert sample_ratio([0, 0], [1, 1]) == 1
    assert sample_ratio([7], [1]) == 1
    assert sample_ratio([7, 0], [1, 0]) == 1
    assert sample_ratio([7, 1], [1, 0]) == 0
    with pytest.raises(ValueError, match="counts: 1 of them for 2 weights"):
        sample_ratio([7], [1, 1])


def test_serving_loads_no_scipy_for_it() -> None:
    code = (
        "import sys; from shop_personalize.ml.trials import arm_of, bucket, team_draft;"
        "arm_of(bucket('a', 'b', b'c'), [1, 1]); team_draft('ab', 'ba', 2, 1);"
        "sys.exit('scipy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
