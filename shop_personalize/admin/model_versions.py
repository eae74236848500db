from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.shortcuts import redirect
from django.template.defaultfilters import filesizeformat
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from shop_personalize.admin.access import (
    PUBLISH,
    FactAdmin,
    allowed,
    note,
    require,
    user_of,
)
from shop_personalize.admin.methods import (
    compared,
    left_out,
    method_of,
    suits,
    title_of,
)
from shop_personalize.admin.metrics import comparison, over_time, quality, rows, verdict
from shop_personalize.admin.names import version_name
from shop_personalize.admin.numbers import NOTHING, duration, number
from shop_personalize.models import Block, ModelVersion

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, HttpResponseBase
    from django.utils.safestring import SafeString

logger = logging.getLogger("shop_personalize")
Status = ModelVersion.Status
ICONS = {"candidate": "○", "live": "✔", "retired": NOTHING, "rejected": "✖"}
HISTORY = 30


def headline(version: ModelVersion) -> str:
    words = {
        "version": version_name(version),
        "status": version.get_status_display(),
        "verdict": verdict(version),
    }
    if words["verdict"]:
        return _("%(version)s is %(status)s: %(verdict)s") % words
    return _("%(version)s is %(status)s") % words


def before(version: ModelVersion) -> ModelVersion | None:
    """The version a rollback returns to: what ``training.publish.rollback`` takes."""
    return (
        version.recommender.versions.filter(
            status=Status.RETIRED, number__lt=version.number
        )
        .exclude(artifact="")
        .order_by("-number")
        .first()
    )


@admin.register(ModelVersion)
class ModelVersionAdmin(FactAdmin):
    list_display = [
        "name",
        "status_shown",
        "quality_shown",
        "items_shown",
        "data",
        "made",
    ]
    list_filter = ["status", "recommender"]
    list_select_related = ["recommender"]
    ordering = ["-created_at", "-number"]
    change_form_template = "admin/shop_personalize/version_form.html"
    change_list_template = "admin/shop_personalize/version_list.html"
    fieldsets = [
        (
            gettext_lazy("How it was made"),
            {
                "fields": [
                    ("job", "created_at", "published_at"),
                    ("items_shown", "data", "trained_until"),
                    ("fit_shown", "size_shown"),
                    "params",
                    "artifact",
                ]
            },
        )
    ]
    readonly_fields = ["items_shown", "data", "fit_shown", "size_shown"]

    @admin.display(description=gettext_lazy("version"), ordering="recommender__slug")
    def name(self, version: ModelVersion) -> str:
        return version_name(version)

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def status_shown(self, version: ModelVersion) -> SafeString:
        return format_html(
            '<span class="sp-state sp-state-{}">{} {}</span><br>'
            '<span class="sp-quiet">{}</span>',
            version.status,
            ICONS[version.status],
            version.get_status_display(),
            version.reason,
        )

    @admin.display(description=gettext_lazy("quality"))
    def quality_shown(self, version: ModelVersion) -> SafeString:
        return format_html(
            '{}<br><span class="sp-quiet">{}</span>',
            number(quality(version), 3) if quality(version) is not None else NOTHING,
            verdict(version),
        )

    @admin.display(description=gettext_lazy("products"), ordering="items")
    def items_shown(self, version: ModelVersion) -> str:
        return number(version.items)

    @admin.display(description=gettext_lazy("interactions"), ordering="interactions")
    def data(self, version: ModelVersion) -> str:
        return number(version.interactions)

    @admin.display(description=gettext_lazy("made"), ordering="created_at")
    def made(self, version: ModelVersion) -> Any:
        return version.created_at

    @admin.display(description=gettext_lazy("training took"))
    def fit_shown(self, version: ModelVersion) -> str:
        return duration(version.fit_seconds)

    @admin.display(description=gettext_lazy("size"))
    def size_shown(self, version: ModelVersion) -> str:
        return filesizeformat(version.size_bytes)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        either = require_http_methods(["GET", "POST"])
        return [
            path(
                "<path:object_id>/publish/",
                view(either(self.publish_view)),
                name="shop_personalize_modelversion_publish",
            ),
            path(
                "<path:object_id>/rollback/",
                view(either(self.rollback_view)),
                name="shop_personalize_modelversion_rollback",
            ),
            *super().get_urls(),
        ]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        version = self.get_object(request, object_id)
        context = _summary(request, version) if version else {}
        response = super().change_view(
            request, object_id, form_url, {**context, **(extra_context or {})}
        )
        if version and hasattr(response, "context_data"):
            response.context_data["title"] = headline(version)
            response.context_data["subtitle"] = None
        return response

    def publish_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """GET asks and says what will happen; POST does it."""
        require(request, PUBLISH)
        version = self.found(request, object_id)
        if version.status == Status.LIVE:
            messages.info(
                request,
                _("%(version)s is live already.") % {"version": version_name(version)},
            )
            return _back(version)
        if request.method != "POST":
            return self._ask(request, version, version.recommender.live_version)
        return self._publish(request, version)

    def rollback_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """Back to the version before; GET asks, POST does it."""
        require(request, PUBLISH)
        version = self.found(request, object_id)
        target = before(version)
        if version.status != Status.LIVE or target is None:
            messages.info(request, _("There is no earlier version to return to."))
            return _back(version)
        if request.method != "POST":
            return self._ask(request, target, version, rollback=True)
        return self._roll_back(request, version)

    def _publish(self, request: HttpRequest, version: ModelVersion) -> HttpResponseBase:
        from shop_personalize.training.errors import Fenced, PublishError
        from shop_personalize.training.publish import publish

        try:
            publish(version, user=user_of(request))
        except (Fenced, PublishError) as error:
            return self._refused(request, version, error)
        done = _("%(version)s is live now.") % {"version": version_name(version)}
        messages.success(request, done)
        return _back(version)

    def _roll_back(
        self, request: HttpRequest, version: ModelVersion
    ) -> HttpResponseBase:
        from shop_personalize.training.errors import Fenced, PublishError
        from shop_personalize.training.publish import rollback

        try:
            now_live = rollback(version.recommender, user=user_of(request))
        except (Fenced, PublishError) as error:
            return self._refused(request, version, error)
        words = {"old": version_name(version), "new": version_name(now_live)}
        note(request, version, _("Rolled back to %(new)s.") % words)
        done = _("%(new)s is live again, instead of %(old)s.") % words
        messages.success(request, done)
        return _back(now_live)

    def _refused(
        self, request: HttpRequest, version: ModelVersion, error: Exception
    ) -> HttpResponseBase:
        logger.warning("publishing %s was refused", version, exc_info=error)
        text = _("Nothing was changed: %(reason)s") % {"reason": error}
        messages.error(request, text)
        return _back(version)

    def _ask(
        self,
        request: HttpRequest,
        new: ModelVersion,
        old: ModelVersion | None,
        *,
        rollback: bool = False,
    ) -> HttpResponse:
        blocks = Block.objects.filter(
            is_active=True, steps__recommender=new.recommender
        ).distinct()
        return self.page(
            request,
            "confirm.html",
            {
                "title": _("Return to %(version)s?") % {"version": version_name(new)}
                if rollback
                else _("Put %(version)s on the shop's pages?")
                % {"version": version_name(new)},
                "new": version_name(new),
                "old": version_name(old) if old else "",
                "back": (old if rollback and old else new).pk,
                "is_rollback": rollback,
                "sides": _sides(new, old),
                "blocks": list(blocks),
                "where": ngettext(
                    "%(count)s block shows it from the next request on.",
                    "%(count)s blocks show it from the next request on.",
                    len(blocks),
                )
                % {"count": number(len(blocks))},
                "warning": new.reason if new.status == Status.REJECTED else "",
            },
        )


def _back(version: ModelVersion) -> HttpResponseBase:
    return redirect(
        reverse("admin:shop_personalize_modelversion_change", args=[version.pk])
    )


def _sides(new: ModelVersion, old: ModelVersion | None) -> list[tuple[str, str, str]]:
    """What changes, in numbers: name, now, then."""

    def side(version: ModelVersion | None) -> list[str]:
        if version is None:
            return [NOTHING] * 4
        return [
            f"v{version.number}",
            number(quality(version), 3) if quality(version) is not None else NOTHING,
            number(version.items),
            number(version.interactions),
        ]

    names = [
        _("version"),
        _("right products on top"),
        _("products it knows"),
        _("interactions it learned from"),
    ]
    return list(zip(names, side(old), side(new), strict=True))


def _summary(request: HttpRequest, version: ModelVersion) -> dict[str, Any]:
    recent = version.recommender.versions.order_by("-number")[:HISTORY]
    may = allowed(request, PUBLISH)
    live = version.status == Status.LIVE
    return {
        "sp_version": version,
        "sp_icon": ICONS[version.status],
        "sp_rows": rows(version),
        "sp_comparison": comparison(version),
        "sp_history": over_time(list(recent)[::-1]),
        "sp_suits": suits(version),
        "sp_methods": compared(version),
        "sp_left_out": left_out(version),
        "sp_method": title_of(method_of(version), version.recommender),
        "sp_may_publish": may and not live,
        "sp_may_roll_back": may and live and before(version) is not None,
    }
