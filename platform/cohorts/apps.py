from typing import Any

from django.apps import AppConfig


class CohortsConfig(AppConfig):
    name = "cohorts"

    def ready(self) -> None:
        from accounts.signals import membership_changed

        membership_changed.connect(_close_misfits, dispatch_uid="cohorts.close_misfits")


def _close_misfits(sender: Any, membership: Any, **kwargs: Any) -> None:
    from cohorts.actions.groups import close_misfits

    close_misfits(membership=membership)
