"""Trainings, switches and rescorings of an institution in one list, newest first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Institution, User
from analytics.registry import words
from scoring.models import ModelSwitch, RunState, SwitchReason, TrainingRun
from sessions.models import Rescoring

TRAINING, SWITCH, RESCORING = "training", "switch", "rescoring"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was done. `state` is a word for its end, `kind` how it looks (a badge's)."""

    at: datetime
    by: User | None
    what: str
    said: str
    state: str = ""
    kind: str = ""


def events(institution: Institution) -> Any:
    """(`what`, `key`, `at`) of everything, newest first: pages are cut from it before anything else is read."""
    parts = [
        _named(TrainingRun.objects.filter(institution=institution), TRAINING, "created_at"),
        _named(ModelSwitch.objects.filter(institution=institution, kind="engagement"), SWITCH, "made_at"),
        _named(Rescoring.objects.filter(institution=institution), RESCORING, "created_at"),
    ]
    return parts[0].union(*parts[1:], all=True).order_by("-at", "key")


def _named(rows: QuerySet[Any], what: str, at: str) -> Any:
    named = rows.order_by().annotate(what=Value(what, CharField()), key=Cast("pk", CharField()), at=F(at))
    return named.values("what", "key", "at")


def lines(found: Iterable[dict[str, Any]]) -> list[Line]:
    """The events of one page in words; a query for each kind that is on it."""
    found = list(found)
    keys = {
        what: [one["key"] for one in found if one["what"] == what] for what in (TRAINING, SWITCH, RESCORING)
    }
    runs = TrainingRun.objects.filter(pk__in=keys[TRAINING]).select_related("by")
    switches = ModelSwitch.objects.filter(pk__in=keys[SWITCH]).select_related("by", "version", "previous")
    again = Rescoring.objects.filter(pk__in=keys[RESCORING]).select_related("by", "version")
    rows = {
        **{(TRAINING, str(run.pk)): training_line(run) for run in runs},
        **{(SWITCH, str(row.pk)): switch_line(row) for row in switches.defer(*_HEAVY)},
        **{(RESCORING, str(row.pk)): rescoring_line(row) for row in again.defer("version__weights")},
    }
    return [rows[key] for one in found if (key := (one["what"], one["key"])) in rows]


_HEAVY = ("version__weights", "version__card", "previous__weights", "previous__card")

KINDS = {RunState.DONE: "done", RunState.FAILED: "error"}


def training_line(run: TrainingRun) -> Line:
    state = RunState(run.state)
    return Line(run.created_at, run.by, _("Training"), _training(run), str(state.label), KINDS.get(state, ""))


def _training(run: TrainingRun) -> str:
    if run.state == RunState.FAILED:
        return words.problem(run.problem)
    if run.state != RunState.DONE:
        return ""
    counts = words.answers_of_people(int(run.data.get("answers", 0)), int(run.data.get("people", 0)))
    verdict = _("better than the model in use") if run.better else _("not better than the model in use")
    return _("%(name)s, from %(counts)s: %(verdict)s") % {
        "name": run.trial.get("version", ""),
        "counts": counts,
        "verdict": verdict,
    }


def switch_line(row: ModelSwitch) -> Line:
    what = _("Rolled back") if row.reason == SwitchReason.ROLL_BACK else _("Switched on")
    return Line(row.made_at, row.by, what, f"{row.previous.name} → {row.version.name}")


def rescoring_line(row: Rescoring) -> Line:
    said = _("%(name)s: %(done)s of %(total)s answers") % {
        "name": row.version.name,
        "done": row.done,
        "total": row.total,
    }
    state = RunState(row.state)
    return Line(row.created_at, row.by, str(SCORED_ANEW), said, str(state.label), KINDS.get(state, ""))


SCORED_ANEW = gettext_lazy("History scored anew")
