"""The rules in the order in which they are heard: the first of two that disagree."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import JsonResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from shop_personalize.admin import rule_columns as columns
from shop_personalize.admin.access import allowed, note
from shop_personalize.admin.block_preview import Preview, compare, preview
from shop_personalize.admin.numbers import number
from shop_personalize.admin.preview_form import (
    RulePreviewForm,
    usual_block,
    usual_product,
)
from shop_personalize.admin.preview_page import (
    NEW,
    PreviewAdmin,
    asks,
    undone,
    wrong,
)
from shop_personalize.admin.products import search
from shop_personalize.admin.rule_conflicts import conflicts
from shop_personalize.admin.rule_effects import matches, sample_of, vocabulary
from shop_personalize.admin.rule_form import FIELDSETS, PRODUCTS, RuleForm
from shop_personalize.admin.rule_order import last_priority, move
from shop_personalize.admin.rule_places import known_of, rules_that_hold
from shop_personalize.admin.rule_words import rule_state, sentence
from shop_personalize.models import Rule

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse
    from django.utils.safestring import SafeString

OFFERED = 20
SHORTEST = 2
"""Letters from which on products are searched for."""
MAY_SEARCH = ("shop_personalize.view_rule", "shop_personalize.view_block")


@admin.register(Rule)
class RuleAdmin(PreviewAdmin):
    list_display = ["name", "for_whom", "state"]
    list_display_links = None
    list_filter = [columns.StateFilter, "action", "page", "audience"]
    list_select_related = ["block"]
    search_fields = ["name"]
    ordering = columns.ORDER
    sortable_by = ()
    actions = ["activate", "deactivate"]
    change_form_template = "admin/shop_personalize/rule_form.html"
    change_list_template = "admin/shop_personalize/rule_list.html"
    form = RuleForm
    fieldsets = FIELDSETS

    def get_fieldsets(self, request: HttpRequest, obj: Rule | None = None) -> Any:
        """Who may only look reads the sentence; raw conditions say nothing to them."""
        if obj is None or self.has_change_permission(request, obj):
            return self.fieldsets
        return [part for part in FIELDSETS if part is not PRODUCTS]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        given = {"priority": last_priority()}
        return {**given, **super().get_changeform_initial_data(request)}

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        places = cache(columns.places)
        known = cache(lambda: known_of(Rule.objects.all()))
        may_move = self.has_change_permission(request)

        @admin.display(description=_("goes"))
        def place(rule: Rule) -> SafeString:
            at = places()[rule.pk]
            return columns.place(rule, at, len(places()), may_move)

        @admin.display(description=_("rule"))
        def told(rule: Rule) -> SafeString:
            url = reverse("admin:shop_personalize_rule_change", args=[rule.pk])
            return format_html(
                '<a href="{}">{}</a><br>{}', url, rule.name, sentence(rule, known())
            )

        return [place, told, "for_whom", "state"]

    @admin.display(description=gettext_lazy("for whom"))
    def for_whom(self, rule: Rule) -> str:
        return rule.get_audience_display()

    @admin.display(description=gettext_lazy("state"))
    def state(self, rule: Rule) -> SafeString:
        found = rule_state(rule)
        return format_html(
            '<span class="sp-state sp-state-{}">{}</span>', found.code, found.text
        )

    def above_list(self, request: HttpRequest) -> dict[str, Any]:
        return {"title": _("Rules, in the order in which they are heard")}

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """With what the shop offers to choose from, and what the saved rule does."""
        rule = context.get("original")
        others = rules_that_hold()
        sample = sample_of([*others, *([rule] if rule else [])], request)
        fields = context["adminform"].form.fields
        if "conditions" in fields:
            fields["conditions"].widget.vocabulary = vocabulary(sample)
        context["sp_preview_url"] = reverse(
            "admin:shop_personalize_rule_preview", args=[rule.pk if rule else NEW]
        )
        if rule is not None:
            context |= {
                "sp_sentence": sentence(rule, known_of([rule])),
                "sp_state": rule_state(rule),
                "sp_matches": matches(rule, sample),
                "sp_conflicts": conflicts(rule, others, sample),
            }
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.action(
        description=gettext_lazy("Switch on the selected rules"),
        permissions=["change"],
    )
    def activate(self, request: HttpRequest, queryset: QuerySet[Rule]) -> None:
        count = self._switch(request, queryset, is_active=True)
        words = ngettext("%(n)s rule is on.", "%(n)s rules are on.", count)
        self.message_user(request, words % {"n": number(count)}, messages.SUCCESS)

    @admin.action(
        description=gettext_lazy("Switch off the selected rules"),
        permissions=["change"],
    )
    def deactivate(self, request: HttpRequest, queryset: QuerySet[Rule]) -> None:
        count = self._switch(request, queryset, is_active=False)
        words = ngettext("%(n)s rule is off.", "%(n)s rules are off.", count)
        self.message_user(request, words % {"n": number(count)}, messages.SUCCESS)

    def _switch(
        self, request: HttpRequest, queryset: QuerySet[Rule], *, is_active: bool
    ) -> int:
        """Only what is not yet so is changed and noted."""
        rules = list(queryset.filter(is_active=not is_active))
        queryset.update(is_active=is_active)
        for rule in rules:
            note(request, rule, _("Switched on.") if is_active else _("Switched off."))
        return len(rules)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        moves: list[URLPattern] = [
            path(
                f"<path:object_id>/{way}/",
                view(require_POST(self.move_view)),
                {"way": way},
                name=f"shop_personalize_rule_{way}",
            )
            for way in ("up", "down")
        ]
        products = path(
            "products/",
            view(require_GET(self.products_view)),
            name="shop_personalize_rule_products",
        )
        tried = path(
            "<path:object_id>/preview/",
            view(require_POST(self.preview_view)),
            name="shop_personalize_rule_preview",
        )
        return [products, tried, *moves, *super().get_urls()]

    def preview_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """A block as it would be with the rule as the form has it, unsaved."""
        rule = None if object_id == NEW else self.found(request, object_id)
        self.may_save(request, rule)
        block, name = None, rule.name if rule else _("new rule")
        result: Preview | None = wrong()
        form = RulePreviewForm({})
        with undone():
            draft = self.draft(request, rule)
            if draft is not None:
                usual = usual_block(draft)
                chosen = {
                    "preview-block": usual.pk if usual else "",
                    "preview-product": usual_product(usual),
                }
                form = RulePreviewForm(request.POST if asks(request.POST) else chosen)
                name, result = draft.name, None
            if draft is not None and form.is_valid():
                block = form.cleaned_data["block"]
                result = preview(request, block, form.cleaned_data, draft=draft)
        now = preview(request, block, form.cleaned_data) if block else None
        return self.preview_page(
            request,
            name,
            block,
            form,
            result,
            is_unsaved=True,
            compared=compare(now, result),
        )

    def products_view(self, request: HttpRequest) -> HttpResponse:
        """Products to choose from while somebody types a title."""
        if not any(allowed(request, each) for each in MAY_SEARCH):
            raise PermissionDenied
        text = request.GET.get("q", "").replace("\0", "").strip()
        found = search(text, OFFERED) if len(text) >= SHORTEST else []
        return JsonResponse({"products": found})

    def move_view(self, request: HttpRequest, object_id: str, way: Any) -> HttpResponse:
        rule = self.found(request, object_id)
        if not self.has_change_permission(request, rule):
            raise PermissionDenied
        place, neighbor = move(rule, way)
        if neighbor is not None:
            words = {"place": number(place), "other": neighbor.name}
            told = (
                _("Moved up to place %(place)s, before “%(other)s”.")
                if way == "up"
                else _("Moved down to place %(place)s, after “%(other)s”.")
            ) % words
            note(request, rule, told)
            self.message_user(request, f"{rule.name}: {told}", messages.SUCCESS)
        return redirect(reverse("admin:shop_personalize_rule_changelist"))
