"""One learner for all series: which rows it learns from, and what it is asked."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from shop_personalize.ml.forecast.base import Forecaster
from shop_personalize.ml.forecast.lags import Lags
from shop_personalize.ml.forecast.lags_running import Ints
from shop_personalize.ml.forecast.naive import MovingMedian
from shop_personalize.ml.forecast.panel import FloatMatrix, Panel, PanelError

Loss = Literal["absolute", "squared", "poisson"]
Gap = Literal["step", "horizon"]
Table = NDArray[np.float32]
Vector = NDArray[np.float64]
Predict = Callable[[Table], Vector]

LOSSES: tuple[Loss, ...] = ("absolute", "squared", "poisson")
LEAST_ROWS = 1_000
"""With fewer rows to learn from, nothing is learned that would hold."""
MOST_ORIGINS = 40
"""More of them tell little: neighbors share most of their past."""
FURTHEST = 10.0
"""A target counts as at most this many times its level."""


@dataclass(frozen=True, eq=False)
class Rows:
    """What a learner learns from: ``table`` (r, c), ``target`` and ``weight`` (r,).

    ``kept`` (c,) places of the columns among all that are made; the others say nothing.
    ``loss`` is what to minimize.
    """

    names: list[str]
    kept: Ints
    table: Table
    target: Vector
    weight: Vector
    loss: Loss


@dataclass(frozen=True, eq=False)
class _Learned:
    members: list[tuple[Ints, Predict]]
    """Which columns each was shown, and what it learned."""

    def __call__(self, table: Table) -> Vector:
        said = [predict(table[:, kept]) for kept, predict in self.members]
        return np.asarray(np.mean(said, axis=0))


class LagForecaster(Forecaster):
    """A learner over :class:`~shop_personalize.ml.forecast.lags.Lags` of all series.

    It learns for the horizon it is first asked for. ``gap`` "step": features end at the
    origin, and the step ahead is one of them. "horizon": features end a whole horizon
    before each target, so that one kind of row serves every step; for long horizons of
    daily sales, with as many rows as there are days. ``loss`` what is minimized: the
    absolute error (medians; robust against bulk orders), the squared (means), or
    Poisson's deviance (means of counts; not with logarithms). ``roots`` is the share in
    every member of a second learner, of square roots by their squared error, which lie
    between median and mean (not with logarithms). ``emphasis`` how much the level of a
    series weighs: weight = level ** emphasis. ``rows`` bounds what is learned from:
    beyond it fewer origins, then a sample of the series. ``members`` learners of
    different seeds are averaged; ``staggered``, where not every origin is learned from,
    each learns from others. ``plain`` is the share of the ``fallback`` in every
    forecast: a median of late calms what was learned.

    A series younger than ``least_age`` periods, and all of them where there are fewer
    than 1,000 rows to learn from, get the forecast of ``fallback``; ``fallen_back_``
    bool (n,) says which, after the first forecast.
    """

    wants_drivers: ClassVar[bool] = True
    learns_across: ClassVar[bool] = True

    def __init__(
        self,
        loss: Loss = "absolute",
        *,
        lags: Lags | None = None,
        gap: Gap = "step",
        roots: float = 0.0,
        emphasis: float = 0.5,
        members: int = 1,
        staggered: bool = False,
        plain: float = 0.0,
        rows: int = 100_000,
        least_age: int = 8,
        fallback: Forecaster | None = None,
        seed: int = 0,
    ) -> None:
        self.loss = loss
        self.lags = lags
        self.gap = gap
        self.roots = roots
        self.emphasis = emphasis
        self.members = members
        self.staggered = staggered
        self.plain = plain
        self.rows = rows
        self.least_age = least_age
        self.fallback = fallback
        self.seed = seed

    @abstractmethod
    def learner(self, rows: Rows, seed: int) -> Predict:
        """Learn from rows; what is returned answers float64 (r,) for a table (r, c)."""

    # ------------------------------------------------------------------ learning

    def _fit(self, panel: Panel) -> None:
        self._check()
        self.learned_: dict[int, _Learned | None] = {}
        self.fallen_back_ = panel.periods - panel.starts < self.least_age
        self.plain_ = (self.fallback or MovingMedian()).fit(panel)

    def _predict(self, horizon: int) -> FloatMatrix:
        if horizon not in self.learned_:
            self.learned_[horizon] = self._learned(horizon)
        found = self.plain_.predict(horizon)
        learned = self.learned_[horizon]
        if learned is None:
            self.fallen_back_ = np.ones(len(self.panel_), bool)
        rows = np.flatnonzero(~self.fallen_back_)
        if learned is not None and len(rows):
            said = self._asked(learned, self.panel_.take(rows), horizon)
            found[rows] += (1 - self.plain) * (said - found[rows])
        targets = self.panel_.periods + np.arange(horizon)
        share = self._lags().open_share(self.panel_, targets)
        return np.where(share > 0, found, 0.0)

    def _check(self) -> None:
        if self.members < 1:
            raise PanelError(f"members must be 1 or more, not {self.members}")
        for name, share in (("plain", self.plain), ("roots", self.roots)):
            if not 0 <= share <= 1:
                raise PanelError(f"{name} must be a share from 0 to 1, not {share}")
        if self.loss not in LOSSES:
            known = ", ".join(LOSSES)
            raise PanelError(f"loss must be one of {known}, not {self.loss!r}")
        if self.loss == "poisson" and self._lags().scale == "log":
            raise PanelError("loss 'poisson' counts units: take Lags(scale='ratio')")
        if self.roots and self._lags().scale == "log":
            raise PanelError("roots are of units: take Lags(scale='ratio')")

    def _learned(self, horizon: int) -> _Learned | None:
        first = self.rows_of(self.panel_, horizon)
        if first is None:
            return None
        made = []
        for each in range(self.members):
            rows = first
            if each and self.staggered:
                rows = self.rows_of(self.panel_, horizon, each) or first
            made.append((rows.kept, self._member(rows, self.seed + each)))
        return _Learned(made)

    def _member(self, rows: Rows, seed: int) -> Predict:
        first = self.learner(rows, seed)
        if not self.roots:
            return first
        roots = np.sqrt(np.maximum(rows.target, 0))
        second = self.learner(replace(rows, target=roots, loss="squared"), seed)

        def predict(table: Table) -> Vector:
            squared = np.maximum(second(table), 0) ** 2
            return (1 - self.roots) * first(table) + self.roots * squared

        return predict

    def rows_of(self, panel: Panel, horizon: int, shift: int = 0) -> Rows | None:
        """What there is to learn from; None where it is too little.

        ``shift``: origins that many periods earlier, as far as others lie between them.
        """
        origins, targets = self._pairs(panel, horizon, shift)
        if not len(origins):
            return None
        chosen = self._sample(panel, len(origins))
        pool = np.nansum(self._lags().whole(panel), axis=0)
        table = self._lags().of(panel.take(chosen), pool)
        level = table.level(origins, targets)
        target = table.targets(targets, level)
        old = origins - table.panel.starts[:, None] >= self.least_age
        known = (old & ~np.isnan(target)).ravel()
        if known.sum() < LEAST_ROWS:
            return None
        names, numbers = table.table(origins, targets, level)
        numbers = numbers[known]
        varied = _varied(numbers)
        return Rows(
            [names[at] for at in varied],
            varied,
            numbers[:, varied],
            self._bounded(target.ravel()[known]),
            self._weight(level).ravel()[known],
            self.loss,
        )

    def _asked(self, learned: _Learned, panel: Panel, horizon: int) -> FloatMatrix:
        pool = np.nansum(self._lags().whole(self.panel_), axis=0)
        table = self._lags().of(panel, pool)
        targets = panel.periods + np.arange(horizon)
        origins = np.full(horizon, panel.periods)
        if self.gap == "horizon":
            origins = targets - horizon + 1
        level = table.level(origins, targets)
        _, numbers = table.table(origins, targets, level)
        said = learned(numbers)
        found = table.units_of(said.reshape(level.shape), level)
        found *= self._lags().open_share(panel, targets)
        sold = table.units.any(axis=1, keepdims=True)
        return np.where(sold, found, 0.0)

    # ----------------------------------------------------------- what is learned

    def _pairs(self, panel: Panel, horizon: int, shift: int) -> tuple[Ints, Ints]:
        """Origins and targets, the targets all known: int64 (P,) each."""
        first = self.least_age + int(panel.starts.min())
        if self.gap == "horizon":
            origins = np.arange(first, panel.periods - horizon + 1)
            return origins, origins + horizon - 1
        last = panel.periods - horizon
        room = max(self.rows // max(len(panel) * horizon, 1), MOST_ORIGINS // 4)
        step = max(1, -(-(last - first + 1) // min(room, MOST_ORIGINS)))
        starts = np.arange(last - shift % step, first - 1, -step)
        origins = np.repeat(starts, horizon)
        return origins, origins + np.tile(np.arange(horizon), len(starts))

    def _sample(self, panel: Panel, pairs: int) -> Ints:
        most = max(self.rows // pairs, 1)
        if most >= len(panel):
            return np.arange(len(panel))
        draw = np.random.default_rng(self.seed)
        return np.sort(draw.choice(len(panel), most, replace=False))

    def _lags(self) -> Lags:
        return self.lags or Lags()

    def _weight(self, level: FloatMatrix) -> FloatMatrix:
        if self._lags().scale == "log":
            return np.ones(level.shape)
        return np.asarray((level / level.mean()) ** self.emphasis)

    def _bounded(self, target: Vector) -> Vector:
        return target if self._lags().scale == "log" else np.minimum(target, FURTHEST)


def _varied(table: Table) -> Ints:
    """Columns that are not the same in every row."""
    first = table[:1]
    same = (table == first) | (np.isnan(table) & np.isnan(first))
    return np.flatnonzero(~same.all(axis=0))
