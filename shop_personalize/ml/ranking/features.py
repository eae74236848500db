"""What is known of a candidate at the moment it is asked for, as numbers.

Each group is a function of the moment that returns (candidates, columns); the names of
its columns stand beside it. Training and serving call the same functions.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from shop_personalize.ml.ranking.baskets import names_of_baskets, of_baskets
from shop_personalize.ml.ranking.places import names_of_places, of_places

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from shop_personalize.ml.knowledge import Arrays, Ints
    from shop_personalize.ml.serving import History

    Group = tuple[
        Callable[["Moment"], NDArray[Any]], Callable[[dict[str, Any]], list[str]]
    ]

MISSING = np.float32(-1e9)
"""Stands for what is not known; below every real number that occurs."""
LARGEST = 1e30
LONG_AGO = 5000.0
FADES = (20.0, 60.0, 180.0)
"""Time constants in days of what a visitor did with an item."""
LATELY = 90.0
YEAR_AGO = (330.0, 372.0)
TASTE_FADES = 90.0


@dataclass(frozen=True)
class Moment:
    """Candidates, what the parts say of them, and the visitor.

    ``items`` int (c,) ascending; ``scores``, ``shares`` and ``ranks`` (c, p); ``total``
    (c,) the weighed sum of the shares. ``config`` is the ranker's: ``target`` (the kind
    of event it foretells), ``kinds`` (others that are looked at), ``parts``, ``facts``
    (columns of ``extras["ranker__facts"]``), ``groups``, and for "places" ``minutes``.
    """

    items: Ints
    scores: NDArray[np.float64]
    shares: NDArray[np.float64]
    ranks: NDArray[np.float64]
    total: NDArray[np.float64]
    history: History
    config: dict[str, Any]
    extras: Arrays

    @cached_property
    def kinds(self) -> NDArray[np.str_]:
        """Kind of each event of the history."""
        return np.array(self.history.kinds, dtype="U32")

    @cached_property
    def done(self) -> Events:
        """The visitor's events of the kind that is foretold."""
        return self.events(self.config["target"])

    def events(self, kind: str) -> Events:
        """Return the visitor's events of one kind."""
        at = np.flatnonzero(self.kinds == kind)
        ages = np.maximum(np.asarray(self.history.ages, np.float64)[at], 0.0)
        quantities = np.asarray(self.history.quantities, np.float64)[at]
        codes = self.history.codes[at]
        place = np.searchsorted(self.items, codes)
        place[place == len(self.items)] = 0
        known = self.items[place] == codes if len(self.items) else np.zeros(0, bool)
        return Events(codes, ages, quantities, np.where(known, place, -1))

    def fact(self, name: str, codes: Ints) -> NDArray[np.floating[Any]]:
        """Return one known fact of items, by code; MISSING where there is none."""
        names = self.config["facts"]
        if name not in names:
            return np.full(len(codes), MISSING)
        return np.asarray(self.extras["ranker__facts"][codes, names.index(name)])


@dataclass(frozen=True)
class Events:
    """Events of one kind; ``place`` (m,) is the candidate an event is about, or -1."""

    codes: Ints
    ages: NDArray[np.float64]
    quantities: NDArray[np.float64]
    place: NDArray[np.int64]

    def __len__(self) -> int:
        """Count the events."""
        return len(self.codes)

    @cached_property
    def days(self) -> NDArray[np.float64]:
        """Whole days ago, one an event."""
        return np.floor(self.ages)


def of_sources(moment: Moment) -> NDArray[Any]:
    """What each part says: its score, as a share of its best, and its rank."""
    total = moment.total[:, None]
    return np.hstack([moment.scores, moment.shares, moment.ranks, total])


def names_of_sources(config: dict[str, Any]) -> list[str]:
    """Name the columns of :func:`of_sources`."""
    parts = config["parts"]
    views = ("score", "share", "rank")
    return [f"{part} {view}" for view in views for part in parts] + ["total"]


def of_items(moment: Moment) -> NDArray[Any]:
    """Facts of the item, as they were at training."""
    return np.asarray(moment.extras["ranker__facts"][moment.items])


def names_of_items(config: dict[str, Any]) -> list[str]:
    """Name the columns of :func:`of_items`."""
    return list(config["facts"])


def of_visitor(moment: Moment) -> NDArray[Any]:
    """How much, how often and how lately the visitor did anything; equal for all."""
    done = moment.done
    if not len(done):
        row = [0.0, 0.0, 0.0, 0.0, LONG_AGO, LONG_AGO, *[MISSING] * 5]
        return np.tile(np.array(row), (len(moment.items), 1))
    visits = np.unique(done.days)
    tenure, recency = float(visits[-1]), float(visits[0])
    prices = _known(moment.fact("price", done.codes))
    row = [
        float(len(done)),
        float(len(np.unique(done.codes))),
        float(len(visits)),
        float((visits < LATELY).sum()),
        recency,
        tenure,
        (tenure - recency) / (len(visits) - 1) if len(visits) > 1 else MISSING,
        len(done) / len(visits),
        float(prices.mean()) if len(prices) else MISSING,
        float(prices.std()) if len(prices) else MISSING,
        float(np.log(np.maximum(done.quantities, 1e-3)).mean()),
    ]
    return np.tile(np.array(row), (len(moment.items), 1))


def names_of_visitor(config: dict[str, Any]) -> list[str]:
    """Name the columns of :func:`of_visitor`."""
    return [
        "events",
        "distinct items",
        "visits",
        "visits lately",
        "days since the last visit",
        "days since the first visit",
        "days between visits",
        "events a visit",
        "mean log price bought",
        "spread of log price bought",
        "mean log quantity bought",
    ]


def of_repeats(moment: Moment) -> NDArray[Any]:
    """What the visitor did with this very item before."""
    done, n = moment.done, len(moment.items)
    mine = np.flatnonzero(done.place >= 0)
    last = np.full(n, LONG_AGO)
    interval = np.full(n, LONG_AGO)
    if not len(mine):
        zeros = np.zeros((n, 3 + len(FADES)))
        more = np.column_stack([last, interval, np.full(n, MISSING), zeros[:, :2]])
        return np.hstack([zeros[:, : 2 + len(FADES)], more, np.full((n, 1), MISSING)])
    place, ages = done.place[mine], done.ages[mine]
    key = np.unique(place * (2 * LONG_AGO) + np.minimum(done.days[mine], LONG_AGO))
    visit, day = (key // (2 * LONG_AGO)).astype(np.int64), key % (2 * LONG_AGO)
    visits = np.bincount(visit, minlength=n)
    np.minimum.at(last, visit, day)
    first = np.zeros(n)
    np.maximum.at(first, visit, day)
    often = visits > 1
    interval[often] = (first - last)[often] / (visits[often] - 1)
    year = (ages >= YEAR_AGO[0]) & (ages < YEAR_AGO[1])
    latest = done.days[mine] == done.days.min()
    rows = np.bincount(place, minlength=n)
    units = np.bincount(
        place, np.log(np.maximum(done.quantities[mine], 1e-3)), minlength=n
    )
    return np.column_stack(
        [
            rows,
            visits,
            *(np.bincount(visit, np.exp(-day / fade), minlength=n) for fade in FADES),
            last,
            interval,
            np.where(often, last / np.maximum(interval, 1.0), MISSING),
            np.bincount(place, year, minlength=n),
            np.bincount(place, latest, minlength=n),
            np.where(rows > 0, units / np.maximum(rows, 1), MISSING),
        ]
    )


def names_of_repeats(config: dict[str, Any]) -> list[str]:
    """Name the columns of :func:`of_repeats`."""
    return [
        "times done",
        "visits with it",
        *(f"visits with it, fading in {fade:g} days" for fade in FADES),
        "days since last done",
        "days between doing it",
        "share of the interval passed",
        "done a year ago",
        "done at the last visit",
        "mean log quantity of it",
    ]


def of_touches(moment: Moment) -> NDArray[Any]:
    """Other things done with this very item, such as views: how much, how lately."""
    columns = []
    for kind in moment.config["kinds"]:
        events, n = moment.events(kind), len(moment.items)
        mine = events.place >= 0
        fresh = np.exp(-events.ages[mine] / FADES[0])
        last = np.full(n, LONG_AGO)
        np.minimum.at(last, events.place[mine], events.ages[mine])
        columns += [np.bincount(events.place[mine], fresh, minlength=n), last]
    return np.column_stack(columns) if columns else np.empty((len(moment.items), 0))


def names_of_touches(config: dict[str, Any]) -> list[str]:
    """Name the columns of :func:`of_touches`."""
    views = ("fading in 20 days", "days since")
    return [f"{kind}, {view}" for kind in config["kinds"] for view in views]


def of_taste(moment: Moment) -> NDArray[Any]:
    """How the item suits: price, category and brand against what was done so far."""
    done, items = moment.done, moment.items
    price = moment.fact("price", items)
    before = _known(moment.fact("price", done.codes))
    away = np.where(price == MISSING, MISSING, price - _mean(before))
    spread = max(float(before.std()), 0.1) if len(before) else 1.0
    sd = np.where(away == MISSING, MISSING, away / spread)
    alike = [_affinity(moment, name) for name in ("category", "brand")]
    return np.column_stack([away, sd, *alike])


def names_of_taste(config: dict[str, Any]) -> list[str]:
    """Name the columns of :func:`of_taste`."""
    return [
        "log price against the usual",
        "the same in spreads",
        "share of the category",
        "share of the brand",
    ]


def _affinity(moment: Moment, name: str) -> NDArray[np.floating[Any]]:
    """Share of the visitor's fading events that lie in the candidate's group."""
    groups = moment.extras.get(f"ranker__{name}")
    done = moment.done
    if groups is None or not len(done):
        return np.zeros(len(moment.items))
    theirs = np.asarray(groups[done.codes], np.int64)
    fresh = np.exp(-done.ages / TASTE_FADES) + 1e-9
    weight = np.bincount(theirs + 1, fresh)
    weight[0] = 0.0
    own = np.asarray(groups[moment.items], np.int64) + 1
    known = own < len(weight)
    share = np.where(known, weight[np.where(known, own, 0)], 0.0) / fresh.sum()
    return np.asarray(share, np.float64)


def _known(values: NDArray[Any]) -> NDArray[Any]:
    return np.asarray(values[values != MISSING])


def _mean(values: NDArray[Any]) -> float:
    return float(values.mean()) if len(values) else 0.0


GROUPS: dict[str, Group] = {
    "sources": (of_sources, names_of_sources),
    "items": (of_items, names_of_items),
    "visitor": (of_visitor, names_of_visitor),
    "repeats": (of_repeats, names_of_repeats),
    "touches": (of_touches, names_of_touches),
    "taste": (of_taste, names_of_taste),
    "baskets": (of_baskets, names_of_baskets),
    "places": (of_places, names_of_places),
}


def names(config: dict[str, Any]) -> list[str]:
    """Names of the columns of :func:`matrix`, in order."""
    return [name for group in config["groups"] for name in GROUPS[group][1](config)]


def matrix(moment: Moment) -> NDArray[np.float32]:
    """Return the groups the config names, side by side; float32 (c, f), finite."""
    blocks = [GROUPS[group][0](moment) for group in moment.config["groups"]]
    rows = np.clip(np.hstack(blocks), -LARGEST, LARGEST)
    return np.where(np.isnan(rows), MISSING, rows).astype(np.float32)
