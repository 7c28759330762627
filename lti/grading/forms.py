"""The points that a teacher confirms."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class PointsForm(forms.Form):
    """`most` is what the link gives."""

    def __init__(self, *args: Any, most: float, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        typed = forms.NumberInput(attrs={"step": "0.01", "inputmode": "decimal"})
        self.fields["points"] = forms.FloatField(label=_("Points"), min_value=0, max_value=most, widget=typed)
