"""The same factors from the library ``implicit``, where it is installed."""

from __future__ import annotations

import warnings
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse
from threadpoolctl import threadpool_limits

from shop_personalize.ml.threads import threads

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

ENGINES = ("auto", "implicit", "own")


def chosen(engine: str) -> str:
    """Return "implicit" or "own" for one of ``ENGINES``.

    Raises ValueError for another name, ImportError where the library is asked for and
    not installed.
    """
    if engine not in ENGINES:
        raise ValueError(f"engine: {engine!r}, needed is one of {', '.join(ENGINES)}")
    there = find_spec("implicit") is not None
    if engine == "implicit" and not there:
        raise ImportError(
            "engine 'implicit' is not installed:"
            " pip install django-shop-personalize[implicit], or engine 'own'"
        )
    return "implicit" if there and engine != "own" else "own"


def als(
    confidence: sparse.csr_array,
    *,
    factors: int,
    reg: float,
    iterations: int,
    seed: int,
) -> NDArray[np.float32]:
    """Item factors as :func:`alternate` finds them, which takes what is added to 1."""
    from implicit.cpu.als import AlternatingLeastSquares

    make = partial(
        AlternatingLeastSquares,
        factors=factors,
        regularization=reg,
        iterations=iterations,
        num_threads=threads(),
        random_state=seed,
    )
    matrix = confidence.copy()
    matrix.data = matrix.data + 1
    return _fitted(make, matrix)


def bpr(
    liked: sparse.csr_array,
    *,
    factors: int,
    reg: float,
    rate: float,
    epochs: int,
    seed: int,
) -> NDArray[np.float32]:
    """Item factors and, last, the item's bias; one thread, so that it repeats."""
    from implicit.cpu.bpr import BayesianPersonalizedRanking

    make = partial(
        BayesianPersonalizedRanking,
        factors=factors,
        learning_rate=rate,
        regularization=reg,
        iterations=epochs,
        num_threads=1,
        random_state=seed,
    )
    return _fitted(make, liked)


def _fitted(make: Callable[[], Any], matrix: sparse.csr_array) -> NDArray[np.float32]:
    """Its threads are its own; the linear algebra below them gets one each."""
    with threadpool_limits(1, "blas"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = make()
        model.fit(sparse.csr_matrix(matrix, dtype=np.float32), show_progress=False)
    return np.asarray(model.item_factors, np.float32)
