"""Starting a drill: from an advice or from a cue, only one's own, with what is agreed to."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actions import withdraw_consent
from accounts.models import Institution, Purpose, User
from scoring.actions import set_profile
from scoring.cues.baseline import Baseline, Usual
from scoring.cues.catalogue import CATALOGUE_VERSION, Cue
from scoring.metrics.change import error_within
from scoring.models import Baseline as StoredBaseline
from sessions.actions.preparing import prepare_session
from sessions.drills import actions
from sessions.drills.actions import start_drill
from sessions.drills.measuring import windows_of
from sessions.errors import CannotStart
from sessions.models import Advice, Answer, Drill, Mode, PracticeSession, ResultState, Scenario, State
from tests.sessions.drills.conftest import QUESTION_MS, an_answer, noisy_track

SignIn = Callable[[User | None], Client]
URL = "practice:start_drill"


def refused(**what: Any) -> str:
    sessions = PracticeSession.objects.count()
    with pytest.raises(CannotStart) as problem:
        start_drill(**what)
    assert PracticeSession.objects.count() == sessions
    return problem.value.code


def test_a_drill_asks_the_question_again_and_counts_for_nothing(sam: User, advice: Advice) -> None:
    session = start_drill(user=sam, answer=advice.answer, advice=advice)
    source = advice.answer.session
    assert (session.is_drill, session.state, session.mode) == (True, State.LOBBY, Mode.CAMERA)
    assert session.question_ids == [advice.answer.question_id]
    assert (session.scenario, session.institution) == (source.scenario, source.institution)
    assert (session.cohort, session.assignment, session.record) == (None, None, False)
    assert session.drill.cues == ["GZ_DR", "HD_TH"]
    assert (session.drill.advice, session.drill.source) == (advice, advice.answer)


def test_it_keeps_what_was_measured_before_with_its_error(sam: User, advice: Advice) -> None:
    before = start_drill(user=sam, answer=advice.answer, advice=advice).drill.before
    track = noisy_track(0.4)
    windows = windows_of(track, Cue.GZ_DR, QUESTION_MS)
    within = error_within(windows, overlap=2)
    assert within is not None
    assert before["GZ_DR"] == {"v": 0.4, "error": pytest.approx(within, rel=1e-2)}
    assert 0 < before["GZ_DR"]["error"] < 0.1


def test_how_answers_vary_is_part_of_the_error_once_it_is_known(
    sam: User, northfield: Institution, advice: Advice
) -> None:
    baseline = Baseline({Cue.GZ_DR: Usual(0.5, 0.17, 5), Cue.HD_TH: Usual(0.2, 0.3, 2)})
    StoredBaseline.objects.create(
        user=sam, institution=northfield, catalogue_version=CATALOGUE_VERSION, stats=baseline.to_json()
    )
    before = start_drill(user=sam, answer=advice.answer, advice=advice).drill.before
    assert before["GZ_DR"]["error"] == 0.17
    assert before["HD_TH"]["error"] < 0.05, "of two answers nobody knows how they vary"


def test_the_aim_is_the_advice_s(sam: User, advice: Advice) -> None:
    aims = start_drill(user=sam, answer=advice.answer, advice=advice).drill.aims
    assert aims == {"GZ_DR": {"direction": "up", "low": 0.6}, "HD_TH": {"direction": "down", "high": 0.1}}


def test_one_of_two_changes(sam: User, advice: Advice) -> None:
    assert start_drill(user=sam, answer=advice.answer, advice=advice, cues=["HD_TH"]).drill.cues == ["HD_TH"]


def test_a_plain_cue_needs_no_model_and_aims_at_its_band(sam: User, answered: Answer) -> None:
    drill = start_drill(user=sam, answer=answered, cues=["WPM"]).drill
    assert (drill.advice, drill.cues) == (None, ["WPM"])
    assert drill.before == {"WPM": {"v": 190.0}}, "words have no windows, and nothing is usual yet"
    assert drill.aims["WPM"]["direction"] == "down"
    assert drill.aims["WPM"]["high"] < 190


def test_what_was_absent_before_stays_absent_with_its_reason(sam: User, answered: Answer) -> None:
    assert start_drill(user=sam, answer=answered, cues=["SMILE_SHARE"]).drill.before == {
        "SMILE_SHARE": {"absent": "too_dark"}
    }


def test_at_most_two_cues_are_watched(sam: User, answered: Answer) -> None:
    drill = start_drill(user=sam, answer=answered, cues=["LOUD", "LOUD", "GZ_DR", "WPM"]).drill
    assert drill.cues == ["LOUD", "GZ_DR"]


@pytest.mark.parametrize("cues", [[], ["NOD"], ["NONSENSE"], [""]])
def test_only_what_is_measured_can_be_practised(sam: User, answered: Answer, cues: list[str]) -> None:
    assert refused(user=sam, answer=answered, cues=cues) == "nothing_to_watch"


def test_a_cue_that_is_not_advised_is_no_part_of_an_advice(sam: User, advice: Advice) -> None:
    assert refused(user=sam, answer=advice.answer, advice=advice, cues=["LOUD"]) == "nothing_to_watch"


def test_what_the_student_left_out_is_not_practised(
    sam: User, northfield: Institution, advice: Advice
) -> None:
    set_profile(user_id=sam.pk, institution_id=northfield.pk, off=["HD_TH"], targets={})
    assert start_drill(user=sam, answer=advice.answer, advice=advice).drill.cues == ["GZ_DR"]
    assert refused(user=sam, answer=advice.answer, cues=["HD_TH"]) == "left_out"


def test_an_old_advice_is_refused(sam: User, advice: Advice) -> None:
    Advice.objects.filter(pk=advice.pk).update(current=False)
    advice.refresh_from_db()
    assert refused(user=sam, answer=advice.answer, advice=advice) == "advice_old"


def test_what_is_not_analysed_has_no_before(sam: User, answered: Answer) -> None:
    answered.result.state = ResultState.WAITING
    answered.result.save()
    assert refused(user=sam, answer=answered, cues=["GZ_DR"]) == "not_analysed"


def test_without_the_camera_only_what_can_be_heard_is_practised(
    sam: User, northfield: Institution, answered: Answer
) -> None:
    withdraw_consent(user=sam, institution=northfield, purpose=Purpose.CAMERA)
    assert refused(user=sam, answer=answered, cues=["GZ_DR"]) == "drill_needs_camera"
    assert start_drill(user=sam, answer=answered, cues=["LOUD"]).mode == Mode.VOICE


def test_of_two_one_can_be_heard(sam: User, northfield: Institution, answered: Answer) -> None:
    withdraw_consent(user=sam, institution=northfield, purpose=Purpose.CAMERA)
    session = start_drill(user=sam, answer=answered, cues=["GZ_DR", "LOUD"])
    assert (session.mode, session.drill.cues) == (Mode.VOICE, ["GZ_DR", "LOUD"])


def test_by_voice_stays_by_voice(
    sam: User, northfield: Institution, scenario: Scenario, answered: Answer
) -> None:
    heard = an_answer(sam, northfield, scenario, mode=Mode.VOICE)
    assert start_drill(user=sam, answer=heard, cues=["LOUD"]).mode == Mode.VOICE


def test_the_lobby_does_not_switch_off_all_that_is_watched(sam: User, answered: Answer) -> None:
    session = start_drill(user=sam, answer=answered, cues=["GZ_DR"])
    with pytest.raises(CannotStart, match="drill_needs_camera"):
        prepare_session(session_id=session.pk, mode="voice", record=False, hints=True)
    assert prepare_session(session_id=session.pk, mode="camera", record=False, hints=True).mode == Mode.CAMERA


def test_an_unfinished_drill_of_the_same_is_gone_on_with(sam: User, advice: Advice) -> None:
    first = start_drill(user=sam, answer=advice.answer, advice=advice)
    assert start_drill(user=sam, answer=advice.answer, advice=advice) == first
    other = start_drill(user=sam, answer=advice.answer, advice=advice, cues=["GZ_DR"])
    assert other != first
    PracticeSession.objects.filter(pk=first.pk).update(state=State.DONE)
    assert start_drill(user=sam, answer=advice.answer, advice=advice) not in {first, other}


def test_there_is_a_limit_for_one_day(sam: User, answered: Answer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "MOST_A_DAY", 2)
    for code in ("GZ_DR", "LOUD"):
        start_drill(user=sam, answer=answered, cues=[code])
    assert refused(user=sam, answer=answered, cues=["WPM"]) == "drills_enough"
    Drill.objects.update(made_at=timezone.now() - timedelta(days=2))
    assert start_drill(user=sam, answer=answered, cues=["WPM"]).is_drill


def test_a_scenario_that_is_gone_cannot_be_drilled(sam: User, answered: Answer, scenario: Scenario) -> None:
    scenario.archived_at = timezone.now()
    scenario.save()
    answered.session.scenario.refresh_from_db()
    assert refused(user=sam, answer=answered, cues=["GZ_DR"]) == "scenario_gone"


# --- the address --------------------------------------------------------------------------------------


def test_the_button_leads_into_the_lobby_and_later_back_into_the_room(
    sam: User, advice: Advice, sign_in: SignIn
) -> None:
    client = sign_in(sam)
    response = client.post(reverse(URL), {"advice": advice.pk, "cue": "GZ_DR"})
    session = PracticeSession.objects.get(is_drill=True)
    assert response["Location"] == reverse("practice:lobby", args=[session.pk])
    assert session.drill.cues == ["GZ_DR"]
    PracticeSession.objects.filter(pk=session.pk).update(state=State.ANSWERING)
    again = client.post(reverse(URL), {"advice": advice.pk, "cue": "GZ_DR"})
    assert again["Location"] == reverse("practice:room", args=[session.pk])


def test_a_refusal_says_why_on_the_result(sam: User, answered: Answer, sign_in: SignIn) -> None:
    response = sign_in(sam).post(reverse(URL), {"answer": answered.pk, "cue": "NOD"}, follow=True)
    assert response.redirect_chain[-1][0].startswith(reverse("analytics:result", args=[answered.session_id]))
    assert "nothing in this that could be measured" in response.content.decode()


@pytest.mark.parametrize("name", ["tia", "ada", "otto"])
def test_nobody_else_practises_with_sams_answer(
    name: str, advice: Advice, sign_in: SignIn, request: pytest.FixtureRequest, cohort: Any
) -> None:
    client = sign_in(request.getfixturevalue(name))
    for data in ({"advice": advice.pk}, {"answer": advice.answer.pk, "cue": "GZ_DR"}):
        assert client.post(reverse(URL), data).status_code == 404
    assert not Drill.objects.exists()


def test_where_the_models_do_not_run_their_advice_is_not_there(
    sam: User, northfield: Institution, advice: Advice, sign_in: SignIn
) -> None:
    northfield.models_allowed = []
    northfield.save()
    assert sign_in(sam).post(reverse(URL), {"advice": advice.pk}).status_code == 404
    assert sign_in(sam).post(reverse(URL), {"answer": advice.answer.pk, "cue": "GZ_DR"}).status_code == 302


@pytest.mark.parametrize("data", [{}, {"advice": "nonsense"}, {"answer": uuid.uuid4(), "cue": "GZ_DR"}])
def test_nonsense_is_not_found(sam: User, answered: Answer, sign_in: SignIn, data: dict[str, Any]) -> None:
    assert sign_in(sam).post(reverse(URL), data).status_code == 404


def test_an_advice_that_is_being_made_anew_is_not_practised(
    sam: User, northfield: Institution, advice: Advice
) -> None:
    advice.details |= {"off": [], "targets": {}}
    set_profile(user_id=sam.pk, institution_id=northfield.pk, off=["SMILE_SHARE", "GZ_DR"], targets={})
    assert refused(user=sam, answer=advice.answer, advice=advice) == "advice_old"
