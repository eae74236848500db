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
SOURCES = {
    "item": "goes with",
    "own past": "bought before",
    "list": "says the shop's list",
}


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
    if found["trace"]:
        _tell(found["trace"], console)
    if found["account"]:
        _account(found["account"], console)
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


def _account(account: dict[str, Any], console: Console) -> None:
    """Where the score comes from, in percent."""
    stored = get_catalog().stored([s["item"] for s in account["sources"] if s["item"]])
    console.line()
    rough = "" if account["exact"] else " (approximately)"
    console.line(f"the score {account['score']:.4f} comes{rough} from")
    console.table(
        [
            (
                f"{100 * each['share']:.0f} %",
                SOURCES.get(each["kind"], each["kind"]),
                each["item"],
                str(stored.get(each["item"], "")),
            )
            for each in account["sources"]
        ],
        header=("share", "source", "id", "product"),
    )
    for each in account["recommenders"]:
        console.line(f"  {100 * each['share']:.0f} % by {each['name']}")
    if account["effects"]:
        console.line("what the ranking looked at, one fact at a time (approximately):")
        console.table(
            [(f"{e['log_odds']:+.2f}", e["fact"]) for e in account["effects"]],
            header=("log odds", "fact"),
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
