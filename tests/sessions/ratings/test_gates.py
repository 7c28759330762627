"""Who may open an answer for rating, and play its recording: a teacher of the student, while it is allowed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.signals import request_finished
from django.db import close_old_connections
from django.http import Http404
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actions import leave_institution, withdraw_consent
from accounts.models import Consent, Institution, Membership, Purpose, Role, User
from cohorts.models import Cohort, CohortRole, Enrolment
from sessions.models import Answer, AnswerState, AnswerTranscript, Recording, RecordingState
from sessions.queries import get_playable_recording_for
from sessions.ratings import queries
from sessions.ratings.actions import comment
from sessions.ratings.queries import get_own_comment_for, get_reviewable_answer_for, to_review

pytestmark = pytest.mark.usefixtures("lets_rate")
Interview = Callable[..., list[Answer]]
TeacherOf = Callable[..., User]


@pytest.fixture
def answer(sam: User, interview: Interview) -> Answer:
    return interview(sam)[0]


@pytest.fixture
def recording(answer: Answer) -> Recording:
    found = Recording.objects.create(
        institution=answer.institution, answer=answer, mime="video/webm", state=RecordingState.READY, size=4
    )
    found.file.save("test.webm", ContentFile(b"\x1a\x45\xdf\xa3"))
    return found


def opens(user: User, answer: Answer) -> bool:
    """Whether the answer opens; the recording must always say the same, and the queue of no cohort more."""
    try:
        get_reviewable_answer_for(user, answer.pk)
    except Http404:
        listed = [row for cohort in Cohort.objects.all() for row in to_review(user, cohort)]
        assert listed == []
        return False
    return True


def plays(user: User, recording: Recording) -> bool:
    try:
        get_playable_recording_for(user, recording.pk)
    except Http404:
        return False
    return True


def test_his_teacher_opens_it_and_nobody_else(
    answer: Answer,
    recording: Recording,
    sam: User,
    tia: User,
    ada: User,
    otto: User,
    northfield: Institution,
    teacher_of: TeacherOf,
) -> None:
    stranger = teacher_of(northfield)
    assert [opens(user, answer) for user in (tia, sam, ada, otto, stranger)] == [True, *[False] * 4]
    assert [plays(user, recording) for user in (tia, sam, ada, otto, stranger)] == [True, True, *[False] * 3]


def test_a_teacher_of_another_cohort_does_not(
    answer: Answer, recording: Recording, northfield: Institution, teacher_of: TeacherOf
) -> None:
    teacher = teacher_of(northfield, Cohort.objects.create(institution=northfield, name="Spring"))
    assert not opens(teacher, answer)
    assert not plays(teacher, recording)


@pytest.mark.parametrize("who", ["sam", "tia"])
def test_whoever_leaves_the_cohort_ends_it(
    who: str, answer: Answer, recording: Recording, sam: User, tia: User
) -> None:
    Enrolment.objects.filter(user__email__startswith=who).update(left_at=timezone.now())
    assert not opens(tia, answer)
    assert not plays(tia, recording)
    assert plays(sam, recording)


@pytest.mark.parametrize("who", ["sam", "tia"])
def test_whoever_leaves_the_institution_ends_it(
    who: str, answer: Answer, recording: Recording, tia: User, ada: User
) -> None:
    Membership.objects.filter(user__email__startswith=who).update(left_at=timezone.now())
    assert not opens(tia, answer)
    assert not plays(tia, recording)


def test_a_withdrawn_consent_ends_it_at_once(
    answer: Answer, recording: Recording, sam: User, tia: User, northfield: Institution
) -> None:
    said = comment(answer=answer, by=tia, text="Well told.")
    withdraw_consent(user=sam, institution=northfield, purpose=Purpose.REVIEW)
    assert not opens(tia, answer)
    assert not plays(tia, recording)
    with pytest.raises(Http404):
        get_own_comment_for(tia, said.pk)
    assert queries.comments_of([answer]) == [said]  # it stays, for Sam


def test_other_consents_do_not_stand_in_for_it(
    answer: Answer, tia: User, sam: User, northfield: Institution, agree: Callable[..., None]
) -> None:
    Consent.objects.filter(purpose=Purpose.REVIEW).delete()
    agree(sam, northfield, *(purpose for purpose in Purpose if purpose != Purpose.REVIEW))
    assert not opens(tia, answer)


def test_consent_to_older_words_does_not_count(answer: Answer, tia: User) -> None:
    Consent.objects.filter(purpose=Purpose.REVIEW).update(version=0)
    assert not opens(tia, answer)


def test_consent_elsewhere_does_not_count(answer: Answer, tia: User, southport: Institution) -> None:
    Consent.objects.filter(purpose=Purpose.REVIEW).update(institution=southport)
    assert not opens(tia, answer)


def test_open_and_skipped_answers_and_drills_are_not_for_rating(
    sam: User, tia: User, interview: Interview
) -> None:
    first, second = interview(sam, 2)
    Answer.objects.filter(pk=first.pk).update(state=AnswerState.OPEN)
    Answer.objects.filter(pk=second.pk).update(state=AnswerState.SKIPPED)
    drill = interview(sam, is_drill=True)[0]
    assert not any(opens(tia, answer) for answer in (first, second, drill))


def test_the_page_and_the_file_follow_the_gate(
    answer: Answer,
    recording: Recording,
    sam: User,
    tia: User,
    northfield: Institution,
    sign_in: Callable[..., Client],
) -> None:
    page = reverse("analytics:review_answer", args=[answer.pk])
    file = reverse("practice:recording", args=[recording.pk])
    assert (status(sign_in(tia), page), status(sign_in(tia), file)) == (200, 200)
    part = ask(sign_in(tia), file, headers={"Range": "bytes=1-2"})
    assert (part.status_code, part["Content-Range"], part["Cache-Control"]) == (
        206,
        "bytes 1-2/4",
        "private, no-store",
    )
    withdraw_consent(user=sam, institution=northfield, purpose=Purpose.REVIEW)
    assert (status(sign_in(tia), page), status(sign_in(tia), file)) == (404, 404)
    assert status(sign_in(sam), file) == 200


def ask(client: Client, address: str, **more: Any) -> Any:
    """The response, closed without the end of a request that would close the test's own connection."""
    response = client.get(address, **more)
    request_finished.disconnect(close_old_connections)
    response.close()
    request_finished.connect(close_old_connections)
    return response


def status(client: Client, address: str) -> int:
    return int(ask(client, address).status_code)


def test_a_teacher_who_may_watch_may_not_delete(
    recording: Recording, tia: User, sign_in: Callable[..., Client]
) -> None:
    refused = sign_in(tia).post(reverse("practice:delete_recording", args=[recording.pk]))
    assert refused.status_code == 404
    assert Recording.objects.filter(pk=recording.pk).exists()


def test_comments_are_taken_back_by_their_author_alone(
    answer: Answer, tia: User, teo: User, sign_in: Callable[..., Client]
) -> None:
    said = comment(answer=answer, by=tia, text="Well told.")
    address = reverse("analytics:delete_review_comment", args=[said.pk])
    assert sign_in(teo).post(address).status_code == 404
    assert sign_in(tia).post(address).status_code == 302
    assert queries.comments_of([answer]) == []


# --- the queue ------------------------------------------------------------------------------------


def test_the_queue_holds_what_can_be_read_or_watched_newest_first(
    sam: User, tia: User, cohort: Cohort, interview: Interview
) -> None:
    old, new = interview(sam, 2), interview(sam, 2)
    AnswerTranscript.objects.filter(answer=new[1]).delete()
    assert list(to_review(tia, cohort)) == [new[0], *old]
    Recording.objects.create(
        institution=cohort.institution, answer=new[1], mime="video/webm", state=RecordingState.READY
    )
    assert list(to_review(tia, cohort)) == [*new, *old]


def test_a_queue_is_that_of_its_own_cohort(
    sam: User, tia: User, cohort: Cohort, northfield: Institution, interview: Interview
) -> None:
    interview(sam)
    spring = Cohort.objects.create(institution=northfield, name="Spring")
    Enrolment.objects.create(institution=northfield, cohort=spring, user=tia, role=CohortRole.TEACHER)
    assert list(to_review(tia, spring)) == []
    assert len(to_review(tia, cohort)) == 1


def test_leaving_through_the_front_door_ends_it_too(answer: Answer, sam: User, tia: User, ada: User) -> None:
    leave_institution(membership=Membership.objects.get(user=sam), by=ada)
    assert not opens(tia, answer)


def test_a_former_teacher_who_became_a_student_has_no_queue(
    answer: Answer, tia: User, cohort: Cohort, sign_in: Callable[..., Client]
) -> None:
    Membership.objects.filter(user=tia).update(role=Role.STUDENT)
    client = sign_in(tia)
    assert client.get(reverse("analytics:review", args=[cohort.pk])).status_code == 404
    assert client.get(reverse("analytics:review_answer", args=[answer.pk])).status_code == 404
