"""An answer that waits for its analysis, and a stand-in for the process that reads media."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.files.base import ContentFile

from accounts.models import Institution, Purpose, User
from benchmarks.support.signals import messages
from scoring.cues.frames import Frames
from scoring.cues.words.transcript import Transcript, Word
from scoring.media.run import Stopped
from scoring.media.signals import ModelFiles, Progress, Request, Signals
from sessions import actions
from sessions.actions import Taken, takes
from sessions.analysis import reading
from sessions.live.journal import Journal
from sessions.live.protocol import parse_signal
from sessions.models import Answer, PracticeSession, Recording, RecordingState, Scenario

SECONDS = 6
WORDS = tuple(
    Word(text, 500 + 300 * n, 750 + 300 * n, 0.9)
    for n, text in enumerate(("I", "worked", "um", "in", "a", "small", "shop", "for", "two", "years"))
)


def a_hum(seconds: int = SECONDS) -> Any:
    """A tone, int16 at 16 kHz: something to store that is no speech."""
    at = np.arange(seconds * 16000) / 16000
    return (3000 * np.sin(2 * np.pi * 150 * at)).astype(np.int16)


def _stream(answer: Answer, sound: Any, *, camera: bool = True) -> Path:
    """What a browser would have sent of this answer, in its take."""
    path = takes.path_of(answer)
    journal = Journal.open(path, epoch=1)
    made = messages(sound, answer=answer.position, seed=1, camera=camera)
    journal.append([parse_signal(message) for message in made])
    journal.close()
    return path


def _end(session: PracticeSession, sound: Any = None, **kind: Any) -> Answer:
    """End the open answer, of which `sound` was streamed."""
    answer = session.answers.get(state="open")
    if sound is not None:
        _stream(answer, sound, **kind)
    session.refresh_from_db()
    actions.end_answer(session_id=session.pk, epoch=session.connection, taken=Taken(stream_ms=1000 * SECONDS))
    answer.refresh_from_db()
    return answer


def _recorded(answer: Answer, state: RecordingState = RecordingState.READY) -> Recording:
    """The recording of an answer; only what reads media would see that it is none."""
    recording = Recording.objects.create(
        institution_id=answer.institution_id, answer=answer, mime="video/webm", state=state, started_ms=200
    )
    if state == RecordingState.READY:
        recording.file.save("any.webm", ContentFile(b"\x1a\x45\xdf\xa3 of this test"))
    return recording


@pytest.fixture
def hum() -> Callable[..., Any]:
    return a_hum


@pytest.fixture
def stream() -> Callable[..., Path]:
    return _stream


@pytest.fixture
def end() -> Callable[..., Answer]:
    return _end


@pytest.fixture
def recorded() -> Callable[..., Recording]:
    return _recorded


@pytest.fixture
def session(
    sam: User, northfield: Institution, scenario: Scenario, agree: Callable[..., None]
) -> PracticeSession:
    agree(sam, northfield, Purpose.CAMERA, Purpose.RECORDING)
    session = actions.start_session(
        user=sam, institution=northfield, scenario=scenario, mode="camera", record=True
    )
    actions.begin(session_id=session.pk, epoch=actions.claim_connection(session_id=session.pk))
    return session


@dataclass
class Reader:
    """Stands for `scoring.media.run.run`: `on_the_way` happens in the middle of each call, and may raise."""

    on_the_way: Callable[[Request], object] = lambda _: None
    transcript: Transcript | None = field(default_factory=lambda: Transcript("en", WORDS, "stand-in"))
    problems: tuple[str, ...] = ()
    stage: str = "sound"
    asked: list[Request] = field(default_factory=list)

    def __call__(
        self,
        request: Request,
        folder: Path,
        *,
        on_progress: Callable[[Progress], None],
        should_stop: Callable[[], bool],
        limits: Any,
    ) -> Signals:
        self.asked.append(request)
        on_progress(Progress(self.stage, 0.5))
        self.on_the_way(request)
        if should_stop():
            raise Stopped
        frames = Frames.empty(3) if request.want_landmarks else None
        sound = np.fromfile(request.sound, "<i2") if request.sound else a_hum(3)
        said = self.transcript if request.models.words else None
        missing = () if request.models.words else ("words_model_missing",)
        return Signals(frames, sound, said, {"recogniser": "1"}, (*self.problems, *missing))


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Iterator[Reader]:
    """Instead of the process that reads media. Nothing is asked of the database more rarely for that."""
    stand_in = Reader()
    monkeypatch.setattr(reading, "run", stand_in)
    models = ModelFiles(words=Path("a folder with a model"))
    monkeypatch.setattr(reading.models, "files", lambda **_: models)
    monkeypatch.setattr("sessions.analysis.watch.EVERY_S", 0.0)
    monkeypatch.setattr("sessions.analysis.slots.ASK_AGAIN_S", 0.01)
    monkeypatch.setattr("sessions.analysis.folder.ASK_AGAIN_S", 0.01)
    return stand_in
