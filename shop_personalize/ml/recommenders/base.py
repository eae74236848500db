"""The contract every recommender keeps (scikit-learn's, narrowed)."""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from functools import wraps
from typing import TYPE_CHECKING, Any, ClassVar, Self

from shop_personalize.ml.data.checked import checked

if TYPE_CHECKING:
    from collections.abc import Callable

    from shop_personalize.ml.data import TrainingData
    from shop_personalize.ml.knowledge import Arrays, Knowledge
    from shop_personalize.ml.online import Renewal


class Recommender(ABC):
    """Constructor stores its arguments unchanged, ``fit`` learns ``knowledge_``.

    ``kinds`` names the event kinds it learns from; ``fit`` must accept data without
    any of them and then leave an empty shape. ``knowledge_`` holds, after ``fit``,
    one of the four shapes with item codes of ``data.ids``; ``extras_`` arrays that
    answering needs besides, by name.
    ``query_config_`` says how :func:`shop_personalize.ml.serving.answer` turns a
    history into a query for this shape (JSON values only): ``context``, and where the
    history speaks ``kinds`` {kind: weight}, ``decay_days`` (time constant, or one a
    kind), ``combine`` ("max" or "sum"), ``own`` (how bought items score again).

    Whatever a subclass does, ``fit`` and ``update`` raise ValueError first for data
    that :func:`shop_personalize.ml.data.checked.checked` refuses.
    """

    kinds: ClassVar[tuple[str, ...]] = ()
    grid: ClassVar[dict[str, tuple[Any, ...]]] = {}
    """What tuning may try, by parameter, most promising parameter first."""
    own_grid: ClassVar[dict[str, tuple[Any, ...]]] = {}
    """The same for how bought items score again, judged with repeats allowed."""
    query_params: ClassVar[tuple[str, ...]] = ()
    """Parameters that change only ``query_config_``: tuning need not fit again."""
    knowledge_: Knowledge
    query_config_: dict[str, Any]
    extras_: Arrays

    def __init_subclass__(cls, **options: Any) -> None:
        """Let nobody learn from data that was not checked."""
        super().__init_subclass__(**options)
        for name in ("fit", "update"):
            if name in cls.__dict__:
                setattr(cls, name, _of_checked(cls.__dict__[name]))

    @abstractmethod
    def fit(self, data: TrainingData) -> Self:
        """Learn from ``data`` and return self."""

    def update(self, data: TrainingData, renewal: Renewal) -> Self:
        """Learn from ``data`` what is new since the model that serves, and return self.

        As :meth:`fit` but for what is old; an algorithm that cannot learn in parts
        learns all anew, as here.
        """
        return self.fit(data)

    def configure(self, data: TrainingData) -> dict[str, Any]:
        """Return the ``query_config_`` of these parameters for ``data``."""
        return {"context": "none"}

    def get_params(self) -> dict[str, Any]:
        """Return the constructor's arguments as they were given."""
        names = inspect.signature(type(self).__init__).parameters
        return {name: getattr(self, name) for name in names if name != "self"}


def _of_checked(learn: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(learn)
    def learn_checked(
        self: Recommender, data: TrainingData, *more: Any, **options: Any
    ) -> Any:
        return learn(self, checked(data), *more, **options)

    return learn_checked
