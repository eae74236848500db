"""What to order, decided on one page: approve, change, dismiss, then order, receive."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.paginator import Page, Paginator
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from shop_personalize.admin.access import FactAdmin, allowed, require, user_of
from shop_personalize.admin.numbers import money, number
from shop_personalize.supply import words
from shop_personalize.supply.admin.base import APP, SupplyMedia
from shop_personalize.supply.admin.rows import titled
from shop_personalize.supply.keys import is_whole, key_of
from shop_personalize.supply.models import Reorder, Supplier
from shop_personalize.supply.selectors import purchase
from shop_personalize.supply.services import deciding
from shop_personalize.supply.services.refused import RefusedError

if TYPE_CHECKING:
    from django.http import HttpRequest, QueryDict

State = Reorder.State
DECIDE = f"{APP}.decide_reorder"
PAGE = 25
LISTS: dict[str, tuple[Any, tuple[State, ...]]] = {
    "open": (gettext_lazy("to be decided"), (State.OPEN,)),
    "approved": (gettext_lazy("approved"), (State.APPROVED, State.CHANGED)),
    "ordered": (gettext_lazy("on order"), (State.ORDERED,)),
    "received": (gettext_lazy("received"), (State.RECEIVED,)),
    "dismissed": (gettext_lazy("dismissed"), (State.DISMISSED,)),
}
BUTTONS = {
    "open": (
        ("approve", gettext_lazy("Approve what is ticked"), True),
        ("dismiss", gettext_lazy("Dismiss what is ticked"), False),
    ),
    "approved": (
        ("order", gettext_lazy("Ordered: what is ticked"), True),
        ("approve", gettext_lazy("Change the quantities"), False),
        ("dismiss", gettext_lazy("Dismiss what is ticked"), False),
    ),
    "ordered": (("receive", gettext_lazy("Received: what is ticked"), True),),
}
EVERY = {
    "open": ("approve", gettext_lazy("Approve all on this page")),
    "approved": ("order", gettext_lazy("Ordered: all on this page")),
    "ordered": ("receive", gettext_lazy("Received: all on this page")),
}
NOBODY = "none"


@admin.register(Reorder)
class ReorderAdmin(SupplyMedia, FactAdmin):
    folder = APP

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        name = f"{APP}_reorder"
        return [
            path("", view(require_GET(self.list_view)), name=f"{name}_changelist"),
            path(
                "decide/", view(require_POST(self.decide_view)), name=f"{name}_decide"
            ),
            path(
                "purchase/<slug:supplier>.csv",
                view(require_GET(self.csv_view)),
                name=f"{name}_csv",
            ),
        ]

    def list_view(self, request: HttpRequest) -> HttpResponse:
        self.may_view(request)
        shown, supplier = _asked(request.GET)
        page = Paginator(_rows(shown, supplier), PAGE).get_page(request.GET.get("p"))
        may_decide = allowed(request, DECIDE)
        context = {
            "title": _headline(shown, page),
            "shown": shown,
            "lists": _tabs(shown, supplier),
            "suppliers": _suppliers(shown, supplier),
            "page": page,
            "rows": _told(list(page)),
            "buttons": BUTTONS.get(shown, ()) if may_decide else (),
            "every": EVERY.get(shown),
            "may_edit": may_decide and shown in BUTTONS,
            "asks_reason": shown in {"open", "approved"},
            "orders": [_order(each) for each in purchase.pending()]
            if shown == "approved"
            else [],
            "query": _query(shown, supplier),
        }
        return self.page(request, "reorders.html", context)

    def decide_view(self, request: HttpRequest) -> HttpResponse:
        """Every row on its own: what one refuses does not keep back the others."""
        require(request, DECIDE)
        given = request.POST
        every = given.get("every", "")
        verb = VERBS.get(every or given.get("verb", ""))
        shown, supplier = _asked(given)
        named = given.getlist("on-page" if every else "row")
        ticked = [pk for each in named if (pk := key_of(each))]
        if verb is None or not ticked:
            messages.warning(request, _("Nothing was ticked, so nothing was done."))
            return _back(shown, supplier)
        done, refused = 0, []
        for row in Reorder.objects.filter(pk__in=ticked[:PAGE]):
            try:
                verb(row, given, user_of(request))
                done += 1
            except RefusedError as error:
                refused.append(str(error))
        gone = len(ticked[:PAGE]) - done - len(refused)
        _say(request, done, refused, gone)
        return _back(shown, supplier)

    def csv_view(self, request: HttpRequest, supplier: str) -> HttpResponse:
        self.may_view(request)
        require(request, DECIDE)
        row = None if supplier == NOBODY else _supplier(supplier)
        name = f"purchase-order-{supplier}.csv"
        return HttpResponse(
            # The mark by which a spreadsheet knows UTF-8.
            "\N{ZERO WIDTH NO-BREAK SPACE}" + purchase.as_csv(row),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )


def _supplier(pk: str) -> Supplier:
    return get_object_or_404(Supplier, pk=key_of(pk))


def quantity_of(row: Reorder, given: QueryDict) -> int:
    text = given.get(f"quantity-{row.pk}", str(row.quantity)).strip()
    if not is_whole(text):
        told = _("The quantity of “%(row)s” must be a whole number, not “%(text)s”.")
        raise RefusedError(told % {"row": row, "text": text[:20]})
    return int(text)


def _approve(row: Reorder, given: QueryDict, user: Any) -> None:
    wanted = quantity_of(row, given)
    if row.state == State.OPEN and wanted == row.quantity:
        deciding.approve(row, user=user)
    else:
        deciding.change(row, quantity=wanted, user=user)


def _dismiss(row: Reorder, given: QueryDict, user: Any) -> None:
    deciding.dismiss(row, reason=given.get("reason", ""), user=user)


def _order_now(row: Reorder, given: QueryDict, user: Any) -> None:
    """What was written beside the tick is what was ordered."""
    wanted = quantity_of(row, given)
    with transaction.atomic():
        if wanted != row.quantity:
            deciding.change(row, quantity=wanted, user=user)
        deciding.order(row, user=user)


def _receive(row: Reorder, given: QueryDict, user: Any) -> None:
    deciding.receive(row, quantity=quantity_of(row, given), user=user)


VERBS: dict[str, Callable[[Reorder, QueryDict, Any], None]] = {
    "approve": _approve,
    "dismiss": _dismiss,
    "order": _order_now,
    "receive": _receive,
}


def _asked(given: QueryDict) -> tuple[str, str]:
    shown = given.get("show", "open")
    return shown if shown in LISTS else "open", given.get("supplier", "")


def _query(shown: str, supplier: str) -> str:
    told = {"show": shown, "supplier": supplier}
    return urlencode({key: value for key, value in told.items() if value})


def _address(shown: str, supplier: str) -> str:
    url = reverse(f"admin:{APP}_reorder_changelist")
    return f"{url}?{_query(shown, supplier)}"


def _back(shown: str, supplier: str) -> HttpResponse:
    return redirect(_address(shown, supplier))


def _rows(shown: str, supplier: str) -> QuerySet[Reorder]:
    rows = Reorder.objects.filter(state__in=LISTS[shown][1])
    if supplier == NOBODY:
        rows = rows.filter(supplier=None)
    elif key := key_of(supplier):
        rows = rows.filter(supplier=key)
    if shown in {"received", "dismissed"}:
        rows = rows.order_by("-decided_at", "-pk")
    return rows.select_related("supplier", "decided_by")


def _tabs(shown: str, supplier: str) -> list[tuple[Any, str, str, bool]]:
    counted: dict[str, Any] = Reorder.objects.aggregate(
        **{
            name: Count("pk", filter=Q(state__in=states))
            for name, (_title, states) in LISTS.items()
        }
    )
    return [
        (title, number(counted[name]), _address(name, supplier), name == shown)
        for name, (title, _states) in LISTS.items()
    ]


def _suppliers(shown: str, chosen: str) -> list[tuple[str, str, bool]]:
    known = [(str(one.pk), one.name) for one in Supplier.objects.all()]
    if not known:
        return []
    every = [("", _("every supplier")), *known, (NOBODY, _("no supplier"))]
    return [(name, _address(shown, key), key == chosen) for key, name in every]


def _headline(shown: str, page: Page) -> str:
    count = page.paginator.count
    if shown == "open":
        if not count:
            return _("Nothing has to be ordered now")
        told = ngettext(
            "%(n)s product should be ordered", "%(n)s products should be ordered", count
        )
        return told % {"n": number(count)}
    words_of = {"state": LISTS[shown][0], "n": number(count)}
    return _("Orders that are %(state)s: %(n)s") % words_of


def _told(rows: list[Reorder]) -> list[dict[str, Any]]:
    return [
        {
            **told,
            "when": words.by_when(row.order_by),
            "due": date_format(row.due_on, "SHORT_DATE_FORMAT") if row.due_on else "",
        }
        for row, told in zip(rows, titled(rows), strict=True)
    ]


def _order(each: purchase.Order) -> dict[str, Any]:
    key = str(each.supplier.pk) if each.supplier else NOBODY
    below = ""
    if each.missing:
        told = _("%(value)s below the minimum order value")
        below = told % {"value": money(each.missing, each.currency)}
    return {
        "name": str(each.supplier or _("no supplier")),
        "email": each.supplier.email if each.supplier else "",
        "lines": number(each.lines),
        "units": number(each.units),
        "value": money(each.value, each.currency),
        "below": below,
        "csv": reverse(f"admin:{APP}_reorder_csv", args=[key]),
    }


def _say(request: HttpRequest, done: int, refused: list[str], gone: int) -> None:
    if done:
        told = ngettext("%(n)s row was changed.", "%(n)s rows were changed.", done)
        messages.success(request, told % {"n": number(done)})
    for text in refused[:5]:
        messages.error(request, text)
    if gone > 0:
        told = ngettext(
            "%(n)s suggestion was replaced by a newer one.",
            "%(n)s suggestions were replaced by newer ones.",
            gone,
        )
        messages.warning(request, told % {"n": number(gone)})
