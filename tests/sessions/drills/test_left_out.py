"""A drill counts for nothing: every list, count and comparison of interviews is the same with it and without."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import data
from accounts.models import Institution, Purpose, User
from analytics import history, usage
from analytics.explain import own
from analytics.participation import participation_in
from analytics.queries import recent_sessions
from cohorts.models import Assignment, Cohort
from scoring.cues.catalogue import Cue
from sessions import choosing, queries
from sessions.drills.actions import start_drill
from sessions.models import Answer, Drill, PracticeSession, State
from sessions.ratings.queries import reviewable
from tests.sessions.drills.conftest import an_answer

SignIn = Callable[[User | None], Client]
Start = Callable[[], Drill]


@pytest.fixture
def seen_by(
    sam: User,
    tia: User,
    northfield: Institution,
    cohort: Cohort,
    assignment: Assignment,
    sign_in: SignIn,
) -> Callable[[PracticeSession], dict[str, Any]]:
    """Everything that counts Sam's interviews, by name."""

    def look(interview: PracticeSession) -> dict[str, Any]:
        today = timezone.localdate()
        return {
            "finished": list(history.done_sessions(sam, northfield)),
            "history": history.history_of(sam, northfield),
            "usual": history.usual_before(interview),
            "calendar": history.calendar(sam, northfield),
            "scenarios": history.scenarios_practised(sam, northfield),
            "participation": participation_in(cohort),
            "usage": list(usage.weeks_of(northfield, since=today - timedelta(days=30))),
            "usage page": usage.usage_of(northfield),
            "recent": recent_sessions(sam, cohort),
            "own example": own._latest(sam, northfield, Cue.GZ_DR),
            "begun": choosing.begun_sessions(sam, northfield),
            "waiting": choosing.waiting_session(sam, northfield, interview.scenario, None),
            "choices": choosing.usual_choices(sam, northfield),
            "sessions": queries.sessions_of(sam, northfield),
            "unfinished": queries.unfinished_session(sam, northfield),
            "assigned": [(one, one.finished) for one in queries.open_assignments(sam, northfield)],  # type: ignore[attr-defined]
            "to be rated": list(reviewable(tia)),
            "home": sign_in(sam).get(reverse("home")).context["practised_count"],
        }

    return look


@pytest.fixture
def later(sam: User, northfield: Institution, answered: Answer, scenario: Any) -> PracticeSession:
    """An interview after the one that is drilled."""
    return an_answer(sam, northfield, scenario).session


@pytest.mark.parametrize("ended", [True, False])
def test_nothing_counts_a_drill(
    ended: bool,
    sam: User,
    northfield: Institution,
    answered: Answer,
    later: PracticeSession,
    drilled: Callable[..., Drill],
    seen_by: Callable[[PracticeSession], dict[str, Any]],
    agree: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    agree(sam, northfield, Purpose.SHARE, Purpose.REVIEW)
    # Between the two interviews, so that it would be among what was before the second one.
    PracticeSession.objects.filter(pk=answered.session_id).update(
        created_at=timezone.now() - timedelta(hours=5)
    )
    before = seen_by(later)
    assert before["finished"], "else the test would show nothing"
    session = start_drill(user=sam, answer=answered, cues=["GZ_DR"])
    if ended:
        drilled(session, GZ_DR={"v": 0.99})
    PracticeSession.objects.filter(pk=session.pk).update(
        created_at=timezone.now() - timedelta(hours=3), started_at=timezone.now()
    )
    after = seen_by(later)
    for name, value in before.items():
        assert after[name] == value, name


def test_a_teacher_with_whom_everything_is_shared_sees_no_drill(
    sam: User,
    tia: User,
    northfield: Institution,
    cohort: Cohort,
    answered: Answer,
    drilled: Callable[..., Drill],
    agree: Callable[..., None],
    sign_in: SignIn,
) -> None:
    agree(sam, northfield, Purpose.SHARE, Purpose.REVIEW)
    drill = drilled(start_drill(user=sam, answer=answered, cues=["GZ_DR"]), GZ_DR={"v": 0.7})
    teacher = sign_in(tia)
    assert teacher.get(reverse("analytics:result", args=[answered.session_id])).status_code == 200
    answer = drill.session.answers.get()
    for address in (
        reverse("analytics:result", args=[drill.pk]),
        reverse("analytics:drill", args=[drill.pk]),
        reverse("analytics:answer", args=[drill.pk, answer.pk]),
        reverse("api:session", args=[drill.pk]),
        reverse("analytics:review_answer", args=[answer.pk]),
    ):
        assert teacher.get(address).status_code == 404, address
    page = teacher.get(reverse("analytics:student", args=[cohort.pk, sam.pk])).content.decode()
    assert str(drill.pk) not in page


def test_the_api_says_that_a_drill_is_one(sam: User, answered: Answer, sign_in: SignIn) -> None:
    session = start_drill(user=sam, answer=answered, cues=["GZ_DR"])
    listed = sign_in(sam).get(reverse("api:sessions")).json()["results"]
    assert {row["id"]: row["is_drill"] for row in listed} == {
        str(session.pk): True,
        str(answered.session_id): False,
    }


def test_the_export_has_the_drill_and_erasing_takes_it(
    sam: User, answered: Answer, drilled: Callable[..., Drill]
) -> None:
    drill = drilled(start_drill(user=sam, answer=answered, cues=["GZ_DR"]), GZ_DR={"v": 0.7, "error": 0.05})
    with zipfile.ZipFile(io.BytesIO(b"".join(data.zip_of(sam)))) as archive:
        exported = json.loads(archive.read("practice.drill.json"))
    assert [row["after"] for row in exported] == [drill.after]
    data.erase(sam)
    assert not Drill.objects.exists()


def test_the_comparison_stays_when_the_answer_before_is_deleted(
    sam: User, answered: Answer, drilled: Callable[..., Drill]
) -> None:
    drill = drilled(start_drill(user=sam, answer=answered, cues=["GZ_DR"]), GZ_DR={"v": 0.7})
    answered.session.delete()
    kept = Drill.objects.get()
    assert (kept.source, kept.before, kept.session.state) == (None, drill.before, State.DONE)
