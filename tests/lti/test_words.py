"""Every refusal says what happened and what to do, whoever reads it, and notes what an administrator can mend."""

from __future__ import annotations

import logging
from html import unescape

import pytest
from django.test import RequestFactory
from django.utils import translation
from django.utils.functional import Promise

from accounts.models import Institution
from lti.errors import Code, LaunchRefused
from lti.models import Registration
from lti.views.refusal import FOR_THE_ADMINISTRATOR, refused
from lti.words import WORDS, words_of
from tests.lti.people.conftest import registered

FIELDS = ("title", "what", "todo", "tell")


@pytest.mark.parametrize("code", Code)
def test_every_code_has_words_of_its_own(code: Code) -> None:
    words = words_of(code)
    for field in FIELDS:
        value = getattr(words, field)
        assert isinstance(value, Promise), "translated when it is shown, in the reader's language"
        assert str(value).endswith((".", "?")) is (field != "title")
        assert "!" not in str(value)
    assert 400 <= words.status < 500


def test_no_two_codes_say_that_the_same_happened() -> None:
    assert set(WORDS) == set(Code)
    for field in ("what", "tell"):
        said = [str(getattr(words, field)) for words in WORDS.values()]
        assert len(set(said)) == len(said)


# --- the page ---------------------------------------------------------------------------------------


@pytest.fixture
def registration(northfield: Institution) -> Registration:
    return registered(northfield)


def page(code: Code, detail: str = "", registration: Registration | None = None, return_url: str = "") -> str:
    request = RequestFactory().get("/lti/launch/")
    response = refused(request, LaunchRefused(code, detail), registration, return_url=return_url)
    assert response.status_code == words_of(code).status
    assert response.headers["Cache-Control"] == "no-store"
    return unescape(response.content.decode())


@pytest.mark.parametrize("code", Code)
def test_the_page_says_all_of_it(code: Code) -> None:
    text = page(code)
    for field in FIELDS:
        assert str(getattr(words_of(code), field)) in text
    assert f"<code>{code.value}</code>" in text
    assert "<time datetime=" in text


def test_the_page_is_in_the_readers_language_and_asks_no_database() -> None:
    with translation.override("de"):
        assert '<html lang="de"' in page(Code.EXPIRED)


@pytest.mark.parametrize(
    ("detail", "shown"),
    [
        ("https://purl.imsglobal.org/spec/lti/claim/roles", True),
        ("login_required", True),
        ("RS512", True),
        ("call 0900 1234", False),
        ("<script>", False),
        ("x" * 500, False),
        ("a\nb", False),
    ],
    ids=["claim", "error", "algorithm", "sentence", "markup", "long", "lines"],
)
def test_a_detail_is_a_name_and_never_somebodys_sentence(detail: str, shown: bool) -> None:
    assert (f"<code>{detail}</code>" in page(Code.WRONG_TYPE, detail)) is shown


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://moodle.example/course/7?a=1&b=2", True),
        ("http://127.0.0.1/course", True),
        ("javascript:alert(1)", False),
        ("//evil.example", False),
        ("data:text/html,x", False),
        ('https://x.example/"onclick="x', True),
    ],
    ids=["course", "plain", "script", "no-scheme", "data", "quotes"],
)
def test_the_way_back_is_a_web_address(address: str, shown: bool) -> None:
    request = RequestFactory().get("/")
    response = refused(request, LaunchRefused(Code.EXPIRED), return_url=address)
    text = response.content.decode()
    assert ("Back to your course" in text) is shown
    assert 'onclick="' not in text


# --- what is noted ----------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("code", Code)
def test_what_an_administrator_can_mend_is_noted(code: Code, registration: Registration) -> None:
    Registration.objects.update(last_error="the platform answered 404")
    page(code, registration=registration)
    registration.refresh_from_db()
    noted = code in FOR_THE_ADMINISTRATOR
    assert registration.last_error == (code.value if noted else "the platform answered 404")
    assert (registration.last_error_at is not None) is noted


@pytest.mark.django_db
def test_the_log_has_the_code_and_the_agreement_and_nobodys_words(
    registration: Registration, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, logger="lti"):
        page(Code.PLATFORM_ERROR, "sam@school.example", registration)
        page(Code.MALFORMED)
    said = "\n".join(record.getMessage() for record in caplog.records)
    assert "lti.refused" in said
    assert "platform_error" in said
    assert str(registration.pk) in said
    assert "malformed" in said
    assert "sam@school.example" not in said
