"""Two processes at the same work, and people who decide meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connections

from shop_personalize.supply.models import (
    ForecastOutcome,
    ItemState,
    Reorder,
    StockDay,
)
from shop_personalize.supply.selectors.goods import goods
from shop_personalize.supply.services import deciding, outcomes, replenishing, stock
from shop_personalize.supply.services.refused import RefusedError
from tests.supply.builders import foreseen, monday, product, steady, supplied, supplier

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*works: Callable[[], object]) -> list[object]:
    """What each of them came to, or the error that ended it."""
    barrier, said = threading.Barrier(len(works)), []

    def run(work: Callable[[], object]) -> None:
        barrier.wait()
        try:
            said.append(work())
        except Exception as error:  # noqa: BLE001  told to the test
            said.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return said


def test_the_stock_of_a_day_is_noted_once() -> None:
    for at in range(20):
        product(f"P{at}", stock=at)
    known = goods()
    assert at_once(*[lambda: stock.take(goods=known)] * 4) == [20] * 4
    assert StockDay.objects.count() == 20


def test_outcomes_are_written_once() -> None:
    item = product()
    steady(item, weeks=3)
    run = foreseen({item: 10})
    run.start = monday(2)
    run.save()
    known = goods()
    for _k in range(5):
        ForecastOutcome.objects.all().delete()
        said = at_once(*[lambda: outcomes.measure(goods=known)] * 4)
        assert [one for one in said if not isinstance(one, int)] == []
        assert ForecastOutcome.objects.count() == 4


def test_outcomes_that_another_process_wrote_meanwhile_stand(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    item = product()
    steady(item, weeks=3)
    run = foreseen({item: 10})
    run.start = monday(2)
    run.save()
    known, sold = goods(), outcomes._sold

    def meanwhile(*given: object) -> object:
        monkeypatch.setattr(outcomes, "_sold", sold)
        outcomes.measure(goods=known)
        return sold(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(outcomes, "_sold", meanwhile)
    outcomes.measure(goods=known)
    assert ForecastOutcome.objects.count() == 4


def test_two_plans_and_a_decision_leave_one_suggestion_of_a_product() -> None:
    items = [product(f"P{at}", stock=1) for at in range(10)]
    source = supplier()
    for item in items:
        supplied(item, source)
    foreseen(dict.fromkeys(items, 10.0))
    for _k in range(3):
        replenishing.replenish()
        row = Reorder.objects.filter(state="open").first()
        assert row is not None

        def approve(row: Reorder = row) -> str:
            try:
                return deciding.approve(row).state
            except RefusedError:
                return "refused"

        plan = replenishing.replenish
        said = at_once(plan, approve, plan)
        assert [one for one in said if isinstance(one, Exception)] == []
        told = list(Reorder.objects.values_list("item_id", flat=True))
        assert len(told) == len(set(told))
        assert ItemState.objects.count() == 10
