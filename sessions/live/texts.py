"""The words of the live errors, in the person's language."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ERRORS: dict[str, Promise] = {
    "malformed": _("Your browser sent something that this server does not understand. Reload the page."),
    "not_now": _("That is not possible at this moment."),
    "gap": _("A part is missing. Your browser sends it again."),
    "stale": _("That answer has already ended."),
    "too_fast": _("Your browser sends faster than you speak. It waits a moment."),
    "too_large": _("Your browser sent too much at once. Reload the page."),
    "unavailable": _("Your answer cannot be stored at the moment. Your browser keeps it and tries again."),
}
