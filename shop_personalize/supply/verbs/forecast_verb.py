from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandError

from shop_personalize.supply.conf import GRAINS, supply_settings
from shop_personalize.supply.models import ForecastRun
from shop_personalize.supply.selectors.demand import NothingSoldError
from shop_personalize.supply.services import demand, forecasting
from shop_personalize.supply.services.refused import RefusedError

if TYPE_CHECKING:
    import argparse

    from shop_personalize.management.console import Console

HELP = "Forecast what will sell: every product, every category, the whole shop."
HEADER = ("level", "series", "off by", "plain mean", "bias", "in 80 %", "in 95 %")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--grain", choices=GRAINS, help="days, weeks or months")
    parser.add_argument("--horizon", type=int, metavar="N", help="periods ahead")
    parser.add_argument(
        "--rebuild", action="store_true", help="count the demand of every day anew"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="tell how it would be, and keep nothing"
    )


def run(options: dict[str, Any], console: Console) -> None:
    count = demand.rebuild if options["rebuild"] else demand.roll_up
    count(progress=console.progress)
    grain = options["grain"] or supply_settings().plan_by
    try:
        facts = _facts(grain, options["horizon"], options["dry_run"], console)
    except (RefusedError, NothingSoldError) as error:
        raise CommandError(str(error)) from None
    rows = [_row(level, told) for level, told in facts["accuracy"].items()]
    console.table(rows, header=HEADER)
    words = (
        f"{facts['series']:,} series, {facts['horizon']} {grain}s from {facts['start']}"
    )
    console.result(facts, f"{words}; nothing was kept" if options["dry_run"] else words)


def _facts(
    grain: str, horizon: int | None, is_dry: bool, console: Console
) -> dict[str, Any]:
    if is_dry:
        periods = forecasting.periods_of(grain, horizon)
        trial = ForecastRun(grain=grain, horizon=periods)
        return forecasting.facts(
            forecasting.compute(trial, progress=console.progress).run
        )
    made = forecasting.ask(grain=grain, horizon=horizon, rung=False)
    if not forecasting.make(made.pk, progress=console.progress):
        raise CommandError("another process is making this forecast; wait for it")
    made.refresh_from_db()
    if made.state != ForecastRun.State.DONE:
        raise CommandError(f"the forecast failed: {made.error}")
    return forecasting.facts(made)


def _row(level: str, told: dict[str, Any]) -> list[str]:
    shares = ("wape", "plain", "bias", "cover80", "cover95")
    cells = ["-" if told.get(k) is None else f"{told[k]:.1%}" for k in shares]
    return [level, f"{told['series']:,}", *cells]
