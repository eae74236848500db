from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.forms import Media
from django.http import Http404
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from shop_personalize.admin.access import PersonalizeAdmin, allowed, require, user_of
from shop_personalize.experiments import selectors, services
from shop_personalize.experiments.admin import (
    export,
    holdout,
    listing,
    planner,
    questions,
    report,
    verbs,
)
from shop_personalize.experiments.admin.form import (
    FIELDSETS,
    FIRST,
    INLINES,
    ExperimentForm,
)
from shop_personalize.experiments.models import Experiment
from shop_personalize.experiments.stories import changes_of, told
from shop_personalize.models import Block

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse
    from django.utils.safestring import SafeString

APP = "shop_personalize_experiments"
PREFIX = f"{APP}_experiment"
State = Experiment.State


@admin.register(Experiment)
class ExperimentAdmin(PersonalizeAdmin):
    folder = APP
    form = ExperimentForm
    fieldsets = FIELDSETS
    inlines = INLINES
    actions = None
    list_display = ["told", "answer", "picture"]
    list_display_links = None
    list_filter = [listing.StateFilter]
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 25
    search_fields = ["name", "slug", "hypothesis"]
    sortable_by = ()
    change_form_template = f"admin/{APP}/draft.html"
    change_list_template = f"admin/{APP}/list.html"

    @property
    def media(self) -> Media:
        style: dict[str, Any] = {"all": (f"{APP}/experiments.css",)}
        return super().media + Media(css=style)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Experiment]:
        return super().get_queryset(request).prefetch_related("arms", "guardrails")

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        return [listing.PLACE, "-pk"]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        return listing.Answered

    @admin.display(description=gettext_lazy("experiment"))
    def told(self, experiment: Experiment) -> SafeString:
        return format_html(
            '<a href="{}">{}</a><br><span class="sp-quiet">{}</span><br>'
            '<span class="sp-state sp-state-{}">{}</span>',
            reverse(f"admin:{PREFIX}_change", args=[experiment.pk]),
            experiment,
            experiment.block or _("every block"),
            experiment.state,
            experiment.get_state_display(),
        )

    @admin.display(description=gettext_lazy("what it says"))
    def answer(self, experiment: Experiment) -> SafeString:
        return listing.answer(experiment)

    @admin.display(description=gettext_lazy("day by day"))
    def picture(self, experiment: Experiment) -> SafeString | str:
        return listing.picture(experiment)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What has begun is what it is."""
        is_open = obj is None or obj.state == State.DRAFT
        return is_open and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_open = obj is None or obj.state == State.DRAFT
        return is_open and super().has_delete_permission(request, obj)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        either = require_http_methods(["GET", "POST"])
        return [
            path(
                "holdout/",
                view(require_GET(self.holdout_view)),
                name=f"{PREFIX}_holdout",
            ),
            path(
                "planner/",
                view(require_GET(self.planner_view)),
                name=f"{PREFIX}_planner",
            ),
            path(
                "<int:object_id>/results.csv",
                view(require_GET(self.csv_view)),
                name=f"{PREFIX}_csv",
            ),
            path(
                "<int:object_id>/do/<slug:verb>/",
                view(either(self.verb_view)),
                name=f"{PREFIX}_do",
            ),
            *super().get_urls(),
        ]

    def above_list(self, request: HttpRequest) -> dict[str, Any]:
        return {
            "title": _("What was tried, and what it earns"),
            "sp_holdout": holdout.row(),
            "sp_late": listing.late(),
        }

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """A form for a draft, the answer for everything else."""
        experiment = self.found(request, unquote(object_id))
        if not self.has_change_permission(request, experiment):
            return self._report(request, experiment)
        context = {
            "title": _("Draft: %(name)s") % {"name": experiment},
            "subtitle": None,
            "sp_problems": selectors.problems(experiment),
            "sp_size": questions.plan_lines(experiment),
            "sp_steps": self._steps(request, experiment),
            **(extra_context or {}),
        }
        return super().change_view(request, object_id, form_url, context)

    def get_formset_kwargs(
        self, request: HttpRequest, obj: Any, inline: Any, prefix: str
    ) -> dict[str, Any]:
        """A new experiment begins with two variants, a careful ramp, a guardrail."""
        given = super().get_formset_kwargs(request, obj, inline, prefix)
        if obj.pk is None and request.method == "GET":
            given["initial"] = FIRST[type(inline)]
        return given

    def get_formsets_with_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        for formset, inline in super().get_formsets_with_inlines(request, obj):
            if obj is None:
                formset.extra = len(FIRST[type(inline)])
            yield formset, inline

    def save_model(
        self, request: HttpRequest, obj: Experiment, form: Any, change: bool
    ) -> None:
        if not change:
            obj.created_by = user_of(request)
        super().save_model(request, obj, form, change)

    def response_add(
        self, request: HttpRequest, obj: Experiment, post_url_continue: Any = None
    ) -> HttpResponse:
        messages.success(
            request, _("Saved as a draft; nobody sees anything of it yet.")
        )
        return _back(obj)

    def verb_view(
        self, request: HttpRequest, object_id: int, verb: str
    ) -> HttpResponse:
        """GET asks and says what will happen; POST does it."""
        if verb not in verbs.PERMISSIONS:
            raise Http404
        require(request, verbs.PERMISSIONS[verb])
        experiment = self.found(request, str(object_id))
        try:
            if request.method == "POST":
                verbs.do(experiment, verb, request.POST, user_of(request))
                messages.success(request, told_now(experiment))
                return _back(experiment)
            if verb not in questions.ASKING:
                return _back(experiment)
            return self._ask(request, experiment, verb)
        except services.RefusedError as refused:
            text = _("Nothing was changed: %(reason)s") % {"reason": refused}
            messages.error(request, text)
            return _back(experiment)

    def csv_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        experiment = self.found(request, str(object_id))
        return export.respond(selectors.result(experiment))

    def planner_view(self, request: HttpRequest) -> HttpResponse:
        self.may_view(request)
        return self.page(request, "planner.html", planner.page(request.GET))

    def holdout_view(self, request: HttpRequest) -> HttpResponse:
        self.may_view(request)
        return self.page(request, "holdout.html", holdout.page())

    def _report(self, request: HttpRequest, experiment: Experiment) -> HttpResponse:
        result = selectors.result(experiment)
        arms = list(experiment.arms.all())
        names = {arm.key: arm.name for arm in arms}
        trial = experiment.trial
        entries = experiment.entries.select_related("user")
        context = {
            **report.context(
                result,
                changes_of(arms),
                {arm["key"]: arm["weight"] for arm in trial.arms} if trial else {},
                trial.share if trial and trial.is_running else None,
                experiment.winner,
            ),
            "experiment": experiment,
            "shown_block": Block.objects.filter(slug=experiment.block).first(),
            "steps": self._steps(request, experiment, result),
            "history": [(each, told(each, names)) for each in entries],
            "late": listing.late() if experiment.state == State.RUNNING else "",
            "csv": reverse(f"admin:{PREFIX}_csv", args=[experiment.pk]),
        }
        if experiment.state == State.DECIDED:
            context["advice"] = listing.chosen(experiment)
        return self.page(request, "report.html", context)

    def _steps(
        self, request: HttpRequest, experiment: Experiment, result: Any = None
    ) -> list[tuple[verbs.Verb, str]]:
        """The buttons this user may press, with where they lead."""
        found = verbs.offered(experiment, result or selectors.result(experiment))
        return [
            (
                verb,
                reverse(f"admin:{PREFIX}_do", args=[experiment.pk, verb.name])
                + verb.query,
            )
            for verb in found
            if allowed(request, verb.permission)
        ]

    def _ask(
        self, request: HttpRequest, experiment: Experiment, verb: str
    ) -> HttpResponse:
        question = questions.question(experiment, verb, request.GET)
        context = {
            "title": question.title,
            "question": question,
            "experiment": experiment,
            "winner": request.GET.get("winner", ""),
        }
        return self.page(request, "confirm.html", context)


def told_now(experiment: Experiment) -> str:
    """What was just written into the history."""
    names = {arm.key: arm.name for arm in experiment.arms.all()}
    last = experiment.entries.first()
    return told(last, names) if last else ""


def _back(experiment: Experiment) -> HttpResponse:
    return redirect(f"admin:{PREFIX}_change", experiment.pk)
