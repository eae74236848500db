"""Bad input is refused before anything is learned from it, and named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from shop_personalize.ml.data.training_data import TrainingData

COLUMNS = ("visitor", "item", "kind", "time", "quantity", "value", "order")
FACTS = (
    "titles",
    "texts",
    "categories",
    "brands",
    "attributes",
    "prices",
    "created",
    "available",
)


def checked(data: TrainingData) -> TrainingData:
    """Return ``data`` unchanged if it can be learned from.

    Raises ValueError that names the first wrong column, the first wrong row in it and
    what would be right; :func:`shop_personalize.ml.data.preparation.cleaned` drops
    such rows. A few passes over the columns, so it costs little beside any fit.
    """
    _same_lengths(data)
    _codes("visitor", data.visitor, data.n_visitors, "n_visitors")
    _codes("item", data.item, data.n_items, "items in ids")
    _codes("kind", data.kind, len(data.kinds), "kinds")
    _finite("time", data.time, "days since the epoch")
    _finite("quantity", data.quantity, "units")
    _counts(data)
    _refuse("value", data.value, np.isinf(data.value), "a price or rating, or NaN")
    _known(data)
    _links(data)
    _ids(data.ids.ids)
    _numbers("weights", data.weights, np.isfinite, "a finite number")
    _numbers("half_lives", data.half_lives, _is_span, "0 (never fades) or more days")
    return data


def _same_lengths(data: TrainingData) -> None:
    for name in COLUMNS:
        if len(getattr(data, name)) != len(data):
            raise ValueError(
                f"{name}: {len(getattr(data, name))} rows where item has {len(data)};"
                " all columns of interactions must be equally long"
            )
    for name in FACTS:
        if len(getattr(data.items, name)) != data.n_items:
            raise ValueError(
                f"items.{name}: {len(getattr(data.items, name))} entries for"
                f" {data.n_items} ids; there must be one for each"
            )


def _codes(name: str, column: NDArray[Any], size: int, of: str) -> None:
    """Codes are whole numbers 0..size-1."""
    if column.dtype.kind not in "iu":
        raise ValueError(f"{name}: {column.dtype} values; integer codes are needed")
    if len(column) and (column.min() < 0 or column.max() >= size):
        wrong = (column < 0) | (column >= size)
        _refuse(name, column, wrong, f"a code from 0 to {size - 1} ({of}: {size})")


def _finite(name: str, column: NDArray[Any], unit: str) -> None:
    _refuse(name, column, ~np.isfinite(column), f"a finite number of {unit}")


def _counts(data: TrainingData) -> None:
    """Only what was sent back may be counted below zero."""
    negative = data.quantity < 0
    if not negative.any():
        return
    if "refund" in data.kinds:
        negative &= data.kind != data.kinds.index("refund")
    _refuse("quantity", data.quantity, negative, "0 or more units (below for refunds)")


def _refuse(
    name: str, column: NDArray[Any], wrong: NDArray[np.bool_], right: str
) -> None:
    if not wrong.any():
        return
    row = int(wrong.argmax())
    raise ValueError(
        f"{name}: row {row} is {column[row]}, needed is {right}"
        f" ({int(wrong.sum())} of {len(column)} rows are wrong)"
    )


def _known(data: TrainingData) -> None:
    known = data.identified
    if known is not None and (known.dtype != bool or len(known) != data.n_visitors):
        raise ValueError(
            f"identified: {len(known)} values of {known.dtype}, needed is one bool for"
            f" each of {data.n_visitors} visitors, or None"
        )


def _links(data: TrainingData) -> None:
    for name in ("source", "target"):
        column = getattr(data.links, name)
        _codes(f"links.{name}", column, data.n_visitors, "n_visitors")
    weight = data.links.weight
    wrong = ~np.isfinite(weight) | (weight < 0)
    _refuse("links.weight", weight, wrong, "a finite number, 0 or more")


def _ids(ids: NDArray[np.bytes_]) -> None:
    """The id map is searched by bisection, so ids ascend and none comes twice."""
    wrong = ids[1:] <= ids[:-1]
    if wrong.any():
        at = int(wrong.argmax())
        raise ValueError(
            f"ids: {ids[at + 1].decode()!r} comes after {ids[at].decode()!r};"
            " each id may be there once, in ascending order of its bytes (IdMap.of)"
        )


def _numbers(
    name: str,
    by_kind: dict[str, float],
    is_right: Callable[[float], bool],
    right: str,
) -> None:
    for kind, value in by_kind.items():
        if not is_right(value):
            raise ValueError(f"{name}: {kind} is {value}, needed is {right}")


def _is_span(value: float) -> bool:
    return value >= 0
