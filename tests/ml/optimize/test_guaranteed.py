"""Promised service times: worked examples, and nothing in a tree is cheaper."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop_personalize.ml.optimize.echelons import EchelonError, guaranteed

EXAMPLE_6_5 = {
    "edges": [(0, 2), (2, 1), (2, 3)],
    "work": [2, 1, 1, 1],
    "holding": [1, 3, 2, 3],
    "sd": [0, 1, 0, 1],
    "factor": 1,
    "supply": [1, 0, 0, 0],
    "promised": [np.inf, 0, np.inf, 1],
}


def test_a_serial_system_of_the_textbook():
    found = guaranteed(
        edges=[(2, 1), (1, 0)],
        work=[1, 0, 1],
        holding=[7, 4, 2],
        sd=[1, 0, 0],
        factor=1,
        supply=[0, 0, 1],
        promised=[1, np.inf, np.inf],
    )

    assert found.cost == pytest.approx(2.8284271, rel=1e-7)
    assert found.service.tolist() == [1, 0, 0]
    assert found.net.tolist() == [0, 0, 2]
    assert found.safety_stock == pytest.approx([0, 0, 2**0.5])


def test_a_tree_of_the_textbook():
    found = guaranteed(**EXAMPLE_6_5)

    assert found.cost == pytest.approx(8.2779169, rel=1e-7)
    assert found.service.tolist() == [0, 0, 0, 1]
    assert found.inbound.tolist() == [1, 0, 0, 0]
    assert found.net.tolist() == [3, 1, 1, 0]


def test_one_stage_covers_all_it_does_not_promise_away():
    found = guaranteed(edges=[], work=[9], holding=[2], sd=[5], factor=2, promised=0)

    assert found.safety_stock.tolist() == [30.0]
    assert found.cost == 60.0


@st.composite
def trees(draw):
    stages = draw(st.integers(2, 5))
    joins = [(draw(st.integers(0, at - 1)), at) for at in range(1, stages)]
    turned = [draw(st.booleans()) for _ in joins]
    edges = [
        pair[::-1] if turn else pair for pair, turn in zip(joins, turned, strict=True)
    ]
    last = set(range(stages)) - {upstream for upstream, _ in edges}
    whole = st.lists(st.integers(0, 3), min_size=stages, max_size=stages)
    return {
        "edges": edges,
        "work": draw(whole),
        "holding": draw(whole),
        "sd": [draw(st.integers(1, 9)) if at in last else 0 for at in range(stages)],
        "factor": 1,
        "supply": [draw(st.integers(0, 2)) for _ in range(stages)],
        "promised": [
            draw(st.integers(0, 2)) if at in last else np.inf for at in range(stages)
        ],
    }


@given(trees())
@settings(max_examples=60, deadline=None)
def test_no_other_promises_are_cheaper(arguments):
    """All combinations of service times, tried one by one."""
    found = guaranteed(**arguments)

    assert found.cost == pytest.approx(cheapest(**arguments), abs=1e-9)


def cheapest(edges, work, holding, sd, factor, supply, promised):
    stages = len(work)
    variance = [float(np.square(reach(edges, at, sd)).sum()) for at in range(stages)]
    longest = sum(work) + max(supply)
    best = np.inf
    bounds = [range(int(min(longest, limit)) + 1) for limit in promised]
    for service in itertools.product(*bounds):
        inbound = list(supply)
        for upstream, downstream in edges:
            inbound[downstream] = max(inbound[downstream], service[upstream])
        cover = [inbound[at] + work[at] - service[at] for at in range(stages)]
        if min(cover) >= 0:
            kept = [factor * (variance[at] * cover[at]) ** 0.5 for at in range(stages)]
            best = min(best, float(np.dot(holding, kept)))
    return best


def reach(edges, stage, sd):
    """Deviations of all demand that ends up at a stage."""
    below = [down for up, down in edges if up == stage]
    parts = [reach(edges, down, sd) for down in below]
    return np.concatenate([[sd[stage]], *parts])


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"edges": [(0, 2), (2, 1)]}, "stage 3 is not joined to stage 0"),
        ({"edges": [(0, 2), (2, 1), (2, 3), (0, 1)]}, "4 links hold a loop"),
        ({"edges": [(0, 2), (2, 1), (2, 4)]}, "names stage 4; stages are 0 to 3"),
        ({"edges": [(0, 2), (2, 1), (3, 3)]}, "stage 3 is linked to itself"),
        ({"work": [2, 1, 1.5, 1]}, "work of stage 2 is 1.5; it must be whole periods"),
        ({"work": [2, 1]}, "work has 2 values for 4 stages"),
        ({"holding": [1, -3, 2, 3]}, "holding of stage 1 is -3; it must be 0 or more"),
        ({"sd": [0, 1, 0, np.nan]}, "sd of stage 3 is nan"),
        ({"promised": [1, -1, 1, 1]}, "promised of stage 1 is -1"),
        ({"supply": [-1, 0, 0, 0]}, "supply of stage 0 is -1"),
    ],
)
def test_what_cannot_be_planned_says_why(change, told):
    with pytest.raises(EchelonError, match=told):
        guaranteed(**{**EXAMPLE_6_5, **change})
