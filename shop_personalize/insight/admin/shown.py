"""What every report's page is made of, in the order in which it is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shop_personalize.admin.numbers import MINUS, change, number
from shop_personalize.insight.admin.table import Table, changed
from shop_personalize.insight.selectors.period import Period


@dataclass(frozen=True)
class Tile:
    """A number, its name, and how it compares with the period before."""

    name: str
    value: str
    compared: str = ""


@dataclass(frozen=True)
class Step:
    """What to do next; ``url`` is the name of a page of the admin."""

    text: str
    url: str = ""
    link: str = ""
    command: str = ""


@dataclass(frozen=True, kw_only=True)
class Shown:
    tiles: Sequence[Tile] = ()
    charts: Sequence[SafeString] = ()
    tables: Sequence[Table] = ()
    step: Step | None = None
    notes: Sequence[str] = ()
    missing: Step | None = None
    """What is missing and how to get it; then there is nothing else to show."""


def compared(now: float | Decimal, before: float | Decimal | None) -> str:
    if not before:
        return _("nothing to compare with yet") if now else ""
    return changed(change(now, before))


def points(now: float | None, before: float | None) -> str:
    """By how many points of a hundred a share differs."""
    if now is None or before is None:
        return ""
    by = round(100 * (now - before), 1)
    if not by:
        return _("as before")
    sign = "+" if by > 0 else MINUS
    words = {"n": f"{sign}{number(abs(by), 1)}"}
    return ngettext("%(n)s point", "%(n)s points", 1 if abs(by) == 1 else 2) % words


def in_days(period: Period) -> str:
    return ngettext("%(n)s day", "%(n)s days", period.days) % {"n": number(period.days)}


def visits_missing() -> Step:
    return Step(
        _(
            "No visit has been recorded in this time. Visits come in through the "
            "middleware and the script; what is wrong is told by:"
        ),
        command="python manage.py personalize doctor",
    )


def orders_missing() -> Step:
    return Step(
        _(
            "No order is known in this time. Learn from the orders the shop already "
            "has:"
        ),
        command="python manage.py personalize backfill",
    )


def blocks_missing() -> Step:
    return Step(
        _(
            "No recommendation was seen in this time. Put a block and the script into "
            "a template of the shop:"
        ),
        command="{% load personalize %}{% recommendations %}{% personalize_js %}",
    )
