from importlib import import_module

from django.apps import AppConfig


class LtiConfig(AppConfig):
    name = "lti"
    verbose_name = "LTI 1.3"

    def ready(self) -> None:
        # Importing it connects the receivers.
        import_module("lti.signals")
