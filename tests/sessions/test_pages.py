"""The pages of practice: what they show to whom, what they refuse, and how much they ask of the database."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Consent, Institution, Membership, Purpose, Role, User
from accounts.queries import standing_purposes
from cohorts.models import Assignment, Cohort
from sessions import actions
from sessions.choosing import minutes_of
from sessions.content.read import SHIPPED
from sessions.models import PracticeSession, Question, Scenario, State

SignIn = Callable[[User | None], Client]
Agree = Callable[..., None]
CHOOSE_QUERIES = 9
"""Whatever is to be chosen from: who asks (3), scenarios, their minutes, assignments and what was begun."""


@pytest.fixture
def client(sign_in: SignIn, sam: User) -> Client:
    return sign_in(sam)


@pytest.fixture
def teacher(sign_in: SignIn, tia: User) -> Client:
    return sign_in(tia)


def start(client: Client, scenario: Scenario, **more: Any) -> PracticeSession:
    answer = client.post(reverse("practice:start"), {"scenario": scenario.pk, **more})
    assert answer.status_code == 302, answer.content[:500]
    return PracticeSession.objects.latest("created_at")


def lobby(session: PracticeSession) -> str:
    return reverse("practice:lobby", args=[session.pk])


def room(session: PracticeSession) -> str:
    return reverse("practice:room", args=[session.pk])


def agree_by(
    client: Client, session: PracticeSession, purpose: Purpose, *, on: bool = True, version: Any = 1
) -> int:
    data = {"purpose": purpose.value, "version": version} | ({"agreed": "on"} if on else {})
    return client.post(reverse("practice:consent", args=[session.pk]), data).status_code


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


# --- choosing -------------------------------------------------------------------------------------


def test_what_is_assigned_comes_before_the_other_interviews(
    client: Client, scenario: Scenario, assignment: Assignment
) -> None:
    page = text_of(client, reverse("practice:choose"))
    assert page.index("Assigned to you") < page.index("All interviews")
    assert "0 of 2 done" in page


def test_own_language_comes_first_and_can_be_filtered(client: Client, scenario: Scenario, sam: User) -> None:
    add_scenario("warehouse", "de", "Im Lager")
    page = text_of(client, reverse("practice:choose"))
    assert page.index("Shop assistant</h3>") < page.index("Im Lager</h3>")
    only = text_of(client, reverse("practice:choose") + "?language=de")
    assert "Im Lager" in only
    assert "Shop assistant</h3>" not in only
    sam.language = "de"
    sam.save()
    page = text_of(client, reverse("practice:choose"))
    assert page.index("Im Lager</h3>") < page.index("Shop assistant</h3>")


def test_the_choice_is_paged_and_costs_the_same_however_much_there_is(
    client: Client, scenario: Scenario, assignment: Assignment, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(CHOOSE_QUERIES):
        text_of(client, reverse("practice:choose"))
    for number in range(30):
        add_scenario(f"more-{number}", "en", f"Interview {number:02}")
    with django_assert_max_num_queries(CHOOSE_QUERIES):
        first = text_of(client, reverse("practice:choose"))
    assert first.count('class="scenario panel"') == 12
    assert "page=2" in first


def test_interviews_of_another_institution_and_archived_ones_are_not_offered(
    client: Client, scenario: Scenario, southport: Institution
) -> None:
    add_scenario("theirs", "en", "Not for Northfield", institution=southport)
    add_scenario("gone", "en", "An old one", archived_at=timezone.now())
    page = text_of(client, reverse("practice:choose"))
    assert "Not for Northfield" not in page
    assert "An old one" not in page


def add_scenario(slug: str, language: str, title: str, **fields: Any) -> Scenario:
    scenario = Scenario.objects.create(
        slug=slug, language=language, title=title, job_title=title, summary=title, **fields
    )
    Question.objects.create(
        scenario=scenario,
        key="one",
        position=0,
        text="Why?",
        type="opening",
        topics=["motivation"],
        difficulty=1,
    )
    return scenario


def test_minutes_are_the_middle_of_what_is_expected_and_the_time_to_think(scenario: Scenario) -> None:
    # Three questions of (45 + 120) / 2 s and 20 s to think: 307.5 s.
    assert minutes_of([scenario]) == {scenario.pk: 5}


def test_starting_leads_to_the_lobby_and_a_lobby_that_was_left_is_used_again(
    client: Client, scenario: Scenario
) -> None:
    session = start(client, scenario)
    assert (session.mode, session.record, session.hints) == ("voice", False, True)
    assert start(client, scenario) == session
    assert PracticeSession.objects.count() == 1


def test_starting_an_assignment_counts_for_it(
    client: Client, scenario: Scenario, assignment: Assignment
) -> None:
    session = start(client, scenario, assignment=assignment.pk)
    assert session.assignment == assignment
    assert start(client, scenario) != session, "practice of one's own is another session"


def test_a_closed_assignment_is_refused_in_words(
    client: Client, scenario: Scenario, assignment: Assignment
) -> None:
    Assignment.objects.update(due_at=timezone.now() - timedelta(hours=1))
    answer = client.post(
        reverse("practice:start"), {"scenario": scenario.pk, "assignment": assignment.pk}, follow=True
    )
    assert "This assignment is closed" in answer.content.decode()
    assert not PracticeSession.objects.exists()


def test_the_first_page_names_what_to_do_next(
    client: Client, sam: User, northfield: Institution, scenario: Scenario, assignment: Assignment
) -> None:
    assert "0 of 2 sessions done" in text_of(client, "/")
    begun_and_done(sam, northfield, scenario, assignment)
    page = text_of(client, "/")
    assert "1 of 2 sessions done" in page
    assert "You answered 0 questions." in page
    begun_and_done(sam, northfield, scenario, assignment)
    assert "sessions done" not in text_of(client, "/")


def begun_and_done(
    user: User, institution: Institution, scenario: Scenario, assignment: Assignment | None
) -> None:
    session = actions.start_session(
        user=user,
        institution=institution,
        scenario=scenario,
        mode="voice",
        record=False,
        assignment=assignment,
    )
    epoch = actions.claim_connection(session_id=session.pk)
    actions.begin(session_id=session.pk, epoch=epoch)
    actions.end_session(session_id=session.pk, epoch=epoch)


# --- the lobby ------------------------------------------------------------------------------------


def test_consents_are_given_and_withdrawn_one_by_one(
    client: Client, sam: User, northfield: Institution, scenario: Scenario
) -> None:
    session = start(client, scenario)
    assert agree_by(client, session, Purpose.CAMERA) == 204
    assert agree_by(client, session, Purpose.SHARE) == 204
    assert standing_purposes(sam, northfield.pk) == {Purpose.CAMERA, Purpose.SHARE}
    assert agree_by(client, session, Purpose.CAMERA, on=False) == 204
    assert standing_purposes(sam, northfield.pk) == {Purpose.SHARE}


def test_nobody_agrees_to_words_they_have_not_seen(client: Client, scenario: Scenario) -> None:
    session = start(client, scenario)
    assert agree_by(client, session, Purpose.CAMERA, version=7) == 409
    assert agree_by(client, session, Purpose.CAMERA, version="x") == 400
    assert not Consent.objects.exists()


def test_begin_keeps_the_choices(
    client: Client, sam: User, northfield: Institution, scenario: Scenario, agree: Agree
) -> None:
    session = start(client, scenario)
    agree(sam, northfield, Purpose.CAMERA, Purpose.RECORDING)
    answer = client.post(lobby(session), {"mode": "camera", "record": "on"})
    assert answer["Location"] == room(session)
    session.refresh_from_db()
    assert (session.mode, session.record, session.hints) == ("camera", True, False)


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ({"mode": "camera"}, "practise by voice alone"),
        ({"mode": "voice", "record": "on"}, "without a recording"),
    ],
)
def test_what_was_not_agreed_to_is_not_done(
    client: Client, scenario: Scenario, choice: dict[str, str], words: str
) -> None:
    session = start(client, scenario)
    answer = client.post(lobby(session), choice)
    assert answer.status_code == 200
    assert words in answer.content.decode()
    session.refresh_from_db()
    assert (session.mode, session.record) == ("voice", False)


def test_the_next_session_begins_with_the_choices_of_the_last(
    client: Client, sam: User, northfield: Institution, scenario: Scenario, agree: Agree
) -> None:
    agree(sam, northfield, Purpose.CAMERA, Purpose.RECORDING)
    first = start(client, scenario)
    assert first.mode == "camera"
    client.post(lobby(first), {"mode": "camera", "record": "on"})
    epoch = actions.claim_connection(session_id=first.pk)
    actions.begin(session_id=first.pk, epoch=epoch)
    second = start(client, scenario)
    assert (second.mode, second.record, second.hints) == ("camera", True, False)
    assert agree_by(client, second, Purpose.RECORDING, on=False) == 204
    second.delete()
    assert start(client, scenario).record is False


def test_every_purpose_has_its_switch_and_its_words(client: Client, scenario: Scenario) -> None:
    page = text_of(client, lobby(start(client, scenario)))
    assert page.count('role="switch"') == len(Purpose)
    assert "run by a machine" in page
    assert "its voice is synthetic" in page


# --- the room -------------------------------------------------------------------------------------


def begun(client: Client, scenario: Scenario) -> PracticeSession:
    session = start(client, scenario)
    epoch = actions.claim_connection(session_id=session.pk)
    return actions.begin(session_id=session.pk, epoch=epoch)


def test_a_begun_session_goes_on_in_the_room_and_a_done_one_at_its_result(
    client: Client, scenario: Scenario
) -> None:
    session = begun(client, scenario)
    assert client.get(lobby(session))["Location"] == room(session)
    assert "Go on where you stopped" in text_of(client, reverse("practice:choose"))
    PracticeSession.objects.update(state=State.DONE)
    assert client.get(room(session))["Location"] == reverse("analytics:result", args=[session.pk])
    assert "Go on where you stopped" not in text_of(client, reverse("practice:choose"))


def test_the_room_is_told_what_it_needs_and_nothing_more(client: Client, scenario: Scenario) -> None:
    page = client.get(room(begun(client, scenario))).context["page"]
    assert page["state"] == "asking"
    assert page["questions"] == 3
    assert page["expected_s"] == 300
    assert json.loads(json.dumps(page)) == page
    assert set(page) == {
        *("session", "socket", "state", "language", "camera", "record", "hints"),
        *("title", "questions", "expected_s", "urls", "drill"),
    }


def test_nothing_in_lobby_or_room_is_inline(client: Client, scenario: Scenario) -> None:
    """The content security policy would stop it, without anybody noticing."""
    session = begun(client, scenario)
    for page in (text_of(client, room(session)), text_of(client, reverse("practice:choose"))):
        assert " style=" not in page
        assert " onclick=" not in page


@pytest.mark.parametrize("name", ["practice:room", "practice:lobby"])
def test_other_peoples_sessions_do_not_exist(
    name: str, client: Client, sign_in: SignIn, scenario: Scenario, tia: User, otto: User, ada: User
) -> None:
    address = reverse(name, args=[start(client, scenario).pk])
    for person in (tia, otto, ada):
        assert sign_in(person).get(address).status_code == 404
    assert sign_in(None).get(address).status_code == 302


def test_nobody_consents_for_another(client: Client, sign_in: SignIn, scenario: Scenario, otto: User) -> None:
    session = start(client, scenario)
    assert agree_by(sign_in(otto), session, Purpose.CAMERA) == 404
    assert not Consent.objects.exists()


# --- scenarios ------------------------------------------------------------------------------------


def test_a_teacher_reads_the_questions_and_cues_in_words(teacher: Client, scenario: Scenario) -> None:
    Question.objects.filter(position=0).update(
        expected_cues=[{"cue": "GZ_DR", "direction": "band", "weight": 0.8}], key_points=["What you do now"]
    )
    page = text_of(teacher, reverse("practice:scenario", args=[scenario.pk]))
    assert "Looking at the camera: in the usual band" in page
    assert "Working in a team" in page
    assert "45 to 120 s expected" in page
    assert "What you do now" in page


def test_students_read_no_key_points(client: Client, scenario: Scenario) -> None:
    assert client.get(reverse("practice:scenarios")).status_code == 403
    assert client.get(reverse("practice:scenario", args=[scenario.pk])).status_code in (403, 404)


def test_scenarios_are_found_by_their_words(teacher: Client, scenario: Scenario) -> None:
    add_scenario("warehouse", "en", "In the warehouse")
    page = text_of(teacher, reverse("practice:scenarios") + "?q=ware")
    assert "In the warehouse" in page
    assert "Shop assistant</a>" not in page
    assert "Nothing found" in text_of(teacher, reverse("practice:scenarios") + "?q=zebra")


def test_a_file_is_imported_for_ones_own_institution_and_brought_up_to_date(
    teacher: Client, northfield: Institution, southport: Institution, otto: User, sign_in: SignIn
) -> None:
    content = json.loads((SHIPPED / "shop-assistant.en.json").read_text())
    assert upload(teacher, content).status_code == 302
    scenario = Scenario.objects.get()
    assert scenario.institution == northfield
    content["title"] = "Another title"
    upload(teacher, content)
    assert Scenario.objects.get().title == "Another title"
    Membership.objects.filter(user=otto).update(role=Role.TEACHER)
    assert sign_in(otto).get(reverse("practice:scenario", args=[scenario.pk])).status_code == 404


def upload(client: Client, content: Any) -> Any:
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    file = SimpleUploadedFile("scenario.json", text, "application/json")
    return client.post(reverse("practice:import_scenario"), {"file": file})


def test_a_scenario_is_saved_as_the_file_it_came_from(teacher: Client) -> None:
    content = json.loads((SHIPPED / "shop-assistant.de.json").read_text())
    upload(teacher, content)
    saved = teacher.get(reverse("practice:scenario_file", args=[Scenario.objects.get().pk]))
    assert saved["Content-Disposition"] == 'attachment; filename="shop-assistant.de.json"'
    assert saved.json() == content


def test_a_faulty_file_is_told_by_question_and_field_and_nothing_is_kept(teacher: Client) -> None:
    content = json.loads((SHIPPED / "shop-assistant.en.json").read_text())
    content["questions"][1]["difficulty"] = 9
    answer = upload(teacher, content)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f"2 ({content['questions'][1]['key']})" in page
    assert "<code>difficulty</code>" in page
    assert not Scenario.objects.exists()
    assert upload(teacher, b"{").status_code == 422
    assert "not UTF-8" in upload(teacher, b"\xff\xfe\x00").content.decode()


# --- assignments ----------------------------------------------------------------------------------


def assign_address(cohort: Cohort, scenario: Scenario) -> str:
    return reverse("practice:assign", args=[cohort.pk]) + f"?scenario={scenario.pk}"


def wishes(**change: Any) -> dict[str, Any]:
    today = timezone.localdate()
    return {
        "opens": today,
        "due": today + timedelta(days=7),
        "sessions_needed": 3,
        "note": "Try twice.",
    } | change


def test_a_teacher_chooses_previews_and_assigns(
    teacher: Client, cohort: Cohort, scenario: Scenario, tia: User
) -> None:
    choice = text_of(teacher, reverse("practice:assign", args=[cohort.pk]) + "?q=shop")
    assert f"?scenario={scenario.pk}" in choice
    assert "This is question number 2" in text_of(teacher, assign_address(cohort, scenario))
    answer = teacher.post(assign_address(cohort, scenario), wishes())
    assert answer["Location"] == reverse("analytics:cohort", args=[cohort.pk])
    assignment = Assignment.objects.get()
    assert (assignment.scenario_id, assignment.sessions_needed) == (scenario.pk, 3)
    assert assignment.created_by == tia
    assert timezone.localtime(assignment.due_at).hour == 23, "until the evening of the last day"


@pytest.mark.parametrize(
    "change",
    [
        {"due": timezone.localdate() - timedelta(days=1)},
        {"sessions_needed": 0},
        {"note": "x" * 301},
        {"opens": "soon"},
    ],
)
def test_wrong_wishes_assign_nothing(
    teacher: Client, cohort: Cohort, scenario: Scenario, change: dict[str, Any]
) -> None:
    answer = teacher.post(assign_address(cohort, scenario), wishes(**change))
    assert answer.status_code == 200
    assert 'class="error"' in answer.content.decode()
    assert not Assignment.objects.exists()


def test_an_assignment_is_changed_and_withdrawn(teacher: Client, assignment: Assignment) -> None:
    address = reverse("practice:edit_assignment", args=[assignment.pk])
    assert teacher.post(address, wishes(sessions_needed=5)).status_code == 302
    assignment.refresh_from_db()
    assert assignment.sessions_needed == 5
    teacher.post(reverse("practice:withdraw_assignment", args=[assignment.pk]))
    assignment.refresh_from_db()
    assert assignment.withdrawn_at is not None


def test_another_institutions_scenario_cannot_be_assigned(
    teacher: Client, cohort: Cohort, southport: Institution
) -> None:
    theirs = add_scenario("theirs", "en", "Theirs", institution=southport)
    assert teacher.post(assign_address(cohort, theirs), wishes()).status_code == 404
    assert not Assignment.objects.exists()


def test_otto_assigns_nothing_at_northfield(
    sign_in: SignIn, otto: User, cohort: Cohort, scenario: Scenario, assignment: Assignment
) -> None:
    Membership.objects.filter(user=otto).update(role=Role.TEACHER)
    client = sign_in(otto)
    addresses = [
        assign_address(cohort, scenario),
        reverse("practice:edit_assignment", args=[assignment.pk]),
        reverse("practice:withdraw_assignment", args=[assignment.pk]),
    ]
    for address in addresses:
        assert client.post(address, wishes()).status_code == 404
    assert Assignment.objects.count() == 1


# --- the API --------------------------------------------------------------------------------------


def test_the_api_lists_ones_own_sessions_and_no_others(
    client: Client, sign_in: SignIn, otto: User, scenario: Scenario
) -> None:
    session = begun(client, scenario)
    listed = client.get(reverse("api:sessions")).json()
    assert [one["id"] for one in listed["results"]] == [str(session.pk)]
    detail = client.get(reverse("api:session", args=[session.pk])).json()
    assert detail["answers"][0]["question_text"] == "This is question number 1. What would you do?"
    assert detail["answers"][0]["result"] is None
    assert sign_in(otto).get(reverse("api:sessions")).json()["results"] == []
    assert sign_in(otto).get(reverse("api:session", args=[session.pk])).status_code == 404
    assert sign_in(None).get(reverse("api:sessions")).status_code == 403


def test_the_api_lists_scenarios_by_language(client: Client, scenario: Scenario) -> None:
    add_scenario("warehouse", "de", "Im Lager")
    listed = client.get(reverse("api:scenarios"), {"language": "de"}).json()
    assert [one["title"] for one in listed["results"]] == ["Im Lager"]
    assert listed["results"][0]["questions"] == 1


def test_one_session_costs_the_api_the_same_however_long_it_is(
    client: Client, scenario: Scenario, django_assert_max_num_queries: Any
) -> None:
    session = begun(client, scenario)
    for position in (1, 2):
        session.answers.create(
            institution=session.institution,
            question=scenario.questions.get(position=position),
            position=position,
            question_text="?",
        )
    with django_assert_max_num_queries(6):
        detail = client.get(reverse("api:session", args=[session.pk])).json()
    assert len(detail["answers"]) == 3
