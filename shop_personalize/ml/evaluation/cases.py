"""Questions with known answers, made from a window of time after a cut.

``new``: what each known customer bought in the window and never before, of the
products known before it.
``repeat``: the same with repeats allowed.
``next``: without context all of it; for a page or a basket what came with it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from shop_personalize.ml.data.sessions import by_session
from shop_personalize.ml.data.training_data import NO_ORDER
from shop_personalize.ml.serving import History

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from shop_personalize.ml.data import TrainingData
    from shop_personalize.ml.knowledge import Ints

MAX_HISTORY = 200
"""Events of a visitor that serving reads; more would measure what is never shown."""
MAX_CASES = 2000
TARGETS = ("purchase", "add_to_cart", "view")
KNOWN_ONLY = ("new", "repeat")
"""Protocols that ask for products already there before the cut, as published splits
do: what came later nobody could have learned."""
REPEATING = ("repeat", "basket", "session")
"""Protocols in which what was had before may be right again."""
NOTHING = np.empty(0, np.int64)


@dataclass
class Cases:
    """Parallel lists of length c: what is asked and what would have been right."""

    protocol: str
    histories: list[History] = field(default_factory=list)
    anchors: list[Ints] = field(default_factory=list)
    excluded: list[Ints] = field(default_factory=list)
    truths: list[Ints] = field(default_factory=list)

    def __len__(self) -> int:
        """Count the cases."""
        return len(self.truths)

    @property
    def repeats(self) -> bool:
        """Whether what was bought before may be right."""
        return self.protocol in REPEATING

    def add(self, history: History, anchors: Ints, excluded: Ints, truth: Ints) -> None:
        """Add one case, unless nothing would be right."""
        truth = np.setdiff1d(truth, excluded)
        if len(truth):
            self.histories.append(history)
            self.anchors.append(anchors)
            self.excluded.append(excluded)
            self.truths.append(truth)

    def thinned(self, most: int = MAX_CASES) -> Cases:
        """Keep at most ``most`` cases, evenly spaced: the same ones every time."""
        if len(self) <= most:
            return self
        return self.pick(np.linspace(0, len(self) - 1, most).astype(int))

    def pick(self, at: Iterable[int]) -> Cases:
        """Keep the cases of these numbers, in this order."""
        at = list(at)
        columns = ("histories", "anchors", "excluded", "truths")
        picked = {name: [getattr(self, name)[i] for i in at] for name in columns}
        return Cases(self.protocol, **picked)


def cases_for(
    past: TrainingData,
    window: TrainingData,
    *,
    protocol: str,
    context: str,
    kinds: tuple[str, ...] = (),
) -> Cases:
    """Ask about ``window`` what is known from ``past`` (the same codes).

    ``context`` is the recommender's; ``kinds`` those it learns from, () for any.
    """
    if protocol == "next" and context in {"product", "basket"}:
        return _together(window, protocol, context, kinds).thinned()
    kind = _target(window, ())
    bought = window.of_kinds(kind) if kind else window.where(NOTHING)
    if protocol in KNOWN_ONLY:
        bought = bought.where(np.isin(bought.item, past.item))
    wanted = _by_visitor(bought)
    known = _by_visitor(past)
    cases = Cases(protocol)
    for visitor, rows in wanted.items():
        if visitor not in known:
            continue
        before = known[visitor]
        had = np.empty(0, np.int64)
        if protocol == "new":
            had = _items_of(past, before, kind)
        history = history_of(past, before)
        cases.add(history, NOTHING, had, np.unique(bought.item[rows]))
    return cases.thinned(5 * MAX_CASES)


def history_of(data: TrainingData, rows: NDArray[np.int64]) -> History:
    """Rows of one visitor, oldest first, as a history seen from ``data.now``."""
    rows = rows[::-1][:MAX_HISTORY]
    return History(
        codes=data.item[rows].astype(np.int64),
        kinds=tuple(data.kinds[kind] for kind in data.kind[rows]),
        ages=data.now - data.time[rows],
        quantities=data.quantity[rows].astype(np.float64),
        values=data.value[rows].astype(np.float64),
        visitor=int(data.visitor[rows[0]]) if len(rows) else -1,
    )


def _items_of(data: TrainingData, rows: NDArray[Any], kind: str) -> NDArray[np.int64]:
    same = data.kind[rows] == data.kinds.index(kind)
    return np.unique(data.item[rows[same]]).astype(np.int64)


def _target(window: TrainingData, kinds: tuple[str, ...]) -> str:
    """The strongest kind of event the window holds."""
    present = {window.kinds[kind] for kind in np.unique(window.kind)}
    wanted = [
        kind for kind in TARGETS if kind in present and (not kinds or kind in kinds)
    ]
    return wanted[0] if wanted else ""


def _by_visitor(data: TrainingData) -> dict[int, NDArray[np.int64]]:
    """Row numbers of each visitor, oldest first."""
    order = np.lexsort((data.time, data.visitor))
    return dict(_runs(data.visitor[order], order))


def _runs(
    keys: NDArray[Any], values: NDArray[Any]
) -> Iterator[tuple[int, NDArray[Any]]]:
    """Cut ``values`` where the sorted ``keys`` change."""
    if not len(keys):
        return
    starts = np.concatenate([[0], np.flatnonzero(np.diff(keys)) + 1])
    for start, stop in zip(starts, [*starts[1:], len(keys)], strict=True):
        yield int(keys[start]), values[start:stop]


def _together(
    window: TrainingData, protocol: str, context: str, kinds: tuple[str, ...]
) -> Cases:
    """From each order or visit: a page and what followed, a basket and its rest."""
    cases = Cases(protocol)
    if {"view", "purchase"} <= set(kinds) and context == "product":
        _view_to_purchase(cases, window)
        return cases
    kind = "view" if kinds[:1] == ("view",) else _target(window, kinds)
    for owner in _owners(window.of_kinds(kind) if kind else window.where(NOTHING)):
        items = np.array(list(dict.fromkeys(owner.tolist())), np.int64)
        known = 1 if context == "product" else (len(items) + 1) // 2
        anchors, rest = items[:known], items[known:]
        cases.add(History(), anchors, anchors, rest)
    return cases


def _owners(data: TrainingData) -> Iterator[NDArray[Any]]:
    """Items of each order, or of each visit where there are no orders."""
    if len(data) and (data.order != NO_ORDER).all():
        order = np.argsort(data.order, kind="stable")
        for _, items in _runs(data.order[order], data.item[order]):
            yield items
        return
    rows, session = by_session(data)
    for _, items in _runs(session, rows.item):
        yield items


def _view_to_purchase(cases: Cases, window: TrainingData) -> None:
    """Ask at each visitor's first viewed product what they bought after it."""
    bought = window.of_kinds("purchase")
    purchases = _by_visitor(bought)
    views = window.of_kinds("view")
    for visitor, rows in _by_visitor(views).items():
        after = purchases.get(visitor, NOTHING)
        after = after[bought.time[after] >= views.time[rows[0]]]
        anchor = views.item[rows[:1]].astype(np.int64)
        cases.add(History(), anchor, NOTHING, np.unique(bought.item[after]))
