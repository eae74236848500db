from __future__ import annotations

from django import forms
from django.contrib.auth.models import AnonymousUser, User
from django.db import transaction
from django.db.models import F, Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from example_project.shop.basket import Basket
from example_project.shop.mail import thank
from example_project.shop.models import Order, OrderLine, Product

PLACED = "placed_order"


class CheckoutForm(forms.Form):
    email = forms.EmailField(label=_("E-mail"))
    name = forms.CharField(label=_("Name"), max_length=80)
    address = forms.CharField(label=_("Address"), max_length=200)
    postcode = forms.CharField(label=_("Postcode"), max_length=12)


def checkout(request: HttpRequest) -> HttpResponse:
    basket = Basket(request.session)
    if not basket:
        return redirect("shop:basket")
    email = getattr(request.user, "email", "")
    form = CheckoutForm(request.POST or None, initial={"email": email})
    if request.method == "POST" and form.is_valid():
        order = place(basket, user=request.user, email=form.cleaned_data["email"])
        request.session[PLACED] = order.number
        thank(order, request)
        return redirect("shop:placed")
    return render(request, "shop/checkout.html", {"form": form})


def placed(request: HttpRequest) -> HttpResponse:
    order = get_object_or_404(Order, number=request.session.get(PLACED, 0))
    lines = list(order.lines.select_related("product"))
    context = {
        "order": order,
        "lines": lines,
        "bought": [line.product for line in lines],
    }
    return render(request, "shop/placed.html", context)


@transaction.atomic
def place(basket: Basket, *, user: User | AnonymousUser, email: str) -> Order:
    """Turn the basket into a paid order and take the goods off the shelf."""
    newest = Order.objects.aggregate(newest=Max("number"))["newest"] or 600_000
    order = Order.objects.create(
        number=newest + 1,
        user=user if isinstance(user, User) else None,
        email=email,
        total=basket.total,
        placed_at=timezone.now(),
    )
    for line in basket:
        OrderLine.objects.create(
            order=order,
            product=line.product,
            quantity=line.quantity,
            unit_price=line.product.price,
        )
        Product.objects.filter(pk=line.product.pk, stock__gte=line.quantity).update(
            stock=F("stock") - line.quantity
        )
    basket.clear()
    return order
