"""Several recommenders in one model, and the rows that teach a ranker to order them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from shop_personalize.ml.knowledge import Arrays, Mixture
from shop_personalize.ml.mixing import features_of, looked_at, pool_of
from shop_personalize.ml.ranking.facts import item_facts, target_of
from shop_personalize.ml.ranking.lean import find_lean
from shop_personalize.ml.ranking.learn import Ranker, Rows, learn
from shop_personalize.ml.ranking.score import decisions
from shop_personalize.ml.recommenders.shown import Shown
from shop_personalize.ml.serving import ask_parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from shop_personalize.ml.data import TrainingData
    from shop_personalize.ml.evaluation import Cases
    from shop_personalize.ml.knowledge import Ints
    from shop_personalize.ml.recommenders.base import Recommender
    from shop_personalize.ml.serving import History

GROUPS = ("sources", "items", "visitor", "repeats", "touches", "taste")
MANY_CHOSEN = 3000
"""Choices from lists that were shown which make other questions unnecessary."""
_NO_CODES = np.empty(0, np.int64)
OTHER_KINDS = ("add_to_cart", "wishlist", "view", "click")


class Mixed(NamedTuple):
    """A model of several parts, in the order ``answer`` takes it."""

    knowledge: Mixture
    config: dict[str, Any]
    extras: Arrays


def mixture(
    parts: Mapping[str, Recommender],
    *,
    weights: Mapping[str, float] | None = None,
    asks: Mapping[str, dict[str, Any]] | None = None,
    **config: Any,
) -> Mixed:
    """Put fitted recommenders into one model that adds them up.

    Each part's scores are divided by their largest and multiplied by its weight (1
    unless ``weights`` says otherwise). ``asks`` holds what is different in the
    configuration of a part, such as another ``context``; ``config`` more for the whole:
    ``depth``, ``pool``, ``seen``, ``own``. How a part scores what was bought again is
    left out; that is a part of its own.
    """
    extras: Arrays = {}
    entries = []
    for name, part in parts.items():
        asked = {**part.query_config_, **(asks or {}).get(name, {})}
        if not asked.get("own", {}).get("only"):
            asked.pop("own", None)
        weight = float((weights or {}).get(name, 1.0))
        entries.append({"name": name, "weight": weight, "config": asked})
        extras |= {f"{name}__{key}": array for key, array in part.extras_.items()}
    knowledge = Mixture({name: part.knowledge_ for name, part in parts.items()})
    return Mixed(knowledge, {"context": "history", "parts": entries, **config}, extras)


def fitted(
    sources: Mapping[str, Recommender], data: TrainingData
) -> dict[str, Recommender]:
    """Fit a fresh copy of each source on ``data``."""
    return {
        name: type(source)(**source.get_params()).fit(data)
        for name, source in sources.items()
    }


def prepared(
    sources: Mapping[str, Recommender],
    data: TrainingData,
    *,
    groups: Sequence[str] = GROUPS,
    target: str = "",
    seen: Sequence[str] | None = None,
    minutes: float | None = None,
    **config: Any,
) -> Mixed:
    """Fit the sources on ``data`` and add all a ranker looks at, but no ranker yet.

    What was met by an event of the kinds ``seen`` (the target, unless they are given)
    is old. ``minutes`` bound the part of a history whose order counts.
    """
    target = target or target_of(data)
    old = [target] if seen is None else list(seen)
    mixed = mixture(fitted(sources, data), seen=old, **config)
    names, facts = item_facts(data, target)
    present = {data.kinds[kind] for kind in np.unique(data.kind)}
    mixed.config["ranker"] = {
        "target": target,
        "kinds": [kind for kind in OTHER_KINDS if kind in present - {target}],
        "parts": list(sources),
        "facts": names,
        "groups": list(groups),
        "minutes": minutes,
    }
    return Mixed(mixed.knowledge, mixed.config, {**mixed.extras, **facts})


def rows_of(mixed: Mixed, cases: Cases) -> Rows:
    """Return the candidates of every case, as the ranker will see them, and the truth.

    What a case excludes is left out; what was bought before is among the candidates, so
    that one ranker answers both with and without repeats.
    """
    each = zip(
        cases.histories, cases.anchors, cases.excluded, cases.truths, strict=True
    )
    return Rows.together(
        [
            _looked_at(mixed, history, truth, anchors=anchors, without=excluded)
            for history, anchors, excluded, truth in each
        ]
    )


def rows_shown(mixed: Mixed, shown: Shown) -> Rows:
    """Return what was shown, as the ranker would have seen it, and what was chosen."""
    each = zip(shown.histories, shown.lists, shown.chosen, strict=True)
    return Rows.together(
        [
            _looked_at(mixed, history, chosen, only=items)
            for history, items, chosen in each
        ]
    )


def _looked_at(
    mixed: Mixed,
    history: History,
    right: Ints,
    *,
    anchors: Ints = _NO_CODES,
    without: Ints = _NO_CODES,
    only: Ints | None = None,
) -> Rows:
    """Return the candidates of one moment and which of them were right."""
    knowledge, config, extras = mixed
    found = ask_parts(knowledge, config, extras, history=history, n=0, anchors=anchors)
    pool, shares, old = looked_at(pool_of(found), config, history)
    keep = ~np.isin(pool.items, without)
    if only is not None:
        keep &= np.isin(pool.items, only)
    pool = pool.where(keep)
    rows = features_of(pool, shares[keep], config, extras, history)
    one = np.zeros(len(rows), np.int64)
    return Rows(rows, np.isin(pool.items, right), old[keep], one)


def learn_ranker(
    sources: Mapping[str, Recommender],
    pairs: Iterable[tuple[TrainingData, Cases]],
    *,
    shown: Sequence[Shown] = (),
    groups: Sequence[str] = GROUPS,
    config: Mapping[str, Any] | None = None,
    lean: bool = False,
    **options: Any,
) -> Ranker | None:
    """Fit the sources on each past, ask them its cases, learn to order the answers.

    ``shown``, one for each pair, is what visitors were shown after that past; with
    ``MANY_CHOSEN`` choices the cases are no longer needed. ``lean`` finds out on the
    first pair how far to lean on one part (:mod:`~shop_personalize.ml.ranking.lean`).
    ``options`` are those of :func:`~shop_personalize.ml.ranking.learn.learn`. None if
    there is too little to learn from.
    """
    asked: list[Rows] = []
    seen: list[Rows] = []
    for at, (past, cases) in enumerate(pairs):
        lists = shown[at] if at < len(shown) else Shown()
        if not len(cases) and not len(lists):
            continue
        mixed = prepared(sources, past, groups=groups, **(config or {}))
        asked += [rows_of(mixed, cases)] if len(cases) else []
        seen += [rows_shown(mixed, lists)] if len(lists) else []
    enough = sum(int(rows.right.sum()) for rows in seen) >= MANY_CHOSEN
    rows = seen if enough else asked + seen
    if not rows:
        return None
    together = Rows.together(rows)
    if not together.enough:
        return None
    ranker = learn(together, **options)
    if lean and len(asked) > 1:
        ranker.config["lean"] = _lean(asked, len(sources), tuple(groups), **options)
    return ranker


def _lean(
    asked: list[Rows], parts: int, groups: tuple[str, ...], **options: Any
) -> dict[str, Any]:
    """Learn without the first window, and ask about it."""
    first, others = asked[0], Rows.together(asked[1:])
    if groups[:1] != GROUPS[:1] or not others.enough or not first.enough:
        return {}
    ranker = learn(others, **options)
    new = np.flatnonzero(~first.old)
    values = first.values[new]
    shares = values[:, parts : 2 * parts]
    odds = decisions(ranker.config, ranker.arrays, values)
    return find_lean(odds, shares, first.right[new], first.case[new])


def ranked(
    sources: Mapping[str, Recommender],
    data: TrainingData,
    ranker: Ranker | None,
    *,
    groups: Sequence[str] = GROUPS,
    **config: Any,
) -> Mixed:
    """Fit the sources on ``data`` and let the ranker order them; summed without one."""
    mixed = prepared(sources, data, groups=groups, **config)
    if ranker is None:
        mixed.config.pop("ranker")
        own = {k: v for k, v in mixed.extras.items() if not k.startswith("ranker__")}
        return Mixed(mixed.knowledge, mixed.config, own)
    mixed.config["ranker"] |= ranker.config
    return Mixed(mixed.knowledge, mixed.config, {**mixed.extras, **ranker.arrays})
