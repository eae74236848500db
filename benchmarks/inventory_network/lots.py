"""Plans over several periods: random instances beside the dynamic program."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from shop_personalize.ml.optimize.replenishment import plan
from shop_personalize.ml.optimize.stock.varying import wagner_whitin

INSTANCES = 500
SMALL, LARGE = (100, 12), (3000, 12)


def metrics() -> dict[str, float]:
    began = time.process_time()
    differences = [difference(seed) for seed in range(INSTANCES)]
    found = {
        "lot-sizing instances": INSTANCES,
        "lot-sizing instances with another cost": sum(
            value > 1e-6 for value in differences
        ),
        "lot-sizing, largest difference": max(differences),
        "lot-sizing, CPU seconds": round(time.process_time() - began, 1),
    }
    name = f"{SMALL[0]} products × {SMALL[1]} periods within all limits"
    began = time.process_time()
    tight = plan(**limited(*SMALL), gap=1e-3, seconds=120)
    found[f"{name}, gap"] = tight.gap
    found[f"{name}, CPU seconds"] = round(time.process_time() - began, 1)
    name = f"{LARGE[0]} products × {LARGE[1]} periods, relaxed"
    began = time.process_time()
    plan(**limited(*LARGE), whole=False)
    found[f"{name}, CPU seconds"] = round(time.process_time() - began, 1)
    return found


def difference(seed: int) -> float:
    """Relative, of one to four products over 2 to 12 periods."""
    rng = np.random.default_rng(seed)
    n, periods = int(rng.integers(1, 5)), int(rng.integers(2, 13))
    demand = rng.integers(0, 200, (n, periods)).astype(np.float64)
    holding = np.repeat(rng.uniform(0.1, 3, (n, 1)), periods, axis=1)
    setup = rng.uniform(10, 800, (n, periods))
    best = float(np.sum(wagner_whitin(demand, holding, setup).cost))
    found = plan(demand, holding=holding, setup=setup, pack=0, gap=0)
    return abs(found.cost - best) / best if best else abs(found.cost)


def limited(n: int, periods: int) -> dict[str, Any]:
    rng = np.random.default_rng(9)
    rate, cost = rng.lognormal(2, 1, n), rng.lognormal(2, 1, n)
    demand = rng.poisson(rate[:, None], (n, periods)).astype(np.float64)
    space = rng.uniform(0.1, 2, n)
    return {
        "demand": demand,
        "cost": cost,
        "holding": 0.01 * cost,
        "setup": rng.uniform(2, 20, n),
        "shortage": 0.5 * cost,
        "initial": np.floor(2 * rate),
        "lead_time": rng.integers(0, 3, n),
        "pack": rng.choice([1, 6, 12], n),
        "minimum": rng.choice([0, 12], n),
        "budget": 1.1 * float(cost @ rate),
        "space": space,
        "storage": 4 * float(space @ rate),
    }
