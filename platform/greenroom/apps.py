from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig

from greenroom.models_store import SPEECH


class GreenroomConfig(AppConfig):
    name = "greenroom"

    def ready(self) -> None:
        from greenroom import checks  # noqa: F401  (registers the system checks)


class StaticConfig(StaticFilesConfig):
    """The landmark models are served to browsers; the speech model beside them is the server's own."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, SPEECH]
