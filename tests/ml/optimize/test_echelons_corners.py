"""Networks that are none, and demand where there can be none."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from shop_personalize.ml.optimize.echelons import (
    EchelonError,
    NegativeBinomialDemand,
    PoissonDemand,
    distribution,
    guaranteed,
    row_of,
    serial,
)

SHOPS: dict[str, Any] = {
    "edges": [(0, 1), (0, 2)],
    "lead_times": 1,
    "holding": [1, 2, 2],
    "shortage": [0, 10, 10],
    "mean": [0, 5, 5],
    "sd": [0, 2, 2],
}
REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "no stages to promise": (
        lambda: guaranteed(edges=[], work=[], holding=[], sd=[]),
        "there are no stages",
    ),
    "no parts": (
        lambda: row_of(edges=[], lead_times=[], holding=[]),
        "there are no stages",
    ),
    "no shops": (
        lambda: distribution(
            edges=[], lead_times=1, holding=[], shortage=[], mean=[], sd=[]
        ),
        "there are no stages",
    ),
    "customers at the warehouse": (
        lambda: distribution(**{**SHOPS, "mean": [1, 5, 5]}),
        "mean of stage 0 is 1; it supplies others, so it must be 0",
    ),
    "one spread for all stages": (
        lambda: distribution(**{**SHOPS, "sd": 2}),
        "sd of stage 0 is 2; it supplies others, so it must be 0",
    ),
    "a shop where waiting costs nothing": (
        lambda: distribution(**{**SHOPS, "shortage": [0, 10, 0]}),
        "shortage of stage 2 is 0; it must be above 0",
    ),
    "a level that is none": (
        lambda: serial(
            echelon_holding=[1, 1],
            lead_times=[1, 1],
            shortage=10,
            demand=PoissonDemand(5),
            levels=[3, np.nan],
        ),
        "levels of stage 1 is nan",
    ),
    "a spread without end": (
        lambda: NegativeBinomialDemand(5, np.inf),
        "sd is inf",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_network_says_so(case: str) -> None:
    ask, told = REFUSED[case]
    with pytest.raises(EchelonError, match=told):
        ask()


def test_a_level_without_end_takes_what_it_can_get() -> None:
    terms: dict[str, Any] = {
        "echelon_holding": [1, 1],
        "lead_times": [1, 1],
        "shortage": 10,
        "demand": PoissonDemand(5),
    }
    held = serial(**terms, levels=[np.inf, 20])
    assert held.cost == serial(**terms, levels=[100, 20]).cost
