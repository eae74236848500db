"""The winner goes into the block, and can be taken out again."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from shop_personalize.deeds import log
from shop_personalize.experiments.changes import CHAIN, FIELDS, HIDDEN, ONLY, WITHOUT
from shop_personalize.experiments.models import Entry, Experiment
from shop_personalize.experiments.services.records import held, record
from shop_personalize.experiments.services.refused import RefusedError
from shop_personalize.experiments.services.running import stop
from shop_personalize.models import Block, BlockStep, Recommender, Rule

State = Experiment.State
Verb = Entry.Verb


@transaction.atomic
def decide(
    experiment: Experiment, *, winner: str, apply: bool = True, user: Any = None
) -> Experiment:
    """Choose a variant and, with ``apply``, make the block as the variant was.

    An experiment that still runs is stopped first.
    """
    row = held(experiment, State.RUNNING, State.PAUSED, State.STOPPED, State.FINISHED)
    arm = row.arms.filter(key=winner).first()
    if arm is None:
        known = ", ".join(row.arms.values_list("key", flat=True))
        raise RefusedError(
            _("There is no variant “%(key)s”; there are: %(known)s.")
            % {"key": winner, "known": known}
        )
    if row.state in {State.RUNNING, State.PAUSED}:
        row = stop(row, user=user)
    ended = row.state
    written = _apply(row, arm.changes, user) if apply and arm.changes else {}
    row.winner, row.state = arm.key, State.DECIDED
    row.undo = {"ended": ended, **written}
    row.save(update_fields=["winner", "state", "undo"])
    record(row, Verb.DECIDED, user=user, winner=arm.key, applied=bool(written))
    return row


@transaction.atomic
def undo(experiment: Experiment, *, user: Any = None) -> Experiment:
    """Take a decision back: blocks and rules are as they were before it."""
    row = held(experiment, State.DECIDED)
    for slug, sides in row.undo.get("blocks", {}).items():
        _take_back(slug, sides["before"], sides["after"], user)
    _switch(row.undo.get("rules", []), True, user)
    winner = row.winner
    row.state, row.winner, row.undo = row.undo["ended"], "", {}
    row.save(update_fields=["state", "winner", "undo"])
    record(row, Verb.UNDONE, user=user, winner=winner)
    return row


def rules_to_switch_off(
    block: str, changes: dict[str, Any]
) -> tuple[list[Rule], list[Rule]]:
    """Rules the variant did without: of its blocks alone, and shared with others."""
    rules = Rule.objects.filter(is_active=True).select_related("block")
    if ONLY in changes:
        wanted = [
            rule
            for rule in rules
            if rule.pk not in changes[ONLY] and _concerns(rule, block)
        ]
    else:
        wanted = [rule for rule in rules if rule.pk in changes.get(WITHOUT, ())]
    own = [rule for rule in wanted if not block or _is_of(rule, block)]
    return own, [rule for rule in wanted if rule not in own]


def _concerns(rule: Rule, block: str) -> bool:
    return not block or rule.block is None or rule.block.slug == block


def _is_of(rule: Rule, block: str) -> bool:
    return rule.block is not None and rule.block.slug == block


def _apply(row: Experiment, changes: dict[str, Any], user: Any) -> dict[str, Any]:
    own, shared = rules_to_switch_off(row.block, changes)
    if shared:
        names = ", ".join(f"“{rule}”" for rule in shared)
        raise RefusedError(
            _(
                "%(rules)s: this holds for other blocks too, so it is not switched "
                "off here. Change it under Rules, then decide without applying."
            )
            % {"rules": names}
        )
    after = {name: changes[name] for name in (*FIELDS, CHAIN) if name in changes}
    if changes.get(HIDDEN):
        after["is_active"] = False
    blocks = Block.objects.filter(slug=row.block) if row.block else Block.objects.all()
    if row.block and not blocks:
        raise RefusedError(
            _("The block “%(block)s” is gone; decide without applying.")
            % {"block": row.block}
        )
    sides = {}
    for block in blocks if after else ():
        sides[block.slug] = {"before": _standing(block, after), "after": after}
        _write(block, after, user)
    _switch([rule.pk for rule in own], False, user)
    return {"blocks": sides, "rules": [rule.pk for rule in own]}


def _standing(block: Block, names: Any) -> dict[str, Any]:
    """The block's own values of ``names``."""
    chain = list(block.steps.values_list("recommender__slug", flat=True))
    return {name: chain if name == CHAIN else getattr(block, name) for name in names}


def _write(block: Block, values: dict[str, Any], user: Any) -> None:
    fields = [name for name in values if name != CHAIN]
    for name in fields:
        setattr(block, name, values[name])
    if fields:
        block.save(update_fields=fields)
    if CHAIN in values:
        _rechain(block, values[CHAIN])
    if user is not None:
        log(block, _("Changed by an experiment."), user=user)


def _rechain(block: Block, slugs: list[str]) -> None:
    known = Recommender.objects.in_bulk(slugs, field_name="slug")
    block.steps.all().delete()
    BlockStep.objects.bulk_create(
        BlockStep(block=block, recommender=known[slug], position=at)
        for at, slug in enumerate(slugs)
        if slug in known
    )


def _take_back(
    slug: str, before: dict[str, Any], after: dict[str, Any], user: Any
) -> None:
    block = Block.objects.filter(slug=slug).first()
    if block is None or _standing(block, after) != after:
        raise RefusedError(
            _(
                "The block “%(block)s” was changed since; what it was before the "
                "decision can only be restored by hand."
            )
            % {"block": slug}
        )
    _write(block, before, user)


def _switch(pks: list[int], value: bool, user: Any) -> None:
    rules = list(Rule.objects.filter(pk__in=pks))
    Rule.objects.filter(pk__in=pks).update(is_active=value)
    if user is not None:
        for rule in rules:
            log(rule, _("Changed by an experiment."), user=user)
