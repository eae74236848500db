"""What an experiment has found: the answer as facts, for faces to put into words."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from datetime import date

from shop_personalize.experiments.selectors.studies import Bound, Study, Variant
from shop_personalize.ml.trials import ALARM, Effect


class Code(enum.StrEnum):
    """What can be said."""

    EMPTY = "empty"
    UNEVEN = "uneven"
    GUARDED = "guarded"
    BETTER = "better"
    WORSE = "worse"
    SAME = "same"
    UNCLEAR = "unclear"
    LEADS = "leads"


@dataclass(frozen=True)
class Compared:
    """One variant against the control, by one metric."""

    variant: Variant
    effect: Effect
    is_adjusted: bool = False
    """Whether what visitors did before was taken out (CUPED)."""
    corrected_p: float | None = None
    """By Holm over the secondary metrics; none for the primary one."""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A metric in every variant; ``units`` and ``means`` as the variants stand."""

    metric: str
    currency: str = ""
    units: tuple[float, ...] = ()
    """Visitors; of an adaptive experiment, recommendations seen."""
    means: tuple[float | None, ...] = ()
    compared: tuple[Compared, ...] = ()

    def of(self, variant: Variant) -> Compared | None:
        return next((each for each in self.compared if each.variant == variant), None)


@dataclass(frozen=True)
class Point:
    """A day of a picture; the band is None where there is no interval."""

    day: date
    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Guarded:
    """A guardrail and how each variant stands to it."""

    bound: Bound
    measured: Measured
    crossed: tuple[Compared, ...] = ()
    """Variants that are surely below the bound."""


@dataclass(frozen=True)
class Verdict:
    code: Code
    variant: Variant | None = None
    compared: Compared | None = None
    days_left: int | None = None


@dataclass(frozen=True, kw_only=True)
class Result:
    study: Study
    currency: str = ""
    other_currencies: tuple[str, ...] = ()
    day: date | None = None
    """The last day counted."""
    primary: Measured
    secondary: tuple[Measured, ...] = ()
    guards: tuple[Guarded, ...] = ()
    ratio_p: float | None = None
    """P-value of the traffic's split; None where it is not fixed."""
    chances: dict[str, float] = field(default_factory=dict)
    """Of each variant of an adaptive experiment to be the best, by key."""
    curves: dict[str, tuple[Point, ...]] = field(default_factory=dict)
    """By variant, day by day: the difference, or an adaptive variant's rate."""
    verdict: Verdict

    @property
    def is_uneven(self) -> bool:
        return self.ratio_p is not None and self.ratio_p < ALARM
