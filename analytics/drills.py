"""What a drill shows: each watched cue before and after, with the measurement error, in words first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics import cue_names, summaries, units
from analytics.charts.drill import Chart, Mark, chart
from analytics.results import AnswerLine
from scoring.cues.catalogue import Cue
from scoring.metrics.change import Change, Measured, Verdict, Z, change
from scoring.performance.index import NO_PROFILE, Profile
from scoring.performance.profile import EVENTS_OF
from sessions.drills import watching
from sessions.drills.aims import Aim
from sessions.drills.measuring import as_measured
from sessions.drills.queries import series_of
from sessions.listener.basis import holds
from sessions.listener.queries import runs_advice
from sessions.models import Advice, Drill, ResultState

AS_PRACTISED, OTHER_WAY, MORE, LESS, SAME, UNKNOWN = (
    "as_practised",
    "other",
    "more",
    "less",
    "same",
    "unknown",
)
IN_THE_CHART = 6
"""So many drills of a series are drawn, the latest; the table has all of them."""

SAID: Mapping[str, Any] = MappingProxyType(
    {
        AS_PRACTISED: gettext_lazy(
            "%(before)s before, %(after)s in the drill: it changed the way you practised it, by more than varies "
            "anyway."
        ),
        OTHER_WAY: gettext_lazy(
            "%(before)s before, %(after)s in the drill: it changed the other way, by more than varies anyway."
        ),
        MORE: gettext_lazy(
            "%(before)s before, %(after)s in the drill: it went up, by more than varies anyway."
        ),
        LESS: gettext_lazy(
            "%(before)s before, %(after)s in the drill: it went down, by more than varies anyway."
        ),
        SAME: gettext_lazy(
            "%(before)s before, %(after)s in the drill: no change that is larger than what varies anyway."
        ),
        UNKNOWN: gettext_lazy(
            "%(before)s before, %(after)s in the drill. How much this varies from answer to answer is not known yet, "
            "so that it cannot be told whether it is a change."
        ),
    }
)
IN_SHORT: Mapping[str, Any] = MappingProxyType(
    {
        AS_PRACTISED: gettext_lazy("changed as practised"),
        OTHER_WAY: gettext_lazy("changed the other way"),
        MORE: gettext_lazy("went up"),
        LESS: gettext_lazy("went down"),
        SAME: gettext_lazy("no change beyond what varies"),
        UNKNOWN: gettext_lazy("not known how much varies"),
    }
)


@dataclass(frozen=True, slots=True)
class Compared:
    """One cue before and after. `kind` is one of the constants above, or empty where one side is absent."""

    cue: Cue
    before: Measured | None
    after: Measured | None
    kind: str
    text: str
    change: Change | None = None

    @property
    def code(self) -> str:
        return self.cue.value

    @property
    def name(self) -> str:
        return cue_names.name(self.cue)

    @property
    def short(self) -> str:
        return str(IN_SHORT.get(self.kind, ""))

    @property
    def was(self) -> str:
        return amount(self.cue, self.before)

    @property
    def now(self) -> str:
        return amount(self.cue, self.after)

    @property
    def limit(self) -> str:
        """Differences up to this are what varies anyway."""
        limit = self.change.limit if self.change else None
        return "" if limit is None else units.quantity(self.cue, limit)


@dataclass(frozen=True, slots=True)
class Moment:
    """A place in an answer, and the page on which it is shown."""

    t_ms: int
    at: str
    url: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a cue's table: the answer before, or one of the drills of the series."""

    name: str
    url: str
    when: datetime | None
    value: str
    margin: str
    """Up to how much it may lie off, to either side; empty where nobody knows."""
    verdict: str
    is_this: bool = False


@dataclass(frozen=True, slots=True)
class Watched:
    """A watched cue with all that the page shows of it."""

    compared: Compared
    chart: Chart | None
    rows: tuple[Row, ...]
    earlier: tuple[Moment, ...]
    """Where the advice saw it, in the answer before."""
    now: tuple[Moment, ...]
    """Events of the same behaviour in the drill."""

    @property
    def unit(self) -> str:
        return units.axis_unit(self.compared.cue)


@dataclass(frozen=True, slots=True)
class DrillView:
    drill: Drill
    line: AnswerLine | None
    watched: tuple[Watched, ...]
    again: Mapping[str, Any]
    """What to post for another drill of the same; empty where the answer before is gone."""
    back: str
    """Address of the answer before; empty where it is gone."""

    @property
    def state(self) -> str:
        """As of an answer's line; none where the question was not asked."""
        return self.line.state if self.line else "none"

    @property
    def names(self) -> list[str]:
        return [cue_names.name(code) for code in self.drill.cues]


def drill_view(drill: Drill, line: AnswerLine | None, profile: Profile = NO_PROFILE) -> DrillView:
    """The drill with those like it. One query where it is analysed, besides what was loaded with the drill."""
    cues = [cue for cue in watching.known(drill.cues) if cue not in profile.off]
    watched: list[Watched] = []
    if line is not None and line.state == ResultState.READY:
        runs = [run for run in series_of(drill) if run.after]
        watched = [_watched(cue, drill, line, runs, profile) for cue in cues]
    return DrillView(drill, line, tuple(watched), _again(drill, profile), _back(drill))


def compare(cue: Cue, drill: Drill) -> Compared:
    """Before against after, in words; absent on one side with the reason."""
    was, now = drill.before.get(cue.value, {}), drill.after.get(cue.value, {})
    before, after = as_measured(was), as_measured(now)
    if before is None or after is None:
        return Compared(cue, before, after, "", _absent(was, now, before, after))
    found = change(before, after)
    kind = _kind(found, Aim.from_json(drill.aims.get(cue.value, {})))
    values = {"before": amount(cue, before), "after": amount(cue, after)}
    return Compared(cue, before, after, kind, str(SAID[kind]) % values, found)


def amount(cue: Cue, found: Measured | None) -> str:
    return "" if found is None else units.quantity(cue, found.value)


def _kind(found: Change, aim: Aim) -> str:
    if found.verdict is Verdict.NONE:
        return SAME
    if found.verdict is Verdict.UNKNOWN:
        return UNKNOWN
    if not aim.direction:
        return MORE if found.verdict is Verdict.UP else LESS
    return AS_PRACTISED if found.verdict == aim.direction else OTHER_WAY


def _absent(
    was: Mapping[str, Any], now: Mapping[str, Any], before: Measured | None, after: Measured | None
) -> str:
    if before is None and after is None:
        text = _("It could be measured neither before nor in the drill: %(reason)s.")
    elif before is None:
        text = _("It could not be measured in the answer before, so there is nothing to compare: %(reason)s.")
    else:
        text = _("It could not be measured in the drill, so there is nothing to compare: %(reason)s.")
    reason = (now if after is None else was).get("absent", "")
    return text % {"reason": cue_names.reason(reason)}


def _watched(cue: Cue, drill: Drill, line: AnswerLine, runs: Sequence[Drill], profile: Profile) -> Watched:
    return Watched(
        compare(cue, drill),
        _chart(cue, drill, runs),
        (_before(cue, drill), *(_row(cue, run, n, drill) for n, run in enumerate(runs, 1))),
        _advised_moments(drill, cue, profile),
        _happened(cue, line),
    )


def _before(cue: Cue, drill: Drill) -> Row:
    source = drill.source
    url = reverse("analytics:answer", args=[source.session_id, source.pk]) if source else ""
    when = source.ended_at if source else None
    found = as_measured(drill.before.get(cue.value, {}))
    return Row(_("Before"), url, when, *_value(cue, found, drill.before), "")


def _row(cue: Cue, run: Drill, number: int, this: Drill) -> Row:
    found = as_measured(run.after.get(cue.value, {}))
    url = reverse("analytics:drill", args=[run.session_id])
    when = run.session.ended_at or run.made_at
    verdict = compare(cue, run).short
    return Row(_name(number), url, when, *_value(cue, found, run.after), verdict, run.pk == this.pk)


def _name(number: int) -> str:
    return _("Drill %(number)s") % {"number": number}


def _value(cue: Cue, found: Measured | None, stored: Mapping[str, Any]) -> tuple[str, str]:
    """The value, or why there is none, and the margin to either side."""
    if found is None:
        return cue_names.reason(stored.get(cue.value, {}).get("absent", "")), ""
    margin = "" if found.error is None else f"± {units.quantity(cue, Z * found.error)}"
    return units.quantity(cue, found.value), margin


def _chart(cue: Cue, drill: Drill, runs: Sequence[Drill]) -> Chart | None:
    """The answer before and the latest drills, as far as they were measured; a single dot shows nothing."""
    before = as_measured(drill.before.get(cue.value, {}))
    marks = [] if before is None else [Mark(_("Before"), before, "before")]
    for number, run in list(enumerate(runs, 1))[-IN_THE_CHART:]:
        found = as_measured(run.after.get(cue.value, {}))
        if found is not None:
            marks.append(Mark(_name(number), found, "now" if run.pk == drill.pk else "other"))
    aim = Aim.from_json(drill.aims.get(cue.value, {}))
    return chart(cue, marks, aim.low, aim.high) if len(marks) > 1 else None


def _advised_moments(drill: Drill, cue: Cue, profile: Profile) -> tuple[Moment, ...]:
    advice = shown_advice(drill, profile)
    if advice is None or drill.source is None:
        return ()
    changes = [one for one in advice.changes if one.get("cue") == cue.value]
    url = reverse("analytics:answer", args=[drill.source.session_id, drill.source.pk])
    return tuple(_moment(int(start), url) for one in changes for start, _end in one.get("moments", ()))


def _happened(cue: Cue, line: AnswerLine) -> tuple[Moment, ...]:
    if line.result is None:
        return ()
    kinds = EVENTS_OF.get(cue, ())
    url = reverse("analytics:answer", args=[line.answer.session_id, line.answer.pk])
    happened = [one for one in summaries.happenings(line.result.events) if one.cue in kinds]
    return tuple(_moment(one.start_ms, url) for one in happened)


def _moment(t_ms: int, url: str) -> Moment:
    return Moment(t_ms, units.clock(t_ms), f"{url}?t={t_ms}")


def shown_advice(drill: Drill, profile: Profile) -> Advice | None:
    """The drill's advice while it may be shown: it is current, by the profile of today, and the policy runs models."""
    advice = drill.advice
    if advice is None or not advice.current or not holds(advice.details, profile):
        return None
    return advice if runs_advice(drill.session.institution) else None


def _again(drill: Drill, profile: Profile) -> Mapping[str, Any]:
    advice = shown_advice(drill, profile)
    if advice is not None:
        return {"advice": advice.pk, "cues": drill.cues}
    return {"answer": drill.source_id, "cues": drill.cues} if drill.source_id else {}


def _back(drill: Drill) -> str:
    if drill.source is None:
        return ""
    url = reverse("analytics:result", args=[drill.source.session_id])
    return f"{url}#answer-{drill.source.position + 1}"
