"""Every named instance of stockpyl that has more than one stage, against its answer.

Stochastic serial systems are held to what stockpyl 1.0.2 gives on its own grid, written
down here since it takes some 10 s each; guaranteed-service ones to what it gives now.
``python -m benchmarks inventory`` lets it work out all of them.
"""

import numpy as np
import pytest

pytest.importorskip("stockpyl")

from benchmarks.inventory.instances import instances
from benchmarks.inventory_network.networks import (
    PROMISED,
    links,
    load,
    promised_arguments,
    serial_arguments,
)
from shop_personalize.ml.optimize.echelons import (
    WORKED,
    NormalDemand,
    assembly,
    distribution,
    guaranteed,
    row_of,
    serial,
    serial_heuristic,
)

pytestmark = pytest.mark.filterwarnings("ignore")

STOCHASTIC = {
    "example_6_1": ([6.484, 12.028, 22.72], 47.66539330753092),
    "problem_6_1": ([123.939125547972, 228.487567030218], 166.27052889662946),
    "problem_6_2a": (
        [40.671258972689, 74.344506363, 109.264911064, 142.002790471, 174.428880551],
        451.72881110449765,
    ),
    "problem_6_2b": ([41, 74, 109, 142, 174], 453.6855978910213),
    "problem_6_2a_adj": (
        [40.671258972689, 74.344506363, 109.264911064, 142.002790471, 174.428880551],
        225.86440555224894,
    ),
    "problem_6_2b_adj": ([41, 74, 109, 142, 174], 226.84279894551065),
    "problem_6_16": ([171.061737352617, 232.112613732484], 438.2396253072112),
    "shang_song_1": ([8, 13, 18, 22], 12.68693933233134),
    "shang_song_9": ([9, 10, 13, 19], 53.00644471383703),
    "shang_song_17": ([11, 17, 22, 27], 16.19787924326513),
    "shang_song_25": ([11, 14, 18, 26], 74.55428655953351),
}
DRAWINGS = ("figure_6_12", "rong_atan_snyder_figure_1b", "rong_atan_snyder_figure_1c")
"""Networks without costs or times: only their shape is given."""
OTHERS = ("rosling_figure_1", "assembly_3_stage", "rong_atan_snyder_figure_1a")
SINGLE = ("example_4_1_network",)


def everything():
    """Names in the file whose data are a network."""
    return {name for name, entry in instances().items() if "_nodes" in entry["data"]}


def test_no_network_in_the_file_is_left_out():
    known = {*STOCHASTIC, *PROMISED, *DRAWINGS, *OTHERS, *SINGLE}

    assert everything() == known


@pytest.mark.parametrize("name", STOCHASTIC)
def test_a_serial_system(name):
    levels, cost = STOCHASTIC[name]

    found = serial(**serial_arguments(load(name)[1]), grid=WORKED)

    assert found.cost == pytest.approx(cost, rel=1e-9)
    assert found.levels == pytest.approx(levels, rel=1e-9)


@pytest.mark.parametrize("name", STOCHASTIC)
def test_the_heuristic_levels_of_a_serial_system(name):
    from stockpyl.ssm_serial import newsvendor_heuristic

    net, nodes = load(name)
    arguments = serial_arguments(nodes)
    for node, added in zip(nodes, arguments["echelon_holding"], strict=True):
        node.echelon_holding_cost = float(added)
    theirs = newsvendor_heuristic(network=net)

    found = serial_heuristic(**arguments)

    assert found == pytest.approx([theirs[node.index] for node in nodes], rel=1e-9)


@pytest.mark.parametrize("name", PROMISED)
def test_promised_service_times(name):
    from stockpyl.gsm_tree import optimize_committed_service_times

    net, nodes = load(name)
    _, cost = optimize_committed_service_times(net)

    found = guaranteed(**promised_arguments(net, nodes))

    assert found.cost == pytest.approx(cost, rel=1e-9)


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_network_of_which_only_the_shape_is_given(name):
    from stockpyl.gsm_tree import optimize_committed_service_times

    net, nodes = load(name)
    rng = np.random.default_rng(6)
    for node in nodes:
        node.processing_time = int(rng.integers(0, 5))
        node.local_holding_cost = float(rng.uniform(1, 9))
        node.demand_bound_constant = 2.0
        node.demand_source.mean = 10.0 if node in net.sink_nodes else 0.0
        node.demand_source.standard_deviation = 3.0 if node in net.sink_nodes else 0.0
        node.external_outbound_cst = 1 if node in net.sink_nodes else None
    _, cost = optimize_committed_service_times(net)

    found = guaranteed(**promised_arguments(net, nodes))

    assert found.cost == pytest.approx(cost, rel=1e-9)


def test_the_lead_times_of_roslings_assembly_system():
    net, nodes = load("rosling_figure_1")

    row = row_of(
        edges=links(net, nodes),
        lead_times=[node.shipment_lead_time for node in nodes],
        holding=[7, 3, 3, 2, 1, 1, 1],
    )

    far = np.cumsum(row.lead_times)[row.stage_of]
    assert far.tolist() == [node.forward_echelon_lead_time for node in nodes]
    apart = [node.equivalent_lead_time for node in nodes]
    assert row.lead_times.tolist() == [gap for gap in apart if gap]


def test_the_assembly_of_three_stages_is_a_newsvendor():
    """The retailer adds no holding cost: all stock stands there."""
    from stockpyl.newsvendor import newsvendor_normal

    net, nodes = load("assembly_3_stage")
    source = nodes[0].demand_source
    level, cost = newsvendor_normal(2, 20, 3 * source.mean, 3**0.5)

    found = assembly(
        edges=links(net, nodes),
        lead_times=[node.shipment_lead_time for node in nodes],
        holding=[node.local_holding_cost for node in nodes],
        shortage=nodes[0].stockout_cost,
        demand=NormalDemand(source.mean, source.standard_deviation),
    )

    assert found.levels[0] == np.inf
    assert found.levels[1:] == pytest.approx([level, level], rel=1e-3)
    assert found.cost == pytest.approx(cost + 2 * source.mean, rel=1e-5)


def test_the_distribution_system_of_rong_atan_and_snyder():
    """Alike shops get alike levels; what a warehouse holds makes good on theirs."""
    net, nodes = load("rong_atan_snyder_figure_1a")

    levels = distribution(
        edges=links(net, nodes),
        lead_times=[node.shipment_lead_time for node in nodes],
        holding=[node.local_holding_cost for node in nodes],
        shortage=[node.stockout_cost for node in nodes],
        mean=[node.demand_source.mean or 0 for node in nodes],
        sd=[node.demand_source.standard_deviation or 0 for node in nodes],
    )

    alone = [14.074312793, 9.919543294, 9.321735960]  # shop, warehouse, source
    for stage, level, shops in ((0, alone[2], 4), (1, alone[1], 2)):
        waiting = shops * shortfall(level, 8)
        assert shortfall(levels[stage], 8 * shops) == pytest.approx(waiting, rel=1e-6)
    assert levels[1] == levels[2]
    assert levels[3:] == pytest.approx([alone[0]] * 4, rel=1e-9)


def shortfall(level, mean):
    """E[(D - level)+] of normal demand with the variance of a Poisson one."""
    from stockpyl.loss_functions import normal_loss

    return normal_loss(level, mean, mean**0.5)[0]


def test_one_node_as_a_network():
    source = load("example_4_1_network")[1][0].demand_source

    found = serial(
        echelon_holding=[0.18],
        lead_times=[1],
        shortage=0.70,
        demand=NormalDemand(source.mean, source.standard_deviation),
    )

    assert found.levels == pytest.approx([56.60395592743389], rel=1e-4)
    assert found.cost == pytest.approx(1.9976051931766445, rel=1e-5)
