from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from tests.projects.gifts import views

urlpatterns = [
    path("", views.home, name="home"),
    path("product/<int:pk>/", views.product, name="product"),
    path("basket/", views.basket, name="basket"),
    path("basket/add/<int:pk>/", views.basket_add, name="basket_add"),
    path("checkout/", views.checkout, name="checkout"),
    path("search/", views.search, name="search"),
    path("login/", views.login_view, name="login"),
    path("logout/", views.logout_view, name="logout"),
    path("personalize/", include("shop_personalize.urls")),
    path("personalize/experiments/", include("shop_personalize.experiments.urls")),
    path("personalize/pricing/", include("shop_personalize.pricing.urls")),
    path("personalize/supply/", include("shop_personalize.supply.urls")),
    path("admin/", admin.site.urls),
]
