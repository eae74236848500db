"""What blocks led to, day by day: read from the tokens that came back.

Counting again gives the same rows: days are replaced, never added to.
"""

from __future__ import annotations

from datetime import date, timedelta

from shop_personalize.attribution import days
from shop_personalize.attribution.guards import BY_HAND
from shop_personalize.attribution.impressions import SEEN, SHOWN, count_impressions
from shop_personalize.attribution.journeys import PURCHASE, count_journeys
from shop_personalize.attribution.tally import Tally
from shop_personalize.conf import app_settings
from shop_personalize.models import BlockDay

NAME = "rollup:blocks"
KINDS = (SHOWN, SEEN, *BY_HAND, PURCHASE)


def first_countable() -> date:
    """The first day whose events, and what they are credited to, are all there."""
    followed = days.first_whole_day(BY_HAND)
    window = timedelta(days=app_settings.attribution["window_days"])
    if followed > date.min:
        followed += window
    return max(days.first_whole_day(KINDS), followed)


def count_days(first: date, last: date) -> int:
    """Replace the rows of these days; return how many they are."""
    first = max(first, first_countable())
    if first > last:
        return 0
    tally = Tally()
    count_impressions(tally, first, last)
    count_journeys(tally, first, last)
    rows = list(tally.rows())
    with days.alone(NAME) as using:
        kept = BlockDay.objects.using(using)
        kept.filter(day__gte=first, day__lte=last).delete()
        kept.bulk_create(rows, batch_size=500)
    return len(rows)
