"""What may go wrong with ratings and advice."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.actions import ActionRefused


class Interrupted(Exception):
    """The worker goes: the job is to be done again, and goes on where it was."""


class DoesNotRun(ActionRefused):
    text = _("The policy of your institution does not run this model, so there is nothing to score.")


class AlreadyRunning(ActionRefused):
    text = _("The history is being scored already.")


class NotLeading(ActionRefused):
    text = _("A history is scored with a model of engagement; its advice comes along.")
