"""The lines of the demo shop, and the weeks they were sold in."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

WEEKS = 105
FIRST = np.datetime64("2009-11-30")
CHRISTMAS = ("CHRISTMAS", "XMAS", "SANTA", "REINDEER", "SNOW", "ADVENT", "BAUBLE")
SATURDAY = 5
DAYS = 6
"""The shop sells from Sunday to Friday."""
CLOSED = (
    ("2009-12-24", "2009-12-25"),
    ("2009-12-27", "2010-01-01"),
    ("2010-01-03", "2010-01-03"),
    ("2010-04-02", "2010-04-05"),
    ("2010-05-03", "2010-05-03"),
    ("2010-05-31", "2010-05-31"),
    ("2010-08-30", "2010-08-30"),
    ("2010-12-24", "2011-01-03"),
    ("2011-04-22", "2011-04-22"),
    ("2011-04-24", "2011-04-25"),
    ("2011-04-29", "2011-04-29"),
    ("2011-05-02", "2011-05-02"),
    ("2011-05-30", "2011-05-30"),
    ("2011-08-29", "2011-08-29"),
)
"""Its closed days, first to last: Easter, the turn of the year, and England's bank
holidays, which alone fall into the weeks that are judged; all announced beforehand."""


class Sales(NamedTuple):
    """Lines of known customers in any order: product, week, quantity, value, customer.

    ``christmas`` by product. By product and week, (products, WEEKS): ``guests`` lines
    of unknown customers, their ``guest_units``, and the units that came ``back``.
    """

    product: NDArray[np.int64]
    week: NDArray[np.int64]
    quantity: NDArray[np.float64]
    value: NDArray[np.float64]
    customer: NDArray[np.int64]
    christmas: NDArray[np.float64]
    guests: NDArray[np.float64]
    guest_units: NDArray[np.float64]
    back: NDArray[np.float64]

    def table(self, what: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
        """Sums by product and week, or how many lines: float64 (products, WEEKS)."""
        return _table(self.product, self.week, len(self.christmas), what)


def open_share() -> NDArray[np.float64]:
    """The share of each week's days on which the shop sells: float64 (WEEKS,)."""
    days = np.arange(FIRST, FIRST + 7 * WEEKS)
    sells = np.arange(len(days)) % 7 != SATURDAY
    for first, last in CLOSED:
        sells &= (days < np.datetime64(first)) | (days > np.datetime64(last))
    return np.asarray(sells.reshape(WEEKS, 7).sum(axis=1) / DAYS, np.float64)


def customers(sales: Sales) -> NDArray[np.float64]:
    """Different customers by product and week: float64 (products, WEEKS)."""
    people = int(sales.customer.max()) + 1
    cell = sales.product * WEEKS + sales.week
    once = np.unique(cell * people + sales.customer) // people
    return _table(once // WEEKS, once % WEEKS, len(sales.christmas))


def visitors(sales: Sales) -> NDArray[np.float64]:
    """Different customers of the whole shop by week: float64 (WEEKS,)."""
    once = np.unique(sales.customer * WEEKS + sales.week)
    return np.bincount(once % WEEKS, minlength=WEEKS).astype(np.float64)


def read(folder: Path) -> Sales:
    texts = ("Invoice", "StockCode", "Description", "InvoiceDate", "Customer ID")
    options = csv.ConvertOptions(
        column_types=dict.fromkeys(texts, pa.string()), strings_can_be_null=True
    )
    rows = csv.read_csv(folder / "online_retail_II.csv.gz", convert_options=options)
    rows = rows.filter(pc.match_substring_regex(rows["StockCode"], "^[0-9]{5}"))
    at = pc.strptime(rows["InvoiceDate"], format="%m/%d/%Y %H:%M", unit="s")
    week = (at.to_numpy().astype("datetime64[D]") - FIRST).astype(np.int64) // 7
    return _sales(rows.filter(pa.array(week < WEEKS)), week[week < WEEKS])


def _sales(rows: pa.Table, week: NDArray[np.int64]) -> Sales:
    quantity = rows["Quantity"].to_numpy().astype(np.float64)
    price = rows["Price"].to_numpy()
    known = rows["Customer ID"].is_valid().to_numpy()
    bought = (quantity > 0) & (price > 0)
    own = known & bought
    codes = rows["StockCode"].to_numpy(zero_copy_only=False).astype(str)
    titles = rows["Description"].fill_null("").to_numpy(zero_copy_only=False)
    people = rows["Customer ID"].fill_null("").to_numpy(zero_copy_only=False)
    names, product = np.unique(codes[own], return_inverse=True)
    title = np.empty(len(names), object)
    title[product] = titles[own]

    def of_others(
        chosen: NDArray[np.bool_], what: NDArray[np.float64] | None = None
    ) -> NDArray[np.float64]:
        chosen = chosen & np.isin(codes, names)
        place = np.searchsorted(names, codes[chosen])
        counted = None if what is None else what[chosen]
        return _table(place, week[chosen], len(names), counted)

    return Sales(
        product.astype(np.int64),
        week[own],
        quantity[own],
        (quantity * price)[own],
        np.unique(people[own].astype(str), return_inverse=True)[1].astype(np.int64),
        np.array(
            [any(each in text.upper() for each in CHRISTMAS) for text in title],
            np.float64,
        ),
        of_others(~known & bought),
        of_others(~known & bought, quantity),
        of_others(known & (quantity < 0), -quantity),
    )


def _table(
    product: NDArray[np.int64],
    week: NDArray[np.int64],
    n: int,
    what: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    found = np.bincount(product * WEEKS + week, what, n * WEEKS).reshape(n, WEEKS)
    return found.astype(np.float64)
