"""What drives sales, in plain numbers: a regression on trend, season and drivers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from shop_personalize.ml.forecast.base import Forecaster
from shop_personalize.ml.forecast.lags_drivers import table_of
from shop_personalize.ml.forecast.panel import FloatMatrix, Panel, PanelError

FOURIER_FROM = 13
"""A season of as many periods is told by waves instead of a number per position."""
WAVES = 4
DAMPING = 0.9
"""Share of the trend that goes on into each further period."""
BLOCK = 2048
"""Series solved at once."""

Cube = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class _Solved:
    """Of k series: ``center`` and ``effects`` (k, c), ``level`` (k,), ``seen`` (k, c).

    ``seen`` says where a column ever changed.
    """

    level: NDArray[np.float64]
    center: FloatMatrix
    effects: FloatMatrix
    seen: NDArray[np.bool_]


class DriverRegression(Forecaster):
    """Ridge regression of each series on trend, season and drivers.

    Value = level + trend + season + sum of effect × driver, by weighted least squares
    with an L2 penalty on all but the level (Hoerl & Kennard 1970, "Ridge regression").
    ``shrink`` is the penalty in periods: with 4, each effect is drawn to nothing as if
    four more periods had shown none; it must be above 0. Columns are told in their
    standard deviations. ``half_life``: what lies as many periods back weighs half;
    None: all weigh the same. ``drivers`` names those to use, by default all.

    A season is told by a number per position, from 13 periods on by four pairs of waves
    (Fourier terms); a series shorter than two seasons has none. The trend is damped
    into the future (Gardner & McKenzie 1985). For effects that multiply, wrap it:
    ``OnLogs(DriverRegression())``; the effect of a logarithmic price is then an
    elasticity.

    ``effects_`` by name of driver, float64 (n,): the units that one more of the driver
    adds in a period; NaN where a series never saw it change. Raises PanelError for a
    driver that is not in the panel, ends before the horizon, or has an unknown value.
    """

    name: ClassVar[str] = "driver regression"
    wants_drivers: ClassVar[bool] = True

    def __init__(
        self,
        *,
        drivers: tuple[str, ...] | None = None,
        shrink: float = 4.0,
        half_life: float | None = 52.0,
    ) -> None:
        self.drivers = drivers
        self.shrink = shrink
        self.half_life = half_life

    def _fit(self, panel: Panel) -> None:
        if not self.shrink > 0:
            raise PanelError(f"shrink must be above 0, not {self.shrink}")
        if self.half_life is not None and not self.half_life > 0:
            raise PanelError(f"half_life must be above 0, not {self.half_life}")
        self.used_ = tuple(panel.drivers) if self.drivers is None else self.drivers
        for name in self.used_:
            if name not in panel.drivers:
                known = ", ".join(panel.drivers) or "none"
                raise PanelError(f"no driver {name!r}; the panel has: {known}")
        self.solved_ = [self._solve(part) for part in _parts(panel)]
        effects = np.concatenate([each.effects for each in self.solved_])
        seen = np.concatenate([each.seen for each in self.solved_])
        own = np.where(seen, effects, np.nan)[:, effects.shape[1] - len(self.used_) :]
        self.effects_ = dict(zip(self.used_, own.T, strict=True))

    def _predict(self, horizon: int) -> FloatMatrix:
        found = []
        for solved, part in zip(self.solved_, _parts(self.panel_), strict=True):
            columns = self._columns(part, horizon)[:, part.periods :]
            away = columns - solved.center[:, None]
            moved = np.einsum("nhc,nc->nh", away, solved.effects)
            found.append(solved.level[:, None] + moved)
        return np.concatenate(found)

    def _solve(self, panel: Panel) -> _Solved:
        columns = self._columns(panel, 0)
        weight = self._weight(panel)
        total = weight.sum(axis=1)
        values = np.nan_to_num(panel.values)
        level = (weight * values).sum(axis=1) / total
        center = np.einsum("nt,ntc->nc", weight, columns) / total[:, None]
        around = columns - center[:, None]
        square = np.einsum("nt,ntc->nc", weight, around**2) / total[:, None]
        seen = square > np.maximum(center**2, 1.0) * 1e-18
        scale = np.sqrt(np.where(seen, square, 1.0))
        around = np.where(seen[:, None], around / scale[:, None], 0.0)
        power = np.einsum("nt,ntc,ntd->ncd", weight, around, around, optimize=True)
        power += self.shrink * np.eye(power.shape[1])
        pull = np.einsum("nt,ntc->nc", weight * (values - level[:, None]), around)
        solved = np.linalg.solve(power, pull[..., None])[..., 0]
        return _Solved(level, center, solved / scale, seen)

    def _weight(self, panel: Panel) -> FloatMatrix:
        known = (~np.isnan(panel.values)).astype(np.float64)
        if self.half_life is None:
            return known
        ages = np.arange(panel.periods)[::-1]
        return known * 0.5 ** (ages / self.half_life)

    def _columns(self, panel: Panel, horizon: int) -> Cube:
        """Trend, season and drivers: float64 (k, T + horizon, columns)."""
        n, periods = len(panel), panel.periods + horizon
        shared = [_trend(panel.periods, horizon), *_season(panel.season, periods)]
        table = np.repeat(np.stack(shared, axis=-1)[None], n, axis=0)
        short = panel.periods - panel.starts < 2 * panel.season
        table[short, :, 1:] = 0.0
        own = [self._driver(panel, name, periods) for name in self.used_]
        return np.concatenate([table, *own], axis=2)

    @staticmethod
    def _driver(panel: Panel, name: str, periods: int) -> Cube:
        values = table_of(name, panel.drivers[name], len(panel), periods)[:, :periods]
        unknown = ~np.isfinite(values)
        unknown &= np.arange(periods) >= panel.starts[:, None]
        if unknown.any():
            row, period = np.argwhere(unknown)[0]
            raise PanelError(
                f"driver {name!r} is {values[row, period]} for series {row} in period"
                f" {period}; it must be known wherever the series is"
            )
        return np.where(np.isfinite(values), values, 0.0)[..., None]


def _parts(panel: Panel) -> Iterator[Panel]:
    for start in range(0, len(panel), BLOCK):
        yield panel.take(np.arange(start, min(start + BLOCK, len(panel))))


def _trend(periods: int, horizon: int) -> NDArray[np.float64]:
    ahead = np.cumsum(DAMPING ** np.arange(1, horizon + 1))
    return np.concatenate([np.arange(periods), periods - 1 + ahead])


def _season(season: int, periods: int) -> Iterator[NDArray[np.float64]]:
    position = np.arange(periods) % season
    if season >= FOURIER_FROM:
        for wave in range(1, WAVES + 1):
            angle = 2 * np.pi * wave * position / season
            yield np.sin(angle)
            yield np.cos(angle)
    elif season > 1:
        for each in range(season):
            yield (position == each).astype(np.float64)
