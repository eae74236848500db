"""A shop small enough to be reckoned by hand; days are counted back from today."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone
from scipy.stats import norm

from shop_personalize.models import Interaction, Visitor
from shop_personalize.supply.models import (
    ForecastOutcome,
    ForecastRun,
    ForecastSeries,
    ItemSupply,
    Reorder,
    Supplier,
)
from shop_personalize.supply.services import demand, forecasting, replenishing
from shop_personalize.supply.services.engine import LEVELS, SPANS
from tests.projects.gifts.models import Category, Product


def monday(weeks_ago: int = 0) -> date:
    today = timezone.localdate()
    return today - timedelta(days=today.weekday() + 7 * weeks_ago)


def noon(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(12)))


def product(name: str = "Mug", stock: int = 5, price: int = 10, **fields: Any) -> str:
    """A product of the shop; its id as text."""
    category = None
    if "category" in fields:
        title = fields.pop("category")
        category = Category.objects.get_or_create(name=title)[0]
    row = Product.objects.create(
        name=name, price=price, stock=stock, category=category, **fields
    )
    return str(row.pk)


def event(kind: str, item: str, day: date, units: float = 1, **fields: Any) -> None:
    visitor = Visitor.objects.get_or_create(
        key="ann".ljust(43, "x"), defaults={"kind": "user"}
    )[0]
    given = {
        "value": Decimal(10),
        "currency": "GBP",
        "order_id": f"{item}-{day}",
        "source": "orders",
        **fields,
    }
    Interaction.objects.create(
        event_id=uuid.uuid4(),
        visitor=visitor,
        kind=kind,
        item_id=item,
        quantity=Decimal(str(units)),
        occurred_at=noon(day),
        received_at=noon(day),
        **given,
    )


def buy(item: str, day: date, units: float = 1, **fields: Any) -> None:
    event("purchase", item, day, units, **fields)


def give_back(item: str, day: date, units: float = 1, **fields: Any) -> None:
    event("refund", item, day, units, **fields)


def weekly(item: str, *units: float) -> None:
    """Units bought in the last whole weeks, the last of them in the latest."""
    for ago, count in enumerate(reversed(units), start=1):
        if count:
            buy(item, monday(ago), count)


def steady(item: str, units: float = 10, weeks: int = 30) -> None:
    weekly(item, *([units] * weeks))


def forecast(grain: str = "week") -> Any:
    """Count and forecast as the schedule would; the run as it then is."""
    demand.roll_up()
    run = forecasting.ask(grain=grain, rung=False)
    forecasting.make(run.pk)
    run.refresh_from_db()
    return run


def supplier(name: str = "Hale", **fields: Any) -> Supplier:
    given = {"lead_time_days": 7, "review_days": 7, "currency": "GBP", **fields}
    return Supplier.objects.create(name=name, **given)


def supplied(item: str, source: Supplier | None = None, **fields: Any) -> ItemSupply:
    given: dict[str, Any] = {"unit_cost": Decimal(4), **fields}
    return ItemSupply.objects.create(
        item_id=item, supplier=source or supplier(), **given
    )


def foreseen(by_item: dict[str, float], sd: float = 0.0) -> ForecastRun:
    """A forecast of so many units a week, normal with ``sd``, without a method."""
    demand.roll_up()
    run = ForecastRun.objects.create(
        grain="week", horizon=13, start=monday(), state=ForecastRun.State.DONE
    )
    told = [("product", item, mean) for item, mean in by_item.items()]
    told.append(("shop", "", sum(by_item.values())))
    ForecastSeries.objects.bulk_create(_by_hand(run, *each, sd) for each in told)
    return run


def missed(weeks_ago: int, wape: float, level: str = "product") -> None:
    """What became of a forecast that had promised 0.2, of categories 0.1."""
    run = ForecastRun.objects.create(
        grain="week",
        horizon=13,
        state=ForecastRun.State.DONE,
        accuracy={"product": {"wape": 0.2}, "category": {"wape": 0.1}},
    )
    ForecastOutcome.objects.create(
        run=run,
        level=level,
        step=1,
        period=monday(weeks_ago),
        series_count=1,
        actual=1,
        forecast=1,
        wape=wape,
        cover80=1,
        cover95=1,
    )


def _by_hand(
    run: ForecastRun, level: str, key: str, mean: float, sd: float
) -> ForecastSeries:
    scores, spans = norm.ppf(LEVELS), SPANS["week"]
    bands = {
        f"{side}{share}": [max(mean + z * sd, 0.0)] * 13
        for share, reach in (("80", 1.28), ("95", 1.96))
        for side, z in (("low", -reach), ("high", reach))
    }
    return ForecastSeries(
        run=run,
        level=level,
        key=key,
        start=run.start or monday(),
        mean=[mean] * 13,
        totals=[[mean * k + z * sd * k**0.5 for k in spans] for z in scores],
        history=[mean] * 12 if level == "shop" else [],
        method="by hand",
        **bands,
    )


def suggested() -> Reorder:
    """The one suggestion there is after a look."""
    replenishing.replenish()
    return Reorder.objects.get(state=Reorder.State.OPEN)
