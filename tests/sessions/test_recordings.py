"""A recording from the browser's first piece to the player, and everything that is refused on the way."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from asgiref.sync import async_to_sync
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.actions import delete_under_purpose, withdraw_consent
from accounts.data.deletion import forget
from accounts.models import Institution, Purpose, User
from sessions.models import Answer, AnswerState, PracticeSession, Recording, RecordingState, Scenario
from sessions.recordings import actions
from sessions.recordings.receive import MAX_PIECE_BYTES

SignIn = Callable[[User | None], Client]


def webm(seconds: float = 1.0) -> bytes:
    """A real recording of a tone as a browser writes it: Opus in WebM, without duration and index."""
    out = io.BytesIO()
    with av.open(out, "w", format="webm", options={"live": "1"}) as container:
        stream = container.add_stream("libopus", rate=48000)
        stream.layout = "mono"
        tone = np.sin(2 * np.pi * 440 * np.arange(int(seconds * 48000)) / 48000)
        frame = av.AudioFrame.from_ndarray(
            (tone * 12000).astype(np.int16)[None, :], format="s16", layout="mono"
        )
        frame.sample_rate = 48000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return out.getvalue()


@pytest.fixture
def client(sign_in: SignIn, sam: User) -> Client:
    return sign_in(sam)


@pytest.fixture
def answer(sam: User, northfield: Institution, scenario: Scenario, agree: Callable[..., None]) -> Answer:
    """Sam's open answer in a session that is recorded."""
    agree(sam, northfield, Purpose.RECORDING)
    question = scenario.questions.first()
    session = PracticeSession.objects.create(
        institution=northfield, user=sam, scenario=scenario, record=True, question_ids=[question.pk]
    )
    return Answer.objects.create(
        institution=northfield, session=session, question=question, position=0, question_text=question.text
    )


def begin(client: Client, answer: Answer, mime: str = "audio/webm;codecs=opus", started_ms: Any = 0) -> Any:
    return client.post(
        reverse("api:recording", args=[answer.pk]),
        {"mime": mime, "started_ms": started_ms},
        content_type="application/json",
    )


def put(client: Client, url: str, offset: int, piece: bytes) -> Any:
    return client.put(f"{url}?offset={offset}", piece, content_type="application/octet-stream")


def end(answer: Answer) -> None:
    answer.state, answer.ended_at = AnswerState.SAVED, timezone.now()
    answer.save()


def recorded(client: Client, answer: Answer, content: bytes) -> Recording:
    """The whole way: begin, send, complete, end, prepare."""
    url = begin(client, answer).json()["url"]
    assert put(client, url, 0, content).status_code == 200
    assert client.post(f"{url}complete/").status_code == 200
    end(answer)
    recording = Recording.objects.get()
    actions.prepare_received(recording_id=recording.pk)
    recording.refresh_from_db()
    return recording


def test_pieces_become_a_file_that_plays_on_the_answers_clock(client: Client, answer: Answer) -> None:
    content = webm(2.0)
    url = begin(client, answer, started_ms=1500).json()["url"]
    half = len(content) // 2
    assert put(client, url, 0, content[:half]).json() == {"offset": half}
    assert client.get(url).json() == {"offset": half}
    assert put(client, url, half, content[half:]).json() == {"offset": len(content)}
    client.post(f"{url}complete/")
    assert ProcrastinateJob.objects.filter(task_name__endswith="prepare_recording").exists()
    end(answer)
    actions.prepare_received(recording_id=Recording.objects.get().pk)
    recording = Recording.objects.get()
    assert recording.state == RecordingState.READY
    assert recording.started_ms == 1500
    assert recording.duration_ms == pytest.approx(2000, abs=120)
    with av.open(recording.file.path) as played:
        assert played.duration is not None, "seekable"


def test_a_cut_connection_goes_on_where_the_server_stands(client: Client, answer: Answer) -> None:
    content = webm()
    url = begin(client, answer).json()["url"]
    put(client, url, 0, content[:1000])
    again = put(client, url, 0, content[:1000])
    assert (again.status_code, again.json()["offset"]) == (409, 1000)
    ahead = put(client, url, 5000, content[5000:])
    assert (ahead.status_code, ahead.json()["offset"]) == (409, 1000)
    assert put(client, url, 1000, content[1000:]).json() == {"offset": len(content)}


def test_a_reload_makes_a_second_segment_of_one_recording(client: Client, answer: Answer) -> None:
    first = begin(client, answer).json()["url"]
    put(client, first, 0, webm())
    second = begin(client, answer, started_ms=4000).json()["url"]
    put(client, second, 0, webm())
    for url in (first, second):
        client.post(f"{url}complete/")
    end(answer)
    actions.prepare_received(recording_id=Recording.objects.get().pk)
    recording = Recording.objects.get()
    assert recording.state == RecordingState.READY
    assert recording.duration_ms == pytest.approx(5000, abs=200)


def test_without_consent_nothing_is_received(client: Client, answer: Answer, sam: User) -> None:
    content = webm()
    url = begin(client, answer).json()["url"]
    put(client, url, 0, content[:1000])
    withdraw_consent(user=sam, institution=answer.institution, purpose=Purpose.RECORDING)
    refused = put(client, url, 1000, content[1000:])
    assert (refused.status_code, refused.json()["code"]) == (403, "no_consent")
    assert begin(client, answer).json()["code"] == "no_consent"


def test_a_session_that_is_not_recorded_takes_no_recording(client: Client, answer: Answer) -> None:
    PracticeSession.objects.update(record=False)
    assert begin(client, answer).status_code == 403
    assert not Recording.objects.exists()


@pytest.mark.parametrize("mime", ["text/html", "image/png", "video/x-matroska", "application/x-mpegURL"])
def test_wrong_types_are_refused(client: Client, answer: Answer, mime: str) -> None:
    assert begin(client, answer, mime).status_code == 415
    assert not Recording.objects.exists()


def test_bytes_that_are_not_what_they_say_are_refused(client: Client, answer: Answer) -> None:
    url = begin(client, answer).json()["url"]
    assert put(client, url, 0, b"<html><script>alert(1)</script>").status_code == 415
    assert client.get(url).json() == {"offset": 0}


def test_a_piece_that_is_too_large_is_refused(client: Client, answer: Answer) -> None:
    url = begin(client, answer).json()["url"]
    refused = put(client, url, 0, webm() + bytes(MAX_PIECE_BYTES))
    assert (refused.status_code, refused.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize("started_ms", [-1, 3_600_000, "now"])
def test_times_outside_an_answer_are_refused(client: Client, answer: Answer, started_ms: Any) -> None:
    assert begin(client, answer, started_ms=started_ms).status_code in (400, 422)


def test_an_answer_that_has_ended_takes_no_more(client: Client, answer: Answer) -> None:
    url = begin(client, answer).json()["url"]
    put(client, url, 0, webm())
    client.post(f"{url}complete/")
    assert put(client, url, client.get(url).json()["offset"], b"more").status_code == 409
    end(answer)
    assert begin(client, answer).json()["code"] == "closed"


def test_what_no_player_could_read_is_kept_as_not_usable(client: Client, answer: Answer) -> None:
    recording = recorded(client, answer, b"\x1a\x45\xdf\xa3" + bytes(5000))
    assert recording.state == RecordingState.REFUSED
    assert recording.problem
    assert client.get(reverse("practice:recording", args=[recording.pk])).status_code == 404


def test_other_peoples_answers_do_not_exist(
    client: Client, sign_in: SignIn, answer: Answer, tia: User, otto: User, ada: User
) -> None:
    url = begin(client, answer).json()["url"]
    for person in (tia, otto, ada):
        other = sign_in(person)
        assert begin(other, answer).status_code == 404
        assert other.get(url).status_code == 404
        assert put(other, url, 0, webm()).status_code == 404
        assert other.post(f"{url}complete/").status_code == 404
    assert begin(sign_in(None), answer).status_code == 403


async def body_of(response: Any) -> bytes:
    return b"".join([part async for part in response.streaming_content])


def test_a_range_of_the_recording_is_served_to_its_owner_alone(
    client: Client, sign_in: SignIn, answer: Answer, otto: User, tia: User
) -> None:
    recording = recorded(client, answer, webm(2.0))
    whole = Path(recording.file.path).read_bytes()
    address = reverse("practice:recording", args=[recording.pk])
    full: Any = client.get(address)
    assert (full.status_code, full["Accept-Ranges"]) == (200, "bytes")
    assert "no-store" in full["Cache-Control"]
    assert async_to_sync(body_of)(full) == whole
    part: Any = client.get(address, headers={"range": "bytes=100-199"})
    assert (part.status_code, part["Content-Range"]) == (206, f"bytes 100-199/{len(whole)}")
    assert async_to_sync(body_of)(part) == whole[100:200]
    assert client.get(address, headers={"range": f"bytes={len(whole)}-"}).status_code == 416
    for person in (otto, tia):
        assert sign_in(person).get(address).status_code == 404


def forget_files() -> None:
    """Does what the worker would do with the files of deleted rows."""
    for job in ProcrastinateJob.objects.filter(task_name__endswith="forget_files"):
        forget(job.args["files"])


def test_deleting_leaves_neither_row_nor_file(client: Client, answer: Answer) -> None:
    recording = recorded(client, answer, webm())
    path = Path(recording.file.path)
    assert path.exists()
    told = client.post(reverse("practice:delete_recording", args=[recording.pk]))
    assert told["Location"] == reverse("analytics:result", args=[answer.session_id])
    assert not Recording.objects.exists()
    forget_files()
    assert not path.exists()
    assert Answer.objects.filter(pk=answer.pk).exists(), "the answer stays"


def test_nobody_else_deletes_it(
    client: Client, sign_in: SignIn, answer: Answer, tia: User, otto: User
) -> None:
    recording = recorded(client, answer, webm())
    for person in (tia, otto):
        address = reverse("practice:delete_recording", args=[recording.pk])
        assert sign_in(person).post(address).status_code == 404
    assert client.get(reverse("practice:delete_recording", args=[recording.pk])).status_code == 405
    assert Recording.objects.exists()


def test_withdrawing_the_consent_with_its_recordings_deletes_the_files(
    client: Client, answer: Answer, sam: User
) -> None:
    path = Path(recorded(client, answer, webm()).file.path)
    delete_under_purpose(user=sam, institution=answer.institution, purpose=Purpose.RECORDING)
    assert not Recording.objects.exists()
    forget_files()
    assert not path.exists()
