from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from example_project.shop.basket import Basket
from example_project.shop.models import Category


def shop(request: HttpRequest) -> dict[str, Any]:
    """What the frame of every page shows."""
    return {
        "basket": Basket(request.session),
        "departments": SimpleLazyObject(lambda: list(Category.objects.all())),
        "languages": settings.LANGUAGES,
    }
