"""The contract of every rating model."""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from shop_personalize.ml.ratings.biases import Biases, learn_biases, looked_up
from shop_personalize.ml.ratings.triples import Triples, codes

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from shop_personalize.ml.ratings.triples import Shape


class RatingModel(ABC):
    """Constructor stores, ``fit`` learns, ``predict`` answers pairs.

    Predictions lie between the lowest and the highest rating seen. A user or an item
    that ``fit`` never saw, by a code outside its shape (such as -1) or by having no
    rating (and no features that the model uses), gets what the biases say: the mean,
    moved by the side that is known.
    """

    grid: ClassVar[dict[str, tuple[Any, ...]]] = {}
    """What a search may try, by parameter, most promising parameter first."""
    uses_facts: ClassVar[bool] = False
    """Whether a user or an item may be known by its features alone."""
    biases_: Biases
    known_: tuple[NDArray[np.bool_], ...]
    scale_: tuple[float, float]
    shape_: Shape

    def fit(
        self,
        users: ArrayLike,
        items: ArrayLike,
        ratings: ArrayLike,
        shape: Shape,
        *,
        user_features: ArrayLike | None = None,
        item_features: ArrayLike | None = None,
    ) -> Self:
        """Learn from parallel columns of length m, every pair at most once.

        ``user_features`` (n_users, f) and ``item_features`` (n_items, g) are facts
        known beforehand, such as an age group or a genre; models that cannot use
        them leave them out. ``ValueError`` names the column that is wrong.
        """
        triples = Triples.of(users, items, ratings, shape)
        facts = (
            _features("user_features", user_features, triples.shape[0]),
            _features("item_features", item_features, triples.shape[1]),
        )
        self.shape_, self.scale_ = triples.shape, triples.scale
        self.biases_ = learn_biases(triples)
        self.known_ = tuple(
            rated | described(table) if self.uses_facts and len(triples) else rated
            for rated, table in zip(self.biases_.rated, facts, strict=True)
        )
        if len(triples):
            self._fit(triples, facts)
        return self

    def predict(self, users: ArrayLike, items: ArrayLike) -> NDArray[np.float64]:
        """Return the expected ratings of pairs, float (m,)."""
        user, item = codes("users", users), codes("items", items)
        if len(user) != len(item):
            raise ValueError(
                f"users and items must be equally long, not {len(user)} and {len(item)}"
            )
        expected = self.biases_.of(user, item)
        known = looked_up(self.known_[0], user) & looked_up(self.known_[1], item)
        if known.any():
            expected[known] = self._predict(user[known], item[known])
        return np.clip(expected, *self.scale_)

    def get_params(self) -> dict[str, Any]:
        """Return the constructor's arguments as they were given."""
        names = inspect.signature(type(self)).parameters
        return {name: getattr(self, name) for name in names}

    @abstractmethod
    def _fit(self, triples: Triples, facts: Facts) -> None:
        """Learn from at least one rating."""

    @abstractmethod
    def _predict(
        self, users: NDArray[np.int64], items: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Expect the ratings of users and items that both were seen."""


Facts = tuple["NDArray[np.float64] | None", "NDArray[np.float64] | None"]


def described(table: NDArray[np.float64] | None) -> NDArray[np.bool_]:
    """Rows of which anything is known, bool (n,); False where there is no table."""
    return np.zeros(1, bool) if table is None else (table != 0).any(axis=1)


def _features(
    name: str, given: ArrayLike | None, rows: int
) -> NDArray[np.float64] | None:
    if given is None:
        return None
    table = np.asarray(given, np.float64)
    if table.ndim != 2 or len(table) != rows:
        raise ValueError(f"{name} must have one row each of {rows}, not {table.shape}")
    if not np.isfinite(table).all():
        raise ValueError(f"{name} must be finite; write 0 where nothing is known")
    return table
