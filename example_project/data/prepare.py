"""Clean UCI Online Retail II and write the shards the example shop ships with.

    python -m example_project.data.prepare online_retail_II.csv.gz

Reads the file as one CSV (both sheets below each other) and writes ``products``,
``orders`` and ``lines`` as Parquet and ``report.json`` beside this script.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from example_project.data.categories import category
from example_project.data.cleaning import SERVICES, Cleaned, Line, Row, clean
from example_project.data.titles import nice

HERE = Path(__file__).resolve().parent
PRICE_WINDOW = timedelta(days=180)


def read(path: Path) -> list[Row]:
    table = pyarrow.csv.read_csv(path)
    at = pc.strptime(table["InvoiceDate"], format="%m/%d/%Y %H:%M", unit="s")
    columns = (
        table["Invoice"].to_pylist(),
        [code.strip().upper() for code in table["StockCode"].to_pylist()],
        [" ".join((text or "").split()) for text in table["Description"].to_pylist()],
        table["Quantity"].to_pylist(),
        at.to_pylist(),
        table["Price"].to_pylist(),
        [None if c is None else int(c) for c in table["Customer ID"].to_pylist()],
        table["Country"].to_pylist(),
    )
    return [Row(*values) for values in zip(*columns, strict=True)]


def products(lines: list[Line]) -> pa.Table:
    """One row a stock code, most sold first; the price is its latest usual one."""
    by_code: dict[str, list[Row]] = defaultdict(list)
    for line in lines:
        by_code[line.row.code].append(line.row)
    rows = [_product(code, sold) for code, sold in by_code.items()]
    rows.sort(key=lambda row: (-row.pop("sold"), row["code"]))
    return pa.Table.from_pylist(rows)


def _product(code: str, sold: list[Row]) -> dict[str, Any]:
    described = Counter(row.description for row in sold).most_common(1)[0][0]
    title = SERVICES.get(code) or nice(described)
    last = max(row.at for row in sold)
    prices = Counter(row.price for row in sold if row.at >= last - PRICE_WINDOW)
    return {
        "code": code,
        "title": title,
        "category": "" if code in SERVICES else category(title),
        "price": max(0.01, round(prices.most_common(1)[0][0], 2)),
        "first": _minutes(min(row.at for row in sold)),
        "last": _minutes(last),
        "sold": len(sold),
    }


def orders(lines: list[Line]) -> tuple[pa.Table, list[Line]]:
    """Orders by time, and the lines in the order of their orders."""
    by_order: dict[tuple[str, int | None], list[Line]] = defaultdict(list)
    for line in lines:
        by_order[line.row.invoice, line.row.customer].append(line)
    ordered = sorted(by_order.items(), key=lambda item: (item[1][0].row.at, item[0][0]))
    table = pa.table(
        {
            "number": pa.array([int(key[0]) for key, _ in ordered], pa.int32()),
            "customer": pa.array([key[1] for key, _ in ordered], pa.int32()),
            "at": pa.array([_minutes(own[0].row.at) for _, own in ordered], pa.int32()),
            "country": pa.array(
                [own[0].row.country for _, own in ordered]
            ).dictionary_encode(),
            "lines": pa.array([len(own) for _, own in ordered], pa.int16()),
        }
    )
    return table, [line for _, own in ordered for line in own]


def line_table(lines: list[Line], codes: list[str]) -> pa.Table:
    position = {code: at for at, code in enumerate(codes)}
    return pa.table(
        {
            "product": pa.array(
                [position[line.row.code] for line in lines], pa.int16()
            ),
            "quantity": pa.array([line.row.quantity for line in lines], pa.int32()),
            "price": pa.array([line.row.price for line in lines], pa.float64()),
            "refunded": pa.array([line.refunded for line in lines], pa.int32()),
        }
    )


def _minutes(at: datetime) -> int:
    return int(at.replace(tzinfo=UTC).timestamp()) // 60


def report(
    raw: int, cleaned: Cleaned, table: pa.Table, placed: pa.Table
) -> dict[str, Any]:
    """Every raw row under exactly one reason; the counts add up to ``raw_rows``."""
    return {
        "raw_rows": raw,
        "kept": dict(cleaned.kept.most_common()),
        "left_out": dict(cleaned.left_out.most_common()),
        "order_lines": len(cleaned.lines),
        "lines_refunded_in_full": sum(
            x.refunded == x.row.quantity for x in cleaned.lines
        ),
        "lines_refunded_in_part": sum(
            0 < x.refunded < x.row.quantity for x in cleaned.lines
        ),
        "returns": dict(cleaned.refunds),
        "orders": placed.num_rows,
        "guest_orders": placed["customer"].null_count,
        "customers": len(pc.unique(placed["customer"].drop_null())),
        "products": sum(1 for slug in table["category"].to_pylist() if slug),
        "services": sum(1 for slug in table["category"].to_pylist() if not slug),
        "categories": dict(
            Counter(filter(None, table["category"].to_pylist())).most_common()
        ),
        "first_day": str(min(x.row.at for x in cleaned.lines).date()),
        "last_day": str(max(x.row.at for x in cleaned.lines).date()),
    }


def main(path: Path) -> None:
    rows = read(path)
    cleaned = clean(rows)
    table = products(cleaned.lines)
    placed, lines = orders(cleaned.lines)
    shards = {
        "products": table,
        "orders": placed,
        "lines": line_table(lines, table["code"].to_pylist()),
    }
    for name, shard in shards.items():
        pq.write_table(
            shard,
            HERE / f"{name}.parquet",
            compression="zstd",
            compression_level=19,
            data_page_size=1 << 22,
            row_group_size=1 << 21,
            dictionary_pagesize_limit=1 << 22,
            store_schema=False,
            write_statistics=False,
        )
    text = json.dumps(report(len(rows), cleaned, table, placed), indent=2)
    (HERE / "report.json").write_text(text + "\n")
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
