"""The open answer as the event loop sees it: what arrived, what is stored, when cues are due."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings

from scoring.cues.baseline import Baseline
from sessions.actions import Taken
from sessions.live.engine import LiveStream, Outcome, engine
from sessions.live.intake import Intake, Verdict
from sessions.live.journal import take_path
from sessions.live.protocol import Signal, without_frames
from sessions.live.snapshot import OpenAnswer, Snapshot
from sessions.live.stream import Opening

Heard = Callable[["Reception", Outcome], None]


class Reception:
    """One answer's `Intake` here and its `LiveStream` on a lane. `heard` is called in the loop for every second."""

    def __init__(self, intake: Intake, stream: LiveStream, heard: Heard, *, voice_only: bool) -> None:
        self.intake = intake
        self._stream = stream
        self._heard = heard
        self._voice_only = voice_only
        self._seconds_without_cues = 0
        self._computing = False
        self._closed = False

    @classmethod
    async def open(
        cls, practice: Snapshot, answer: OpenAnswer, *, epoch: int, baseline: Baseline | None, heard: Heard
    ) -> Reception:
        """Go on from what the answer's take holds. Raises JournalError, OSError."""
        path = take_path(
            settings.SPOOL_DIR,
            institution=practice.institution_id,
            session=practice.session_id,
            answer=answer.id,
        )
        opening = Opening(path, epoch, practice.voice_only, answer.question_ended_ms, baseline)
        stream = await engine().open(opening)
        held = stream.held
        intake = Intake(answer.position, held.next_seq, held.samples, held.next_seq, held.samples)
        return cls(intake, stream, heard, voice_only=practice.voice_only)

    @property
    def cues_every_s(self) -> int:
        return self._stream.cues_every_s

    def take(self, signal: Signal) -> Verdict:
        """Raises Malformed."""
        verdict = self.intake.judge(signal)
        if verdict is Verdict.KEEP:
            self.intake.keep(without_frames(signal) if self._voice_only else signal)
            if self.intake.has_second:
                self._send_second()
        return verdict

    def _send_second(self) -> None:
        """While the last second's cues are still being computed, this one's are left out."""
        self._seconds_without_cues += 1
        cues = not self._computing and self._seconds_without_cues >= self._stream.cues_every_s
        if cues:
            self._seconds_without_cues = 0
            self._computing = True
        self._stream.take_second(self.intake.take_waiting(), cues=cues, done=self._done)

    def _done(self, outcome: Outcome) -> None:
        if outcome.error is None:
            self.intake.stored(outcome.signals)
        if outcome.with_cues:
            self._computing = False
        self._heard(self, outcome)

    def question_ended(self, at_ms: int) -> None:
        self._stream.question_ended(at_ms)

    def without_camera(self) -> None:
        """From this moment on landmarks are thrown away, those that wait to be stored as well."""
        self._voice_only = True
        self.intake.waiting = [without_frames(signal) for signal in self.intake.waiting]
        self._stream.without_camera()

    async def flush(self) -> None:
        """Everything that has arrived is stored. Raises JournalError, OSError."""
        if self.intake.waiting and not self._closed:
            signals = self.intake.take_waiting()
            await self._stream.store(signals)
            self.intake.stored(signals)

    async def close(self, answer: OpenAnswer | None = None) -> Taken:
        """Store the rest and give the take back; for an `answer` that ends, wait for the disk.

        Raises JournalError, OSError; it is closed all the same.
        """
        try:
            await self.flush()
        finally:
            self._closed = True
            ended = await self._stream.close(durable=answer is not None)
        speech_ms = answer.speech_started_ms if answer else None
        return Taken(ended.stream_ms, speech_ms, ended.dropped, ended.live)
