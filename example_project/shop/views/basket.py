from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from example_project.shop.basket import Basket
from example_project.shop.models import Product
from shop_personalize import track
from shop_personalize.attribution import unsign

MOST_OF_A_SET = 8


def show(request: HttpRequest) -> HttpResponse:
    return render(request, "shop/basket.html")


@require_POST
def add(request: HttpRequest, pk: int) -> HttpResponse:
    product = get_object_or_404(Product, pk=pk, available=True, stock__gt=0)
    Basket(request.session).add(product, quantity(request))
    messages.success(request, _("%(title)s is in your basket.") % {"title": product})
    return redirect("shop:basket")


@require_POST
def add_all(request: HttpRequest) -> HttpResponse:
    """A set as a page has offered it: the tokens say that it did."""
    pks, rids = request.POST.getlist("product"), request.POST.getlist("sp_rid")
    asked = [pk for pk in pks if pk.isdecimal() and len(pk) < 10][:MOST_OF_A_SET]
    for_sale = Product.objects.filter(available=True, stock__gt=0).in_bulk(asked)
    found = [product for pk in asked if (product := for_sale.get(int(pk)))]
    basket = Basket(request.session)
    if len(found) == len(pks) and _is_offered(pks, rids):
        basket.add_set(found)
    else:
        for product in found:
            basket.add(product, 1)
    for product, rid in zip(found, rids, strict=False):
        track("add_to_cart", product, request=request, rid=rid)
    messages.success(request, _("The set is in your basket."))
    return redirect("shop:basket")


def _is_offered(pks: list[str], rids: list[str]) -> bool:
    """The first is the page's own product, the others were recommended with it."""
    if len(pks) < 2 or len(pks) != len(rids):
        return False
    tokens = [unsign(rid) for rid in rids[1:]]
    return all(
        token is not None and token.block == "product-bundle" and token.covers(pk)
        for token, pk in zip(tokens, pks[1:], strict=True)
    )


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
