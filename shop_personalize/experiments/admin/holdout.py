"""What recommendations earn, in the words of the overview, and how that is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shop_personalize.admin import gain
from shop_personalize.admin.charts import line, sparkline
from shop_personalize.admin.numbers import number
from shop_personalize.attribution.uplift import State, Uplift, uplift
from shop_personalize.experiments import selectors
from shop_personalize.experiments.admin.pictures import series
from shop_personalize.experiments.words import signed, size

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

    from shop_personalize.experiments.selectors import Earned

TITLES = {
    "revenue": gettext_lazy("Sold"),
    "converted": gettext_lazy("Visitors who bought"),
    "orders": gettext_lazy("Orders"),
    "carts": gettext_lazy("Put into the basket"),
    "views": gettext_lazy("Products viewed"),
}


def row() -> dict[str, Any] | None:
    """The line above the list; none where nobody is held out."""
    more = uplift(timezone.localdate())
    if more.state == State.NOTHING_MEASURED and not more.share:
        return None
    found = selectors.withheld(more, ["revenue"])
    return {**_told(more), "picture": _spark(found[0]) if found else ""}


def page() -> dict[str, Any]:
    more = uplift(timezone.localdate())
    found = selectors.withheld(more)
    return {
        **_told(more),
        "is_off": not more.share,
        "picture": _picture(found[0]) if found else "",
        "rows": [_row(each) for each in found],
    }


def _told(more: Uplift) -> dict[str, str]:
    said = gain.told(more)
    title = gain.headline(more) or _("What recommendations earn: %(figure)s") % {
        "figure": said.figure
    }
    return {"title": title, "about": said.about, "warning": said.warning}


def _spark(earned: Earned) -> SafeString:
    return sparkline(
        str(TITLES[earned.metric]),
        [point.value for point in earned.curve],
        write=lambda value: _signed(earned, value),
    )


def _picture(earned: Earned) -> SafeString:
    days = [point.day for point in earned.curve]
    drawn = series(_("on top"), earned.curve, days, "a")
    return line(
        _("Sold on top of what is sold without recommendations, up to each day"),
        [date_format(day, "SHORT_DATE_FORMAT") for day in days],
        [drawn],
        write=lambda value: _signed(earned, value),
        head=_("day"),
        description=_(
            "A line for what was found up to each day, a band for where it may lie. "
            "While the band holds zero, it may be chance."
        ),
    )


def _row(earned: Earned) -> list[str]:
    last = earned.last
    return [
        str(TITLES[earned.metric]),
        _sized(earned, earned.served),
        _sized(earned, earned.expected),
        _signed(earned, last.value),
        _("%(low)s to %(high)s")
        % {
            "low": _signed(earned, last.low or 0.0),
            "high": _signed(earned, last.high or 0.0),
        },
    ]


def _sized(earned: Earned, value: float) -> str:
    if earned.metric == "revenue":
        return size("revenue", value, earned.currency)
    return number(value, 0)


def _signed(earned: Earned, value: float) -> str:
    if earned.metric == "revenue":
        return signed("revenue", value, earned.currency)
    return signed("orders", round(value))
