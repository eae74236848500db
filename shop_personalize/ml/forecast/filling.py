"""What is not known of a series, filled in by a named rule and nothing else touched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from shop_personalize.ml.forecast.lengths import known_means
from shop_personalize.ml.forecast.panel import (
    BoolMatrix,
    FloatMatrix,
    Panel,
    PanelError,
)

RECENT = 13
"""Periods in which a series' usual level is looked for."""


def filled(panel: Panel, how: str) -> Panel:
    """The panel without gaps after a series began.

    ``how``: ``zero`` (nothing was sold), ``carry`` (the last known value),
    ``interpolate`` (a straight line), ``seasonal`` (the mean of the same season
    position, of all where there is none) or ``mean``. Raises PanelError for another
    name.
    """
    rule = RULES.get(how)
    if rule is None:
        raise PanelError(f"how is {how!r}; it must be one of: {', '.join(RULES)}")
    gaps = panel.gaps
    if not gaps.any():
        return panel
    return replace(panel, values=np.where(gaps, rule(panel), panel.values))


def uncensored(panel: Panel) -> tuple[Panel, BoolMatrix]:
    """Demand where a product was sold out, and the cells that were raised: bool (n, T).

    A censored value is a lower bound. It is raised to the mean of those uncensored
    values of up to 13 periods on either side that are higher, an estimate of the
    conditional mean E(y | y > bound) from the series itself; what is higher than all
    of them stays.
    Reference: Nahmias (1994), "Demand estimation in lost sales inventory systems", for
    the censored mean; here without a distribution.
    """
    if panel.censored is None or not panel.censored.any():
        return panel, np.zeros(panel.values.shape, bool)
    open_to_all = np.where(panel.censored, np.nan, panel.values)
    values, raised = panel.values.copy(), np.zeros(panel.values.shape, bool)
    rows = np.flatnonzero((panel.censored & ~np.isnan(panel.values)).any(axis=1))
    for period in range(panel.periods):
        now = rows[panel.censored[rows, period] & ~np.isnan(values[rows, period])]
        if not len(now):
            continue
        around = open_to_all[now, max(period - RECENT, 0) : period + RECENT + 1]
        bound = panel.values[now, period]
        above = around > bound[:, None]
        count = above.sum(axis=1)
        total = np.where(above, around, 0.0).sum(axis=1)
        found = np.divide(total, count, out=bound.copy(), where=count > 0)
        values[now, period], raised[now, period] = found, found > bound
    return replace(panel, values=values), raised


def _zero(panel: Panel) -> FloatMatrix:
    return np.zeros_like(panel.values)


def _carry(panel: Panel) -> FloatMatrix:
    return _last(panel.values)


def _last(values: FloatMatrix) -> FloatMatrix:
    """Each cell's last known value up to it: float64 (n, T)."""
    at = np.where(np.isnan(values), 0, np.arange(values.shape[1]))
    last = np.maximum.accumulate(at, axis=1)
    found: FloatMatrix = np.take_along_axis(values, last, axis=1)
    return found


def _interpolate(panel: Panel) -> FloatMatrix:
    """Straight lines between known values; the last one goes on."""
    before, after = _carry(panel), _last(panel.values[:, ::-1])[:, ::-1]
    left, right = _distance(panel.values), _distance(panel.values[:, ::-1])[:, ::-1]
    span = left + right
    share = np.divide(left, span, out=np.zeros_like(left), where=span > 0)
    after = np.where(np.isnan(after), before, after)
    found: FloatMatrix = before + share * (after - before)
    return found


def _distance(values: FloatMatrix) -> FloatMatrix:
    """Periods since the last known value."""
    periods = np.arange(values.shape[1], dtype=np.float64)
    known = np.where(np.isnan(values), 0.0, periods)
    found: FloatMatrix = periods - np.maximum.accumulate(known, axis=1)
    return found


def _mean(panel: Panel) -> FloatMatrix:
    return np.broadcast_to(
        known_means(panel.values)[:, None], panel.values.shape
    ).copy()


def _seasonal(panel: Panel) -> FloatMatrix:
    found = _mean(panel)
    for position in range(min(panel.season, panel.periods)):
        same = slice(position, None, panel.season)
        own = known_means(panel.values[:, same])
        told = ~np.isnan(own)
        found[told, same] = own[told, None]
    return found


RULES: dict[str, Callable[[Panel], FloatMatrix]] = {
    "zero": _zero,
    "carry": _carry,
    "interpolate": _interpolate,
    "seasonal": _seasonal,
    "mean": _mean,
}
