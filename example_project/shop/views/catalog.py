from __future__ import annotations

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _

from example_project.shop.departments import DEPARTMENTS
from example_project.shop.models import Category, Product
from shop_personalize import rank

PAGE = 24
SORTS = {
    "for-you": _("For you"),
    "new": _("Newest"),
    "price": _("Price, low to high"),
    "-price": _("Price, high to low"),
    "title": _("Name"),
}
ORDERINGS = {
    "new": ("-created", "pk"),
    "price": ("price", "pk"),
    "-price": ("-price", "pk"),
    "title": ("title", "pk"),
}


# What stands on the mantelpiece of the home page, and in which color.
SHELF = (
    ("teapot", "red"), ("bird", "turquoise"), ("cakestand", "pink"),
    ("lantern", "yellow"), ("rocket", "blue"), ("cushion", "green"), ("heart", "rose"),
    ("clock", "orange"),
)  # fmt: skip


def on_sale() -> QuerySet[Product]:
    return Product.objects.filter(available=True, stock__gt=0).select_related(
        "category"
    )


def home(request: HttpRequest) -> HttpResponse:
    context = {
        "products": on_sale().count(),
        "shelves": len(DEPARTMENTS),
        "shelf": SHELF,
    }
    return render(request, "shop/home.html", context)


def category(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Category, slug=slug)
    sort = request.GET.get("sort", "")
    sort = sort if sort in SORTS else "for-you"
    # The loader numbers products by what sold most: the shelf order of the shop.
    products = on_sale().filter(category=found).order_by("pk")
    if sort == "for-you":
        shown: QuerySet[Product] | list[Product] = list(rank(request, products))
    else:
        shown = products.order_by(*ORDERINGS[sort])
    page = Paginator(shown, PAGE).get_page(request.GET.get("page"))
    context = {
        "category": found,
        "page": page,
        "sort": sort,
        "sorts": SORTS,
        "keep": f"sort={sort}&",
    }
    return render(request, "shop/category.html", context)


def product(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    found = get_object_or_404(
        Product.objects.select_related("category"), pk=pk, available=True
    )
    return render(request, "shop/product.html", {"product": found})


def search(request: HttpRequest) -> HttpResponse:
    query = request.GET.get("q", "").replace("\0", "").strip()
    page = Paginator(matching(query), PAGE).get_page(request.GET.get("page"))
    # So the shop's owner learns which searches find nothing.
    request.personalize.results = page.paginator.count  # type: ignore[attr-defined]
    context = {"query": query, "page": page, "keep": urlencode({"q": query}) + "&"}
    return render(request, "shop/search.html", context)


def matching(query: str) -> QuerySet[Product]:
    """Products with every word of the query in the title, or the stock code."""
    if not query:
        return Product.objects.none()
    words = Q()
    for word in query.split()[:8]:
        words &= Q(title__icontains=word)
    return on_sale().filter(words | Q(sku__iexact=query)).order_by("pk")
