"""The check that no model is without its data's fate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, register

from accounts.fate import OUR_APPS, Fate


@register()
def every_model_declares_its_fate(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    models = [model for model in apps.get_models() if model._meta.app_label in OUR_APPS]
    return [
        Error(
            f"{model._meta.label} does not say what becomes of its data.",
            hint="Add `data_fate: ClassVar[Fate] = Fate(...)` from accounts.fate.",
            obj=model,
            id="accounts.E001",
        )
        for model in models
        if not isinstance(getattr(model, "data_fate", None), Fate)
    ]
