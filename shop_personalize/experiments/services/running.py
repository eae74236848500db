from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from shop_personalize.experiments import selectors
from shop_personalize.experiments.models import Entry, Experiment
from shop_personalize.experiments.services.records import held, record
from shop_personalize.experiments.services.refused import RefusedError
from shop_personalize.models import Trial

if TYPE_CHECKING:
    from collections.abc import Mapping

State = Experiment.State
Verb = Entry.Verb
ENDED = (State.STOPPED, State.FINISHED, State.DECIDED)
NOTED = 0.05
"""By how much a share must have moved for the history to say so."""


@transaction.atomic
def start(experiment: Experiment, *, user: Any = None) -> Experiment:
    """Show the variants from the next request on; refused with all that is wrong."""
    _one_at_a_time()
    row = held(experiment, State.DRAFT)
    wrong = selectors.problems(row)
    if wrong:
        raise RefusedError(" ".join(wrong))
    now = timezone.now()
    share = row.ramp.get(day=0).share / 100
    trial = Trial.objects.create(
        slug=row.slug,
        kind=row.kind,
        salt=secrets.token_hex(16),
        block=row.block,
        share=share,
        audience=row.audience,
        arms=[
            {"key": arm.key, "weight": arm.weight / 100, "changes": arm.changes}
            for arm in row.arms.all()
        ],
        is_running=True,
        started_at=now,
    )
    row.state, row.started_at = State.RUNNING, now
    size = selectors.sizing(row)
    row.planned_visitors = size.per_arm if size else None
    row.save(update_fields=["state", "started_at", "planned_visitors"])
    record(row, Verb.STARTED, user=user, share=trial.share)
    return row


@transaction.atomic
def ramp(experiment: Experiment, *, share: float, user: Any = None) -> Experiment:
    """Let ``share`` (0 to 1) of the visitors take part; only ever more.

    Who takes part already stays with the variant seen first: fewer would move people.
    """
    row = held(experiment, State.RUNNING, State.PAUSED)
    trial = _trial(row)
    if not 0 < share <= 1:
        raise RefusedError(_("The share must be above 0 % and at most 100 %."))
    if share <= trial.share:
        raise RefusedError(
            _(
                "%(now)g %% take part already; fewer would take the variant away "
                "from people who have seen it."
            )
            % {"now": trial.share * 100}
        )
    before, trial.share = trial.share, share
    trial.save(update_fields=["share"])
    record(row, Verb.RAMPED, user=user, before=before, share=share)
    return row


@transaction.atomic
def reweigh(experiment: Experiment, *, weights: Mapping[str, float]) -> Experiment:
    """Share visitors out anew among the variants of an adaptive experiment."""
    row = held(experiment, State.RUNNING)
    trial = _trial(row)
    keys = [arm["key"] for arm in trial.arms]
    if trial.kind != Trial.Kind.ADAPTIVE:
        raise RefusedError(
            _("Only an adaptive experiment shares visitors out anew as it runs.")
        )
    if set(weights) != set(keys) or abs(sum(weights.values()) - 1) > 1e-6:
        raise RefusedError(_("The shares must be one for each variant and sum to 1."))
    told = _told(row, trial)
    trial.arms = [{**arm, "weight": weights[arm["key"]]} for arm in trial.arms]
    trial.save(update_fields=["arms"])
    if max(abs(weights[key] - told.get(key, 0.0)) for key in keys) >= NOTED:
        record(row, Verb.REWEIGHED, weights=dict(weights))
    return row


@transaction.atomic
def pause(experiment: Experiment, *, user: Any = None) -> Experiment:
    """Show everybody the block as it is, until it goes on."""
    row = held(experiment, State.RUNNING)
    Trial.objects.filter(slug=row.slug).update(is_running=False)
    return _moved(row, State.PAUSED, Verb.PAUSED, user)


@transaction.atomic
def resume(experiment: Experiment, *, user: Any = None) -> Experiment:
    """Go on after a pause; everybody gets the variant they had."""
    row = held(experiment, State.PAUSED)
    Trial.objects.filter(slug=row.slug).update(is_running=True)
    return _moved(row, State.RUNNING, Verb.RESUMED, user)


@transaction.atomic
def stop(
    experiment: Experiment,
    *,
    user: Any = None,
    verb: Entry.Verb = Verb.STOPPED,
    **facts: Any,
) -> Experiment:
    """End it: everybody sees the block as it is; the figures stay."""
    row = held(experiment, State.RUNNING, State.PAUSED)
    row.ended_at = timezone.now()
    Trial.objects.filter(slug=row.slug).update(is_running=False, ended_at=row.ended_at)
    done = verb == Verb.STOPPED and selectors.is_complete(row)
    row.save(update_fields=["ended_at"])
    return _moved(row, State.FINISHED if done else State.STOPPED, verb, user, **facts)


@transaction.atomic
def archive(experiment: Experiment, *, user: Any = None) -> Experiment:
    """Keep it out of sight; nothing is lost."""
    row = held(experiment, State.DRAFT, *ENDED, also_archived=True)
    return _archived(row, True, Verb.ARCHIVED, user)


@transaction.atomic
def restore(experiment: Experiment, *, user: Any = None) -> Experiment:
    row = held(experiment, State.DRAFT, *ENDED, also_archived=True)
    return _archived(row, False, Verb.RESTORED, user)


def _one_at_a_time() -> None:
    """Two starts on one block wait for each other instead of missing each other."""
    alive = Experiment.objects.exclude(state__in=ENDED).order_by("pk")
    list(alive.select_for_update().values_list("pk", flat=True))


def _trial(row: Experiment) -> Trial:
    return Trial.objects.select_for_update().get(slug=row.slug)


def _told(row: Experiment, trial: Trial) -> dict[str, float]:
    """The shares the history told of last."""
    last = row.entries.filter(verb=Verb.REWEIGHED).first()
    if last is not None:
        return dict(last.facts["weights"])
    return {arm["key"]: arm["weight"] for arm in trial.arms}


def _moved(
    row: Experiment, state: State, verb: Entry.Verb, user: Any, **facts: Any
) -> Experiment:
    row.state = state
    row.save(update_fields=["state"])
    record(row, verb, user=user, **facts)
    return row


def _archived(row: Experiment, value: bool, verb: Entry.Verb, user: Any) -> Experiment:
    if row.is_archived != value:
        row.is_archived = value
        row.save(update_fields=["is_archived"])
        record(row, verb, user=user)
    return row
