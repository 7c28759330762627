"""How good the signal of an answer was, in plain words: what arrived, what was left out, what would help next time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics import problems, units
from analytics.summaries import Measured
from scoring.cues.catalogue import Cue
from scoring.cues.face import DARKEST
from scoring.cues.speech import NOISY_FLOOR_DB
from scoring.cues.values import Absent

DIM = 70.0
"""Mean brightness of the picture, 0..255, below which a lamp helps; below `DARKEST` cues are absent."""
LIVELY_DB = -50.0
"""Level of the background, dB of full scale, from which it is mentioned; above `NOISY_FLOOR_DB` cues are absent."""
NO_TOOLS = frozenset({"landmarks_from", "catalogue"})
"""What `AnswerResult.made_by` holds besides the names of models and libraries."""
SEEN, MOSTLY = 0.5, 0.9
FEW_FRAMES = 6.0
LEAST_SPEECH_S = 3.0


@dataclass(frozen=True, slots=True)
class Line:
    """One thing about the signal. `advice` is what would help next time; empty where all is well."""

    name: str
    text: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """The lines, and in one sentence where picture and sound came from."""

    lines: tuple[Line, ...]
    source: str

    @property
    def advice(self) -> list[str]:
        """What would help, each once."""
        return list(dict.fromkeys(line.advice for line in self.lines if line.advice))


def report(
    quality: Mapping[str, Any],
    made_by: Mapping[str, Any],
    values: Mapping[Cue, Measured],
    *,
    voice_only: bool,
) -> Report:
    """The report of one answer from `AnswerResult.quality` and `.made_by`; what was not stored is not spoken of."""
    lines = [] if voice_only else [*_face(quality), *_light(quality), *_frames(quality)]
    lines += [*_speech(quality), *_noise(quality)]
    reasons = {found.absent for found in values.values()}
    lines += [] if voice_only else list(_out_of_view(reasons))
    lines += list(_problems(quality, reasons))
    return Report(tuple(lines), _source(quality, made_by, voice_only=voice_only))


def _number(quality: Mapping[str, Any], name: str) -> float | None:
    value = quality.get(name)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _face(quality: Mapping[str, Any]) -> Iterator[Line]:
    share = _number(quality, "face_share")
    if share is None:
        return
    text = _("Your face was seen in %(share)s of the pictures.") % {"share": units.in_unit("share", share)}
    if share < SEEN:
        yield Line(
            _("Face"),
            text,
            _("Sit so that your whole face is in the picture; the lobby shows whether it is found."),
        )
    elif share < MOSTLY:
        yield Line(_("Face"), text, _("Put the camera at the height of your eyes, an arm's length away."))
    else:
        yield Line(_("Face"), text)


def _light(quality: Mapping[str, Any]) -> Iterator[Line]:
    luma = _number(quality, "mean_luma")
    if luma is None:
        return
    lamp = _("Put a lamp in front of you, not behind you.")
    if luma < DARKEST:
        yield Line(_("Light"), _("The picture was too dark."), lamp)
    elif luma < DIM:
        yield Line(_("Light"), _("The picture was rather dark."), lamp)
    else:
        yield Line(_("Light"), _("There was enough light."))


def _frames(quality: Mapping[str, Any]) -> Iterator[Line]:
    rate, dropped = _number(quality, "frames_per_s"), round(_number(quality, "frames_dropped") or 0)
    if rate is None:
        return
    text = _("%(n)s pictures a second were looked at.") % {"n": units.figures("dB", rate)}
    if dropped:
        lost = ngettext("One was lost on the way.", "%(n)s were lost on the way.", dropped)
        text = f"{text} {lost % {'n': dropped}}"
    few = _("Close other programs and windows that use the camera or much of the processor.")
    yield Line(_("Pictures"), text, few if rate < FEW_FRAMES else "")


def _speech(quality: Mapping[str, Any]) -> Iterator[Line]:
    speech, sound = _number(quality, "speech_s"), _number(quality, "sound_s")
    if speech is None or sound is None:
        return
    if not sound:
        check = _("Check the microphone in the lobby before you begin.")
        yield Line(_("Speech"), _("No sound arrived."), check)
        return
    text = _("You spoke for %(speech)s of %(sound)s.") % {
        "speech": units.in_unit("s", speech),
        "sound": units.in_unit("s", sound),
    }
    little = _("From three seconds of speech on, voice and words can be measured.")
    yield Line(_("Speech"), text, little if speech < LEAST_SPEECH_S else "")


def _noise(quality: Mapping[str, Any]) -> Iterator[Line]:
    floor = _number(quality, "noise_floor_db")
    if floor is None:
        return
    quieter = _("Move closer to the microphone, or to a quieter room.")
    if floor > NOISY_FLOOR_DB:
        yield Line(_("Sound"), _("The background was loud."), quieter)
    elif floor > LIVELY_DB:
        yield Line(_("Sound"), _("There was some noise in the background."), quieter)
    else:
        yield Line(_("Sound"), _("The background was quiet."))


def _out_of_view(reasons: set[str | None]) -> Iterator[Line]:
    if Absent.HANDS_OUT_OF_VIEW in reasons:
        move = _("Sit a little further from the camera if you want your gestures to be measured.")
        yield Line(_("Hands"), _("Your hands were mostly out of the picture."), move)


def _problems(quality: Mapping[str, Any], reasons: set[str | None]) -> Iterator[Line]:
    """What could not be used, why, and what it means; and why there is no transcript where there should be one."""
    stored = quality.get("problems")
    found = stored if isinstance(stored, list) else []
    yield from (Line(one.name, one.text, one.advice) for one in problems.said(found))
    if Absent.NO_TRANSCRIPT in reasons and not problems.words_failed(found):
        yield Line(_("Words"), _("No transcript was made when this answer was analysed."))


def _source(quality: Mapping[str, Any], made_by: Mapping[str, Any], *, voice_only: bool) -> str:
    source = made_by.get("landmarks_from") or quality.get("landmarks_from")
    if source == "recording":
        return _("Face and body were measured from the recording, the voice from the sound as it was sent.")
    if source == "stream" and not voice_only:
        return _(
            "Face and body were measured while you spoke, on your own device; the voice from the sound as it was sent."
        )
    return ""
