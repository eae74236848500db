"""A system of another library: what it is called, and how it is run."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.protocol import SystemFailedError, apart

if TYPE_CHECKING:
    from shop_personalize.management.console import Console

Lists = Callable[[NDArray[Any], int], NDArray[np.int64]]
"""(users, n) -> items (users, n), best first, seen ones left out, -1 where none is."""
Ratings = Callable[[NDArray[Any], NDArray[Any]], NDArray[np.float64]]
"""(users, items) -> predicted ratings."""
Fitter = Callable[..., Any]


@dataclass(frozen=True)
class Peer:
    """``name`` as in "ALS"; ``package`` as on PyPI; ``path`` module:function."""

    name: str
    package: str
    path: str
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def missing(self) -> str:
        """Why it cannot run here, in one line; "" if it can."""
        try:
            version(self.package)
            self.fitter()
        except (PackageNotFoundError, ImportError) as error:
            return (
                f"{self.package} {self.name} is left out: {error}"
                f" (pip install {self.package})"
            )
        return ""

    @property
    def label(self) -> str:
        """Library, its version, the system: "implicit 0.7.3 ALS"."""
        return f"{self.package} {version(self.package)} {self.name}"

    def fitter(self) -> Fitter:
        module, _, function = self.path.partition(":")
        found: Fitter = getattr(import_module(module), function)
        return found

    def fit(self, *data: Any, **params: Any) -> Any:
        """Fit on ``data``; ``params`` go over the peer's own."""
        return self.fitter()(*data, **{**self.params, **params})


def beside(
    console: Console, peers: Iterable[Peer], judge: Callable[[Peer], dict[str, Any]]
) -> list[dict[str, Any]]:
    """One row for each peer, each in a process of its own.

    ``judge`` fits the peer and returns its metrics and times; the library is loaded
    before, so that importing is not counted. What is missing or fails is left out and
    said.
    """
    rows = []
    for peer in peers:
        if lacking := missing(peer):
            console.line(lacking)
            continue
        try:
            rows.append(apart(peer.label, partial(_loaded, peer, judge)))
        except SystemFailedError as failed:
            console.line(f"{failed} (left out)")
    return rows


def _loaded(peer: Peer, judge: Callable[[Peer], dict[str, Any]]) -> dict[str, Any]:
    peer.fitter()
    return judge(peer)


def missing(peer: Peer) -> str:
    """Ask in a child: importing a library here would leave its threads behind."""
    return str(apart(peer.name, lambda: {"missing": peer.missing})["missing"])
