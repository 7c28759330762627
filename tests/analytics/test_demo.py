"""The demo: written once, all of it marked as simulated, relative to today."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import Count, QuerySet
from django.utils import timezone

from accounts.models import Consent, Institution, Membership, Purpose, Role, User
from analytics.demo import people
from analytics.demo.answers import setting, simulate
from analytics.demo.history import generator
from analytics.demo.openings import OPENINGS
from analytics.demo.personas import someone
from analytics.demo.seed import seed
from analytics.history import history_of
from analytics.progress import compare
from cohorts.models import Assignment, Cohort
from scoring.cues.catalogue import CATALOGUE, Cue
from scoring.models import Baseline
from sessions.models import (
    Advice,
    AnswerResult,
    AnswerScore,
    AnswerTranscript,
    Drill,
    PracticeSession,
    SelfRating,
    State,
)
from sessions.ratings.agreement import agreements
from sessions.ratings.queries import comments_of, news_for, rated_in, to_review, who_lets_rate
from sessions.ratings.rubric import DEFAULT


@pytest.fixture
def demo(db: None) -> Institution:
    return seed().institution


def counts() -> dict[str, int]:
    models: tuple[Any, ...] = (
        Institution,
        User,
        Membership,
        Consent,
        Cohort,
        Assignment,
        PracticeSession,
        Baseline,
    )
    return {model.__name__: model.objects.count() for model in models}


def test_a_second_run_changes_nothing_and_a_fresh_one_builds_the_same(
    demo: Institution, settings: Any
) -> None:
    before, files = counts(), len(list(Path(settings.MEDIA_ROOT).rglob("*.parquet")))
    ids = set(PracticeSession.objects.values_list("pk", flat=True))
    call_command("seed_demo", verbosity=0)
    assert counts() == before
    assert set(PracticeSession.objects.values_list("pk", flat=True)) == ids
    call_command("seed_demo", fresh=True, verbosity=0)
    assert counts() == before
    assert len(list(Path(settings.MEDIA_ROOT).rglob("*.parquet"))) == files > 0


def test_a_fresh_demo_leaves_everybody_else_alone(sam: User, cohort: Cohort) -> None:
    seed()
    seed(fresh=True)
    assert User.objects.filter(pk=sam.pk).exists()
    assert Cohort.objects.filter(pk=cohort.pk).exists()


def everything_is_marked_as_simulated(demo: Institution) -> None:
    assert not Institution.objects.filter(simulated=False).exists()
    assert not User.objects.filter(simulated=False).exists()
    assert not Cohort.objects.filter(simulated=False).exists()
    assert not PracticeSession.objects.filter(simulated=False).exists()
    assert not [user for user in User.objects.all() if user.has_usable_password()]


def the_four_people_stand_where_they_should(demo: Institution) -> None:
    found = {
        row.user.email: (row.role, row.institution.name)
        for row in Membership.objects.filter(user__email__in=people.STANDING).select_related(
            "user", "institution"
        )
    }
    assert found == {
        people.SAM: (Role.STUDENT, people.NORTHFIELD),
        people.TIA: (Role.TEACHER, people.NORTHFIELD),
        people.ADA: (Role.ADMINISTRATOR, people.NORTHFIELD),
        people.OTTO: (Role.TEACHER, people.SOUTHPORT),
    }


def forty_practise_over_twelve_weeks_some_share_and_none_is_open(demo: Institution) -> None:
    autumn = Cohort.objects.get(name=people.AUTUMN)
    students = autumn.enrolments.filter(role="student")
    assert students.count() == 40
    rows = PracticeSession.objects.filter(cohort=autumn)
    assert set(rows.values_list("state", flat=True)) == {State.DONE}
    now = timezone.now()
    times = rows.values_list("created_at", flat=True)
    assert max(times) < now
    assert now - min(times) > timedelta(days=70)
    per_person = dict(rows.values_list("user_id").annotate(n=Count("pk")).order_by())
    assert len(set(per_person.values())) > 5
    sharing = Consent.objects.filter(purpose=Purpose.SHARE).count()
    assert 10 < sharing < 40


def assignments_are_past_due_and_upcoming(demo: Institution) -> None:
    now = timezone.now()
    dates = list(Assignment.objects.values_list("opens_at", "due_at"))
    assert sum(due < now for _, due in dates) == 2
    assert sum(opens < now < due for opens, due in dates) == 1
    assert sum(opens > now for opens, _ in dates) == 1


def sams_history_shows_what_it_was_made_to_show(demo: Institution) -> None:
    sam = User.objects.get(email=people.SAM)
    history = history_of(sam, demo)
    assert len(history.sessions) == 12
    latency = compare(history.cues[Cue.LATENCY])
    pitch = compare(history.cues[Cue.F0_SD])
    assert latency is not None
    assert latency.is_change
    assert latency.after < latency.before
    assert pitch is not None
    assert not pitch.is_change


def some_answers_hold_absent_cues_and_some_sessions_no_camera(demo: Institution) -> None:
    reasons = {
        stored["absent"]
        for cues in AnswerResult.objects.values_list("cues", flat=True)[:1500]
        for stored in cues.values()
        if "absent" in stored
    }
    assert {"no_camera", "too_dark", "hips_out_of_view", "no_transcript"} <= reasons


def two_teachers_rated_and_something_is_left_to_rate(demo: Institution) -> None:
    autumn, tia = Cohort.objects.get(name=people.AUTUMN), User.objects.get(email=people.TIA)
    queue = list(to_review(tia, autumn))
    assert len({answer.session.user_id for answer in queue}) == 1 + len(OPENINGS)
    assert {answer.mine for answer in queue} == {True, False}
    found = agreements(rated_in(who_lets_rate(tia, autumn), autumn))
    assert len(found) == 1 + len(DEFAULT)
    for one in found:
        assert one.raters == 2
        assert one.icc is not None
        assert 0.2 < one.icc.single < 0.9
    sam = User.objects.get(email=people.SAM)
    latest = PracticeSession.objects.filter(user=sam, is_drill=False).latest("created_at")
    assert latest.self_rating == SelfRating.GIVEN
    assert latest.answers.filter(ratings__kind="self").exists()
    comments = comments_of(latest.answers.all())
    assert len(comments) == 2
    assert all(0 < (one.at_ms or 0) < one.answer.stream_ms for one in comments)
    assert news_for(sam, demo)[0].by == "Tia Brandt"


def sam_did_a_drill_which_counts_for_nothing(demo: Institution) -> None:
    drill = Drill.objects.select_related("session", "source").get()
    assert drill.session.user.email == people.SAM
    assert (drill.session.simulated, drill.session.state) == (True, State.DONE)
    assert drill.source.session == interviews_of_sam().latest("created_at")
    assert set(drill.after) == set(drill.before) == set(drill.cues)
    assert all("error" in one for one in (*drill.before.values(), *drill.after.values()) if "v" in one)
    assert drill.session not in history_of(drill.session.user, demo).sessions


def interviews_of_sam() -> QuerySet[PracticeSession]:
    return PracticeSession.objects.filter(user__email=people.SAM, is_drill=False)


def words_are_in_sams_last_session_alone_and_were_read(demo: Institution) -> None:
    spoken = list(
        AnswerTranscript.objects.filter(
            answer__session__user__email=people.SAM, answer__session__is_drill=False
        ).select_related("answer__session__user", "answer__result")
    )
    assert len(spoken) == 2
    latest = interviews_of_sam().latest("created_at")
    for one in spoken:
        assert one.answer.session == latest
        assert one.model == "text written for the demonstration"
        assert {mark["code"] for mark in one.marks} >= {"FILLERS", "HEDGES", "REPEATS"}
        assert one.remarks
        assert one.words[-1][2] <= one.answer.stream_ms
        cues = one.answer.result.cues
        n = len(one.words)
        fillers = sum(mark["code"] == "FILLERS" for mark in one.marks)
        assert abs(cues["FILLERS"]["v"] - 100 * fillers / n) < 0.2
        assert abs(cues["WPM"]["v"] - 60 * n / cues["ANSWER_LEN"]["v"]) < 2
    others = AnswerResult.objects.filter(answer__transcript=None)
    assert all("v" not in cues["WPM"] for cues in others.values_list("cues", flat=True)[:1500])


def sams_answers_with_a_track_are_rated_and_nobody_elses(demo: Institution) -> None:
    rated = AnswerScore.objects.filter(kind="engagement").select_related("answer__result")
    tracked = AnswerResult.objects.exclude(track="").filter(
        answer__session__user__email=people.SAM, answer__session__is_drill=False
    )
    assert {row.answer_id for row in rated} == set(tracked.values_list("answer_id", flat=True)) != set()
    assert all(row.current and row.version == "engagement-sim-1" for row in rated)
    assert {row.made_at for row in rated} == set(tracked.values_list("made_at", flat=True))
    estimated = [row for row in rated if row.value is not None]
    assert len(estimated) > 0.7 * len(rated)
    assert all(row.missing for row in rated if row.value is None)
    assert Advice.objects.count() == len(rated)


CHECKS = (
    sams_answers_with_a_track_are_rated_and_nobody_elses,
    two_teachers_rated_and_something_is_left_to_rate,
    sam_did_a_drill_which_counts_for_nothing,
    words_are_in_sams_last_session_alone_and_were_read,
    everything_is_marked_as_simulated,
    the_four_people_stand_where_they_should,
    forty_practise_over_twelve_weeks_some_share_and_none_is_open,
    assignments_are_past_due_and_upcoming,
    sams_history_shows_what_it_was_made_to_show,
    some_answers_hold_absent_cues_and_some_sessions_no_camera,
)


def test_the_demo_holds_what_it_says(demo: Institution) -> None:
    """One test for all that only reads: writing the demo takes longer than looking at it."""
    for check in CHECKS:
        check(demo)


@pytest.mark.parametrize("name", [f"person {number}" for number in range(20)])
def test_simulated_values_lie_in_the_catalogues_ranges(name: str) -> None:
    rng = generator(name)
    person = someone(rng)
    for camera in (True, False):
        answer = simulate(person, setting(person, rng, progress=1.0, camera=camera), rng)
        for cue, spec in CATALOGUE.items():
            value = answer.value(cue)
            if value is None:
                continue
            assert spec.low is None or value >= spec.low, cue
            assert spec.high is None or value <= spec.high, cue
        times = [event["t_ms"] for event in answer.events]
        assert times == sorted(times)
        assert all(0 <= at <= answer.stream_ms for at in times)
        assert camera or not answer.events


def test_the_same_name_is_the_same_person() -> None:
    assert someone(generator("a")) == someone(generator("a")) != someone(generator("b"))
