"""The price elasticity of every item, and where it is known from."""

from __future__ import annotations

from typing import Literal, Self, get_args

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from shop_personalize.ml.optimize.prices.cells import Cells
from shop_personalize.ml.optimize.prices.sales import (
    Bools,
    Floats,
    Ints,
    PriceError,
    Sales,
)
from shop_personalize.ml.optimize.prices.shrinking import Between, drawn, grouped
from shop_personalize.ml.optimize.prices.slopes import Slopes, counting, logarithmic

Method = Literal["poisson", "log"]
Errors = Literal["robust", "clustered"]
Season = Literal["shop", "category"]

SEASON_ITEMS = 20
"""Items a period needs on average before it may have an effect of its own."""
FEW = 3
"""Own estimates a category or a shop needs before it speaks for the others."""
CLEARLY = 2.0
"""Errors above 0 from which an own figure is no chance but another cause, as a price
that followed demand: it does not speak for others. Below, chance must not be cut off
on one side, or the rest would be too steep."""

REASONS = {
    "": "",
    "no_rows": "no period is known",
    "no_sales": "nothing was sold",
    "few_periods": "{periods} periods with a figure are too few, {least} are needed",
    "one_price": "the price never changed",
    "confounded": "the price never changed apart from promotions and other controls",
    "positive": "its own figure {own:+.2f} says that dearer sells more",
    "extreme": "its own figure {own:+.2f} is beyond {bound:g}",
}


class Elasticities:
    """Log of sales on log of price within an item and place, drawn to the category.

    ``method``: ``"poisson"`` (default) keeps periods without a sale; ``"log"`` is least
    squares of log units, which leaves them out. ``season``: take out what moves the
    whole ``"shop"``, or each ``"category"``, in a period; None takes out nothing. It
    is left out where a period has fewer than 20 items on average. ``errors``:
    ``"robust"`` or ``"clustered"`` by place. ``level`` of the intervals. ``between``:
    how the variance between items is estimated. ``least_periods``: fewer rows of an
    item say nothing. ``bound``: what is steeper is not believed. ``prior``: mean and
    standard deviation where a shop cannot tell: Bijmolt, van Heerde and Pieters (2005)
    find -2.62 on average of 1,851 studies' elasticities.

    After ``fit``, of each of n items: ``values_`` (always below 0), ``errors_``,
    ``low_`` and ``high_`` float64; ``sources_``: ``"own"`` where the item's own figure
    weighs most, otherwise whose mean does: ``"category"``, ``"shop"``, ``"prior"``;
    ``reasons_``: why an own figure is not used, ``""`` where it is (``note(item)`` says
    it in words); ``own_``, ``own_errors_`` (NaN where none) and ``own_weights_``;
    ``periods_`` and ``prices_`` int64: rows used and prices seen. Of categories:
    ``category_values_``, ``category_errors_``; ``shop_value_``, ``shop_error_``.
    """

    def __init__(
        self,
        *,
        method: Method = "poisson",
        season: Season | None = "shop",
        errors: Errors = "robust",
        level: float = 0.8,
        between: Between = "paule-mandel",
        least_periods: int = 8,
        bound: float = -10.0,
        prior: tuple[float, float] = (-2.62, 1.5),
    ) -> None:
        self.method = method
        self.season = season
        self.errors = errors
        self.level = level
        self.between = between
        self.least_periods = least_periods
        self.bound = bound
        self.prior = prior

    def fit(self, sales: Sales) -> Self:
        """Learn from sales; raises PriceError for settings out of range."""
        self._check()
        keep = (
            sales.units > 0 if self.method == "log" else np.ones(len(sales.units), bool)
        )
        cells = Cells.of(sales, keep, self._season(sales))
        learn = logarithmic if self.method == "log" else counting
        slopes = learn(cells, clustered=self.errors == "clustered")
        self.periods_ = np.bincount(cells.item, minlength=sales.n)
        self.prices_ = _prices_seen(sales, keep)
        self.reasons_ = self._reasons(sales, slopes)
        unknown = np.isin(self.reasons_, ["", "positive", "extreme"], invert=True)
        self.own_ = np.where(unknown, np.nan, slopes.values)
        self.own_errors_ = np.where(unknown, np.nan, slopes.errors)
        self._draw(sales.categories)
        return self

    def note(self, item: int) -> str:
        """Why the item's own figure is not used, in words; empty where it is."""
        return REASONS[str(self.reasons_[item])].format(
            periods=self.periods_[item],
            least=self.least_periods,
            own=self.own_[item],
            bound=self.bound,
        )

    def _check(self) -> None:
        for name, given, right in (
            ("method", self.method, get_args(Method)),
            ("season", self.season, (None, *get_args(Season))),
            ("errors", self.errors, get_args(Errors)),
            ("between", self.between, get_args(Between)),
        ):
            if given not in right:
                raise PriceError(f"{name}: one of {right}, not {given!r}")
        if not 0 < self.level < 1:
            raise PriceError(f"level: between 0 and 1, not {self.level:g}")
        if not (self.bound < 0 and self.prior[0] < 0 and self.prior[1] > 0):
            raise PriceError("bound and prior: elasticities below 0")

    def _season(self, sales: Sales) -> Season | None:
        if self.season is None or sales.period is None:
            return None
        group = sales.categories[sales.item] if self.season == "category" else 0
        cells = len(np.unique(group * (sales.period.max() + 1) + sales.period))
        pairs = sales.item * (sales.period.max() + 1) + sales.period
        return self.season if len(np.unique(pairs)) >= SEASON_ITEMS * cells else None

    def _reasons(self, sales: Sales, slopes: Slopes) -> NDArray[np.str_]:
        """Why an item's own figure may not be used; the first that holds."""
        rows = np.bincount(sales.item, minlength=sales.n)
        sold = np.bincount(sales.item, sales.units, minlength=sales.n)
        cases = [
            ("no_rows", rows == 0),
            ("no_sales", sold == 0),
            ("few_periods", self.periods_ < self.least_periods),
            ("one_price", self.prices_ < 2),
            ("confounded", ~slopes.known),
            ("positive", slopes.values >= 0),
            ("extreme", slopes.values < self.bound),
        ]
        return np.select([case for _, case in cases], [name for name, _ in cases], "")

    def _draw(self, category: Ints) -> None:
        """Items toward categories, categories toward the shop, the shop to a prior."""
        count = int(category.max()) + 1
        told = ~np.isnan(self.own_) & (np.abs(self.own_) <= -self.bound)
        told &= ~(self.own_ > CLEARLY * self.own_errors_)
        groups = grouped(
            self.own_[told],
            self.own_errors_[told],
            category[told],
            count,
            method=self.between,
        )
        speaks = groups.count > 0
        shop = grouped(
            groups.mean[speaks],
            groups.error[speaks],
            np.zeros(int(speaks.sum()), np.int64),
            1,
            method=self.between,
        )
        self._shop(float(shop.mean[0]), float(shop.error[0]), int(told.sum()))
        apart = shop.between + self.shop_error_**2
        self._categories(groups.mean, groups.error, groups.count, apart)
        base = self.category_values_[category]
        variance = self.category_errors_[category] ** 2 + groups.between
        own = self.reasons_ == ""
        self._items(own, base, variance, self.category_sources_[category])
        self.between_ = groups.between

    def _shop(self, mean: float, error: float, told: int) -> None:
        self.shop_source_ = "shop" if told >= FEW and mean < 0 else "prior"
        if self.shop_source_ == "prior":
            mean, error = self.prior
        self.shop_value_, self.shop_error_ = mean, error

    def _categories(
        self, mean: Floats, error: Floats, count: Ints, apart: float
    ) -> None:
        speaks = (count >= FEW) & (mean < 0)
        wide = np.where(speaks, error, 1.0)
        shop = np.full(len(mean), self.shop_value_)
        value, spread, _ = drawn(mean, wide, shop, np.full(len(mean), apart))
        self.category_values_ = np.where(speaks, value, shop)
        self.category_errors_ = np.where(speaks, spread, np.sqrt(apart))
        self.category_sources_ = np.where(speaks, "category", self.shop_source_)

    def _items(
        self, own: Bools, base: Floats, variance: Floats, source: NDArray[np.str_]
    ) -> None:
        value, error, weight = drawn(
            np.where(own, self.own_, base),
            np.where(own, self.own_errors_, np.inf),
            base,
            variance,
        )
        self.own_weights_ = np.where(own, weight, 0.0)
        self.values_ = value
        self.errors_ = error
        self.sources_ = np.where(self.own_weights_ >= 0.5, "own", source)
        reach = float(ndtri((1 + self.level) / 2))
        self.low_ = self.values_ - reach * self.errors_
        self.high_ = self.values_ + reach * self.errors_


def _prices_seen(sales: Sales, keep: Bools) -> Ints:
    """How many prices of each item were seen: int64 (n,)."""
    item, price = sales.item[keep], sales.price[keep]
    order = np.lexsort((price, item))
    item, price = item[order], price[order]
    new = np.ones(len(item), np.bool_)
    new[1:] = (item[1:] != item[:-1]) | ~np.isclose(price[1:], price[:-1], rtol=1e-6)
    return np.bincount(item[new], minlength=sales.n)
