"""The frame around every page: where each role can go, the error pages, and what a demo says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import OperationalError
from django.template.loader import get_template, render_to_string
from django.test import Client, RequestFactory, override_settings
from django.urls import path
from django.utils.formats import date_format

from accounts.models import Membership, Role, User
from greenroom import context, errors
from greenroom.context import PLACES, Place, navigation, url_of


def unreachable(request: Any) -> None:
    raise OperationalError("the server closed the connection")


def broken(request: Any) -> None:
    raise ValueError("a mistake of ours")


urlpatterns = [
    path("", broken, name="home"),
    path("i18n/", broken, name="set_language"),
    path("js/", broken, name="jsi18n"),
    path("unreachable/", unreachable),
    path("broken/", broken),
]
handler500 = errors.server_error
handler404 = errors.not_found


def test_a_stranger_has_nowhere_to_go() -> None:
    assert navigation(None, "/") == []


@override_settings(ROOT_URLCONF=__name__)
def test_places_without_an_address_are_left_out() -> None:
    assert navigation(Membership(role=Role.STUDENT), "/") == [Place("/", "Home", current=True)]
    assert navigation(Membership(role=Role.TEACHER), "/") == []


@pytest.mark.parametrize("role", Role)
def test_one_place_at_most_is_the_current_one(role: Role) -> None:
    membership = Membership(role=role)
    for name, _label in PLACES[role]:
        url = url_of(name)
        here = [place.url for place in navigation(membership, url) if place.current]
        assert here == ([url] if url else [])


def test_a_page_below_belongs_to_its_place() -> None:
    url = url_of("accounts:privacy")
    places = navigation(Membership(role=Role.STUDENT), f"{url}more/")
    assert [place.current for place in places if place.url == url] == [True]
    assert not any(place.current for place in places if place.url == "/")


@pytest.mark.parametrize("code", ["400", "403", "403_csrf", "404", "500", "503"])
def test_an_error_page_needs_nothing_but_itself(code: str) -> None:
    """Neither request nor database (no database is allowed in this test)."""
    page = get_template(f"{code}.html").render()
    assert "<h1>" in page
    assert "{#" not in page


@override_settings(ROOT_URLCONF=__name__)
@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/unreachable/", 503, "cannot reach its database"),
        ("/broken/", 500, "wrong on our side"),
        ("/nowhere/", 404, "nothing for you"),
    ],
)
def test_what_went_wrong_is_said(address: str, status: int, words: str, db: None) -> None:
    response = Client(raise_request_exception=False).get(address)
    assert response.status_code == status
    assert words in response.text


def test_a_missing_csrf_token_is_explained(db: None) -> None:
    response = Client(enforce_csrf_checks=True).post("/i18n/setlang/", {"language": "de"})
    assert response.status_code == 403
    assert "open too long" in response.text


@pytest.mark.parametrize("demo", [True, False])
def test_a_demo_says_that_it_is_one(demo: bool, settings: Any) -> None:
    settings.GREENROOM_DEMO = demo
    page = render_to_string("base.html", context.page(RequestFactory().get("/")))
    assert ("A demonstration." in page) is demo


def test_the_frame_of_a_student(sam: User, sign_in: Callable[[User | None], Client]) -> None:
    page = sign_in(sam).get("/").text
    assert 'aria-current="page">Home</a>' in page
    assert "Northfield College" in page
    assert "X-CSRFToken" in page


def test_a_date_in_english_cannot_be_misread() -> None:
    day = date(2026, 9, 8)
    assert [date_format(day, name) for name in ("DATE_FORMAT", "SHORT_DATE_FORMAT")] == [
        "8 September 2026",
        "8 Sep 2026",
    ]
