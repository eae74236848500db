"""What is still missing before an experiment can start."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from django.utils.translation import gettext as _

from shop_personalize.experiments import changes
from shop_personalize.experiments.metrics import METRICS, PREFERENCE
from shop_personalize.experiments.models import Arm, Experiment
from shop_personalize.models import Block, Trial
from shop_personalize.models.trial import HOLDOUT

Kind = Trial.Kind


def problems(experiment: Experiment) -> list[str]:
    """Every reason, in a sentence; empty: it can start."""
    arms = list(experiment.arms.all())
    return [
        *_of_arms(experiment, arms),
        *_of_place(experiment),
        *_of_kind(experiment, arms),
        *_of_metrics(experiment),
        *_of_ramp(experiment),
        *_of_others(experiment),
    ]


def _of_arms(experiment: Experiment, arms: list[Arm]) -> Iterator[str]:
    if len(arms) < 2:
        yield _("At least two variants are needed.")
    total = sum(arm.weight for arm in arms)
    if arms and abs(total - 100) > 0.1:
        yield _(
            "Of 100 visitors the variants get %(total)s in all; it must be 100."
        ) % {"total": f"{total:g}"}
    for arm in arms:
        for text in changes.problems(arm.changes):
            yield _("Variant “%(arm)s”: %(problem)s") % {"arm": arm, "problem": text}


def _of_place(experiment: Experiment) -> Iterator[str]:
    if not experiment.block:
        return
    block = Block.objects.filter(slug=experiment.block).first()
    words = {"block": experiment.block}
    if block is None:
        yield _("There is no block “%(block)s”.") % words
    elif not block.is_active:
        yield _("The block “%(block)s” is not active, so nobody sees it.") % words


def _of_kind(experiment: Experiment, arms: list[Arm]) -> Iterator[str]:
    if experiment.kind == Kind.SPLIT:
        return
    if any(arm.changes.get(changes.HIDDEN) for arm in arms):
        yield _("Only a split experiment can have a variant that is not shown.")
    if experiment.kind == Kind.ADAPTIVE:
        if experiment.primary_metric not in {"click_rate", "converted"}:
            yield _(
                "An adaptive experiment goes by clicks or by purchases: choose "
                "“%(clicks)s” or “%(bought)s” as what decides."
            ) % {
                "clicks": METRICS["click_rate"].title,
                "bought": METRICS["converted"].title,
            }
        return
    if len(arms) > 2 or not experiment.block:
        yield _("An interleaved experiment compares two variants of one block.")
    if experiment.guardrails.exists():
        yield _(
            "An interleaved experiment shows both variants to everybody, so it "
            "cannot have guardrails."
        )


def _of_metrics(experiment: Experiment) -> Iterator[str]:
    shared = experiment.kind == Kind.INTERLEAVED
    if shared != (experiment.primary_metric == PREFERENCE):
        yield _("“%(metric)s” decides an interleaved experiment, and only that.") % {
            "metric": METRICS[PREFERENCE].title
        }
    unknown = set(experiment.secondary_metrics) - (set(METRICS) - {PREFERENCE})
    for name in sorted(unknown):
        yield _("There is no metric “%(name)s” to look at.") % {"name": name}


def _of_ramp(experiment: Experiment) -> Iterator[str]:
    steps = [(step.day, step.share) for step in experiment.ramp.all()]
    if not steps or steps[0][0] != 0:
        yield _("Step by step: say how many take part from day 0 on.")
    if any(later[1] < earlier[1] for earlier, later in pairwise(steps)):
        yield _(
            "Step by step: fewer visitors later on would take the variant away from "
            "people who have seen it."
        )


def _of_others(experiment: Experiment) -> Iterator[str]:
    if experiment.slug == HOLDOUT:
        yield _("The short name “%(slug)s” is taken.") % {"slug": HOLDOUT}
    elif Trial.objects.filter(slug=experiment.slug).exists():
        yield _("The short name “%(slug)s” was used by another experiment.") % {
            "slug": experiment.slug
        }
    for other in rivals(experiment):
        yield _(
            "“%(other)s” runs on the same block: two experiments there would "
            "disturb each other. Stop it first."
        ) % {"other": other}


def rivals(experiment: Experiment) -> list[str]:
    """Names of what runs or rests on the same block; one on all blocks is on each."""
    paused = Experiment.objects.filter(state=Experiment.State.PAUSED)
    running = Trial.objects.filter(is_running=True)
    names = dict(Experiment.objects.values_list("slug", "name"))
    places = {**dict(paused.values_list("slug", "block"))}
    places.update(running.values_list("slug", "block"))
    places.pop(experiment.slug, None)
    return [
        names.get(slug, slug)
        for slug, block in sorted(places.items())
        if not block or not experiment.block or block == experiment.block
    ]
