"""A draft is written in fields, never as JSON."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from shop_personalize.experiments.models import Experiment
from shop_personalize.models import Block, Rule
from tests.experiments.builders import planned

pytestmark = pytest.mark.django_db
ADD = "admin:shop_personalize_experiments_experiment_add"
CHANGE = "admin:shop_personalize_experiments_experiment_change"


def rows(prefix: str, *given: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        f"{prefix}-TOTAL_FORMS": len(given),
        f"{prefix}-INITIAL_FORMS": sum("id" in row for row in given),
    }
    for at, row in enumerate(given):
        found |= {f"{prefix}-{at}-{name}": value for name, value in row.items()}
    return found


def form(**given: Any) -> dict[str, Any]:
    """Complete; rows given replace those that stand here."""
    own = {name.partition("-")[0] for name in given if "-" in name}
    usual = {
        name: value
        for name, value in _usual().items()
        if name.partition("-")[0] not in own
    }
    return {**usual, **given}


def _usual() -> dict[str, Any]:
    return {
        "name": "More variety",
        "hypothesis": "More is more.",
        "block": "home-for-you",
        "primary_metric": "revenue",
        "secondary_metrics": ["converted", "revenue"],
        "smallest_change": "10",
        "audience": "guests",
        "kind": "split",
        **rows(
            "arms",
            {"name": "As it is now", "weight": "50"},
            {"name": "New", "weight": "50", "diversity": "0.4"},
        ),
        **rows("ramp", {"day": "0", "share": "100"}),
        **rows("guardrails", {"metric": "revenue", "worst": "5"}),
    }


def test_a_new_one_begins_with_two_variants_a_careful_ramp_and_a_guardrail(
    admin: Client,
) -> None:
    page = admin.get(reverse(ADD)).content.decode()
    for filled in (
        'name="arms-0-name" value="As it is now"',
        'name="arms-1-weight" value="50"',
        'name="ramp-0-share" value="10"',
        'name="ramp-2-day" value="4"',
        'name="guardrails-0-worst" value="10"',
    ):
        assert filled in page
    assert "changes" not in page.split("The variants")[1].split("Step by step")[0]


def test_what_is_filled_in_is_what_is_saved(admin: Client, boss: Any) -> None:
    response = admin.post(reverse(ADD), form())
    experiment = Experiment.objects.get()
    assert response.url == reverse(CHANGE, args=[experiment.pk])
    assert (experiment.slug, experiment.state) == ("more-variety", "draft")
    assert (experiment.created_by, experiment.audience) == (boss, "guests")
    assert experiment.secondary_metrics == ["converted"]
    arms = experiment.arms.values_list("key", "name", "weight", "changes")
    assert list(arms) == [
        ("a", "As it is now", 50.0, {}),
        ("b", "New", 50.0, {"diversity": 0.4}),
    ]
    assert list(experiment.ramp.values_list("day", "share")) == [(0, 100.0)]
    guards = experiment.guardrails.values_list("metric", "worst")
    assert list(guards) == [("revenue", 5.0)]


def test_every_change_has_a_field_and_comes_back_as_it_was_saved(
    admin: Client,
) -> None:
    rule = Rule.objects.create(name="Mugs first", action="boost")
    arm = {
        "name": "New",
        "weight": "50",
        "chain_1": "trending",
        "chain_2": "popular",
        "limit": "6",
        "same_category": "True",
        "show_reason": "False",
        "title": "For you",
        "hidden": "on",
        "without": [str(rule.pk)],
    }
    admin.post(reverse(ADD), form(**rows("arms", {"name": "Old", "weight": "50"}, arm)))
    expected = {
        "title": "For you",
        "limit": 6,
        "show_reason": False,
        "same_category": True,
        "chain": ["trending", "popular"],
        "hidden": True,
        "without": [rule.pk],
    }
    experiment = Experiment.objects.get()
    old, new = experiment.arms.all()
    assert new.changes == expected
    page = admin.get(reverse(CHANGE, args=[experiment.pk])).content.decode()
    assert 'name="arms-1-title" value="For you"' in page
    again = {**arm, "id": new.pk, "experiment": experiment.pk}
    first = {"id": old.pk, "name": "Old", "weight": "50", "experiment": experiment.pk}
    ramp, guard = experiment.ramp.get(), experiment.guardrails.get()
    admin.post(
        reverse(CHANGE, args=[experiment.pk]),
        form(
            slug=experiment.slug,
            **rows("arms", first, {**again, "limit": "5", "hidden": ""}),
            **rows("ramp", {"id": ramp.pk, "day": "0", "share": "100"}),
            **rows("guardrails", {"id": guard.pk, "metric": "revenue", "worst": "5"}),
        ),
    )
    new.refresh_from_db()
    del expected["hidden"]
    assert new.changes == {**expected, "limit": 5}


def test_rules_kept_alone_survive_the_form(admin: Client) -> None:
    rule = Rule.objects.create(name="Mugs first", action="boost")
    experiment = planned(arms=[{}, {"changes": {"only": [rule.pk]}}])
    old, new = experiment.arms.all()
    given = [
        {"id": each.pk, "experiment": experiment.pk, "name": each.name, "weight": "50"}
        for each in (old, new)
    ]
    ramp = experiment.ramp.get()
    admin.post(
        reverse(CHANGE, args=[experiment.pk]),
        form(
            slug=experiment.slug,
            **rows("arms", given[0], {**given[1], "limit": "5"}),
            **rows("ramp", {"id": ramp.pk, "day": "0", "share": "100"}),
        ),
    )
    new.refresh_from_db()
    assert new.changes == {"limit": 5, "only": [rule.pk]}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": ""}, "This field is required."),
        ({"smallest_change": "0"}, "greater than or equal to 0.01"),
        ({"block": "nowhere"}, "Select a valid choice."),
        ({"kind": "adaptive"}, "“Visitors who buy” must decide."),
        ({"slug": "not a slug"}, "Enter a valid “slug”"),
        (
            rows("arms", {"name": "Old", "weight": "500"}),
            "less than or equal to 100.0",
        ),
        (
            rows("arms", {"name": "Old", "weight": "50", "diversity": "2"}),
            "less than or equal to 1.0",
        ),
    ],
)
def test_a_mistake_is_named_at_its_field(
    admin: Client, given: dict[str, Any], said: str
) -> None:
    response = admin.post(reverse(ADD), form(**given))
    assert response.status_code == 200
    assert said in response.content.decode()
    assert not Experiment.objects.exists()


def test_where_variants_share_a_list_clicks_decide(admin: Client) -> None:
    admin.post(reverse(ADD), form(kind="interleaved", **rows("guardrails")))
    experiment = Experiment.objects.get()
    assert experiment.primary_metric == "preference"
    assert experiment.secondary_metrics == []


def test_blocks_are_offered_by_the_title_shoppers_read(admin: Client) -> None:
    block = Block.objects.get(slug="home-for-you")
    page = admin.get(reverse(ADD)).content.decode()
    assert f"{block.title} (home-for-you)" in page


def test_the_choices_are_read_once_for_all_variants(admin: Client) -> None:
    page = reverse(CHANGE, args=[planned().pk])
    with CaptureQueriesContext(connection) as sent:
        admin.get(page)
    asked = [each["sql"] for each in sent.captured_queries]
    assert (
        len([sql for sql in asked if 'FROM "shop_personalize_recommender"' in sql]) == 1
    )
