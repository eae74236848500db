from __future__ import annotations

from decimal import Decimal

from django import template
from django.utils.formats import number_format

register = template.Library()


@register.filter
def grouped(number: int) -> str:
    """``3,317`` in the reader's number format."""
    return number_format(number, force_grouping=True)


@register.filter
def pounds(amount: Decimal) -> str:
    """``£1,234.50`` in the reader's number format."""
    return f"£{number_format(Decimal(amount), 2, force_grouping=True)}"
