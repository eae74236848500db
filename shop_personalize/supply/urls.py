"""URLs of the slice, to be included beside those of the core::

path("personalize/supply/", include("shop_personalize.supply.urls")),
"""

from __future__ import annotations

from django.urls import path

from shop_personalize.supply.api import (
    ApproveView,
    ChangeView,
    DismissView,
    ForecastView,
    OrderView,
    PurchaseView,
    ReceiveView,
    ReordersView,
    StatesView,
)

app_name = "shop_personalize_supply"

urlpatterns = [
    path("forecasts/<str:item_id>/", ForecastView.as_view(), name="forecast"),
    path("stock/", StatesView.as_view(), name="stock"),
    path("reorders/", ReordersView.as_view(), name="reorders"),
    path("reorders/<int:pk>/approve/", ApproveView.as_view(), name="approve"),
    path("reorders/<int:pk>/change/", ChangeView.as_view(), name="change"),
    path("reorders/<int:pk>/dismiss/", DismissView.as_view(), name="dismiss"),
    path("reorders/<int:pk>/order/", OrderView.as_view(), name="order"),
    path("reorders/<int:pk>/receive/", ReceiveView.as_view(), name="receive"),
    path("purchase/<str:supplier>.csv", PurchaseView.as_view(), name="purchase"),
]
