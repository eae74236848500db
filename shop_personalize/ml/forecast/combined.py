"""Several forecasts, one answer: their mean errs less than the best of them does.

References: Clemen (1989), "Combining forecasts"; Makridakis & Hibon (2000), "The
M3-competition"; Fiorucci et al. (2016) for the dynamic theta among the members.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar, Literal

import numpy as np

from shop_personalize.ml.forecast import seasonal, seasonal_shared
from shop_personalize.ml.forecast.base import Forecaster, free
from shop_personalize.ml.forecast.panel import FloatMatrix, Panel, PanelError
from shop_personalize.ml.forecast.smoothing import Damped
from shop_personalize.ml.forecast.temporal import Aggregated
from shop_personalize.ml.forecast.theta import DynamicTheta, Theta

HIGHEST = 3.0
"""On logs a forecast ends at this multiple of the highest value so far."""
FINE = 12
"""With so many periods in a season the trend shows better in blocks of them."""


class OnLogs(Forecaster):
    """A forecaster that sees logarithms: trends become growth, noise becomes even.

    A series that has a value of 0 or less is forecast as it is.
    """

    name: ClassVar[str] = "on logs"

    def __init__(self, member: Forecaster) -> None:
        self.member = member

    def _fit(self, panel: Panel) -> None:
        low = np.nanmin(panel.values, axis=1)
        self.logged_ = low > 0
        logged = np.where(self.logged_[:, None], panel.values, 1.0)
        values = np.where(np.isnan(panel.values), np.nan, np.log(logged))
        values = np.where(self.logged_[:, None], values, panel.values)
        self.fitted_ = free(self.member).fit(replace(panel, values=values))
        self.highest_ = np.nanmax(values, axis=1) + np.log(HIGHEST)

    def _predict(self, horizon: int) -> FloatMatrix:
        found = self.fitted_.predict(horizon)
        logs = np.minimum(found, self.highest_[:, None])
        return np.where(
            self.logged_[:, None],
            np.exp(np.where(self.logged_[:, None], logs, 0)),
            found,
        )


class Deseasonalized(Forecaster):
    """A forecaster that sees its series without their season, which is put back.

    First goes the season that all of the panel share, as far as that is to be believed;
    then the multiplicative indices, shrunken, of each series that has no value of 0 or
    less and passes the test for a season of its own. ``critical`` and ``memory`` are
    those of :mod:`~shop_personalize.ml.forecast.seasonal`.
    """

    name: ClassVar[str] = "deseasonalized"

    def __init__(
        self,
        member: Forecaster,
        critical: float = seasonal.CRITICAL,
        memory: float = seasonal.MEMORY,
    ) -> None:
        self.member = member
        self.critical = critical
        self.memory = memory

    def _fit(self, panel: Panel) -> None:
        positive = np.nanmin(panel.values, axis=1) > 0
        found = positive & seasonal.is_seasonal(panel, self.critical)
        self.seasons_ = seasonal_shared.believed(panel)
        values = panel.values / seasonal.unfold(self.seasons_, panel.periods)
        own = seasonal.indices(values[found], panel.season, self.memory)
        self.seasons_[found] *= own
        values[found] /= seasonal.unfold(own, panel.periods)
        plain = replace(panel, values=values, season=1)
        self.fitted_ = free(self.member).fit(plain)

    def _predict(self, horizon: int) -> FloatMatrix:
        return self.fitted_.predict(horizon) * seasonal.ahead(self.seasons_, horizon)


class Combined(Forecaster):
    """The mean or median of several forecasters, a forecaster itself.

    Without ``members``: damped trend on logs, dynamic theta, and theta on logs, all of
    them without the season, which is put back (``Deseasonalized``). Where a season has
    12 periods or more, half of it is their forecast from blocks of periods
    (``Aggregated``).
    """

    name: ClassVar[str] = "combined"

    def __init__(
        self,
        members: Sequence[Forecaster] | None = None,
        how: Literal["mean", "median"] = "mean",
    ) -> None:
        self.members = members
        self.how = how

    def _fit(self, panel: Panel) -> None:
        if self.how not in {"mean", "median"}:
            raise PanelError(f"how must be 'mean' or 'median', not {self.how!r}")
        if self.members is not None and not self.members:
            raise PanelError("members must be one forecaster or more")
        chosen = self.members or [Deseasonalized(_usual(panel.season))]
        self.fitted_ = [free(each).fit(panel) for each in chosen]

    def _predict(self, horizon: int) -> FloatMatrix:
        found = [each.predict(horizon) for each in self.fitted_]
        return (
            np.mean(found, axis=0) if self.how == "mean" else np.median(found, axis=0)
        )


def default_members() -> list[Forecaster]:
    """What ``Combined`` takes the mean of where nothing else is said."""
    return [OnLogs(Damped()), DynamicTheta(), OnLogs(Theta())]


def _usual(season: int) -> Forecaster:
    usual = Combined(default_members())
    fine = season >= FINE
    return Combined([usual, Aggregated(free(usual))]) if fine else usual
