"""A table once, for the page and for the file: the same rows, the same order."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from shop_personalize.admin.export import harmless
from shop_personalize.admin.numbers import MINUS, NOTHING, money, number, percent
from shop_personalize.insight.selectors.period import FEW


@dataclass(frozen=True)
class Column:
    """``kind``: text, number, percent, change, money, day, or picture (page only)."""

    label: str
    kind: str = "number"
    currency: str = ""
    places: int | None = None

    @property
    def is_text(self) -> bool:
        return self.kind in {"text", "day", "picture"}


@dataclass(frozen=True)
class Hidden:
    """A number of so few people that they could be recognized."""

    def __str__(self) -> str:
        return _("fewer than %(few)s") % {"few": FEW}


HIDDEN = Hidden()


@dataclass(frozen=True)
class Table:
    name: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    about: str = ""

    def cells(self) -> list[list[tuple[str, bool]]]:
        """Text of each cell, and whether it is a word."""
        return [
            [
                (written(value, column), column.is_text)
                for value, column in zip(row, self.columns, strict=True)
            ]
            for row in self.rows
        ]

    def csv(self) -> str:
        """Numbers as they are, words harmless to a spreadsheet; pictures left out."""
        kept = [k for k, column in enumerate(self.columns) if column.kind != "picture"]
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow([_head(self.columns[k]) for k in kept])
        for row in self.rows:
            writer.writerow([_raw(row[k], self.columns[k]) for k in kept])
        return out.getvalue()


def _head(column: Column) -> str:
    text = f"{column.label} ({column.currency})" if column.currency else column.label
    return harmless(text)


def _raw(value: Any, column: Column) -> str:
    if isinstance(value, Hidden):
        return str(value)
    if column.kind == "money" and value is not None:
        return f"{value:.2f}"
    if isinstance(value, float):
        return repr(round(value, 6))
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return harmless(value)


def written(value: Any, column: Column) -> str:
    """As this reader writes it."""
    if value is None:
        return NOTHING
    if isinstance(value, Hidden | SafeString):
        return value if isinstance(value, SafeString) else str(value)
    if isinstance(value, date):
        return date_format(value, "SHORT_DATE_FORMAT")
    if column.kind == "money":
        return money(value, column.currency)
    if column.kind == "percent":
        return percent(value)
    if column.kind == "change":
        return changed(value)
    return str(value) if column.is_text else number(value, column.places)


def changed(by: float | None) -> str:
    """“+12 %”, or “as before”."""
    if by is None:
        return NOTHING
    if not round(by, 3):
        return _("as before")
    return f"{'+' if by > 0 else MINUS}{percent(abs(by))}"
