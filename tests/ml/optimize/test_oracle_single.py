"""Every instance of a single node that comes with stockpyl, to 1e-6."""

from __future__ import annotations

import pytest

pytest.importorskip("stockpyl")

from benchmarks.inventory.instances import instances
from benchmarks.inventory.single import SINGLE, compared

SEVERAL_PLACES = {
    "example_6_1",
    "problem_6_1",
    "problem_6_2a",
    "problem_6_2b",
    "problem_6_2a_adj",
    "problem_6_2b_adj",
    "problem_6_16",
    "shang_song_1",
    "shang_song_9",
    "shang_song_17",
    "shang_song_25",
    "assembly_3_stage",
    "rosling_figure_1",
    "rong_atan_snyder_figure_1a",
    "rong_atan_snyder_figure_1b",
    "rong_atan_snyder_figure_1c",
    "example_6_3",
    "problem_6_7",
    "problem_6_8",
    "problem_6_9",
    "example_6_5",
    "figure_6_12",
    "figure_6_14",
}
"""Serial, assembly, distribution and tree systems: the business of ``echelons``."""


def test_no_instance_is_left_out() -> None:
    assert set(instances()) == set(SINGLE) | SEVERAL_PLACES
    assert not set(SINGLE) & SEVERAL_PLACES


@pytest.mark.parametrize(
    "name", [name for name in instances() if name not in SEVERAL_PLACES]
)
def test_the_oracle_says_the_same(name: str) -> None:
    found = compared(name)
    assert [mine for _, mine, _ in found] == pytest.approx(
        [oracle for _, _, oracle in found], rel=1e-6, abs=0
    )
