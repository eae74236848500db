"""What happens to running experiments by itself, after each rollup."""

from __future__ import annotations

import logging

from django.utils import timezone

from shop_personalize.experiments import selectors
from shop_personalize.experiments.models import Entry, Experiment
from shop_personalize.experiments.services import running
from shop_personalize.experiments.services.records import record
from shop_personalize.experiments.services.refused import RefusedError
from shop_personalize.models import Trial

logger = logging.getLogger("shop_personalize")

FLOOR = 0.1
"""The control of an adaptive experiment keeps this share, or its even one if less."""
State = Experiment.State
Verb = Entry.Verb


def review() -> None:
    """Guardrails, traffic check, ramp, adaptive shares; one failure stops no other."""
    alive = Experiment.objects.filter(state=State.RUNNING)
    alive = alive.prefetch_related("arms", "guardrails", "ramp")
    for experiment in alive:
        try:
            _review(experiment)
        except RefusedError as refused:
            logger.info("experiment %s: %s", experiment.slug, refused)
        except Exception:
            logger.exception("experiment %s could not be reviewed", experiment.slug)


def _review(experiment: Experiment) -> None:
    found = selectors.result(experiment)
    if _guard(experiment, found):
        return
    if found.is_uneven:
        _alarm(experiment, found)
        return
    _ramp(experiment)
    if experiment.kind == Trial.Kind.ADAPTIVE:
        _reweigh(experiment, found)


def _guard(experiment: Experiment, found: selectors.Result) -> bool:
    """Stop where a variant is surely below a bound; say which, by what figures."""
    for guard in found.guards:
        for each in guard.crossed:
            running.stop(
                experiment,
                verb=Verb.GUARDED,
                metric=guard.bound.metric,
                worst=guard.bound.worst,
                arm=each.variant.key,
                relative=each.effect.relative,
                low=each.effect.relative_low,
                high=each.effect.relative_high,
            )
            return True
    return False


def _alarm(experiment: Experiment, found: selectors.Result) -> None:
    """Say once that traffic is not split as planned; until then nothing is ramped."""
    if not experiment.entries.filter(verb=Verb.ALARMED).exists():
        record(
            experiment,
            Verb.ALARMED,
            units=list(found.primary.units),
            p_value=found.ratio_p,
        )


def _ramp(experiment: Experiment) -> None:
    started = experiment.started_at
    if started is None:
        return
    days = (timezone.now() - started).days
    due = [step.share for step in experiment.ramp.all() if step.day <= days]
    share = max(due, default=0.0) / 100
    if share > Trial.objects.get(slug=experiment.slug).share:
        running.ramp(experiment, share=share)


def _reweigh(experiment: Experiment, found: selectors.Result) -> None:
    """By the chance of each to be the best, the control never below its floor."""
    if not any(found.primary.units):
        return
    running.reweigh(experiment, weights=floored(found.chances, found.study.control.key))


def floored(chances: dict[str, float], control: str) -> dict[str, float]:
    """Shares that sum to 1 of which the control has ``FLOOR`` at least."""
    floor = min(FLOOR, 1 / len(chances))
    if chances[control] >= floor:
        return dict(chances)
    others = 1 - chances[control]
    scaled = {key: value / others * (1 - floor) for key, value in chances.items()}
    return {**scaled, control: floor}
