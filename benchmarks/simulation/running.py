"""One life of the shop by either way, rolled up, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.cache import cache
from django.test import override_settings

from benchmarks.simulation.in_bulk import InBulk
from benchmarks.simulation.over_http import OverHttp, ids_by_lot
from benchmarks.simulation.people import Person, Shop
from benchmarks.simulation.shop import FIRST, LAST, Clock, clock, open_shop, prices
from shop_personalize.attribution.arms import roll_up_trials
from shop_personalize.attribution.rollup import rollup
from shop_personalize.attribution.uplift import Uplift, uplift
from shop_personalize.attribution.visitor_days import count_days
from shop_personalize.capture import bots, visitors
from shop_personalize.models import BlockDay, TrialDay, VisitorDay

if TYPE_CHECKING:
    from collections.abc import Iterator

Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Life:
    """What recommendations brought in truth, and what the holdout says of it."""

    truth: int
    found: Uplift
    requests: int = 0

    @property
    def is_covered(self) -> bool:
        return self.found.low <= self.truth <= self.found.high


def over_http(
    people: int, seed: int, share: float, progress: Progress | None = None
) -> Life:
    with _shop(people, seed, share) as (lives, time):
        ways = OverHttp(time)
        with ids_by_lot(ways):
            for n, person in enumerate(lives, 1):
                person.live(ways)
                ways.clients.clear()
                if progress:
                    progress(n / people, "visitors")
        return Life(_brought(lives), _rolled_up(time), ways.requests)


def in_bulk(people: int, seed: int, share: float, *, blocks: bool = True) -> Life:
    """``blocks``: whether what blocks led to is counted as well."""
    with _shop(people, seed, share) as (lives, time):
        ways = InBulk(lives[0].shop, share)
        for person in lives:
            person.live(ways)
        ways.write(time)
        return Life(_brought(lives), _rolled_up(time, blocks=blocks))


def _brought(lives: list[Person]) -> int:
    return sum(person.brought for person in lives)


def rolled_up_rows() -> dict[str, list[tuple[Any, ...]]]:
    """All sums, without the keys that the database gave."""
    return {
        model.__name__: sorted(model.objects.values_list(*names))
        for model, names in (
            (BlockDay, _columns(BlockDay)),
            (VisitorDay, ["visitor__key", *_columns(VisitorDay, "visitor")]),
            (TrialDay, _columns(TrialDay)),
        )
    }


def _columns(model: Any, *but: str) -> list[str]:
    fields = model._meta.concrete_fields
    return [f.name for f in fields if f.name not in {"id", *but}]


@contextmanager
def _shop(people: int, seed: int, share: float) -> Iterator[tuple[list[Person], Clock]]:
    own = {**settings.SHOP_PERSONALIZE, "HOLDOUT": share, "RATE_LIMIT": "100000/min"}
    visitors.forget()
    bots.rate_watch._counts.clear()
    cache.clear()
    # Who has logged in stays so; it is not the point here.
    stays = {"SESSION_COOKIE_AGE": 90 * 86_400}
    with override_settings(SHOP_PERSONALIZE=own, **stays), clock() as time:
        shop = Shop(prices())
        lives = [Person(n, seed, shop) for n in range(people)]
        open_shop(share, lives)
        yield lives, time


def _rolled_up(time: Clock, *, blocks: bool = True) -> Uplift:
    time.set(28 * 86_400 - 30)
    if blocks:
        rollup(FIRST)
    else:
        count_days(FIRST, LAST)
    roll_up_trials(LAST)
    return uplift(LAST)
