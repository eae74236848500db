"""What the demo shop's forecasts are made from, and that none of it came later."""

from __future__ import annotations

import numpy as np

from benchmarks import weekly
from benchmarks.weekly import neighbors
from benchmarks.weekly.lines import WEEKS, Sales, customers, open_share, visitors

KNOWN = 60


def lines(n: int = 4_000, products: int = 20) -> Sales:
    draw = np.random.default_rng(3)
    quantity = np.ceil(draw.pareto(1.5, n) * 3) + 1
    return Sales(
        draw.integers(0, products, n),
        draw.integers(0, WEEKS, n),
        quantity,
        quantity * draw.uniform(1, 3, n),
        draw.integers(0, 90, n),
        (np.arange(products) % 5 == 0) * 1.0,
        draw.poisson(2.0, (products, WEEKS)).astype(np.float64),
        draw.poisson(9.0, (products, WEEKS)).astype(np.float64),
        draw.poisson(0.5, (products, WEEKS)).astype(np.float64),
    )


def until(sales: Sales, week: int) -> Sales:
    then = sales.week < week
    before = np.arange(WEEKS) < week
    return Sales(
        sales.product[then],
        sales.week[then],
        sales.quantity[then],
        sales.value[then],
        sales.customer[then],
        sales.christmas,
        sales.guests * before,
        sales.guest_units * before,
        sales.back * before,
    )


def test_nothing_after_the_origin_is_used() -> None:
    sales = lines()
    made = []
    for each in (sales, until(sales, KNOWN)):
        units = each.table(each.quantity)
        best = weekly.best_sellers(units, KNOWN)
        made.append((best, weekly.panel_of(each, units, best, KNOWN, cut=True)))
    (best, panel), (before, known) = made
    np.testing.assert_array_equal(best, before)
    np.testing.assert_array_equal(panel.values, known.values)
    assert panel.past.keys() == known.past.keys()
    assert panel.drivers.keys() == known.drivers.keys()
    for name, driver in panel.drivers.items():
        np.testing.assert_array_equal(driver, known.drivers[name], err_msg=name)
    for name, seen in panel.past.items():
        np.testing.assert_array_equal(seen, known.past[name], err_msg=name)
        assert np.isfinite(seen).all()


def test_bulk_orders_are_cut_in_what_is_learned_from_only() -> None:
    sales = lines()
    units = sales.table(sales.quantity)
    rows = np.arange(20)
    plain = weekly.panel_of(sales, units, rows, KNOWN, cut=False)
    np.testing.assert_array_equal(np.nan_to_num(plain.values), units[:, :KNOWN])
    most = weekly.bulk(sales, KNOWN)
    own = np.sort(sales.quantity[(sales.product == 7) & (sales.week < KNOWN)])
    assert most[7] == own[int(np.ceil(0.99 * (len(own) - 1)))]
    cut = weekly.panel_of(sales, units, rows, KNOWN, cut=True)
    expected = sales.table(np.minimum(sales.quantity, most[sales.product]))
    np.testing.assert_array_equal(np.nan_to_num(cut.values), expected[:, :KNOWN])


def test_the_shop_is_closed_as_england_is() -> None:
    days = open_share() * 6
    shorter = {week: int(days[week]) for week in np.flatnonzero(days < 5.5)}
    first_year = {3: 3, 4: 0, 17: 4, 18: 5, 22: 5, 26: 5, 39: 5}
    second = {55: 4, 56: 0, 57: 5, 72: 4, 73: 4, 74: 5, 78: 5, 91: 5}
    assert shorter == first_year | second


def test_neighbors_share_their_customers() -> None:
    nothing = [np.zeros((3, WEEKS))] * 3
    product = np.array([0, 0, 1, 1, 1, 2, 0])
    customer = np.array([1, 2, 1, 2, 3, 3, 4])
    week = np.array([50, 51, 52, 53, 54, 55, KNOWN])
    ones = np.ones(7)
    sales = Sales(product, week, ones, ones, customer, np.zeros(3), *nothing)
    # Two in common of two and three; one of three and one.
    first, last = 2 / np.sqrt(6), 1 / np.sqrt(3)
    expected = [[0, 1, 0], [first, 0, last] / (first + last), [0, 1, 0]]
    found = neighbors.alike(sales, np.arange(3), KNOWN)
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_the_course_of_neighbors_a_year_ago_is_that_of_open_weeks() -> None:
    likeness = np.array([[0.0, 1.0], [0.5, 0.5]])
    rates = np.ones((2, KNOWN))
    rates[1, 3:6] = (3.0, 0.0, 7.0)
    of_neighbors = neighbors.course(likeness, rates)
    usual = (KNOWN - 3 + 10) / KNOWN
    np.testing.assert_allclose(of_neighbors[0, 2:6], np.array([1, 3, 0, 7]) / usual)
    is_open = np.arange(KNOWN) != 4
    found = neighbors.a_year_ago(of_neighbors, is_open, 3)
    assert found.shape == (2, KNOWN + 3)
    assert np.isnan(found[:, :52]).all()
    # Weeks 52 to 58 see those around 0 to 6; 4 was closed.
    expected = np.array([1, 1, 5 / 3, 2, 5, 4, 3]) / usual
    np.testing.assert_allclose(found[0, 52:59], expected)
    np.testing.assert_allclose(found[1, 52:59], (1 + expected) / 2)


def test_customers_are_counted_once_a_week() -> None:
    sales = Sales(
        np.array([0, 0, 0, 1]),
        np.array([2, 2, 2, 2]),
        np.ones(4),
        np.ones(4),
        np.array([5, 5, 6, 5]),
        np.zeros(2),
        *[np.zeros((2, WEEKS))] * 3,
    )
    assert customers(sales)[:, 2].tolist() == [2, 1]
    assert visitors(sales)[2] == 2
    assert sales.table()[:, 2].tolist() == [3, 1]
