"""What an experiment says, from sums that are known."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from shop_personalize.experiments import selectors, services
from shop_personalize.experiments.models import Experiment
from shop_personalize.experiments.selectors import Code, Result
from shop_personalize.experiments.words import advice, headline, worth
from shop_personalize.ml.trials import Moments, compare, holm, sample_size_mean
from tests.experiments.builders import (
    begun,
    counted,
    repeated,
    simulate,
)

pytestmark = pytest.mark.django_db


def result(**given: Any) -> Result:
    return selectors.result(begun(**given))


def spenders(count: int) -> list[float]:
    """A thousand visitors of whom so many spent £20 or £40, one half each."""
    return [20.0, 40.0] * (count // 2) + [0.0] * (1000 - count)


def test_nothing_counted_is_said() -> None:
    found = result()
    assert found.verdict.code == Code.EMPTY
    assert found.day is None
    assert headline(found) == "Nobody has been counted yet"
    assert advice(found) == "Figures come within an hour of the first visits."


def test_a_clear_gain_names_the_variant_the_size_and_the_interval() -> None:
    counted("a", spenders(60))
    counted("b", spenders(120))
    found = result()
    (compared,) = found.primary.compared
    arms = Moments.of(spenders(60)), Moments.of(spenders(120))
    expected = compare(*arms, sequential=True)
    assert compared.effect == expected
    assert found.verdict.code == Code.BETTER
    assert found.verdict.variant is not None
    assert found.verdict.variant.key == "b"
    assert found.primary.units == (1000, 1000)
    assert found.primary.means == pytest.approx((1.8, 3.6))
    assert headline(found) == (
        "“More variety” sells £1.80 more per visitor (£0.44–£3.16)"
    )
    assert advice(found) == "Enough is known: choose “More variety”."
    assert worth(found) == (
        "Had everybody who was counted had “More variety”, £3,600 would have been "
        "sold beyond what “As it is” sells (£876 to £6,324)."
    )


def test_a_clear_loss_keeps_the_control() -> None:
    counted("a", spenders(120))
    counted("b", spenders(60))
    found = result()
    assert found.verdict.code == Code.WORSE
    assert headline(found) == (
        "“More variety” sells £1.80 less per visitor (£0.44–£3.16)"
    )
    assert advice(found) == "Enough is known: keep “As it is”."


def test_what_is_unclear_says_how_long_it_takes_at_the_present_rate() -> None:
    today = timezone.localdate()
    for days, count in ((1, 500), (0, 1000)):
        for arm, buyers in (("a", 60), ("b", 66)):
            counted(arm, spenders(buyers)[:count], day=today - timedelta(days=days))
    found = result(smallest_change=20.0)
    assert found.verdict.code == Code.UNCLEAR
    assert headline(found) == "Nothing can be said yet"
    effect = found.primary.compared[0].effect
    deviation = effect.standard_error * 500**0.5
    needed = sample_size_mean(deviation, effect.control * 0.2, sequential=True)
    assert found.verdict.days_left == math.ceil((needed - 1000) / 500) == 26
    assert advice(found) == "About 4 weeks more at your traffic."


def test_years_are_no_plan() -> None:
    counted("a", spenders(60))
    counted("b", spenders(61))
    found = result(smallest_change=0.5)
    assert advice(found) == (
        "At your traffic it takes more than a year: look for a larger change."
    )


def test_enough_visitors_without_a_difference_is_an_answer() -> None:
    counted("a", spenders(60))
    counted("b", spenders(60))
    found = result(smallest_change=80.0)
    assert found.verdict.code == Code.SAME
    assert headline(found).startswith(
        "No difference worth knowing: “More variety” is at −£"
    )
    assert advice(found) == "Choose what you like better; “As it is” is no worse."


def test_what_ended_too_early_says_so() -> None:
    counted("a", spenders(60))
    counted("b", spenders(66))
    found = selectors.result(services.stop(begun()))
    assert headline(found).startswith("It ended before anything could be said:")
    assert found.verdict.days_left is None


def test_a_wrong_split_comes_before_any_gain() -> None:
    counted("a", spenders(60))
    counted("b", spenders(120)[:850])
    found = result()
    assert found.verdict.code == Code.UNEVEN
    assert found.is_uneven
    assert headline(found) == (
        "The figures cannot be trusted: visitors came out as 1,000 : 850, not as "
        "planned"
    )
    assert advice(found).startswith("Something treats the variants differently")


def test_harm_comes_before_a_gain() -> None:
    for arm, buyers, orders in (("a", 60, 300), ("b", 120, 100)):
        counted(arm, spenders(buyers))
        counted(arm, repeated(1000, v1=orders), metric="orders")
    found = result(guardrails={"orders": 5.0})
    assert found.verdict.code == Code.GUARDED
    assert headline(found) == (
        "“More variety” does harm: “Orders per visitor” is 67 % lower, and no more "
        "than 5 % was allowed"
    )
    assert advice(found) == "Enough is known: keep “As it is”."


def test_the_best_of_several_is_named_and_each_interval_is_wider() -> None:
    for arm, buyers in (("a", 60), ("b", 140), ("c", 160)):
        counted(arm, spenders(buyers))
    arms = [{}, {"name": "One"}, {"name": "Two"}]
    found = result(arms=arms)
    assert headline(found).startswith("“Two” sells £3.00 more")
    single = compare(
        Moments.of(spenders(60)), Moments.of(spenders(160)), sequential=True
    )
    both = found.primary.compared[1].effect
    assert both.difference == single.difference
    assert both.low < single.low
    assert both.high > single.high


def test_a_clear_gain_goes_before_a_larger_one_that_may_be_chance() -> None:
    counted("a", spenders(100))
    counted("b", spenders(220))
    counted("c", [0.0, 0.0, 0.0, 200.0, *[0.0] * 26])
    found = result(
        arms=[
            {"weight": 49.2},
            {"name": "Sure", "weight": 49.2},
            {"name": "Few", "weight": 1.6},
        ]
    )
    sure, few = (each.effect for each in found.primary.compared)
    assert few.difference > sure.difference
    assert not few.is_clear
    assert found.verdict.variant is not None
    assert found.verdict.variant.name == "Sure"


def test_what_visitors_did_before_is_taken_out_where_it_is_known() -> None:
    past = spenders(100)
    counted("a", spenders(100), before=past)
    counted("b", spenders(102), before=past)
    counted("a", spenders(100), before=past, trial="plain", metric="views")
    (compared,) = result().primary.compared
    assert compared.is_adjusted
    assert compared.effect.cut > 0.9
    assert compared.effect.standard_error < 0.2


def test_without_a_past_nothing_is_taken_out() -> None:
    counted("a", spenders(100))
    counted("b", spenders(102))
    (compared,) = result().primary.compared
    assert not compared.is_adjusted
    assert compared.effect.cut == 0


def test_ratios_are_compared_as_ratios() -> None:
    for arm, clicked in (("a", 1.0), ("b", 2.0)):
        counted(arm, [clicked, 0.0] * 500, metric="click_rate", per=[20.0, 10.0] * 500)
    found = result(primary_metric="click_rate")
    assert found.primary.means == (500 / 15000, 1000 / 15000)
    assert headline(found).startswith(
        "3.3 points more of the recommendations of “More variety” are clicked"
    )


def test_p_values_of_what_does_not_decide_are_corrected_together() -> None:
    counted("a", spenders(60))
    counted("b", spenders(60))
    for metric, orders in (("orders", 90), ("carts", 120), ("views", 60)):
        counted("a", repeated(1000, v1=60), metric=metric)
        counted("b", repeated(1000, v1=orders), metric=metric)
    names = ["orders", "carts", "views"]
    found = result(secondary_metrics=names)
    compared = [each.compared[0] for each in found.secondary]
    raw = [each.effect.p_value for each in compared]
    assert [each.corrected_p for each in compared] == pytest.approx(list(holm(raw)))
    assert compared[1].corrected_p == pytest.approx(3 * raw[1])


def test_the_currency_with_most_revenue_counts_and_the_others_are_named() -> None:
    for arm, buyers in (("a", 60), ("b", 120)):
        counted(arm, spenders(buyers))
        counted(arm, spenders(4), currency="EUR")
    found = result()
    assert (found.currency, found.other_currencies) == ("GBP", ("EUR",))


def test_the_curve_has_every_day_and_the_last_is_the_result() -> None:
    simulate("variety", {"a": 0.06, "b": 0.09}, days=10, a_day=100)
    found = result(days_ago=10)
    points = found.curves["b"]
    assert points[-1].day == found.day == timezone.localdate()
    effect = found.primary.compared[0].effect
    assert (points[-1].value, points[-1].low, points[-1].high) == pytest.approx(
        (effect.difference, effect.low, effect.high)
    )
    assert len(points) == 10
    widths = [float(p.high or 0) - float(p.low or 0) for p in points]
    assert widths[-1] < widths[0]


def test_many_are_read_in_two_queries(django_assert_num_queries: Any) -> None:
    begun(slug="first", block="home-for-you")
    begun(slug="second", block="product-also-viewed")
    begun(
        slug="third",
        block="category-popular",
        kind="adaptive",
        primary_metric="click_rate",
    )
    rows = Experiment.objects.prefetch_related("arms", "guardrails")
    studies = [selectors.study_of(each) for each in rows]
    with django_assert_num_queries(2):
        found = selectors.results(studies, brief=True)
    assert set(found) == {"first", "second", "third"}
