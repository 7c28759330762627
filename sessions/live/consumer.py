"""A student's window on a practice session: `sessions.actions` behind the live socket, docs/live-protocol.md on it.

The database is asked only where the session moves, and always in a thread; for a message, never.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Final, cast
from uuid import UUID

from channels.db import database_sync_to_async
from django.http import Http404
from django.utils import timezone, translation

from scoring.cues.baseline import Baseline
from scoring.cues.catalogue import CATALOGUE, Cue
from scoring.cues.live import LiveReport
from scoring.cues.policy import HintPolicy
from sessions.actions import Taken
from sessions.errors import NotNow, TakenOver
from sessions.live import machine, protocol, service
from sessions.live.engine import Outcome
from sessions.live.groups import person_group, session_group
from sessions.live.intake import Verdict
from sessions.live.journal import JournalError
from sessions.live.machine import State, Verb
from sessions.live.protocol import Do, Hints, Signal
from sessions.live.reception import Reception
from sessions.live.service import Step
from sessions.live.snapshot import Snapshot, state_fields, take_snapshot
from sessions.live.socket import CLOSE_DONE, CLOSE_NOT_FOUND, CLOSE_TRY_AGAIN, LiveSocket
from sessions.live.stream import Second
from sessions.live.texts import HINTS
from sessions.queries import AnyUser

LONGEST_SESSION_S: Final = 3 * 3600.0
GAP_AGAIN_S: Final = 2.0
LIVE_CUES: Final = frozenset(code for code, spec in CATALOGUE.items() if spec.available)
ENDING: Final = frozenset({Verb.DONE, Verb.END})


class PracticeConsumer(LiveSocket):
    """`practice` is where the session stands, `reception` the open answer's stream, if there is one."""

    practice: Snapshot
    epoch: int
    baseline: Baseline | None
    off: frozenset[Cue] = frozenset()
    reception: Reception | None = None
    groups_joined: tuple[str, ...] = ()
    gap_said: tuple[int, float] = (-1, 0.0)
    cues_every_s = 1

    # --- coming and going -----------------------------------------------------------------------

    async def open(self) -> None:
        user = cast(AnyUser, self.scope["user"])
        key = cast(UUID, self.scope["url_route"]["kwargs"]["session_id"])
        try:
            opened = await database_sync_to_async(service.open_practice)(user, key)
        except Http404:
            await self.finish(CLOSE_NOT_FOUND)
            return
        self.practice, self.epoch, self.baseline = opened.snapshot, opened.epoch, opened.baseline
        self.off = opened.profile.off
        self.hints = HintPolicy(opened.baseline, self.off, opened.profile.targets)
        if opened.epoch:
            await self._join()
            await self._open_stream()
        fields = {"version": protocol.VERSION, "session": str(key), "hints": self.practice.hints}
        await self.say("welcome", **fields, state=self._state())
        await self._end_if_done()

    async def _join(self) -> None:
        """From here on this window hears when another one takes over; the one before it hears now."""
        group = session_group(self.practice.session_id)
        self.groups_joined = (group, person_group(self.practice.user_id))
        for name in self.groups_joined:
            await self.channel_layer.group_add(name, self.channel_name)
        await self.channel_layer.group_send(group, {"type": "claimed", "epoch": self.epoch})
        self.later(self._left_s(), "session.too_long")

    def _left_s(self) -> float:
        began = self.practice.started_at
        used_s = (timezone.now() - began).total_seconds() if began else 0.0
        return max(0.0, LONGEST_SESSION_S - used_s)

    async def _end_if_done(self) -> None:
        if self.practice.place.state == State.DONE:
            await self.finish(CLOSE_DONE)

    async def leave(self) -> None:
        for group in self.groups_joined:
            await self.channel_layer.group_discard(group, self.channel_name)
        # Taken over, or the disk is full: what is not stored was not acknowledged.
        with suppress(JournalError, OSError):
            if self.reception is not None:
                await self.reception.close()

    # --- what the browser sends -----------------------------------------------------------------

    async def take_signal(self, signal: Signal) -> None:
        reception = self.reception
        if reception is None or signal.answer != reception.intake.answer:
            await self._stale(signal)
            return
        verdict = reception.take(signal)
        if verdict is Verdict.GAP:
            await self._gap(reception.intake.next_seq)
        elif reception.intake.is_full:
            await self._perform(Verb.DONE)

    async def _stale(self, signal: Signal) -> None:
        """A late message of the answer that has just ended is nobody's fault."""
        open_answer = self.reception.intake.answer if self.reception else None
        if open_answer is None or signal.answer != open_answer - 1:
            await self.error("stale", answer=open_answer)

    async def _gap(self, next_seq: int) -> None:
        """Said once: what was under way when the first one was missed brings a gap with every message."""
        said_seq, said_s = self.gap_said
        now_s = self.loop.time()
        if said_seq != next_seq or now_s - said_s > GAP_AGAIN_S:
            self.gap_said = (next_seq, now_s)
            await self.error("gap", next_seq=next_seq)

    async def take_request(self, request: protocol.Request) -> None:
        if isinstance(request, Hints):
            self.practice = await self._ask(service.set_hints, request.on)
        elif not isinstance(request, Do):
            await self.say("pong", id=request.id)
        elif machine.allows(self.practice.place, request.verb):
            await self._perform(request.verb, request_id=request.id, at_ms=request.at_ms)
        else:
            await self.error("not_now", id=request.id)

    # --- moving ---------------------------------------------------------------------------------

    async def _perform(
        self,
        verb: Verb,
        *,
        request_id: int | None = None,
        at_ms: int | None = None,
        speech_started_ms: int | None = None,
    ) -> None:
        now_ms = self.reception.intake.stream_ms if self.reception else 0
        at_ms = now_ms if at_ms is None else min(at_ms, now_ms)
        taken = await self._end_stream() if verb in ENDING else None
        if verb is Verb.PAUSE and self.reception is not None:
            await self.reception.flush()
        step = Step(verb, at_ms, speech_started_ms, taken)
        try:
            before, self.practice = self.practice, await self._ask(service.perform, step)
        except NotNow:
            # The session is elsewhere than this window believes: a new welcome says where.
            await self.error("not_now", id=request_id)
            await self.finish(CLOSE_TRY_AGAIN)
            return
        await self._follow(before)
        await self.say("state", id=request_id, state=self._state())
        await self._end_if_done()

    async def _follow(self, before: Snapshot) -> None:
        """Bring stream and cues to where the session is now."""
        answer = self.practice.answer
        if answer is None or self.reception is None:
            await self._open_stream()
            return
        was_ms = before.answer.question_ended_ms if before.answer else None
        if answer.question_ended_ms is not None and answer.question_ended_ms != was_ms:
            self.reception.question_ended(answer.question_ended_ms)

    async def _ask(self, what: Any, *args: Any) -> Snapshot:
        call = database_sync_to_async(what)
        return cast(Snapshot, await call(self.practice.session_id, self.epoch, *args))

    def _state(self) -> dict[str, Any]:
        intake = self.reception.intake if self.reception else None
        return state_fields(
            self.practice,
            next_seq=intake.stored_seq if intake else 0,
            stream_ms=intake.stored_ms if intake else 0,
        )

    # --- the stream -----------------------------------------------------------------------------

    async def _open_stream(self) -> None:
        answer = self.practice.answer
        if answer is not None:
            self.reception = await Reception.open(
                self.practice, answer, epoch=self.epoch, baseline=self.baseline, heard=self._second_done
            )

    async def _end_stream(self) -> Taken | None:
        """The answer's stream ends, stored to the last sample. Raises JournalError, OSError."""
        reception, self.reception = self.reception, None
        return await reception.close(self.practice.answer) if reception else None

    def _second_done(self, reception: Reception, outcome: Outcome) -> None:
        self.inbox.put_nowait({"type": "second.done", "reception": reception, "outcome": outcome})

    async def second_done(self, message: dict[str, Any]) -> None:
        outcome: Outcome = message["outcome"]
        if outcome.error is not None:
            raise outcome.error
        if not self.over and message["reception"] is self.reception and outcome.second is not None:
            await self._send_cues(self.reception, outcome.second)
            await self._hear(outcome.second)

    async def _send_cues(self, reception: Reception, second: Second) -> None:
        answer, report = reception.intake.answer, second.report
        for event in second.events:
            if event.code in self.off:
                continue
            fields = {"code": event.code, "t_ms": event.t_ms, "strength": round(event.strength, 3)}
            await self.say("event", answer=answer, **fields, phase=event.phase)
        cues = {
            code: {"v": round(value.value, 4)} if value.value is not None else {"absent": value.absent}
            for code, value in report.values.items()
            if code in LIVE_CUES and code not in self.off
        }
        hint = self._hint(report)
        next_seq = reception.intake.stored_seq
        await self.say("cues", answer=answer, next_seq=next_seq, t_ms=report.t_ms, cues=cues, hint=hint)
        if reception.cues_every_s != self.cues_every_s:
            self.cues_every_s = reception.cues_every_s
            await self.say("busy", cues_every_s=self.cues_every_s)

    def _hint(self, report: LiveReport) -> dict[str, str] | None:
        if not self.practice.hints or self.practice.place.state != State.ANSWERING:
            return None
        # The policy's time must go on from one answer to the next, as the time used does.
        code = self.hints.decide(report.values, self.practice.used_ms + report.t_ms)
        if code is None:
            return None
        with translation.override(self.practice.language):
            return {"code": code.value, "text": str(HINTS[code])}

    async def _hear(self, second: Second) -> None:
        """Whoever begins to speak has begun to answer."""
        speech_ms, answer = second.report.speech_started_ms, self.practice.answer
        if speech_ms is None or answer is None:
            return
        state = self.practice.place.state
        if state == State.THINKING and second.report.is_speaking:
            await self._perform(Verb.ANSWER, at_ms=speech_ms, speech_started_ms=speech_ms)
        elif state == State.ANSWERING and answer.speech_started_ms is None:
            self.practice = await self._ask(service.note_speech, speech_ms)
            await self.say("state", id=None, state=self._state())

    # --- what others say ------------------------------------------------------------------------

    async def claimed(self, message: dict[str, Any]) -> None:
        if message["epoch"] > self.epoch:
            raise TakenOver

    async def consent_changed(self, _message: dict[str, Any]) -> None:
        """From this moment on nothing is taken that is no longer agreed to."""
        self.practice = await database_sync_to_async(take_snapshot)(self.practice.session_id)
        if self.practice.voice_only and self.reception is not None:
            self.reception.without_camera()
        await self.say("state", id=None, state=self._state())

    async def session_too_long(self, _message: dict[str, Any]) -> None:
        if self._left_s() > 0:
            self.later(self._left_s(), "session.too_long")
        elif not self.over:
            await self._perform(Verb.END)
