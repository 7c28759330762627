"""Words for people: what a refusal means, what is safe and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from scoring.cues.catalogue import CATALOGUE, Cue
from sessions.content.schema import ContentError
from sessions.content.topics import NAMES, Topic

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
        "advice_old": _(
            "This advice was replaced by a newer one, or is being made anew. Open the answer again to see it; your "
            "results are kept."
        ),
        "nothing_to_watch": _("There is nothing in this that could be measured in a drill."),
        "left_out": _("You left this out of everything that is measured, so there is no drill for it."),
        "not_analysed": _("This answer is not analysed yet. As soon as it is, you can practise it here."),
        "drill_needs_camera": _(
            "This can only be seen with the camera, and you have not agreed to practise with it. You can change "
            "that under Privacy, or practise something that can be heard."
        ),
        "drills_enough": _("You did many drills today. Take a rest and go on tomorrow; everything is kept."),
        "already_begun": _("This interview has already begun. Go on with it."),
    }
)


def cannot_start(code: str) -> str:
    return str(CANNOT_START.get(code, _("This cannot be practised at the moment. Nothing was changed.")))


EXPECTED: Mapping[str, str | Promise] = MappingProxyType(
    {
        "CONT_MOV": _("body movement"),
        "F0_SD": _("pitch variation"),
        "FILLERS": _("fillers such as um and like"),
        "GZ_DR": _("looking at the camera"),
        "HD_TH": _("a hand at the face"),
        "LATENCY": _("the time before answering"),
        "LOUD": _("loudness"),
        "PAUSE_SHARE": _("pauses"),
        "SMILE_SHARE": _("smiling"),
        "WPM": _("words per minute"),
    }
)
DIRECTIONS: Mapping[str, str | Promise] = MappingProxyType(
    {
        "up": _("%(cue)s: more than one's usual"),
        "down": _("%(cue)s: less than one's usual"),
        "band": _("%(cue)s: in the usual band"),
    }
)


def expected_cue(expected: Mapping[str, Any]) -> str:
    """One of a question's `expected_cues` in words."""
    code = str(expected["cue"])
    name = str(EXPECTED.get(code) or gettext(CATALOGUE[Cue(code)].name))
    cue = name[:1].upper() + name[1:]
    if expected.get("band") and expected["direction"] == "band":
        return gettext("%(cue)s: %(range)s") % {"cue": cue, "range": _range(Cue(code), expected["band"])}
    return str(DIRECTIONS[str(expected["direction"])]) % {"cue": cue}


UNITS: Mapping[str, str | Promise] = MappingProxyType(
    {
        "share": "%",
        "s": "s",
        "dB": "dB",
        "Hz": "Hz",
        "percent": "%",
        "degrees": _("degrees"),
        "degrees/s": _("degrees per second"),
        "semitones": _("semitones"),
        "syllables/s": _("syllables per second"),
        "words": _("words"),
        "words/min": _("words per minute"),
        "per 100 words": _("per 100 words"),
        "shoulder widths": _("shoulder widths"),
        "shoulder widths/s": _("shoulder widths per second"),
    }
)
"""Units of the catalogue in words; one that is not here (a count) needs none."""


def _range(cue: Cue, band: Mapping[str, Any]) -> str:
    """A question's own band in words: "20 to 40 %"."""
    is_share = CATALOGUE[cue].unit == "share"
    ends = {
        end: number_format(Decimal(f"{100 * value if is_share else value:.4g}"))
        for end, value in band.items()
        if value is not None
    }
    unit = {"unit": str(UNITS.get(CATALOGUE[cue].unit, ""))}
    if len(ends) == 2:
        said = gettext("%(low)s to %(high)s %(unit)s")
    elif "low" in ends:
        said = gettext("%(low)s %(unit)s or more")
    else:
        said = gettext("up to %(high)s %(unit)s")
    # A count has no unit: no gap in its place.
    return (said % {**ends, **unit}).replace("  ", " ").strip()


def topic_name(code: str) -> str:
    """A topic as people name it; the code itself where an older version knew another one."""
    return gettext(NAMES[Topic(code)]) if code in set(Topic) else code


def content_problem(problem: ContentError) -> str:
    """What is wrong with a scenario file, translated."""
    return gettext(problem.message) % problem.values
