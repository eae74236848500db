"""The list: what runs first, each with its answer and the picture of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shop_personalize.admin.charts import sparkline
from shop_personalize.admin.numbers import NOTHING, ago
from shop_personalize.experiments import selectors
from shop_personalize.experiments.models import Experiment
from shop_personalize.experiments.tasks import REVIEW_EVERY
from shop_personalize.experiments.words import (
    advice,
    headline,
    level,
    signed,
    title_of,
)
from shop_personalize.models import Checkpoint

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
PLACE = Case(
    *(When(state=state, then=Value(at)) for at, state in enumerate(ORDER)),
    default=Value(len(ORDER)),
    output_field=IntegerField(),
)
"""What needs somebody comes first."""
POINTS = 30
ARCHIVED = "archived"
LATE = 3 * REVIEW_EVERY


class StateFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[Any]:
        return [*State.choices, (ARCHIVED, _("archived"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """What is archived is seen only where it is asked for."""
        wanted = self.value()
        found = queryset.filter(is_archived=wanted == ARCHIVED)
        return found.filter(state=wanted) if wanted in State.values else found


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


def late() -> str:
    """How long ago running experiments were looked after, if too long ago."""
    row = Checkpoint.objects.filter(name="every:experiments").first()
    if row is not None and row.updated_at > timezone.now() - LATE:
        return ""
    running = Experiment.objects.filter(state=State.RUNNING)
    long_ago = running.filter(started_at__lt=timezone.now() - LATE)
    if not long_ago.exists():
        return ""
    return ago(row.updated_at) if row else _("never")
