"""Who may do what, and that it is written down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.options import get_content_type_for_model
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.forms import Media
from django.forms.widgets import Script
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.functional import cached_property

if TYPE_CHECKING:
    from django.db import models

TRAIN = "shop_personalize.train_recommender"
PUBLISH = "shop_personalize.publish_modelversion"
EXPORT = "shop_personalize.export_interactions"

COUNTED = 10_000
"""Rows a list counts; beyond, it only says that there are more."""


def allowed(request: HttpRequest, permission: str) -> bool:
    return bool(request.user.has_perm(permission))


def require(request: HttpRequest, permission: str) -> None:
    if not allowed(request, permission):
        raise PermissionDenied


def user_of(request: HttpRequest) -> Any:
    """Who asks; the admin has seen to it that somebody is logged in."""
    return request.user


def note(request: HttpRequest, obj: models.Model, message: str) -> None:
    """Write into the object's history who did what."""
    _write(request, obj, str(obj.pk), str(obj), message)


def note_all(request: HttpRequest, model: type[models.Model], message: str) -> None:
    """The same for something done to many rows at once."""
    _write(request, model, None, message, message)


def _write(
    request: HttpRequest, of: Any, pk: str | None, name: str, message: str
) -> None:
    LogEntry.objects.create(
        user=user_of(request),
        content_type_id=get_content_type_for_model(of).pk,
        object_id=pk,
        object_repr=name[:200],
        action_flag=CHANGE,
        change_message=message,
    )


class BoundedPaginator(Paginator):
    """Counts at most ``COUNTED`` rows: a count of all rows is a scan of all rows."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[: COUNTED + 1].count())


class PersonalizeAdmin(admin.ModelAdmin):
    """What all our pages share: style, script, pages of their own, guarded actions."""

    show_full_result_count = False
    folder = "shop_personalize"
    """Where its pages' templates lie, below ``admin/``."""

    @property
    def media(self) -> Media:
        script: Any = Script("shop_personalize/admin.js", defer=True)
        style: dict[str, Any] = {"all": ("shop_personalize/admin.css",)}
        return super().media + Media(css=style, js=[script])

    def above_list(self, request: HttpRequest) -> dict[str, Any]:
        """The list's ``title``, and whatever else its template asks for."""
        return {}

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        action = request.POST.get("action", "")
        if action in (self.actions or ()) and action not in self.get_actions(request):
            raise PermissionDenied
        context = {**self.above_list(request), **(extra_context or {})}
        return super().changelist_view(request, context)

    def page(
        self, request: HttpRequest, template: str, context: dict[str, Any]
    ) -> TemplateResponse:
        """A page beside the usual list and form."""
        request.current_app = self.admin_site.name
        shared = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
        }
        name = f"admin/{self.folder}/{template}"
        return TemplateResponse(request, name, {**shared, **context})

    def may_view(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied

    def found(self, request: HttpRequest, object_id: str) -> Any:
        """The row, for those who may see it."""
        obj = self.get_object(request, object_id)
        if obj is None:
            raise Http404
        if not self.has_view_permission(request, obj):
            raise PermissionDenied
        return obj


class FactAdmin(PersonalizeAdmin):
    """Rows that tell what happened: looked at, never edited."""

    paginator = BoundedPaginator
    show_facets = admin.ShowFacets.NEVER
    list_max_show_all = 0

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
