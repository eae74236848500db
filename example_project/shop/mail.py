"""The letter after an order. The demo writes it to a file instead of sending it."""

from __future__ import annotations

from django.core.mail import EmailMultiAlternatives
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from example_project.shop.models import Order


def thank(order: Order, request: HttpRequest) -> None:
    lines = list(order.lines.select_related("product"))
    context = {
        "order": order,
        "lines": lines,
        "bought": [line.product for line in lines],
        "reader": order.user or order.email,
        "shop_url": request.build_absolute_uri("/"),
    }
    letter = EmailMultiAlternatives(
        subject=_("Your order %(number)s") % {"number": order.number},
        body=render_to_string("shop/mail/placed.txt", context),
        to=[order.email],
    )
    page = render_to_string("shop/mail/placed.html", context)
    letter.attach_alternative(page, "text/html")
    letter.send(fail_silently=True)
