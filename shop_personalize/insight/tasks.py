"""What is repeated: the sums of the days, then the answers that have become old."""

from __future__ import annotations

from datetime import timedelta

from shop_personalize.insight.services import answers, rollup

EVERY = timedelta(hours=1)


def renew() -> None:
    rollup.roll_up()
    answers.refresh()
