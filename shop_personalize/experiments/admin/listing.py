"""The list: what runs first, each with its answer and the picture of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shop_personalize.admin.charts import sparkline
from shop_personalize.admin.numbers import NOTHING
from shop_personalize.experiments import selectors
from shop_personalize.experiments.models import Experiment
from shop_personalize.experiments.words import (
    advice,
    claim,
    headline,
    level,
    signed,
    title_of,
)

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.utils.safestring import SafeString

    from shop_personalize.experiments.selectors import Result

State = Experiment.State
ORDER = (
    State.RUNNING,
    State.PAUSED,
    State.STOPPED,
    State.FINISHED,
    State.DRAFT,
    State.DECIDED,
)
POINTS = 30


def ordered(rows: QuerySet[Experiment]) -> QuerySet[Experiment]:
    """What needs somebody first."""
    places = [When(state=state, then=Value(at)) for at, state in enumerate(ORDER)]
    place = Case(*places, default=Value(len(ORDER)), output_field=IntegerField())
    return rows.annotate(place=place).order_by("place", "-pk")


class ArchiveFilter(admin.SimpleListFilter):
    title = gettext_lazy("archive")
    parameter_name = "archive"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("1", _("archived"))]

    def choices(self, changelist: Any) -> Any:
        first, *rest = super().choices(changelist)
        yield {**first, "display": _("not archived")}
        yield from rest

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(is_archived=self.value() == "1")


class Answered(ChangeList):
    """The rows of a page with what each has found, in two queries for all."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        begun = [each for each in self.result_list if each.state != State.DRAFT]
        studies = [selectors.study_of(each) for each in begun]
        found = selectors.results(studies, brief=True)
        for each in self.result_list:
            each.found = found.get(each.slug)


def answer(experiment: Experiment) -> SafeString:
    found: Result | None = getattr(experiment, "found", None)
    if found is None:
        said, then = experiment.hypothesis or _("Not started yet"), ""
    elif experiment.state == State.DECIDED:
        said, then = headline(found), chosen(experiment)
    else:
        said, then = headline(found), advice(found)
    return format_html('{}<br><span class="sp-quiet">{}</span>', said, then)


def chosen(experiment: Experiment) -> str:
    names = {arm.key: arm.name for arm in experiment.arms.all()}
    return _("“%(arm)s” was chosen.") % {
        "arm": names.get(experiment.winner, experiment.winner)
    }


def picture(experiment: Experiment) -> SafeString | str:
    found: Result | None = getattr(experiment, "found", None)
    return drawn(found) if found is not None else NOTHING


def drawn(found: Result) -> SafeString | str:
    """The best variant's difference, or its rate, day by day."""
    metric, variant = found.primary.metric, found.verdict.variant
    key = variant.key if variant else found.study.variants[-1].key
    values = [point.value for point in found.curves.get(key, ())][-POINTS:]
    if not values:
        return NOTHING

    def write(value: float) -> str:
        how = level if found.chances else signed
        return how(metric, value, found.currency)

    return sparkline(title_of(metric), values, write=write)


def holdout_row() -> dict[str, Any] | None:
    """The permanent experiment as a row above the list; none where it is off."""
    study = selectors.holdout()
    found = selectors.results([study], brief=True)[study.slug]
    if not study.is_running and found.day is None:
        return None
    best = found.verdict.compared
    return {
        "title": headline(found),
        "claim": claim(found, best) if best and best.effect.is_known else "",
        "advice": advice(found),
        "picture": drawn(found),
    }
