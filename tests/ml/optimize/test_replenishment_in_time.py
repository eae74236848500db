"""Why there is no plan is said within the time a plan may take."""

import time
from typing import Any

import numpy as np
import pytest

from shop_personalize.ml.optimize.replenishment import PlanError, plan

TERMS: dict[str, Any] = {"holding": 0.1, "setup": 20.0}


def hard() -> dict[str, Any]:
    """300 orders in whole packs; the least excess of room takes some 10 s to find."""
    rng = np.random.default_rng(3)
    return {
        "demand": rng.integers(1, 40, (10, 30)).astype(float),
        "cost": rng.uniform(1, 9, 10),
        "pack": rng.choice([4, 6, 12], 10),
        "minimum": rng.choice([0.0, 24.0], 10),
        "space": rng.uniform(0.5, 3, 10),
        "storage": 60.0,
    }


def test_the_reason_is_told_in_time() -> None:
    began = time.process_time()
    with pytest.raises(PlanError, match="storage of period 0 is 60 and must be") as why:
        plan(**hard(), **TERMS, seconds=1)
    assert time.process_time() - began < 6
    assert "in 27 more periods" in str(why.value)


def test_with_time_the_least_excess_in_whole_packs_is_told() -> None:
    with pytest.raises(PlanError, match=r"budget of period 0 is 5 and must be 12 or"):
        plan([[7.0]], cost=1.0, pack=6, budget=5.0, **TERMS, seconds=60)
