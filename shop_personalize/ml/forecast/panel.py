"""Many series of one rhythm, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

FloatMatrix = NDArray[np.float64]
BoolMatrix = NDArray[np.bool_]


class PanelError(ValueError):
    """The series cannot be forecast as they are; the text says which and why."""


@dataclass(frozen=True, eq=False)
class Panel:
    """n series of up to T periods, right-aligned: the last column is the latest period.

    ``values`` float64 (n, T), units sold per period; NaN before a series began and
    where a period is not known. ``season`` periods in a season (7, 12, 52; 1: none).
    ``censored`` bool (n, T) or None: sold out for a part of the period, so demand was
    at least the value. ``drivers`` by name, each float64 (n, T + H) or (T + H,): what
    is known in advance, as price, promotion or a holiday, H periods further than the
    values. ``past`` by name, each float64 (n, T): what was seen beside the values and
    is not known in advance, as the number of customers. Raises PanelError for shapes
    that do not fit or an infinite value.
    """

    values: FloatMatrix
    season: int = 1
    censored: BoolMatrix | None = None
    drivers: Mapping[str, FloatMatrix] = field(default_factory=dict)
    past: Mapping[str, FloatMatrix] = field(default_factory=dict)

    def __post_init__(self) -> None:
        values = np.ascontiguousarray(self.values, np.float64)
        if values.ndim != 2:
            raise PanelError(f"values must be (series, periods), not {values.shape}")
        if np.isinf(values).any():
            row = int(np.argmax(np.isinf(values).any(axis=1)))
            raise PanelError(f"series {row} has an infinite value")
        if self.season < 1:
            raise PanelError(f"season must be 1 or more periods, not {self.season}")
        if self.censored is not None and self.censored.shape != values.shape:
            raise PanelError(
                f"censored is {self.censored.shape}, the values are {values.shape}"
            )
        for name, driver in self.drivers.items():
            self._check_driver(name, np.asarray(driver), values)
        for name, seen in self.past.items():
            if np.shape(seen) != values.shape:
                raise PanelError(
                    f"past {name!r} is {np.shape(seen)}, the values are {values.shape}"
                )
        object.__setattr__(self, "values", values)

    @staticmethod
    def _check_driver(
        name: str, driver: NDArray[np.generic], values: FloatMatrix
    ) -> None:
        n, length = values.shape
        if (
            not driver.ndim
            or driver.shape[-1] < length
            or driver.shape[:-1] not in {(), (n,)}
        ):
            raise PanelError(
                f"driver {name!r} is {driver.shape}; it must be ({n}, periods) or "
                f"(periods,) with at least {length} periods"
            )

    def __len__(self) -> int:
        return len(self.values)

    @property
    def periods(self) -> int:
        """T, the number of columns."""
        return int(self.values.shape[1])

    @property
    def starts(self) -> NDArray[np.int64]:
        """The first known period of each series: int64 (n,), T where none is known."""
        if not self.periods:
            return np.zeros(len(self), np.int64)
        known = ~np.isnan(self.values)
        return np.where(known.any(axis=1), known.argmax(axis=1), self.periods)

    @property
    def gaps(self) -> BoolMatrix:
        """What is not known after a series began: bool (n, T)."""
        begun = np.arange(self.periods) >= self.starts[:, None]
        return np.isnan(self.values) & begun

    def check_known(self) -> None:
        """Raise PanelError naming the first series without a value or with a gap."""
        if not len(self):
            raise PanelError("there is no series to forecast")
        empty = self.starts == self.periods
        if empty.any():
            raise PanelError(f"series {int(empty.argmax())} has no known value")
        unknown = self.gaps.sum(axis=1)
        if unknown.any():
            row = int((unknown > 0).argmax())
            raise PanelError(
                f"series {row} has {int(unknown[row])} unknown periods; "
                "say what they mean: filled(panel, 'zero'), 'interpolate', …"
            )

    def until(self, period: int) -> Panel:
        """The panel as it was known after ``period`` columns; drivers keep their rest.

        Raises PanelError where ``period`` is not within 1 and T.
        """
        if not 1 <= period <= self.periods:
            raise PanelError(f"period must be 1 to {self.periods}, not {period}")
        censored = None if self.censored is None else self.censored[:, :period]
        past = {name: seen[:, :period] for name, seen in self.past.items()}
        values = self.values[:, :period]
        return replace(self, values=values, censored=censored, past=past)

    def take(self, rows: NDArray[np.int64]) -> Panel:
        """Some of the series: ``rows`` int64 (k,)."""
        return replace(
            self,
            values=self.values[rows],
            censored=None if self.censored is None else self.censored[rows],
            drivers={
                name: driver[rows] if np.ndim(driver) == 2 else driver
                for name, driver in self.drivers.items()
            },
            past={name: seen[rows] for name, seen in self.past.items()},
        )
