"""The price of a product from what its page says."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple, Self

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor

from shop_personalize.ml.optimize.prices.new_product.brands import NamedBrands
from shop_personalize.ml.optimize.prices.new_product.explaining import Pull, pulls
from shop_personalize.ml.optimize.prices.new_product.listings import Listings
from shop_personalize.ml.optimize.prices.new_product.parts import Parts
from shop_personalize.ml.optimize.prices.new_product.summaries import Summaries
from shop_personalize.ml.optimize.prices.new_product.views import Views
from shop_personalize.ml.optimize.prices.sales import (
    Floats,
    Ints,
    PriceError,
    above_zero,
    vector,
)

LEAST = 50
"""Priced products below which nothing can be learned."""
SMALL = 0.05
"""Of the median price: what is added before the logarithm is taken, so that 2.00
instead of 1.00 is not as wrong as 40 instead of 20."""
LEAST_SPREAD = 0.05
TREES, ROWS_A_TREE = 100, 20
"""At most, and fewer where there is less to learn them from."""


class Priced(NamedTuple):
    """``price`` and the interval of ``low`` and ``high``: float64 (rows,) each."""

    price: Floats
    low: Floats
    high: Floats


class NewPrice:
    """Ridge regression, sparse networks and boosted trees on a product's page.

    Ridge regression (on words, spellings, levels and what stands together) and ``nets``
    kinds of networks (on words, levels and spellings) are weighed by what they say of
    rows they have not seen, each row being in one of ``folds`` (``Parts``). Trees,
    learned without each fold as well, learn what is left from dense summaries.

    The interval holds ``level`` of new prices whatever their distribution: residuals
    of rows not seen, divided by the spread that trees expect of them (CV+ of Barber,
    Candès, Ramdas & Tibshirani 2021, at its center; scaled as in Lei et al. 2018). It
    is a little wide, as the mean of all networks is better than each of them.

    ``ridge``: penalty. ``seed`` of folds, networks and trees. After ``fit``:
    ``parts_``, of which the slopes belong to the terms of ``views_``, ``brands_`` as
    titles name them, ``scores_`` of the interval.
    """

    def __init__(
        self,
        *,
        folds: int = 5,
        nets: int = 3,
        ridge: float = 5.0,
        level: float = 0.8,
        seed: int = 0,
    ) -> None:
        self.folds = folds
        self.nets = nets
        self.ridge = ridge
        self.level = level
        self.seed = seed

    def fit(self, listings: Listings, prices: Floats) -> Self:
        """Learn from products and their ``prices`` float64 (rows,) > 0.

        Raises PriceError for fewer than 50 products, prices that are not above 0 or do
        not differ, and settings out of range.
        """
        self._check_settings()
        target = self._target(prices, len(listings))
        rng = np.random.default_rng(self.seed)
        fold = rng.permutation(np.arange(len(target)) % self.folds)
        self.brands_ = NamedBrands().fit(listings.titles, listings.brands)
        self.attributes_ = tuple(listings.attributes)
        listings = self._filled(listings)
        self.views_ = Views().fit(listings)
        self.parts_ = Parts(nets=self.nets, ridge=self.ridge)
        parts = self.parts_.fit(self.views_.of(listings), target, fold, rng)
        self.summaries_ = Summaries().fit(listings, target)
        dense = self.summaries_.without_own(listings, target, fold)
        dense = np.column_stack([dense, parts, self.parts_.mixed(parts)])
        left = target - dense[:, -1]
        self.trees_, more = self._trees(dense, left, fold, TREES)
        self.spreads_, spread = self._trees(
            dense, np.abs(left - more), fold, TREES // 3
        )
        scores = (left - more) / np.maximum(spread, LEAST_SPREAD)
        self.scores_ = _ends(scores, self.level)
        return self

    def predict(self, listings: Listings) -> Priced:
        """Price and interval of new products.

        Raises PriceError where an attribute that was learned from is missing.
        """
        for name in self.attributes_:
            if name not in listings.attributes:
                raise PriceError(f"attribute {name} was learned from and is missing")
        listings = self._filled(listings)
        if not len(listings):
            return Priced(np.empty(0), np.empty(0), np.empty(0))
        parts = self.parts_.predict(self.views_.of(listings))
        mixed = self.parts_.mixed(parts)
        dense = np.column_stack([self.summaries_.of(listings), parts, mixed])
        middle = mixed + np.mean([each.predict(dense) for each in self.trees_], axis=0)
        spread = np.mean([each.predict(dense) for each in self.spreads_], axis=0)
        spread = np.maximum(spread, LEAST_SPREAD)
        low, high = (middle + score * spread for score in self.scores_)
        return Priced(*map(self._price, (middle, low, high)))

    def explain(self, listings: Listings, row: int = 0, most: int = 10) -> list[Pull]:
        """What pulls the price of one product most, by the linear part."""
        seen = self.views_.of(self._filled(listings.take([row])))
        return pulls(seen.all, self.parts_.slopes_, self.views_.terms_, most)

    def _check_settings(self) -> None:
        if self.folds < 2 or self.nets < 0 or not 0 < self.level < 1:
            raise PriceError("folds: 2 or more; nets: 0 or more; level: in (0, 1)")
        if self.ridge <= 0:
            raise PriceError(f"ridge: above 0, not {self.ridge:g}")

    def _target(self, prices: Floats, rows: int) -> Floats:
        found = above_zero("price", vector("prices", prices, rows))
        if rows < LEAST:
            raise PriceError(
                f"{rows} priced products are too few to learn from: {LEAST} or more"
            )
        if np.ptp(found) == 0:
            raise PriceError(f"every price is {found[0]:g}: nothing can be learned")
        self.small_ = SMALL * float(np.median(found))
        self.least_, self.most_ = float(found.min()), float(found.max())
        target: Floats = np.log(found + self.small_)
        return target

    def _price(self, found: Floats) -> Floats:
        """Within what was learned from: nothing is known beyond."""
        price: Floats = np.exp(found) - self.small_
        return price.clip(self.least_, self.most_)

    def _filled(self, listings: Listings) -> Listings:
        brands = self.brands_.fill(listings.titles, listings.brands)
        known = {name: listings.attributes[name] for name in self.attributes_}
        return replace(listings, brands=brands, attributes=known)

    def _trees(
        self, x: Floats, y: Floats, fold: Ints, count: int
    ) -> tuple[list[HistGradientBoostingRegressor], Floats]:
        """Boosted trees without each fold, and what they say of it: (rows,)."""
        models, found = [], np.empty(len(y))
        for each in range(self.folds):
            out = fold == each
            model = HistGradientBoostingRegressor(
                learning_rate=0.1,
                max_iter=min(count, max(len(y) // ROWS_A_TREE, 10)),
                max_leaf_nodes=15,
                min_samples_leaf=20,
                early_stopping=False,
                random_state=self.seed,
            ).fit(x[~out], y[~out])
            found[out] = model.predict(x[out])
            models.append(model)
        return models, found


def _ends(scores: Floats, level: float) -> tuple[float, float]:
    """Quantiles with the correction for a finite number of rows."""
    beyond = (1 - level) / 2
    share = min((1 - beyond) * (1 + 1 / len(scores)), 1.0)
    high = float(np.quantile(scores, share, method="higher"))
    return -float(np.quantile(-scores, share, method="higher")), high
