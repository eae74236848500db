from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from shop_personalize.ml.trials import thompson, top_two

COUNTS = st.lists(
    st.tuples(st.integers(0, 3000), st.integers(0, 3000)), min_size=1, max_size=6
)


def test_nothing_known_is_all_alike() -> None:
    assert thompson([0, 0, 0, 0], [0, 0, 0, 0]) == pytest.approx([0.25] * 4)
    assert thompson([3], [5]) == pytest.approx([1.0])


def test_two_arms_in_closed_form() -> None:
    """P(Beta(a, b) < Beta(2, 1)) is E[1 - X²] of the first."""
    first = stats.beta(4, 7)
    best = 1 - (first.var() + first.mean() ** 2)
    found = thompson([3, 1], [6, 0], prior=(1, 1))
    assert found == pytest.approx([1 - best, best], abs=2e-4)


@pytest.mark.parametrize(
    ("won", "lost"),
    [
        ([10, 20, 3], [90, 80, 27]),
        ([400, 440, 0], [99_600, 99_560, 3]),
        ([0, 0, 1, 2], [500, 100, 500, 900]),
    ],
)
def test_the_integral_is_what_draws_tell(won: list[int], lost: list[int]) -> None:
    rng = np.random.default_rng(7)
    size = (200_000, len(won))
    usual = (sum(lost) + 1) / (sum(won) + 1)
    draws = rng.beta(np.add(won, 1), np.add(lost, usual), size)
    best = np.bincount(draws.argmax(axis=1), minlength=len(won)) / len(draws)
    assert thompson(won, lost) == pytest.approx(best, abs=0.004)


@given(COUNTS, st.randoms())
def test_chances_sum_to_one_and_follow_their_arms(
    counts: list[tuple[int, int]], random: np.random.Generator
) -> None:
    order = list(range(len(counts)))
    random.shuffle(order)
    found = thompson(*zip(*counts, strict=True))
    assert found.sum() == pytest.approx(1)
    assert (found >= 0).all()
    mixed = thompson(*zip(*(counts[each] for each in order), strict=True))
    np.testing.assert_allclose(mixed, found[order], atol=1e-9)


@given(COUNTS)
def test_a_success_more_never_lowers_an_arm(counts: list[tuple[int, int]]) -> None:
    found = thompson(*zip(*counts, strict=True), prior=(1, 1))
    more = [(counts[0][0] + 5, counts[0][1]), *counts[1:]]
    after = thompson(*zip(*more, strict=True), prior=(1, 1))
    assert after[0] >= found[0] - 2e-3


def test_no_share_falls_below_the_floor() -> None:
    found = thompson([0, 900], [1000, 100], floor=0.05)
    assert found == pytest.approx([0.05, 0.95])
    assert thompson([1, 5], [9, 5], floor=0.5) == pytest.approx([0.5, 0.5])


def test_a_prior_speaks_until_visitors_do() -> None:
    strong = thompson([1, 0], [0, 1], prior=(50, 950))
    weak = thompson([1, 0], [0, 1], prior=(1, 1))
    assert 0.5 < strong[0] < 0.57 < weak[0]


def test_top_two_by_hand() -> None:
    """.8 (.5 + .5 (.15/.85 + .05/.95)), and so on."""
    second = [0.8 * (0.15 / 0.85 + 0.05 / 0.95), 0.15 * (4 + 0.05 / 0.95)]
    found = top_two([0.8, 0.15, 0.05])
    assert found[:2] == pytest.approx(
        [0.4 + second[0] / 2, 0.075 + second[1] / 2], abs=1e-6
    )
    assert found.sum() == pytest.approx(1)
    assert top_two([0.8, 0.15, 0.05], share=1) == pytest.approx([0.8, 0.15, 0.05])


def test_top_two_keeps_the_runner_up_alive() -> None:
    assert top_two([1.0, 0.0, 0.0])[0] <= 1
    assert top_two([0.999999, 0.000001]) == pytest.approx([0.5, 0.5])
    assert top_two([1.0]) == pytest.approx([1.0])


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (([1], [1, 2]), "one number an arm in both"),
        (([], []), "one number an arm in both"),
        (([-1], [2]), "counts, none below 0"),
    ],
)
def test_says_what_is_wrong(
    wrong: tuple[list[float], list[float]], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        thompson(*wrong)
    with pytest.raises(ValueError, match=r"floor: between 0 and 1/2, not 0\.6"):
        thompson([1, 2], [1, 2], floor=0.6)
