from __future__ import annotations

from shop_personalize.supply.admin.product import SuppliedHere
from tests.projects.gifts.with_products import urls_with

urlpatterns = urls_with(SuppliedHere)
