"""The coach on the pages: one piece at a time, to whom, where it stands, and with how many queries."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Consent, Institution, Purpose, User
from scoring.actions import set_profile
from scoring.cues.catalogue import Cue
from sessions.models import Advice, AnswerResult, Drill, PracticeSession, ResultState, State

SignIn = Callable[[User | None], Client]
Practise = Callable[..., PracticeSession]
Advise = Callable[..., Advice]
Change = Callable[..., dict[str, Any]]
COACH = reverse("analytics:coach")


def text_of(response: Any) -> str:
    body = re.sub(r"<script.*?</script>", " ", response.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body)).replace("\N{NO-BREAK SPACE}", " ")


def result_url(session: PracticeSession) -> str:
    return reverse("analytics:result", args=[session.pk])


def answer_url(session: PracticeSession, position: int = 0) -> str:
    return reverse("analytics:answer", args=[session.pk, session.answers.get(position=position).pk])


def piece_url(session: PracticeSession, piece: int) -> str:
    return f"{reverse('analytics:advice', args=[session.pk])}?piece={piece}"


# --- one piece at a time --------------------------------------------------------------------------------


def test_the_result_shows_one_piece_the_most_useful_first(
    sam: User, practise: Practise, advise: Advise, change: Change, sign_in: SignIn
) -> None:
    session = practise(sam)
    advise(session, change("HD_TH", "down", seconds=2, before=0.3, after=0.0), change(), position=1)
    page = sign_in(sam).get(result_url(session))
    said = text_of(page)
    assert said.count("One thing to try") == 1
    assert "1 of 2 Look at the camera more often" in said
    assert "Hands away from the face" not in said
    assert "0:42 and 1:10" in said
    assert "the estimate would change in 9 of the 14 seconds" in said
    assert "not of what you feel" in said


def test_going_on_works_without_scripts_and_by_htmx_alike(
    sam: User, practise: Practise, advise: Advise, change: Change, sign_in: SignIn
) -> None:
    session = practise(sam)
    advise(session, change("HD_TH", "down", seconds=2, before=0.3, after=0.0), change(), position=1)
    client = sign_in(sam)
    first = client.get(result_url(session)).content.decode()
    assert f'href="{result_url(session)}?piece=2#coach"' in first
    assert f'hx-get="{piece_url(session, 2)}"' in first
    assert 'rel="prev"' not in first
    whole, part = client.get(f"{result_url(session)}?piece=2"), client.get(piece_url(session, 2))
    for page in (whole, part):
        assert "2 of 2 Hands away from the face" in text_of(page)
        assert b'rel="next"' not in page.content
    assert b"<html" not in part.content


@pytest.mark.parametrize("asked", ["0", "-3", "99", "two", "", "9" * 400])
def test_a_piece_that_there_is_not_becomes_the_nearest(
    sam: User, practise: Practise, advise: Advise, change: Change, sign_in: SignIn, asked: str
) -> None:
    session = practise(sam)
    advise(session, change(), change("HD_TH", "down", seconds=1))
    page = sign_in(sam).get(result_url(session), {"piece": asked})
    assert ("2 of 2" if asked.startswith("9") else "1 of 2") in text_of(page)


def test_a_reload_says_the_same(
    sam: User, practise: Practise, advise: Advise, change: Change, sign_in: SignIn
) -> None:
    session = practise(sam)
    advise(session, change(), change("HD_TH", "down", seconds=1))
    client = sign_in(sam)
    first, again = (text_of(client.get(piece_url(session, 1))) for _ in range(2))
    assert first == again


def test_the_moments_open_their_answers_also_where_the_same_shows_elsewhere(
    sam: User, practise: Practise, advise: Advise, change: Change, sign_in: SignIn
) -> None:
    session = practise(sam)
    advise(session, change(), position=1)
    advise(session, change(seconds=2, moments=[[5_000, 8_000]]), position=2)
    page = sign_in(sam).get(result_url(session)).content.decode()
    assert f'href="{answer_url(session, 1)}?t=42000" data-jump="answer-2" data-t="42000"' in page
    assert f'href="{answer_url(session, 2)}?t=5000" data-jump="answer-3" data-t="5000"' in page
    assert 'id="answer-2"' in page
    assert 'id="answer-3"' in page
    assert "The same in another answer" in page


def test_practise_this_now_leads_to_the_drill_of_the_advice(
    sam: User, practise: Practise, advise: Advise, change: Change, sign_in: SignIn
) -> None:
    session = practise(sam)
    advice = advise(session, change())
    client = sign_in(sam)
    for url in (result_url(session), answer_url(session), reverse("home")):
        page = client.get(url).content.decode()
        form = re.search(
            r'<form method="post" action="(\S+)">((?:(?!</form>).)*Practise this now)', page, re.S
        )
        assert form, url
        assert form[1] == reverse("practice:start_drill")
        assert f'name="advice" value="{advice.pk}"' in form[2]
        assert 'name="cue" value="GZ_DR"' in form[2]
        assert "csrfmiddlewaretoken" in form[2]


def test_with_nothing_to_change_the_session_says_so_kindly(
    sam: User, practise: Practise, advise: Advise, change: Change, sign_in: SignIn
) -> None:
    session = practise(sam)
    advise(session)
    assert "Nothing to change here" in text_of(sign_in(sam).get(result_url(session)))
    advise(session, position=1, missing="too_little")
    assert "Each of them says why" in text_of(sign_in(sam).get(result_url(session)))


def test_where_no_model_was_in_use_the_session_is_silent(
    sam: User, practise: Practise, advise: Advise, sign_in: SignIn
) -> None:
    session = practise(sam)
    advise(session, missing="no_model")
    assert b'id="coach"' not in sign_in(sam).get(result_url(session)).content


def test_nothing_is_said_while_the_analysis_is_waited_for_or_the_session_goes_on(
    sam: User, practise: Practise, advise: Advise, change: Change, sign_in: SignIn
) -> None:
    waiting, open_, drill = practise(sam), practise(sam), practise(sam)
    for session in (waiting, open_, drill):
        advise(session, change())
    AnswerResult.objects.filter(answer=waiting.answers.get(position=2)).update(state=ResultState.WAITING)
    PracticeSession.objects.filter(pk=open_.pk).update(state=State.PAUSED)
    PracticeSession.objects.filter(pk=drill.pk).update(is_drill=True)
    for session in (waiting, open_, drill):
        assert b'id="coach"' not in sign_in(sam).get(result_url(session)).content


# --- an opened answer -----------------------------------------------------------------------------------


def test_an_opened_answer_has_its_own_advice(
    sam: User, practise: Practise, advise: Advise, change: Change, sign_in: SignIn
) -> None:
    session = practise(sam)
    advise(session, change(), change("HD_TH", "down", before=0.3, after=0.0))
    said = text_of(sign_in(sam).get(answer_url(session)))
    assert "2 things to try, one at a time" in said
    assert said.index("Look at the camera more often") < said.index("Hands away from the face")
    assert "and the other one on this answer" in said


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ("already_high", "Nothing to change here"),
        ("none_found", "Nothing to change here"),
        ("too_little", "too little was seen and heard"),
        ("no_model", "no model for it was in use"),
        ("frozen", "left out, as you asked for"),
    ],
)
def test_an_answer_without_advice_says_why(
    sam: User, practise: Practise, advise: Advise, sign_in: SignIn, missing: str, said: str
) -> None:
    session = practise(sam)
    advise(session, missing=missing)
    page = text_of(sign_in(sam).get(answer_url(session)))
    assert said in page
    assert "to try" not in page


def test_an_answer_from_before_there_was_advice_says_so(
    sam: User, advising: Institution, practise: Practise, sign_in: SignIn
) -> None:
    assert "analysed before there was any" in text_of(sign_in(sam).get(answer_url(practise(sam))))


# --- what the person and the institution switched off ---------------------------------------------------


def test_advice_on_a_cue_that_was_left_out_is_shown_nowhere(
    sam: User, advising: Institution, practise: Practise, advise: Advise, change: Change, sign_in: SignIn
) -> None:
    session = practise(sam)
    advise(session, change())
    set_profile(user_id=sam.pk, institution_id=advising.pk, off=[Cue.GZ_DR], targets={})
    client = sign_in(sam)
    for url in (result_url(session), answer_url(session), COACH, reverse("home")):
        assert "Look at the camera more often" not in text_of(client.get(url)), url
    assert "is being made anew" in text_of(client.get(result_url(session)))
    assert "is being made anew" in text_of(client.get(answer_url(session)))


@pytest.mark.parametrize("allowed", [[], ["engagement"], ["advice"]])
def test_where_the_policy_does_not_run_both_models_no_page_says_anything(
    sam: User,
    advising: Institution,
    practise: Practise,
    advise: Advise,
    change: Change,
    sign_in: SignIn,
    allowed: list[str],
) -> None:
    session = practise(sam)
    advise(session, change())
    advising.models_allowed = allowed
    advising.save()
    client = sign_in(sam)
    for url in (result_url(session), answer_url(session), COACH, reverse("home"), piece_url(session, 1)):
        page = client.get(url)
        assert page.status_code == 200
        assert "Look at the camera more often" not in text_of(page), url
        assert "advice" not in text_of(page).lower(), url


def test_nobody_else_reads_advice_not_even_a_teacher_with_whom_is_shared(
    sam: User,
    tia: User,
    ada: User,
    otto: User,
    advising: Institution,
    practise: Practise,
    advise: Advise,
    change: Change,
    sign_in: SignIn,
    agree: Any,
) -> None:
    session = practise(sam)
    advise(session, change())
    agree(sam, advising, Purpose.SHARE, Purpose.REVIEW)
    assert Consent.objects.count() == 2
    page = sign_in(tia).get(result_url(session))
    assert page.status_code == 200
    assert "camera more often" not in text_of(page)
    for person in (tia, ada, otto):
        client = sign_in(person)
        assert client.get(piece_url(session, 1)).status_code == 404
        assert client.get(answer_url(session)).status_code == 404
    assert sign_in(tia).get(COACH).status_code == 403


# --- remembered -----------------------------------------------------------------------------------------


LOW = [{"GZ_DR": {"v": value}} for value in (0.18, 0.20, 0.22)]
HIGH = [{"GZ_DR": {"v": value}} for value in (0.58, 0.60, 0.62)]


def test_advice_that_comes_again_says_so_and_its_effect_first(
    sam: User, practise: Practise, advise: Advise, change: Change, sign_in: SignIn
) -> None:
    first, second, third = practise(sam, cues=LOW), practise(sam, cues=LOW), practise(sam, cues=HIGH)
    for session in (first, second, third):
        advise(session, change())
    client = sign_in(sam)
    assert "before, the last time" not in text_of(client.get(result_url(first)))
    assert "You have met this advice before" in text_of(client.get(result_url(second)))
    assert (
        "and 40 % since: it changed as advised, by more than your answers vary anyway. It is here"
        in text_of(client.get(result_url(third)))
    )


def test_the_coach_lists_what_was_advised_with_its_effect(
    sam: User, practise: Practise, advise: Advise, change: Change, sign_in: SignIn
) -> None:
    first = practise(sam, cues=LOW)
    advise(first, change())
    advise(first, change("EN_HA"), position=1)
    practise(sam, cues=HIGH)
    page = sign_in(sam).get(COACH)
    said = text_of(page)
    assert "20 % then, 60 % since: it changed as advised, by more than your answers vary anyway." in said
    assert "Nothing was measured since then" in said
    assert result_url(first) in page.content.decode()
    assert "three at most on each side" in said


def test_the_coach_is_empty_at_first(sam: User, advising: Institution, sign_in: SignIn) -> None:
    said = text_of(sign_in(sam).get(COACH))
    assert "Nothing here yet" in said
    assert "one thing to try at a time" in said


def drill_of(session: PracticeSession, **more: Any) -> Drill:
    PracticeSession.objects.filter(pk=session.pk).update(is_drill=True)
    return Drill.objects.create(
        session=session, institution=session.institution, **({"cues": ["GZ_DR"]} | more)
    )


def test_drills_are_listed_newest_first_in_pages_and_can_be_deleted(
    sam: User, advising: Institution, practise: Practise, sign_in: SignIn
) -> None:
    now = timezone.now()
    drills = [drill_of(practise(sam, cues=LOW[:1]), made_at=now + timedelta(minutes=n)) for n in range(12)]
    drill_of(practise(sam, cues=LOW[:1]), cues=["GZ_DR", "HD_TH"], made_at=now - timedelta(days=1))
    client = sign_in(sam)
    page = client.get(COACH).content.decode()
    deletes = [reverse("practice:delete_session", args=[drill.session_id]) for drill in drills]
    assert [url in page for url in deletes] == [False, False, *[True] * 10]
    assert page.index(deletes[11]) < page.index(deletes[2])
    second = client.get(COACH, {"page": 2})
    assert deletes[0] in second.content.decode()
    assert "Looking at the camera and Hand at the face" in text_of(second)
    client.post(deletes[0])
    assert Drill.objects.count() == 12


def test_home_reminds_of_the_last_advice(
    sam: User, practise: Practise, advise: Advise, change: Change, sign_in: SignIn
) -> None:
    client = sign_in(sam)
    assert "The last advice" not in text_of(client.get(reverse("home")))
    first, second = practise(sam), practise(sam)
    advise(first, change())
    advise(second, change("EN_HA", seconds=2))
    advise(second, change("HD_TH", "down"), position=1)
    practise(sam)
    page = client.get(reverse("home"))
    assert "The last advice" in text_of(page)
    assert "Hands away from the face" in text_of(page)
    assert f'href="{result_url(second)}#coach"' in page.content.decode()


def test_the_pages_cost_the_same_queries_for_little_and_much(
    sam: User,
    practise: Practise,
    advise: Advise,
    change: Change,
    sign_in: SignIn,
    django_assert_num_queries: Any,
) -> None:
    kinds = [("GZ_DR", "up"), ("HD_TH", "down"), ("EN_HA", "up"), ("TN_HD", "up")]
    session = practise(sam)
    advise(session, change())
    client, home = sign_in(sam), reverse("home")
    for url in (COACH, home, piece_url(session, 1)):
        client.get(url)
    counts = [_queries(client, url) for url in (COACH, home)]
    alone = _queries(client, piece_url(session, 1))
    for n in range(8):
        more = practise(sam)
        for position in range(3):
            cue, direction = kinds[(n + position) % 4]
            advise(more, change(cue, direction), change("AM_CR", "down"), position=position)
        drill_of(practise(sam, cues=LOW[:1]))
    assert [_queries(client, url) for url in (COACH, home)] == counts
    # Two more than for the very first advice: the history, once there is something to look back on.
    assert _queries(client, piece_url(more, 1)) == alone + 2


def _queries(client: Client, url: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)
