"""How many products a model speaks of, whatever it is made of."""

from __future__ import annotations

import numpy as np

from shop_personalize.ml.knowledge import ItemNeighbors, Mixture, Ranking
from shop_personalize.training.coverage import covered, listed


def edges(*rows: tuple[int, ...]) -> ItemNeighbors:
    ends = np.concatenate([[0], np.cumsum([len(row) for row in rows])])
    flat = np.array([code for row in rows for code in row], np.int32)
    return ItemNeighbors(ends, flat, np.ones(len(flat)), np.zeros(len(flat), int))


def test_a_mixture_speaks_of_what_its_widest_part_does() -> None:
    few, many = edges((1, 2), (), ()), edges((1,), (0,), (1,))
    mixed = Mixture({"few": few, "many": many})
    assert (covered(few), covered(many), covered(mixed)) == (1, 3, 3)
    assert (listed(few), listed(many), listed(mixed)) == (2, 2, 2)


def test_what_knows_nothing_covers_nothing() -> None:
    none = np.empty(0, np.int64)
    nothing = Ranking(np.empty(0, "S1"), np.zeros(1, int), none, np.empty(0))
    assert covered(Mixture({})) == covered(Mixture({"none": nothing})) == 0
