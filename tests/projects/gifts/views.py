from __future__ import annotations

from django.contrib.auth import authenticate, login, logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from tests.projects.gifts.models import Order, OrderItem, Product


def home(request: HttpRequest) -> HttpResponse:
    return render(request, "gifts/home.html")


def product(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Product, pk=pk)
    return render(request, "gifts/product.html", {"product": found})


def basket(request: HttpRequest) -> HttpResponse:
    pks = [int(pk) for pk in request.session.get("basket", {})]
    products = list(Product.objects.filter(pk__in=pks))
    return render(request, "gifts/basket.html", {"basket": products})


@csrf_exempt
def basket_add(request: HttpRequest, pk: int) -> HttpResponse:
    basket = request.session.setdefault("basket", {})
    basket[str(pk)] = basket.get(str(pk), 0) + int(request.POST.get("quantity", 1))
    request.session.modified = True
    return redirect("basket")


@csrf_exempt
@transaction.atomic
def checkout(request: HttpRequest) -> HttpResponse:
    order = Order.objects.create(
        user=request.user if request.user.is_authenticated else None,
        email=request.POST.get("email", ""),
        created=timezone.now(),
        paid=request.POST.get("paid", "1") == "1",
    )
    for pk, quantity in request.session.pop("basket", {}).items():
        found = Product.objects.get(pk=pk)
        OrderItem.objects.create(
            order=order, product=found, quantity=quantity, price=found.price
        )
    return HttpResponse(f"order {order.pk}")


def search(request: HttpRequest) -> HttpResponse:
    found = Product.objects.filter(name__icontains=request.GET.get("q", ""))
    return render(request, "gifts/search.html", {"products": found})


@csrf_exempt
def login_view(request: HttpRequest) -> HttpResponse:
    user = authenticate(
        request, username=request.POST["username"], password=request.POST["password"]
    )
    if user is None:
        return HttpResponse("no", status=403)
    login(request, user)
    return redirect("home")


def logout_view(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("home")
