"""Cohorts, who looks after them, what they are asked to do, and lists that stay quick."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import Http404
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditEntry, Institution, Membership, Role, User
from cohorts import actions, queries
from cohorts.errors import CohortArchived, DatesWrong, NameTaken
from cohorts.models import Assignment, Cohort, CohortRole, Enrolment


def standing(user: User) -> Membership:
    return user.memberships.get()


def fill(cohort: Cohort, count: int) -> None:
    """So many more students in the cohort."""
    begin = User.objects.count()
    numbers = range(begin, begin + count)
    users = User.objects.bulk_create(
        User(email=f"s{number}@x.example", name=f"Student {number}") for number in numbers
    )
    place = cohort.institution
    Membership.objects.bulk_create(
        Membership(institution=place, user=user, role=Role.STUDENT) for user in users
    )
    Enrolment.objects.bulk_create(
        Enrolment(institution=place, cohort=cohort, user=user, role=CohortRole.STUDENT) for user in users
    )


# --- the gate -------------------------------------------------------------------------------------


def test_the_gate_opens_for_its_teachers_and_the_administrators(cohort: Cohort, tia: User, ada: User) -> None:
    for user in (tia, ada):
        assert queries.get_cohort_for(user, standing(user), cohort.pk) == cohort


def test_the_gate_is_closed_for_everybody_else(
    cohort: Cohort, sam: User, tia: User, ada: User, otto: User
) -> None:
    other_teacher = User.objects.create_user("tom@northfield.example", None, name="Tom")
    Membership.objects.create(institution=cohort.institution, user=other_teacher, role=Role.TEACHER)
    shut = [(user, standing(user)) for user in (sam, otto, other_teacher)]
    shut += [(tia, standing(ada)), (tia, None)]  # somebody else's standing, and none
    for user, membership in shut:
        with pytest.raises(Http404):
            queries.get_cohort_for(user, membership, cohort.pk)


def test_an_otto_of_any_role_finds_nothing(cohort: Cohort, otto: User, assignment: Assignment) -> None:
    for role in Role:
        Membership.objects.filter(user=otto).update(role=role)
        with pytest.raises(Http404):
            queries.get_cohort_for(otto, standing(otto), cohort.pk)
        with pytest.raises(Http404):
            queries.get_assignment_for(otto, standing(otto), assignment.pk)


def test_who_no_longer_teaches_it_no_longer_sees_it(cohort: Cohort, tia: User, ada: User) -> None:
    actions.mark_left(enrolment=Enrolment.objects.get(user=tia), by=ada)
    with pytest.raises(Http404):
        queries.get_cohort_for(tia, standing(tia), cohort.pk)


def test_teaches(cohort: Cohort, sam: User, tia: User, ada: User) -> None:
    assert queries.teaches(tia, sam, cohort.institution_id)
    assert not queries.teaches(ada, sam, cohort.institution_id)
    actions.mark_left(enrolment=Enrolment.objects.get(user=sam), by=tia)
    assert not queries.teaches(tia, sam, cohort.institution_id)


# --- acts -----------------------------------------------------------------------------------------


def test_a_teacher_teaches_what_they_make(tia: User, ada: User, northfield: Institution) -> None:
    by_tia = actions.create_cohort(institution=northfield, name="One", by=tia)
    by_ada = actions.create_cohort(institution=northfield, name="Two", by=ada)
    assert queries.roster(by_tia).get().user == tia
    assert not queries.roster(by_ada).exists()
    with pytest.raises(NameTaken):
        actions.create_cohort(institution=northfield, name="One", by=ada)
    with pytest.raises(NameTaken):
        actions.rename_cohort(cohort=by_ada, name="One", by=ada)


def test_two_institutions_may_use_the_same_name(cohort: Cohort, southport: Institution, otto: User) -> None:
    assert actions.create_cohort(institution=southport, name=cohort.name, by=otto).name == cohort.name


def test_a_teacher_takes_students_out_and_only_an_administrator_teachers(
    cohort: Cohort, sam: User, tia: User, ada: User, sign_in: Callable[..., Client]
) -> None:
    teacher = sign_in(tia)
    assert teacher.post(f"/cohorts/{cohort.pk}/people/{tia.pk}/left/").status_code == 403
    assert teacher.post(f"/cohorts/{cohort.pk}/people/{sam.pk}/left/").status_code == 302
    assert teacher.post(f"/cohorts/{cohort.pk}/people/{sam.pk}/left/").status_code == 404
    assert sign_in(ada).post(f"/cohorts/{cohort.pk}/people/{tia.pk}/left/").status_code == 302
    assert Enrolment.objects.filter(left_at=None).count() == 0
    assert AuditEntry.objects.filter(verb="mark_left").count() == 2


def test_an_administrator_gives_a_cohort_a_teacher(
    northfield: Institution, tia: User, ada: User, otto: User, sign_in: Callable[..., Client]
) -> None:
    cohort = actions.create_cohort(institution=northfield, name="One", by=ada)
    admin = sign_in(ada)
    admin.post(f"/cohorts/{cohort.pk}/people/teachers/", {"teacher": standing(otto).pk})
    assert not queries.roster(cohort).exists()
    admin.post(f"/cohorts/{cohort.pk}/people/teachers/", {"teacher": standing(tia).pk})
    assert queries.roster(cohort).get().user == tia


def test_archive_and_back(cohort: Cohort, tia: User, sign_in: Callable[..., Client]) -> None:
    client = sign_in(tia)
    client.post(f"/cohorts/{cohort.pk}/archive/")
    assert f"/cohorts/{cohort.pk}/people/" not in client.get("/cohorts/").content.decode()
    assert f"/cohorts/{cohort.pk}/people/" in client.get("/cohorts/?archived=1").content.decode()
    client.post(f"/cohorts/{cohort.pk}/archive/", {"act": "restore"})
    cohort.refresh_from_db()
    assert cohort.archived_at is None


# --- assignments ----------------------------------------------------------------------------------


def test_assign_change_withdraw(cohort: Cohort, scenario: Any, tia: User, sam: User) -> None:
    now = timezone.now()
    made = actions.assign(
        cohort=cohort,
        scenario_id=scenario.pk,
        opens_at=now - timedelta(hours=1),
        due_at=now + timedelta(days=2),
        sessions_needed=3,
        note="Twice is fine",
        by=tia,
    )
    assert list(queries.open_assignments(sam, cohort.institution_id)) == [made]
    later = {"opens_at": now + timedelta(days=1), "due_at": now + timedelta(days=2)}
    actions.change_assignment(assignment=made, sessions_needed=1, note="", by=tia, **later)
    assert not queries.open_assignments(sam, cohort.institution_id).exists()
    assert list(
        queries.open_assignments(sam, cohort.institution_id, now=now + timedelta(days=1, hours=1))
    ) == [made]
    assert list(queries.asked_of(sam, cohort.institution_id)) == [made]
    actions.withdraw_assignment(assignment=made, by=tia)
    assert not queries.asked_of(sam, cohort.institution_id).exists()
    verbs = list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["assign", "change_assignment", "withdraw_assignment"]


def test_assignments_that_cannot_be(cohort: Cohort, scenario: Any, tia: User) -> None:
    now = timezone.now()
    with pytest.raises(DatesWrong):
        actions.assign(cohort=cohort, scenario_id=scenario.pk, opens_at=now, due_at=now, by=tia)
    actions.archive_cohort(cohort=cohort, by=tia)
    with pytest.raises(CohortArchived):
        actions.assign(
            cohort=cohort, scenario_id=scenario.pk, opens_at=now, due_at=now + timedelta(days=1), by=tia
        )


def test_nobody_is_asked_by_a_cohort_that_is_archived_or_that_they_left(
    assignment: Assignment, cohort: Cohort, sam: User, tia: User
) -> None:
    place = cohort.institution_id
    assert queries.open_assignments(sam, place).exists()
    assert not queries.open_assignments(tia, place).exists()
    actions.archive_cohort(cohort=cohort, by=tia)
    assert not queries.open_assignments(sam, place).exists()
    actions.unarchive_cohort(cohort=cohort, by=tia)
    actions.mark_left(enrolment=Enrolment.objects.get(user=sam), by=tia)
    assert not queries.open_assignments(sam, place).exists()


# --- lists ----------------------------------------------------------------------------------------


def queries_of(client: Client, page: str) -> int:
    client.get(page)  # what is made once, such as a session, is made
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(page).status_code == 200
    return len(captured)


def test_pages_of_people_cost_the_same_for_three_and_for_forty(
    cohort: Cohort, ada: User, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(ada)
    pages = [f"/cohorts/{cohort.pk}/people/", "/people/", "/cohorts/", "/people/?q=stu&role=student"]
    fill(cohort, 3)
    before = [queries_of(client, page) for page in pages]
    fill(cohort, 40)
    for number in range(20):
        Cohort.objects.create(institution=cohort.institution, name=f"Cohort {number}")
    assert [queries_of(client, page) for page in pages] == before
    assert max(before) <= 15


def test_long_lists_have_pages(cohort: Cohort, ada: User, sign_in: Callable[..., Client]) -> None:
    fill(cohort, 120)
    client = sign_in(ada)
    for page in (f"/cohorts/{cohort.pk}/people/", "/people/"):
        shown = client.get(page).content.decode()
        assert shown.count('<th scope="row"') == 50
        assert "page=2" in shown
        assert client.get(f"{page}?page=99").status_code == 200


def test_filter_by_role_and_name(
    cohort: Cohort, sam: User, tia: User, ada: User, otto: User, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(ada)
    found = client.get("/people/?role=teacher").content.decode()
    assert tia.email in found
    assert sam.email not in found
    found = client.get("/people/?q=okaf").content.decode()
    assert sam.email in found
    assert tia.email not in found
    assert otto.email not in client.get("/people/?q=otto").content.decode()
    assert "Nobody found" in client.get("/people/?q=otto").content.decode()


def test_roles_are_changed_and_the_last_administrator_is_kept(
    tia: User, ada: User, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(ada)
    kept = client.post(f"/people/{ada.pk}/role/", {"role": "teacher"}, follow=True)
    assert "Name another administrator first" in kept.content.decode()
    assert client.post(f"/people/{tia.pk}/role/", {"role": "headmaster"}).status_code == 400
    client.post(f"/people/{tia.pk}/role/", {"role": "administrator"})
    assert standing(tia).role == Role.ADMINISTRATOR
    client.post(f"/people/{tia.pk}/leave/")
    assert standing(tia).left_at is not None
