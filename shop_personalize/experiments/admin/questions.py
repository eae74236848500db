"""What a verb will do, in numbers, asked before it is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from shop_personalize.admin.numbers import days, number, percent
from shop_personalize.experiments import selectors, services
from shop_personalize.experiments.models import Experiment
from shop_personalize.experiments.stories import changes_of
from shop_personalize.experiments.words import how_long

if TYPE_CHECKING:
    from django.http import QueryDict

State = Experiment.State


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked before it is done."""

    title: str
    lines: list[str]
    button: str
    share: float | None = None
    """Of 100 visitors, to be changed by who is asked."""
    changes: list[str] | None = None
    """What would be written into the shop; may be declined."""


def question(experiment: Experiment, verb: str, given: QueryDict) -> Question:
    return _ASKED[verb](experiment, given)


def _ask_start(experiment: Experiment, given: QueryDict) -> Question:
    return Question(
        title=_("Start “%(name)s”?") % {"name": experiment},
        lines=[
            *plan_lines(experiment),
            _("From then on the variants cannot be changed; it can be stopped."),
        ],
        button=_("Yes, start"),
    )


def plan_lines(experiment: Experiment) -> list[str]:
    """Who takes part from when on, how many it takes and how long."""
    steps = [(step.day, step.share / 100) for step in experiment.ramp.all()]
    size = selectors.sizing(experiment)
    if not steps:
        return []
    return [_at_first(steps[0][1], size), *map(_later, steps[1:]), *_size_lines(size)]


def _at_first(share: float, size: selectors.Size | None) -> str:
    words = {"share": percent(share)}
    if size is None:
        return _("%(share)s of the visitors take part at first.") % words
    count = number(size.baseline.a_day * share, 0)
    return _("%(share)s of the visitors take part at first, about %(count)s a day.") % {
        **words,
        "count": count,
    }


def _later(step: tuple[int, float]) -> str:
    words = {"time": days(step[0]), "share": percent(step[1])}
    return _("After %(time)s: %(share)s.") % words


def _size_lines(size: selectors.Size | None) -> list[str]:
    if size is None:
        return []
    words = {
        "change": percent(size.change),
        "visitors": number(size.total, 0),
        "each": number(size.per_arm, 0),
        "time": how_long(size.days),
    }
    return [
        _(
            "To see a change of %(change)s it takes %(visitors)s visitors, %(each)s "
            "for each variant; at your traffic %(time)s."
        )
        % words
    ]


def _ask_ramp(experiment: Experiment, given: QueryDict) -> Question:
    now = experiment.trial.share * 100 if experiment.trial else 0.0
    later = [step.share for step in experiment.ramp.all() if step.share > now]
    return Question(
        title=_("Let more visitors take part in “%(name)s”?") % {"name": experiment},
        lines=[
            _("Now %(share)s take part.") % {"share": percent(now / 100)},
            _("Who takes part already keeps the variant; nobody is moved."),
        ],
        button=_("Yes, let more take part"),
        share=later[0] if later else 100.0,
    )


def _ask_stop(experiment: Experiment, given: QueryDict) -> Question:
    found = selectors.result(experiment)
    lines = [
        _("Everybody sees the block as it is from the next page on."),
        _("%(count)s visitors were counted; the figures are kept.")
        % {"count": number(sum(found.primary.units), 0)},
        _("It cannot go on afterwards. A pause can."),
    ]
    return Question(
        title=_("Stop “%(name)s”?") % {"name": experiment},
        lines=lines,
        button=_("Yes, stop"),
    )


def _ask_decide(experiment: Experiment, given: QueryDict) -> Question:
    arm = experiment.arms.filter(key=given.get("winner", "")).first()
    if arm is None:
        raise services.RefusedError(_("There is no such variant."))
    lines = [_("Everybody gets it from the next page on.")]
    if experiment.state in {State.RUNNING, State.PAUSED}:
        lines.insert(0, _("The experiment ends."))
    lines.append(_("It can be taken back, as long as nobody changes the block."))
    changes = changes_of([arm])[arm.key] if arm.changes else None
    return Question(
        title=_("Choose “%(arm)s”?") % {"arm": arm},
        lines=lines
        if changes
        else [_("Nothing is changed: this is the block as it is.")],
        button=_("Yes, choose it"),
        changes=changes,
    )


def _ask_undo(experiment: Experiment, given: QueryDict) -> Question:
    blocks = experiment.undo.get("blocks", {})
    rules = experiment.undo.get("rules", [])
    return Question(
        title=_("Take the decision back?"),
        lines=[
            _("Blocks that are as before again: %(blocks)s.")
            % {"blocks": ", ".join(blocks) or _("none")},
            _("Rules that are switched on again: %(count)s.")
            % {"count": number(len(rules), 0)},
        ],
        button=_("Yes, take it back"),
    )


_ASKED: dict[str, Callable[[Experiment, QueryDict], Question]] = {
    "start": _ask_start,
    "ramp": _ask_ramp,
    "stop": _ask_stop,
    "decide": _ask_decide,
    "undo": _ask_undo,
}
ASKING = frozenset(_ASKED)
