"""Who a launch makes of a platform's `sub`, and in which role; with as much or as little as platforms tell."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from accounts.actions import change_profile, change_role, erase_person, leave_institution
from accounts.data import zip_of
from accounts.models import NO_ADDRESS, AuditEntry, Institution, Membership, Role, User
from cohorts.models import Cohort, CohortRole, Enrolment
from cohorts.queries import cohorts_for
from lti.errors import Code, LaunchRefused
from lti.message.roles import Standing
from lti.models import Identity, Registration
from tests.lti.people.conftest import (
    EMAIL,
    INSTRUCTOR,
    LEARNER,
    LIS,
    NAME,
    NO_COURSE,
    NOTHING_PERSONAL,
    arrival,
    course,
    entered,
    registered,
)

pytestmark = pytest.mark.django_db


def place_of(user: User, cohort: Cohort) -> Enrolment:
    return Enrolment.objects.get(user=user, cohort=cohort, left_at=None)


# --- what platforms tell ----------------------------------------------------------------------------


def test_a_new_person_gets_an_account_that_nobody_else_can_open(
    registration: Registration, northfield: Institution
) -> None:
    northfield.time_zone = "Europe/Berlin"
    northfield.save()
    found = entered(registration, locale="fr-CA")
    user = found.user
    assert user.email.endswith(f"@{NO_ADDRESS}")
    assert (user.name, user.told_email, user.address) == (
        "Sam Okafor",
        "sam@school.example",
        "sam@school.example",
    )
    assert not user.has_usable_password()
    assert (user.language, user.time_zone, user.is_staff) == ("fr", "Europe/Berlin", False)
    assert (found.membership.role, found.standing) == (Role.STUDENT, Standing.LEARNER)
    assert found.course is not None
    assert place_of(user, found.course.cohort).role == CohortRole.STUDENT
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("told", "name", "address"),
    [
        ({NAME: None}, "", "sam@school.example"),
        ({EMAIL: None}, "Sam Okafor", ""),
        ({NAME: None, "given_name": "Sam", "family_name": "Okafor", EMAIL: None}, "Sam Okafor", ""),
        ({NAME: None, "given_name": "Sam", EMAIL: None}, "Sam", ""),
        (NOTHING_PERSONAL, "", ""),
        ({EMAIL: "no address"}, "Sam Okafor", ""),
        ({EMAIL: "Sam@School.Example "}, "Sam Okafor", "sam@school.example"),
        ({EMAIL: f"x@{NO_ADDRESS}"}, "Sam Okafor", ""),
        ({EMAIL: "x" * 300 + "@school.example"}, "Sam Okafor", ""),
        ({EMAIL: "sam\0@school.example"}, "Sam Okafor", ""),
        ({EMAIL: 7, NAME: ["x"]}, "", ""),
        ({NAME: "  Sam \t\n Okafor\0 "}, "Sam Okafor", "sam@school.example"),
        ({NAME: "Sam \ud800Okafor"}, "Sam Okafor", "sam@school.example"),
        ({NAME: "\0 \x07"}, "", "sam@school.example"),
        ({NAME: "S" * 5000}, "S" * 120, "sam@school.example"),
    ],
    ids=[
        "email-only", "name-only", "names-only", "given-name-only", "nothing", "no-address", "capitals",
        "made-up-domain", "long-address", "nul-address", "wrong-types", "spaces", "surrogate",
        "only-controls", "long-name",
    ],
)  # fmt: skip
def test_whatever_a_platform_tells_somebody_enters(
    registration: Registration, told: dict[str, Any], name: str, address: str
) -> None:
    user = User.objects.get(pk=entered(registration, **told).user.pk)
    assert user.address == address
    assert user.name == name or (not name and user.name.startswith("Guest learner "))


def test_guests_without_a_name_can_be_told_apart_and_are_named_in_their_language(
    registration: Registration,
) -> None:
    guests = [entered(registration, sub=f"guest-{number}", **NOTHING_PERSONAL).user for number in range(3)]
    assert len({guest.name for guest in guests}) == 3
    assert entered(registration, sub="guest-0", **NOTHING_PERSONAL).user.name == guests[0].name


@pytest.mark.parametrize(
    ("locale", "language"),
    [("de", "de"), ("de_AT", "de"), ("EN-gb", "en"), ("sv", "en"), ("", "en"), (7, "en"), ("de\0", "en")],
    ids=str,
)
def test_the_language_is_the_persons_where_we_speak_it(
    registration: Registration, locale: Any, language: str
) -> None:
    assert entered(registration, locale=locale).user.language == language


def test_the_language_is_asked_once(registration: Registration) -> None:
    user = entered(registration, locale="de").user
    assert entered(registration, locale="fr").user.language == user.language == "de"


def test_a_subject_that_cannot_be_kept_is_refused(registration: Registration) -> None:
    for subject in ("a\0b", "a\ud800"):
        with pytest.raises(LaunchRefused) as refused:
            entered(registration, sub=subject)
        assert refused.value.code == Code.WRONG_TYPE
    assert not User.objects.exists()


# --- the same person --------------------------------------------------------------------------------


def test_the_same_person_is_found_again(registration: Registration) -> None:
    first, second = entered(registration), entered(registration)
    assert first.user == second.user
    assert (User.objects.count(), Identity.objects.count(), Membership.objects.count()) == (1, 1, 1)
    assert second.identity.last_launch_at > first.identity.last_launch_at


def test_one_subject_of_two_platforms_is_two_people(
    registration: Registration, southport: Institution
) -> None:
    other = registered(southport, client_id="client-2")
    twin = registered(registration.institution, client_id="client-3")
    users = {entered(one).user for one in (registration, other, twin)}
    assert len(users) == 3
    (there,) = Membership.objects.filter(institution=southport)
    assert there.user.identities.get().registration == other


def test_a_name_follows_the_platform_until_it_is_changed_here(registration: Registration) -> None:
    user = entered(registration, **NOTHING_PERSONAL).user
    assert entered(registration).user.name == "Sam Okafor"
    assert (
        entered(registration, name="Samuel Okafor", email="samuel@school.example").user.name
        == "Samuel Okafor"
    )
    # What is not said any more stays.
    user = entered(registration, **NOTHING_PERSONAL).user
    assert (user.name, user.told_email) == ("Samuel Okafor", "samuel@school.example")
    change_profile(user=user, name="Sammy", language="de", time_zone="UTC")
    user = entered(registration, name="Sam O.", email="sam@school.example").user
    assert (user.name, user.told_email, user.language) == ("Sammy", "sam@school.example", "de")
    assert entered(registration, name="Sam Ok.").user.name == "Sammy"


def test_an_account_with_an_address_of_its_own_keeps_what_it_has(
    registration: Registration, sam: User
) -> None:
    entered(registration)
    Identity.objects.update(user=sam, name=sam.name)
    found = entered(registration, name="Somebody Else", email="else@school.example").user
    assert found == sam
    sam.refresh_from_db()
    assert (sam.name, sam.email, sam.told_email) == ("Sam Okafor", "sam@northfield.example", "")


def test_after_erasure_a_launch_makes_a_new_account(registration: Registration) -> None:
    old = entered(registration).user
    erase_person(user=User.objects.get(pk=old.pk))
    assert not Identity.objects.exists()
    assert entered(registration).user.pk != old.pk


def test_a_closed_account_stays_closed(registration: Registration) -> None:
    user = entered(registration).user
    User.objects.filter(pk=user.pk).update(is_active=False)
    with pytest.raises(LaunchRefused) as refused:
        entered(registration)
    assert refused.value.code == Code.ACCOUNT_CLOSED
    assert User.objects.count() == 1


def beyond(registration: Registration) -> None:
    with pytest.raises(LaunchRefused) as refused:
        entered(registration)
    assert refused.value.code == Code.ACCOUNT_BEYOND


def test_no_launch_opens_what_belongs_to_another_institution_or_the_house(
    registration: Registration, southport: Institution
) -> None:
    """An account may grow into it after it was joined."""
    user = entered(registration).user
    elsewhere = Membership.objects.create(institution=southport, user=user, role=Role.STUDENT)
    beyond(registration)
    elsewhere.left_at = timezone.now()
    elsewhere.save()
    assert entered(registration).user == user
    User.objects.filter(pk=user.pk).update(is_staff=True)
    beyond(registration)


def test_somebody_who_left_and_launches_again_is_back(registration: Registration) -> None:
    first = entered(registration, [INSTRUCTOR])
    leave_institution(membership=first.membership, by=first.user)
    assert first.course is not None
    assert not Enrolment.objects.filter(user=first.user, left_at=None).exists()
    again = entered(registration)
    assert (again.user, again.membership.left_at, again.membership.role) == (first.user, None, Role.STUDENT)
    assert place_of(again.user, first.course.cohort).role == CohortRole.STUDENT
    assert Enrolment.objects.count() == Membership.objects.count() == 1


def test_what_a_platform_told_is_in_the_export(registration: Registration) -> None:
    user = entered(registration).user
    with zipfile.ZipFile(io.BytesIO(b"".join(zip_of(user)))) as archive:
        (identity,) = json.loads(archive.read("lti.identity.json"))
        (account,) = json.loads(archive.read("accounts.user.json"))
    assert (identity["subject"], identity["email"]) == ("person-1", "sam@school.example")
    assert account["told_email"] == "sam@school.example"


# --- taking over ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "claimed", ["ada@northfield.example", "ADA@northfield.example", "otto@southport.example"]
)
@pytest.mark.parametrize(
    "roles",
    [[LEARNER], [INSTRUCTOR], [f"{LIS}/institution/person#Administrator"]],
    ids=["learner", "instructor", "administrator"],
)
def test_a_claimed_address_opens_nobodys_account(
    registration: Registration, ada: User, otto: User, claimed: str, roles: list[str]
) -> None:
    found = entered(registration, roles, email=claimed)
    assert found.user not in {ada, otto}
    assert found.user.email not in {ada.email, otto.email}
    assert found.membership.role != Role.ADMINISTRATOR
    assert found.membership.institution == registration.institution


# --- roles ------------------------------------------------------------------------------------------

STUDENT, TEACHER, ADMINISTRATOR = Role.STUDENT, Role.TEACHER, Role.ADMINISTRATOR


@pytest.mark.parametrize(
    ("roles", "role"),
    [
        ([INSTRUCTOR], TEACHER),
        (["Instructor"], TEACHER),
        ([f"{LIS}/membership/Instructor#TeachingAssistant"], TEACHER),
        (["urn:unknown", INSTRUCTOR], TEACHER),
        ([LEARNER, INSTRUCTOR], TEACHER),
        ([LEARNER], STUDENT),
        (["Learner"], STUDENT),
        ([], STUDENT),
        (["urn:unknown"], STUDENT),
        ([f"{LIS}/institution/person#Instructor"], STUDENT),
        ([f"{LIS}/system/person#Administrator"], STUDENT),
        ([f"{LIS}/membership#Mentor"], STUDENT),
    ],
    ids=[
        "instructor", "short-instructor", "assistant", "unknown-beside-known", "several", "learner", "short-learner",
        "guest", "unknown", "teaches-elsewhere", "administers-platform", "mentor",
    ],
)  # fmt: skip
def test_what_a_role_makes_of_a_new_person(registration: Registration, roles: list[str], role: Role) -> None:
    found = entered(registration, roles)
    assert found.membership.role == role
    assert found.course is not None
    assert place_of(found.user, found.course.cohort).role == role.value
    assert list(cohorts_for(found.membership)) == ([found.course.cohort] if role == TEACHER else [])


@pytest.mark.parametrize("had", Role)
@pytest.mark.parametrize("roles", [[INSTRUCTOR], [LEARNER]], ids=["teaches", "learns"])
def test_a_launch_gives_teaching_and_takes_no_role_away(
    registration: Registration, northfield: Institution, had: Role, roles: list[str]
) -> None:
    user = entered(registration, **NO_COURSE).user
    Membership.objects.filter(user=user).update(role=had)
    found = entered(registration, roles)
    wanted = TEACHER if (had, roles) == (STUDENT, [INSTRUCTOR]) else had
    assert Membership.objects.get(user=user).role == found.membership.role == wanted
    changes = AuditEntry.objects.filter(institution=northfield, verb="change_role")
    assert [entry.actor for entry in changes] == ([None] if had != wanted else [])


def test_teaching_without_a_course_gives_nothing(registration: Registration) -> None:
    found = entered(registration, [INSTRUCTOR], **NO_COURSE)
    assert (found.course, found.membership.role, found.standing) == (None, STUDENT, Standing.TEACHER)
    assert not Enrolment.objects.exists()
    assert not Cohort.objects.exists()


def test_who_teaches_one_course_and_learns_in_another_sees_the_first_alone(
    registration: Registration,
) -> None:
    taught = entered(registration, [INSTRUCTOR], **course("a", "A"))
    learnt = entered(registration, [LEARNER], **course("b", "B"))
    again = entered(registration, [INSTRUCTOR], **course("a", "A"))
    assert taught.course is not None
    assert learnt.course is not None
    assert again.membership.role == TEACHER
    assert list(cohorts_for(again.membership)) == [taught.course.cohort]
    assert place_of(again.user, learnt.course.cohort).role == CohortRole.STUDENT


def test_who_learnt_first_goes_on_learning_there_when_they_teach_elsewhere(
    registration: Registration,
) -> None:
    learnt = entered(registration, [LEARNER], **course("b", "B"))
    entered(registration, [INSTRUCTOR], **course("a", "A"))
    assert learnt.course is not None
    assert place_of(learnt.user, learnt.course.cohort).role == CohortRole.STUDENT


def test_the_last_launch_says_whether_somebody_teaches(registration: Registration) -> None:
    first = entered(registration, [INSTRUCTOR])
    assert first.course is not None
    for roles, role in (([LEARNER], CohortRole.STUDENT), ([INSTRUCTOR], CohortRole.TEACHER)):
        found = entered(registration, roles)
        assert place_of(found.user, first.course.cohort).role == role
        assert found.membership.role == TEACHER
    entered(registration, [LEARNER])
    assert list(cohorts_for(first.membership)) == []


def test_an_administrators_word_counts_until_the_next_launch(registration: Registration, ada: User) -> None:
    first = entered(registration, [INSTRUCTOR])
    change_role(membership=first.membership, role=STUDENT, by=ada)
    found = entered(registration, [LEARNER])
    assert found.membership.role == STUDENT
    assert entered(registration, [INSTRUCTOR]).membership.role == TEACHER


def test_a_refused_launch_writes_nothing(registration: Registration) -> None:
    """The course cannot be kept; the person that came before it is not kept either."""
    with pytest.raises(LaunchRefused):
        entered(registration, **course("x" * 300))
    assert not User.objects.exists()
    assert arrival(registration).message.context is not None
