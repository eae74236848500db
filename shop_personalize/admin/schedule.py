"""Whether something that has a schedule holds now, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from datetime import datetime

WEEK = timedelta(days=6)
"""So long the name of a day of the week says which day is meant."""


class Scheduled(Protocol):
    is_active: bool
    starts_at: datetime | None
    ends_at: datetime | None


@dataclass(frozen=True)
class State:
    """A code for style and filters, and the words."""

    code: str
    text: str


def state_of(thing: Scheduled, now: datetime | None = None) -> State:
    now = now or timezone.now()
    if not thing.is_active:
        return State("off", _("off"))
    if thing.ends_at is not None and thing.ends_at <= now:
        return State("over", _("over since %(day)s") % {"day": day(thing.ends_at)})
    if thing.starts_at is not None and thing.starts_at > now:
        begins = coming(thing.starts_at, now)
        return State("waiting", _("from %(day)s") % {"day": begins})
    if thing.ends_at is not None:
        ends = coming(thing.ends_at, now)
        return State("active", _("active until %(day)s") % {"day": ends})
    return State("active", _("active now"))


def coming(moment: datetime, now: datetime) -> str:
    """The time today, the day within a week, else the date."""
    if localtime(moment).date() == localtime(now).date():
        return date_format(localtime(moment), "TIME_FORMAT")
    if moment - now < WEEK:
        return date_format(localtime(moment), "l")
    return day(moment)


def day(moment: datetime) -> str:
    return date_format(localtime(moment), "DATE_FORMAT")
