"""Several products over several periods: what is asked for, and what binds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from shop_personalize.ml.optimize.stock.checked import (
    ABOVE_0,
    NOT_BELOW_0,
    FloatArray,
    Rule,
    StockError,
    one,
    refuse,
)

Integers = NDArray[np.int64]

_WHOLE = Rule(
    lambda value: (value >= 0) & (value == np.rint(value)), "whole, 0 or above"
)
_PACK = Rule(lambda value: (value >= 0) & np.isfinite(value), "0 (any amount) or above")
_EACH = {
    "holding": NOT_BELOW_0,
    "cost": NOT_BELOW_0,
    "setup": NOT_BELOW_0,
    "shortage": ABOVE_0,
}
_ONCE = {
    "initial": NOT_BELOW_0,
    "lead_time": _WHOLE,
    "pack": _PACK,
    "minimum": NOT_BELOW_0,
    "final": NOT_BELOW_0,
    "space": NOT_BELOW_0,
}


@dataclass(frozen=True, eq=False)
class Problem:
    """n products, T periods, all checked.

    float64 (n, T): ``demand``, ``arriving`` (on order already, by period of arrival),
    ``holding``, ``cost``, ``setup`` and ``shortage`` (None: all demand must be met).
    (n,): ``initial``, ``lead_time``, ``pack``, ``minimum``, ``final``, ``space``.
    (T,) or None: ``budget``, ``storage``. ``lost``: who finds nothing goes away.
    """

    demand: FloatArray
    arriving: FloatArray
    holding: FloatArray
    cost: FloatArray
    setup: FloatArray
    shortage: FloatArray | None
    initial: FloatArray
    lead_time: Integers
    pack: FloatArray
    minimum: FloatArray
    final: FloatArray
    space: FloatArray
    budget: FloatArray | None
    storage: FloatArray | None
    lost: bool

    @classmethod
    def of(
        cls,
        demand: ArrayLike,
        *,
        pipeline: ArrayLike,
        shortage: ArrayLike | None,
        budget: ArrayLike | None,
        storage: ArrayLike | None,
        lost: bool,
        **values: ArrayLike,
    ) -> Problem:
        """Check and spread them; raises StockError naming what is wrong."""
        asked = one("demand", demand, NOT_BELOW_0)
        if asked.ndim != 2:
            raise StockError(f"demand must be (products, periods), not {asked.shape}")
        shape = asked.shape
        each = {
            name: _spread(name, values.pop(name), _EACH[name], shape)
            for name in ("holding", "cost", "setup")
        }
        once = {
            name: _once(name, value, _ONCE[name], shape[0])
            for name, value in values.items()
        }
        if storage is not None and not once["space"].any():
            raise StockError("space is 0 of all; storage needs what a unit takes of it")
        given = shortage is not None
        return cls(
            demand=asked,
            arriving=_spread("pipeline", pipeline, NOT_BELOW_0, shape),
            shortage=_spread("shortage", shortage, ABOVE_0, shape) if given else None,
            lead_time=once.pop("lead_time").astype(np.int64),
            budget=_per_period("budget", budget, shape[1]),
            storage=_per_period("storage", storage, shape[1]),
            lost=lost,
            **each,
            **once,
        )

    @property
    def shape(self) -> tuple[int, int]:
        """Products and periods."""
        n, T = self.demand.shape
        return n, T

    @property
    def on_hand(self) -> FloatArray:
        """Units at hand by the end of each period if none were sold, (n, T)."""
        sums: FloatArray = self.initial[:, None] + self.arriving.cumsum(axis=1)
        return sums

    @property
    def largest(self) -> FloatArray:
        """An order that serves all demand from its arrival on, (n, T), rounded up.

        0 where it would arrive too late.
        """
        n, T = self.shape
        rest = self.demand[:, ::-1].cumsum(axis=1)[:, ::-1]
        may_wait = self.shortage is not None and not self.lost
        owed = (self.demand.cumsum(axis=1) - self.demand) * may_wait
        wanted = np.zeros((n, T))
        at = np.arange(T)[None, :] + self.lead_time[:, None]
        rows = np.broadcast_to(np.arange(n)[:, None], (n, T))
        there = at < T
        wanted[there] = (rest + owed)[rows[there], at[there]]
        wanted[there] += self.final[rows[there]]
        size = np.maximum(wanted, self.minimum[:, None])
        pack = np.where(self.pack > 0, self.pack, 1.0)[:, None]
        whole = np.ceil(size / pack - 1e-9) * pack
        return np.where(there, np.where(self.pack[:, None] > 0, whole, size), 0.0)


def _spread(
    name: str, value: ArrayLike | None, rule: Rule, shape: tuple[int, int]
) -> FloatArray:
    array = one(name, value, rule)
    if array.shape == shape[:1]:
        array = array[:, None]
    return _to(name, array, shape)


def _once(name: str, value: ArrayLike, rule: Rule, n: int) -> FloatArray:
    return _to(name, one(name, value, rule), (n,))


def _per_period(name: str, value: ArrayLike | None, T: int) -> FloatArray | None:
    if value is None:
        return None
    array = np.asarray(value, np.float64)
    refuse(name, array, ~(array >= 0), "0 or above (infinite: no limit)")
    return _to(name, array, (T,))


def _to(name: str, array: FloatArray, shape: tuple[int, ...]) -> FloatArray:
    try:
        return np.broadcast_to(array, shape)
    except ValueError as error:
        raise StockError(f"{name} is {array.shape}; it must be {shape}") from error
