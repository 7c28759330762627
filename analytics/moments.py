"""The moments of an answer in one list: events, long pauses, marked words and remarks, with kind, time and words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics import cue_names, units
from analytics.charts.lanes import SYMBOLS
from analytics.review import Remark
from analytics.speech import Span
from analytics.summaries import Happening
from analytics.transcripts import Spoken

KINDS: Mapping[str, tuple[Any, str]] = MappingProxyType(
    {
        "EVENTS": (gettext_lazy("Face and body"), ""),
        "PAUSES": (gettext_lazy("Long pauses"), "\N{DOUBLE VERTICAL LINE}"),
        "FILLERS": (gettext_lazy("Fillers"), "\N{HORIZONTAL ELLIPSIS}"),
        "REPEATS": (gettext_lazy("Repeats"), "\N{IDENTICAL TO}"),
        "RESTARTS": (gettext_lazy("New beginnings"), "\N{ANTICLOCKWISE OPEN CIRCLE ARROW}"),
        "HEDGES": (gettext_lazy("Hedges"), "\N{ALMOST EQUAL TO}"),
        "REMARKS": (gettext_lazy("Remarks on language"), "\N{RIGHTWARDS ARROW WITH HOOK}"),
        "COMMENTS": (gettext_lazy("Comments by teachers"), "\N{LOWER RIGHT PENCIL}"),
    }
)
"""The kinds of moments: the name of their filter, and their sign (an event has its own)."""

_ONE: Mapping[str, Any] = MappingProxyType(
    {
        "PAUSES": gettext_lazy("Long pause"),
        "FILLERS": gettext_lazy("Filler"),
        "REPEATS": gettext_lazy("Repeated"),
        "RESTARTS": gettext_lazy("Begun anew"),
        "HEDGES": gettext_lazy("Hedge"),
        "REMARKS": gettext_lazy("Remark on language"),
    }
)
UNKNOWN_SIGN = "\N{WHITE CIRCLE}"


@dataclass(frozen=True, slots=True)
class Moment:
    """`t_ms` is where the playhead goes. `words` are what was said there, `lasted` how long it took, where known."""

    t_ms: int
    kind: str
    name: str
    sign: str
    words: str = ""
    lasted: str = ""
    language: str = ""

    @property
    def at(self) -> str:
        return units.clock(self.t_ms)


def moments(
    happened: Iterable[Happening],
    long: Iterable[Span],
    spoken: Spoken | None,
    comments: Iterable[Remark] = (),
) -> list[Moment]:
    """All moments in order of time; `long` are the long pauses, `comments` what teachers said of a moment."""
    found = [_of_event(one) for one in happened]
    found += [_of_pause(gap) for gap in long]
    found += list(_of_words(spoken)) if spoken else []
    found += [_of_comment(one, one.t_ms) for one in comments if one.t_ms is not None]
    return sorted(found, key=lambda moment: moment.t_ms)


def kinds(found: Iterable[Moment]) -> list[tuple[str, int, str]]:
    """Kind, count and name, for the filter."""
    counts = Counter(moment.kind for moment in found)
    return [(kind, counts[kind], str(name)) for kind, (name, _sign) in KINDS.items() if counts[kind]]


def _of_event(one: Happening) -> Moment:
    lasted = "" if one.end_ms is None else units.in_unit("s", (one.end_ms - one.start_ms) / 1000)
    sign = SYMBOLS[one.cue][1] if one.cue in SYMBOLS else UNKNOWN_SIGN
    return Moment(one.start_ms, "EVENTS", cue_names.name(one.cue), sign, lasted=lasted)


def _of_comment(one: Remark, t_ms: int) -> Moment:
    said = _("“%(words)s”") % {"words": one.text}
    return Moment(t_ms, "COMMENTS", one.by, KINDS["COMMENTS"][1], said)


def _of_pause(gap: Span) -> Moment:
    name, sign = str(_ONE["PAUSES"]), KINDS["PAUSES"][1]
    return Moment(gap.start_ms, "PAUSES", name, sign, lasted=units.in_unit("s", gap.seconds))


def _of_words(spoken: Spoken) -> Iterator[Moment]:
    places = [(mark.kind, mark.first, mark.last) for mark in spoken.marks]
    places += [("REMARKS", remark.first, remark.last) for remark in spoken.remarks]
    for kind, first, last in places:
        quoted = _("“%(words)s”") % {"words": spoken.quote(first, last)}
        at = spoken.words[first].start_ms
        yield Moment(at, kind, str(_ONE[kind]), KINDS[kind][1], quoted, language=spoken.language)
