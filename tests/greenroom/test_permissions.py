"""Who may open what: every address, socket and API route, with what each of the standing characters gets.

Whoever adds an address adds one row to TABLE; an address without a row fails. A row says what the stranger, Sam, Tia,
Ada and Otto get by GET, and by POST where it writes. Otto belongs to another institution and is tried in all three
roles: give one answer for all of them, or three (as student, as teacher, as administrator). Addresses that name an
object must answer him with 404, and that is checked apart from the table.

The objects in the addresses come from the fixture `things`, by the name of the address's parameter: `cohort_id`,
`user_id` (Sam), `session_id` (Sam's) and so on. A new parameter gets its object there.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.files.base import ContentFile
from django.core.signals import request_finished
from django.db import close_old_connections, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from accounts.models import Consent, Institution, Membership, ModelKind, Purpose, Role, User
from accounts.purposes import current
from cohorts.actions import invite_by_link
from cohorts.models import Assignment, Cohort
from lti.models import Course, Product, Registration, ResourceLink, Selection
from lti.registering import links
from scoring.models import ModelVersion, RunState, TrainingRun
from sessions.live.routing import websocket_urlpatterns
from sessions.models import (
    About,
    Answer,
    AnswerState,
    Dispute,
    PracticeSession,
    Question,
    RatingComment,
    Recording,
    RecordingSegment,
    RecordingState,
    Rescoring,
    Scenario,
)

SIGN_IN = "to sign-in"
"""A redirect to the sign-in page."""
OPEN = (200, 200, 200, 200, 200)
ANYBODY = (SIGN_IN, 200, 200, 200, 200)
DONE_BY_ANYBODY = (SIGN_IN, 302, 302, 302, 302)
STUDENTS = (SIGN_IN, 200, 403, 403, (200, 403, 403))
TEACHERS_AND_ADMINISTRATORS = (SIGN_IN, 403, 200, 200, (403, 200, 200))
ADMINISTRATORS = (SIGN_IN, 403, 403, 200, (403, 403, 200))
DONE_BY_ADMINISTRATORS = (SIGN_IN, 403, 403, 302, (403, 403, 302))
# Objects.
OF_SAM = (SIGN_IN, 200, 404, 404, 404)
OF_THE_COHORT = (SIGN_IN, 404, 200, 200, 404)
DONE_IN_THE_COHORT = (SIGN_IN, 404, 302, 302, 404)
OF_TIA = (SIGN_IN, 404, 200, 404, 404)
DONE_BY_TIA = (SIGN_IN, 404, 302, 404, 404)
OF_ADA = (SIGN_IN, 404, 404, 200, 404)
DONE_BY_ADA = (SIGN_IN, 404, 404, 302, 404)
# The API says 403 to strangers: it has no page to send them to.
API = (403, 200, 200, 200, 200)
API_OF_SAM = (403, 200, 404, 404, 404)

AGREED = {"purpose": "camera", "agreed": "on", "version": 1}
SEGMENT = {"mime": "video/webm", "started_ms": 0}

Answers = tuple[Any, Any, Any, Any, Any]


@dataclass(frozen=True)
class Row:
    """What (stranger, Sam, Tia, Ada, Otto) get. None: the method is not for this address, nobody succeeds with it."""

    get: Answers | None = None
    post: Answers | None = None
    data: dict[str, Any] = field(default_factory=dict)
    """What is posted. Values that name an object of `things`, such as `cohort_id`, are replaced by it."""
    json: bool = False


TABLE: dict[str, Row] = {
    # --- the house
    "home": Row((SIGN_IN, 200, 302, 302, (200, 302, 302)), post=(SIGN_IN, 200, 302, 302, (200, 302, 302))),
    "healthz": Row(OPEN, post=OPEN),
    "readyz": Row(OPEN, post=OPEN),
    "jsi18n": Row(OPEN),
    "set_language": Row(post=(302, 302, 302, 302, 302), data={"language": "de"}),
    "schema": Row((200, 200, 200, 200, 200)),
    # --- people
    "accounts:sign_in": Row((200, 302, 302, 302, 302), post=(200, 302, 302, 302, 302)),
    "accounts:demo_sign_in": Row(post=(404, 404, 404, 404, 404), data={"person": "sam@demo.greenroom.example"}),
    "accounts:sign_out": Row(post=(302, 302, 302, 302, 302)),
    "accounts:password_reset": Row(OPEN, post=(302, 302, 302, 302, 302), data={"email": "nobody@school.example"}),
    "accounts:password_reset_done": Row(OPEN),
    "accounts:password_reset_confirm": Row(
        # The token goes out of the address. Sam's own no longer works: he signed in after it was made.
        (302, 200, 302, 302, 302), post=(302, 200, 302, 302, 302)
    ),
    "accounts:password_reset_complete": Row(OPEN),
    "accounts:password_change": Row(ANYBODY, post=(SIGN_IN, 200, 200, 200, 200)),
    "accounts:profile": Row(
        ANYBODY, post=DONE_BY_ANYBODY, data={"name": "New Name", "language": "de", "time_zone": "Europe/Berlin"}
    ),
    "accounts:choose_institution": Row(
        ANYBODY, post=(SIGN_IN, 302, 302, 302, 404), data={"institution": "institution_id"}
    ),
    "accounts:leave": Row(post=DONE_BY_ANYBODY),
    "accounts:privacy": Row(ANYBODY),
    "accounts:consent": Row(post=DONE_BY_ANYBODY, data={"purpose": "camera", "act": "give"}),
    "accounts:privacy_download": Row(ANYBODY),
    "accounts:privacy_delete": Row(ANYBODY, post=(SIGN_IN, 200, 200, 200, 200), data={"confirmation": "no"}),
    "accounts:policy": Row(ADMINISTRATORS, post=ADMINISTRATORS),
    "accounts:audit": Row(ADMINISTRATORS),
    # --- cohorts
    "cohorts:list": Row(TEACHERS_AND_ADMINISTRATORS, post=TEACHERS_AND_ADMINISTRATORS),
    "cohorts:rename": Row(post=DONE_IN_THE_COHORT, data={"name": "Winter"}),
    "cohorts:archive": Row(post=DONE_IN_THE_COHORT),
    "cohorts:roster": Row(OF_THE_COHORT),
    "cohorts:enrol_teacher": Row(post=DONE_BY_ADA),
    "cohorts:mark_left": Row(post=DONE_IN_THE_COHORT),
    "cohorts:invite": Row(OF_THE_COHORT),
    "cohorts:invite_link": Row(OF_THE_COHORT, post=OF_THE_COHORT, data={"max_uses": 3, "days": 3}),
    "cohorts:invite_csv": Row(OF_THE_COHORT, post=OF_THE_COHORT),
    "cohorts:invite_csv_confirm": Row(post=DONE_IN_THE_COHORT),
    "cohorts:revoke": Row(post=DONE_IN_THE_COHORT),
    "cohorts:people": Row(ADMINISTRATORS),
    "cohorts:invite_person": Row(post=ADMINISTRATORS),
    "cohorts:change_role": Row(post=DONE_BY_ADA, data={"role": "teacher"}),
    "cohorts:remove_person": Row(post=DONE_BY_ADA),
    # The link itself is the right to open it. Sam and Tia are in the cohort already; Ada has another role.
    "cohorts:join": Row(
        (200, 302, 302, 403, (200, 200, 200)),
        post=(200, 302, 302, 403, (302, 302, 302)),
        data={"name": "New", "password": "x"},
    ),
    # --- practice
    "practice:choose": Row(STUDENTS),
    "practice:start": Row(
        post=(SIGN_IN, 302, 403, 403, (404, 403, 403)), data={"scenario": "scenario_id"}
    ),
    "practice:start_drill": Row(
        post=(SIGN_IN, 302, 404, 404, 404), data={"answer": "answer_id", "cue": "GZ_DR"}
    ),
    "practice:room": Row(OF_SAM),
    "practice:lobby": Row(OF_SAM, post=OF_SAM),
    "practice:consent": Row(post=(SIGN_IN, 204, 404, 404, 404), data=AGREED),
    # Sam lets his teachers watch and rate (`things`); without that it is his alone (tests/sessions/ratings).
    "practice:recording": Row((SIGN_IN, 200, 200, 404, 404)),
    "practice:self_rating": Row((SIGN_IN, 302, 404, 404, 404), post=(SIGN_IN, 302, 404, 404, 404)),
    "practice:rubric": Row(OF_THE_COHORT, post=OF_THE_COHORT),
    "practice:stop_analysis": Row(post=(SIGN_IN, 302, 404, 404, 404)),
    "practice:go_on_analysis": Row(post=(SIGN_IN, 302, 404, 404, 404)),
    "practice:delete_session": Row(post=(SIGN_IN, 302, 404, 404, 404)),
    "practice:delete_recording": Row(post=(SIGN_IN, 302, 404, 404, 404)),
    "practice:scenarios": Row(TEACHERS_AND_ADMINISTRATORS),
    "practice:import_scenario": Row(TEACHERS_AND_ADMINISTRATORS, post=TEACHERS_AND_ADMINISTRATORS),
    "practice:scenario": Row(OF_THE_COHORT),
    "practice:scenario_file": Row(OF_THE_COHORT),
    "practice:copy_scenario": Row(post=DONE_IN_THE_COHORT),
    "practice:assign": Row(OF_THE_COHORT, post=OF_THE_COHORT),
    "practice:edit_assignment": Row(OF_THE_COHORT, post=OF_THE_COHORT),
    "practice:withdraw_assignment": Row(post=DONE_IN_THE_COHORT),
    # --- what they see afterwards
    "analytics:result": Row(OF_SAM),
    "analytics:result_status": Row(OF_SAM),
    "analytics:answer": Row(OF_SAM),
    "analytics:advice": Row(OF_SAM),
    # Sam's session is no drill, so that nobody finds one here; tests/sessions/drills/test_page.py opens Sam's.
    "analytics:drill": Row((SIGN_IN, 404, 404, 404, 404)),
    "analytics:progress": Row(STUDENTS),
    "analytics:coach": Row(STUDENTS),
    "analytics:accommodation": Row(
        STUDENTS, post=(SIGN_IN, 302, 403, 403, (302, 403, 403)), data={"off": "GZ_DR"}
    ),
    "analytics:cues": Row(ANYBODY),
    "analytics:cue": Row(ANYBODY),
    "analytics:model_card": Row(ANYBODY),
    "analytics:cohort": Row(OF_THE_COHORT),
    "analytics:student": Row((SIGN_IN, 404, 200, 404, 404)),
    "analytics:question_expectations": Row(
        OF_THE_COHORT, post=DONE_IN_THE_COHORT, data={"act": "default"}
    ),
    "analytics:type_expectations": Row(OF_THE_COHORT, post=DONE_IN_THE_COHORT, data={"act": "default"}),
    "analytics:dispute": Row(OF_SAM, post=(SIGN_IN, 422, 404, 404, 404)),
    "analytics:disputes": Row(STUDENTS),
    "analytics:withdraw_dispute": Row(post=(SIGN_IN, 302, 404, 404, 404)),
    "analytics:cohort_disputes": Row((SIGN_IN, 404, 200, 404, 404)),
    "analytics:cohort_dispute": Row(
        (SIGN_IN, 404, 200, 404, 404), post=(SIGN_IN, 404, 302, 404, 404), data={"text": "Thank you."}
    ),
    "analytics:institution_disputes": Row(ADMINISTRATORS),
    # Sam has a teacher, so what he disputes is hers to answer.
    "analytics:institution_dispute": Row((SIGN_IN, 404, 404, 404, 404), post=(SIGN_IN, 404, 404, 404, 404)),
    "analytics:review": Row((SIGN_IN, 404, 200, 404, 404)),
    "analytics:review_answer": Row((SIGN_IN, 404, 200, 404, 404), post=(SIGN_IN, 404, 422, 404, 404)),
    "analytics:delete_review_comment": Row(post=(SIGN_IN, 404, 302, 404, 404)),
    "analytics:usage": Row(ADMINISTRATORS),
    "analytics:usage_csv": Row(ADMINISTRATORS),
    "analytics:models": Row(ADMINISTRATORS),
    "analytics:models_status": Row(ADMINISTRATORS),
    "analytics:export_ratings": Row(ADMINISTRATORS),
    "analytics:train_models": Row(post=DONE_BY_ADMINISTRATORS),
    "analytics:roll_back": Row(post=DONE_BY_ADMINISTRATORS),
    "analytics:score_anew": Row(post=DONE_BY_ADMINISTRATORS),
    "analytics:stop_training": Row(post=DONE_BY_ADA),
    "analytics:switch_on": Row(post=DONE_BY_ADA),
    "analytics:stop_scoring": Row(post=DONE_BY_ADA),
    # --- learning platforms: people who came by a launch
    # Nobody here came by one, so there is nothing to join; tests/lti/people has those who did.
    # A launch says itself who comes; without one there is nobody to let in.
    "lti:login": Row((400, 400, 400, 400, 400), post=(400, 400, 400, 400, 400)),
    "lti:launch": Row(OPEN, post=(400, 400, 400, 400, 400)),
    "lti:jwks": Row(OPEN),
    "lti:closed": Row(OPEN),
    "lti:window": Row(post=ANYBODY, data={"path": "/"}),
    # Only from a page of our own, with a token.
    "lti:enter": Row(post=(403, 403, 403, 403, 403), data={"token": "x"}),
    "lti:join": Row(DONE_BY_ANYBODY, post=DONE_BY_ANYBODY),
    "lti:not_now": Row((SIGN_IN, 302, 404, 404, 404)),
    # --- learning platforms
    "lti:registrations": Row(ADMINISTRATORS),
    "lti:new_registration": Row(ADMINISTRATORS, post=ADMINISTRATORS),
    "lti:registration_link": Row(
        ADMINISTRATORS, post=ADMINISTRATORS, data={"name": "Moodle", "product": "moodle"}
    ),
    "lti:revoke_registration_link": Row(post=DONE_BY_ADA),
    "lti:registration": Row(OF_ADA),
    "lti:edit_registration": Row(OF_ADA, post=OF_ADA),
    "lti:check_registration": Row(post=OF_ADA),
    "lti:switch_registration": Row(post=DONE_BY_ADA, data={"act": "off"}),
    "lti:deployment": Row(post=DONE_BY_ADA, data={"act": "add", "deployment_id": "2"}),
    "lti:delete_registration": Row(OF_ADA, post=DONE_BY_ADA, data={"confirmation": "Moodle"}),
    # For the operator of the house, who is none of these (tests/lti/registering/test_keys.py).
    "lti:our_keys": Row((SIGN_IN, 403, 403, 403, 403), post=(SIGN_IN, 403, 403, 403, 403)),
    # The link itself is the right to open it. Without the platform's words nothing is registered.
    "lti:register": Row((400, 400, 400, 400, 400)),
    "lti:canvas_configuration": Row(OPEN),
    # --- learning platforms: Tia chooses what goes into her course. Without an interview it is back to the list.
    "lti:choose": Row(OF_TIA),
    "lti:choose_new": Row(DONE_BY_TIA, post=DONE_BY_TIA),
    "lti:choose_again": Row(DONE_BY_TIA, post=DONE_BY_TIA),
    "lti:choose_take_out": Row(post=DONE_BY_TIA, data={"key": "x"}),
    "lti:choose_send": Row(post=DONE_BY_TIA),
    "lti:choose_sent": Row(DONE_BY_TIA),
    "lti:choose_cancel": Row(post=DONE_BY_TIA),
    "lti:grades": Row((SIGN_IN, 404, 200, 404, 404)),
    "lti:send_again": Row(post=(SIGN_IN, 404, 302, 404, 404)),
    # Without a rating of Tia's there is nothing that she could confirm.
    "lti:confirm_grade": Row((SIGN_IN, 404, 200, 404, 404), post=(SIGN_IN, 404, 422, 404, 404), data={"points": "5"}),
    "lti:refresh_roster": Row(post=DONE_IN_THE_COHORT),
    "lti:links": Row(OF_THE_COHORT),
    "lti:bind_link": Row(OF_THE_COHORT, post=DONE_IN_THE_COHORT, data={"assignment": "assignment_id"}),
    # --- the API
    "api:sessions": Row(API),
    "api:session": Row(API_OF_SAM),
    "api:scenarios": Row(API),
    "api:recording": Row(post=(403, 403, 404, 404, 404), data=SEGMENT, json=True),
    "api:recording_segment": Row(API_OF_SAM),
    "api:recording_complete": Row(post=(403, 200, 404, 404, 404), json=True),
}  # fmt: skip

SOCKETS: dict[str, tuple[bool, bool, bool, bool, bool]] = {
    "live_practice": (False, True, False, False, False),
}
"""Whether (stranger, Sam, Tia, Ada, Otto) are let in."""

BY_TOKEN = {"cohorts:join", "accounts:password_reset_confirm", "lti:register", "lti:canvas_configuration"}
"""Addresses that hold a secret, which is itself the right to open them."""
OF_NOBODY = {"analytics:cue", "analytics:model_card"}
"""Addresses whose parameter names a word of the product, and nothing that belongs to anybody."""
OPERATOR = "admin"
"""Django's admin: one rule for the whole namespace, see below."""


# --- the characters and their things --------------------------------------------------------------


@pytest.fixture
def things(
    sam: User, tia: User, ada: User, cohort: Cohort, assignment: Assignment, northfield: Institution
) -> dict[str, Any]:
    """One object of Northfield for each parameter of an address."""
    question_ids = [question.pk for question in assignment.scenario.questions.all()]
    own = Scenario.objects.create(
        institution=northfield,
        slug="own",
        language="en",
        title="Own",
        job_title="Own",
        summary="Northfield's.",
    )
    question = Question.objects.create(
        scenario=own, key="one", position=0, text="What?", type="opening", difficulty=1
    )
    session = PracticeSession.objects.create(
        institution=northfield,
        user=sam,
        scenario=assignment.scenario,
        cohort=cohort,
        assignment=assignment,
        question_ids=question_ids,
        record=True,
    )
    answer = Answer.objects.create(
        institution=northfield,
        session=session,
        question_id=question_ids[0],
        position=0,
        question_text="What?",
    )
    recording = Recording.objects.create(
        institution=northfield, answer=answer, mime="video/webm", state=RecordingState.READY, size=4
    )
    dispute = Dispute.objects.create(
        institution=northfield, answer=answer, about=About.TRANSCRIPT, words="I said something else."
    )
    Consent.objects.create(
        institution=northfield, user=sam, purpose=Purpose.REVIEW, version=current(Purpose.REVIEW).version
    )
    reviewed = Answer.objects.create(
        institution=northfield,
        session=session,
        question_id=question_ids[1],
        position=1,
        question_text="And then?",
        state=AnswerState.SAVED,
        stream_ms=9000,
    )
    comment = RatingComment.objects.create(
        institution=northfield, answer=reviewed, author=tia, text="Tell more of this."
    )
    recording.file.save("test.webm", ContentFile(b"\x1a\x45\xdf\xa3"))
    RecordingSegment.objects.create(institution=northfield, recording=recording, number=0, started_ms=0)
    soon = timezone.now() + timedelta(days=1)
    link = invite_by_link(cohort=cohort, max_uses=5, expires_at=soon, by=tia)
    run = TrainingRun.objects.create(institution=northfield, by=ada, state=RunState.DONE)
    version = ModelVersion.objects.create(
        institution=northfield, kind=ModelKind.ENGAGEMENT, name="northfield-1", catalogue_version=1, run=run
    )
    rescoring = Rescoring.objects.create(institution=northfield, version=version, by=ada, state=RunState.DONE)
    platform = Registration.objects.create(
        institution=northfield,
        name="Moodle",
        issuer="http://127.0.0.1:1",
        client_id="client-1",
        login_url="http://127.0.0.1:1/auth",
        token_url="http://127.0.0.1:1/token",
        keys_url="http://127.0.0.1:1/keys",
    )
    course = Course.objects.create(
        institution=northfield, registration=platform, context_id="course-7", cohort=cohort
    )
    selection = Selection.objects.create(
        institution=northfield,
        registration=platform,
        deployment_id="1",
        course=course,
        user=tia,
        return_url="http://127.0.0.1:1/back",
    )
    resource_link = ResourceLink.objects.create(
        institution=northfield, registration=platform, course=course, link_id="link-7"
    )
    graded_link = ResourceLink.objects.create(
        institution=northfield,
        registration=platform,
        course=course,
        link_id="link-8",
        assignment=assignment,
        points=10,
    )
    way = links.make(institution=northfield, product=Product.CANVAS, name="Canvas", by=ada)
    return {
        "registration_id": platform.pk,
        "selection_id": selection.pk,
        "link": resource_link.pk,
        "graded_link": graded_link.pk,
        "registration_link_id": way.link.pk,
        "link_token": way.token,
        "run_id": run.pk,
        "version_id": version.pk,
        "rescoring_id": rescoring.pk,
        "institution_id": northfield.pk,
        "cohort_id": cohort.pk,
        "assignment_id": assignment.pk,
        "scenario_id": own.pk,
        "question_id": question.pk,
        "kind": "opening",
        "user_id": sam.pk,
        "session_id": session.pk,
        "answer_id": answer.pk,
        "recording_id": recording.pk,
        "dispute_id": dispute.pk,
        "reviewed_id": reviewed.pk,
        "comment_id": comment.pk,
        "number": 0,
        "code": "GZ_DR",
        "name": "engagement-sim-1",
        "invitation_id": link.invitation.pk,
        "token": link.token,
        "uidb64": urlsafe_base64_encode(force_bytes(sam.pk)),
        "reset_token": default_token_generator.make_token(sam),
    }


@dataclass(frozen=True)
class Character:
    name: str
    column: int
    user: User | None
    role: Role | None = None

    def expected(self, answers: Answers) -> Any:
        answer = answers[self.column]
        if isinstance(answer, tuple):
            return answer[(Role.STUDENT, Role.TEACHER, Role.ADMINISTRATOR).index(self.role or Role.STUDENT)]
        return answer


@pytest.fixture
def characters(sam: User, tia: User, ada: User, otto: User) -> list[Character]:
    people = [("stranger", None), ("sam", sam), ("tia", tia), ("ada", ada)]
    named = [Character(name, column, user) for column, (name, user) in enumerate(people)]
    return named + [Character(f"otto as {role}", 4, otto, role) for role in Role]


# --- every address --------------------------------------------------------------------------------


def walk(patterns: list[Any], namespaces: tuple[str, ...] = ()) -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            yield from walk(pattern.url_patterns, inner)
        else:
            yield ":".join((*namespaces, pattern.name or f"({pattern.pattern})")), pattern


ADDRESSES = dict(walk(get_resolver().url_patterns))
OURS = {name: pattern for name, pattern in ADDRESSES.items() if name.split(":")[0] != OPERATOR}


def parameters(pattern: URLPattern) -> list[str]:
    return list(pattern.pattern.converters)


def address(name: str, things: dict[str, Any]) -> str:
    values = {key: things[key] for key in parameters(OURS[name])}
    if name == "accounts:password_reset_confirm":
        values["token"] = things["reset_token"]
    return reverse(name, kwargs=values)


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    assert set(OURS) - set(TABLE) == set(), "Add a row to TABLE for each of these addresses."
    assert set(TABLE) - set(OURS) == set(), "These rows are about addresses that are gone."


@pytest.mark.parametrize("name", [name for name in TABLE if name in OURS])
@pytest.mark.parametrize("method", ["get", "post"])
def test_who_gets_what(
    name: str,
    method: str,
    things: dict[str, Any],
    characters: list[Character],
    sign_in: Callable[..., Client],
) -> None:
    row = TABLE[name]
    answers = row.get if method == "get" else row.post
    found, expected = {}, {}
    for character in characters:
        status = _ask(name, method, row, things, character, sign_in)
        if answers is None:
            assert status in (SIGN_IN, 403, 404, 405), f"{name}: {method} by {character.name} gave {status}"
            continue
        found[character.name], expected[character.name] = status, character.expected(answers)
    assert found == expected


@pytest.mark.parametrize(
    "name",
    [name for name, pattern in OURS.items() if parameters(pattern) and name not in BY_TOKEN | OF_NOBODY],
)
def test_otto_always_gets_404_on_objects(
    name: str, things: dict[str, Any], characters: list[Character], sign_in: Callable[..., Client]
) -> None:
    """And the same for objects that never were, so that the two cannot be told apart."""
    row = TABLE[name]
    missing = things | {key: uuid.uuid4() for key in things if key.endswith("_id")}
    for character in characters:
        if character.user is None or character.role is None:
            continue
        for method in ("get", "post"):
            if (row.get if method == "get" else row.post) is not None:
                there = _ask(name, method, row, things, character, sign_in)
                nowhere = _ask(name, method, row, missing, character, sign_in)
                assert (there, nowhere) == (404, 404), f"{method} by {character.name}"


def _ask(
    name: str,
    method: str,
    row: Row,
    things: dict[str, Any],
    character: Character,
    sign_in: Callable[..., Client],
) -> Any:
    """The status that the character gets; whatever the request wrote is undone."""
    with transaction.atomic():
        if character.role is not None:
            Membership.objects.filter(user=character.user).update(role=character.role)
        client = sign_in(character.user)
        data = {key: things.get(value, value) for key, value in row.data.items()}
        kind = {"content_type": "application/json"} if row.json else {}
        if method == "get":
            response = client.get(address(name, things))
        else:
            response = client.post(address(name, things), json.dumps(data) if row.json else data, **kind)
        _close(response)
        transaction.set_rollback(True)
    target = response.headers.get("Location", "")
    is_sign_in = response.status_code == 302 and target.startswith(reverse("accounts:sign_in") + "?")
    return SIGN_IN if is_sign_in else response.status_code


def _close(response: Any) -> None:
    """Closes what a response streams, without the end of a request that would close the test's own connection."""
    request_finished.disconnect(close_old_connections)
    response.close()
    request_finished.connect(close_old_connections)


# --- the operator's admin -------------------------------------------------------------------------


def test_the_admin_is_for_operators_only(
    characters: list[Character], ada: User, sign_in: Callable[..., Client]
) -> None:
    pages = [reverse("admin:index"), reverse("admin:accounts_user_changelist")]
    for page in pages:
        for character in characters:
            response = sign_in(character.user).get(page)
            assert response.status_code == 302
            assert response.headers["Location"].startswith(reverse("admin:login"))
    operator = User.objects.create_superuser("op@host.example", "a long quiet evening", name="Op")
    assert {sign_in(operator).get(page).status_code for page in pages} == {200}


def test_an_operator_has_no_role_in_any_institution(cohort: Cohort, sign_in: Callable[..., Client]) -> None:
    operator = User.objects.create_superuser("op@host.example", "a long quiet evening", name="Op")
    assert sign_in(operator).get(reverse("cohorts:roster", args=[cohort.pk])).status_code == 404
    assert sign_in(operator).get(reverse("cohorts:people")).status_code == 403


# --- sockets --------------------------------------------------------------------------------------


def test_every_socket_has_a_row() -> None:
    assert {pattern.name for pattern in websocket_urlpatterns} == set(SOCKETS)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", SOCKETS)
def test_who_is_let_into_a_socket(
    name: str, things: dict[str, Any], characters: list[Character], sign_in: Callable[..., Client]
) -> None:
    pattern = next(pattern for pattern in websocket_urlpatterns if pattern.name == name)
    values = {key: things[key] for key in pattern.pattern.converters}
    path = "/" + str(pattern.pattern).replace("<uuid:session_id>", str(values["session_id"]))
    found, expected = {}, {}
    for character in characters:
        if character.role is not None:
            Membership.objects.filter(user=character.user).update(role=character.role)
        cookie = sign_in(character.user).cookies.get(settings.SESSION_COOKIE_NAME)
        found[character.name] = async_to_sync(_is_let_in)(path, cookie.value if cookie else "")
        expected[character.name] = SOCKETS[name][character.column]
    assert found == expected


async def _is_let_in(path: str, cookie: str) -> bool:
    """Whether the socket welcomes the person; it is accepted before it is closed, so that a browser learns why."""
    from greenroom.asgi import application
    from sessions.live.protocol import SUBPROTOCOL

    headers = [(b"origin", b"http://localhost"), (b"host", b"localhost")]
    if cookie:
        headers.append((b"cookie", f"{settings.SESSION_COOKIE_NAME}={cookie}".encode()))
    socket = WebsocketCommunicator(application, path, headers=headers, subprotocols=[SUBPROTOCOL])
    connected, _ = await socket.connect(timeout=10)
    if not connected:
        return False
    first = await socket.receive_output(timeout=10)
    await socket.disconnect()
    return bool(first["type"] == "websocket.send" and json.loads(first["text"])["type"] == "welcome")
