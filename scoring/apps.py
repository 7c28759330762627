from __future__ import annotations

from typing import Any

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class ScoringConfig(AppConfig):
    name = "scoring"

    def ready(self) -> None:
        post_migrate.connect(register_shipped_models, sender=self)


def register_shipped_models(*, using: str, apps: Any = apps, **_: Any) -> None:
    """The registry has a row for each model that comes with Greenroom, as soon as there is a registry."""
    from scoring.registry import shipped

    try:
        model = apps.get_model("scoring", "ModelVersion")
    except LookupError:  # migrated to before there was one
        return
    shipped.register(model, using)
