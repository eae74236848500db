"""What can be done with an experiment now, by whom, and doing it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from shop_personalize.experiments import services
from shop_personalize.experiments.models import Experiment
from shop_personalize.experiments.selectors import Code

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
