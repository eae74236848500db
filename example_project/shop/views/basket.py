from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from example_project.shop.basket import Basket
from example_project.shop.models import Product


def show(request: HttpRequest) -> HttpResponse:
    return render(request, "shop/basket.html")


@require_POST
def add(request: HttpRequest, pk: int) -> HttpResponse:
    product = get_object_or_404(Product, pk=pk, available=True, stock__gt=0)
    Basket(request.session).add(product, quantity(request))
    messages.success(request, _("%(title)s is in your basket.") % {"title": product})
    return redirect("shop:basket")


@require_POST
def change(request: HttpRequest, pk: int) -> HttpResponse:
    product = get_object_or_404(Product, pk=pk)
    Basket(request.session).set(product, quantity(request))
    return redirect("shop:basket")


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    Basket(request.session).set(get_object_or_404(Product, pk=pk), 0)
    return redirect("shop:basket")


def quantity(request: HttpRequest) -> int:
    """A whole number of at least 1; whatever else was sent means one."""
    text = request.POST.get("quantity", "1")
    return max(1, int(text)) if text.isdecimal() and len(text) < 6 else 1
