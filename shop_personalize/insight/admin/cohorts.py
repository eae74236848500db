from __future__ import annotations

from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from shop_personalize.admin.charts import heat
from shop_personalize.admin.numbers import number, percent
from shop_personalize.insight.admin.shown import (
    Shown,
    Step,
    Tile,
    compared,
    in_days,
    orders_missing,
    points,
)
from shop_personalize.insight.admin.table import HIDDEN, Column, Table
from shop_personalize.insight.selectors.cohorts import MONTHS, Cohort, Cohorts
from shop_personalize.insight.selectors.period import FEW, Period


def headline(found: Cohorts, period: Period) -> str:
    if not found.is_known:
        return _("No order is known yet")
    if found.now.people < FEW:
        return _("Too few new customers to say how many come back within %(days)s") % {
            "days": in_days(period)
        }
    words = {"share": percent(found.now.share), "days": in_days(period)}
    return _("%(share)s of new customers buy again within %(days)s") % words


def show(found: Cohorts, period: Period) -> Shown:
    if not found.is_known:
        return Shown(missing=orders_missing())
    enough = found.now.people >= FEW
    share = found.now.share if enough else None
    before = found.before.share if found.before.people >= FEW else None
    return Shown(
        tiles=[
            Tile(
                _("first bought in the %(days)s before last")
                % {"days": in_days(period)},
                number(found.now.people),
                compared(found.now.people, found.before.people),
            ),
            Tile(
                _("bought again within %(days)s") % {"days": in_days(period)},
                percent(share),
                points(share, before),
            ),
        ],
        step=_step(share, before),
        charts=[_heat(found)] if found.cohorts else [],
        tables=[_table(found)],
        notes=[
            _(
                "A row is the month in which customers first bought; a column says how "
                "many of them bought so many months later. Months of fewer than "
                "%(few)s customers are not told."
            )
            % {"few": FEW}
        ],
    )


def _step(share: float | None, before: float | None) -> Step:
    if share is not None and before is not None and share < before:
        text = _(
            "Fewer come back than before. Write to new customers when most buy again."
        )
    else:
        text = _("Write to new customers at the time when most buy again.")
    return Step(text, url="repeats", link=_("When do they buy again?"))


def _month(cohort: Cohort) -> str:
    return date_format(cohort.month, "YEAR_MONTH_FORMAT")


def _heat(found: Cohorts) -> SafeString:
    told = [each for each in found.cohorts if each.again and each.people >= FEW]
    width = max((len(each.again) for each in told), default=0)
    return heat(
        _("Customers who bought again, by months since their first order"),
        [number(k) for k in range(1, width + 1)],
        [
            (
                f"{_month(each)} · {number(each.people)}",
                [
                    each.again[k] / each.people if k < len(each.again) else None
                    for k in range(width)
                ],
            )
            for each in told
        ],
        write=lambda share: percent(share, 0),
    )


def _table(found: Cohorts) -> Table:
    columns = [
        Column(_("first bought in"), "text"),
        Column(_("customers")),
        Column(_("spent each since"), "money", found.currency),
        *(Column(_("month %(n)s") % {"n": k}, "percent") for k in range(1, MONTHS + 1)),
    ]
    rows = [
        [
            _month(each),
            each.people if each.people >= FEW else HIDDEN,
            each.revenue,
            *(
                (each.again[k] or 0) / each.people if k < len(each.again) else None
                for k in range(MONTHS)
            ),
        ]
        for each in reversed(found.cohorts)
    ]
    return Table("cohorts", _("Month by month"), columns, rows)
