from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition

from example_project.shop.models import Product
from example_project.shop.pictures import draw, draw_motif, edition


def tag(request: HttpRequest, **kwargs: object) -> str:
    return f'"{edition()}"'


@cache_control(public=True, max_age=86400)
def product(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Product.objects.select_related("category"), pk=pk)
    motif = found.category.motif if found.category else "box"
    return _svg(draw(found.title, fallback=motif, key=found.sku))


@cache_control(public=True, max_age=86400)
@condition(etag_func=tag)
def motif(request: HttpRequest, motif: str, color: str) -> HttpResponse:
    return _svg(draw_motif(motif, color))


def _svg(text: str) -> HttpResponse:
    return HttpResponse(text, content_type="image/svg+xml; charset=utf-8")
