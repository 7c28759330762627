"""Inviting and joining: links, lists, and every reason why an invitation does not work."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.models import AuditEntry, Institution, Membership, Role, User
from cohorts import actions, tasks
from cohorts.actions import Invitee, Link
from cohorts.errors import CohortArchived, HasAccount, OtherRole, UsedUp, WrongAddress
from cohorts.models import Cohort, CohortRole, Enrolment, Invitation
from cohorts.queries import invitation_by_token

NEW = {"name": "Noa Levi", "email": "Noa@School.example", "password": "quiet rivers run"}


@pytest.fixture
def link(cohort: Cohort, tia: User) -> Link:
    soon = timezone.now() + timedelta(days=3)
    return actions.invite_by_link(cohort=cohort, max_uses=2, expires_at=soon, by=tia)


@pytest.fixture
def fellow(northfield: Institution) -> User:
    """A student of Northfield who is not in the cohort yet."""
    user = User.objects.create_user("kim@northfield.example", "a long quiet evening", name="Kim Park")
    Membership.objects.create(institution=northfield, user=user, role=Role.STUDENT)
    return user


def deliver() -> list[str]:
    """Runs the mail jobs as the worker would; the links in the mails, in order."""
    mail.outbox.clear()
    for job in ProcrastinateJob.objects.filter(task_name="cohorts.tasks.mail_invitation").order_by("id"):
        tasks.mail_invitation(**job.args)
    found = [re.search(r"https?://[^/\s]+(/join/\S+)", str(sent.body)) for sent in mail.outbox]
    return [match[1] for match in found if match]


def in_cohort(cohort: Cohort) -> set[str]:
    return set(Enrolment.objects.filter(cohort=cohort, left_at=None).values_list("user__email", flat=True))


def upload(client: Client, cohort: Cohort, text: str | bytes) -> Any:
    data = text if isinstance(text, bytes) else text.encode()
    return client.post(f"/cohorts/{cohort.pk}/invite/list/", {"file": SimpleUploadedFile("list.csv", data)})


def confirm(client: Client, cohort: Cohort, page: Any) -> Any:
    sealed = re.search(r'name="people" value="([^"]+)"', page.content.decode())
    assert sealed
    return client.post(f"/cohorts/{cohort.pk}/invite/list/send/", {"people": sealed[1]}, follow=True)


# --- links ----------------------------------------------------------------------------------------


def test_only_the_hash_of_the_token_is_stored(link: Link) -> None:
    assert len(link.token) >= 43
    assert link.token not in str(vars(Invitation.objects.get()))
    assert invitation_by_token(link.token) == link.invitation


def test_a_new_person_joins_by_link(link: Link, cohort: Cohort, client: Client) -> None:
    response = client.post(link.path, NEW)
    assert response.headers["Location"] == "/"
    user = User.objects.get(email="noa@school.example")
    assert client.session["_auth_user_id"] == str(user.pk)
    assert user.memberships.get().role == Role.STUDENT
    assert user.email in in_cohort(cohort)


def test_a_signed_in_person_joins_with_one_click_and_twice_takes_one_place(
    link: Link, cohort: Cohort, fellow: User, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(fellow)
    assert fellow.name in client.get(link.path).content.decode()
    for _ in range(2):
        assert client.post(link.path).headers["Location"] == "/"
    assert fellow.email in in_cohort(cohort)
    assert Invitation.objects.get().uses == 1


def test_joining_another_institution_makes_it_the_current_one(
    link: Link, otto: User, sign_in: Callable[..., Client], northfield: Institution
) -> None:
    client = sign_in(otto)
    client.post(link.path)
    assert client.session["institution"] == str(northfield.pk)
    assert otto.memberships.count() == 2


def test_who_left_comes_back(link: Link, sam: User, cohort: Cohort) -> None:
    actions.mark_left(enrolment=Enrolment.objects.get(user=sam), by=sam)
    actions.accept_invitation(invitation=link.invitation, user=sam)
    assert sam.email in in_cohort(cohort)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"expires_at": timezone.now() - timedelta(minutes=1)}, "has expired"),
        ({"revoked_at": timezone.now()}, "was withdrawn"),
        ({"uses": 2}, "as often as it may be"),
    ],
)
def test_a_dead_link_says_why_to_everybody(
    link: Link,
    client: Client,
    fellow: User,
    sign_in: Callable[..., Client],
    change: dict[str, Any],
    words: str,
) -> None:
    Invitation.objects.update(**change)
    for visitor in (client, sign_in(fellow)):
        for response in (visitor.get(link.path), visitor.post(link.path, NEW)):
            assert response.status_code == 410
            assert words in response.content.decode()
    assert not User.objects.filter(email="noa@school.example").exists()


def test_an_archived_cohort_takes_nobody(link: Link, cohort: Cohort, tia: User, client: Client) -> None:
    actions.archive_cohort(cohort=cohort, by=tia)
    assert client.get(link.path).status_code == 410
    with pytest.raises(CohortArchived):
        actions.invite_by_link(cohort=cohort, max_uses=1, expires_at=timezone.now(), by=tia)


def test_a_token_that_never_was_is_404(client: Client, db: None) -> None:
    assert client.get("/join/nothing/").status_code == 404


def test_the_last_place_is_given_once(link: Link, fellow: User, otto: User) -> None:
    Invitation.objects.update(uses=1)
    actions.accept_invitation(invitation=link.invitation, user=fellow)
    with pytest.raises(UsedUp):
        actions.accept_invitation(invitation=link.invitation, user=otto)


def test_another_role_in_the_institution_is_said_clearly(
    link: Link, ada: User, sign_in: Callable[..., Client]
) -> None:
    response = sign_in(ada).get(link.path)
    assert response.status_code == 403
    assert "another role" in response.content.decode()
    with pytest.raises(OtherRole):
        actions.accept_invitation(invitation=link.invitation, user=ada)


def test_an_address_with_an_account_is_sent_to_sign_in(link: Link, otto: User, client: Client) -> None:
    response = client.post(link.path, NEW | {"email": "OTTO@southport.example"})
    assert response.status_code == 200
    assert "Sign in first" in response.content.decode()
    assert User.objects.count() == 3  # Sam, Tia, Otto
    with pytest.raises(HasAccount):
        actions.join_as_new_person(
            invitation=link.invitation, name="O", email=otto.email, password="x", language="en"
        )


def test_weak_passwords_are_refused(link: Link, client: Client) -> None:
    for password in ("short", "password1234", "noa@school.example"):
        response = client.post(link.path, NEW | {"password": password})
        assert response.status_code == 200, password
    assert not User.objects.filter(email="noa@school.example").exists()


def test_the_link_is_shown_once_and_can_be_revoked(
    cohort: Cohort, tia: User, sign_in: Callable[..., Client], client: Client
) -> None:
    teacher = sign_in(tia)
    made = teacher.post(f"/cohorts/{cohort.pk}/invite/link/", {"max_uses": 30, "days": 14})
    found = re.search(r'value="http://testserver(/join/[^"]+)"', made.content.decode())
    assert found
    assert found[1] not in teacher.get(f"/cohorts/{cohort.pk}/people/").content.decode()
    assert client.get(found[1]).status_code == 200
    teacher.post(f"/invitations/{Invitation.objects.get().pk}/revoke/")
    assert client.get(found[1]).status_code == 410


@pytest.mark.parametrize(
    "form", [{"max_uses": 0, "days": 3}, {"max_uses": 501, "days": 3}, {"max_uses": 3, "days": 999}]
)
def test_links_have_limits(
    cohort: Cohort, tia: User, sign_in: Callable[..., Client], form: dict[str, int]
) -> None:
    assert sign_in(tia).post(f"/cohorts/{cohort.pk}/invite/link/", form).status_code == 200
    assert not Invitation.objects.exists()


# --- lists ----------------------------------------------------------------------------------------

LIST = "name,email\nNew Person,new@x.example\nSam,sam@northfield.example\nTia,TIA@northfield.example\nBad,nowhere\n"


def test_nothing_is_written_before_the_confirmation(
    cohort: Cohort, tia: User, sign_in: Callable[..., Client]
) -> None:
    page = upload(sign_in(tia), cohort, LIST).content.decode()
    assert "1 person would be invited" in page
    assert "is in this cohort already" in page
    assert "not an e-mail address" in page
    assert not Invitation.objects.exists()
    assert not AuditEntry.objects.exists()
    assert not ProcrastinateJob.objects.exists()


def test_confirming_twice_sends_once(cohort: Cohort, tia: User, sign_in: Callable[..., Client]) -> None:
    client = sign_in(tia)
    page = upload(client, cohort, LIST)
    assert "1 invitation is on its way" in confirm(client, cohort, page).content.decode()
    assert "Nothing was sent" in confirm(client, cohort, page).content.decode()
    assert Invitation.objects.get().email == "new@x.example"
    assert len(deliver()) == 1
    assert "is invited already" in upload(client, cohort, LIST).content.decode()
    assert AuditEntry.objects.get(verb="invite_by_csv").details["count"] == 1


def test_a_preview_is_for_its_cohort_and_its_teacher_only(
    cohort: Cohort, tia: User, ada: User, northfield: Institution, sign_in: Callable[..., Client]
) -> None:
    other = actions.create_cohort(institution=northfield, name="Winter", by=tia)
    page = upload(sign_in(tia), cohort, LIST)
    for client, place in ((sign_in(tia), other), (sign_in(ada), cohort)):
        assert "too old" in confirm(client, place, page).content.decode()
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "The file is empty"),
        (b"PK\x03\x04", "Save as, then CSV"),
        (b"\x00\x01\x02\x03", "not a text file"),
        (b"no people\n", "no column with e-mail addresses"),
    ],
)
def test_a_file_that_is_no_list_says_so(
    cohort: Cohort, tia: User, sign_in: Callable[..., Client], data: bytes, words: str
) -> None:
    response = upload(sign_in(tia), cohort, data)
    assert response.status_code == 200
    assert words in response.content.decode()


def test_a_long_list_costs_as_many_queries_as_a_short_one(
    cohort: Cohort, tia: User, sign_in: Callable[..., Client], django_assert_max_num_queries: Any
) -> None:
    client = sign_in(tia)
    lines = "email\n" + "\n".join(f"p{number}@x.example" for number in range(1000))
    with django_assert_max_num_queries(12):
        page = upload(client, cohort, lines)
    with django_assert_max_num_queries(
        60
    ):  # two bulk inserts in batches, the jobs, and the roster page after it
        confirm(client, cohort, page)
    assert Invitation.objects.count() == 1000
    assert ProcrastinateJob.objects.count() == 1000


# --- by mail --------------------------------------------------------------------------------------


def test_the_token_is_in_the_mail_and_nowhere_else(cohort: Cohort, tia: User, client: Client) -> None:
    actions.invite_by_csv(
        cohort=cohort, invitees=[Invitee("new@x.example", "Noa")], by=tia, origin="https://h"
    )
    assert "token" not in str(ProcrastinateJob.objects.get().args)
    (path,) = deliver()
    assert mail.outbox[0].to == ["new@x.example"]
    page = client.get(path).content.decode()
    assert "new@x.example" in page
    assert 'name="email"' not in page
    client.post(path, {"name": "Noa", "password": "quiet rivers run"})
    assert "new@x.example" in in_cohort(cohort)
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.name, invitation.uses) == ("", "", 1)


def test_a_retried_job_makes_a_new_link_and_a_used_one_sends_nothing(
    cohort: Cohort, tia: User, client: Client
) -> None:
    actions.invite_by_csv(cohort=cohort, invitees=[Invitee("new@x.example")], by=tia, origin="https://h")
    first, second = deliver()[0], deliver()[0]
    assert client.get(first).status_code == 404
    assert client.post(second, {"name": "Noa", "password": "quiet rivers run"}).status_code == 302
    assert deliver() == []


def test_a_rolled_back_invitation_sends_nothing(cohort: Cohort, tia: User) -> None:
    from django.db import transaction

    with transaction.atomic():
        actions.invite_by_csv(cohort=cohort, invitees=[Invitee("new@x.example")], by=tia, origin="https://h")
        transaction.set_rollback(True)
    assert not ProcrastinateJob.objects.exists()


def test_the_wrong_person_is_told_that_it_is_for_another_address(
    cohort: Cohort, tia: User, fellow: User, sign_in: Callable[..., Client]
) -> None:
    actions.invite_by_csv(cohort=cohort, invitees=[Invitee("new@x.example")], by=tia, origin="https://h")
    (path,) = deliver()
    response = sign_in(fellow).get(path)
    assert response.status_code == 403
    assert "for another address" in response.content.decode()
    assert "new@x.example" not in response.content.decode()
    with pytest.raises(WrongAddress):
        actions.accept_invitation(invitation=Invitation.objects.get(), user=fellow)


def test_an_invited_person_with_an_account_signs_in_and_comes_back(
    cohort: Cohort, tia: User, fellow: User, client: Client
) -> None:
    actions.invite_by_csv(cohort=cohort, invitees=[Invitee(fellow.email)], by=tia, origin="https://h")
    (path,) = deliver()
    page = client.get(path).content.decode()
    assert "Sign in to join" in page
    signed_in = client.post(
        f"/sign-in/?next={path}", {"username": fellow.email, "password": "a long quiet evening", "next": path}
    )
    assert signed_in.headers["Location"] == path
    client.post(path)
    assert fellow.email in in_cohort(cohort)


def test_an_administrator_invites_a_teacher(
    ada: User, northfield: Institution, sign_in: Callable[..., Client], client: Client
) -> None:
    form = {"email": "Tom@x.example", "name": "Tom", "role": "teacher"}
    admin = sign_in(ada)
    assert admin.post("/people/invite/", form).status_code == 302
    assert "is invited" in admin.post("/people/invite/", form).content.decode()
    (path,) = deliver()
    client.post(path, {"name": "Tom", "password": "quiet rivers run"})
    assert Membership.objects.get(user__email="tom@x.example").role == Role.TEACHER
    assert admin.post("/people/invite/", form | {"role": "student"}).status_code == 200


def test_the_operator_makes_an_institution_and_its_first_administrator(client: Client, db: None) -> None:
    call_command("create_institution", "Newtown", "--admin", "ann@newtown.example", "--origin", "https://h")
    (path,) = deliver()
    client.post(path, {"name": "Ann", "password": "quiet rivers run"})
    membership = Membership.objects.get(user__email="ann@newtown.example")
    assert (membership.role, membership.institution.name) == (Role.ADMINISTRATOR, "Newtown")
    with pytest.raises(CommandError, match="already"):
        call_command(
            "create_institution", "Newtown", "--admin", "ann@newtown.example", "--origin", "https://h"
        )
    with pytest.raises(CommandError):
        call_command("create_institution", "Other", "--admin", "not an address", "--origin", "https://h")
    assert not Institution.objects.filter(name="Other").exists()


def test_enrolment_needs_the_same_role_in_the_institution(
    cohort: Cohort, fellow: User, otto: User, ada: User
) -> None:
    from cohorts.errors import NotAMember

    actions.enrol(cohort=cohort, user=fellow, role=CohortRole.STUDENT, by=ada)
    with pytest.raises(NotAMember):
        actions.enrol(cohort=cohort, user=fellow, role=CohortRole.TEACHER, by=ada)
    with pytest.raises(NotAMember):
        actions.enrol(cohort=cohort, user=otto, role=CohortRole.STUDENT, by=ada)
