from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from shop_personalize.ml.forecast.lengths import blocks, centered, known_lengths

NAN = np.nan
VALUES = np.array(
    [[NAN, NAN, 1.0, 2.0], [3.0, 4.0, 5.0, 6.0], [NAN, NAN, NAN, NAN], [NAN, 7, 8, 9]]
)


def test_a_block_begins_together_and_the_longest_lead() -> None:
    (block,) = blocks(VALUES, 10)
    np.testing.assert_array_equal(block.rows, [1, 3, 0])
    np.testing.assert_array_equal(block.lengths, [4, 3, 2])
    np.testing.assert_array_equal(
        block.values, [[3, 7, 1], [4, 8, 2], [5, 9, 0], [6, 0, 0]]
    )
    np.testing.assert_array_equal(block.running(), [3, 3, 2, 1])


def test_only_the_rows_asked_for() -> None:
    (block,) = blocks(VALUES, 10, np.array([0, 2, 3]))
    np.testing.assert_array_equal(block.rows, [3, 0])


def test_around_the_mean_zeros_after_the_end_stay() -> None:
    (block,) = blocks(VALUES, 10)
    around, means = centered(block)
    np.testing.assert_array_equal(means, [4.5, 8, 1.5])
    np.testing.assert_array_equal(around.values[:, 2], [-0.5, 0.5, 0, 0])


@given(st.lists(st.integers(0, 6), min_size=1, max_size=20), st.integers(1, 5))
def test_every_value_is_in_one_block(lengths: list[int], width: int) -> None:
    steps = np.arange(6)
    begun = steps >= 6 - np.array(lengths)[:, None]
    values = np.where(begun, np.arange(len(lengths))[:, None] * 10.0 + steps, NAN)
    np.testing.assert_array_equal(known_lengths(values), lengths)
    seen = np.full(values.shape, NAN)
    for block in blocks(values, width):
        assert len(block.rows) <= width
        for place, row in enumerate(block.rows):
            length = block.lengths[place]
            seen[row, 6 - length :] = block.values[:length, place]
    np.testing.assert_array_equal(seen, values)
