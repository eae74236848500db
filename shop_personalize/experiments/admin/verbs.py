"""What can be done with an experiment now, and what it will do, in numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from shop_personalize.admin.numbers import days, number, percent
from shop_personalize.experiments import selectors, services
from shop_personalize.experiments.models import Experiment
from shop_personalize.experiments.selectors import Code
from shop_personalize.experiments.stories import changes_of

if TYPE_CHECKING:
    from django.http import QueryDict

    from shop_personalize.experiments.selectors import Result

APP = "shop_personalize_experiments"
RUN = f"{APP}.run_experiment"
DECIDE = f"{APP}.decide_experiment"
State = Experiment.State


@dataclass(frozen=True, kw_only=True)
class Verb:
    """A button; ``asks`` says what will happen before it does."""

    name: str
    label: str
    permission: str
    query: str = ""
    is_main: bool = False
    asks: bool = True


def offered(experiment: Experiment, result: Result) -> list[Verb]:
    """The main one first."""
    if experiment.is_archived:
        return [_plain("restore", _("Take out of the archive"))]
    found = _OFFERED[experiment.state](experiment, result)
    return sorted(found, key=lambda verb: not verb.is_main)


def _plain(name: str, label: str) -> Verb:
    return Verb(name=name, label=label, permission=RUN, asks=False)


def _draft(experiment: Experiment, result: Result) -> list[Verb]:
    start = Verb(name="start", label=_("Start"), permission=RUN, is_main=True)
    return [start, _plain("archive", _("Archive"))]


def _running(experiment: Experiment, result: Result) -> list[Verb]:
    found = _choices(experiment, result) if _is_known(result) else []
    if experiment.trial is not None and experiment.trial.share < 1:
        found.append(Verb(name="ramp", label=_("Let more take part"), permission=RUN))
    stop = Verb(
        name="stop",
        label=_("Stop"),
        permission=RUN,
        is_main=result.verdict.code == Code.UNEVEN,
    )
    return [*found, _plain("pause", _("Pause")), stop]


def _paused(experiment: Experiment, result: Result) -> list[Verb]:
    go_on = Verb(
        name="resume", label=_("Go on"), permission=RUN, asks=False, is_main=True
    )
    return [go_on, Verb(name="stop", label=_("Stop"), permission=RUN)]


def _ended(experiment: Experiment, result: Result) -> list[Verb]:
    return [*_choices(experiment, result), _plain("archive", _("Archive"))]


def _decided(experiment: Experiment, result: Result) -> list[Verb]:
    back = Verb(name="undo", label=_("Take the decision back"), permission=DECIDE)
    return [back, _plain("archive", _("Archive"))]


def _is_known(result: Result) -> bool:
    return result.verdict.code not in {Code.EMPTY, Code.UNCLEAR, Code.UNEVEN}


def _choices(experiment: Experiment, result: Result) -> list[Verb]:
    best = winner(result)
    return [
        Verb(
            name="decide",
            label=_("Choose “%(arm)s”") % {"arm": arm},
            permission=DECIDE,
            query=f"?winner={arm.key}",
            is_main=arm.key == best,
        )
        for arm in experiment.arms.all()
    ]


def winner(result: Result) -> str:
    """The letter of what the figures say to choose; none where they do not."""
    code, variant = result.verdict.code, result.verdict.variant
    if code in {Code.BETTER, Code.LEADS} and variant is not None:
        return variant.key
    return result.study.control.key if code in {Code.WORSE, Code.GUARDED} else ""


_OFFERED: dict[str, Callable[[Experiment, Result], list[Verb]]] = {
    State.DRAFT: _draft,
    State.RUNNING: _running,
    State.PAUSED: _paused,
    State.STOPPED: _ended,
    State.FINISHED: _ended,
    State.DECIDED: _decided,
}


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
    steps = list(experiment.ramp.all())
    share = steps[0].share / 100 if steps else 1.0
    size = selectors.sizing(experiment)
    lines = [*size_lines(size, share)]
    lines += [
        _("After %(time)s: %(share)s.")
        % {"time": days(step.day), "share": percent(step.share / 100)}
        for step in steps[1:]
    ]
    lines.append(_("From then on the variants cannot be changed; it can be stopped."))
    return Question(
        title=_("Start “%(name)s”?") % {"name": experiment},
        lines=lines,
        button=_("Yes, start"),
    )


def size_lines(size: Any, share: float) -> list[str]:
    if size is None:
        return [
            _("%(share)s of the visitors take part at first.")
            % {"share": percent(share)}
        ]
    lines = [
        _("%(share)s of the visitors take part at first, about %(count)s a day.")
        % {"share": percent(share), "count": number(size.baseline.a_day * share, 0)},
        _(
            "To see a change of %(change)s it takes %(visitors)s visitors, "
            "%(each)s for each variant."
        )
        % {
            "change": percent(size.change),
            "visitors": number(size.total, 0),
            "each": number(size.per_arm, 0),
        },
    ]
    if size.days is None:
        lines.append(_("At your traffic that takes years: look for a larger change."))
    else:
        lines.append(_("At your traffic about %(time)s.") % {"time": days(size.days)})
    return lines


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


def do(experiment: Experiment, verb: str, given: QueryDict, user: Any) -> None:
    """Call the one service; what is refused raises ``RefusedError``."""
    _DONE[verb](experiment, given, user)


def _ramp(experiment: Experiment, given: QueryDict, user: Any) -> None:
    try:
        share = float(given.get("share", ""))
    except ValueError:
        raise services.RefusedError(_("A number of percent is needed.")) from None
    services.ramp(experiment, share=share / 100, user=user)


def _decide(experiment: Experiment, given: QueryDict, user: Any) -> None:
    services.decide(
        experiment,
        winner=given.get("winner", ""),
        apply=given.get("apply") == "on",
        user=user,
    )


def _plainly(service: Callable[..., Experiment]) -> Callable[..., None]:
    def done(experiment: Experiment, given: QueryDict, user: Any) -> None:
        service(experiment, user=user)

    return done


_DONE: dict[str, Callable[[Experiment, QueryDict, Any], None]] = {
    "start": _plainly(services.start),
    "ramp": _ramp,
    "pause": _plainly(services.pause),
    "resume": _plainly(services.resume),
    "stop": _plainly(services.stop),
    "decide": _decide,
    "undo": _plainly(services.undo),
    "archive": _plainly(services.archive),
    "restore": _plainly(services.restore),
}
PERMISSIONS = {name: DECIDE if name in {"decide", "undo"} else RUN for name in _DONE}
ASKING = frozenset(_ASKED)
