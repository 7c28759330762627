"""The address that we make for somebody who came by a launch is shown to nobody, for it is nobody's."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import NO_ADDRESS, User
from lti.models import Registration
from tests.lti.people.conftest import INSTRUCTOR, entered

pytestmark = pytest.mark.django_db
SignIn = Callable[[User | None], Client]


@pytest.mark.parametrize("told", ["sam@school.example", None], ids=["told", "not-told"])
def test_their_own_pages_show_what_was_told(
    registration: Registration, sign_in: SignIn, told: str | None
) -> None:
    client = sign_in(entered(registration, email=told).user)
    for name in (
        "home",
        "accounts:profile",
        "accounts:privacy",
        "accounts:privacy_delete",
        "practice:choose",
    ):
        page = client.get(reverse(name))
        assert page.status_code == 200
        assert NO_ADDRESS not in page.content.decode()
        assert (told or "Sam Okafor") in page.content.decode()


def test_there_is_no_password_to_change(registration: Registration, sam: User, sign_in: SignIn) -> None:
    change = reverse("accounts:password_change")
    mine, sams = (
        sign_in(user).get(reverse("accounts:profile")) for user in (entered(registration).user, sam)
    )
    assert change not in mine.content.decode()
    assert change in sams.content.decode()


def test_those_who_look_after_them_find_them_by_what_was_told(
    registration: Registration, ada: User, sign_in: SignIn
) -> None:
    teacher = entered(registration, [INSTRUCTOR], sub="teacher", name="Tia", email="tia@school.example")
    entered(registration)
    entered(registration, sub="third", name="Third", email=None)
    assert teacher.course is not None
    pages = (
        sign_in(teacher.user).get(reverse("cohorts:roster", args=[teacher.course.cohort_id])),
        sign_in(ada).get(reverse("cohorts:people")),
    )
    for page in pages:
        text = page.content.decode()
        assert NO_ADDRESS not in text
        assert all(told in text for told in ("sam@school.example", "tia@school.example", "Third"))


@pytest.mark.parametrize(
    ("search", "found"),
    [("sam@school", True), ("Okafor", True), ("invalid", False), ("nobody", False)],
    ids=["told", "name", "made-up-end", "made-up"],
)
def test_search_finds_by_what_was_told(
    registration: Registration, ada: User, sign_in: SignIn, search: str, found: bool
) -> None:
    user = entered(registration).user
    page = sign_in(ada).get(reverse("cohorts:people"), {"q": search})
    assert [row.user for row in page.context["page"]] == ([user] if found else [])


@pytest.mark.parametrize(
    ("told", "typed"),
    [("sam@school.example", "SAM@school.example "), (None, "sam okafor")],
    ids=["address", "name"],
)
def test_deleting_everything_asks_for_what_they_know(
    registration: Registration, sign_in: SignIn, told: str | None, typed: str
) -> None:
    user = entered(registration, email=told).user
    client, path = sign_in(user), reverse("accounts:privacy_delete")
    for wrong in ("", "somebody", user.email):
        assert client.post(path, {"confirmation": wrong}).status_code == 200
    assert User.objects.filter(pk=user.pk).exists()
    assert client.post(path, {"confirmation": typed}).status_code == 302
    assert not User.objects.filter(pk=user.pk).exists()
