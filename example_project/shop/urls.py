from __future__ import annotations

from django.contrib.auth.views import LogoutView
from django.urls import path

from example_project.shop.views import account, basket, catalog, checkout, pictures

app_name = "shop"
urlpatterns = [
    path("", catalog.home, name="home"),
    path("category/<slug:slug>/", catalog.category, name="category"),
    path("product/<int:pk>/<slug:slug>/", catalog.product, name="product"),
    path("search/", catalog.search, name="search"),
    path("basket/", basket.show, name="basket"),
    path("basket/add/", basket.add_all, name="basket-add-all"),
    path("basket/add/<int:pk>/", basket.add, name="basket-add"),
    path("basket/change/<int:pk>/", basket.change, name="basket-change"),
    path("basket/remove/<int:pk>/", basket.remove, name="basket-remove"),
    path("checkout/", checkout.checkout, name="checkout"),
    path("order/placed/", checkout.placed, name="placed"),
    path("account/", account.orders, name="account"),
    path("account/order/<int:number>/", account.order, name="order"),
    path("login/", account.Login.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("picture/<int:pk>.svg", pictures.product, name="picture"),
    path("picture/<slug:motif>/<slug:color>.svg", pictures.motif, name="motif"),
]
