"""The performance index as it is kept: what it is made of, and that it follows the person's profile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from scoring.actions import set_profile
from scoring.cues.baseline import Baseline
from scoring.cues.catalogue import Cue
from scoring.cues.values import Value
from sessions import scores
from sessions.models import (
    Answer,
    AnswerResult,
    AnswerScore,
    AnswerState,
    PracticeSession,
    ResultState,
    Scenario,
    State,
)

WELL = {
    "GZ_DR": 0.7,
    "WPM": 150.0,
    "LATENCY": 1.2,
    "F0_SD": 3.0,
    "LOUD": -25.0,
    "FILLERS": 2.0,
    "ANSWER_LEN": 80.0,
}


def stored(values: Mapping[str, float | None]) -> dict[str, Any]:
    return {code: {"absent": "no_face"} if value is None else {"v": value} for code, value in values.items()}


def usual(values: Mapping[str, float] = WELL, answers: int = 3) -> Baseline:
    baseline = Baseline()
    for n in range(answers):
        shown = {Cue(code): Value.of(value * (1 + 0.01 * n)) for code, value in values.items()}
        baseline = baseline.with_answer(shown)
    return baseline


@pytest.fixture
def session(sam: User, scenario: Scenario) -> PracticeSession:
    return PracticeSession.objects.create(
        institution=sam.memberships.get().institution,
        user=sam,
        scenario=scenario,
        state=State.DONE,
        question_ids=[question.pk for question in scenario.questions.all()],
    )


def answered(session: PracticeSession, values: Mapping[str, float | None], **question: Any) -> Answer:
    asked = session.scenario.questions.first()
    for name, value in question.items():
        setattr(asked, name, value)
    asked.save()
    answer = Answer.objects.create(
        institution=session.institution,
        session=session,
        question=asked,
        position=session.answers.count(),
        question_text=asked.text,
        state=AnswerState.SAVED,
    )
    AnswerResult.objects.create(
        answer=answer,
        institution=session.institution,
        state=ResultState.READY,
        catalogue_version=1,
        cues=stored(values),
    )
    return answer


def keep(answer: Answer, baseline: Baseline | None) -> AnswerScore:
    with transaction.atomic():
        return scores.keep(answer, answer.result.cues, baseline=baseline)


def person(session: PracticeSession) -> dict[str, Any]:
    return {"user_id": session.user_id, "institution_id": session.institution_id}


def terms(score: AnswerScore) -> dict[str, dict[str, Any]]:
    return {term["cue"]: term for term in score.details["terms"]}


# --- kept ---------------------------------------------------------------------------------------------


def test_an_index_is_kept_with_every_term_and_what_it_was_made_of(session: PracticeSession) -> None:
    answer = answered(session, WELL, expected_cues=[], type="motivation")
    score = AnswerScore.objects.get(pk=keep(answer, usual()).pk)
    assert (score.kind, score.version, score.current, score.missing) == ("performance", "pd-1", True, "")
    together = sum(term["weight"] * term["score"] for term in terms(score).values())
    assert score.value == pytest.approx(together, abs=1e-5)
    assert set(terms(score)) == set(WELL)
    assert sum(term["weight"] for term in terms(score).values()) == pytest.approx(1)
    assert score.details["usual"]["WPM"]["n"] == 3
    assert {one["cue"] for one in score.details["expected"]} == set(WELL)


def test_the_question_says_what_is_expected(session: PracticeSession) -> None:
    named = [{"cue": "FILLERS", "direction": "down", "weight": 0.5}]
    answer = answered(session, WELL, expected_cues=named, expected_s_low=200, expected_s_high=300)
    found = terms(keep(answer, usual()))
    assert set(found) == {"FILLERS", "ANSWER_LEN"}
    assert found["ANSWER_LEN"]["band"] == -1


def test_the_band_is_that_of_the_language(session: PracticeSession) -> None:
    answer = answered(session, WELL, expected_cues=[], type="motivation")
    assert "band" in terms(keep(answer, None))["WPM"]
    session.scenario.language = "de"
    session.scenario.save()
    german = answered(session, WELL, expected_cues=[], type="motivation")
    score = keep(german, None)
    assert {"cue": "WPM", "why": "calibrating"} in score.details["left_out"]
    assert {"cue": "FILLERS", "why": "calibrating"} in score.details["left_out"]


def test_with_too_little_left_the_reason_is_kept(session: PracticeSession) -> None:
    answer = answered(session, dict.fromkeys(WELL), expected_cues=[], type="motivation")
    score = keep(answer, usual())
    assert (score.value, score.missing) == (None, "no_signal")


def test_analysed_again_it_is_compared_with_what_was_usual_before(session: PracticeSession) -> None:
    answer = answered(session, WELL, expected_cues=[], type="motivation")
    first = keep(answer, usual())
    answer.result.cues = stored(WELL | {"WPM": 210.0})
    again = keep(answer, usual({code: 2 * value for code, value in WELL.items()}))
    first.refresh_from_db()
    assert (first.current, again.current) == (False, True)
    assert again.details["usual"] == first.details["usual"]
    assert terms(again)["WPM"]["score"] < terms(first)["WPM"]["score"]


# --- the profile ----------------------------------------------------------------------------------------


def test_what_is_switched_off_leaves_the_sum_and_the_reason_stays(session: PracticeSession) -> None:
    set_profile(**person(session), off=["WPM"], targets={})
    score = keep(answered(session, WELL, expected_cues=[], type="motivation"), usual())
    assert "WPM" not in terms(score)
    assert score.details["left_out"] == [{"cue": "WPM", "why": "switched_off"}]
    assert sum(term["weight"] for term in terms(score).values()) == pytest.approx(1)


def test_a_changed_profile_changes_the_indices_there_are(session: PracticeSession) -> None:
    slow = answered(session, WELL | {"WPM": 95.0}, expected_cues=[], type="motivation")
    before = keep(slow, usual())
    assert terms(before)["WPM"]["score"] == -1
    set_profile(**person(session), off=["GZ_DR"], targets={"WPM": {"low": 80, "high": 110}})
    assert scores.score_again(**person(session)) == 1
    after = AnswerScore.objects.get(answer=slow, current=True)
    assert after.pk != before.pk
    assert terms(after)["WPM"]["score"] > 0
    assert "GZ_DR" not in terms(after)
    assert after.details["usual"] == before.details["usual"]


def test_taken_back_everything_is_as_it_was(session: PracticeSession) -> None:
    answer = answered(session, WELL | {"WPM": 95.0}, expected_cues=[], type="motivation")
    before = keep(answer, usual())
    for off in (["WPM", "GZ_DR", "LOUD"], []):
        set_profile(**person(session), off=off, targets={})
        scores.score_again(**person(session))
    after = AnswerScore.objects.get(answer=answer, current=True)
    assert (after.value, after.missing, after.details) == (before.value, before.missing, before.details)


def test_what_the_profile_does_not_touch_is_left_alone(session: PracticeSession) -> None:
    keep(answered(session, WELL), usual())
    set_profile(**person(session), off=["SYLL_RATE"], targets={})
    assert scores.score_again(**person(session)) == 0
    assert AnswerScore.objects.count() == 1


def test_another_persons_profile_changes_nothing(session: PracticeSession, tia: User) -> None:
    keep(answered(session, WELL), usual())
    institution_id = session.institution_id
    set_profile(user_id=tia.pk, institution_id=institution_id, off=["LATENCY", "WPM"], targets={})
    assert scores.score_again(user_id=tia.pk, institution_id=institution_id) == 0


def test_many_answers_cost_as_many_queries_as_one(session: PracticeSession) -> None:
    def queries(off: list[str]) -> int:
        set_profile(**person(session), off=off, targets={})
        with CaptureQueriesContext(connection) as found:
            scores.score_again(**person(session))
        return len(found)

    keep(answered(session, WELL, expected_cues=[], type="motivation"), usual())
    one = queries(["WPM"])
    for _ in range(5):
        keep(answered(session, WELL), usual())
    assert queries(["GZ_DR"]) == one
