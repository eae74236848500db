"""Forecasts of everything: asked for, made aside, kept, forgotten in time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from shop_personalize.ml.forecast.panel import Panel, PanelError
from shop_personalize.supply.conf import GRAINS, MOST_AHEAD, supply_settings
from shop_personalize.supply.models import ForecastRun, ForecastSeries, Level
from shop_personalize.supply.selectors import demand as asked
from shop_personalize.supply.selectors.goods import Good
from shop_personalize.supply.selectors.goods import goods as all_goods
from shop_personalize.supply.services.refused import RefusedError
from shop_personalize.supply.services.ringing import ring
from shop_personalize.supply.services.storing import Made, store

logger = logging.getLogger("shop_personalize")

State = ForecastRun.State
ALIVE = (State.QUEUED, State.RUNNING)
STUCK = timedelta(hours=1)
WAITED = timedelta(hours=3)
"""Longer than the schedule takes to come by: what waits so long, nobody makes."""
STUCK_WORDS = gettext_noop(
    "It was not finished within an hour; the process may have ended."
)

Progress = Callable[[float, str], None]


@dataclass
class Result:
    """What came of a forecast."""

    run: ForecastRun
    made: list[Made] = field(default_factory=list)


@transaction.atomic
def ask(
    *, grain: str, horizon: int | None = None, user: Any = None, rung: bool = True
) -> ForecastRun:
    """Queue a forecast, and have it made; one of a grain at a time."""
    periods = periods_of(grain, horizon)
    give_up_stuck()
    alive = ForecastRun.objects.filter(grain=grain, state__in=ALIVE).first()
    if alive is not None:
        return alive
    run = ForecastRun.objects.create(grain=grain, horizon=periods, asked_by=user)
    if rung:
        transaction.on_commit(lambda: ring(run.pk, make), robust=True)
    return run


def periods_of(grain: str, horizon: int | None) -> int:
    """Periods to forecast; refused where there is no such grain, or no such many."""
    if grain not in GRAINS:
        told = _("“%(grain)s” is none of: %(grains)s.")
        raise RefusedError(told % {"grain": grain, "grains": ", ".join(GRAINS)})
    periods = supply_settings().horizons[grain] if horizon is None else horizon
    if periods < 1:
        told = _("The horizon must be 1 period or more, not %(n)s.")
        raise RefusedError(told % {"n": periods})
    if periods > MOST_AHEAD:
        told = _("The horizon must be %(most)s periods or less, not %(n)s.")
        raise RefusedError(told % {"n": periods, "most": MOST_AHEAD})
    return periods


def give_up_stuck() -> None:
    """A process that died must not keep others from their turn."""
    now = timezone.now()
    running = Q(state=State.RUNNING, created_at__lt=now - STUCK)
    waiting = Q(state=State.QUEUED, created_at__lt=now - WAITED)
    ForecastRun.objects.filter(running | waiting).update(
        state=State.FAILED,
        error=STUCK_WORDS,
        finished_at=now,
    )


def make(run_id: int, *, progress: Progress | None = None) -> bool:
    """Make a queued forecast; False if it is not waiting any more."""
    waiting = ForecastRun.objects.filter(pk=run_id, state=State.QUEUED)
    # How long it waited is not how long it takes.
    if not waiting.update(state=State.RUNNING, created_at=timezone.now()):
        return False
    run = ForecastRun.objects.get(pk=run_id)
    told = _Told(run, progress)
    try:
        result = compute(run, progress=told)
        told(0.9, gettext_noop("storing"))
        store(run, result.made)
    except Exception as error:
        run.series.all().delete()
        run.state, run.error = State.FAILED, _why(error)
        logger.warning("a forecast failed: %s", run.error, exc_info=error)
    else:
        run.state = State.DONE
    run.finished_at, run.progress, run.stage = timezone.now(), 1.0, ""
    run.save()
    purge(grain=run.grain)
    return True


def _why(error: Exception) -> str:
    """What is wrong with the data stands for itself, a fault of the code does not."""
    if isinstance(error, PanelError | asked.NothingSoldError):
        return str(error)
    return f"{type(error).__name__}: {error}"


class _Told:
    """Progress, told to whoever watches the row and to the console."""

    def __init__(self, run: ForecastRun, also: Progress | None) -> None:
        self.run, self.also = run, also

    def __call__(self, done: float, stage: str) -> None:
        ForecastRun.objects.filter(pk=self.run.pk).update(progress=done, stage=stage)
        if self.also is not None:
            self.also(done, stage)


def compute(run: ForecastRun, *, progress: Progress) -> Result:
    """Everything but storing: ``run`` gets its figures, and nothing is written.

    By one thread: where pages are served beside it, more of them wait for one another
    and take six times as much of the processor.
    """
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        return _computed(run, progress)


def _computed(run: ForecastRun, progress: Progress) -> Result:
    from shop_personalize.supply.services import promising

    progress(0.05, gettext_noop("reading the demand"))
    goods = all_goods()
    found = asked.measure(run.grain, run.horizon, goods)
    result = Result(run)
    run.start = found.span.end
    progress(0.2, gettext_noop("categories and the whole shop"))
    groups = (Level.CATEGORY, found.groups, found.span.end, found.group_panel)
    result.made += _forecast(run, *groups)
    progress(0.3, gettext_noop("products"))
    products = (Level.PRODUCT, found.products, found.span.end, found.panel)
    result.made += _forecast(run, *products)
    if len(result.made) == len((groups, products)):
        _agree(result, found.group_by_product())
    result.made += _newcomers(run, found, goods)
    if run.grain == supply_settings().plan_by:
        progress(0.8, gettext_noop("what was kept of the promise"))
        run.promise = promising.learned(found, run.grain)
    _sum_up(result)
    return result


def _newcomers(
    run: ForecastRun, found: asked.Demand, goods: Mapping[str, Good]
) -> list[Made]:
    """What nobody bought yet, forecast by what is like it; counted in no sum."""
    from shop_personalize.supply.services import launching

    sold = set(found.products)
    new = [item for item, good in goods.items() if good.is_sold and item not in sold]
    told = launching.launch(
        new, found.products, found.panel, run.horizon, engine_spans(run)
    )
    if told is None:
        return []
    blank = Panel(np.full((len(told.keys), found.panel.periods), np.nan))
    return [
        Made(
            Level.PRODUCT,
            told.keys,
            found.span.end,
            blank,
            told.answer,
            None,
            told_by=told.told_by,
        )
    ]


def engine_spans(run: ForecastRun) -> tuple[int, ...]:
    from shop_personalize.supply.services import engine

    return engine.spans(run.grain, run.horizon)


def _forecast(
    run: ForecastRun, level: str, keys: list[str], start: date, panel: Panel
) -> list[Made]:
    """The series that have sold at all."""
    from shop_personalize.supply.services import backtest, engine

    rows = np.flatnonzero(panel.starts < panel.periods)
    if not len(rows):
        return []
    own = panel.take(rows)
    answer = engine.learn(own, run.grain, run.horizon)
    back = backtest.measure(own, run.grain)
    return [Made(level, [keys[at] for at in rows], start, own, answer, back)]


def _agree(result: Result, group_of: Mapping[str, str]) -> None:
    """What is shown of a category is what is shown of its products together."""
    from shop_personalize.supply.services import agreeing

    groups, products = result.made
    spans = engine_spans(result.run)
    above, below = agreeing.agree(
        (groups.keys, groups.answer), (products.keys, products.answer), group_of, spans
    )
    result.made = [replace(groups, answer=above), replace(products, answer=below)]


def _sum_up(result: Result) -> None:
    run = result.run
    run.series_count = sum(len(made.keys) for made in result.made)
    counts: dict[str, int] = {}
    for made in result.made:
        for method in made.answer.methods:
            counts[method] = counts.get(method, 0) + 1
        if made.back is not None:
            run.accuracy[made.level] = made.back.told
    run.methods = counts


def purge(*, grain: str) -> int:
    """Forget all but the newest runs of a grain; return how many went.

    Those that failed are counted apart: many of them must not push out the last one
    that is done, which counts until there is a better one.
    """
    keep = supply_settings().keep_runs
    runs = ForecastRun.objects.filter(grain=grain).order_by("-pk")
    old = [
        pk
        for state in (State.DONE, State.FAILED)
        for pk in runs.filter(state=state).values_list("pk", flat=True)[keep:]
    ]
    for pk in old:
        ForecastSeries.objects.filter(run=pk).delete()
    ForecastRun.objects.filter(pk__in=old).delete()
    return len(old)


def facts(run: ForecastRun) -> dict[str, Any]:
    """What a command says of a forecast."""
    return {
        "grain": run.grain,
        "horizon": run.horizon,
        "start": run.start,
        "series": run.series_count,
        "methods": run.methods,
        "accuracy": run.accuracy,
    }
