"""Who is in which arm: told from the visitor's key alone, by serving and by rollups.

The key is a pseudonym that only the shop can compute, so nobody can choose a place and
no further secret is needed: an arm outlives a change of ``SECRET_KEY`` as long as the
key itself does. Places under two salts are independent of each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from shop_personalize.ml.trials import arm_of, arms_of, bucket, buckets
from shop_personalize.models.trial import HOLDOUT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

HELD, SERVED = "held", "served"
BOTH = "both"
"""Stands for the arm of what is of both arms of a trial: a list, or its beginning."""
NO_SECRET = b""


def is_held(key: str, share: float) -> bool:
    """Whether this visitor sees no recommendations; more share never frees anybody."""
    return bucket(key, HOLDOUT, NO_SECRET) < share


def are_held(keys: Iterable[str], share: float) -> NDArray[np.bool_]:
    return buckets(keys, HOLDOUT, NO_SECRET) < share


def takes_part(key: str, salt: str, share: float) -> bool:
    """Drawn apart from the arm, so that a larger share moves nobody between arms."""
    return bucket(key, _part(salt), NO_SECRET) < share


def arm_number(key: str, salt: str, arms: Sequence[dict[str, Any]]) -> int | None:
    """Number of the visitor's arm, ``None`` where no arm has a weight."""
    weights = weights_of(arms)
    if not any(weights):
        return None
    return arm_of(bucket(key, salt, NO_SECRET), weights)


def arm_numbers(
    keys: Sequence[str], salt: str, share: float, arms: Sequence[dict[str, Any]]
) -> NDArray[np.int64]:
    """The same of many keys; -1 for who takes no part."""
    if not any(weights_of(arms)):
        return np.full(len(keys), -1, np.int64)
    parts = buckets(keys, _part(salt), NO_SECRET) < share
    numbers = arms_of(buckets(keys, salt, NO_SECRET), weights_of(arms))
    numbers[~parts] = -1
    return numbers


def weights_of(arms: Sequence[dict[str, Any]]) -> list[float]:
    return [max(float(arm.get("weight", 1.0)), 0.0) for arm in arms]


def variant(trial: str, arm: str) -> str:
    """As tokens and results say it."""
    return f"{trial}:{arm}"


def _part(salt: str) -> str:
    return f"{salt}:part"
