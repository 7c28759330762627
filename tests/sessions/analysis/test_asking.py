"""What a student asks of an analysis, and who sees the words of an answer."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.data import erase, zip_of
from accounts.models import Consent, Institution, Purpose, User
from cohorts.models import Cohort
from sessions.analysis.actions import analyse
from sessions.models import Answer, AnswerResult, AnswerTranscript, PracticeSession, ResultState

End = Callable[..., Answer]
SignIn = Callable[[User | None], Client]


def state_of(answer: Answer) -> str:
    return AnswerResult.objects.get(answer=answer).state


def test_the_student_stops_and_lets_go_on(
    session: PracticeSession, sam: User, hum: Any, end: End, sign_in: SignIn
) -> None:
    answer = end(session, hum(1))
    client, result = sign_in(sam), reverse("analytics:result", args=[session.pk])
    for name, state in [("stop", "stopped"), ("stop", "stopped"), ("go_on", "waiting"), ("go_on", "waiting")]:
        response = client.post(reverse(f"practice:{name}_analysis", args=[answer.pk]))
        assert response.headers["Location"] == result
        assert state_of(answer) == state


def test_htmx_stays_where_it_is(
    session: PracticeSession, sam: User, hum: Any, end: End, sign_in: SignIn
) -> None:
    answer = end(session, hum(1))
    address = reverse("practice:stop_analysis", args=[answer.pk])
    response = sign_in(sam).post(address, headers={"HX-Request": "true"})
    assert (response.status_code, response.headers["HX-Refresh"]) == (204, "true")


@pytest.fixture
def shared(
    session: PracticeSession,
    sam: User,
    northfield: Institution,
    cohort: Cohort,
    hum: Any,
    end: End,
    reader: Any,
) -> Answer:
    """An answer that was analysed, of a session that Sam shares with Tia."""
    Consent.objects.create(user=sam, institution=northfield, purpose=Purpose.SHARE, version=1)
    answer = end(session, hum())
    analyse(answer_id=answer.pk)
    PracticeSession.objects.update(cohort=cohort, state="done", ended_at=timezone.now())
    AnswerTranscript.objects.update(
        words=[["Rumpelstiltskin", 0, 400, 0.9]],
        remarks=[{"first": 0, "last": 0, "kind": "x", "message": "Zauberlehrling", "suggestions": ["Y"]}],
    )
    return answer


def test_a_teacher_with_whom_it_is_shared_never_sees_the_words(
    shared: Answer, sam: User, tia: User, cohort: Cohort, sign_in: SignIn
) -> None:
    client = sign_in(tia)
    pages = [
        reverse("analytics:result", args=[shared.session_id]),
        reverse("analytics:student", args=[cohort.pk, sam.pk]),
        reverse("analytics:cohort", args=[cohort.pk]),
    ]
    for page in pages:
        response = client.get(page)
        assert response.status_code == 200
        assert b"Rumpelstiltskin" not in response.content
        assert b"Zauberlehrling" not in response.content
    for page in (
        reverse("analytics:answer", args=[shared.session_id, shared.pk]),
        reverse("api:session", args=[shared.session_id]),
    ):
        assert client.get(page).status_code == 404


def test_the_student_s_own_api_has_them(shared: Answer, sam: User, sign_in: SignIn) -> None:
    found = sign_in(sam).get(reverse("api:session", args=[shared.session_id])).json()
    first, second = found["answers"][:2]
    assert first["transcript"]["words"] == [["Rumpelstiltskin", 0, 400, 0.9]]
    assert first["result"]["state"] == "ready"
    assert first["result"]["made_by"]["recogniser"] == "1"
    assert second["transcript"] is None


def test_the_words_are_exported_and_erased(shared: Answer, sam: User) -> None:
    with zipfile.ZipFile(io.BytesIO(b"".join(zip_of(sam)))) as archive:
        (row,) = json.loads(archive.read("practice.answertranscript.json"))
    assert row["words"][0][0] == "Rumpelstiltskin"
    assert row["remarks"][0]["message"] == "Zauberlehrling"
    erase(sam)
    assert not AnswerTranscript.objects.exists()


def test_a_stopped_analysis_is_no_failure(session: PracticeSession, hum: Any, end: End, reader: Any) -> None:
    answer = end(session, hum(1))
    AnswerResult.objects.update(state=ResultState.STOPPED)
    assert analyse(answer_id=answer.pk) is None
    assert state_of(answer) == "stopped"
