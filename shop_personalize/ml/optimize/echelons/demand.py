"""Demand at the customer's end, and what comes of it over a lead time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from scipy import stats

from shop_personalize.ml.optimize.echelons.errors import EchelonError, number


class Demand(Protocol):
    """Independent demand of the periods; ``over`` is its sum over some of them."""

    whole: ClassVar[bool]
    """Only whole units are asked for."""

    @property
    def mean(self) -> float:
        """Units a period."""
        ...

    def over(self, periods: float) -> Any:
        """Frozen SciPy distribution of the demand of ``periods``, above 0."""
        ...


@dataclass(frozen=True)
class NormalDemand:
    """Normal with ``mean`` and standard deviation ``sd`` units a period."""

    mean: float
    sd: float
    whole: ClassVar[bool] = False

    def __post_init__(self) -> None:
        number("mean", self.mean)
        number("sd", self.sd, open_=True)

    def over(self, periods: float) -> Any:
        """Mean and variance grow with ``periods``."""
        return stats.norm(self.mean * periods, self.sd * periods**0.5)


@dataclass(frozen=True)
class PoissonDemand:
    """Poisson with ``mean`` units a period."""

    mean: float
    whole: ClassVar[bool] = True

    def __post_init__(self) -> None:
        number("mean", self.mean, open_=True)

    def over(self, periods: float) -> Any:
        """Poisson with ``periods`` times the mean."""
        return stats.poisson(self.mean * periods)


@dataclass(frozen=True)
class NegativeBinomialDemand:
    """Whole units that vary more than Poisson: ``sd``² above ``mean``."""

    mean: float
    sd: float
    whole: ClassVar[bool] = True

    def __post_init__(self) -> None:
        number("mean", self.mean, open_=True)
        number("sd", self.sd, open_=True)
        if not self.sd**2 > self.mean:
            raise EchelonError(
                f"sd is {self.sd:g}; a negative binomial demand of mean "
                f"{self.mean:g} needs one above {self.mean**0.5:g}"
            )

    def over(self, periods: float) -> Any:
        """Negative binomial with ``periods`` times the mean and the variance."""
        chance = self.mean / self.sd**2
        size = self.mean * chance / (1 - chance)
        return stats.nbinom(size * periods, chance)
