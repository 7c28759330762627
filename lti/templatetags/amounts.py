"""Points and levels as a person writes them."""

from __future__ import annotations

from decimal import Decimal

from django import template
from django.utils.formats import number_format

register = template.Library()


@register.filter
def amount(value: float) -> str:
    """At most two decimals and no idle ones: 7.5, not 7.50; with the reader's own decimal mark."""
    text = f"{Decimal(value):.2f}".rstrip("0").rstrip(".")
    return number_format(Decimal(text))
