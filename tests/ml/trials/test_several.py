from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from shop_personalize.ml.trials import benjamini_hochberg, holm

P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=12)


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.5, 0.001, 0.9]) == pytest.approx([1.0, 0.003, 1.0])


@given(P_VALUES)
def test_benjamini_hochberg_is_scipys(p_values: list[float]) -> None:
    theirs = stats.false_discovery_control(p_values, method="bh")
    np.testing.assert_allclose(benjamini_hochberg(p_values), theirs)


@given(P_VALUES)
def test_corrections_only_raise_and_keep_the_order(p_values: list[float]) -> None:
    given_ = np.array(p_values)
    for found in (benjamini_hochberg(p_values), holm(p_values)):
        assert (found >= given_ - 1e-12).all()
        assert (found <= 1).all()
        assert (np.diff(found[np.argsort(given_, kind="stable")]) >= -1e-12).all()
    assert (holm(p_values) >= benjamini_hochberg(p_values) - 1e-12).all()
    assert (holm(p_values) <= np.minimum(given_ * len(given_), 1) + 1e-12).all()


def test_none_and_one() -> None:
    for correct in (holm, benjamini_hochberg):
        assert list(correct([])) == []
        assert list(correct([0.03])) == [0.03]


@pytest.mark.parametrize("wrong", [[1.2], [-0.1], [float("nan")]])
def test_only_shares_are_p_values(wrong: list[float]) -> None:
    for correct in (holm, benjamini_hochberg):
        with pytest.raises(ValueError, match="p_values: a list of numbers"):
            correct(wrong)
