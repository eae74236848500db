from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import FloatField, Prefetch, QuerySet, Sum
from django.forms.formsets import all_valid
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from shop_personalize.admin.access import PersonalizeAdmin, allowed
from shop_personalize.admin.block_form import FIELDSETS, BlockForm, relevance
from shop_personalize.admin.block_preview import (
    Preview,
    PreviewForm,
    offers,
    preview,
    tag_of,
)
from shop_personalize.admin.names import name_of
from shop_personalize.admin.numbers import number, percent
from shop_personalize.admin.rule_places import rules_of_block
from shop_personalize.admin.schedule import state_of
from shop_personalize.admin.sliders import Slider
from shop_personalize.models import Block, BlockDay, BlockStep

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest, HttpResponse
    from django.utils.safestring import SafeString

DAYS = 28
NEW = "new"


class StepInline(admin.TabularInline):
    """The chain; a step added goes to its end unless told otherwise."""

    model = BlockStep
    fields = ["position", "recommender"]
    extra = 1
    verbose_name_plural = gettext_lazy(
        "who is asked, in this order: each fills what the one before leaves empty"
    )

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> Any:
        field: Any = super().formfield_for_foreignkey(db_field, request, **kwargs)
        field.label_from_instance = lambda one: f"{name_of(one)} ({one.slug})"
        return field

    def get_formset(
        self, request: HttpRequest, obj: Block | None = None, **kwargs: Any
    ) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        if "position" in formset.form.base_fields:
            last = len(obj.steps.all()) if obj and obj.pk else 0
            formset.form.base_fields["position"].initial = last
        return formset


@admin.register(Block)
class BlockAdmin(PersonalizeAdmin):
    list_display = ["name", "page", "chain", "state", "look"]
    list_filter = ["page", "is_active"]
    search_fields = ["slug", "title"]
    ordering = ["page", "position", "slug"]
    inlines = [StepInline]
    prepopulated_fields = {"slug": ["title"]}
    change_form_template = "admin/shop_personalize/block_form.html"
    form = BlockForm
    formfield_overrides = {FloatField: {"widget": Slider}}
    fieldsets = FIELDSETS
    readonly_fields = ["relevance"]

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: Block | None = None
    ) -> dict[str, Any]:
        return {} if obj else super().get_prepopulated_fields(request, obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Block]:
        steps = BlockStep.objects.select_related("recommender").order_by("position")
        return (
            super()
            .get_queryset(request)
            .prefetch_related(Prefetch("steps", queryset=steps))
        )

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        led_to = cache(_led_to)

        @admin.display(description=_("clicked, last %(days)s days") % {"days": DAYS})
        def clicked(block: Block) -> str:
            shown, clicks = led_to().get(block.slug, (0, 0))
            if not shown:
                return _("not seen yet")
            words = {"clicks": number(clicks), "share": percent(clicks / shown)}
            return _("%(clicks)s · %(share)s of those seen") % words

        return ["name", "page", "chain", clicked, "state", "look"]

    @admin.display(description=gettext_lazy("block"), ordering="slug")
    def name(self, block: Block) -> SafeString:
        return format_html(
            '{}<br><span class="sp-quiet">{}</span>', _(block.title), block.slug
        )

    @admin.display(description=gettext_lazy("who is asked"))
    def chain(self, block: Block) -> str:
        return " → ".join(name_of(step.recommender) for step in block.steps.all())

    @admin.display(description=gettext_lazy("state"), ordering="is_active")
    def state(self, block: Block) -> SafeString:
        found = state_of(block)
        return format_html(
            '<span class="sp-state sp-state-{}">{}</span>', found.code, found.text
        )

    @admin.display(description=gettext_lazy("relevance"))
    def relevance(self, block: Block) -> SafeString:
        return relevance(block if block.pk else None)

    @admin.display(description="")
    def look(self, block: Block) -> SafeString:
        url = reverse("admin:shop_personalize_block_preview", args=[block.pk])
        return format_html('<a href="{}">{}</a>', url, _("Preview"))

    def get_urls(self) -> list[URLPattern]:
        either = require_http_methods(["GET", "POST"])
        return [
            path(
                "<path:object_id>/preview/",
                self.admin_site.admin_view(either(self.preview_view)),
                name="shop_personalize_block_preview",
            ),
            *super().get_urls(),
        ]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        block = self.get_object(request, object_id) if object_id else None
        context = {
            "sp_tag": tag_of(block) if block else "",
            "sp_rules": rules_of_block(block) if block else [],
            "sp_may_rule": allowed(request, "shop_personalize.add_rule"),
            "sp_preview_url": reverse(
                "admin:shop_personalize_block_preview", args=[object_id or NEW]
            ),
            **(extra_context or {}),
        }
        return super().changeform_view(request, object_id, form_url, context)

    def preview_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """GET: the block as it is saved. POST: as the form has it, without saving."""
        block = None if object_id == NEW else self.found(request, object_id)
        if request.method == "POST":
            return self._preview_unsaved(request, block)
        if block is None:
            raise PermissionDenied
        form = PreviewForm(_given(request))
        result = preview(request, block, form.cleaned_data) if form.is_valid() else None
        return self._preview_page(request, block, form, result)

    def _preview_unsaved(
        self, request: HttpRequest, block: Block | None
    ) -> HttpResponse:
        may = self.has_change_permission if block else self.has_add_permission
        if not (may(request, block) if block else may(request)):  # type: ignore[call-arg]
            raise PermissionDenied
        form = PreviewForm(request.POST if _asks(request.POST) else {})
        with _undone():
            draft = self._draft(request, block)
            if draft is None:
                wrong = _("The form has errors; go back and correct them first.")
                return self._preview_page(
                    request, block, form, Preview(error=wrong), carry=True
                )
            valid = form.is_valid()
            result = preview(request, draft, form.cleaned_data) if valid else None
        return self._preview_page(request, draft, form, result, carry=True)

    def _draft(self, request: HttpRequest, block: Block | None) -> Block | None:
        """Save what the form holds; the caller undoes it."""
        form = self.get_form(request, block, change=block is not None)(
            request.POST, instance=block
        )
        if not form.is_valid():
            return None
        draft: Block = form.save(commit=False)
        formsets = [
            formset(request.POST, instance=draft, prefix=formset.get_default_prefix())
            for formset, _inline in self.get_formsets_with_inlines(request, block)
        ]
        if not all_valid(formsets):
            return None
        draft.save()
        for formset in formsets:
            formset.save()
        return draft

    def _preview_page(
        self,
        request: HttpRequest,
        block: Block | None,
        form: PreviewForm,
        result: Preview | None,
        *,
        carry: bool = False,
    ) -> HttpResponse:
        name = _(block.title) if block else _("new block")
        kept = [
            (key, value)
            for key, values in request.POST.lists()
            for value in values
            if carry and not _is_ours(key)
        ]
        context = {
            "title": _("Preview of “%(block)s”") % {"block": name},
            "shown_block": block,
            "form": form,
            "result": result,
            "kept": kept,
            "is_unsaved": carry,
            "tag": tag_of(block) if block else "",
            **offers(),
        }
        return self.page(request, "preview.html", context)


def _is_ours(name: str) -> bool:
    return name.startswith("preview-") or name == "csrfmiddlewaretoken"


def _asks(data: Any) -> bool:
    return any(name.startswith("preview-") for name in data)


def _given(request: HttpRequest) -> dict[str, str]:
    """Links may say ``?visitor=…``; the page's own form says ``preview-visitor``."""
    return {
        f"preview-{name}": request.GET.get(f"preview-{name}", request.GET.get(name, ""))
        for name in PreviewForm.base_fields
    }


@contextmanager
def _undone() -> Iterator[None]:
    """What is written inside never happened."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _led_to() -> dict[str, tuple[int, int]]:
    since = timezone.localdate() - timedelta(days=DAYS - 1)
    sums = (
        BlockDay.objects.filter(day__gte=since)
        .values("block")
        .annotate(views=Sum("seen"), clicks=Sum("clicked"))
    )
    return {row["block"]: (row["views"], row["clicks"]) for row in sums}
