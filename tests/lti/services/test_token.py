"""Access tokens over real HTTP: asked for with our signature, kept, dropped when they are taken no more."""

from __future__ import annotations

from typing import Any

import pytest

from lti.errors import ServiceError
from lti.keys import own
from lti.models import Registration
from lti.services import token
from lti.services.asking import ask_as
from lti.services.token import MOST, Purse, bearer
from tests.lti.emulated_services import AGS, ITEMS, Services

pytestmark = pytest.mark.django_db
READ = [f"{AGS}lineitem.readonly"]
ALL = [f"{AGS}score", f"{AGS}lineitem"]


def items(registration: Registration, services: Services) -> Any:
    return ask_as(registration, READ, "GET", services.items_url, headers={"Accept": ITEMS}).data


def refused(registration: Registration) -> ServiceError:
    with pytest.raises(ServiceError) as error:
        bearer(registration, READ)
    return error.value


def test_a_token_is_asked_for_once(registration: Registration, services: Services) -> None:
    first = bearer(registration, ALL)
    assert bearer(registration, reversed(ALL)) == first  # the same scopes in another order
    assert services.count("POST", "/token") == 1
    assert bearer(registration, READ) != first
    assert services.count("POST", "/token") == 2


def test_another_audience_is_signed_for_where_the_platform_wants_one(
    registration: Registration, services: Services
) -> None:
    registration.token_audience = "https://elsewhere.example/token"
    assert refused(registration).said == "invalid_client"
    registration.token_audience = services.token_url
    assert bearer(registration, READ)


def test_a_corrected_registration_asks_anew(registration: Registration, services: Services) -> None:
    bearer(registration, READ)
    registration.client_id = "another"
    assert refused(registration).status == 401


def test_a_rotated_key_of_ours_is_taken_once_the_platform_knows_it(
    registration: Registration, services: Services
) -> None:
    own.rotate()
    assert refused(registration).said == "invalid_client"
    services.tool_keys = own.public_keys()
    assert bearer(registration, READ)


def test_a_token_that_is_taken_no_more_is_asked_for_anew(
    registration: Registration, services: Services
) -> None:
    services.token_uses = 2
    for _ in range(3):
        assert items(registration, services) == []
    assert services.count("POST", "/token") == 2


def test_a_platform_that_takes_no_token_at_all_is_not_asked_for_ever(
    registration: Registration, services: Services
) -> None:
    services.token_uses = 0
    with pytest.raises(ServiceError) as error:
        items(registration, services)
    assert error.value.status == 401
    assert (services.count("POST", "/token"), services.count("GET", "/items")) == (2, 2)


def test_scopes_that_are_not_granted_are_said(registration: Registration, services: Services) -> None:
    services.granted = set()
    error = refused(registration)
    assert (error.status, error.said, error.retry) == (400, "invalid_scope", False)


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_platform_is_asked_again(registration: Registration, services: Services, status: int) -> None:
    services.failures["/token"] = [status]
    assert bearer(registration, READ)
    assert services.count("POST", "/token") == 2


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {},
        {"access_token": None},
        {"access_token": ""},
        {"access_token": "a\r\nX: y"},
        {"access_token": 7},
    ],
    ids=["nothing", "a list", "no token", "null", "empty", "with a header in it", "a number"],
)
def test_what_is_no_token_is_refused(
    registration: Registration, services: Services, monkeypatch: pytest.MonkeyPatch, data: Any
) -> None:
    from tests.lti.emulated_services import Reply

    monkeypatch.setattr(services, "_token", lambda asked: Reply(200, data))
    assert not refused(registration).retry


def test_an_unreachable_platform_may_be_tried_later(registration: Registration, services: Services) -> None:
    services.close()
    error = refused(registration)
    assert error.retry
    assert error.status is None


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        (3600, 3600.0),
        ("120", 120.0),
        (None, 3600.0),
        (-1, 3600.0),
        ("soon", 3600.0),
        (1e12, 86400.0),
        ([], 3600.0),
    ],
    ids=["a number", "a text", "nothing", "negative", "a word", "for ever", "a list"],
)
def test_how_long_a_token_is_good(said: Any, seconds: float) -> None:
    assert token._seconds(said) == seconds


def test_the_purse_forgets() -> None:
    purse = Purse()
    purse.put(("short",), "t", 0.0)
    assert purse.get(("short",)) is None
    for number in range(MOST + 1):
        purse.put((number,), str(number), 60.0)
        purse.get((0,))
    assert purse.get((0,)) == "0"  # used all the time
    assert purse.get((1,)) is None
    assert len(purse.held) == MOST
