"""The words that the live socket sends: errors in the person's language, hints in the session's."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from scoring.cues.policy import HintCode

ERRORS: Mapping[str, Promise] = {
    "malformed": _("Your browser sent something that this server does not understand. Reload the page."),
    "not_now": _("That is not possible at this moment."),
    "gap": _("A part is missing. Your browser sends it again."),
    "stale": _("That answer has already ended."),
    "too_fast": _("Your browser sends faster than you speak. It waits a moment."),
    "too_large": _("Your browser sent too much at once. Reload the page."),
    "unavailable": _("Your answer cannot be stored at the moment. Your browser keeps it and tries again."),
}

HINTS: Mapping[HintCode, Promise] = {
    HintCode.LOOK_UP: _("Look up"),
    HintCode.HANDS_DOWN: _("Hands down"),
    HintCode.SIT_STILL: _("Settle back"),
    HintCode.LOUDER: _("A little louder"),
    HintCode.SOFTER: _("A little softer"),
    HintCode.VARY_PITCH: _("Vary your voice"),
}
