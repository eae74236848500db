from __future__ import annotations

from shop_personalize.admin.product import RecommendedHere
from tests.projects.gifts.with_products import urls_with

urlpatterns = urls_with(RecommendedHere)
