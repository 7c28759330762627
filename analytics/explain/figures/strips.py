"""Strips of sound: the question, stretches of speech and the pauses between them; and the line of a pitch."""

from __future__ import annotations

import math
import statistics
from itertools import pairwise

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from analytics import units
from analytics.explain.figures import svg
from analytics.explain.figures.svg import Figure, Point

Stretch = tuple[float, float]
ASKED_S = 2.0
SPEECH: tuple[Stretch, ...] = ((3.4, 9.0), (9.8, 15.0), (18.0, 24.0))
"""Seconds of speech in the example of pauses; the question ends at `ASKED_S`."""
EARLY: tuple[Stretch, ...] = ((1.2, 6.0),)
LENGTH_S = 26.0
LONG_S = 2.5
_LEFT, _RIGHT, _TOP, _HIGH = 10.0, 350.0, 40.0, 44.0


def _x(seconds: float) -> float:
    return _LEFT + (_RIGHT - _LEFT) * seconds / LENGTH_S


def _wave(stretch: Stretch) -> list[SafeString]:
    """Strokes as high as a voice might be: a fixed mixture of sines, so that the drawing is always the same."""
    start, end = stretch
    strokes = []
    for step in range(int((end - start) / 0.2)):
        t = start + 0.1 + step * 0.2
        height = _HIGH / 2 * (0.35 + 0.4 * abs(math.sin(2.3 * t)) + 0.25 * abs(math.sin(7.1 * t)))
        strokes.append(
            svg.line((_x(t), _TOP + _HIGH / 2 - height), (_x(t), _TOP + _HIGH / 2 + height), "voice")
        )
    return strokes


def _seconds(value: float) -> str:
    return units.limit("s", round(value, 1))


def pauses(speech: tuple[Stretch, ...] = SPEECH) -> Figure:
    """An answer of three stretches, with its pauses, the time before it, and all values that can be read off."""
    gaps = [after[0] - before[1] for before, after in pairwise(speech)]
    parts = [*_question(), *(stroke for stretch in speech for stroke in _wave(stretch))]
    for (_start, end), gap in zip(speech, gaps, strict=False):
        parts += _gap(end, end + gap)
    parts += _gap(ASKED_S, speech[0][0])
    parts.append(svg.text((_x((speech[0][0] + speech[-1][1]) / 2), 116), _("your answer"), look="quiet"))
    return svg.picture(128, parts, values(speech))


def _question() -> list[SafeString]:
    return [
        svg.rect((_x(0), _TOP), (_x(ASKED_S) - _x(0), _HIGH), "band"),
        svg.text((_x(0), 116), _("question"), "start", "quiet"),
        svg.line((_LEFT, _TOP + _HIGH / 2), (_RIGHT, _TOP + _HIGH / 2), "soft"),
    ]


def _gap(start: float, end: float) -> list[SafeString]:
    marks = [((_x(start), 22.0), (_x(end), 22.0)), *(((_x(t), 18.0), (_x(t), 26.0)) for t in (start, end))]
    return [
        *(svg.line(*mark, "measure") for mark in marks),
        svg.text((_x((start + end) / 2), 13), _seconds(end - start)),
    ]


def values(speech: tuple[Stretch, ...]) -> dict[str, str]:
    """What the measurement says of such an answer, as it is shown."""
    gaps = [after[0] - before[1] for before, after in pairwise(speech)]
    spoken, length, total = sum(e - s for s, e in speech), speech[-1][1] - speech[0][0], sum(gaps)
    return {
        "pauses": str(len(gaps)),
        "lengths": _listed(gaps),
        "total": _seconds(total),
        "length": _seconds(length),
        "share": units.in_unit("share", total / length),
        "mean": _seconds(total / max(1, len(gaps))),
        "asked": _seconds(ASKED_S),
        "began": _seconds(speech[0][0]),
        "ended": _seconds(speech[-1][1]),
        "latency": _seconds(max(0.0, speech[0][0] - ASKED_S)),
        "early": _seconds(max(0.0, ASKED_S - speech[0][0])),
        "segments": _listed([e - s for s, e in speech]),
        "spoken": _seconds(spoken),
        "n": str(len(speech)),
        "mean_segment": _seconds(spoken / len(speech)),
    }


def _listed(lengths: list[float]) -> str:
    if not lengths:
        return ""
    *first, last = [_seconds(length) for length in lengths]
    return _("%(several)s and %(last)s") % {"several": _(", ").join(first), "last": last} if first else last


def early() -> Figure:
    """Speech that begins within the question."""
    start = EARLY[0][0]
    parts = [*_question(), *_wave(EARLY[0]), *_gap(start, ASKED_S)]
    parts.append(svg.text((_x(EARLY[0][1]) + 8, 116), _("your answer"), "start", "quiet"))
    return svg.picture(128, parts, values(EARLY))


# --- pitch ------------------------------------------------------------------------------------------------------------


def contour() -> list[float]:
    """The pitch of a sentence in semitones above 27.5 Hz, every 20 ms: a melody that falls towards the end."""
    steps = [i / 120 for i in range(121)]
    return [
        31 - 3.5 * t + 3.4 * math.sin(2 * math.pi * 2.2 * t) + 1.2 * math.sin(2 * math.pi * 5.3 * t)
        for t in steps
    ]


def _melody() -> tuple[list[float], list[Point]]:
    pitch = contour()
    middle = statistics.fmean(pitch)
    places = [(20 + 320 * i / (len(pitch) - 1), 75 - 8.0 * (value - middle)) for i, value in enumerate(pitch)]
    return pitch, places


def variation() -> Figure:
    """A pitch, its mean, and the standard deviation around it as a band."""
    pitch, places = _melody()
    spread = statistics.pstdev(pitch)
    parts = [
        svg.rect((20, 75 - 8 * spread), (320, 16 * spread), "band"),
        svg.line((20, 75), (340, 75), "dashed"),
        svg.polyline(places, "accent"),
        *_axes(),
    ]
    return svg.picture(150, parts, {"value": units.in_unit("semitones", spread)})


def span() -> Figure:
    """A pitch, and the two lines between which nine tenths of it lie."""
    pitch, places = _melody()
    ordered, middle = sorted(pitch), statistics.fmean(pitch)
    low, high = (_percentile(ordered, share) for share in (0.05, 0.95))
    parts = [
        *(
            svg.line((20, 75 - 8 * (value - middle)), (340, 75 - 8 * (value - middle)), "dashed")
            for value in (low, high)
        ),
        svg.polyline(places, "accent"),
        *_axes(),
    ]
    return svg.picture(150, parts, {"value": units.in_unit("semitones", high - low)})


def _percentile(ordered: list[float], share: float) -> float:
    place = (len(ordered) - 1) * share
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])


def _axes() -> list[SafeString]:
    return [svg.text((20, 16), _("high"), "start", "quiet"), svg.text((20, 144), _("low"), "start", "quiet")]


# --- the angle of a head over time -----------------------------------------------------------------------

DEPTH = 9.0
"""Degrees."""


def nod() -> Figure:
    """Pitch over two seconds: two dips in a row."""
    return _swing(nod_angles())


def nod_angles() -> list[float]:
    return [-DEPTH * abs(math.sin(2 * math.pi * t)) if 0 <= t <= 1 else 0.0 for t in _times(0.4)]


def shake() -> Figure:
    """Yaw over two seconds: to one side, to the other, and back."""
    return _swing(shake_angles())


def shake_angles() -> list[float]:
    return [DEPTH * math.sin(2 * math.pi * t / 0.9) if 0 <= t <= 0.9 else 0.0 for t in _times(0.5)]


FRAME_S = 1 / 60


def _times(start: float) -> list[float]:
    return [i * FRAME_S - start for i in range(121)]


def _swing(angles: list[float]) -> Figure:
    places = [(20 + 320 * i / (len(angles) - 1), 66 - 4.5 * angle) for i, angle in enumerate(angles)]
    parts = [
        svg.line((20, 66), (340, 66), "soft"),
        svg.polyline(places, "accent"),
        svg.text((20, 132), _("0 s"), "start", "quiet"),
        svg.text((340, 132), _("2 s"), "end", "quiet"),
    ]
    return svg.picture(140, parts, {"depth": units.limit("degrees", DEPTH)})
