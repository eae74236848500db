from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.contrib.auth.views import LoginView
from django.core.paginator import Paginator
from django.db.models import Count, Max, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext

from example_project.shop.models import Order, OrderLine

DEMO_PASSWORD = "teasel"  # noqa: S105  printed on the login page of a demo
OFFERED = 8


class Login(LoginView):
    template_name = "shop/login.html"
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        offered = [(user, favorite(user)) for user in demo_customers()]
        return super().get_context_data(
            **kwargs, offered=offered, demo_password=DEMO_PASSWORD
        )


def demo_customers() -> QuerySet[User]:
    """A few customers who were here lately, with histories of different length."""
    lately = (
        Order.objects.filter(user__isnull=False, total__lt=2000)
        .order_by("-placed_at")
        .values_list("user", flat=True)[:200]
    )
    return (
        User.objects.filter(pk__in=list(lately), is_staff=False)
        .annotate(
            placed=Count("orders"),
            spent=Sum("orders__total"),
            last=Max("orders__placed_at"),
        )
        .filter(placed__range=(3, 30))
        .order_by("-last")[:OFFERED]
    )


def favorite(user: User) -> str:
    """The name of the category a customer bought most from."""
    name = (
        OrderLine.objects.filter(order__user=user, product__category__isnull=False)
        .values_list("product__category__name")
        .annotate(n=Count("pk"))
        .order_by("-n")
        .values_list("product__category__name", flat=True)
        .first()
    )
    return gettext(name) if name else ""


@login_required
def orders(request: HttpRequest) -> HttpResponse:
    own = Order.objects.filter(user=request.user).annotate(items=Count("lines"))
    page = Paginator(own.order_by("-placed_at"), 10).get_page(request.GET.get("page"))
    return render(request, "shop/account.html", {"page": page})


@login_required
def order(request: HttpRequest, number: int) -> HttpResponse:
    found = get_object_or_404(Order, number=number, user=request.user)
    lines = found.lines.select_related("product__category")
    return render(request, "shop/order.html", {"order": found, "lines": lines})
