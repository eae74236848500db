from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import FloatField, Prefetch, QuerySet, Sum
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from shop_personalize.admin.access import allowed
from shop_personalize.admin.block_form import FIELDSETS, BlockForm, relevance
from shop_personalize.admin.block_preview import Preview, compare, preview, tag_of
from shop_personalize.admin.names import name_of
from shop_personalize.admin.numbers import number, percent
from shop_personalize.admin.preview_form import PreviewForm
from shop_personalize.admin.preview_page import (
    NEW,
    PreviewAdmin,
    asks,
    given,
    undone,
    wrong,
)
from shop_personalize.admin.rule_places import rules_of_block
from shop_personalize.admin.schedule import state_of
from shop_personalize.admin.sliders import Slider
from shop_personalize.models import Block, BlockDay, BlockStep

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.utils.safestring import SafeString

DAYS = 28


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
class BlockAdmin(PreviewAdmin):
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
            self.may_save(request, block)
            return self._preview_unsaved(request, block)
        if block is None:
            raise PermissionDenied
        form = PreviewForm(given(request, block))
        result = preview(request, block, form.cleaned_data) if form.is_valid() else None
        return self.preview_page(request, _(block.title), block, form, result)

    def _preview_unsaved(
        self, request: HttpRequest, block: Block | None
    ) -> HttpResponse:
        form = PreviewForm(request.POST if asks(request.POST) else {})
        valid = form.is_valid()
        now = preview(request, block, form.cleaned_data) if block and valid else None
        with undone():
            draft = self.draft(request, block)
            result: Preview | None = wrong()
            if draft is not None:
                asked = form.cleaned_data
                result = preview(request, draft, asked) if valid else None
        name = _(draft.title) if draft else _("new block")
        compared = compare(now, result)
        return self.preview_page(
            request, name, draft, form, result, is_unsaved=True, compared=compared
        )


def _led_to() -> dict[str, tuple[int, int]]:
    since = timezone.localdate() - timedelta(days=DAYS - 1)
    sums = (
        BlockDay.objects.filter(day__gte=since)
        .values("block")
        .annotate(views=Sum("seen"), clicks=Sum("clicked"))
    )
    return {row["block"]: (row["views"], row["clicks"]) for row in sums}
