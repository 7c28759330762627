from django.apps import AppConfig


class GreenroomConfig(AppConfig):
    name = "greenroom"

    def ready(self) -> None:
        from greenroom import checks  # noqa: F401  (registers the system checks)
