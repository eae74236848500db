"""Networks that come with stockpyl, as what our own functions ask for."""

from __future__ import annotations

from typing import Any

import numpy as np
from stockpyl.instances import load_instance

from shop_personalize.ml.optimize.echelons import NormalDemand, PoissonDemand

PROMISED = (
    "example_6_3",
    "problem_6_7",
    "problem_6_8",
    "problem_6_9",
    "example_6_5",
    "figure_6_14",
)
"""Instances of promised service times."""


def load(name: str) -> tuple[Any, list[Any]]:
    """The network and its nodes, by their number."""
    net = load_instance(name)
    return net, sorted(net.nodes, key=lambda node: node.index)


def links(net: Any, nodes: list[Any]) -> list[tuple[int, int]]:
    """(from, to) as places in ``nodes``."""
    place = {node.index: at for at, node in enumerate(nodes)}
    return [(place[first], place[second]) for first, second in net.edges]


def serial_arguments(nodes: list[Any]) -> dict[str, Any]:
    source = nodes[0].demand_source
    added = [node.echelon_holding_cost for node in nodes]
    if added[0] is None:  # stored as local costs, from the far end
        local = sorted(node.local_holding_cost for node in nodes)
        added = np.diff(local, prepend=0.0)[::-1].tolist()
    return {
        "echelon_holding": added,
        "lead_times": [node.shipment_lead_time for node in nodes],
        "shortage": nodes[0].stockout_cost,
        "demand": NormalDemand(source.mean, source.standard_deviation)
        if source.type == "N"
        else PoissonDemand(source.mean),
    }


def promised_arguments(net: Any, nodes: list[Any]) -> dict[str, Any]:
    bounds = [node.external_outbound_cst for node in nodes]
    return {
        "edges": links(net, nodes),
        "work": [node.processing_time for node in nodes],
        "holding": [node.local_holding_cost for node in nodes],
        "sd": [node.demand_source.standard_deviation or 0 for node in nodes],
        "factor": [node.demand_bound_constant for node in nodes],
        "supply": [node.external_inbound_cst or 0 for node in nodes],
        "promised": [np.inf if bound is None else bound for bound in bounds],
    }
