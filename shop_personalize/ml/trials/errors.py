"""How far off a difference may be, also where one arm is small and sales are rare.

A small arm does not know its own variance when few of its visitors buy: by chance its
mean and its variance are low together, and Welch's (1947) interval misses too often
(10 times in 100, not 5, for a thousand visitors of whom 3 % buy). So the variance is
shared between the arms and moves with the mean, as it does when an arm has more or
fewer buyers of the same kind: a score interval (Wilson 1927; Miettinen and Nurminen
1985) of a compound Poisson sum, in closed form. The better the small arm's mean is
known, the more both arms' own variances count instead. For arms of one size nothing
changes: there the shared and Welch's error are the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from shop_personalize.ml.trials.moments import over

if TYPE_CHECKING:
    from shop_personalize.ml.trials.arms import Pair

HALF_TRUST = 0.01
"""Squared relative error of the small arm's mean (10 %) at which own variances and the
shared one count alike."""


@dataclass(frozen=True)
class Error:
    """Squared standard error of the difference, were the true difference ``delta``.

    It is ``null`` + ``slope`` × delta; ``own`` holds the arms' own squared errors,
    ``shared`` the shared one, ``trust`` in 0..1 the weight of their own, ``freedom``
    the degrees of freedom. Numbers or arrays (k,).
    """

    null: Any
    slope: Any
    own: tuple[Any, Any]
    shared: Any
    trust: Any
    freedom: Any

    @classmethod
    def of(cls, pair: Pair) -> Error:
        """Work it out of sizes, means and variances."""
        (few, more), (first, second) = pair.units, pair.spreads
        pooled = over((few - 1) * first + (more - 1) * second, few + more - 2)
        mean = over(few * pair.means[0] + more * pair.means[1], few + more)
        own = over(first, few), over(second, more)
        shared = over(pooled, few) + over(pooled, more)
        relative = over(over(pooled, np.minimum(few, more)), np.square(mean))
        trust = over(HALF_TRUST, HALF_TRUST + np.nan_to_num(relative, nan=np.inf))
        known = np.square(mean) + 4 * over(pooled, few + more)
        slope = over(pooled * mean, known) * over(few - more, np.multiply(few, more))
        return cls(
            null=trust * (own[0] + own[1]) + (1 - trust) * shared,
            slope=np.nan_to_num((1 - trust) * slope),
            own=own,
            shared=shared,
            trust=trust,
            freedom=_freedom(pair.units, own, trust),
        )

    def limits(self, difference: Any, reach: Any) -> tuple[Any, Any]:
        """Differences that lie within ``reach`` of their own standard errors."""
        shift = np.square(reach) * self.slope / 2
        inside = self.null + self.slope * difference + np.square(reach * self.slope) / 4
        half = reach * np.sqrt(np.maximum(inside, 0.0))
        return difference + shift - half, difference + shift + half

    def relative_limits(self, means: tuple[Any, Any], reach: Any) -> tuple[Any, Any]:
        """Limits of treatment / control - 1, infinite where control may be 0.

        Fieller's (1954) quadratic with the same error: it leaves 0 out exactly when
        ``limits`` does.
        """
        control, treatment = means
        squared = np.square(reach)
        lead = np.square(control) - squared * self.trust * self.own[0]
        middle = control * treatment + squared * (1 - self.trust) * self.shared / 2
        last = np.square(treatment) - squared * self.trust * self.own[1]
        half = np.sqrt(np.maximum(np.square(middle) - lead * last, 0.0))
        bounded = (lead > 0) & np.greater(control, 0)
        return (
            np.where(bounded, over(middle - half, lead) - 1, -np.inf),
            np.where(bounded, over(middle + half, lead) - 1, np.inf),
        )


def _freedom(units: tuple[Any, Any], own: tuple[Any, Any], trust: Any) -> Any:
    """Degrees of freedom: Welch and Satterthwaite's for own variances, else all."""
    below = sum(
        over(np.square(error), count - 1)
        for error, count in zip(own, units, strict=True)
    )
    welch = np.nan_to_num(over(np.square(own[0] + own[1]), below), nan=1.0)
    pooled = np.maximum(units[0] + units[1] - 2, 1)
    return 1 / (over(trust, welch) + (1 - trust) / pooled)
