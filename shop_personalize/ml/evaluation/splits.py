"""Ways to hide a part of the past: each returns [(what is left, what is asked)].

Codes of items and visitors stay as they are. Only what was touched in the part that is
left can be asked for: nobody could have learned the rest. ``most`` cases are kept,
drawn with ``seed``; all the hidden rows stay hidden nevertheless.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from shop_personalize.ml.data.sessions import by_session
from shop_personalize.ml.data.training_data import NO_ORDER
from shop_personalize.ml.evaluation.cases import NOTHING, Cases, cases_for
from shop_personalize.ml.serving import History

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from shop_personalize.ml.data import TrainingData

    Rows = NDArray[np.int64]
    Folds = list[tuple[TrainingData, Cases]]

MOST = 5000
MOMENT = 1e-6
"""A tenth of a second, in days: the last interaction lies before the end."""


def by_time(
    data: TrainingData,
    *,
    days: float = 28.0,
    windows: int = 1,
    protocol: str = "new",
    context: str = "history",
    most: int = MOST,
) -> Folds:
    """Hide the last ``days``, then the ``days`` before them and so on, latest first.

    Each window is asked for from what came before it, as ``protocol`` says
    (see :func:`~shop_personalize.ml.evaluation.cases.cases_for`).
    """
    _positive(days=days, windows=windows)
    end = float(data.time.max(initial=-np.inf)) + MOMENT
    found = []
    for back in range(1, windows + 1) if len(data) else ():
        known = data.before(end - days * (back - 1))
        cut = end - days * back
        past, window = known.before(cut), known.where(known.time >= cut)
        cases = cases_for(past, window, protocol=protocol, context=context)
        if len(cases):
            found.append((past, cases.thinned(most)))
    return found


def leave_last_out(data: TrainingData, *, most: int = MOST, seed: int = 0) -> Folds:
    """Hide each visitor's last interaction and ask for its item.

    What a visitor had before is no answer, so a repeat is hidden but not asked for.
    Visitors with a single interaction stay whole. The history is seen from the moment
    of the hidden one.
    """
    order, starts = _of_visitors(data)
    lengths = np.diff(starts)
    asked = np.flatnonzero(lengths > 1)
    last = order[starts[asked + 1] - 1]
    past = _without(data, last)
    _, _, pair = _pairs(data)
    once = np.bincount(pair)[pair[last]] == 1 if len(data) else np.zeros(0, bool)
    good = _touched(past)[data.item[last]] & once
    questions = list(zip(asked[good], last[good], strict=True))
    cases = Cases("next")
    for visitor, row in _some(questions, most, seed):
        before = order[starts[visitor] : starts[visitor + 1] - 1]
        history = _history(data, before, now=float(data.time[row]))
        had = np.unique(history.codes)
        cases.add(history, NOTHING, had, data.item[[row]].astype(np.int64))
    return _fold(past, cases)


def last_sessions(
    data: TrainingData, *, share: float = 0.05, most: int = MOST, seed: int = 0
) -> Folds:
    """Hide the latest ``share`` of the visits and ask each of their next clicks.

    A question is a visit up to some click: that click is the page, those before it
    are the history, the next item is right, be it one of them. Visits of one click
    ask nothing. What is left is all that came before the first hidden visit.
    """
    _share(share)
    rows, session = by_session(data)
    n = int(session[-1]) + 1 if len(session) else 0
    began = np.full(n, np.inf)
    np.minimum.at(began, session, rows.time)
    late = np.argsort(began, kind="stable")[n - max(round(n * share), 1) :]
    if n < 2:
        return []
    cut = float(began[late].min())
    hidden = np.isin(session, np.flatnonzero(began >= cut))
    past = replace(rows.where(np.flatnonzero(~hidden)), now=cut)
    past = past.where(np.argsort(past.time, kind="stable"))
    known = _touched(past)
    follows = np.flatnonzero(session[1:] == session[:-1]) + 1
    follows = follows[hidden[follows] & known[rows.item[follows]]]
    first = np.searchsorted(session, session)
    cases = Cases("session")
    for at in _some(follows, most, seed):
        before = np.arange(first[at], at)
        history = _history(rows, before, now=float(rows.time[at - 1]))
        page, following = history.codes[:1], rows.item[[at]].astype(np.int64)
        cases.add(history, page, NOTHING, following)
    return _fold(past, cases)


def last_basket(data: TrainingData, *, most: int = MOST, seed: int = 0) -> Folds:
    """Hide each visitor's last basket and ask for all of it, repeats included.

    A basket is what shares an order, or a day where rows carry none. The history is
    seen from the moment of the hidden basket.
    """
    order, starts = _of_visitors(data)
    basket = np.where(data.order == NO_ORDER, np.floor(data.time), data.order)
    kinds = data.order == NO_ORDER
    last = order[starts[1:] - 1]
    owner = np.repeat(np.arange(len(last)), np.diff(starts))
    same = (basket[order] == basket[last][owner]) & (kinds[order] == kinds[last][owner])
    held = np.bincount(owner[same], minlength=len(last))
    several = np.flatnonzero(held < np.diff(starts))
    hidden = same & np.isin(owner, several)
    past = _without(data, order[hidden])
    known = _touched(past)
    cases = Cases("basket")
    for visitor in _some(several, most, seed):
        own = slice(starts[visitor], starts[visitor + 1])
        before, after = order[own][~same[own]], order[own][same[own]]
        history = _history(data, before, now=float(data.time[after].max()))
        wanted = np.unique(data.item[after]).astype(np.int64)
        cases.add(history, NOTHING, NOTHING, wanted[known[wanted]])
    return _fold(past, cases)


def random_holdout(
    data: TrainingData, *, share: float = 0.2, most: int = MOST, seed: int = 0
) -> Folds:
    """Hide a random ``share`` of each visitor's items, at least one, never all.

    All rows of a hidden item go with it. For data without time; where rows have one,
    use a split by time: a random one lets the future speak of the past.
    """
    _share(share)
    visitor, item, pair = _pairs(data)
    luck = _shuffled(visitor, seed)
    sizes = np.bincount(visitor, minlength=data.n_visitors)
    hide = np.clip(np.round(sizes * share), 1, np.maximum(sizes - 1, 0))
    return _without_pairs(data, visitor, item, pair, luck < hide[visitor], most, seed)


def k_fold(data: TrainingData, *, k: int = 5, most: int = MOST, seed: int = 0) -> Folds:
    """Deal each visitor's items onto ``k`` folds; hide one fold after the other."""
    if k < 2:
        raise ValueError(f"k must be at least 2 folds, not {k}")
    visitor, item, pair = _pairs(data)
    luck = _shuffled(visitor, seed)
    several = np.bincount(visitor, minlength=data.n_visitors)[visitor] > 1
    found = []
    for fold in range(k):
        hidden = ((luck + visitor) % k == fold) & several
        found += _without_pairs(data, visitor, item, pair, hidden, most, seed + fold)
    return found


def _without_pairs(
    data: TrainingData,
    visitor: Rows,
    item: Rows,
    pair: Rows,
    hidden: NDArray[np.bool_],
    most: int,
    seed: int,
) -> Folds:
    """Hide (visitor, item) pairs; ``pair`` is the pair of each row of ``data``."""
    past = _without(data, np.flatnonzero(hidden[pair]))
    known = _touched(past)
    bounds = np.searchsorted(visitor, np.arange(data.n_visitors + 1))
    order, starts = _of_visitors(data)
    present = np.unique(visitor)
    cases = Cases("new")
    for owner in _some(np.unique(visitor[hidden]), most, seed):
        own = slice(bounds[owner], bounds[owner + 1])
        wanted, had = item[own][hidden[own]], item[own][~hidden[own]]
        at = int(np.searchsorted(present, owner))
        before = order[starts[at] : starts[at + 1]]
        before = before[~hidden[pair[before]]]
        if len(before):
            history = _history(data, before, now=data.now)
            cases.add(history, NOTHING, had, wanted[known[wanted]])
    return _fold(past, cases)


def _pairs(data: TrainingData) -> tuple[Rows, Rows, Rows]:
    """Distinct (visitor, item) pairs by visitor, and the pair of each row."""
    n = max(data.n_items, 1)
    keys = data.visitor.astype(np.int64) * n + data.item
    distinct, pair = np.unique(keys, return_inverse=True)
    return distinct // n, distinct % n, pair.reshape(-1).astype(np.int64)


def _shuffled(visitor: Rows, seed: int) -> Rows:
    """Random place 0..m-1 of each pair among its visitor's; ``visitor`` is sorted."""
    luck = np.random.default_rng(seed).random(len(visitor))
    order = np.lexsort((luck, visitor))
    place = np.empty(len(visitor), np.int64)
    place[order] = np.arange(len(visitor)) - np.searchsorted(visitor, visitor)
    return place


def _of_visitors(data: TrainingData) -> tuple[Rows, Rows]:
    """Row numbers by visitor, oldest first, and where each present one's begin."""
    order = np.lexsort((data.order, data.time, data.visitor))
    starts = np.searchsorted(data.visitor[order], np.arange(data.n_visitors + 1))
    present = np.flatnonzero(np.diff(starts))
    return order, np.append(starts[present], len(order))


def _history(data: TrainingData, rows: Rows, *, now: float) -> History:
    """Rows of one visitor, oldest first, as a history seen from ``now``."""
    rows = rows[::-1]
    return History(
        codes=data.item[rows].astype(np.int64),
        kinds=tuple(data.kinds[kind] for kind in data.kind[rows]),
        ages=np.maximum(now - data.time[rows], 0.0),
        quantities=data.quantity[rows].astype(np.float64),
        values=data.value[rows].astype(np.float64),
        visitor=int(data.visitor[rows[0]]) if len(rows) else -1,
    )


def _without(data: TrainingData, rows: Rows) -> TrainingData:
    keep = np.ones(len(data), bool)
    keep[rows] = False
    return data.where(np.flatnonzero(keep))


def _touched(data: TrainingData) -> NDArray[np.bool_]:
    """Whether each item occurs; shape (n_items,)."""
    return np.asarray(np.bincount(data.item, minlength=data.n_items) > 0)


def _some(questions: Any, most: int, seed: int) -> Iterator[Any]:
    """At most ``most`` of the questions, drawn once, in their order."""
    if len(questions) <= most:
        yield from questions
        return
    rng = np.random.default_rng(seed)
    for at in np.sort(rng.choice(len(questions), most, replace=False)):
        yield questions[at]


def _fold(past: TrainingData, cases: Cases) -> Folds:
    return [(past, cases)] if len(cases) else []


def _positive(**numbers: float) -> None:
    for name, value in numbers.items():
        if not value > 0:
            raise ValueError(f"{name} must be more than 0, not {value}")


def _share(share: float) -> None:
    if not 0 < share < 1:
        raise ValueError(f"share must lie between 0 and 1, such as 0.2, not {share}")
