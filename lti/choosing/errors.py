"""Why something cannot be picked or sent. `text` may be shown to the person as it is."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.actions import ActionRefused


class NothingPicked(ActionRefused):
    text = _("Nothing is chosen yet. Choose an interview first.")


class TooMany(ActionRefused):
    text = _("That is as much as can be put into a course at once. Put these in, then choose again.")


class Gone(ActionRefused):
    """Somebody archived the interview or withdrew the assignment while the teacher was choosing."""

    text = _(
        "Something you chose is no longer offered, so nothing was put into the course. Take it out and try again."
    )


class Over(ActionRefused):
    """The choice is answered or too old."""

    text = _("This choice is over. Open it again from your course.")
