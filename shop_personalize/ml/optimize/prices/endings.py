"""Prices that can be asked: whole coins, and what a price may end in."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from shop_personalize.ml.optimize.prices.sales import Bools, Floats, Ints, PriceError

CLOSE = 1e-7
"""How much of a coin floating point may be off."""


@dataclass(frozen=True, eq=False)
class Lattice:
    """Multiples of a coin whose remainder by ``modulus`` is one of ``endings``.

    Reckoned in whole coins, so that no price is ever beside it. ``coin`` in money,
    ``modulus`` and ``endings`` int64 (e,) in coins.
    """

    coin: float
    modulus: int
    endings: Ints

    @classmethod
    def of(cls, coin: float, endings: tuple[float, ...], every: float) -> Lattice:
        """Of money; raises PriceError where an ending is no multiple of the coin."""
        if not coin > 0:
            raise PriceError(f"cent: above 0, not {coin:g}")
        if not endings:
            return cls(coin, 1, np.zeros(1, np.int64))
        coins = np.asarray([*endings, every], np.float64) / coin
        whole = np.rint(coins)
        if (off := np.abs(coins - whole) > CLOSE).any():
            wrong = [*endings, every][int(off.argmax())]
            raise PriceError(f"endings: {wrong:g} is no multiple of the coin {coin:g}")
        modulus, found = int(whole[-1]), np.unique(whole[:-1].astype(np.int64))
        if modulus < 1 or found[0] < 0 or found[-1] >= modulus:
            raise PriceError(f"endings: each from 0 to below every ({every:g})")
        return cls(coin, modulus, found)

    def down(self, price: Floats) -> Ints:
        """The dearest such price of at most ``price`` (n,), in coins."""
        coins = np.floor(np.asarray(price) / self.coin + CLOSE)[..., None]
        steps = np.floor((coins - self.endings) / self.modulus)
        found: Ints = (steps * self.modulus + self.endings).max(axis=-1)
        return found.astype(np.int64)

    def up(self, price: Floats) -> Ints:
        """The cheapest such price of at least ``price`` (n,), in coins."""
        coins = np.ceil(np.asarray(price) / self.coin - CLOSE)[..., None]
        steps = np.ceil((coins - self.endings) / self.modulus)
        found: Ints = (steps * self.modulus + self.endings).min(axis=-1)
        return found.astype(np.int64)

    def holds(self, price: Floats) -> Bools:
        """Whether each ``price`` (n,) is one of them."""
        coins = np.rint(np.asarray(price) / self.coin)
        near = np.abs(coins - np.asarray(price) / self.coin) < CLOSE * 10
        return near & np.isin(coins.astype(np.int64) % self.modulus, self.endings)

    def between(self, low: float, high: float, most: int) -> Floats:
        """Such prices from ``low`` to ``high``, at most ``most``, evenly thinned."""
        first, last = int(self.up(np.asarray(low))), int(self.down(np.asarray(high)))
        if last < first:
            return np.empty(0)
        # By their number, not in a list: a price may be a billion coins.
        first, last = self._number(first), self._number(last)
        steps = np.linspace(first, last, min(last - first + 1, most))
        rounds, place = np.divmod(np.unique(steps.astype(np.int64)), self._many)
        return self.money(rounds * self.modulus + self.endings[place])

    @property
    def _many(self) -> int:
        """Endings within a round."""
        return len(self.endings)

    def _number(self, coins: int) -> int:
        """Which of all such prices one is, from 0."""
        rounds, rest = divmod(coins, self.modulus)
        return rounds * self._many + int(np.searchsorted(self.endings, rest))

    def money(self, coins: Ints) -> Floats:
        """Coins as money, rounded to what it can be written as."""
        places = Decimal(str(self.coin)).as_tuple().exponent
        return np.round(coins * self.coin, max(-int(places), 0))
