"""Start, ramp, pause, stop: what they do, and every reason not to."""

from __future__ import annotations

from typing import Any

import pytest

from shop_personalize.attribution import assignment
from shop_personalize.experiments import services
from shop_personalize.experiments.models import Experiment
from shop_personalize.experiments.services import RefusedError
from shop_personalize.models import Block, Rule, Trial
from tests.experiments.builders import ARMS, BLOCK, begun, counted, planned, repeated

pytestmark = pytest.mark.django_db
KEYS = [f"visitor-{n}" for n in range(4000)]


def trial(slug: str = "variety") -> Trial:
    return Trial.objects.get(slug=slug)


def verbs(experiment: Experiment) -> list[str]:
    return list(experiment.entries.order_by("pk").values_list("verb", flat=True))


def test_starting_tells_serving_what_it_must_know() -> None:
    experiment = services.start(planned(ramp={0: 10.0, 2: 50.0}, audience="guests"))
    assert experiment.state == "running"
    found = trial()
    assert (found.block, found.kind, found.audience) == (BLOCK, "split", "guests")
    assert (found.share, found.is_running) == (0.1, True)
    assert found.started_at == experiment.started_at
    assert len(found.salt) == 32
    assert found.arms == [
        {"key": "a", "weight": 0.5, "changes": {}},
        {"key": "b", "weight": 0.5, "changes": {"diversity": 0.4}},
    ]
    assert verbs(experiment) == ["started"]


def test_a_plan_gives_each_arm_a_letter_and_the_same_weight() -> None:
    experiment = planned(arms=[*ARMS, {"changes": {"limit": 4}}, {"name": "Fourth"}])
    found = experiment.arms.values_list("key", "name", "weight")
    assert list(found) == [
        ("a", "As it is", 25.0),
        ("b", "More variety", 25.0),
        ("c", "C", 25.0),
        ("d", "Fourth", 25.0),
    ]


def test_short_names_are_made_of_the_name_and_never_the_same() -> None:
    names = ["More variety in the list", "More variety in the lists", "更多"]
    found = [services.plan(name=name, arms=ARMS).slug for name in names]
    assert found == ["more-variety-in-the", "more-variety-in-th-2", "experiment"]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"arms": ARMS[:1]}, "At least two variants are needed."),
        (
            {"arms": [{"weight": 50}, {"weight": 40}]},
            "Of 100 visitors the variants get 90 in all; it must be 100.",
        ),
        (
            {"arms": [{}, {"name": "B", "changes": {"color": "red"}}]},
            "Variant “B”: “color” is nothing a variant can change.",
        ),
        (
            {"arms": [{}, {"name": "B", "changes": {"diversity": 2}}]},
            "Variant “B”: variety: Ensure this value is less than or equal to 1.0.",
        ),
        (
            {"arms": [{}, {"name": "B", "changes": {"chain": ["magic"]}}]},
            "Variant “B”: There is no active recommender “magic”.",
        ),
        (
            {"arms": [{}, {"name": "B", "changes": {"chain": []}}]},
            "Variant “B”: Somebody must be asked for products: name a recommender.",
        ),
        (
            {"arms": [{}, {"name": "B", "changes": {"without": [7]}}]},
            "Variant “B”: Rule 7 does not exist or is not active.",
        ),
        ({"block": "nowhere"}, "There is no block “nowhere”."),
        (
            {"kind": "adaptive", "arms": [{}, {"changes": {"hidden": True}}]},
            "Only a split experiment can have a variant that is not shown.",
        ),
        (
            {"kind": "adaptive"},
            "An adaptive experiment goes by clicks or by purchases",
        ),
        (
            {"kind": "interleaved", "primary_metric": "preference", "block": ""},
            "An interleaved experiment compares two variants of one block.",
        ),
        (
            {
                "kind": "interleaved",
                "primary_metric": "preference",
                "guardrails": {"revenue": 5},
            },
            "so it cannot have guardrails.",
        ),
        (
            {"primary_metric": "preference"},
            "“Preferred in the same list” decides an interleaved experiment, and only",
        ),
        (
            {"secondary_metrics": ["happiness"]},
            "There is no metric “happiness” to look at.",
        ),
        ({"ramp": {1: 100.0}}, "say how many take part from day 0 on."),
        (
            {"ramp": {0: 50.0, 2: 10.0}},
            "fewer visitors later on would take the variant away",
        ),
        ({"slug": "holdout"}, "The short name “holdout” is taken."),
    ],
)
def test_what_cannot_start_says_why(given: dict[str, Any], reason: str) -> None:
    experiment = planned(**given)
    with pytest.raises(RefusedError) as refused:
        services.start(experiment)
    assert reason in str(refused.value)
    assert not Trial.objects.exists()
    assert Experiment.objects.get().state == "draft"


def test_a_block_that_nobody_sees_is_named() -> None:
    Block.objects.filter(slug=BLOCK).update(is_active=False)
    with pytest.raises(RefusedError, match="“home-for-you” is not active"):
        services.start(planned())


def test_an_inactive_rule_cannot_be_left_out() -> None:
    rule = Rule.objects.create(name="Mugs first", action="boost", is_active=False)
    arms = [{}, {"changes": {"only": [rule.pk]}}]
    with pytest.raises(RefusedError, match=f"Rule {rule.pk} does not exist"):
        services.start(planned(arms=arms))


def test_a_short_name_that_was_used_is_refused() -> None:
    Trial.objects.create(slug="variety", salt="x")
    with pytest.raises(RefusedError, match="used by another experiment"):
        services.start(planned())


@pytest.mark.parametrize("field", ["name", "hypothesis"])
def test_texts_are_bounded(field: str) -> None:
    with pytest.raises(RefusedError, match=f"{field}: "):
        services.plan(**{"name": "x", "arms": ARMS, field: "x" * 301})


@pytest.mark.parametrize(
    ("first", "second", "is_free"),
    [
        (BLOCK, BLOCK, False),
        (BLOCK, "", False),
        ("", BLOCK, False),
        (BLOCK, "product-also-viewed", True),
    ],
)
def test_a_block_takes_part_in_one_experiment_at_a_time(
    first: str, second: str, is_free: bool
) -> None:
    begun(name="First", block=first, slug="first")
    other = planned(name="Second", block=second, slug="second")
    if is_free:
        assert services.start(other).state == "running"
        return
    with pytest.raises(RefusedError, match="“First” runs on the same block"):
        services.start(other)


def test_a_paused_experiment_keeps_its_block() -> None:
    services.pause(begun(slug="first", name="First"))
    with pytest.raises(RefusedError, match="“First” runs on the same block"):
        services.start(planned(slug="second"))


def test_a_trial_somebody_else_runs_keeps_its_block() -> None:
    Trial.objects.create(slug="by-hand", salt="x", block=BLOCK, is_running=True)
    with pytest.raises(RefusedError, match="“by-hand” runs on the same block"):
        services.start(planned())


def test_a_ramp_moves_nobody_between_variants() -> None:
    experiment = begun(ramp={0: 10.0})
    before = trial()
    first = assignment.arm_numbers(KEYS, before.salt, before.share, before.arms)
    services.ramp(experiment, share=0.5)
    after = trial()
    second = assignment.arm_numbers(KEYS, after.salt, after.share, after.arms)
    were = first >= 0
    assert (first[were] == second[were]).all()
    assert were.sum() == pytest.approx(400, abs=60)
    assert (second >= 0).sum() == pytest.approx(2000, abs=100)


@pytest.mark.parametrize(
    ("share", "reason"),
    [
        (0.1, "10 % take part already"),
        (0.05, "10 % take part already"),
        (0.0, "above 0 %"),
        (1.5, "at most 100 %"),
    ],
)
def test_a_ramp_only_goes_up(share: float, reason: str) -> None:
    experiment = begun(ramp={0: 10.0})
    with pytest.raises(RefusedError, match=reason):
        services.ramp(experiment, share=share)
    assert trial().share == 0.1


def test_pausing_shows_everybody_the_block_as_it_is_and_resuming_moves_nobody() -> None:
    experiment = begun()
    salt = trial().salt
    services.pause(experiment)
    assert trial().is_running is False
    assert services.resume(experiment).state == "running"
    assert (trial().is_running, trial().salt) == (True, salt)
    assert verbs(experiment)[-2:] == ["paused", "resumed"]


def test_stopping_ends_the_trial() -> None:
    experiment = services.stop(begun())
    assert experiment.state == "stopped"
    assert trial().is_running is False
    assert trial().ended_at == experiment.ended_at


def test_an_experiment_that_had_its_visitors_is_finished() -> None:
    experiment = begun()
    Experiment.objects.update(planned_visitors=100)
    for arm in "ab":
        counted(arm, repeated(100, v9=5))
    assert services.stop(experiment).state == "finished"


@pytest.mark.parametrize(
    ("verb", "given"),
    [
        (services.ramp, {"share": 1.0}),
        (services.pause, {}),
        (services.resume, {}),
        (services.stop, {}),
        (services.reweigh, {"weights": {"a": 0.5, "b": 0.5}}),
        (services.decide, {"winner": "b"}),
        (services.undo, {}),
    ],
)
def test_a_draft_can_only_be_started(verb: Any, given: dict[str, Any]) -> None:
    with pytest.raises(RefusedError, match="“More variety” is draft"):
        verb(planned(), **given)


def test_nothing_starts_twice() -> None:
    experiment = begun()
    with pytest.raises(RefusedError, match=r"is under way; .* while it is: draft"):
        services.start(experiment)


def test_what_runs_is_not_archived() -> None:
    with pytest.raises(RefusedError, match="is under way"):
        services.archive(begun())


def test_archiving_and_taking_out_leave_a_line_each() -> None:
    experiment = services.stop(begun())
    services.archive(experiment)
    services.archive(experiment)
    assert services.restore(experiment).is_archived is False
    assert verbs(experiment)[1:] == ["stopped", "archived", "restored"]


def test_nothing_starts_out_of_the_archive() -> None:
    draft = services.archive(planned())
    with pytest.raises(RefusedError, match="is archived; take it out"):
        services.start(draft)
    assert services.start(services.restore(draft)).state == "running"


def test_only_adaptive_experiments_share_visitors_out_anew() -> None:
    with pytest.raises(RefusedError, match="Only an adaptive experiment"):
        services.reweigh(begun(), weights={"a": 0.4, "b": 0.6})


@pytest.mark.parametrize("weights", [{"a": 1.0}, {"a": 0.5, "b": 0.6}])
def test_shares_must_be_complete(weights: dict[str, float]) -> None:
    experiment = begun(kind="adaptive", primary_metric="click_rate")
    with pytest.raises(RefusedError, match="one for each variant and sum to 1"):
        services.reweigh(experiment, weights=weights)
