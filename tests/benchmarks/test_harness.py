"""Systems are run apart, and a library that is not there is left out and named."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pytest
from scipy import sparse

from benchmarks.peers import RATINGS, TOP_N, Peer, beside
from benchmarks.peers.peer import missing
from benchmarks.protocol import SystemFailedError, apart

# Two groups who share nothing: a list may only hold what one's own group has.
TRAIN = sparse.csr_array(np.kron(np.eye(2), np.ones((12, 8)) - np.eye(12, 8)))


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process may have run OpenMP code before: a child has none of its threads."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


class Lines:
    def __init__(self) -> None:
        self.lines: list[str] = []

    def line(self, text: str) -> None:
        self.lines.append(text)


def test_runs_in_a_process_of_its_own_and_takes_its_memory() -> None:
    def work() -> dict[str, Any]:
        block = np.ones(10_000_000)
        return {"pid": os.getpid(), "sum": block.sum(), "ids": np.arange(2)}

    row = apart("ours", work)
    assert row["system"] == "ours"
    assert row["pid"] != os.getpid()
    assert (row["sum"], row["ids"]) == (10_000_000.0, [0, 1])
    assert row["own_mb"] >= 70
    assert row["peak_mb"] > row["own_mb"]


def test_a_failure_is_named(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemFailedError, match=r"^bad: ZeroDivisionError: "):
        apart("bad", lambda: {"x": 1 // 0})
    assert "ZeroDivisionError" in capfd.readouterr().err


def test_a_killed_child_is_named() -> None:
    with pytest.raises(SystemFailedError, match=r"^dead: ended with status 9"):
        apart("dead", lambda: os.kill(os.getpid(), 9))  # type: ignore[arg-type]


def test_what_is_not_installed_is_left_out_and_said() -> None:
    console = Lines()
    absent = Peer("ALS", "no-such-library", "benchmarks.peers.absent:als")
    assert beside(console, [absent], lambda _: {}) == []  # type: ignore[arg-type]
    assert console.lines == [
        "no-such-library ALS is left out: No package metadata was found for"
        " no-such-library (pip install no-such-library)"
    ]


@pytest.mark.parametrize(
    "name", ["implicit_als", "implicit_cosine", "lenskit_ease", "rectools_svd"]
)
def test_peers_recommend_unseen_items_of_ones_own_group(name: str) -> None:
    peer = TOP_N[name]
    if lacking := missing(peer):
        pytest.skip(lacking)
    small = {"factors": 2} if "als" in name or name.endswith(("bpr", "svd")) else {}

    def judge(peer: Peer) -> dict[str, Any]:
        return {"lists": peer.fit(TRAIN, **small)(np.array([0, 20]), 1)}

    (row,) = beside(Lines(), [peer], judge)  # type: ignore[arg-type]
    assert row["system"].startswith(f"{peer.package} ")
    assert row["lists"][0] == [0]


@pytest.mark.parametrize("name", ["surprise_knn", "lenskit_mf"])
def test_peers_rate_within_reason(name: str) -> None:
    peer = RATINGS[name]
    if lacking := missing(peer):
        pytest.skip(lacking)
    users, items = TRAIN.nonzero()
    ratings = 1.0 + 4.0 * (items % 2)

    def judge(peer: Peer) -> dict[str, Any]:
        predicted = peer.fit(users, items, ratings)(np.array([0, 0]), np.array([0, 1]))
        return {"predicted": predicted}

    (row,) = beside(Lines(), [peer], judge)  # type: ignore[arg-type]
    low, high = row["predicted"]
    assert 1 <= low < 3 < high <= 5
