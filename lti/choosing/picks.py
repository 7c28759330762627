"""What a teacher picks: an assignment to make, or one that the cohort has already; with what its link is to be."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.crypto import get_random_string


def _new_key() -> str:
    return get_random_string(10)


@dataclass(frozen=True, slots=True)
class Plan:
    """An assignment that is made when the answer is sent, and not before: who goes away leaves nothing behind."""

    scenario_id: UUID
    opens_at: datetime
    due_at: datetime
    sessions_needed: int
    note: str

    def verb_arguments(self) -> dict[str, Any]:
        """What `cohorts.actions.assignments.assign` takes."""
        return {
            "scenario_id": self.scenario_id,
            "opens_at": self.opens_at,
            "due_at": self.due_at,
            "sessions_needed": self.sessions_needed,
            "note": self.note,
        }


@dataclass(frozen=True, slots=True)
class Pick:
    """One link to be. Either `plan` or, once it is there, `assignment_id`. `points` None: no grade is sent."""

    title: str
    points: float | None
    plan: Plan | None = None
    assignment_id: UUID | None = None
    key: str = field(default_factory=_new_key, compare=False)

    def placed(self, assignment_id: UUID) -> Pick:
        return replace(self, plan=None, assignment_id=assignment_id)


def as_json(pick: Pick) -> dict[str, Any]:
    """As a selection keeps it."""
    return {
        "key": pick.key,
        "title": pick.title,
        "points": pick.points,
        "assignment": str(pick.assignment_id) if pick.assignment_id else None,
        "plan": _plan_as_json(pick.plan) if pick.plan else None,
    }


def from_json(kept: dict[str, Any]) -> Pick:
    return Pick(
        key=kept["key"],
        title=kept["title"],
        points=kept["points"],
        assignment_id=UUID(kept["assignment"]) if kept["assignment"] else None,
        plan=_plan_from_json(kept["plan"]) if kept["plan"] else None,
    )


def _plan_as_json(plan: Plan) -> dict[str, Any]:
    return {
        "scenario": str(plan.scenario_id),
        "opens_at": plan.opens_at.isoformat(),
        "due_at": plan.due_at.isoformat(),
        "sessions_needed": plan.sessions_needed,
        "note": plan.note,
    }


def _plan_from_json(kept: dict[str, Any]) -> Plan:
    return Plan(
        scenario_id=UUID(kept["scenario"]),
        opens_at=datetime.fromisoformat(kept["opens_at"]),
        due_at=datetime.fromisoformat(kept["due_at"]),
        sessions_needed=kept["sessions_needed"],
        note=kept["note"],
    )
