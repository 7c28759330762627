"""Words for people: what a refusal means, what is safe and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CANNOT_START: Mapping[str, str | Promise] = MappingProxyType(
    {
        "not_a_member": _("You no longer belong to this institution, so you cannot practise here."),
        "scenario_gone": _("This interview is no longer offered. Choose another one; your results are kept."),
        "no_questions": _("This interview has no questions at the moment. Choose another one."),
        "camera_not_agreed": _(
            "You have not agreed to practise with the camera. Switch it on below, or practise by voice alone."
        ),
        "recording_not_agreed": _(
            "You have not agreed to keep recordings. Switch it on below, or practise without a recording."
        ),
        "assignment_not_yours": _("This assignment belongs to a cohort that you are not in."),
        "assignment_closed": _(
            "This assignment is closed. You can still practise the interview on your own."
        ),
        "assignment_other_scenario": _("This assignment is for another interview. Open it from the list."),
        "already_begun": _("This interview has already begun. Go on with it."),
    }
)


def cannot_start(code: str) -> str:
    return str(CANNOT_START.get(code, _("This cannot be practised at the moment. Nothing was changed.")))
