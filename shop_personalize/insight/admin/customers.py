from __future__ import annotations

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from shop_personalize.admin.charts import Bar, bars, heat
from shop_personalize.admin.numbers import change, money, number, percent
from shop_personalize.insight.admin.shown import (
    Shown,
    Step,
    Tile,
    compared,
    orders_missing,
)
from shop_personalize.insight.admin.table import HIDDEN, Column, Table
from shop_personalize.insight.selectors.period import FEW, Period
from shop_personalize.insight.selectors.rfm import LEVELS, Rfm, Segment


def headline(found: Rfm, period: Period) -> str:
    if not found.people:
        return _("No order is known yet")
    best = _of(found, "champions")
    total = _revenue(found)
    if best.people < FEW or not total or best.revenue is None:
        return _("%(n)s customers bought in the last two years") % {
            "n": number(found.people)
        }
    words = {
        "people": percent(best.people / found.people),
        "revenue": percent(best.revenue / total),
    }
    return (
        _("The best %(people)s of the customers brought %(revenue)s of the revenue")
        % words
    )


def show(found: Rfm, period: Period) -> Shown:
    if not found.people:
        return Shown(missing=orders_missing())
    names = _names()
    told = ("champions", "loyal", "at_risk", "cannot_lose")
    return Shown(
        tiles=[
            Tile(names[one.name][0], _people(one), compared(one.people, one.before))
            for one in (_of(found, name) for name in told)
        ],
        step=_step(found),
        charts=[
            bars(
                _("Revenue of two years by group"),
                [
                    Bar(names[one.name][0], one.revenue or 0.0)
                    for one in found.segments
                    if one.people >= FEW
                ],
                write=lambda value: money(value, found.currency),
            ),
            _grid(found),
        ],
        tables=[_table(found), _levels(found)],
        notes=[
            _(
                "Customers who bought in the last two years are ranked by how lately "
                "and by how often they bought, in five levels each, and grouped by "
                "both. “Before” is the same ranking a period earlier, at today's "
                "thresholds. Groups of fewer than %(few)s people are not told."
            )
            % {"few": FEW}
        ],
    )


def _names() -> dict[str, tuple[str, str, str]]:
    """Name, who they are, what to do."""
    return {
        "champions": (
            _("champions"),
            _("bought lately and often"),
            _("thank them, show them new products first"),
        ),
        "loyal": (
            _("loyal"),
            _("buy again and again"),
            _("show what goes with what they own"),
        ),
        "promising": (
            _("promising"),
            _("bought once or twice, not long ago"),
            _("show them more of the same kind"),
        ),
        "new": (
            _("new"),
            _("bought for the first time lately"),
            _("help them to a second order"),
        ),
        "at_risk": (
            _("at risk"),
            _("bought several times, not lately"),
            _("remind them when they are due again"),
        ),
        "cannot_lose": (
            _("not to be lost"),
            _("bought very often, and stopped"),
            _("ask them in person what is wrong"),
        ),
        "lost": (
            _("lost"),
            _("bought seldom, long ago"),
            _("leave them in peace"),
        ),
    }


def _of(found: Rfm, name: str) -> Segment:
    return next(one for one in found.segments if one.name == name)


def _people(one: Segment) -> str:
    return str(HIDDEN) if 0 < one.people < FEW else number(one.people)


def _revenue(found: Rfm) -> float:
    return sum(one.revenue or 0.0 for one in found.segments)


def _step(found: Rfm) -> Step:
    due = [_of(found, name) for name in ("cannot_lose", "at_risk")]
    people = sum(one.people for one in due)
    if people < FEW:
        return Step(
            _("Bring new customers to a second order: show what goes with the first."),
            url="cohorts",
            link=_("Do they come back?"),
        )
    words = {
        "n": number(people),
        "money": money(sum(one.revenue or 0.0 for one in due), found.currency),
    }
    return Step(
        _(
            "%(n)s customers who spent %(money)s have stopped buying: remind them, at "
            "the time at which they used to buy again."
        )
        % words,
        url="repeats",
        link=_("When do they buy again?"),
    )


def _grid(found: Rfm) -> SafeString:
    return heat(
        _("Customers by how lately (rows) and how often (columns) they bought"),
        [_orders(found, k) for k in range(LEVELS)],
        [
            (
                _days(found, row),
                [count if count >= FEW else None for count in found.grid[row]],
            )
            for row in reversed(range(LEVELS))
        ],
    )


def _orders(found: Rfm, level: int) -> str:
    edges = (1, *found.edges.orders)
    if level == LEVELS - 1:
        return _("%(n)s× or more") % {"n": number(edges[level])}
    last = edges[level + 1] - 1
    if last == edges[level]:
        return f"{number(last)}×"
    return f"{number(edges[level])}\N{EN DASH}{number(last)}×"


def _days(found: Rfm, level: int) -> str:
    edges = found.edges.days
    if level == 0:
        return _("more than %(n)s days ago") % {"n": number(edges[0])}
    return _("within %(n)s days") % {"n": number(edges[level - 1])}


def _table(found: Rfm) -> Table:
    names, total = _names(), _revenue(found)
    columns = [
        Column(_("group"), "text"),
        Column(_("who they are"), "text"),
        Column(_("customers")),
        Column(_("against before"), "change"),
        Column(_("orders")),
        Column(_("revenue"), "money", found.currency),
        Column(_("of all revenue"), "percent"),
        Column(_("what to do"), "text"),
    ]
    rows = []
    for one in found.segments:
        hidden = 0 < one.people < FEW
        name, who, todo = names[one.name]
        rows.append(
            [
                name,
                who,
                HIDDEN if hidden else one.people,
                None if hidden or one.before < FEW else change(one.people, one.before),
                None if hidden else one.orders,
                one.revenue,
                one.revenue / total if total and one.revenue is not None else None,
                todo,
            ]
        )
    return Table("customers", _("Group by group"), columns, rows)


def _levels(found: Rfm) -> Table:
    """Where the five levels begin, and how many customers have each of money."""
    columns = [
        Column(_("level")),
        Column(_("last bought"), "text"),
        Column(_("bought"), "text"),
        Column(_("spent at least"), "money", found.currency),
        Column(_("customers who spent so much")),
    ]
    spent = (0.0, *found.edges.money)
    rows = [
        [
            level + 1,
            _days(found, level),
            _orders(found, level),
            spent[level],
            HIDDEN if 0 < found.money[level] < FEW else found.money[level],
        ]
        for level in reversed(range(LEVELS))
    ]
    about = _(
        "Each level is about a fifth of the customers (RFM: recency, frequency, "
        "monetary value)."
    )
    return Table("levels", _("How the levels are drawn"), columns, rows, about)
