"""One person with two accounts, and everybody who only says so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.middleware import SESSION_KEY as INSTITUTION
from accounts.models import AuditEntry, Institution, Membership, Role, User
from cohorts.models import Assignment, Cohort, CohortRole, Enrolment
from lti.frames import SESSION_KEY as FRAME
from lti.message import claims as names
from lti.models import Identity, Registration, ResourceLink
from lti.people.joining import CannotJoin, join, offer_for
from sessions.models import PracticeSession, Scenario
from tests.conftest import PASSWORD, person
from tests.lti.people.conftest import INSTRUCTOR, LEARNER, course, entered, led, registered

pytestmark = pytest.mark.django_db
SignIn = Callable[[User | None], Client]
SAMS: dict[str, Any] = {"email": "sam@northfield.example"}
PAGE = "/lti/join/"


def landed(client: Client, path: str, **posted: str) -> str:
    """Where a decision on the page leads."""
    response = client.post(path, posted)
    assert response.status_code == 302
    return response.headers["Location"]


def who(client: Client) -> str:
    return str(client.session["_auth_user_id"])


# --- the offer --------------------------------------------------------------------------------------


def test_a_person_with_an_account_of_that_address_is_asked_first(
    registration: Registration, sam: User, sign_in: SignIn
) -> None:
    found, path = led(registration, email="Sam@Northfield.example")
    assert path.startswith(f"{PAGE}?link=")
    page = sign_in(found.user).get(path)
    text = page.content.decode()
    assert "Is this account yours?" in text
    assert "sam@northfield.example" in text
    assert "Moodle" in text
    assert "no-store" in page.headers["Cache-Control"]
    assert not PracticeSession.objects.exists()


def no_member(sam: User, registration: Registration) -> None:
    Membership.objects.filter(user=sam).update(left_at=timezone.now())


def belongs_elsewhere_too(sam: User, registration: Registration) -> None:
    Membership.objects.create(
        institution=Institution.objects.create(name="Westfield"), user=sam, role=Role.STUDENT
    )


def closed(sam: User, registration: Registration) -> None:
    User.objects.filter(pk=sam.pk).update(is_active=False)


def without_a_password(sam: User, registration: Registration) -> None:
    sam.set_unusable_password()
    sam.save()


def operator(sam: User, registration: Registration) -> None:
    User.objects.filter(pk=sam.pk).update(is_staff=True)


def superuser(sam: User, registration: Registration) -> None:
    User.objects.filter(pk=sam.pk).update(is_superuser=True)


def decided(sam: User, registration: Registration) -> None:
    entered(registration, **SAMS)
    Identity.objects.update(stays_apart_at=timezone.now())


def practised(sam: User, registration: Registration) -> None:
    user = entered(registration, **SAMS).user
    PracticeSession.objects.create(
        institution=registration.institution,
        user=user,
        scenario=Scenario.objects.create(slug="x", language="en"),
        question_ids=[],
    )


@pytest.mark.parametrize(
    "change",
    [
        no_member,
        belongs_elsewhere_too,
        closed,
        without_a_password,
        operator,
        superuser,
        decided,
        practised,
    ],
)
def test_nobody_is_asked_where_it_could_not_or_should_not_be(
    registration: Registration,
    sam: User,
    sign_in: SignIn,
    change: Callable[[User, Registration], None],
) -> None:
    change(sam, registration)
    found, path = led(registration, **SAMS)
    assert path == reverse("practice:choose")
    assert offer_for(found.user) is None
    # The page says nothing either, and a password sent there joins nothing.
    client = sign_in(found.user)
    assert client.get(PAGE).headers["Location"] == reverse("home")
    assert landed(client, PAGE, act="join", password=PASSWORD) == reverse("practice:choose")
    assert Identity.objects.get().user == found.user


def test_an_account_of_another_institution_is_never_named(
    registration: Registration, otto: User, sign_in: SignIn
) -> None:
    found, path = led(registration, email=otto.email)
    assert path == reverse("practice:choose")
    response = sign_in(found.user).post(PAGE, {"act": "join", "password": PASSWORD})
    assert otto.email not in response.content.decode()
    assert Identity.objects.get().user == found.user


def test_people_with_an_account_of_their_own_find_nothing_there(
    registration: Registration, sam: User, ada: User, sign_in: SignIn
) -> None:
    led(registration, **SAMS)
    for user in (sam, ada):
        client = sign_in(user)
        assert client.get(PAGE).headers["Location"] == reverse("home")
        assert client.post(PAGE, {"act": "join", "password": PASSWORD}).status_code == 302
    assert Identity.objects.get().user not in {sam, ada}


# --- yes --------------------------------------------------------------------------------------------


def test_the_owner_joins_and_goes_on_to_where_the_launch_led(
    registration: Registration, sam: User, assignment: Assignment, sign_in: SignIn
) -> None:
    made = entered(registration, **SAMS).course
    assert made is not None
    Assignment.objects.update(cohort=made.cohort)
    found, path = led(registration, **SAMS, **{names.CUSTOM: {"assignment": str(assignment.pk)}})
    client = sign_in(found.user)
    reached = landed(client, path, act="join", password=PASSWORD)
    (session,) = PracticeSession.objects.all()
    assert reached == reverse("practice:lobby", args=[session.pk])
    assert (session.user, session.assignment) == (sam, assignment)
    assert who(client) == str(sam.pk)
    assert client.get(reached).status_code == 200
    assert client.session[INSTITUTION] == str(registration.institution_id)
    # One account, with its own name and address, in the course.
    assert not User.objects.filter(pk=found.user.pk).exists()
    sam.refresh_from_db()
    assert (sam.email, sam.name, sam.told_email) == ("sam@northfield.example", "Sam Okafor", "")
    assert Enrolment.objects.get(cohort=made.cohort, user=sam).role == CohortRole.STUDENT
    (entry,) = AuditEntry.objects.filter(verb="join_accounts")
    assert entry.actor == sam
    # The next launch is Sam's, without a question.
    again, path = led(registration, **SAMS, **{names.CUSTOM: {"assignment": str(assignment.pk)}})
    assert (again.user, path) == (sam, reached)


@pytest.mark.parametrize(
    ("had", "roles", "wanted"),
    [
        (Role.STUDENT, [LEARNER], Role.STUDENT),
        (Role.STUDENT, [INSTRUCTOR], Role.TEACHER),
        (Role.TEACHER, [LEARNER], Role.TEACHER),
        (Role.TEACHER, [INSTRUCTOR], Role.TEACHER),
        (Role.ADMINISTRATOR, [LEARNER], Role.ADMINISTRATOR),
        (Role.ADMINISTRATOR, [INSTRUCTOR], Role.ADMINISTRATOR),
    ],
    ids=[
        "student-learns", "student-teaches", "teacher-learns", "teacher-teaches", "administrator-learns",
        "administrator-teaches",
    ],
)  # fmt: skip
def test_the_owner_keeps_their_role_and_gets_the_places(
    registration: Registration,
    sam: User,
    ada: User,
    sign_in: SignIn,
    had: Role,
    roles: list[str],
    wanted: Role,
) -> None:
    Membership.objects.filter(user=sam).update(role=had)
    found, path = led(registration, roles, **SAMS)
    reached = landed(sign_in(found.user), path, act="join", password=PASSWORD)
    made = Cohort.objects.get()
    teaches = roles == [INSTRUCTOR]
    assert Membership.objects.get(user=sam).role == wanted
    assert Enrolment.objects.get(user=sam).role == (CohortRole.TEACHER if teaches else CohortRole.STUDENT)
    there = reverse("analytics:cohort", args=[made.pk]) if teaches else reverse("practice:choose")
    assert reached == there


def test_places_are_moved_and_not_doubled(registration: Registration, sam: User, sign_in: SignIn) -> None:
    """Sam was in one of the two courses before, and had left it."""
    first = entered(registration, **SAMS, **course("a", "A")).course
    second = entered(registration, [INSTRUCTOR], **SAMS, **course("b", "B")).course
    assert first is not None
    assert second is not None
    Enrolment.objects.create(
        institution=sam.memberships.get().institution,
        cohort=first.cohort,
        user=sam,
        role=CohortRole.STUDENT,
        left_at=timezone.now(),
    )
    user = Identity.objects.get().user
    landed(sign_in(user), PAGE, act="join", password=PASSWORD)
    places = {row.cohort.name: (row.role, row.left_at) for row in Enrolment.objects.all()}
    assert places == {"A": ("student", None), "B": ("teacher", None)}
    assert {row.user for row in Enrolment.objects.all()} == {sam}


def test_all_identities_of_the_account_move(registration: Registration, sam: User, sign_in: SignIn) -> None:
    user = entered(registration, **SAMS).user
    second = registered(registration.institution, client_id="client-3")
    Identity.objects.create(
        institution=registration.institution,
        registration=second,
        subject="s",
        user=user,
        email=user.told_email,
    )
    landed(sign_in(user), PAGE, act="join", password=PASSWORD)
    assert [identity.user for identity in Identity.objects.all()] == [sam, sam]
    assert entered(second, sub="s").user == sam


def test_a_session_in_a_frame_stays_one(registration: Registration, sam: User, sign_in: SignIn) -> None:
    found, path = led(registration, **SAMS)
    client = sign_in(found.user)
    session = client.session
    session[FRAME] = ["https://moodle.example"]
    session.save()
    page = client.get(path)
    assert "https://moodle.example" in page.headers["Content-Security-Policy"]
    reached = landed(client, path, act="join", password=PASSWORD)
    assert client.session[FRAME] == ["https://moodle.example"]
    assert "https://moodle.example" in client.get(reached).headers["Content-Security-Policy"]


def test_a_link_of_another_platform_leads_nowhere(
    registration: Registration, sam: User, sign_in: SignIn
) -> None:
    """The link in the address counts only where the person came from its platform."""
    twin = registered(registration.institution, client_id="client-3")
    led(twin, [INSTRUCTOR], sub="teacher", email=None)
    found, _path = led(registration, **SAMS)
    other = f"{PAGE}?link={ResourceLink.objects.get(registration=twin).pk}"
    for address in (other, f"{PAGE}?link=x", f"{PAGE}?link={'9' * 40}", f"{PAGE}?link=%00", PAGE):
        assert sign_in(found.user).get(address).status_code == 200
    assert landed(sign_in(found.user), other, act="apart") == reverse("practice:choose")


# --- no, and what is not one's own ------------------------------------------------------------------


def test_who_goes_on_without_is_not_asked_again(
    registration: Registration, sam: User, assignment: Assignment, sign_in: SignIn
) -> None:
    made = entered(registration, **SAMS).course
    assert made is not None
    Assignment.objects.update(cohort=made.cohort)
    launch = {**SAMS, names.CUSTOM: {"assignment": str(assignment.pk)}}
    found, path = led(registration, **launch)
    client = sign_in(found.user)
    reached = landed(client, path, act="apart")
    assert PracticeSession.objects.get().user == found.user
    assert led(registration, **launch) == (led(registration, **launch)[0], reached)
    assert who(client) == str(found.user.pk)
    assert User.objects.filter(pk=sam.pk).exists()
    # Nor by going back to the page.
    assert client.get(path).headers["Location"] == reverse("home")
    assert landed(client, path, act="join", password=PASSWORD) == reached


@pytest.mark.parametrize(
    "password",
    ["", "wrong", PASSWORD.upper(), "x" * 5000, "nul\0"],
    ids=["none", "wrong", "capitals", "long", "nul"],
)
def test_a_wrong_password_joins_nothing(
    registration: Registration, sam: User, sign_in: SignIn, password: str
) -> None:
    found, path = led(registration, **SAMS)
    client = sign_in(found.user)
    response = client.post(path, {"act": "join", "password": password})
    assert response.status_code == 422
    assert "errorlist" in response.content.decode() or "aria-invalid" in response.content.decode()
    assert password not in response.content.decode() or not password
    assert Identity.objects.get().user == found.user
    assert who(client) == str(found.user.pk)


def test_another_accounts_password_joins_nothing(
    registration: Registration, sam: User, sign_in: SignIn
) -> None:
    """It is the account of the told address that has to be shown, whatever else somebody can open."""
    mine = person("mine@northfield.example", "Mine", registration.institution, Role.STUDENT)
    mine.set_password("another long evening")
    mine.save()
    found, path = led(registration, **SAMS)
    posted = {"act": "join", "password": "another long evening", "username": mine.email}
    assert sign_in(found.user).post(path, posted).status_code == 422
    assert Identity.objects.get().user == found.user


def test_guessing_is_limited_as_at_sign_in(registration: Registration, sam: User, sign_in: SignIn) -> None:
    found, path = led(registration, **SAMS)
    client = sign_in(found.user)
    answers = [
        client.post(path, {"act": "join", "password": f"guess {number}"}).status_code
        for number in range(settings.AXES_FAILURE_LIMIT)
    ]
    assert answers[0] == 422
    assert answers[-1] == 429
    # Then the right one does not help either, here or at the sign-in form.
    assert client.post(path, {"act": "join", "password": PASSWORD}).status_code == 429
    signed = Client().post(reverse("accounts:sign_in"), {"username": sam.email, "password": PASSWORD})
    assert signed.status_code == 429
    assert Identity.objects.get().user == found.user


def test_what_was_decided_in_another_window_counts(registration: Registration, sam: User) -> None:
    user = entered(registration, **SAMS).user
    offer = offer_for(user)
    assert offer is not None
    join(offer)
    with pytest.raises(CannotJoin):
        join(offer)
    assert Identity.objects.get().user == sam


def test_who_begins_to_practise_meanwhile_keeps_it(
    registration: Registration, sam: User, scenario: Scenario
) -> None:
    user = entered(registration, **SAMS).user
    offer = offer_for(user)
    assert offer is not None
    PracticeSession.objects.create(
        institution=registration.institution, user=user, scenario=scenario, question_ids=[]
    )
    with pytest.raises(CannotJoin):
        join(offer)
    assert PracticeSession.objects.get().user == user


def test_joining_twice_leads_on_both_times(registration: Registration, sam: User, sign_in: SignIn) -> None:
    found, path = led(registration, **SAMS)
    client = sign_in(found.user)
    first = landed(client, path, act="join", password=PASSWORD)
    assert landed(client, path, act="join", password=PASSWORD) == first == reverse("practice:choose")
    assert AuditEntry.objects.filter(verb="join_accounts").count() == 1


def test_the_platform_that_joined_once_cannot_reach_further(
    registration: Registration, sam: User, sign_in: SignIn
) -> None:
    """Another `sub` of the same platform that claims Sam's address is asked for the password like the first one."""
    first = entered(registration, **SAMS).user
    landed(sign_in(first), PAGE, act="join", password=PASSWORD)
    thief, path = led(registration, sub="thief", **SAMS)
    assert thief.user != sam
    assert path.startswith(PAGE)
    assert sign_in(thief.user).post(path, {"act": "join", "password": "guess"}).status_code == 422


def test_a_forged_request_joins_nothing(registration: Registration, sam: User) -> None:
    found, path = led(registration, **SAMS)
    client = Client(enforce_csrf_checks=True)
    client.force_login(found.user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(path, {"act": "join", "password": PASSWORD}).status_code == 403
    assert client.post(path, {"act": "apart"}).status_code == 403
    identity = Identity.objects.get()
    assert (identity.user, identity.stays_apart_at) == (found.user, None)


def test_an_address_that_the_platform_corrects_is_asked_about_then(
    registration: Registration, sam: User
) -> None:
    assert led(registration)[1] == reverse("practice:choose")
    Identity.objects.update(last_launch_at=timezone.now() - timedelta(days=1))
    assert led(registration, **SAMS)[1].startswith(PAGE)
