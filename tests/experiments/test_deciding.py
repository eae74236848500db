"""The winner goes into the shop, and comes out again."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model

from shop_personalize.experiments import services
from shop_personalize.experiments.services import RefusedError
from shop_personalize.models import Block, Rule, Trial
from tests.experiments.builders import BLOCK, begun

pytestmark = pytest.mark.django_db


def block(slug: str = BLOCK) -> Block:
    return Block.objects.get(slug=slug)


def chain(slug: str = BLOCK) -> list[str]:
    return list(block(slug).steps.values_list("recommender__slug", flat=True))


def test_a_decision_makes_the_block_as_the_winner_was_and_undo_as_it_was() -> None:
    before = chain()
    arms = [{}, {"changes": {"diversity": 0.4, "limit": 6, "chain": ["trending"]}}]
    experiment = services.decide(begun(arms=arms), winner="b")
    assert (experiment.state, experiment.winner) == ("decided", "b")
    assert (block().diversity, block().limit, chain()) == (0.4, 6, ["trending"])
    assert Trial.objects.get().is_running is False
    again = services.undo(experiment)
    assert (again.state, again.winner, again.undo) == ("stopped", "", {})
    assert (block().diversity, block().limit, chain()) == (0.0, 8, before)
    verbs = experiment.entries.order_by("pk").values_list("verb", flat=True)
    assert list(verbs)[1:] == ["stopped", "decided", "undone"]


def test_the_control_can_win_and_changes_nothing() -> None:
    before = vars(block()).copy()
    experiment = services.decide(begun(), winner="a")
    after = vars(block())
    before.pop("_state"), after.pop("_state")
    assert before == after
    assert experiment.entries.first().facts == {"winner": "a", "applied": False}
    assert services.undo(experiment).state == "stopped"


def test_a_decision_can_be_written_down_only() -> None:
    services.decide(begun(), winner="b", apply=False)
    assert block().diversity == 0.0


def test_a_hidden_winner_takes_the_block_off_the_page() -> None:
    experiment = begun(arms=[{}, {"changes": {"hidden": True}}])
    services.decide(experiment, winner="b")
    assert block().is_active is False
    services.undo(experiment)
    assert block().is_active is True


def test_an_experiment_on_every_block_changes_every_block() -> None:
    services.decide(begun(block=""), winner="b")
    assert set(Block.objects.values_list("diversity", flat=True)) == {0.4}


def test_rules_the_winner_did_without_are_switched_off() -> None:
    own = Rule.objects.create(name="Mugs first", action="boost", block=block())
    kept = Rule.objects.create(name="No bags", action="exclude", block=block())
    experiment = begun(arms=[{}, {"changes": {"without": [own.pk]}}])
    services.decide(experiment, winner="b")
    active = Rule.objects.filter(is_active=True)
    assert list(active) == [kept]
    services.undo(experiment)
    assert set(active.all()) == {own, kept}


def test_of_rules_the_winner_kept_the_others_are_switched_off() -> None:
    kept = Rule.objects.create(name="Mugs first", action="boost", block=block())
    Rule.objects.create(name="No bags", action="exclude", block=block())
    other = Rule.objects.create(
        name="Elsewhere", action="boost", block=block("product-also-viewed")
    )
    experiment = begun(arms=[{}, {"changes": {"only": [kept.pk]}}])
    services.decide(experiment, winner="b")
    assert set(Rule.objects.filter(is_active=True)) == {kept, other}


@pytest.mark.parametrize("name", ["without", "only"])
def test_a_rule_of_other_blocks_too_is_left_to_the_owner(name: str) -> None:
    shared = Rule.objects.create(name="Mugs first", action="boost")
    kept = Rule.objects.create(name="No bags", action="exclude", block=block())
    named = [shared.pk] if name == "without" else [kept.pk]
    experiment = begun(arms=[{}, {"changes": {name: named}}])
    with pytest.raises(RefusedError, match="“Mugs first”: this holds for other blocks"):
        services.decide(experiment, winner="b")
    assert Rule.objects.filter(is_active=True).count() == 2
    assert Trial.objects.get().is_running is True
    assert services.decide(experiment, winner="b", apply=False).state == "decided"


def test_an_experiment_on_every_block_may_switch_off_a_rule_of_every_block() -> None:
    Rule.objects.create(name="Mugs first", action="boost")
    arms = [{}, {"changes": {"only": []}}]
    services.decide(begun(arms=arms, block=""), winner="b")
    assert not Rule.objects.filter(is_active=True).exists()


def test_an_unknown_winner_is_refused() -> None:
    with pytest.raises(RefusedError, match="no variant “z”; there are: a, b"):
        services.decide(begun(), winner="z")


def test_a_block_that_is_gone_is_named() -> None:
    experiment = begun()
    block().delete()
    with pytest.raises(RefusedError, match="“home-for-you” is gone"):
        services.decide(experiment, winner="b")


@pytest.mark.parametrize("change", [{"diversity": 0.2}, {"slug": "renamed"}])
def test_undo_never_overwrites_what_the_owner_did_since(change: dict[str, Any]) -> None:
    experiment = services.decide(begun(), winner="b")
    Block.objects.filter(slug=BLOCK).update(**change)
    with pytest.raises(RefusedError, match="was changed since"):
        services.undo(experiment)
    experiment.refresh_from_db()
    assert experiment.state == "decided"


def test_who_decided_stands_in_the_history_of_all_that_changed() -> None:
    rule = Rule.objects.create(name="Mugs first", action="boost", block=block())
    boss = get_user_model().objects.create_superuser("boss")
    arms = [{}, {"changes": {"limit": 6, "without": [rule.pk]}}]
    services.decide(begun(arms=arms), winner="b", user=boss)
    found = LogEntry.objects.order_by("pk").values_list(
        "content_type__model", "change_message"
    )
    assert list(found) == [
        ("experiment", "Stopped"),
        ("block", "Changed by an experiment."),
        ("rule", "Changed by an experiment."),
        ("experiment", "Decided"),
    ]
