"""What an analysis could not use, in words: why, and what it means for the result.

A problem is stored as the part that it is of and its reason: "recording_unreadable", "words_model_missing".
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext_lazy as _

from analytics import states

PARTS: Mapping[str, Any] = MappingProxyType(
    {
        "take": _("While you spoke"),
        "recording": _("Recording"),
        "landmarks": _("Recording"),
        "sound": _("Sound"),
        "words": _("Words"),
    }
)
"""What a problem can be of, as it is headed in the report."""

REASONS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "take": {
            "empty": _("Nothing arrived while you answered."),
            "missing": _("What was sent while you answered is no longer there."),
            "unreadable": _("What was sent while you answered is damaged."),
        },
        "recording": {
            "empty": _("There is nothing in the recording."),
            "missing": _("The recording was deleted before it could be read."),
            "wrong_type": _("The recording is not of a kind that can be read."),
            "unreadable": _("The recording is damaged and cannot be read."),
            "too_long": _("The recording is longer than 15 minutes, the most that is analysed."),
            "too_large": _("The recording is larger than what is analysed."),
            "no_sound": _("There is no sound in the recording."),
            "no_picture": _("There is no picture in the recording."),
            "out_of_memory": _("Reading the recording needed more memory than it may take."),
            "out_of_time": _("Reading the recording took longer than it may."),
            "crashed": _("The program that reads recordings ended by itself."),
            "model_missing": _("A file that is needed to read the recording is missing on this server."),
        },
        "landmarks": {
            "model_missing": _(
                "The files that find face and body in a recording are missing on this server."
            ),
        },
        "sound": {
            "empty": _("There is nothing in the sound of the recording."),
            "no_sound": _("There is no sound in the recording."),
            "too_long": _("The sound is longer than 15 minutes, the most that is analysed."),
            "out_of_memory": _("Reading the sound needed more memory than it may take."),
            "out_of_time": _("Reading the sound took longer than it may."),
            "crashed": _("The program that reads the sound ended by itself."),
        },
        "words": {
            "model_missing": _("The speech model that writes down words is missing on this server."),
            "out_of_memory": _("Writing down the words needed more memory than it may take."),
            "out_of_time": _("Writing down the words took longer than it may."),
            "crashed": _("The program that writes down words ended by itself."),
        },
    }
)
"""Why, by part and reason."""

_OTHERWISE: Mapping[str, Any] = MappingProxyType(
    {
        "take": _("What was sent while you answered could not be used."),
        "recording": _("The recording could not be read."),
        "landmarks": _("Face and body could not be looked for in the recording."),
        "sound": _("The sound of the recording could not be read."),
        "words": _("The words could not be written down."),
    }
)
"""For reasons that hardly occur with a part, and for those of a later version."""

_OURS = frozenset({"model_missing", "out_of_memory", "out_of_time"})
"""Reasons that lie with the server: whoever runs it can put them right."""


@dataclass(frozen=True, slots=True)
class Said:
    """A problem in words: `name` heads it, `text` says why and what it means, `advice` is what would help."""

    name: str
    text: str
    advice: str = ""


def said(stored: Iterable[object]) -> list[Said]:
    """The problems of one answer; one of a part that this version does not know is left out."""
    pairs = [(part, why) for part, _sep, why in (str(one).partition("_") for one in stored) if part in PARTS]
    parts = {part for part, _why in pairs}
    return [_said(part, why, parts) for part, why in dict.fromkeys(pairs)]


def words_failed(stored: Iterable[object]) -> bool:
    """Whether a problem says why there is no transcript."""
    return not {str(one).partition("_")[0] for one in stored}.isdisjoint({"words", "sound"})


def _said(part: str, why: str, parts: Collection[str]) -> Said:
    text = f"{REASONS[part].get(why, _OTHERWISE[part])} {_meaning(part, parts)}"
    return Said(str(PARTS[part]), text, str(states.OURS) if why in _OURS else "")


def _meaning(part: str, parts: Collection[str]) -> str:
    """What is missing in the result. Without what was sent while the answer went on, the recording is all there is."""
    alone = "take" in parts
    if part == "take":
        return str(_("The recording was used instead."))
    if part in ("recording", "landmarks"):
        streamed = _("Face and body were measured from what was sent while you answered.")
        return str(_("Face and body were not measured.") if alone else streamed)
    if part == "sound" and alone:
        return str(_("Voice and words were not measured."))
    return str(_("There is no transcript; everything else was measured as usual."))
