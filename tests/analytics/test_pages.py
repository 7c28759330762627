"""The pages: what each shows, to whom, and with how many queries."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, Consent, Institution, Membership, Purpose, Role, User
from analytics import states
from analytics.demo.answers import setting, simulate, track
from analytics.demo.history import generator
from analytics.demo.personas import sam as simulated_sam
from cohorts.models import Assignment, Cohort, CohortRole, Enrolment
from scoring.cues.analysis import Track
from scoring.cues.track_file import to_bytes
from sessions.models import (
    AnswerResult,
    AnswerTranscript,
    Mode,
    PracticeSession,
    Recording,
    RecordingState,
    ResultState,
    Scenario,
    State,
)

SignIn = Callable[[User | None], Client]
Practise = Callable[..., PracticeSession]
Say = Callable[..., AnswerTranscript]


def text_of(response: Any) -> str:
    """What a reader sees: no markup, no data for scripts, single spaces."""
    body = re.sub(r"<script.*?</script>", " ", response.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body)).replace("\N{NO-BREAK SPACE}", " ")


def result_url(session: PracticeSession) -> str:
    return reverse("analytics:result", args=[session.pk])


def answer_url(session: PracticeSession, position: int = 0) -> str:
    answer = session.answers.get(position=position)
    return reverse("analytics:answer", args=[session.pk, answer.pk])


# --- result -----------------------------------------------------------------------------------------


def test_a_result_names_at_most_three_changes_and_lists_the_answers(
    sam: User, practise: Practise, sign_in: SignIn
) -> None:
    usual = {"GZ_DR": {"v": 0.65}, "LATENCY": {"v": 3.0}, "F0_SD": {"v": 2.5}, "SEG_LEN": {"v": 3.0}}
    for _ in range(3):
        practise(sam, cues=[usual] * 4)
    other = {"GZ_DR": {"v": 0.1}, "LATENCY": {"v": 0.5}, "F0_SD": {"v": 6.0}, "SEG_LEN": {"v": 9.0}}
    session = practise(sam, cues=[other] * 3)
    page = sign_in(sam).get(result_url(session))
    said = text_of(page)
    assert page.content.count(b"; your usual is") == 3
    assert "You answered 3 questions in about 3 minutes." in said
    assert page.content.count(b'<details class="answer"') == 3


def test_what_was_said_can_be_a_change_as_well(sam: User, practise: Practise, sign_in: SignIn) -> None:
    practise(sam, cues=[{"WPM": {"v": v}, "LATENCY": {"v": 1.0}} for v in (149.0, 150.0, 151.0, 150.0)])
    session = practise(sam, cues=[{"WPM": {"v": 205.0}, "LATENCY": {"v": 1.0}}] * 2)
    said = text_of(sign_in(sam).get(result_url(session)))
    assert "You spoke at 205 words per minute; your usual is 150 words per minute." in said


def test_without_earlier_answers_there_is_no_change_to_speak_of(
    sam: User, practise: Practise, sign_in: SignIn
) -> None:
    said = text_of(sign_in(sam).get(result_url(practise(sam, cues=[{"LATENCY": {"v": 1.0}}] * 2))))
    assert "After three measured answers" in said


def test_a_session_is_compared_with_what_was_usual_before_it(
    sam: User, practise: Practise, sign_in: SignIn
) -> None:
    early = timezone.now() - timedelta(days=9)
    practise(sam, at=early, cues=[{"LATENCY": {"v": 3.0}}] * 6)
    session = practise(sam, at=early + timedelta(days=1), cues=[{"LATENCY": {"v": 1.0}}] * 6)
    practise(sam, at=early + timedelta(days=2), cues=[{"LATENCY": {"v": 9.0}}] * 12)
    said = text_of(sign_in(sam).get(result_url(session)))
    assert "You began to answer 1.0 s after the question; your usual is 3.0 s." in said


def test_a_waiting_result_asks_again_until_it_is_ready(
    sam: User, practise: Practise, sign_in: SignIn
) -> None:
    session = practise(sam, result_state=ResultState.WAITING)
    client, status = sign_in(sam), reverse("analytics:result_status", args=[session.pk])
    page = client.get(result_url(session))
    assert f'hx-get="{status}"' in page.content.decode()
    assert "0 of 3 are ready" in text_of(page)
    assert "HX-Refresh" not in client.get(status).headers
    AnswerResult.objects.filter(answer__session=session).update(state=ResultState.READY)
    assert client.get(status).headers["HX-Refresh"] == "true"
    assert 'hx-trigger="every 3s"' not in client.get(result_url(session)).content.decode()


def test_an_answer_that_could_not_be_analysed_says_what_is_safe(
    sam: User, practise: Practise, sign_in: SignIn
) -> None:
    session = practise(sam, result_state=ResultState.FAILED)
    said = text_of(sign_in(sam).get(answer_url(session)))
    assert "could not be analysed" in said
    assert "not affected" in said


def test_an_answer_says_what_was_absent_and_never_shows_it_as_zero(
    sam: User, practise: Practise, sign_in: SignIn
) -> None:
    session = practise(sam)
    said = text_of(sign_in(sam).get(answer_url(session)))
    assert "You looked at the camera 65 % of the time you spoke" in said
    assert "Not measured, because the picture was too dark: Smiling." in said
    assert "Smiling Face the picture was too dark" in said
    assert "You smiled" not in said
    assert "with version 1 of the catalogue" in said


def test_an_answer_with_a_track_has_lanes_and_moments(sam: User, practise: Practise, sign_in: SignIn) -> None:
    rng = generator("test")
    found = simulate(simulated_sam(rng), setting(simulated_sam(rng), rng, progress=0.5, camera=True), rng)
    session = practise(sam, cues=[found.cues], events=found.events)
    result = AnswerResult.objects.get(answer__session=session)
    result.track.save("test.parquet", ContentFile(to_bytes(Track(*track(found, rng)))))
    page = sign_in(sam).get(answer_url(session)).content.decode()
    assert "data-lanes" in page
    assert page.count("data-t=") > 0
    assert "<video" not in page


def test_a_track_that_is_gone_costs_the_timeline_only(sam: User, practise: Practise, sign_in: SignIn) -> None:
    session = practise(sam)
    AnswerResult.objects.filter(answer__session=session).update(track="tracks/gone.parquet")
    page = sign_in(sam).get(answer_url(session))
    assert page.status_code == 200
    assert "There is no timeline for this answer" in text_of(page)


def test_only_a_recording_that_is_ready_is_played(sam: User, practise: Practise, sign_in: SignIn) -> None:
    session = practise(sam)
    answer = session.answers.get(position=0)
    recording = Recording.objects.create(
        answer=answer, institution=session.institution, mime="video/webm", state=RecordingState.PREPARING
    )
    client = sign_in(sam)
    assert b"<video" not in client.get(answer_url(session)).content
    recording.state = RecordingState.READY
    recording.save()
    src = reverse("practice:recording", args=[recording.pk])
    assert f'src="{src}"' in client.get(answer_url(session)).content.decode()


def test_htmx_gets_the_answer_alone(sam: User, practise: Practise, sign_in: SignIn) -> None:
    session = practise(sam)
    part = sign_in(sam).get(answer_url(session), headers={"HX-Request": "true"}).content
    assert b"<html" not in part
    assert b"What was observed" in part


def test_a_waiting_result_says_stage_and_share_and_offers_to_stop(
    sam: User, practise: Practise, sign_in: SignIn
) -> None:
    session = practise(sam, result_state=ResultState.WAITING)
    answer = session.answers.get(position=1)
    AnswerResult.objects.filter(answer=answer).update(progress={"stage": "words", "share": 0.4})
    page = sign_in(sam).get(reverse("analytics:result_status", args=[session.pk]))
    assert "Answer 2 Writing down the words, 40 %" in text_of(page)
    assert "Answer 1 Waiting for its turn" in text_of(page)
    assert reverse("practice:stop_analysis", args=[answer.pk]) in page.content.decode()


def test_a_stopped_answer_offers_to_go_on_and_is_not_waited_for(
    sam: User, practise: Practise, sign_in: SignIn
) -> None:
    session = practise(sam, result_state=ResultState.STOPPED)
    client = sign_in(sam)
    page = client.get(result_url(session))
    assert "You stopped the analysis of this answer." in text_of(page)
    go_on = reverse("practice:go_on_analysis", args=[session.answers.get(position=0).pk])
    assert f'action="{go_on}"' in page.content.decode()
    assert b'id="waiting"' not in page.content
    assert "go on" in text_of(client.get(answer_url(session))).lower()


@pytest.mark.parametrize("code", [*sorted(states.PROBLEMS), "of_tomorrow"])
def test_a_failed_answer_says_why_and_what_to_do(
    sam: User, practise: Practise, sign_in: SignIn, code: str
) -> None:
    session = practise(sam, cues=[{}], result_state=ResultState.FAILED)
    AnswerResult.objects.update(problem=code)
    said = text_of(sign_in(sam).get(answer_url(session)))
    expected = states.problem(code)
    assert html.escape(expected.what) in said
    assert html.escape(expected.act) in said
    assert code not in said or "_" not in code


def test_a_transcript_stands_with_its_marks_in_words_without_any_script(
    sam: User, practise: Practise, sign_in: SignIn, say: Say
) -> None:
    session = practise(sam)
    say(session)
    page = sign_in(sam).get(answer_url(session))
    said = text_of(page)
    assert "Well, um, (filler) customers I think (hedging) they was" in said
    assert "Written by a machine. It makes mistakes." in said
    assert "Other verb." in said
    assert "Instead: were" in said
    assert '<p lang="en">Other verb.</p>' in page.content.decode()
    assert "0:02 Filler “um”" in said


def test_what_was_said_is_only_text_on_the_page(
    sam: User, practise: Practise, sign_in: SignIn, say: Say
) -> None:
    session = practise(sam)
    remark = {"first": 0, "last": 0, "kind": "x", "message": "<b>m</b>", "suggestions": ["<i>s</i>"]}
    say(session, "<script>alert(1)</script> and more", marks=[], remarks=[remark])
    page = sign_in(sam).get(answer_url(session)).content.decode()
    assert "<script>alert" not in page
    assert "<b>m</b>" not in page
    assert "<i>s</i>" not in page


def test_the_transcript_can_be_kept_as_text(sam: User, practise: Practise, sign_in: SignIn, say: Say) -> None:
    session = practise(sam)
    client, address = sign_in(sam), f"{answer_url(session)}?transcript=text"
    assert client.get(address).status_code == 404
    say(session)
    response = client.get(address)
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["Content-Disposition"].startswith("attachment")
    assert "Well, um, customers" in response.content.decode()


def test_an_old_result_without_words_quality_or_track_still_opens(
    sam: User, practise: Practise, sign_in: SignIn
) -> None:
    said = text_of(sign_in(sam).get(answer_url(practise(sam))))
    assert "What you said" not in said
    assert "What the words show" not in said
    assert "All numbers" in said


def test_a_missing_transcript_is_explained_and_is_no_matter_of_the_version(
    sam: User, practise: Practise, sign_in: SignIn
) -> None:
    """`VALUES` has no pace in words, for want of a transcript."""
    session = practise(sam)
    AnswerResult.objects.update(quality={"problems": ["words_model_missing"]})
    page = sign_in(sam).get(answer_url(session))
    said = text_of(page)
    assert said.count("The speech model that writes down words is missing on this server.") == 1
    assert "Not measured, because there is no transcript: Pace, in words." in said
    assert "This version does not measure" not in said


def test_what_a_language_lacks_is_said_once(sam: User, practise: Practise, sign_in: SignIn, say: Say) -> None:
    session = practise(sam, cues=[{"GRAMMAR": {"absent": "language"}, "WPM": {"v": 120.0}}])
    say(session, language="de", remarks=[])
    said = text_of(sign_in(sam).get(answer_url(session)))
    assert said.count("Remarks on grammar") == 1
    assert "Not supported in German: Remarks on grammar." in said


def test_an_answer_by_voice_alone_and_a_very_short_one_say_so(
    sam: User, practise: Practise, sign_in: SignIn
) -> None:
    session = practise(sam)
    PracticeSession.objects.update(mode=Mode.VOICE)
    session.answers.update(stream_ms=4_000)
    said = text_of(sign_in(sam).get(answer_url(session)))
    assert "by voice alone" in said
    assert "This answer is very short." in said


def test_places_on_the_page_keep_their_points_in_every_language(
    sam: User, practise: Practise, sign_in: SignIn
) -> None:
    session = practise(sam, events=[{"code": "NOD", "t_ms": 12_345, "strength": 0.5, "phase": "point"}])
    User.objects.update(language="de")
    response = sign_in(sam).get(answer_url(session))
    assert response.headers["Content-Language"] == "de"
    assert 'x="20.575%"' in response.content.decode()


def test_a_teacher_sees_verbal_summaries_and_never_the_words(
    sam: User, tia: User, northfield: Institution, practise: Practise, sign_in: SignIn, say: Say, agree: Any
) -> None:
    values = {"WPM": {"v": 151.0}, "FILLERS": {"v": 3.1}, "GZ_DR": {"v": 0.6}}
    session = practise(sam, cues=[values])
    say(session)
    AnswerResult.objects.update(quality={"face_share": 0.9, "mean_luma": 99.0, "speech": [[1000, 9000]]})
    agree(sam, northfield, Purpose.SHARE)
    client = sign_in(tia)
    pages = [client.get(result_url(session))]
    pages.append(client.get(reverse("analytics:student", args=[session.cohort_id, sam.pk])))
    assert "151 words per minute" in text_of(pages[0])
    assert "3.1 per 100 words" in text_of(pages[0])
    for page in pages:
        assert page.status_code == 200
        whole = page.content.decode()
        assert not [word for word in ("zealous", "Other verb", "test 1", "enough light") if word in whole]
    assert client.get(answer_url(session)).status_code == 404
    assert client.get(f"{answer_url(session)}?transcript=text").status_code == 404
    status = reverse("analytics:result_status", args=[session.pk])
    assert client.get(status).status_code == 404


def test_an_answer_of_another_session_is_not_found(sam: User, practise: Practise, sign_in: SignIn) -> None:
    one, other = practise(sam), practise(sam)
    address = reverse("analytics:answer", args=[one.pk, other.answers.get(position=0).pk])
    assert sign_in(sam).get(address).status_code == 404


def test_an_unfinished_session_offers_to_go_on(sam: User, practise: Practise, sign_in: SignIn) -> None:
    session = practise(sam)
    PracticeSession.objects.update(state=State.PAUSED)
    page = sign_in(sam).get(result_url(session))
    assert reverse("practice:room", args=[session.pk]) in page.content.decode()


def test_a_teacher_sees_the_summary_only_while_it_is_shared(
    sam: User, tia: User, northfield: Institution, practise: Practise, sign_in: SignIn, agree: Any
) -> None:
    session, client = practise(sam), sign_in(tia)
    assert client.get(result_url(session)).status_code == 404
    agree(sam, northfield, Purpose.SHARE)
    page = client.get(result_url(session))
    assert page.status_code == 200
    said = text_of(page)
    assert "Looking at the camera Face 65 %" in said
    assert not re.search(r"\byou (looked|smiled)", said, re.I)
    assert client.get(answer_url(session)).status_code == 404
    Consent.objects.update(withdrawn_at=timezone.now())
    assert client.get(result_url(session)).status_code == 404


def test_the_result_costs_the_same_queries_for_few_and_many_answers(
    sam: User, practise: Practise, sign_in: SignIn, say: Say, django_assert_num_queries: Any
) -> None:
    short, long = practise(sam), practise(sam, cues=[{"LATENCY": {"v": 1.0}}] * 12)
    client, opened = sign_in(sam), answer_url(long)
    say(long)
    client.get(result_url(short))
    with django_assert_num_queries(8):
        client.get(result_url(long))
    with django_assert_num_queries(12):
        client.get(opened)


# --- progress ---------------------------------------------------------------------------------------


def test_before_the_first_session_progress_says_what_will_be_here(
    sam: User, cohort: Cohort, sign_in: SignIn
) -> None:
    page = sign_in(sam).get(reverse("analytics:progress"))
    assert "Nothing to compare yet" in text_of(page)
    assert reverse("practice:choose") in page.content.decode()


def test_progress_shows_each_measured_cue_with_headline_and_table(
    sam: User, practise: Practise, sign_in: SignIn
) -> None:
    for latency in (3.0, 2.9, 2.8, 1.6, 1.5, 1.4):
        practise(
            sam, cues=[{"LATENCY": {"v": latency + d}, "LOUD": {"absent": "noisy"}} for d in (-0.1, 0, 0.1)]
        )
    page = sign_in(sam).get(reverse("analytics:progress"))
    said = text_of(page)
    assert "One cue changed by more than single answers vary anyway: Pause before answering." in said
    assert "Pause before answering: 2.9 s → 1.5 s over 6 sessions" in said
    assert said.count("Save as a picture") == 1
    assert "Loudness" not in said


@pytest.mark.parametrize(("language", "band"), [("en", True), ("de", False)])
def test_progress_shows_pace_and_fillers_with_the_band_of_the_language(
    sam: User, practise: Practise, sign_in: SignIn, language: str, band: bool
) -> None:
    session = practise(sam, cues=[{"WPM": {"v": 131.0}, "FILLERS": {"v": 6.2}}])
    Scenario.objects.filter(pk=session.scenario_id).update(language=language)
    said = text_of(sign_in(sam).get(reverse("analytics:progress")))
    assert "Pace, in words: 131 words per minute in one session" in said
    assert "Filler words: 6.2 per 100 words in one session" in said
    assert f"From sessions in {'English' if band else 'German'}." in said
    assert ("Common in interviews: 140 to 160 words per minute." in said) is band


def test_progress_can_be_of_one_scenario(sam: User, practise: Practise, sign_in: SignIn) -> None:
    session = practise(sam)
    client = sign_in(sam)
    address = reverse("analytics:progress")
    assert "One session" in text_of(client.get(f"{address}?scenario={session.scenario_id}"))
    assert client.get(f"{address}?scenario=nonsense").status_code == 200
    elsewhere = client.get(f"{address}?scenario={session.pk}")
    assert "0 sessions" in text_of(elsewhere)


def test_a_history_is_bounded_and_costs_the_same_queries(
    sam: User, practise: Practise, sign_in: SignIn, django_assert_num_queries: Any
) -> None:
    practise(sam)
    client, address = sign_in(sam), reverse("analytics:progress")
    client.get(address)
    with django_assert_num_queries(10):
        client.get(address)
    for _ in range(64):
        practise(sam, cues=[{"LATENCY": {"v": 1.0}}])
    with django_assert_num_queries(10):
        said = text_of(client.get(address))
    assert "60 sessions" in said


def test_another_institutions_sessions_are_not_in_the_history(
    sam: User, southport: Institution, practise: Practise, sign_in: SignIn
) -> None:
    practise(sam)
    PracticeSession.objects.update(institution=southport)
    assert "Nothing to compare yet" in text_of(sign_in(sam).get(reverse("analytics:progress")))


# --- cohort and student -----------------------------------------------------------------------------


def add_students(cohort: Cohort, n: int) -> list[User]:
    users = []
    for number in range(n):
        user = User.objects.create(email=f"s{number}@northfield.example", name=f"Student {number:03}")
        Membership.objects.create(institution=cohort.institution, user=user, role=Role.STUDENT)
        Enrolment.objects.create(
            institution=cohort.institution, cohort=cohort, user=user, role=CohortRole.STUDENT
        )
        users.append(user)
    return users


def test_the_cohort_shows_participation_due_and_missed(
    sam: User, tia: User, cohort: Cohort, assignment: Assignment, practise: Practise, sign_in: SignIn
) -> None:
    Enrolment.objects.update(created_at=timezone.now() - timedelta(days=60))
    now = timezone.now()
    past = Assignment.objects.create(
        institution=cohort.institution,
        cohort=cohort,
        scenario=assignment.scenario,
        opens_at=now - timedelta(days=20),
        due_at=now - timedelta(days=6),
    )
    practise(sam, at=now - timedelta(days=2), assignment=assignment)
    said = text_of(sign_in(tia).get(reverse("analytics:cohort", args=[cohort.pk])))
    assert re.search(r"Sam Okafor 1 \d+ \w+ 1 1 0 of 2 missed one date", said)
    practise(sam, at=now - timedelta(days=8), assignment=past)
    said = text_of(sign_in(tia).get(reverse("analytics:cohort", args=[cohort.pk])))
    assert re.search(r"Sam Okafor 2 \d+ \w+ 1 . 1 of 2 ", said)


def test_whoever_joined_after_a_date_was_never_asked(
    sam: User, tia: User, cohort: Cohort, assignment: Assignment, sign_in: SignIn
) -> None:
    past = timezone.now() - timedelta(days=10)
    Assignment.objects.update(opens_at=past - timedelta(days=5), due_at=past)
    said = text_of(sign_in(tia).get(reverse("analytics:cohort", args=[cohort.pk])))
    assert "0 of 0" in said
    assert "missed one date" not in said


def test_attention_comes_from_inactivity_and_missed_dates_alone(
    sam: User, tia: User, cohort: Cohort, practise: Practise, sign_in: SignIn
) -> None:
    Enrolment.objects.update(created_at=timezone.now() - timedelta(days=60))
    address = reverse("analytics:cohort", args=[cohort.pk]) + "?show=attention"
    practise(sam, at=timezone.now() - timedelta(days=20), cues=[{"GZ_DR": {"v": 0.9}}])
    assert "no practice for 20 days" in text_of(sign_in(tia).get(address))
    practise(sam, at=timezone.now() - timedelta(days=1), cues=[{"GZ_DR": {"v": 0.0}, "LATENCY": {"v": 30.0}}])
    assert "No student matches" in text_of(sign_in(tia).get(address))


def test_the_table_sorts_pages_and_finds(
    tia: User, cohort: Cohort, practise: Practise, sign_in: SignIn
) -> None:
    users = add_students(cohort, 60)
    practise(users[30])
    client, address = sign_in(tia), reverse("analytics:cohort", args=[cohort.pk])
    first = text_of(client.get(f"{address}?sort=-sessions"))
    assert first.index("Student 030") < first.index("Student 059")
    assert "Student 001" not in first
    assert "1 to 50 of 61" in first
    assert "Student 059" in text_of(client.get(f"{address}?page=2"))
    found = text_of(client.get(f"{address}?q=student+04"))
    assert "Student 042" in found
    assert "Student 001" not in found
    assert client.get(f"{address}?sort=nonsense&show=nonsense&page=nonsense").status_code == 200


def test_the_cohort_page_costs_the_same_queries_for_few_and_many(
    tia: User,
    cohort: Cohort,
    assignment: Assignment,
    practise: Practise,
    sign_in: SignIn,
    django_assert_num_queries: Any,
) -> None:
    client, address = sign_in(tia), reverse("analytics:cohort", args=[cohort.pk])
    users = add_students(cohort, 2)
    practise(users[0])
    client.get(address)
    with django_assert_num_queries(12):
        client.get(address)
    for number, user in enumerate(User.objects.filter(name__startswith="Student")):
        practise(user, assignment=assignment if number % 2 else None)
    add_more = [User(email=f"m{n}@northfield.example", name=f"More {n}") for n in range(40)]
    User.objects.bulk_create(add_more)
    Enrolment.objects.bulk_create(
        Enrolment(institution=cohort.institution, cohort=cohort, user=user, role=CohortRole.STUDENT)
        for user in add_more
    )
    with django_assert_num_queries(12):
        client.get(address)


def test_an_administrator_sees_counts_of_the_cohort_and_nobody_by_name(
    sam: User, ada: User, cohort: Cohort, practise: Practise, sign_in: SignIn
) -> None:
    practise(sam, at=timezone.now() - timedelta(days=3))
    said = text_of(sign_in(ada).get(reverse("analytics:cohort", args=[cohort.pk])))
    assert "1 of one student practised" in said
    assert "Sam Okafor" not in said


def test_a_students_page_shows_what_was_observed_only_while_it_is_shared(
    sam: User, tia: User, cohort: Cohort, practise: Practise, sign_in: SignIn, agree: Any
) -> None:
    session = practise(sam)
    client, address = sign_in(tia), reverse("analytics:student", args=[cohort.pk, sam.pk])
    before = client.get(address)
    assert "Sam does not share what was observed" in text_of(before)
    assert b"data-figure" not in before.content
    assert result_url(session) not in before.content.decode()
    assert "Looking at the camera" not in text_of(before)
    agree(sam, cohort.institution, Purpose.SHARE)
    after = client.get(address)
    assert "Looking at the camera" in text_of(after)
    assert result_url(session) in after.content.decode()
    assert not re.search(r"\byour usual\b", text_of(after))
    Consent.objects.update(withdrawn_at=timezone.now())
    assert b"data-figure" not in client.get(address).content


def test_a_teacher_of_another_cohort_finds_neither(
    sam: User, tia: User, cohort: Cohort, practise: Practise, sign_in: SignIn
) -> None:
    practise(sam)
    Enrolment.objects.filter(user=tia).update(left_at=timezone.now())
    client = sign_in(tia)
    assert client.get(reverse("analytics:cohort", args=[cohort.pk])).status_code == 404
    assert client.get(reverse("analytics:student", args=[cohort.pk, sam.pk])).status_code == 404


def test_a_student_who_left_and_a_teacher_have_no_students_page(
    sam: User, tia: User, cohort: Cohort, sign_in: SignIn
) -> None:
    client = sign_in(tia)
    assert client.get(reverse("analytics:student", args=[cohort.pk, tia.pk])).status_code == 404
    Enrolment.objects.filter(user=sam).update(left_at=timezone.now())
    assert client.get(reverse("analytics:student", args=[cohort.pk, sam.pk])).status_code == 404


# --- usage ------------------------------------------------------------------------------------------


def test_usage_counts_and_names_nobody(
    sam: User, ada: User, cohort: Cohort, practise: Practise, sign_in: SignIn, django_assert_num_queries: Any
) -> None:
    for _ in range(5):
        practise(sam)
    client = sign_in(ada)
    said = text_of(client.get(reverse("analytics:usage")))
    assert "5 sessions in 12 weeks" in said
    assert "Autumn" in said
    assert sam.name not in said
    with django_assert_num_queries(7):
        client.get(reverse("analytics:usage"))


def test_usage_before_any_practice(ada: User, sign_in: SignIn) -> None:
    assert "Nothing practised yet" in text_of(sign_in(ada).get(reverse("analytics:usage")))


def exported(client: Client) -> list[list[str]]:
    response = client.get(reverse("analytics:usage_csv"))
    assert response.status_code == 200
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.reader(io.StringIO(text)))


def test_the_export_holds_counts_runs_nothing_and_is_written_down(
    sam: User, ada: User, cohort: Cohort, practise: Practise, sign_in: SignIn
) -> None:
    Cohort.objects.update(name='=HYPERLINK("https://bad.example")')
    practise(sam)
    practise(sam)
    rows = exported(sign_in(ada))
    assert rows[0][:3] == ["Week of", "Cohort", "Students"]
    assert rows[1][1:] == ['\'=HYPERLINK("https://bad.example")', "1", "1", "2", "6"]
    entry = AuditEntry.objects.get(verb="export_usage")
    assert entry.actor == ada
    assert entry.institution == cohort.institution


def test_the_export_of_another_institution_holds_nothing_of_this_one(
    sam: User, otto: User, practise: Practise, sign_in: SignIn
) -> None:
    practise(sam)
    Membership.objects.filter(user=otto).update(role=Role.ADMINISTRATOR)
    assert len(exported(sign_in(otto))) == 1
