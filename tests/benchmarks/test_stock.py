"""The simulated stock keeps its books."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.stock import at_same
from benchmarks.stock.history import Shop
from benchmarks.stock.picture import picture
from benchmarks.stock.policies import FixedPoint, by_worth, served
from benchmarks.stock.running import Floats, Outcome, Seen, simulate


class _Once:
    """Ten at first, three more a week later."""

    def __init__(self) -> None:
        self.told: list[float] = []

    def order(self, seen: Seen, position: Floats) -> Floats:
        self.told.append(float(position[0]))
        return np.array([[10.0], [3.0], [0.0]][len(self.told) - 1])


def _shop(asked: list[float], lead: int) -> Shop:
    units = np.concatenate([np.ones(7), asked])[None]
    return Shop(units, np.array([2.0]), np.array([lead]), np.array([0]), 4)


def test_what_is_asked_for_is_sold_or_lost_and_deliveries_take_their_time() -> None:
    asked = [4, 4, 4, 0, 0, 1, 0, 0, 0, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    policy = _Once()
    found = simulate(_shop(list(map(float, asked)), 3), policy, first=1)
    assert found.lost.tolist() == [[3.0, 2.0, 0.0]]
    assert policy.told == [0.0, 0.0, 1.0]
    assert found.orders == 1
    assert found.cycle_service == pytest.approx(1 / 3)
    assert found.fill_rate == pytest.approx(1 - 5 / 17)
    assert found.stock[0] == pytest.approx([8 / 7, 4 / 7, 1.0])


def test_a_shop_sees_who_wanted_more_but_not_who_met_an_empty_shelf() -> None:
    sold = np.ones((3, 14))
    empty, refused = np.zeros((3, 14), bool), np.zeros((3, 14), bool)
    sold[:, ::2] = 0.0
    empty[1, -1] = True
    refused[2, -3] = True
    sold[1, -1] = 0.0
    found = served(Seen(sold, empty, refused))
    assert found.tolist() == [1.0, pytest.approx(1 - 6 / 13), 0.0]


def test_a_fixed_point_orders_whole_weeks() -> None:
    shop = Shop(np.ones((1, 7 * 26)), np.ones(1), np.array([7]), np.array([0]), 4)
    policy = FixedPoint(shop, 2.0)
    seen = Seen(shop.units, shop.units < 0, shop.units < 0)
    assert policy.order(seen, np.array([13.0])).tolist() == [7.0]
    assert policy.order(seen, np.array([14.0])).tolist() == [0.0]


def test_what_is_dear_gets_less_of_the_promise() -> None:
    units = np.random.default_rng(1).poisson(3.0, (2, 7 * 26)).astype(float)
    units[1] = units[0]
    shop = Shop(units, np.array([1.0, 9.0]), np.array([7, 7]), np.array([0, 1]), 4)
    cheap, dear = by_worth(shop, 1.64).tolist()
    assert cheap > 1.64 > dear


def _outcome(missed: int, stock: float) -> Outcome:
    lost = np.zeros((1, 4))
    lost[0, :missed] = 1.0
    asked, held = np.full((1, 4), 2.0), np.full((1, 4), stock)
    return Outcome(asked, lost, held, 0, np.ones(1))


def test_stock_is_compared_at_the_same_service() -> None:
    frontier = [_outcome(2, 10.0), _outcome(0, 20.0)]
    usual = at_same(frontier, _outcome(1, 9.0), "cycle_service", "stock_value")
    assert usual == pytest.approx(15.0)
    beyond = at_same(frontier, _outcome(3, 9.0), "cycle_service", "stock_value")
    assert np.isnan(beyond)


def test_the_picture_says_its_numbers_in_words_too() -> None:
    names = ("fixed point, factor 1", "ours, equal service 95%", "ours, by worth 95%")
    rows = [
        {
            "system": f"{name}, first 600",
            "metrics": {"stock_value": 1000.0 * at, "cycle_service": 0.9},
        }
        for at, name in enumerate(names, start=1)
    ]
    drawn = picture(rows)
    assert drawn.count("<circle") == 6
    assert "fixed reorder point: 90.0% at 1;" in drawn
