from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandError

from shop_personalize.models.visitor import visitor_key
from shop_personalize.recommend.service import UnknownBlockError, compose, wish_of

if TYPE_CHECKING:
    import argparse

    from shop_personalize.management.console import Console
    from shop_personalize.recommend.results import Recommendations

HELP = "show what a visitor, a product page or a block would be recommended"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_where(parser)
    parser.add_argument("-n", type=int, default=8, help="how many (8)")


def add_where(parser: argparse.ArgumentParser) -> None:
    """Who asks, and on which page; shared with ``explain``."""
    who = parser.add_mutually_exclusive_group()
    who.add_argument("--visitor", help="key of a visitor, as Visitors show it")
    who.add_argument("--user", help="id of an account of the shop")
    parser.add_argument("--product", help="id of the product whose page it is")
    parser.add_argument("--basket", nargs="+", help="ids of products in the basket")
    parser.add_argument("--category", help="the category whose page it is")
    parser.add_argument("--block", help="a block or a recommender; default: the page's")


def where(options: dict[str, Any]) -> dict[str, Any]:
    key = options["visitor"] or ""
    if options["user"]:
        key = visitor_key("user", options["user"])
    names = ("product", "basket", "category", "block")
    return {name: options[name] for name in names} | {"visitor_key": key}


def run(options: dict[str, Any], console: Console) -> None:
    wish = wish_of(**where(options), limit=options["n"], min=1)
    try:
        found = compose(None, wish)
    except UnknownBlockError as error:
        raise CommandError(f"{error}; {known_names()}") from None
    header = ("#", "id", "product", "recommender", "score", "reason")
    console.table([_row(each) for each in found], header=header)
    console.result(_data(found), "" if found else nothing_said(found))


def known_names() -> str:
    from shop_personalize.recommend.scope import Scope

    configuration = Scope().configuration
    names = sorted({*configuration.blocks, *configuration.recommenders})
    return "there are: " + ", ".join(names)


def nothing_said(found: Recommendations) -> str:
    return (
        f"nothing to show in {found.block or 'this block'}; "
        "`personalize status` says what is trained"
    )


def _row(each: Any) -> tuple[Any, ...]:
    backup = " (backup)" if each.is_backup else ""
    who = f"{each.recommender} v{each.version}{backup}"
    score = f"{each.score:.4f}"
    return each.position, each.item_id, each.title, who, score, each.reason


def _data(found: Recommendations) -> dict[str, Any]:
    return {
        "block": found.block,
        "title": found.title,
        "backup": found.backup,
        "items": [{**each.explain(), "title": each.title} for each in found],
    }
