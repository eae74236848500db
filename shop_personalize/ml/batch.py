"""Thousands of questions at once, each answered with the list it would get alone.

Serving asks one question at a time (:func:`shop_personalize.ml.serving.answer`);
evaluation asks tens of thousands. Sums are taken over blocks of questions in the same
order and precision as for one, so the lists are the same, ties included.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from scipy import sparse

from shop_personalize.ml.knowledge import (
    NOBODY,
    Arrays,
    Candidates,
    Factors,
    Ints,
    ItemNeighbors,
    Knowledge,
    Query,
    best_of,
)
from shop_personalize.ml.serving import History, answer, completed, query_of

Progress = Callable[[float, str], None]
Find = Callable[[list[Query], list[int]], list[Candidates]]
Question = tuple[History, Ints, int]
"""A history, the anchors, and how many candidates are wanted."""
AT_ONCE = 500
"""Questions of one block: 500 x 40,000 inner products take 160 MB."""
THREADS = 2
"""Sparse and dense products release the interpreter; more threads gain little."""
NO_CODES = np.empty(0, np.int64)


def top_n(
    knowledge: Knowledge,
    config: dict[str, Any],
    extras: Arrays,
    *,
    histories: Sequence[History],
    anchors: Sequence[Ints] | None = None,
    excluded: Sequence[Ints] | None = None,
    n: int,
    repeats: bool = False,
    threads: int = THREADS,
    progress: Progress | None = None,
) -> list[Candidates]:
    """At most ``n`` candidates for each history, best first, without its ``excluded``.

    Arguments are those of :func:`~shop_personalize.ml.serving.answer`, lists of equal
    length where they differ by question. Which item carried a score is not worked out:
    ``because`` is ``NOBODY``. Shapes without a form for many are asked one by one.

    Raises ``ValueError`` where the lists differ in length.
    """
    everyone = len(histories)
    anchors = [NO_CODES] * everyone if anchors is None else anchors
    excluded = [NO_CODES] * everyone if excluded is None else excluded
    if not everyone == len(anchors) == len(excluded):
        raise ValueError(
            f"histories, anchors and excluded must be equally long, not {everyone}, "
            f"{len(anchors)} and {len(excluded)}"
        )
    many = _one_by_one
    if type(knowledge) in FINDERS:
        many = _together(FINDERS[type(knowledge)](knowledge))

    def block(at: slice) -> list[Candidates]:
        asked = list(zip(histories[at], anchors[at], excluded[at], strict=True))
        found = many(
            knowledge,
            config,
            extras,
            [(history, anchor, n + len(out)) for history, anchor, out in asked],
            repeats=repeats,
        )
        return [
            without(each, out, n)
            for each, (_, _, out) in zip(found, asked, strict=True)
        ]

    lists: list[Candidates] = []
    for part in _in_order(block, everyone, threads):
        lists += part
        if progress:
            progress(len(lists) / everyone, "")
    return lists


def _one_by_one(
    knowledge: Knowledge,
    config: dict[str, Any],
    extras: Arrays,
    asked: list[Question],
    *,
    repeats: bool,
) -> list[Candidates]:
    """Ask each alone: for shapes without a form for many."""
    return [
        answer(
            knowledge,
            config,
            extras,
            history=history,
            anchors=anchor,
            n=size,
            repeats=repeats,
        )
        for history, anchor, size in asked
    ]


def _together(find: Find) -> Callable[..., list[Candidates]]:
    """The steps of ``answer``, the middle one for all questions at once."""

    def many(
        _: Knowledge,
        config: dict[str, Any],
        extras: Arrays,
        asked: list[Question],
        *,
        repeats: bool,
    ) -> list[Candidates]:
        queries = [query_of(config, history, anchor) for history, anchor, _ in asked]
        found = find(queries, [size for _, _, size in asked])
        return [
            completed(each, config, extras, history, size, repeats=repeats)
            for each, (history, _, size) in zip(found, asked, strict=True)
        ]

    return many


def _in_order(
    block: Callable[[slice], list[Candidates]], length: int, threads: int
) -> Iterator[list[Candidates]]:
    """The blocks' results in order, as many at work at once as there are threads."""
    cuts = [slice(start, start + AT_ONCE) for start in range(0, length, AT_ONCE)]
    if threads <= 1 or len(cuts) <= 1:
        yield from map(block, cuts)
        return
    with ThreadPoolExecutor(threads) as pool:
        for start in range(0, len(cuts), threads):
            yield from pool.map(block, cuts[start : start + threads])


def without(found: Candidates, excluded: Ints, n: int) -> Candidates:
    """The first ``n`` that are not excluded."""
    items = found.items
    if len(excluded) and len(items):
        out = np.zeros(max(int(items.max()), int(excluded.max())) + 1, bool)
        out[excluded] = True
        kept = np.flatnonzero(~out[items])[:n]
    else:
        kept = np.arange(min(n, len(items)))
    return Candidates(items[kept], found.scores[kept], np.full(len(kept), NOBODY))


def _over_neighbors(known: ItemNeighbors) -> Find:
    """One sparse product: queries x items times items x items, in query order."""
    edges = sparse.csr_array(
        (np.asarray(known.data, np.float64), known.indices, known.indptr),
        shape=(known.n_items, known.n_items),
    )

    def find(queries: list[Query], sizes: list[int]) -> list[Candidates]:
        product = sparse.csr_array(_as_rows(queries, known.n_items) @ edges)
        found = []
        for at, size in enumerate(sizes):
            row = slice(product.indptr[at], product.indptr[at + 1])
            codes, scores = product.indices[row], product.data[row]
            best = best_of(codes, scores, size)
            found.append(_found(codes[best], scores[best]))
        return found

    return find


def _as_rows(queries: list[Query], n_items: int) -> sparse.csr_array:
    """Queries as rows, their items in the order in which they were asked."""
    lengths = [len(query.items) for query in queries]
    weights = np.concatenate([query.weights for query in queries])
    items = np.concatenate([query.items for query in queries])
    ends = np.concatenate([[0], np.cumsum(lengths)])
    shape = (len(queries), n_items)
    return sparse.csr_array((weights.astype(np.float64), items, ends), shape=shape)


def _over_factors(known: Factors) -> Find:
    """One dense product of the solved vectors with all items."""

    def find(queries: list[Query], sizes: list[int]) -> list[Candidates]:
        found = [Candidates.empty()] * len(queries)
        asked = [at for at, query in enumerate(queries) if len(query.items)]
        if not asked:
            return found
        vectors = np.stack([known.vector(queries[at]) for at in asked])
        rough = vectors.astype(np.float32) @ known.item_factors.T
        for at, vector, scores in zip(asked, vectors, rough, strict=True):
            if sizes[at] > 0:
                found[at] = _found(*known.nearest(vector, scores, sizes[at]))
        return found

    return find


def _found(items: Ints, scores: Any) -> Candidates:
    return Candidates(items.astype(np.int64), scores, np.full(len(items), NOBODY))


FINDERS: dict[type[Any], Callable[[Any], Find]] = {
    ItemNeighbors: _over_neighbors,
    Factors: _over_factors,
}
