from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from shop_personalize.admin.charts import Group, grouped
from shop_personalize.admin.numbers import number, percent
from shop_personalize.insight.admin.shown import (
    Shown,
    Step,
    Tile,
    blocks_missing,
    points,
)
from shop_personalize.insight.admin.table import Column, Table
from shop_personalize.insight.selectors.fairness import OTHERS, Fairness, Share
from shop_personalize.insight.selectors.period import Period

LITTLE = 0.5
"""A group seen less than half as often as its share of the range is said."""


def headline(found: Fairness, period: Period) -> str:
    if not found.seen:
        return _("No recommendation was seen in this time")
    new = _new(found)
    if new is None:
        least = _least(found)
        if least is None:
            return _("No group of products is seen much less than its share")
        return _("“%(name)s” is seen much less than its share of the range") % {
            "name": least.name
        }
    words = {"range": percent(new.catalog), "seen": percent(new.seen)}
    return (
        _("New products are %(range)s of the range and %(seen)s of what is seen")
        % words
    )


def show(found: Fairness, period: Period) -> Shown:
    if not found.seen:
        return Shown(missing=blocks_missing())
    return Shown(
        tiles=list(_tiles(found)),
        step=_step(found),
        charts=[
            grouped(
                title,
                [_("of the range"), _("of what is seen"), _("of orders")],
                [
                    Group(_name(one), [one.catalog, one.seen, one.sales])
                    for one in shares
                ],
                write=percent,
            )
            for _key, title, shares in _kinds(found)
        ],
        tables=[_table(key, title, shares) for key, title, shares in _kinds(found)],
        notes=[
            _(
                "“Seen” counts a place on the page less the lower it is (1 / log2 of "
                "the place + 1): the first place 1, the third ½. New is what came "
                "within %(days)s days. A group that is seen less than its share of the "
                "range can hardly sell its share."
            )
            % {"days": found.new_days}
        ],
    )


def _new(found: Fairness) -> Share | None:
    return next((one for one in found.age if one.name == "new"), None)


def _name(one: Share) -> str:
    words = {"new": _("new"), "old": _("older"), OTHERS: _("all others")}
    return words.get(one.name, one.name)


def _kinds(found: Fairness) -> Iterable[tuple[str, str, Sequence[Share]]]:
    kinds = (
        ("age", _("New products beside older ones"), found.age),
        ("categories", _("Categories"), found.categories),
        ("brands", _("Brands"), found.brands),
    )
    return [each for each in kinds if len(each[2]) > 1]


def _tiles(found: Fairness) -> Iterable[Tile]:
    new = _new(found)
    if new is not None:
        yield Tile(_("new products, of the range"), percent(new.catalog))
        yield Tile(
            _("new products, of what is seen"),
            percent(new.seen),
            points(new.seen, found.age_before),
        )
        yield Tile(_("new products, of orders"), percent(new.sales))
    yield Tile(_("recommendations seen"), number(found.seen))


def _least(found: Fairness) -> Share | None:
    """The largest group that is seen much less than its share."""
    groups = (*found.categories, *found.brands)
    short = [
        one
        for one in groups
        if one.name != OTHERS and one.ratio is not None and one.ratio < LITTLE
    ]
    return max(short, key=lambda one: one.catalog, default=None)


def _step(found: Fairness) -> Step:
    new, least = _new(found), _least(found)
    rules = {
        "url": "admin:shop_personalize_block_changelist",
        "link": _("See the blocks"),
    }
    if new is not None and (new.ratio or 0) < LITTLE:
        return Step(
            _(
                "New products are hardly seen: raise the freshness of a block, or put "
                "“New for you” on a page."
            ),
            **rules,
        )
    if least is not None:
        words = {
            "name": least.name,
            "range": percent(least.catalog),
            "seen": percent(least.seen),
        }
        return Step(
            _(
                "“%(name)s” has %(range)s of the range and %(seen)s of what is seen: "
                "boost it with a rule if it should be found."
            )
            % words,
            **rules,
        )
    return Step(_("Nothing to do: no group is seen much less than its share."))


def _table(key: str, title: str, shares: Sequence[Share]) -> Table:
    columns = [
        Column(_("group"), "text"),
        Column(_("products")),
        Column(_("of the range"), "percent"),
        Column(_("of what is seen"), "percent"),
        Column(_("of orders"), "percent"),
        Column(_("seen for its share"), places=2),
        Column(_("clicks of those seen"), "percent"),
    ]
    rows = [
        [
            _name(one),
            one.products,
            one.catalog,
            one.seen,
            one.sales,
            round(one.ratio, 2) if one.ratio is not None else None,
            one.clicks,
        ]
        for one in shares
    ]
    return Table(key, title, columns, rows)
