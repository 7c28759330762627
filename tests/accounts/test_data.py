"""Export, erasure and retention: everything about Sam, and nothing about anybody else."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from axes.models import AccessLog
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import models, transaction
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts import actions, checks, data, tasks
from accounts.fate import OUR_APPS, Erasure, Fate, fate_of
from accounts.models import AuditEntry, Consent, Institution, Membership, Purpose, RetentionProof, Role, User
from cohorts.actions import Invitee, invite_by_mail
from cohorts.models import Assignment, Cohort, Enrolment, Invitation
from scoring.models import Baseline
from sessions.actions.takes import path_of
from sessions.models import (
    Answer,
    AnswerResult,
    PracticeSession,
    Recording,
    RecordingSegment,
    RecordingState,
)
from sessions.recordings.actions import place_of


def practise(user: User, assignment: Assignment, institution: Institution) -> PracticeSession:
    """One answer with a recording and a track."""
    question = assignment.scenario.questions.first()
    session = PracticeSession.objects.create(
        institution=institution,
        user=user,
        scenario=assignment.scenario,
        assignment=assignment,
        cohort=assignment.cohort,
        question_ids=[question.pk],
    )
    answer = Answer.objects.create(
        institution=institution, session=session, question=question, position=0, question_text="What?"
    )
    result = AnswerResult.objects.create(answer=answer, institution=institution, cues={"pace": {"v": 3.2}})
    result.track.save(f"{answer.pk}.parquet", ContentFile(b"track of " + user.email.encode()))
    recording = Recording.objects.create(
        institution=institution, answer=answer, mime="video/webm", state=RecordingState.READY
    )
    recording.file.save(f"{answer.pk}.webm", ContentFile(b"recording of " + user.email.encode()))
    Baseline.objects.get_or_create(institution=institution, user=user, catalogue_version=1)
    actions.give_consent(user=user, institution=institution, purpose=Purpose.RECORDING)
    return session


@pytest.fixture
def lives(
    sam: User, tia: User, ada: User, assignment: Assignment, northfield: Institution
) -> dict[User, PracticeSession]:
    """Sam and a fellow student Kim have both practised; each has rows in every table of theirs."""
    kim = User.objects.create_user("kim@northfield.example", "a long quiet evening", name="Kim Park")
    Membership.objects.create(institution=northfield, user=kim, role=Role.STUDENT)
    Enrolment.objects.create(institution=northfield, cohort=assignment.cohort, user=kim, role="student")
    for user in (sam, kim):
        AccessLog.objects.create(username=user.email, ip_address="10.0.0.1")
        actions.record(institution=northfield, actor=user, verb="export")
    return {user: practise(user, assignment, northfield) for user in (sam, kim)}


def read(blocks: Any) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(b"".join(blocks))) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def counts() -> dict[str, int]:
    return {model._meta.label: model._default_manager.count() for model in apps.get_models()}


def run_file_jobs() -> None:
    for job in ProcrastinateJob.objects.filter(task_name="accounts.tasks.forget_files"):
        tasks.forget_files(**job.args)


# --- fates ----------------------------------------------------------------------------------------


def test_every_model_has_a_fate_that_can_be_carried_out() -> None:
    assert checks.every_model_declares_its_fate(None) == []
    assert checks.every_fate_can_be_carried_out(None) == []
    ours = [model for model in apps.get_models() if model._meta.app_label in OUR_APPS]
    assert len(ours) > 15
    assert all(fate_of(model) for model in ours)


@pytest.mark.parametrize(
    ("model", "fate", "problem"),
    [
        (Consent, None, "accounts.E001"),
        (Consent, Fate(why="", person="institution"), "accounts.E002"),
        (Consent, Fate(why="", person="nobody"), "accounts.E002"),
        (Consent, Fate(why="", person="user", erasure=Erasure.ANONYMISE), "accounts.E003"),
        (Consent, Fate(why=""), "accounts.E004"),
        (Recording, Fate(why="", person="answer__session__user"), "accounts.E005"),
    ],
)
def test_a_wrong_fate_is_named(
    monkeypatch: pytest.MonkeyPatch, model: type[models.Model], fate: Fate | None, problem: str
) -> None:
    monkeypatch.setattr(model, "data_fate", fate)
    found = [*checks.every_model_declares_its_fate(None), *checks.every_fate_can_be_carried_out(None)]
    assert problem in {message.id for message in found if message.obj is model}


# --- export ---------------------------------------------------------------------------------------


def test_the_download_holds_all_of_sam_and_nothing_of_kim(lives: dict[User, PracticeSession]) -> None:
    sam, kim = lives
    files = read(data.zip_of(sam))
    (session,) = json.loads(files["practice.practicesession.json"])
    assert session["id"] == str(lives[sam].pk)
    assert "connection" not in session
    (account,) = json.loads(files["accounts.user.json"])
    assert "password" not in account
    assert json.loads(files["practice.answerresult.json"])[0]["cues"] == {"pace": {"v": 3.2}}
    (recording,) = json.loads(files["practice.recording.json"])
    assert files[recording["file"]] == b"recording of sam@northfield.example"
    expected = {
        "accounts.consent",
        "accounts.membership",
        "accounts.auditentry",
        "cohorts.enrolment",
        "practice.answer",
        "scoring.baseline",
        "axes.accesslog",
    }
    assert {f"{label}.json" for label in expected} <= set(files)
    everything = b"".join(files.values())
    assert kim.email.encode() not in everything
    assert str(kim.pk).encode() not in everything


def test_every_model_that_is_about_people_and_exported_is_in_the_download(
    lives: dict[User, PracticeSession],
) -> None:
    sam, _ = lives
    files = set(read(data.zip_of(sam)))
    for model in apps.get_models():
        fate = fate_of(model)
        if fate and fate.export and fate.person:
            path = fate.person if fate.person != "pk" else "pk"
            has_rows = model._default_manager.filter(**{path: sam.pk}).exists()
            assert has_rows == (f"{model._meta.label_lower}.json" in files), model


def test_a_file_that_is_gone_does_not_break_the_download(lives: dict[User, PracticeSession]) -> None:
    sam, _ = lives
    recording = Recording.objects.get(answer__session__user=sam)
    default_storage.delete(recording.file.name)
    assert "practice.recording.json" in read(data.zip_of(sam))


def test_the_download_is_streamed(lives: dict[User, PracticeSession], sign_in: Callable[..., Client]) -> None:
    sam, _ = lives
    response = sign_in(sam).get("/privacy/download/")
    assert response.streaming
    assert response.headers["Content-Disposition"].endswith('.zip"')

    async def blocks() -> list[bytes]:
        return [block async for block in response.streaming_content]

    assert "accounts.user.json" in read(async_to_sync(blocks)())


# --- erasure --------------------------------------------------------------------------------------


def test_erasing_sam_touches_exactly_sam(lives: dict[User, PracticeSession]) -> None:
    sam, kim = lives
    before, kims = counts(), read(data.zip_of(kim))
    actions.erase_person(user=sam, by=sam)
    run_file_jobs()
    after = counts()
    gone = {label: before[label] - after[label] for label in before if before[label] != after[label]}
    assert gone.pop("procrastinate.ProcrastinateJob", -1) < 0
    gone.pop("procrastinate.ProcrastinateEvent", None)
    assert gone.pop("accounts.AuditEntry") == -1  # that somebody was erased, without a name
    assert set(gone.values()) == {1}, gone
    assert {"accounts.User", "practice.Recording", "scoring.Baseline", "axes.AccessLog"} <= set(gone)
    assert AuditEntry.objects.filter(actor=None).count() == 2
    assert set(read(data.zip_of(kim))) == set(kims)
    assert read(data.zip_of(kim))["practice.recording.json"] == kims["practice.recording.json"]


def test_files_go_with_their_rows_and_only_after_the_commit(lives: dict[User, PracticeSession]) -> None:
    sam, kim = lives
    names = {
        user: [
            Recording.objects.get(answer__session__user=user).file.name,
            AnswerResult.objects.get(answer__session__user=user).track.name,
        ]
        for user in lives
    }
    with transaction.atomic():
        actions.erase_person(user=sam, by=sam)
        transaction.set_rollback(True)
    run_file_jobs()
    assert all(default_storage.exists(name) for name in names[sam])
    actions.erase_person(user=sam, by=sam)
    run_file_jobs()
    run_file_jobs()  # a job that is run twice finds nothing and says nothing
    assert not any(default_storage.exists(name) for name in names[sam])
    assert all(default_storage.exists(name) for name in names[kim])


@pytest.mark.parametrize("whole_account", [True, False])
def test_what_was_streamed_or_uploaded_and_not_yet_prepared_goes_too(
    lives: dict[User, PracticeSession],
    django_capture_on_commit_callbacks: Any,
    whole_account: bool,
) -> None:
    sam, _ = lives
    recording = Recording.objects.get(answer__session__user=sam)
    institution = recording.institution
    segment = RecordingSegment.objects.create(
        institution=institution, recording=recording, number=0, started_ms=0
    )
    piece, take = place_of(segment).path, path_of(recording.answer)
    for path in (piece, take):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"sound and picture")
    with django_capture_on_commit_callbacks(execute=True):
        if whole_account:
            actions.erase_person(user=sam, by=sam)
        else:
            actions.delete_under_purpose(user=sam, institution=institution, purpose=Purpose.RECORDING)
    assert not piece.exists()
    assert take.exists() is not whole_account


def test_a_teacher_can_be_erased_too(
    lives: dict[User, PracticeSession], tia: User, assignment: Assignment
) -> None:
    actions.record(institution=assignment.institution, actor=tia, verb="invite")
    actions.erase_person(user=tia, by=tia)
    assignment.refresh_from_db()
    assert assignment.created_by is None
    assert not User.objects.filter(pk=tia.pk).exists()
    assert AuditEntry.objects.get(verb="invite").actor is None
    assert PracticeSession.objects.count() == 2


def test_an_open_invitation_to_the_address_goes_too(sam: User, southport: Institution) -> None:
    invite_by_mail(
        institution=southport, role=Role.TEACHER, invitee=Invitee(sam.email), by=None, origin="http://x"
    )
    assert "cohorts.invitation.json" in read(data.zip_of(sam))
    actions.erase_person(user=sam)
    assert not Invitation.objects.exists()


def test_the_page_asks_for_the_address_typed(sam: User, tia: User, sign_in: Callable[..., Client]) -> None:
    client = sign_in(sam)
    assert client.post("/privacy/delete/", {"confirmation": tia.email}).status_code == 200
    assert User.objects.filter(pk=sam.pk).exists()
    assert client.post("/privacy/delete/", {"confirmation": " SAM@northfield.example "}).status_code == 302
    assert not User.objects.filter(pk=sam.pk).exists()
    assert client.get("/profile/").status_code == 302


def test_the_last_administrator_is_told_what_to_do_first(
    ada: User, sam: User, sign_in: Callable[..., Client]
) -> None:
    response = sign_in(ada).post("/privacy/delete/", {"confirmation": ada.email})
    assert "Name another administrator first" in response.content.decode()
    assert User.objects.filter(pk=ada.pk).exists()


def test_withdrawing_the_recording_offers_to_delete_what_there_is(
    lives: dict[User, PracticeSession], sign_in: Callable[..., Client]
) -> None:
    sam, kim = lives
    client = sign_in(sam)
    assert "from before" not in client.get("/privacy/").content.decode()
    client.post("/privacy/consent/", {"purpose": "recording", "act": "withdraw"})
    assert "There is still 1 recording from before." in client.get("/privacy/").content.decode()
    client.post("/privacy/consent/", {"purpose": "recording", "act": "forget"})
    assert list(Recording.objects.values_list("answer__session__user", flat=True)) == [kim.pk]
    assert AnswerResult.objects.count() == 2


def test_the_privacy_page_counts_what_there_is(
    lives: dict[User, PracticeSession], northfield: Institution, sign_in: Callable[..., Client]
) -> None:
    sam, _ = lives
    found = {str(holding.kind): holding for holding in data.holdings_of(sam, northfield)}
    recordings = found["Recordings of your answers"]
    assert (recordings.count, recordings.days, str(recordings.seen_by)) == (
        1,
        90,
        "You; the teachers of your cohort while you let them watch and rate",
    )
    results = found["What was observed in your answers"]
    assert (results.count, results.days) == (1, 730)  # through the practice that it belongs to
    page = sign_in(sam).get("/privacy/").content.decode()
    assert all(str(kind) in page for kind in found)


# --- retention ------------------------------------------------------------------------------------


def age(model: type[models.Model], days: int, field: str = "created_at", **which: Any) -> None:
    model._default_manager.filter(**which).update(**{field: timezone.now() - timedelta(days=days)})


def test_each_institution_has_its_own_days(
    lives: dict[User, PracticeSession], southport: Institution, otto: User, assignment: Assignment
) -> None:
    sam, _kim = lives
    practise(otto, assignment, southport)
    Institution.objects.filter(pk=southport.pk).update(keep_recordings_days=10)
    age(Recording, 50)
    name = Recording.objects.get(institution=southport).file.name
    deleted = data.apply_retention()
    run_file_jobs()
    assert deleted["practice.Recording"] == 1
    assert not Recording.objects.filter(institution=southport).exists()
    assert not default_storage.exists(name)
    assert Recording.objects.filter(answer__session__user=sam).exists()
    proof = RetentionProof.objects.get(institution=southport, model="practice.Recording")
    assert proof.deleted == 1
    assert timezone.now() - proof.older_than > timedelta(days=9)


def test_what_is_as_old_as_it_may_be_stays(lives: dict[User, PracticeSession]) -> None:
    age(Recording, 89)
    age(PracticeSession, 729)
    data.apply_retention()
    assert (Recording.objects.count(), PracticeSession.objects.count()) == (2, 2)


def test_old_practices_go_with_answers_results_and_files_in_batches(
    lives: dict[User, PracticeSession],
) -> None:
    age(PracticeSession, 731)
    names = [result.track.name for result in AnswerResult.objects.all()]
    assert data.apply_retention(batch=1)["practice.PracticeSession"] == 2
    run_file_jobs()
    assert not Answer.objects.exists()
    assert not AnswerResult.objects.exists()
    assert not any(default_storage.exists(name) for name in names)
    assert User.objects.filter(email="kim@northfield.example").exists()


def test_former_members_go_with_everything_there_and_with_the_account_if_it_was_their_last_place(
    lives: dict[User, PracticeSession], southport: Institution
) -> None:
    sam, kim = lives
    Membership.objects.create(institution=southport, user=kim, role=Role.STUDENT)
    northfield = lives[sam].institution
    age(Membership, 1096, "left_at", user__in=[sam, kim], institution=northfield)
    data.apply_retention()
    assert not User.objects.filter(pk=sam.pk).exists()
    assert User.objects.filter(pk=kim.pk).exists()
    for model in (PracticeSession, Baseline, Consent, Enrolment):
        assert not model._default_manager.filter(user=kim, institution=northfield).exists(), model


def test_library_tables_are_cleaned_by_their_fixed_days(sam: User, client: Client) -> None:
    client.force_login(sam, backend="django.contrib.auth.backends.ModelBackend")
    AccessLog.objects.create(username="a@b.example")
    AccessLog.objects.create(username="c@d.example")
    age(AccessLog, 31, "attempt_time", username="a@b.example")
    session = apps.get_model("sessions.Session")
    age(session, 1, "expire_date")
    data.apply_retention()
    assert not session.objects.exists()
    assert set(AccessLog.objects.values_list("username", flat=True)) >= {"c@d.example"}
    assert not AccessLog.objects.filter(username="a@b.example").exists()


def test_a_run_without_anything_to_delete_leaves_one_proof_not_many(northfield: Institution) -> None:
    data.apply_retention()
    first = RetentionProof.objects.count()
    data.apply_retention()
    assert RetentionProof.objects.count() == first > 0


def test_the_command_says_what_it_deleted(
    lives: dict[User, PracticeSession], capsys: pytest.CaptureFixture[str]
) -> None:
    age(Recording, 91)
    call_command("apply_retention")
    assert "practice.Recording: 2" in capsys.readouterr().out


def test_the_job_runs_every_night() -> None:
    from procrastinate.contrib.django import app

    periodic = {task.task.name for task in app.periodic_registry.periodic_tasks.values()}
    assert "accounts.tasks.apply_retention" in periodic


def test_invitations_lose_their_address_a_month_after_they_expired(
    cohort: Cohort, tia: User, northfield: Institution
) -> None:
    invite_by_mail(
        institution=northfield, role=Role.TEACHER, invitee=Invitee("new@x.example"), by=tia, origin="http://x"
    )
    age(Invitation, 31, "expires_at")
    data.apply_retention()
    assert not Invitation.objects.exists()
