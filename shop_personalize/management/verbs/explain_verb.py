from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandError

from shop_personalize.catalog import get_catalog
from shop_personalize.management.verbs.recommend_verb import (
    add_where,
    known_names,
    where,
)
from shop_personalize.recommend.service import UnknownBlockError, explain

if TYPE_CHECKING:
    import argparse

    from shop_personalize.management.console import Console

HELP = "say why a product is recommended somewhere, or why it is not"
SHOWN = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("item", help="id of the product to explain")
    add_where(parser)


def run(options: dict[str, Any], console: Console) -> None:
    item = options["item"]
    if item not in get_catalog().stored([item]):
        raise CommandError(f"the catalog has no product {item!r}; ids are primary keys")
    try:
        found = explain(item=item, **where(options))
    except UnknownBlockError as error:
        raise CommandError(f"{error}; {known_names()}") from None
    _tell(found["trace"], console)
    console.result(found, _verdict(found))


def _tell(trace: dict[str, Any], console: Console) -> None:
    console.line(
        f"{trace['block']} on a {trace['page']} page; {trace['history']} deeds in the "
        f"history, {len(trace['basket'])} products in the basket"
    )
    console.table(
        [
            (s["recommender"], s["version"] or "-", s["candidates"])
            for s in trace["chain"]
        ],
        header=("recommender", "version", "candidates"),
    )
    console.line()
    console.table(
        [_row(each) for each in trace["candidates"][:SHOWN]],
        header=(
            "place",
            "id",
            "recommender",
            "rank",
            "score",
            "because of",
            "put aside",
        ),
    )


def _row(each: dict[str, Any]) -> tuple[Any, ...]:
    return (
        each["position"] or "-",
        each["item"],
        each["recommender"],
        each["rank"],
        f"{each['score']:.4f}",
        each["because"] or "-",
        each["put_aside"],
    )


def _verdict(found: dict[str, Any]) -> str:
    shown = found["shown"]
    if shown is None:
        return f"✖ {found['item']} is not shown: {found['why_not']}"
    because = f", because of {shown['because']}" if shown["because"] else ""
    return (
        f"✔ {found['item']} is shown at place {shown['position']}: "
        f"{shown['recommender']} ranked it {shown['rank']}{because}"
    )
