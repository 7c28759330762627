"""The proof that a learner's listener rating, index and advice are theirs alone: by page, API, socket and export.

Everything that the others can get is asked for twice: before Sam has any such result, and after. What they get must be
the same, byte for byte but for what no two requests share (tokens), so that neither a value nor a name, a count or a
difference in words tells anything. The addresses are those of the table of permissions: a new one is proved as well,
the moment it has its row there.
"""

from __future__ import annotations

import ast
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import numpy
import pyarrow.parquet
import pytest
from asgiref.sync import async_to_sync
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.contrib import admin
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import data
from accounts.models import Consent, Institution, Membership, ModelKind, Purpose, Role, User
from accounts.purposes import current
from cohorts.models import Cohort, CohortRole, Enrolment
from lti.keys.own import signing_key
from scoring.interchange.simulated import Plan
from sessions.live.routing import websocket_urlpatterns
from sessions.models import (
    Advice,
    Answer,
    AnswerResult,
    AnswerScore,
    AnswerState,
    AnswerTranscript,
    Dispute,
    Drill,
    PracticeSession,
    ResultState,
    Scenario,
    ScoreKind,
    State,
)
from sessions.training.simulated import simulate_rated_answers
from tests.conftest import CHECKOUT, person
from tests.greenroom import test_permissions as table

SignIn = Callable[[User | None], Client]
things = table.things
characters = table.characters

LISTENER, INDEX, BEFORE, AFTER = 0.831277, -0.417193, 0.317191, 0.941171
VERSIONS = ("secret-listener-1", "secret-index-1", "secret-advice-1")
MARKS = (*VERSIONS, *(f"{abs(value):.4f}" for value in (LISTENER, INDEX, BEFORE, AFTER)), "61234")
"""What would show in any form in which a result is written out."""
ONE_MOMENT = [[61234, 67891]]

PACKED = {"accounts:privacy_download", "analytics:export_ratings"}
"""Exports in a ZIP, which are unpacked and read below."""
UNLIKE = {"readyz"}
"""Never twice the same: it says how many milliseconds it took."""
ASKED = sorted(set(table.OURS) - PACKED - UNLIKE)


# --- Sam's results --------------------------------------------------------------------------------


@pytest.fixture
def kim(northfield: Institution, cohort: Cohort) -> User:
    """Another student of Sam's cohort."""
    kim = person("kim@northfield.example", "Kim Adler", northfield, Role.STUDENT)
    Enrolment.objects.create(institution=northfield, cohort=cohort, user=kim, role=CohortRole.STUDENT)
    return kim


@pytest.fixture
def practised(things: dict[str, Any], sam: User, northfield: Institution) -> list[Answer]:
    """Sam has finished, is analysed, and shares all that can be shared; his institution runs every model."""
    northfield.models_allowed = [kind.value for kind in ModelKind]
    northfield.save()
    for purpose in Purpose:
        words = {"purpose": purpose, "version": current(purpose).version}
        Consent.objects.get_or_create(user=sam, institution=northfield, **words)
    now = timezone.now()
    PracticeSession.objects.filter(pk=things["session_id"]).update(
        state=State.DONE, started_at=now, ended_at=now
    )
    answers = list(Answer.objects.filter(session=things["session_id"]))
    for answer in answers:
        answer.state = AnswerState.SAVED
        answer.stream_ms, answer.ended_at = 70_000, now
        answer.save()
        result = AnswerResult(
            answer=answer, institution=northfield, state=ResultState.READY, catalogue_version=1, made_at=now
        )
        result.cues = {"GZ_DR": {"v": 0.65}, "LATENCY": {"v": 1.4}}
        result.save()
        AnswerTranscript.objects.create(answer=answer, institution=northfield, language="en", model="test")
    return answers


def keep_results(answers: list[Answer]) -> None:
    """The index, the estimate and the advice of each answer, an older one of each, and a drill of one."""
    for answer in answers:
        of_answer: dict[str, Any] = {"answer": answer, "institution": answer.institution}
        for is_current in (True, False):
            for kind, version, value in (
                (ScoreKind.ENGAGEMENT, VERSIONS[0], LISTENER),
                (ScoreKind.PERFORMANCE, VERSIONS[1], INDEX),
            ):
                AnswerScore.objects.create(
                    **of_answer,
                    kind=kind,
                    version=version,
                    value=value,
                    details=_details(kind),
                    current=is_current,
                )
            advice = Advice.objects.create(
                **of_answer,
                version=VERSIONS[2],
                engagement_version=VERSIONS[0],
                changes=[_change("GZ_DR", "up"), _change("HD_TH", "down")],
                details={"seconds": 68, "low": 40, "turned": 31, "before": BEFORE, "after": AFTER},
                current=is_current,
            )
    _drill(answers[0], advice)


def _details(kind: ScoreKind) -> dict[str, Any]:
    if kind == ScoreKind.ENGAGEMENT:
        return {"seconds": [LISTENER] * 68, "covered": 1.0, "low": 40, "high": 28}
    term = {"cue": "GZ_DR", "direction": "band", "value": 0.65, "weight": 1.0, "score": INDEX, "band": INDEX}
    expected = {"cue": "GZ_DR", "direction": "band", "weight": 1.0}
    return {"terms": [term], "left_out": [], "expected": [expected], "usual": {}}


def _change(cue: str, direction: str) -> dict[str, Any]:
    values = {"before": BEFORE, "after": AFTER, "seconds": 31, "moments": ONE_MOMENT}
    return {"cue": cue, "direction": direction, **values}


def _drill(answer: Answer, advice: Advice) -> None:
    now, session = timezone.now(), answer.session
    again = PracticeSession.objects.create(
        institution=session.institution,
        user=session.user,
        scenario=session.scenario,
        cohort=session.cohort,
        question_ids=[answer.question_id],
        state=State.DONE,
        is_drill=True,
        started_at=now,
        ended_at=now,
    )
    Drill.objects.create(
        session=again,
        institution=session.institution,
        advice=advice,
        source=answer,
        cues=["GZ_DR"],
        before={"GZ_DR": {"v": BEFORE, "error": 0.01}},
    )
    given = Answer.objects.create(
        institution=session.institution,
        session=again,
        question=answer.question,
        position=0,
        question_text=answer.question_text,
        state=AnswerState.SAVED,
        stream_ms=30_000,
        ended_at=now,
    )
    AnswerResult.objects.create(
        answer=given,
        institution=session.institution,
        state=ResultState.READY,
        catalogue_version=1,
        cues={"GZ_DR": {"v": AFTER}},
        made_at=now,
    )


# --- asking for everything ------------------------------------------------------------------------


def ask_everything(client: Client, things: dict[str, Any]) -> dict[str, str]:
    """What each address of the table answers to GET, without what no two requests share."""
    found = {}
    for name in ASKED:
        with transaction.atomic():
            response = client.get(table.address(name, things))
            body = whole(response)
            table._close(response)
            transaction.set_rollback(True)
        headers = {key: value for key, value in response.headers.items() if key in ("Location", "Link")}
        found[name] = f"{response.status_code} {headers} {unlike(body.decode(errors='replace'))}"
    return found


def whole(response: Any) -> bytes:
    """The body of a response, streamed or not."""
    if not response.streaming:
        return bytes(response.content)
    if response.is_async:
        return async_to_sync(_collected)(response)
    return b"".join(response.streaming_content)


async def _collected(response: Any) -> bytes:
    return b"".join([part async for part in response.streaming_content])


def unlike(body: str) -> str:
    """Without tokens and the time of a refused launch, which differ from request to request."""
    body = re.sub(r"<dt>Time</dt><dd><time.*?</dd>", "", body)
    return re.sub(r"\b[A-Za-z0-9]{64}\b", "token", body)


def marks_in(text: str) -> list[str]:
    return [mark for mark in MARKS if mark in text]


OPENED = {"tia": 25, "ada": 25, "kim": 15, "otto as teacher": 10, "otto as administrator": 15}
"""Who asks, and how many of their requests at least are answered with a page.

Strangers, and Otto as a student, open nothing that these do not (the table of permissions).
"""


@pytest.fixture
def others(
    request: pytest.FixtureRequest, characters: list[table.Character], kim: User
) -> Callable[[str], User | None]:
    """`others("tia")` is the person of that name, in the role that the name gives."""

    def of_name(name: str) -> User | None:
        if name == "kim":
            return kim
        found = next(one for one in characters if one.name == name)
        if found.role is not None:
            Membership.objects.filter(user=found.user).update(role=found.role)
        return found.user

    return of_name


@pytest.mark.slow
@pytest.mark.parametrize("name", OPENED)
def test_nobody_else_can_tell_whether_sam_has_results(
    name: str,
    things: dict[str, Any],
    practised: list[Answer],
    others: Callable[[str], User | None],
    sign_in: SignIn,
) -> None:
    client = sign_in(others(name))
    signing_key()  # made by the first who asks for it, and kept only if that request is
    before = ask_everything(client, things)
    keep_results(practised)
    after = ask_everything(client, things)
    assert sum(body.startswith("200") for body in after.values()) >= OPENED[name], "Not only refusals."
    assert {one for one in after if before[one] != after[one]} == set()
    assert {one: marks_in(body) for one, body in after.items() if marks_in(body)} == {}


def test_the_proof_sees_what_sam_sees(
    sam: User, things: dict[str, Any], practised: list[Answer], sign_in: SignIn
) -> None:
    """The same requests by the one whose results they are: were they open to others, the proof would fail."""
    client = sign_in(sam)
    before = ask_everything(client, things)
    keep_results(practised)
    after = ask_everything(client, things)
    told = {name for name in after if before[name] != after[name]}
    assert {"analytics:answer", "analytics:result", "analytics:dispute"} <= told
    assert marks_in(after["analytics:answer"])


def test_a_dispute_of_a_rating_tells_the_teacher_no_more_than_its_words(
    tia: User, cohort: Cohort, practised: list[Answer], sign_in: SignIn
) -> None:
    """The one thing of them that Sam himself brings up: still nothing of the results is in it."""
    found = []
    for about in ("performance", "engagement", "advice"):
        row = Dispute.objects.create(
            institution=cohort.institution, answer=practised[0], about=about, words="It does not look right."
        )
        found.append(reverse("analytics:cohort_dispute", args=[cohort.pk, row.pk]))
    client = sign_in(tia)
    before = [unlike(client.get(address).content.decode()) for address in found]
    keep_results(practised)
    assert [unlike(client.get(address).content.decode()) for address in found] == before


# --- the API and its schema -----------------------------------------------------------------------

NAMES = ("engagement", "listener", "performance", "advice", "hirab", "rating", "score")


def test_the_api_has_no_field_of_them(sign_in: SignIn) -> None:
    schema = json.loads(sign_in(None).get(reverse("schema"), {"format": "json"}).content)
    names = list(names_in(schema))
    assert "question_text" in names
    assert [name for name in names if any(word in name.lower() for word in NAMES)] == []


def names_in(schema: Any) -> Iterator[str]:
    """The names of all fields, parameters and types, at any depth."""
    if isinstance(schema, dict):
        yield from schema
        for inner in schema.values():
            yield from names_in(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from names_in(inner)


def test_not_even_sams_own_api_answers_hold_them(
    sam: User, things: dict[str, Any], practised: list[Answer], sign_in: SignIn
) -> None:
    """What a program reads with Sam's key can be passed on unseen; pages are where a result is explained."""
    keep_results(practised)
    client = sign_in(sam)
    for name in (one for one in ASKED if one.startswith("api:") and table.TABLE[one].get):
        assert marks_in(client.get(table.address(name, things)).content.decode()) == []


# --- exports --------------------------------------------------------------------------------------


def unpacked(archive: bytes) -> dict[str, str]:
    """The members of a ZIP as text, tables and arrays written out."""
    found = {}
    with zipfile.ZipFile(io.BytesIO(archive)) as members:
        for name in members.namelist():
            found[name] = _text(name, members.read(name))
    return found


def _text(name: str, content: bytes) -> str:
    if name.endswith(".parquet"):
        found = pyarrow.parquet.read_table(io.BytesIO(content))
        return f"{found.column_names} {found.to_pydict()} {found.schema.metadata}"
    if name.endswith(".npz"):
        arrays = numpy.load(io.BytesIO(content), allow_pickle=False)
        return " ".join(f"{key} {arrays[key].tolist()}" for key in arrays)
    return content.decode(errors="replace")


def test_nobody_elses_privacy_export_holds_them(
    sam: User, tia: User, ada: User, kim: User, otto: User, practised: list[Answer]
) -> None:
    keep_results(practised)
    for user in (tia, ada, kim, otto):
        members = unpacked(b"".join(data.zip_of(user)))
        assert {name: marks_in(text) for name, text in members.items() if marks_in(text)} == {}
    own = unpacked(b"".join(data.zip_of(sam)))
    assert set(VERSIONS) <= set(marks_in(" ".join(own.values()))), "They are Sam's to take with him."


def test_the_ratings_export_holds_no_models_rating(
    ada: User, northfield: Institution, scenario: Scenario, sign_in: SignIn
) -> None:
    """What an institution trains on is what people said, and what was measured."""
    northfield.simulated = True
    northfield.save()
    simulate_rated_answers(institution=northfield, plan=Plan(answers=4, raters=1))
    keep_results(list(Answer.objects.select_related("session__scenario", "session__user", "question")))
    members = unpacked(whole(sign_in(ada).get(reverse("analytics:export_ratings"))))
    assert {"ratings.parquet", "answers.parquet"} <= set(members)
    assert [name for name in members if name.endswith(".npz")]
    assert {name: marks_in(text) for name, text in members.items() if marks_in(text)} == {}
    columns = members["ratings.parquet"] + members["answers.parquet"]
    assert [word for word in ("performance", "advice", "score", "version") if word in columns] == []


# --- sockets --------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("socket", table.SOCKETS)
@pytest.mark.parametrize("name", ["tia", "ada", "otto as administrator"])
def test_no_socket_tells_them(
    socket: str,
    name: str,
    things: dict[str, Any],
    practised: list[Answer],
    others: Callable[[str], User | None],
    sign_in: SignIn,
) -> None:
    keep_results(practised)
    pattern = next(pattern for pattern in websocket_urlpatterns if pattern.name == socket)
    path = "/" + str(pattern.pattern)
    for key, value in things.items():
        path = re.sub(rf"<(\w+:)?{key}>", str(value), path)
    assert "<" not in path, "A new parameter has its object in `things`."
    cookie = sign_in(others(name)).cookies.get(settings.SESSION_COOKIE_NAME)
    heard = async_to_sync(_heard)(path, cookie.value if cookie else "")
    assert marks_in(heard) == []
    assert [word for word in NAMES if word in heard.lower()] == []


async def _heard(path: str, cookie: str) -> str:
    """All that a socket sends until it is closed or falls silent."""
    from greenroom.asgi import application
    from sessions.live.protocol import SUBPROTOCOL

    headers = [(b"origin", b"http://localhost"), (b"host", b"localhost")]
    headers.append((b"cookie", f"{settings.SESSION_COOKIE_NAME}={cookie}".encode()))
    socket = WebsocketCommunicator(application, path, headers=headers, subprotocols=[SUBPROTOCOL])
    heard: list[Any] = []
    connected, _ = await socket.connect(timeout=10)
    while connected and not await socket.receive_nothing(timeout=0.2):
        heard.append(await socket.receive_output(timeout=10))
        connected = heard[-1]["type"] != "websocket.close"
    await socket.disconnect()
    return json.dumps(heard, default=str)


# --- the operator's admin -------------------------------------------------------------------------


def test_the_operators_admin_does_not_list_them(practised: list[Answer], sign_in: SignIn) -> None:
    listed = {model for model in admin.site._registry if model._meta.app_label in ("practice", "scoring")}
    assert listed == set()
    keep_results(practised)
    operator = User.objects.create_superuser("op@host.example", "a long quiet evening", name="Op")
    client = sign_in(operator)
    for model in admin.site._registry:
        named = f"{model._meta.app_label}_{model._meta.model_name}"
        page = client.get(reverse(f"admin:{named}_changelist"))
        assert page.status_code == 200
        assert marks_in(page.content.decode()) == []


# --- who reads them at all ------------------------------------------------------------------------

ORDERS = {
    "sessions.listener.rescoring.ask_rescoring",
    "sessions.listener.rescoring.stop_rescoring",
    "sessions.listener.renewal.ask_renewal",
    "sessions.listener.tasks",
    "sessions.scores.score_again",
}
"""What orders work or does it, and hands no result back."""
READ = {"AnswerScore", "Advice", "Drill", "ScoreKind", "performance_of"}
"""The names by which a module can reach a result of this kind."""
RELATED = {"scores", "advice", "drills", "drill"}
"""And the ways to it from an answer, a session or an advice."""
THEIRS = {
    "the models themselves": ("sessions/models", "sessions/migrations"),
    "making and keeping them": ("sessions/scores.py", "sessions/listener", "sessions/analysis", "scoring"),
    "the drill, which is its learner's": ("sessions/drills", "sessions/views/drills.py"),
    "whether there is something to dispute, and nothing of it": ("sessions/disputes/queries.py",),
    "the learner's own pages, behind their gates": (
        "analytics/coach",
        "analytics/views/coach.py",
        "analytics/drills.py",
        "analytics/engagement.py",
        "analytics/performance.py",
        "analytics/results.py",
    ),
    "made-up people": ("analytics/demo",),
}
"""Who may name them, and why. Whoever adds a module here says why only the learner sees what it reads."""


def modules() -> Iterator[tuple[str, ast.Module]]:
    for folder in ("platform", "sessions", "analytics", "scoring", "lti"):
        for path in sorted((CHECKOUT / folder).rglob("*.py")):
            yield str(path.relative_to(CHECKOUT)), ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> set[str]:
    """Every name and module that is imported, wherever in the module."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            found |= {alias.name for alias in node.names} | {f"{node.module}.{a.name}" for a in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found


def reads(tree: ast.Module) -> set[str]:
    names = imported(tree)
    found = READ & names
    found |= {name for name in names if name.startswith(("sessions.listener", "sessions.scores"))} - ORDERS
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in READ:
            found.add(node.attr)
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found |= {part for part in re.split(r"__|\.", node.value) if part in READ}
    return found


def is_theirs(path: str) -> bool:
    places = [place for group in THEIRS.values() for place in group]
    return any(path == place or path.startswith(f"{place}/") for place in places)


def test_only_the_learners_modules_reach_them() -> None:
    found = {path: reads(tree) for path, tree in modules()}
    assert {path: names for path, names in found.items() if names and not is_theirs(path)} == {}
    for place in (place for group in THEIRS.values() for place in group):
        assert any(path == place or path.startswith(f"{place}/") for path in found), f"{place} is gone."


OF_TEACHERS = (
    "platform/accounts",
    "platform/cohorts",
    "sessions/api",
    "sessions/live",
    "sessions/ratings",
    "sessions/training",
    "analytics/csv_export.py",
    "analytics/participation.py",
    "analytics/queries.py",
    "analytics/shared_disputes.py",
    "analytics/usage.py",
    "analytics/registry/history.py",
    "analytics/registry/page.py",
    "analytics/views/cohort.py",
    "analytics/views/registry.py",
    "analytics/views/review.py",
    "analytics/views/usage.py",
)
"""Where pages and exports of teachers and administrators are made."""


@pytest.mark.parametrize("place", OF_TEACHERS)
def test_what_serves_teachers_follows_no_path_to_them(place: str) -> None:
    """Neither by name nor along a relation, as in `answer.scores` or `filter(answers__scores__value=1)`."""
    assert (CHECKOUT / place).exists(), f"{place} is gone."
    for path, tree in modules():
        if path == place or path.startswith(f"{place}/"):
            assert (path, reads(tree) | followed(tree)) == (path, set())


def followed(tree: ast.Module) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in RELATED:
            found.add(node.attr)
        if isinstance(node, ast.keyword) and node.arg:
            found |= RELATED & set(node.arg.split("__"))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "__" in node.value:
            found |= RELATED & set(node.value.split("__"))
    return found


def test_the_static_proof_sees_a_path() -> None:
    assert reads(ast.parse("from sessions.models import AnswerScore")) == {"AnswerScore"}
    assert reads(ast.parse("from sessions import models\nmodels.Advice.objects.all()")) == {"Advice"}
    assert reads(ast.parse("apps.get_model('practice.AnswerScore')")) == {"AnswerScore"}
    assert followed(ast.parse("answer.scores.all()")) == {"scores"}
    assert followed(ast.parse("rows.filter(answers__scores__value=1)")) == {"scores"}
    assert followed(ast.parse("rows.values('answers__advice__changes')")) == {"advice"}
