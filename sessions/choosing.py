"""Reads for the page on which a student chooses what to practise. Nothing here writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, FloatField, QuerySet, Sum
from django.db.models.functions import Coalesce

from accounts.models import Institution, Purpose, User
from accounts.queries import standing_purposes
from cohorts.models import Assignment
from sessions.models import Mode, PracticeSession, Question, Scenario, State

GO_ON = 3
"""At most so many begun sessions are offered to go on with."""


@dataclass(frozen=True, slots=True)
class Choices:
    """How a session is practised, as far as the person's consents allow it."""

    mode: Mode
    record: bool
    hints: bool


def begun_sessions(user: User, institution: Institution) -> list[PracticeSession]:
    """Interviews that were begun and not ended, newest first."""
    rows = _interviews(user, institution).filter(started_at__isnull=False)
    return list(rows.exclude(state=State.DONE).select_related("scenario").order_by("-created_at")[:GO_ON])


def waiting_session(
    user: User, institution: Institution, scenario: Scenario, assignment: Assignment | None
) -> PracticeSession | None:
    """A session of this scenario whose lobby the person left again: it is used instead of making another."""
    rows = _interviews(user, institution).filter(scenario=scenario, assignment=assignment)
    return rows.filter(state=State.LOBBY).order_by("-created_at").first()


def usual_choices(user: User, institution: Institution) -> Choices:
    """The last interview's choices, without what is not agreed to now; with the camera where nothing is known."""
    agreed = standing_purposes(user, institution.pk)
    last = _interviews(user, institution).order_by("-created_at").first()
    wants_camera = last is None or last.started_at is None or last.mode == Mode.CAMERA
    return Choices(
        mode=Mode.CAMERA if wants_camera and Purpose.CAMERA in agreed else Mode.VOICE,
        record=last is not None and last.record and Purpose.RECORDING in agreed,
        hints=last is None or last.hints,
    )


def _interviews(user: User, institution: Institution) -> QuerySet[PracticeSession]:
    """The person's sessions without their drills, which are started from an advice and nowhere else."""
    return PracticeSession.objects.filter(user=user, institution=institution, is_drill=False)


def languages_of(scenarios: list[Scenario], own: str) -> list[str]:
    """The languages there are, the person's own first."""
    return sorted({scenario.language for scenario in scenarios}, key=lambda code: (code != own, code))


def own_language_first(scenarios: list[Scenario], own: str) -> list[Scenario]:
    """By language, the own one first; within a language the institution's before the shipped ones."""
    return sorted(
        scenarios,
        key=lambda one: (one.language != own, one.language, one.institution_id is None, one.title),
    )


def minutes_of(scenarios: Sequence[Scenario]) -> dict[UUID, int]:
    """How long each interview takes, in whole minutes: the middle of what is expected, and time to think."""
    answer = (F("expected_s_low") + F("expected_s_high")) / 2.0
    thinking = Coalesce(F("thinking_s"), F("scenario__thinking_s"))
    rows = Question.objects.filter(scenario__in=[one.pk for one in scenarios], retired_at=None)
    totals = rows.values_list("scenario_id").annotate(
        seconds=Sum(answer + thinking, output_field=FloatField())
    )
    return {scenario_id: max(1, round(seconds / 60)) for scenario_id, seconds in totals}
