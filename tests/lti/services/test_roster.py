"""Reading a roster over real HTTP: pages, doubles, junk, and lists that break off."""

from __future__ import annotations

from typing import Any

import pytest

from lti.models import Registration
from lti.services import asking
from lti.services.roster import Member, fetch
from tests.lti.emulated_services import Reply, Services

pytestmark = pytest.mark.django_db
LEARNER = "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"


def people(number: int) -> list[dict[str, Any]]:
    return [{"user_id": f"u{n}", "name": f"Person {n}", "roles": [LEARNER]} for n in range(number)]


@pytest.mark.parametrize("relative", [False, True], ids=["absolute", "relative"])
def test_every_page_is_read_by_the_link_as_it_is(
    registration: Registration, services: Services, relative: bool
) -> None:
    services.members, services.page_size, services.relative_links = people(45), 10, relative
    found = fetch(registration, services.roster_url)
    assert found.problem is None
    assert list(found.members) == [f"u{n}" for n in range(45)]
    assert services.count("GET", "/members") == 5
    assert "limit=100" in next(one.query for one in services.asked if one.path == "/members")


def test_five_thousand_members(registration: Registration, services: Services) -> None:
    services.members, services.page_size = people(5000), 100
    found = fetch(registration, services.roster_url)
    assert found.problem is None
    assert len(found.members) == 5000
    assert services.count("POST", "/token") == 1


def test_a_token_that_expires_between_two_pages(registration: Registration, services: Services) -> None:
    services.members, services.page_size, services.token_uses = people(30), 10, 2
    found = fetch(registration, services.roster_url)
    assert (len(found.members), found.problem) == (30, None)
    assert services.count("POST", "/token") == 2


def test_a_page_that_fails_leaves_what_was_read(registration: Registration, services: Services) -> None:
    services.members, services.page_size = people(30), 10
    answered = services._members

    def fails_third(asked: Any) -> Reply:
        return Reply(500) if services.count("GET", "/members") > 2 else answered(asked)

    services._members = fails_third  # type: ignore[method-assign]
    found = fetch(registration, services.roster_url)
    assert len(found.members) == 20
    assert found.problem is not None
    assert found.problem.retry


def test_our_token_goes_to_no_other_site(registration: Registration, services: Services) -> None:
    services.members, services.page_size = people(30), 10
    services.next_origin = "http://localhost:1"
    found = fetch(registration, services.roster_url)
    assert len(found.members) == 10
    assert str(found.problem) == "the next page is on another site"


def test_a_list_that_goes_round_in_circles_ends(
    registration: Registration, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = Reply(200, {"members": people(2)}, {"Link": f'<{services.roster_url}?again>; rel="next"'})
    monkeypatch.setattr(services, "_members", lambda asked: page)
    found = fetch(registration, services.roster_url)
    assert str(found.problem) == "the platform's list has no end"
    assert services.count("GET", "/members") == 2


def test_a_list_with_ever_new_pages_ends(
    registration: Registration, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "MOST_PAGES", 7)

    def another(asked: Any) -> Reply:
        number = services.count("GET", "/members")
        return Reply(200, {"members": people(1)}, {"Link": f"<?page={number}>; rel=next"})

    monkeypatch.setattr(services, "_members", another)
    assert fetch(registration, services.roster_url).problem is not None
    assert services.count("GET", "/members") == 7


def test_nobody_at_all_is_not_believed(registration: Registration, services: Services) -> None:
    found = fetch(registration, services.roster_url)
    assert str(found.problem) == "the platform's roster is empty"


def test_junk_is_survived(registration: Registration, services: Services) -> None:
    services.members = [
        None,
        7,
        "text",
        [],
        {},
        {"user_id": None},
        {"user_id": ""},
        {"user_id": True},
        {"user_id": "x" * 256},
        {"user_id": "nul\0"},
        {"user_id": "half \ud800"},
        {"user_id": 12, "roles": "Learner", "name": 7, "email": None, "status": 5},
        {"user_id": "a", "roles": [None, 7, LEARNER], "given_name": " Ann\0 ", "family_name": "Lee"},
        {"user_id": "gone", "status": "Deleted"},
        {"user_id": "idle", "status": "inactive"},
    ]
    found = fetch(registration, services.roster_url)
    assert found.problem is None
    assert found.members == {
        "12": Member("12"),
        "a": Member("a", roles=(LEARNER,), name="Ann Lee"),
        "gone": Member("gone", is_active=False),
        "idle": Member("idle", is_active=False),
    }


def test_somebody_who_is_there_twice_is_one(registration: Registration, services: Services) -> None:
    services.members = [
        {"user_id": "a", "status": "Inactive", "roles": ["Learner"], "name": "Ann"},
        {"user_id": "a", "status": "Active", "roles": ["Mentor", "Learner"], "name": "Other"},
    ]
    found = fetch(registration, services.roster_url)
    assert found.members == {"a": Member("a", roles=("Learner", "Mentor"), name="Ann")}


@pytest.mark.parametrize(
    "data",
    [None, [], {}, {"members": None}, {"members": {}}, b"<html>"],
    ids=["null", "list", "dict", "none", "map", "page"],
)
def test_what_is_no_roster_is_said(
    registration: Registration, services: Services, monkeypatch: pytest.MonkeyPatch, data: Any
) -> None:
    monkeypatch.setattr(services, "_members", lambda asked: Reply(200, data))
    assert fetch(registration, services.roster_url).problem is not None


@pytest.mark.parametrize("target", ["http://[", "//[", "ftp://a.example/", "http://127.0.0.1:99999999/"])
def test_a_next_page_without_a_sound_address_ends_it(
    registration: Registration, services: Services, monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    page = Reply(200, {"members": people(2)}, {"Link": f"<{target}>; rel=next"})
    monkeypatch.setattr(services, "_members", lambda asked: page)
    found = fetch(registration, services.roster_url)
    assert len(found.members) == 2
    assert found.problem is not None
