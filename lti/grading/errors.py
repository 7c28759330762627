"""Why a grade is refused here, before any platform is asked."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.actions import ActionRefused


class NothingRated(ActionRefused):
    text = _(
        "You have not rated an answer of this student by the rubric yet, so there is nothing to confirm. "
        "Rate one first; the points are worked out from your levels."
    )


class OutOfRange(ActionRefused):
    text = _("The points must lie between 0 and the most that the assignment gives.")
