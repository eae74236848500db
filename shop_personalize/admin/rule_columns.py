"""What the list of rules shows beside their names: the place, and by what to filter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shop_personalize.admin.numbers import number
from shop_personalize.models import Rule

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest
    from django.utils.safestring import SafeString

ORDER = ("priority", "pk")


class StateFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[Any]:
        return [
            ("active", _("active now")),
            ("waiting", _("not yet begun")),
            ("over", _("over")),
            ("off", _("off")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        now = timezone.now()
        over, waiting = Q(ends_at__lte=now), Q(starts_at__gt=now)
        held = {
            "off": Q(is_active=False),
            "over": Q(is_active=True) & over,
            "waiting": Q(is_active=True) & ~over & waiting,
            "active": Q(is_active=True) & ~over & ~waiting,
        }
        wanted = held.get(self.value() or "")
        return queryset if wanted is None else queryset.filter(wanted)


def places() -> dict[int, int]:
    """The place of each rule in the order of all, whatever a list leaves out."""
    pks = Rule.objects.order_by(*ORDER).values_list("pk", flat=True)
    return {pk: at for at, pk in enumerate(pks, 1)}


def place(rule: Rule, at: int, last: int, may_move: bool) -> SafeString:
    if not may_move:
        return format_html("<b>{}</b>", number(at))
    return format_html(
        '<span class="sp-place"><b>{}</b>{}{}</span>',
        number(at),
        _arrow(rule, "up", "↑", _("Move “%(rule)s” up"), at > 1),
        _arrow(rule, "down", "↓", _("Move “%(rule)s” down"), at < last),
    )


def _arrow(rule: Rule, way: str, sign: str, words: str, can: bool) -> SafeString:
    return format_html(
        '<button class="sp-move" formaction="{}" aria-label="{}" title="{}"{}>{}'
        "</button>",
        reverse(f"admin:shop_personalize_rule_{way}", args=[rule.pk]),
        words % {"rule": rule.name},
        words % {"rule": rule.name},
        "" if can else " disabled",
        sign,
    )
