"""The one place that turns a visitor's history into an answer.

Evaluation and serving call the same :func:`answer`, so what is measured is what is
shown. NumPy alone: a web worker that only serves loads nothing heavier.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from shop_personalize.ml.circle import Circle, circle_query
from shop_personalize.ml.knowledge import (
    NOBODY,
    Arrays,
    Candidates,
    Floats,
    Ints,
    Knowledge,
    Mixture,
    Query,
    part_of,
)
from shop_personalize.ml.mixing import DEPTH, mixed

if TYPE_CHECKING:
    from numpy.typing import NDArray

ANCHORS_FROM_HISTORY = 5
MINUTES_PER_DAY = 1440.0
HORIZON_DAYS = 28.0
FAINT = 9.0
"""Time constants after which a click is no longer heard (e^-9)."""
_NO_CODES = np.empty(0, np.int64)


@dataclass(frozen=True)
class History:
    """What one visitor did, newest first; all columns have length m.

    ``codes`` int64 item codes (never -1), ``kinds`` event kinds, ``ages`` float days
    before now, ``quantities`` float units, ``values`` float ratings or prices, NaN
    where there is none (empty: none anywhere). ``circle`` is what the people around
    the visitor hold; ``visitor`` the visitor's code in training data, -1 while serving.
    """

    codes: Ints = field(default_factory=lambda: _NO_CODES)
    kinds: tuple[str, ...] = ()
    ages: Floats = field(default_factory=lambda: np.empty(0))
    quantities: Floats = field(default_factory=lambda: np.empty(0))
    values: Floats = field(default_factory=lambda: np.empty(0))
    circle: Circle = field(default_factory=Circle)
    visitor: int = -1

    def __len__(self) -> int:
        """Count the events."""
        return len(self.codes)


def answer(
    knowledge: Knowledge,
    config: dict[str, Any],
    extras: Arrays,
    *,
    history: History,
    anchors: Ints = _NO_CODES,
    n: int,
    repeats: bool = False,
    group: str = "",
) -> Candidates:
    """Return at most ``n`` candidates, best first.

    ``config`` is the estimator's ``query_config_``; ``anchors`` the codes of the
    page's product or of the basket. With ``repeats`` what the visitor already bought
    scores by its own past as well; without it the caller removes what was bought.
    Codes the model does not know are passed over: no history makes it raise.
    """
    size = knowledge.n_items or len(extras.get("own_factor", _NO_CODES))
    history, anchors, n = _heard(history, size), _within(anchors, size), max(n, 0)
    if isinstance(knowledge, Mixture):
        if config.get("context") == "product":
            history = opened(history, anchors)
        moment: dict[str, Any] = {"anchors": anchors, "repeats": repeats}
        parts = ask_parts(
            knowledge, config, extras, history=history, n=n, group=group, **moment
        )
        found = mixed(parts, config, extras, history=history, n=n, repeats=repeats)
    else:
        found = knowledge.candidates(query_of(config, history, anchors, group), n)
    return completed(found, config, extras, history, n, repeats=repeats)


def _within(codes: Ints, size: int) -> Ints:
    """Drop codes that are no item's; ``size`` 0 limits nothing above."""
    if len(codes) and (codes.min() < 0 or (size and codes.max() >= size)):
        return codes[(codes >= 0) & (codes < (size or codes.max() + 1))]
    return codes


def _heard(history: History, size: int) -> History:
    """Drop events of unknown items and those without a time."""
    if len(history.circle) and len(_within(history.circle.codes, size)) < len(
        history.circle
    ):
        history = replace(history, circle=history.circle.within(size))
    kept = _within(history.codes, size)
    if len(kept) == len(history) and np.isfinite(history.ages).all():
        return history
    known = (history.codes >= 0) & (history.codes < (size or np.inf))
    at = np.flatnonzero(known & np.isfinite(history.ages))
    return History(
        history.codes[at],
        tuple(history.kinds[place] for place in at),
        history.ages[at],
        history.quantities[at],
        history.values[at] if len(history.values) else history.values,
        history.circle,
    )


def opened(history: History, anchors: Ints) -> History:
    """Put the page's product before the history, if it is not its latest view yet."""
    if not len(anchors) or (len(history) and history.codes[0] == anchors[0]):
        return history
    page = np.asarray(anchors[:1], np.int64)
    values = [np.full(1, np.nan), history.values] if len(history.values) else []
    return History(
        np.concatenate([page, history.codes]),
        ("view", *history.kinds),
        np.concatenate([np.zeros(1), history.ages]),
        np.concatenate([np.ones(1), history.quantities]),
        np.concatenate(values) if values else history.values,
        history.circle,
    )


def completed(
    found: Candidates,
    config: dict[str, Any],
    extras: Arrays,
    history: History,
    n: int,
    *,
    repeats: bool,
) -> Candidates:
    """Add what the visitor bought by its own past, where the config says so."""
    own = config.get("own")
    if own and (repeats or own.get("only")):
        found = _with_own(found, own_scores(own, extras, history), own, n)
    return found


def ask_parts(
    knowledge: Mixture,
    config: dict[str, Any],
    extras: Arrays,
    *,
    history: History,
    n: int,
    **moment: Any,
) -> list[Candidates]:
    """Ask each part of a mixture what it would answer, in the order of the config."""
    return [
        answer(
            knowledge.parts[part["name"]],
            part["config"],
            part_of(extras, part["name"]),
            history=history,
            n=max(n, int(config.get("depth", DEPTH))),
            **moment,
        )
        for part in config["parts"]
    ]


def query_of(
    config: dict[str, Any], history: History, anchors: Ints, group: str = ""
) -> Query:
    """Say which items speak, and how loudly, in the context the config names."""
    context = config.get("context", "none")
    if context == "none":
        return Query(group=group)
    if context == "history" and config.get("circle"):
        return circle_query(config["circle"], history.circle, history.codes)
    if context == "history":
        return _rated(history) if config.get("rated") else _decayed(config, history)
    if not len(anchors):
        anchors = _distinct(_kept(history).codes)[:ANCHORS_FROM_HISTORY]
    items = _distinct(anchors)
    weights = np.ones(len(items))
    if context == "product" and config.get("recent"):
        return _with_recent(config["recent"], history, items, weights)
    return Query(items, weights)


def _decayed(config: dict[str, Any], history: History) -> Query:
    """Weight of an item = the largest (or the sum) of weight x exp(-age / decay).

    With ``decay_steps`` it falls e times per so many other items since, besides.
    """
    history = _kept(history)
    weights = np.array([config["kinds"].get(kind, 0.0) for kind in history.kinds])
    decays = _decays(config.get("decay_days"), history.kinds)
    weights = weights * np.exp(-np.maximum(history.ages, 0) / decays)
    items, at = np.unique(history.codes, return_inverse=True)
    if config.get("decay_steps"):
        weights = weights * np.exp(-_steps(at, weights) / config["decay_steps"])
    total = np.zeros(len(items))
    if config.get("combine", "max") == "max":
        np.maximum.at(total, at, weights)
    else:
        np.add.at(total, at, weights)
    order = np.lexsort((items, -total))
    order = order[total[order] > 0][: config.get("limit", 500)]
    return Query(items[order].astype(np.int64), total[order])


def _rated(history: History) -> Query:
    """The latest rating of each item that was rated."""
    given = np.array(history.kinds, dtype="U32") == "rating"
    values = history.values if len(history.values) else np.full(len(history), np.nan)
    at = np.flatnonzero(given & np.isfinite(values))
    items, first = np.unique(history.codes[at], return_index=True)
    latest = at[np.sort(first)]
    codes = history.codes[latest].astype(np.int64)
    return Query(codes, np.ones(len(items)), values=values[latest])


def _decays(
    decay: float | dict[str, float] | None, kinds: tuple[str, ...]
) -> NDArray[np.float64]:
    """Time constants in days, one an event; no decay where none is given."""
    if isinstance(decay, dict):
        return np.array([decay.get(kind) or np.inf for kind in kinds])
    return np.full(len(kinds), decay or np.inf)


def _steps(at: Ints, weights: Floats) -> NDArray[np.float64]:
    """How many other items were met since each event; silent ones do not count."""
    first = np.full(int(at.max(initial=-1)) + 1, len(at))
    heard = np.flatnonzero(weights > 0)
    np.minimum.at(first, at[heard], heard)
    return np.argsort(np.argsort(first, kind="stable"))[at].astype(np.float64)


def _kept(history: History) -> History:
    """Drop the purchases of items whose every unit was refunded, and the refunds."""
    kinds = np.array(history.kinds, dtype="U32")
    refunds = kinds == "refund"
    if not refunds.any():
        return history
    purchases = kinds == "purchase"
    _, at = np.unique(history.codes, return_inverse=True)
    net = np.bincount(at, history.quantities * purchases)
    net -= np.bincount(at, np.abs(history.quantities) * refunds)
    keep = np.flatnonzero(~refunds & ~(purchases & (net[at] <= 0)))
    return History(
        history.codes[keep],
        tuple(history.kinds[i] for i in keep),
        history.ages[keep],
        history.quantities[keep],
        history.values[keep] if len(history.values) else history.values,
    )


def _distinct(codes: Ints) -> NDArray[np.int64]:
    """Each code once, in order of first appearance."""
    return np.array(list(dict.fromkeys(int(code) for code in codes)), np.int64)


def _with_recent(
    recent: dict[str, float], history: History, items: Ints, weights: Floats
) -> Query:
    """Let the visit's earlier clicks speak too, the latest the loudest."""
    inside = history.ages * MINUTES_PER_DAY <= recent["minutes"]
    clicks = _distinct(history.codes[inside])
    clicks = clicks[~np.isin(clicks, items)][: int(FAINT * recent["decay"]) + 1]
    position = np.arange(1, len(clicks) + 1)
    quieter = recent.get("weight", 1.0) * np.exp(-position / recent["decay"])
    return Query(np.concatenate([items, clicks]), np.concatenate([weights, quieter]))


def own_scores(
    own: dict[str, Any], extras: Arrays, history: History
) -> tuple[Ints, Floats]:
    """Score what the visitor bought by its own past: (codes, scores), unordered.

    Sum over distinct purchase days of exp(-age / decay), times the item's factor
    (``extras["own_factor"]``) where there is one, times how due the item is by its own
    repurchase cycle (``extras["cycle_mean"]``, ``["cycle_spread"]``: mean and standard
    deviation of the log of the gap in days) to the power ``own["cycle"]``.
    """
    history = _kept(history)
    bought = np.array([kind == "purchase" for kind in history.kinds], bool)
    if not bought.any():
        return _NO_CODES, np.empty(0)
    codes, ages = history.codes[bought], np.maximum(history.ages[bought], 0)
    visits = np.unique(np.stack([codes, np.floor(ages)]), axis=1)
    items, first, at = np.unique(
        visits[0].astype(np.int64), return_index=True, return_inverse=True
    )
    fade = np.exp(-visits[1] / own["decay_days"])
    scores = np.asarray(np.bincount(at, fade), np.float64)
    if "own_factor" in extras:
        scores = scores * extras["own_factor"][items]
    if own.get("cycle") and "cycle_mean" in extras:
        due = _due(
            visits[1][first], extras["cycle_mean"][items], extras["cycle_spread"][items]
        )
        scores = scores * due ** own["cycle"]
    return items, scores


def _due(ages: Floats, mean: Floats, spread: Floats) -> NDArray[np.float64]:
    """Chance of a purchase in the next 28 days, none having come for ``ages`` days.

    The log of the gap is logistic with the given mean and standard deviation.
    """
    scale = spread * np.sqrt(3) / np.pi

    def survival(days: Floats) -> NDArray[np.float64]:
        z = (np.log(np.maximum(days, 0.5)) - mean) / scale
        return np.asarray(1 / (1 + np.exp(np.clip(z, -50, 50))))

    return np.asarray(1 - survival(ages + HORIZON_DAYS) / survival(ages))


def _with_own(
    found: Candidates, own: tuple[Ints, Floats], config: dict[str, Any], n: int
) -> Candidates:
    items, scores = own
    if config.get("only"):
        order = np.lexsort((items, -scores))
        order = order[scores[order] > 0][:n]
        return Candidates(items[order], scores[order], np.full(len(order), NOBODY))
    top = found.scores[0] if len(found) and found.scores[0] > 0 else 1.0
    others = found.scores / top * config.get("others", 1.0)
    every = np.union1d(items, found.items)
    total = np.zeros(len(every))
    because = np.full(len(every), NOBODY)
    at = np.searchsorted(every, found.items)
    total[at], because[at] = others, found.because
    at = np.searchsorted(every, items)
    total[at] += scores
    because[at] = NOBODY
    order = np.lexsort((every, -total))
    order = order[total[order] > 0][:n]
    return Candidates(every[order], total[order], because[order])
