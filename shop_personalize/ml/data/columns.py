"""Every column name of the interaction data, written once."""

from __future__ import annotations


class Columns:
    """Column names of the snapshot files and of :class:`TrainingData`."""

    SEQ = "seq"
    VISITOR = "visitor"
    ITEM = "item"
    KIND = "kind"
    QUANTITY = "quantity"
    VALUE = "value"
    ORDER = "order"
    TIME = "time"
