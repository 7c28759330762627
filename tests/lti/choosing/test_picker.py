"""Deep Linking from the platform's request to its answer, over HTTP with real keys, and everything in between."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import escape

from accounts.models import Institution, User
from cohorts.models import Assignment, Cohort, Enrolment
from lti.choosing import queries
from lti.choosing.actions import MOST_PICKS
from lti.message import claims as names
from lti.models import Course, ResourceLink, Selection
from sessions.models import Question, Scenario
from tests.lti.choosing.conftest import (
    ITEMS,
    LEARNER,
    RETURN,
    TOOL,
    Person,
    asking,
    choose,
    followed,
    picker,
    sent,
    typed,
)
from tests.lti.conftest import CLIENT, ISSUER
from tests.lti.emulator import Platform

pytestmark = pytest.mark.django_db
DATA = "https://purl.imsglobal.org/spec/lti-dl/claim/data"
MESSAGE = "https://purl.imsglobal.org/spec/lti-dl/claim/msg"
SignIn = Callable[[User | None], Client]


def add_scenario(slug: str, institution: Institution | None = None) -> Scenario:
    made = Scenario.objects.create(
        institution=institution,
        slug=slug,
        language="en",
        title=f"Interview {slug}",
        job_title="J",
        summary="S.",
    )
    Question.objects.create(
        scenario=made, key="one", position=0, text="What?", type="opening", topics=["teamwork"], difficulty=1
    )
    return made


def text_of(person: Person, address: str) -> str:
    response = person.client.get(address, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def assign(selection: Selection, scenario: Scenario, **changes: Any) -> Assignment:
    """One that the course's cohort has already."""
    assert selection.course is not None
    now = timezone.now()
    values = {
        "institution": selection.institution,
        "cohort": selection.course.cohort,
        "scenario": scenario,
        "opens_at": now - timedelta(days=1),
        "due_at": now + timedelta(days=6),
        "sessions_needed": 3,
    }
    return Assignment.objects.create(**values | changes)


def utc(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


# --- there and back -------------------------------------------------------------------------------------


def test_a_choice_goes_back_as_a_signed_answer(tia_there: Person, scenario: Scenario) -> None:
    selection = tia_there.is_asked()
    page = text_of(tia_there, picker(selection))
    assert scenario.title in page
    assert "Autumn" in page
    assert "question number 1" in text_of(tia_there, picker(selection, "choose_new", scenario=scenario.pk))
    action, claims = sent(choose(tia_there, selection, scenario), tia_there)
    assignment = Assignment.objects.get()
    now = time.time()
    assert action == RETURN
    assert (claims["iss"], claims["aud"]) == (CLIENT, ISSUER)
    assert claims["iat"] <= now < claims["exp"] <= now + 3600
    assert len(claims["nonce"]) >= 24
    assert claims[names.DEPLOYMENT] == "1"
    assert claims[names.MESSAGE_TYPE] == "LtiDeepLinkingResponse"
    assert claims[names.VERSION] == "1.3.0"
    assert claims[DATA] == "op=7"
    assert claims[ITEMS] == [
        {
            "type": "ltiResourceLink",
            "title": "Practise: shop",
            "text": "Take your time.",
            "url": f"{TOOL}/lti/launch/",
            "window": {"targetName": "_blank"},
            "custom": {"assignment": str(assignment.pk), "points": "10"},
            "lineItem": {
                "scoreMaximum": 10.0,
                "label": "Practise: shop",
                "resourceId": str(assignment.pk),
                "tag": "practice",
            },
            "available": {"startDateTime": utc(assignment.opens_at)},
            "submission": {"endDateTime": utc(assignment.due_at)},
        }
    ]


def test_what_is_assigned_is_the_teachers_and_the_courses(tia_there: Person, scenario: Scenario) -> None:
    selection = tia_there.is_asked()
    choose(tia_there, selection, scenario)
    made = Assignment.objects.get()
    assert selection.course is not None
    assert (made.cohort, made.created_by, made.scenario) == (
        selection.course.cohort,
        selection.user,
        scenario,
    )
    assert (made.sessions_needed, made.note) == (2, "Take your time.")
    assert timezone.localdate(made.due_at) == timezone.localdate() + timedelta(days=10)


def test_the_link_opens_its_assignment(tia_there: Person, platform: Platform, scenario: Scenario) -> None:
    """What the answer puts into the platform comes back with every launch of the link."""
    selection = tia_there.is_asked()
    _action, claims = sent(choose(tia_there, selection, scenario), tia_there)
    custom = claims[ITEMS][0]["custom"]
    student = Person(platform, subject="sam-1", name="Sam Okafor", role=LEARNER)
    there = {names.RESOURCE_LINK: {"id": "link-7", "title": "Practise: shop"}, names.CUSTOM: custom}
    assert student.launches(**there).status_code == 302
    link = ResourceLink.objects.get()
    assert (link.assignment, link.points) == (Assignment.objects.get(), 10.0)


def test_several_go_back_together(tia_there: Person, scenario: Scenario) -> None:
    selection = tia_there.is_asked()
    again = assign(selection, add_scenario("warehouse"))
    kept = choose(tia_there, selection, scenario, title="First", then="more", points="")
    assert (kept.status_code, kept["Location"]) == (302, picker(selection))
    assert Assignment.objects.count() == 1, "nothing is made before it is sent"
    address = picker(selection, "choose_again", assignment=again.pk)
    tia_there.client.post(address, {"title": "Second", "points": "2.5", "then": "more"})
    page = text_of(tia_there, picker(selection))
    assert "Your choice: 2 links" in page
    assert page.index("First") < page.index("Second")
    _action, claims = sent(tia_there.client.post(picker(selection, "choose_send")), tia_there)
    first, second = claims[ITEMS]
    assert (first["title"], second["title"]) == ("First", "Second")
    assert "lineItem" not in first
    assert "points" not in first["custom"]
    assert second["custom"] == {"assignment": str(again.pk), "points": "2.5"}
    assert second["lineItem"]["scoreMaximum"] == 2.5
    assert Assignment.objects.count() == 2


def test_the_last_one_takes_what_was_kept_along(tia_there: Person, scenario: Scenario) -> None:
    selection = tia_there.is_asked()
    choose(tia_there, selection, scenario, title="First", then="more")
    _action, claims = sent(choose(tia_there, selection, scenario, title="Second"), tia_there)
    assert [item["title"] for item in claims[ITEMS]] == ["First", "Second"]


def test_the_same_kept_twice_is_once(tia_there: Person, scenario: Scenario) -> None:
    selection = tia_there.is_asked()
    for _click in range(2):
        choose(tia_there, selection, scenario, then="more")
    selection.refresh_from_db()
    assert len(selection.picks) == 1


def test_one_can_be_taken_out(tia_there: Person, scenario: Scenario) -> None:
    selection = tia_there.is_asked()
    for title in ("First", "Second"):
        choose(tia_there, selection, scenario, title=title, then="more")
    selection.refresh_from_db()
    key = selection.picks[0]["key"]
    for _click in range(2):
        tia_there.client.post(picker(selection, "choose_take_out"), {"key": key})
    selection.refresh_from_db()
    assert [pick["title"] for pick in selection.picks] == ["Second"]


def test_there_is_an_end_to_what_is_kept(tia_there: Person, scenario: Scenario) -> None:
    selection = tia_there.is_asked()
    for number in range(MOST_PICKS):
        choose(tia_there, selection, scenario, title=f"Number {number}", then="more")
    refused = choose(tia_there, selection, scenario, title="One more", then="more")
    assert refused.status_code == 422
    assert "as much as can be put into a course at once" in refused.content.decode()
    _action, claims = sent(tia_there.client.post(picker(selection, "choose_send")), tia_there)
    assert len(claims[ITEMS]) == MOST_PICKS


def test_a_platform_that_takes_one_gets_one(tia_there: Person, scenario: Scenario) -> None:
    selection = tia_there.is_asked(accept_multiple=False)
    form = text_of(tia_there, picker(selection, "choose_new", scenario=scenario.pk))
    assert "choose another" not in form
    _action, claims = sent(choose(tia_there, selection, scenario, then="more"), tia_there)
    assert len(claims[ITEMS]) == 1


def test_a_platform_without_line_items_gets_none(tia_there: Person, scenario: Scenario) -> None:
    selection = tia_there.is_asked(accept_lineitem=False)
    assert "Points" not in text_of(tia_there, picker(selection, "choose_new", scenario=scenario.pk))
    _action, claims = sent(choose(tia_there, selection, scenario), tia_there)
    assert "lineItem" not in claims[ITEMS][0]
    assert set(claims[ITEMS][0]["custom"]) == {"assignment"}


ODD = [
    "op=7&course=9",
    " spaces at both ends ",
    "line\r\nline\ttab",
    "\"><script>alert(1)</script>'",
    "\u00e4\u00f6\u00fc \u4f60\u597d \U0001f44d \u202e",
    '{"json": ["a", 1]}',
    "x" * 5000,
]


@pytest.mark.parametrize("data", ODD, ids=range(len(ODD)))
def test_data_goes_back_as_it_came(tia_there: Person, scenario: Scenario, data: str) -> None:
    selection = tia_there.is_asked(data=data)
    _action, claims = sent(choose(tia_there, selection, scenario), tia_there)
    assert claims[DATA] == data


def test_without_data_there_is_none(tia_there: Person, scenario: Scenario) -> None:
    selection = tia_there.is_asked(data=None)
    _action, claims = sent(choose(tia_there, selection, scenario), tia_there)
    assert DATA not in claims


def test_what_people_type_stays_text(tia_there: Person, scenario: Scenario) -> None:
    selection = tia_there.is_asked(deep_link_return_url=f"{RETURN}&x='%22><script>alert(1)</script>")
    title = '"><script>alert(2)</script>'
    choose(tia_there, selection, scenario, title=title, then="more")
    assert escape(title) in text_of(tia_there, picker(selection))
    response = tia_there.client.post(picker(selection, "choose_send"))
    page = followed(response, tia_there).content.decode()
    assert "<script>alert" not in page
    action, claims = sent(tia_there.client.post(picker(selection, "choose_send")), tia_there)
    assert action == selection.return_url
    assert claims[ITEMS][0]["title"] == title


def test_only_the_last_page_may_send_to_the_platform(tia_there: Person, scenario: Scenario) -> None:
    selection = tia_there.is_asked(deep_link_return_url="https://other.example:8443/back?x=1")
    before = tia_there.client.get(picker(selection))["Content-Security-Policy"]
    assert "form-action 'self';" in before + ";"
    page = followed(choose(tia_there, selection, scenario), tia_there)
    after = page["Content-Security-Policy"]
    assert "form-action 'self' https://other.example:8443;" in after + ";"
    assert "default-src 'self';" in after + ";"


def test_nothing_is_kept_by_the_browser(tia_there: Person, scenario: Scenario) -> None:
    selection = tia_there.is_asked()
    pages = [tia_there.client.get(picker(selection)), choose(tia_there, selection, scenario)]
    for page in [*pages, followed(pages[-1], tia_there)]:
        assert "no-store" in page["Cache-Control"]


# --- nothing, and once ----------------------------------------------------------------------------------


def test_nothing_goes_back_as_nothing(tia_there: Person, scenario: Scenario) -> None:
    selection = tia_there.is_asked()
    choose(tia_there, selection, scenario, then="more")
    action, claims = sent(tia_there.client.post(picker(selection, "choose_cancel")), tia_there)
    assert action == RETURN
    assert claims[ITEMS] == []
    assert claims[MESSAGE] == "Nothing was chosen."
    assert claims[DATA] == "op=7"
    assert not Assignment.objects.exists()


def test_sending_nothing_asks_to_choose(tia_there: Person, scenario: Scenario) -> None:
    selection = tia_there.is_asked()
    response = tia_there.client.post(picker(selection, "choose_send"), follow=True)
    assert "Nothing is chosen yet" in response.content.decode()
    selection.refresh_from_db()
    assert selection.answered_at is None


def test_a_second_click_sends_the_same(tia_there: Person, scenario: Scenario) -> None:
    """The browser has dropped the first answer's page, so the second one must do."""
    selection = tia_there.is_asked()
    _action, first = sent(choose(tia_there, selection, scenario), tia_there)
    action, second = sent(choose(tia_there, selection, scenario), tia_there)
    assert (action, second[ITEMS]) == (RETURN, first[ITEMS])
    assert second["nonce"] != first["nonce"]
    assert Assignment.objects.count() == 1


ACTS: list[tuple[str, dict[str, Any]]] = [
    ("choose_send", {}),
    ("choose_cancel", {}),
    ("choose_take_out", {"key": "x"}),
    ("choose_new", typed()),
    ("choose_new", typed(then="more")),
    ("choose_again", {"title": "T"}),
]


@pytest.mark.parametrize(
    ("name", "data"), ACTS, ids=["send", "cancel", "take out", "new", "new and more", "again"]
)
def test_whoever_goes_back_later_sees_what_was_sent(
    tia_there: Person, scenario: Scenario, name: str, data: dict[str, Any]
) -> None:
    selection = answered_before(tia_there, scenario)
    page = text_of(tia_there, picker(selection))
    assert "This was sent to Moodle" in page
    assert "Practise: shop" in page
    assert "data-sends" not in page
    posted = tia_there.client.post(picker(selection, name, scenario=scenario.pk), data)
    assert "data-sends" not in posted.content.decode()
    assert Assignment.objects.count() == 1


def answered_before(person: Person, scenario: Scenario) -> Selection:
    selection = person.is_asked()
    choose(person, selection, scenario)
    Selection.objects.update(answered_at=timezone.now() - queries.SECOND_CLICK)
    return selection


def test_the_sending_page_sends_once(tia_there: Person, scenario: Scenario) -> None:
    selection = tia_there.is_asked()
    page = followed(choose(tia_there, selection, scenario), tia_there).content.decode()
    assert "data-sends" in page
    again = text_of(tia_there, picker(selection, "choose_sent"))
    assert "data-sends" not in again
    assert "This was sent to Moodle" in again


def test_nothing_is_sent_before_it_is_chosen(tia_there: Person) -> None:
    selection = tia_there.is_asked()
    assert tia_there.client.get(picker(selection, "choose_sent"))["Location"] == picker(selection)


def test_what_did_not_arrive_can_be_sent_again(tia_there: Person, scenario: Scenario) -> None:
    selection = answered_before(tia_there, scenario)
    posted = tia_there.client.post(picker(selection, "choose_send"), {"again": "yes"})
    _action, claims = sent(posted, tia_there)
    assert claims[ITEMS][0]["custom"]["assignment"] == str(Assignment.objects.get().pk)


def test_what_was_withdrawn_since_is_not_sent_again(tia_there: Person, scenario: Scenario) -> None:
    selection = answered_before(tia_there, scenario)
    Assignment.objects.update(withdrawn_at=timezone.now())
    assert "No longer offered" in text_of(tia_there, picker(selection))
    posted = tia_there.client.post(picker(selection, "choose_send"), {"again": "yes"})
    assert sent(posted, tia_there)[1][ITEMS] == []


def test_an_old_choice_says_so(tia_there: Person, scenario: Scenario) -> None:
    selection = tia_there.is_asked()
    Selection.objects.update(made_at=timezone.now() - queries.LIFETIME - timedelta(seconds=1))
    assert "opened too long ago" in text_of(tia_there, picker(selection))
    for name in ("choose_send", "choose_cancel", "choose_new"):
        page = tia_there.client.post(picker(selection, name, scenario=scenario.pk), typed()).content.decode()
        assert "opened too long ago" in page
    assert not Assignment.objects.exists()
    assert Selection.objects.get().answered_at is None


# --- who may --------------------------------------------------------------------------------------------


def test_a_student_is_refused(platform: Platform, tia_there: Person) -> None:
    student = Person(platform, subject="sam-1", name="Sam Okafor", role=LEARNER)
    response = student.launches(**asking())
    assert response.status_code == 403
    assert "not_an_instructor" in response.content.decode()
    assert not Selection.objects.exists()


def test_nobody_else_sees_a_choice(
    platform: Platform, tia_there: Person, ada: User, otto: User, tia: User, sign_in: SignIn
) -> None:
    selection = tia_there.is_asked()
    colleague = Person(platform, subject="tom-1", name="Tom")
    colleague.is_asked()
    clients = [colleague.client, sign_in(ada), sign_in(otto), sign_in(tia)]
    for client in clients:
        assert client.get(picker(selection)).status_code == 404
        for name in ("choose_send", "choose_cancel", "choose_new", "choose_again", "choose_take_out"):
            assert client.post(picker(selection, name), typed()).status_code == 404
    assert Client().get(picker(selection)).status_code == 302


def test_who_teaches_the_cohort_no_longer_chooses_no_longer(tia_there: Person) -> None:
    selection = tia_there.is_asked()
    Enrolment.objects.filter(user=selection.user).update(left_at=timezone.now())
    assert tia_there.client.get(picker(selection)).status_code == 404


@pytest.mark.parametrize("of", ["southport", "nobody", "archived", "rubbish"])
def test_an_interview_that_is_not_ours_is_refused(
    tia_there: Person, scenario: Scenario, southport: Institution, of: str
) -> None:
    selection = tia_there.is_asked()
    other = add_scenario("other", southport)
    gone = add_scenario("gone")
    Scenario.objects.filter(pk=gone.pk).update(archived_at=timezone.now())
    wanted = {"southport": other.pk, "nobody": selection.pk, "archived": gone.pk, "rubbish": "x%00"}[of]
    address = picker(selection, "choose_new", scenario=wanted)
    for response in (tia_there.client.get(address), tia_there.client.post(address, typed())):
        assert (response.status_code, response["Location"]) == (302, picker(selection))
    page = text_of(tia_there, picker(selection))
    assert "no longer offered" in page
    assert other.title not in page
    assert not Assignment.objects.exists()


def test_an_assignment_of_another_cohort_is_refused(
    tia_there: Person, assignment: Assignment, scenario: Scenario
) -> None:
    selection = tia_there.is_asked()
    withdrawn = assign(selection, scenario, withdrawn_at=timezone.now())
    for one in (assignment, withdrawn):
        address = picker(selection, "choose_again", assignment=one.pk)
        assert tia_there.client.get(address)["Location"] == picker(selection)
        posted = tia_there.client.post(address, {"title": "T", "points": "", "then": "send"})
        assert posted["Location"] == picker(selection)
    assert "Assigned already" not in text_of(tia_there, picker(selection))


# --- what changes meanwhile -----------------------------------------------------------------------------


def test_an_interview_that_goes_meanwhile_stops_the_answer(tia_there: Person, scenario: Scenario) -> None:
    selection = tia_there.is_asked()
    choose(tia_there, selection, scenario, title="Stays", then="more")
    gone = add_scenario("gone")
    choose(tia_there, selection, gone, title="Goes", then="more")
    Scenario.objects.filter(pk=gone.pk).update(archived_at=timezone.now())
    page = tia_there.client.post(picker(selection, "choose_send"), follow=True).content.decode()
    assert "nothing was put into the course" in page
    assert page.count("No longer offered") == 1
    assert not Assignment.objects.exists()
    refused = choose(tia_there, selection, scenario, title="Third")
    assert refused.status_code == 422
    assert "Third" in refused.content.decode()


def test_an_archived_cohort_gets_nothing(tia_there: Person, scenario: Scenario) -> None:
    selection = tia_there.is_asked()
    Cohort.objects.update(archived_at=timezone.now())
    refused = choose(tia_there, selection, scenario)
    assert refused.status_code == 422
    assert "archived" in refused.content.decode()


def day(days: int) -> str:
    return (timezone.localdate() + timedelta(days=days)).isoformat()


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("due", lambda: day(5000), "too far away"),
        ("opens", lambda: "0001-01-01", "too far away"),
        ("due", lambda: "soon", "Enter a valid date"),
        ("title", lambda: " ", "This field is required"),
        ("title", lambda: "x" * 121, "at most 120"),
        ("title", lambda: "a\0b", "Null characters"),
        ("sessions_needed", lambda: "0", "greater than or equal to 1"),
        ("points", lambda: "-1", "greater than or equal to 0.01"),
        ("points", lambda: "NaN", "Enter a number"),
        ("points", lambda: "1e9", "less than or equal to 1000"),
    ],
    ids=[
        "due far", "opens far", "due rubbish", "title empty", "title long", "title nul",
        "sessions", "points below", "points nan", "points above",
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field(
    tia_there: Person, scenario: Scenario, field: str, value: Callable[[], str], said: str
) -> None:
    selection = tia_there.is_asked()
    refused = choose(tia_there, selection, scenario, **{field: value()})
    assert refused.status_code == 422
    page = refused.content.decode()
    assert said in page
    assert f'id="id_{field}_error"' in page
    assert not Assignment.objects.exists()


def test_the_last_day_comes_after_the_first(tia_there: Person, scenario: Scenario) -> None:
    refused = choose(tia_there, tia_there.is_asked(), scenario, opens=day(30))
    assert refused.status_code == 422
    assert "must not lie before" in refused.content.decode()


def test_a_day_that_is_over_is_refused(tia_there: Person, scenario: Scenario) -> None:
    selection = tia_there.is_asked()
    refused = choose(tia_there, selection, scenario, opens=day(-3), due=day(-1))
    assert refused.status_code == 422
    assert "This day is over" in refused.content.decode()
    assert not Assignment.objects.exists()


# --- what a platform may ask ----------------------------------------------------------------------------


def test_without_a_course_nothing_can_be_chosen(tia_there: Person, scenario: Scenario) -> None:
    response = tia_there.launches(**asking(), **{names.CONTEXT: None})
    selection = Selection.objects.get()
    assert response["Location"] == picker(selection)
    assert "Open this inside a course" in text_of(tia_there, picker(selection))
    assert "data-sends" not in choose(tia_there, selection, scenario).content.decode()
    _action, claims = sent(tia_there.client.post(picker(selection, "choose_cancel")), tia_there)
    assert claims[ITEMS] == []
    assert not Course.objects.exists()


@pytest.mark.parametrize("types", [["link", "file"], [], None], ids=["others", "none", "missing"])
def test_a_place_that_takes_no_links_says_so(tia_there: Person, scenario: Scenario, types: Any) -> None:
    selection = tia_there.is_asked(accept_types=types)
    assert "takes no links" in text_of(tia_there, picker(selection))
    assert "takes no links" in choose(tia_there, selection, scenario).content.decode()
    _action, claims = sent(tia_there.client.post(picker(selection, "choose_cancel")), tia_there)
    assert claims[ITEMS] == []
    assert not Assignment.objects.exists()


@pytest.mark.parametrize(
    "asked",
    [
        {"deep_link_return_url": "javascript:alert(1)"},
        {"deep_link_return_url": "data:text/html,x"},
        {"deep_link_return_url": "/relative"},
        {"deep_link_return_url": "https://"},
        {"deep_link_return_url": "https://a b.example/"},
        {"deep_link_return_url": "https://a;default-src *.example/"},
        {"deep_link_return_url": "https://a.example:99999/"},
        {"deep_link_return_url": "https://[/"},
        {"deep_link_return_url": "https://a.example/\n"},
        {"deep_link_return_url": "https://a.example/" + "x" * 2000},
        {"data": "a\0b"},
        {"data": "\ud800"},
        {"data": {"a": 1}},
    ],
    ids=[
        "script", "data", "relative", "no host", "space", "policy", "port", "bracket", "line", "long", "nul", "half",
        "object",
    ],
)  # fmt: skip
def test_what_cannot_be_answered_is_refused(tia_there: Person, asked: dict[str, Any]) -> None:
    response = tia_there.launches(**asking(**asked))
    assert 400 <= response.status_code < 500
    assert "wrong_type" in response.content.decode()
    assert not Selection.objects.exists()


# --- finding --------------------------------------------------------------------------------------------


def test_interviews_are_searched_and_paged(tia_there: Person, northfield: Institution) -> None:
    selection = tia_there.is_asked()
    for number in range(10):
        add_scenario(f"n{number}")
    add_scenario("own-nursing", northfield)
    page = text_of(tia_there, picker(selection))
    assert "11 interviews." in page
    assert 'rel="next"' in page
    found = text_of(tia_there, picker(selection, q="nursing"))
    assert "One interview." in found
    assert "Interview own-nursing" in found
    assert "Nothing found" in text_of(tia_there, picker(selection, q="astronaut"))
    assert "Interview" in text_of(tia_there, picker(selection, page=99))


def test_without_interviews_the_page_says_so(tia_there: Person) -> None:
    assert "There is no interview yet" in text_of(tia_there, picker(tia_there.is_asked()))


def test_what_is_assigned_already_can_be_linked(tia_there: Person, scenario: Scenario) -> None:
    selection = tia_there.is_asked()
    page = text_of(tia_there, picker(selection, show="again"))
    assert "Nothing is assigned yet" in page
    standing = assign(selection, scenario, note="Until Friday.")
    assign(
        selection, add_scenario("past"), opens_at=timezone.now() - timedelta(days=9), due_at=timezone.now()
    )
    page = text_of(tia_there, picker(selection, show="again"))
    assert "Assigned already (1)" in page
    assert "Until Friday." in page
    address = picker(selection, "choose_again", assignment=standing.pk)
    assert "3 sessions" in text_of(tia_there, address)
    response = tia_there.client.post(address, {"title": "Again", "points": "", "then": "send"})
    (item,) = sent(response, tia_there)[1][ITEMS]
    assert item["custom"] == {"assignment": str(standing.pk)}
    assert Assignment.objects.filter(withdrawn_at=None).count() == 2


def queries_of(person: Person, address: str, **posted: Any) -> int:
    with CaptureQueriesContext(connection) as captured:
        response = person.client.post(address, posted) if posted else person.client.get(address)
    assert response.status_code == 200, response
    return len(captured)


@pytest.mark.parametrize("show", ["new", "again"])
def test_the_list_asks_no_more_for_more(tia_there: Person, scenario: Scenario, show: str) -> None:
    selection = tia_there.is_asked()
    again = assign(selection, scenario)
    choose(tia_there, selection, scenario, then="more")
    address = picker(selection, "choose_again", assignment=again.pk)
    tia_there.client.post(address, {"title": "Again", "then": "more"})
    few = queries_of(tia_there, picker(selection, show=show))
    for number in range(6):
        more = add_scenario(f"more-{number}")
        choose(tia_there, selection, more, title=more.title, then="more")
        assign(selection, more)
    assert queries_of(tia_there, picker(selection, show=show)) == few
    assert few <= 12


def test_the_other_pages_ask_little(tia_there: Person, scenario: Scenario) -> None:
    selection = tia_there.is_asked()
    again = assign(selection, scenario)
    assert queries_of(tia_there, picker(selection, "choose_new", scenario=scenario.pk)) <= 9
    assert queries_of(tia_there, picker(selection, "choose_again", assignment=again.pk)) <= 7
    choose(tia_there, selection, scenario)
    assert queries_of(tia_there, picker(selection)) <= 8


def test_the_answer_page_needs_no_other_site(tia_there: Person, scenario: Scenario) -> None:
    page = followed(choose(tia_there, tia_there.is_asked(), scenario), tia_there).content.decode()
    for word in ('src="', 'href="'):
        for address in page.split(word)[1:]:
            assert urlsplit(address.split('"')[0]).netloc == ""
