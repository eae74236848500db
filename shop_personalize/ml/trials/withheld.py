"""What a measure brings in all, told by the share of visitors it is withheld from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from shop_personalize.ml.trials.later import special

if TYPE_CHECKING:
    from shop_personalize.ml.trials.moments import Moments


@dataclass(frozen=True)
class Gain:
    """Sum over those served that there would not be otherwise, with its interval."""

    total: float
    low: float
    high: float
    standard_error: float


def gain(served: Moments, held: Moments, share: float, *, level: float = 0.95) -> Gain:
    """Sum of ``served`` less what as many of ``held`` would have made.

    ``share`` of all units, 0 to 1, was drawn to be held, each by itself: so the sums
    are compared and not the means (Horvitz and Thompson 1952). Means would need
    everybody who came, and who came only to look may be known where something was
    shown and unknown where nothing was; units without a value change no sum. Where
    there is a ``before`` it is used as a control (CUPED): it must be older than the
    draw. The variance is that of the draw alone, its squares taken from both arms, for
    the few that are held do not know how large a rare value can be. Without any value
    the interval is infinite. Raises ``ValueError`` for a share or level not in (0, 1).
    """
    for name, value in (("share", share), ("level", level)):
        if not 0 < value < 1:
            raise ValueError(f"{name}: {value} is not between 0 and 1")
    odds = (1 - share) / share
    both = served + held
    slope = both.value_before / both.before_before if both.before_before > 0 else 0.0
    total = served.value - odds * held.value
    total -= slope * (served.before - odds * held.before)
    squares = both.value_value - slope * both.value_before
    error = float(np.sqrt(odds * max(squares, 0.0)))
    reach = float(special.ndtri((1 + level) / 2)) * error if error else np.inf
    return Gain(float(total), float(total - reach), float(total + reach), error)
