from importlib import import_module

from django.apps import AppConfig


class PracticeConfig(AppConfig):
    name = "sessions"
    # django.contrib.sessions already has the label "sessions".
    label = "practice"
    verbose_name = "Practice"

    def ready(self) -> None:
        # Importing it connects the receivers.
        import_module("sessions.signals")
