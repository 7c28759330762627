from django.apps import AppConfig


class PracticeConfig(AppConfig):
    name = "sessions"
    # django.contrib.sessions already has the label "sessions".
    label = "practice"
    verbose_name = "Practice"

    def ready(self) -> None:
        from sessions import signals

        assert signals  # noqa: S101 - importing it connects the receivers
