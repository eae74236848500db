"""Which lines of the raw file become order lines, and why the others do not."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

FIRST_SHEET_ROWS = 525_461
SERVICES = {
    "POST": "Postage",
    "DOT": "Postage, online",
    "C2": "Carriage",
    "C3": "Carriage, next day",
    "M": "Manual entry",
    "D": "Discount",
    "S": "Samples",
    "B": "Bad debt",
    "BANK CHARGES": "Bank charges",
    "ADJUST": "Adjustment",
    "ADJUST2": "Adjustment",
    "AMAZONFEE": "Marketplace fee",
    "CRUK": "Charity commission",
    "GIFT": "Gift",
    "TEST001": "Test product",
    "TEST002": "Test product",
}


class Row(NamedTuple):
    invoice: str
    code: str
    description: str
    quantity: int
    at: datetime
    price: float
    customer: int | None
    country: str


@dataclass
class Line:
    row: Row
    refunded: int = 0


@dataclass
class Cleaned:
    lines: list[Line] = field(default_factory=list)
    kept: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    refunds: Counter[str] = field(default_factory=Counter)


def repeated(rows: list[Row]) -> set[int]:
    """Positions of rows of the second sheet that the first sheet has already.

    The two sheets overlap by nine days of December 2010; a row that stands twice
    inside one sheet is a line entered twice and stays.
    """
    first = Counter(rows[:FIRST_SHEET_ROWS])
    found = set()
    for at in range(FIRST_SHEET_ROWS, len(rows)):
        if first[rows[at]] > 0:
            first[rows[at]] -= 1
            found.add(at)
    return found


def why_not(row: Row) -> str:
    """The reason to leave a row out, or ""; returns are not asked here."""
    if row.invoice.startswith("A"):
        return "bad debt adjustments"
    if row.quantity <= 0:
        return "stock corrections (negative quantity, no return)"
    if not row.description:
        return "no description"
    if row.price <= 0:
        return "no price (samples, damages, gifts)"
    if row.code in SERVICES and row.customer is None:
        return "postage, fees and tests without a customer"
    return ""


def clean(rows: list[Row]) -> Cleaned:
    """Sort every row into exactly one reason; match returns to earlier purchases."""
    out = Cleaned()
    twice = repeated(rows)
    bought: dict[tuple[int, str], list[Line]] = defaultdict(list)
    order = sorted(
        (at for at in range(len(rows)) if at not in twice),
        key=lambda i: (rows[i].at, i),
    )
    out.left_out["repeated in both sheets (1-9 December 2010)"] = len(twice)
    for at in order:
        row = rows[at]
        if row.invoice.startswith("C"):
            _take_back(row, bought, out)
            continue
        reason = why_not(row)
        if reason:
            out.left_out[reason] += 1
            continue
        line = Line(row)
        out.lines.append(line)
        out.kept[_kept_as(row)] += 1
        if row.customer is not None:
            bought[row.customer, row.code].append(line)
    return out


def _kept_as(row: Row) -> str:
    if row.customer is None:
        return "guest order lines"
    return (
        "customer order lines, services"
        if row.code in SERVICES
        else "customer order lines"
    )


def _take_back(
    row: Row, bought: dict[tuple[int, str], list[Line]], out: Cleaned
) -> None:
    """Spread a return over the customer's latest purchases, the same price first."""
    if row.code in SERVICES:
        out.left_out["returned postage, discounts and fees"] += 1
        return
    if row.customer is None:
        out.left_out["returns without a customer"] += 1
        return
    open_lines = [
        line
        for line in reversed(bought[row.customer, row.code])
        if line.refunded < line.row.quantity
    ]
    open_lines.sort(key=lambda line: line.row.price != row.price)
    left = -row.quantity
    for line in open_lines:
        taken = min(left, line.row.quantity - line.refunded)
        line.refunded += taken
        left -= taken
        if left <= 0:
            break
    out.refunds["units returned"] += -row.quantity
    out.refunds["units matched to a purchase"] += -row.quantity - max(left, 0)
    whole = (
        "returns of a purchase in the file"
        if left < -row.quantity
        else "returns of earlier purchases"
    )
    if whole.startswith("returns of a "):
        out.kept[whole] += 1
    else:
        out.left_out[whole] += 1
