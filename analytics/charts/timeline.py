"""One answer over time: the axis with speech, pauses and fillers, and the lanes by group below it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics import cue_names, units
from analytics.charts.base import Table
from analytics.charts.lanes import STEP_S, Lane
from analytics.speech import Span, long_pauses, pauses, percent, shares
from scoring.cues.catalogue import CATALOGUE, Cue


@dataclass(frozen=True, slots=True)
class Tick:
    """A time on the axis, at `x` per cent."""

    x: float
    text: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """Speech or a long pause on the axis, in per cent of the width."""

    x: float
    width: float
    text: str


@dataclass(frozen=True, slots=True)
class LaneGroup:
    """The lanes of face, body or voice. `reason` says once why none of them was measured."""

    code: str
    lanes: tuple[Lane, ...]
    reason: str

    @property
    def name(self) -> str:
        return str(cue_names.GROUPS[self.code])  # type: ignore[index]

    @property
    def more(self) -> int:
        """How many lanes are shown only when all are asked for."""
        return sum(1 for lane in self.lanes if not lane.is_first)

    @property
    def has_first(self) -> bool:
        return any(lane.is_first for lane in self.lanes)


@dataclass(frozen=True, slots=True)
class Timeline:
    """Everything that is drawn of one answer. `key` is unique on the page and safe as an id."""

    key: str
    duration_ms: int
    ticks: tuple[Tick, ...]
    speech: tuple[Stretch, ...]
    pauses: tuple[Stretch, ...]
    fillers: tuple[Tick, ...]
    groups: tuple[LaneGroup, ...]
    summary: str
    table: Table

    @property
    def headline(self) -> str:
        return _("The answer over time")

    @property
    def picture(self) -> str:
        """File name, without extension, when it is saved as a picture."""
        return "answer"

    @property
    def more(self) -> int:
        return sum(group.more for group in self.groups)

    @property
    def has_usual(self) -> bool:
        return any(band.kind == "usual" for lane in self._lanes for band in lane.bands)

    @property
    def has_common(self) -> bool:
        return any(band.kind == "common" for lane in self._lanes for band in lane.bands)

    @property
    def has_target(self) -> bool:
        return any(band.kind == "target" for lane in self._lanes for band in lane.bands)

    @property
    def _lanes(self) -> list[Lane]:
        return [lane for group in self.groups for lane in group.lanes]


def timeline(
    lanes: Sequence[Lane],
    speech: Sequence[Span],
    fillers: Mapping[int, str],
    *,
    duration_ms: int,
    key: str,
    long: Sequence[Span] | None = None,
) -> Timeline | None:
    """The timeline of one answer; None when nothing can be shown. `fillers` are words by their time in ms.

    `long` are the long pauses to mark, by default all that there are.
    """
    long = long_pauses(speech) if long is None else long
    drawn = [lane for lane in lanes if lane.has_line or lane.events]
    if not drawn and not speech:
        return None
    return Timeline(
        key=key,
        duration_ms=duration_ms,
        ticks=tuple(Tick(percent(1000 * s, duration_ms), units.clock(1000 * s)) for s in ticks(duration_ms)),
        speech=_stretches(speech, duration_ms),
        pauses=_stretches(long, duration_ms),
        fillers=tuple(Tick(percent(at, duration_ms), word) for at, word in fillers.items()),
        groups=groups(lanes),
        summary=" ".join(_summary(drawn, speech, long, duration_ms)),
        table=_table(drawn),
    )


def _stretches(spans: Sequence[Span], duration_ms: int) -> tuple[Stretch, ...]:
    return tuple(
        Stretch(x, width, units.in_unit("s", span.seconds)) for span, x, width in shares(spans, duration_ms)
    )


def groups(lanes: Sequence[Lane]) -> tuple[LaneGroup, ...]:
    """The lanes by group; one reason for a whole group is said once, instead of lane by lane."""
    found = []
    for code in ("face", "body", "voice"):
        of_group = tuple(lane for lane in lanes if CATALOGUE[lane.cue].group == code)
        reasons = {lane.absent for lane in of_group}
        together = len(of_group) > 1 and len(reasons) == 1 and not any(lane.events for lane in of_group)
        reason = reasons.pop() if together else ""
        if of_group:
            found.append(LaneGroup(code, () if reason else of_group, reason))
    return tuple(found)


def ticks(duration_ms: int) -> list[int]:
    """Whole seconds for at most seven ticks."""
    seconds = duration_ms / 1000
    step = next((step for step in (5, 10, 15, 30, 60, 120, 300) if seconds / step <= 6), 600)
    return list(range(0, int(seconds) + 1, step))


def _summary(
    lanes: Sequence[Lane], speech: Sequence[Span], long: Sequence[Span], duration_ms: int
) -> list[str]:
    said = []
    if speech:
        silent = pauses(speech)
        stretches = ngettext("%(n)s stretch of speech", "%(n)s stretches of speech", len(speech))
        between = ngettext("%(n)s pause", "%(n)s pauses", len(silent))
        said.append(
            _("%(stretches)s and %(pauses)s in %(length)s.")
            % {
                "stretches": stretches % {"n": len(speech)},
                "pauses": between % {"n": len(silent)},
                "length": units.clock(duration_ms),
            }
        )
        said += [_long(long)] if long else []
    if any(lane.has_line for lane in lanes):
        said.append(_("Each line is a mean over one second."))
    return said


def _long(long: Sequence[Span]) -> str:
    places = _(", ").join(f"{units.clock(gap.start_ms)} ({units.in_unit('s', gap.seconds)})" for gap in long)
    return _("Pauses of 2.5 s or longer: %(places)s.") % {"places": places}


def _table(lanes: Sequence[Lane]) -> Table:
    """A dozen moments and what was measured there; a dash where nothing was."""
    drawn = [lane for lane in lanes if lane.has_line]
    n = len(drawn[0].values) if drawn else 0
    rows = tuple(
        (units.clock(1000 * STEP_S * (i + 0.5)), *(_cell(lane.cue, lane.values[i]) for lane in drawn))
        for i in range(0, n, max(1, round(n / 12)))
    )
    columns = (_("Time"), *(lane.name for lane in drawn))
    return Table(_("Cues over time, a dozen moments of the answer"), columns, rows)


def _cell(cue: Cue, value: float) -> str:
    return units.quantity(cue, float(value)) if math.isfinite(value) else "\N{EN DASH}"
