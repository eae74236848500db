"""Methods that know only what is new to a visitor, made to know the bought again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from shop_personalize.ml.recommenders.als import Als
from shop_personalize.ml.recommenders.base import Recommender
from shop_personalize.ml.recommenders.ease import Ease
from shop_personalize.ml.recommenders.for_you import PRIOR, ForYou
from shop_personalize.ml.recommenders.item_item import ItemItem
from shop_personalize.ml.recommenders.matrices import without_refunded
from shop_personalize.ml.recommenders.repurchase import repurchase
from shop_personalize.ml.recommenders.sequence import Sequence
from shop_personalize.ml.recommenders.user_user import UserUser

if TYPE_CHECKING:
    from shop_personalize.ml.data import TrainingData
    from shop_personalize.ml.online import Renewal


class OwnToo(Recommender):
    """Lets bought items score by their own past as well, where repeats are allowed.

    Comes before a method among the bases of a class. How they score is what ``ForYou``
    has by default: their visits, faded, times their chance to be due.
    """

    def fit(self, data: TrainingData) -> Self:
        """Fit the method, and learn each item's cycle of repurchase."""
        super().fit(data)  # type: ignore[safe-super]  # the method stands behind it
        return self._with_cycles(data)

    def update(self, data: TrainingData, renewal: Renewal) -> Self:
        """Let the method learn what is new, and learn the cycles anew."""
        super().update(data, renewal)
        return self._with_cycles(data)

    def _with_cycles(self, data: TrainingData) -> Self:
        bought = without_refunded(data).of_kinds("purchase")
        self.extras_ = {**self.extras_, **repurchase(bought, prior=PRIOR)}
        self.query_config_ = self._with_own(self.query_config_, data)
        return self

    def configure(self, data: TrainingData) -> dict[str, Any]:
        """Return the method's own configuration, and how bought items score."""
        return self._with_own(super().configure(data), data)

    def _with_own(self, config: dict[str, Any], data: TrainingData) -> dict[str, Any]:
        return {**config, "own": ForYou().configure(data)["own"]}


class ItemsOwnToo(OwnToo, ItemItem):
    """Neighbors of items, and what was bought before."""


class PeopleOwnToo(OwnToo, UserUser):
    """Visitors alike, and what was bought before."""


class AlsOwnToo(OwnToo, Als):
    """Latent factors, and what was bought before."""


class EaseOwnToo(OwnToo, Ease):
    """Item weights by ridge regression, and what was bought before."""


class SequenceOwnToo(OwnToo, Sequence):
    """What follows what, and what was bought before."""
