"""Advice rows, as the analysis keeps them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import Institution, ModelKind
from sessions.models import Advice, PracticeSession

MADE_BY = {"off": [], "targets": {}}
"""The accommodation profile that advice was made by is kept with it."""
Advise = Callable[..., Advice]


Change = Callable[..., dict[str, Any]]


@pytest.fixture
def change() -> Change:
    """`change("HD_TH", "down", seconds=3)` is one of `Advice.changes`."""

    def make(cue: str = "GZ_DR", direction: str = "up", **more: Any) -> dict[str, Any]:
        found = {"before": 0.2, "after": 0.6, "seconds": 9, "moments": [[42_000, 50_000], [70_000, 73_000]]}
        return {"cue": cue, "direction": direction, **found, **more}

    return make


@pytest.fixture
def advising(northfield: Institution) -> Institution:
    """Northfield, whose policy runs both models."""
    northfield.models_allowed = [ModelKind.ENGAGEMENT.value, ModelKind.ADVICE.value]
    northfield.save()
    return northfield


@pytest.fixture
def advise(advising: Institution) -> Advise:
    """`advise(session, change(), position=1)` keeps advice on an answer; without changes the reason `missing`."""

    def make(session: PracticeSession, *changes: dict[str, Any], position: int = 0, **more: Any) -> Advice:
        fields: dict[str, Any] = {
            "details": {"seconds": 30, "low": 14, "turned": 9, "before": 0.4, "after": 0.7} | MADE_BY,
            "version": "advice-1",
            "engagement_version": "engagement-1",
            "missing": "" if changes else "already_high",
        }
        answer = session.answers.get(position=position)
        return Advice.objects.create(
            answer=answer, institution=session.institution, changes=list(changes), **(fields | more)
        )

    return make
