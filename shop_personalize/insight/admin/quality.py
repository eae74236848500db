from __future__ import annotations

from collections.abc import Iterable

from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shop_personalize.admin.charts import Bar, bars, histogram
from shop_personalize.admin.numbers import change, number, percent
from shop_personalize.admin.reasons import reason_name
from shop_personalize.admin.words import kind_name
from shop_personalize.insight.admin.shown import Shown, Step, Tile, compared
from shop_personalize.insight.admin.table import Column, Table
from shop_personalize.insight.selectors.period import Period
from shop_personalize.insight.selectors.quality import Quality

MANY_BOTS, MANY_REFUSED, MANY_TWICE, MANY_LATE, MANY_UNLINKED = (
    0.4,
    0.05,
    0.02,
    0.1,
    0.5,
)
SHOWN_GAPS = 5


def headline(found: Quality, period: Period) -> str:
    if not found.events:
        return _("Nothing was recorded in this time")
    wrong = len(list(_problems(found)))
    if not wrong:
        return _("The figures can be trusted: %(n)s events, nothing amiss") % {
            "n": number(found.events)
        }
    return ngettext(
        "%(n)s thing is amiss in what was recorded",
        "%(n)s things are amiss in what was recorded",
        wrong,
    ) % {"n": number(wrong)}


def show(found: Quality, period: Period) -> Shown:
    if not found.events:
        return Shown(
            missing=Step(
                _("Nothing was recorded in this time. What is wrong is told by:"),
                command="python manage.py personalize doctor",
            )
        )
    problems = list(_problems(found))
    return Shown(
        tiles=[
            Tile(
                _("events"), number(found.events), compared(found.events, found.before)
            ),
            Tile(_("from bots"), percent(found.bots / found.events)),
            Tile(_("refused"), percent(found.refused_share)),
            Tile(_("told twice"), percent(found.twice / found.events)),
            Tile(_("received late"), percent(found.late / found.events)),
            Tile(_("days without a visit"), number(len(found.gaps))),
        ],
        step=Step(
            problems[0] if problems else _("Nothing to do."),
            url="admin:shop_personalize_interaction_health",
            link=_("What arrived in the last hours"),
        ),
        charts=list(_charts(found)),
        tables=[_kinds(found), _days(found)],
        notes=[
            *problems[1:],
            _(
                "Late is what arrived more than an hour after it happened, orders "
                "taken over from the shop left out. Told twice is what two sources "
                "reported within the same minute."
            ),
        ],
    )


def _problems(found: Quality) -> Iterable[str]:
    """The worst first."""
    if not found.is_visited:
        yield _(
            "Only orders are known, no visits: install the middleware and put the "
            "script into the pages."
        )
    if found.gaps:
        days = [date_format(day, "SHORT_DATE_FORMAT") for day in found.gaps]
        words = {"n": number(len(days)), "days": ", ".join(days[:SHOWN_GAPS])}
        yield (
            ngettext(
                "Nobody was seen in the shop on %(n)s day: %(days)s. Was it "
                "closed, or was nothing recorded?",
                "Nobody was seen in the shop on %(n)s days, such as %(days)s."
                " Was it closed, or was nothing recorded?",
                len(days),
            )
            % words
        )
    shares = (
        (
            found.bots / found.events,
            MANY_BOTS,
            _("%(share)s of the events come from bots; nothing is learned from them."),
        ),
        (
            found.refused_share,
            MANY_REFUSED,
            _("%(share)s of the events are refused; the reasons are below."),
        ),
        (
            found.twice / found.events,
            MANY_TWICE,
            _(
                "%(share)s of the events are told by two sources; capture each kind in "
                "one place only, in ROUTES or in the script."
            ),
        ),
        (
            found.late / found.events,
            MANY_LATE,
            _(
                "%(share)s of the events arrive more than an hour late; is the buffer "
                "emptied every minute?"
            ),
        ),
        (
            found.unlinked / found.orders if found.orders and found.is_visited else 0.0,
            MANY_UNLINKED,
            _(
                "Of %(share)s of the orders the visit is not known, so nothing can be "
                "said of what led to them; is the middleware around the checkout?"
            ),
        ),
    )
    for share, limit, text in shares:
        if share > limit:
            yield text % {"share": percent(share)}


def _charts(found: Quality) -> Iterable[SafeString]:
    yield histogram(
        _("Events, day by day"),
        [(date_format(day, "SHORT_DATE_FORMAT"), n) for day, n in found.days],
        head=(_("day"), _("events")),
    )
    yield bars(
        _("By what happened"),
        [Bar(kind_name(one.kind), one.events) for one in found.kinds],
    )
    if found.reasons:
        yield bars(
            _("Refused, by reason"),
            [Bar(reason_name(reason), n, tone="b") for reason, n in found.reasons],
        )


def _kinds(found: Quality) -> Table:
    columns = [
        Column(_("what happened"), "text"),
        Column(_("events")),
        Column(_("against before"), "change"),
        Column(_("a day")),
        Column(_("from bots"), "percent"),
        Column(_("received late"), "percent"),
        Column(_("told twice"), "percent"),
    ]
    rows = [
        [
            kind_name(one.kind),
            one.events,
            change(one.events, one.before),
            round(one.events / len(found.days), 1),
            one.bots / one.events,
            one.late / one.events,
            one.twice / one.events,
        ]
        for one in found.kinds
    ]
    return Table("quality", _("Kind by kind"), columns, rows)


def _days(found: Quality) -> Table:
    columns = [Column(_("day"), "day"), Column(_("events"))]
    rows = [[day, n] for day, n in reversed(found.days)]
    return Table("days", _("Day by day"), columns, rows)
