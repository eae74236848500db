"""Forecasts of everything: asked for, made aside, kept, forgotten in time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from numpy.typing import NDArray

from shop_personalize.ml.forecast.panel import Panel, PanelError
from shop_personalize.supply.conf import GRAINS, supply_settings
from shop_personalize.supply.models import ForecastRun, ForecastSeries, Level
from shop_personalize.supply.selectors import demand as asked
from shop_personalize.supply.selectors.goods import Good
from shop_personalize.supply.selectors.goods import goods as all_goods
from shop_personalize.supply.services.refused import RefusedError
from shop_personalize.supply.services.ringing import ring

if TYPE_CHECKING:
    from shop_personalize.supply.services import backtest, engine

logger = logging.getLogger("shop_personalize")

State = ForecastRun.State
ALIVE = (State.QUEUED, State.RUNNING)
STUCK = timedelta(hours=1)
STUCK_WORDS = noop("It was not finished within an hour; the process may have ended.")
BATCH = 1000
FEW = 3
"""Points below which a forecast is little more than a guess, and is said to be."""
PLACES = 2

Progress = Callable[[float, str], None]


@dataclass(frozen=True, eq=False)
class Made:
    """Series of one level, before they are stored."""

    level: str
    keys: list[str]
    start: date
    panel: Panel
    answer: engine.Answer
    back: backtest.Backtest | None
    told_by: list[int] | None = None
    """By how many alike each is told that was never sold itself."""


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
    if grain not in GRAINS:
        told = _("“%(grain)s” is none of: %(grains)s.")
        raise RefusedError(told % {"grain": grain, "grains": ", ".join(GRAINS)})
    periods = supply_settings().horizons[grain] if horizon is None else horizon
    if periods < 1:
        told = _("The horizon must be 1 period or more, not %(n)s.")
        raise RefusedError(told % {"n": periods})
    give_up_stuck()
    alive = ForecastRun.objects.filter(grain=grain, state__in=ALIVE).first()
    if alive is not None:
        return alive
    run = ForecastRun.objects.create(grain=grain, horizon=periods, asked_by=user)
    if rung:
        transaction.on_commit(lambda: ring(run.pk, make), robust=True)
    return run


def give_up_stuck() -> None:
    """A process that died must not keep others from their turn."""
    old = timezone.now() - STUCK
    stuck = ForecastRun.objects.filter(state__in=ALIVE, created_at__lt=old)
    stuck.update(
        state=State.FAILED,
        error=STUCK_WORDS,
        finished_at=timezone.now(),
    )


def make(run_id: int, *, progress: Progress | None = None) -> bool:
    """Make a queued forecast; False if it is not waiting any more."""
    waiting = ForecastRun.objects.filter(pk=run_id, state=State.QUEUED)
    if not waiting.update(state=State.RUNNING):
        return False
    run = ForecastRun.objects.get(pk=run_id)
    told = _Told(run, progress)
    try:
        result = compute(run, progress=told)
        told(0.9, noop("storing"))
        _store(result)
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
    """Everything but storing: ``run`` gets its figures, and nothing is written."""
    progress(0.05, noop("reading the demand"))
    goods = all_goods()
    found = asked.measure(run.grain, run.horizon, goods)
    result = Result(run)
    run.start = found.span.end
    progress(0.2, noop("categories and the whole shop"))
    groups = (Level.CATEGORY, found.groups, found.span.end, found.group_panel)
    result.made += _forecast(run, *groups)
    progress(0.3, noop("products"))
    products = (Level.PRODUCT, found.products, found.span.end, found.panel)
    result.made += _forecast(run, *products)
    if len(result.made) == len((groups, products)):
        _agree(result, found.group_by_product())
    result.made += _newcomers(run, found, goods)
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


def _store(result: Result) -> None:
    """Batch by batch: nobody reads the series of a forecast that is not done."""
    for made in result.made:
        rows = list(_rows(result.run, made))
        ForecastSeries.objects.bulk_create(rows, batch_size=BATCH)


def _rows(run: ForecastRun, made: Made) -> Iterator[ForecastSeries]:
    answer = made.answer
    names = ("low80", "high80", "low95", "high95")
    bands = [_plain(band) for band in answer.bands]
    means, totals = _plain(answer.mean), _plain(answer.totals)
    history = np.nan_to_num(made.panel.values)
    lengths = made.panel.periods - made.panel.starts
    for at, key in enumerate(made.keys):
        error = made.back.errors[at] if made.back is not None else np.nan
        is_group = made.level == Level.CATEGORY
        yield ForecastSeries(
            run=run,
            level=Level.SHOP if is_group and not key else made.level,
            key=key,
            start=made.start,
            mean=means[at],
            totals=totals[at],
            history=_plain(history[at]) if is_group else [],
            method=answer.methods[at],
            error=None if np.isnan(error) else round(float(error), 4),
            notes=_notes(int(lengths[at]))
            if made.told_by is None
            else [["alike", {"n": made.told_by[at]}]],
            **{name: band[at] for name, band in zip(names, bands, strict=True)},
        )


def _plain(values: NDArray[np.float64]) -> list[Any]:
    found: list[Any] = np.round(values, PLACES).tolist()
    return found


def _notes(known: int) -> list[list[Any]]:
    return [["few", {"n": known}]] if known <= FEW else []


def purge(*, grain: str) -> int:
    """Forget all but the newest runs of a grain; return how many went."""
    keep = supply_settings().keep_runs
    done = ForecastRun.objects.filter(grain=grain).exclude(state__in=ALIVE)
    old = list(done.order_by("-pk").values_list("pk", flat=True)[keep:])
    for pk in old:
        ForecastSeries.objects.filter(run=pk).delete()
    ForecastRun.objects.filter(pk__in=old).delete()
    return len(old)


def newest(grain: str) -> ForecastRun | None:
    done = ForecastRun.objects.filter(grain=grain, state=State.DONE)
    return done.order_by("-pk").first()


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
