"""A student's own sessions over time."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.access import PersonRequest
from analytics import cue_names
from analytics.charts import Chart
from analytics.charts.sessions import over_sessions
from analytics.history import History, calendar, history_of, scenarios_practised, usual_of
from analytics.progress import compare
from analytics.summaries import Usual
from scoring.cues.bands import band_of
from scoring.cues.catalogue import CATALOGUE, Band, Cue
from scoring.performance.index import NO_PROFILE, Profile
from scoring.queries import profile_of
from sessions.access import learner_required
from sessions.disputes.queries import disputed_cues

CHARTS = 10


@dataclass(frozen=True, slots=True)
class Group:
    """The charts of face, body or voice."""

    name: str
    charts: tuple[Chart, ...]


@require_safe
@learner_required
def progress(request: PersonRequest) -> HttpResponse:
    institution = request.membership.institution
    chosen = _scenario_id(request)
    profile = profile_of(user_id=request.user.pk, institution_id=institution.pk)
    found = history_of(request.user, institution, scenario_id=chosen).without(profile.off)
    found = found.disputed(disputed_cues(request.user, institution))
    usual = usual_of(request.user, institution)
    context = {
        "history": found,
        "groups": groups(found, usual, profile),
        "summary": summary(found),
        "calendar": calendar(request.user, institution),
        "scenarios": scenarios_practised(request.user, institution),
        "chosen": chosen,
    }
    return render(request, "analytics/progress.html", context)


def _scenario_id(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.GET.get("scenario", ""))
    except ValueError:
        return None


def shown(history: History) -> list[Cue]:
    """The cues that get a chart: the most telling ones that were measured at all."""
    return [cue for cue in cue_names.OVER_SESSIONS if cue in history.cues][:CHARTS]


def groups(
    history: History, usual: dict[Cue, Usual], profile: Profile = NO_PROFILE, *, own: bool = True
) -> list[Group]:
    """The charts by group; `own`: their reader is the person they are about, who alone sees their own targets."""
    cues = shown(history)
    return [
        Group(
            str(name),
            tuple(
                over_sessions(
                    cue, history.cues[cue], usual.get(cue), _band(cue, profile, history, own=own), own=own
                )
                for cue in of_group
            ),
        )
        for group, name in cue_names.GROUPS.items()
        if (of_group := [cue for cue in cues if CATALOGUE[cue].group == group])
    ]


def _band(cue: Cue, profile: Profile, history: History, *, own: bool) -> Band | None:
    """The own target, else what is common in the language that was spoken; none where languages differ in it."""
    if cue in profile.targets:
        return profile.targets[cue] if own else None
    bands = {band_of(cue, point.language) for point in history.cues[cue]}
    return bands.pop() if len(bands) == 1 else None


def summary(history: History) -> str:
    """What changed, in a sentence; or that nothing can be called a change yet."""
    compared = {cue: compare(history.cues[cue]) for cue in shown(history)}
    changed = [cue_names.name(cue) for cue, found in compared.items() if found and found.is_change]
    if not any(compared.values()):
        return _("After four sessions the first can be compared with the latest.")
    if not changed:
        return _("No cue changed by more than single answers vary anyway.")
    said = ngettext(
        "One cue changed by more than single answers vary anyway: %(names)s.",
        "%(n)s cues changed by more than single answers vary anyway: %(names)s.",
        len(changed),
    )
    return said % {"n": len(changed), "names": _(", ").join(changed)}
