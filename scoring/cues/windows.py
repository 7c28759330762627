"""The continuous cues over a stretch of time: the same for a live second, a window of the track and a whole answer.

What belongs to an answer as a whole (latency, pauses) is in `answer`, what comes from the words in `words`.
"""

from __future__ import annotations

from collections.abc import Iterable

from scoring.cues.catalogue import CATALOGUE, Cue
from scoring.cues.stream import Stream
from scoring.cues.values import Absent, Value
from scoring.cues.visual_window import VISUAL, VisualWindow
from scoring.cues.voice_window import VOICE, VoiceWindow

WINDOWED: tuple[Cue, ...] = (*VISUAL, *VOICE)
"""The cues that have a window, and so a column in the track."""


def nothing_yet() -> dict[Cue, Value]:
    """Every continuous cue, absent because it is not computed; what is computed is put over it."""
    return dict(_NOT_AVAILABLE)


_NOT_AVAILABLE = {
    code: Value.none(Absent.NO_TRANSCRIPT if spec.group == "words" else Absent.NOT_AVAILABLE)
    for code, spec in CATALOGUE.items()
    if spec.kind == "continuous"
}


def values_at(stream: Stream, end_ms: float, shortest_s: float) -> dict[Cue, Value]:
    """The cues that have a window, each over its own window (but at least `shortest_s`) up to `end_ms`."""
    values: dict[Cue, Value] = {}
    for seconds, codes in _BY_WINDOW.items():
        length_s = max(seconds, shortest_s) if seconds > 1.0 else shortest_s
        values |= window_values(stream, end_ms - 1000 * length_s, end_ms, codes)
    return values


def window_values(
    stream: Stream, start_ms: float, end_ms: float, codes: Iterable[Cue], *, whole: bool = False
) -> dict[Cue, Value]:
    """The values of `codes` over start_ms <= t < end_ms. A `whole` answer asks for more speech."""
    seen = [code for code in codes if code in _IS_VISUAL]
    heard = [code for code in codes if code not in _IS_VISUAL]
    values: dict[Cue, Value] = {}
    voice = VoiceWindow(stream, start_ms, end_ms, whole=whole)
    if seen:
        visual = VisualWindow(stream, start_ms, end_ms, speech_s=voice.speech_s if whole else None)
        values |= visual.values(seen)
    if heard:
        values |= voice.values(heard)
    return values


_IS_VISUAL = frozenset(VISUAL)

_BY_WINDOW: dict[float, list[Cue]] = {}
for _code in WINDOWED:
    _BY_WINDOW.setdefault(CATALOGUE[_code].window_s or 1.0, []).append(_code)
