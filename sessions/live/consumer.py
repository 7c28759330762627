"""The live socket of one window: docs/live-protocol.md on the wire, `sessions.actions` behind it.

Everything that happens to a session passes through `dispatch`, one thing after the other (`turn`): what the browser
sends, what other processes say through the channel layer, and what was computed beside the loop. The database is
asked only where the session moves, and always in a thread.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Any, Final, cast
from uuid import UUID

import structlog
from channels.consumer import get_handler_name
from channels.db import database_sync_to_async
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.http import Http404
from django.utils import timezone, translation

from scoring.cues.baseline import Baseline
from scoring.cues.catalogue import CATALOGUE
from scoring.cues.live import LiveReport
from scoring.cues.policy import HintPolicy
from sessions.actions import Taken
from sessions.errors import NotNow, TakenOver
from sessions.live import machine, protocol, service
from sessions.live.engine import LiveStream, Outcome, engine
from sessions.live.groups import live_layer, person_group, session_group
from sessions.live.intake import Intake, Pace, Verdict
from sessions.live.journal import Fenced, JournalError, take_path
from sessions.live.machine import State, Verb
from sessions.live.protocol import Do, Hints, ProtocolError, Signal, message
from sessions.live.service import Step
from sessions.live.snapshot import Snapshot, state_fields, take_snapshot
from sessions.live.stream import Ended, Opening, Second
from sessions.live.texts import ERRORS, HINTS
from sessions.queries import AnyUser

log = structlog.get_logger(__name__)

CLOSE_DONE: Final = 1000
CLOSE_TRY_AGAIN: Final = 1013
CLOSE_TAKEN_OVER: Final = 4001
CLOSE_MALFORMED: Final = 4400
CLOSE_NOT_FOUND: Final = 4404
CLOSE_SUBPROTOCOL: Final = 4406
CLOSE_SILENT: Final = 4408
CLOSE_TOO_LARGE: Final = 4413
CLOSE_TOO_FAST: Final = 4429

MALFORMED_ALLOWED: Final = 10
TOO_FAST_ALLOWED: Final = 40
SILENCE_S: Final = 60.0
LONGEST_SESSION_S: Final = 3 * 3600.0
GAP_AGAIN_S: Final = 2.0
LIVE_CUES: Final = frozenset(code for code, spec in CATALOGUE.items() if spec.available)
ENDING: Final = frozenset({Verb.DONE, Verb.END})


class PracticeConsumer(AsyncWebsocketConsumer):
    practice: Snapshot
    epoch: int
    baseline: Baseline | None
    intake: Intake | None = None
    stream: LiveStream | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Channels' own makes a task for every message and looks after database connections that are not here."""
        self.scope = scope
        self.base_send = send
        self.inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.turn = asyncio.Lock()
        self.channel_layer = live_layer()
        self.channel_name = await self.channel_layer.new_channel()
        async with asyncio.TaskGroup() as beside:
            from_layer = partial(self.channel_layer.receive, self.channel_name)
            listeners = [beside.create_task(self._listen(source)) for source in (from_layer, self.inbox.get)]
            try:
                await self._listen(receive)
            except StopConsumer:
                pass
            finally:
                self._forget_timers()
                for listener in listeners:
                    listener.cancel()

    async def _listen(self, source: Callable[[], Awaitable[dict[str, Any]]]) -> None:
        while True:
            message = await source()
            async with self.turn:
                await self.dispatch(message)

    async def dispatch(self, message: Any) -> None:
        try:
            await getattr(self, get_handler_name(message))(message)
        except (TakenOver, Fenced):
            await self._taken_over()
        except (JournalError, OSError):
            log.exception("journal_unavailable")
            await self._error("unavailable")
            await self._finish(CLOSE_TRY_AGAIN)

    # --- coming and going -----------------------------------------------------------------------

    async def connect(self) -> None:
        self.over = False
        self.malformed = self.too_fast = 0
        self.gap_said: tuple[int, float] = (-1, 0.0)
        self.seconds_without_cues = 0
        self.cues_every_s = 1
        self.computing = False
        self.timers: list[asyncio.TimerHandle] = []
        self.loop = asyncio.get_running_loop()
        self.heard_s = self.loop.time()
        self.pace = Pace(began_s=self.heard_s)
        if protocol.SUBPROTOCOL not in self.scope["subprotocols"]:
            await self._finish(CLOSE_SUBPROTOCOL)
            return
        # Accepted first: a browser learns the code of a close only after the handshake.
        await self.accept(protocol.SUBPROTOCOL)
        try:
            opened = await database_sync_to_async(service.open_practice)(self._user(), self._key())
        except Http404:
            await self._finish(CLOSE_NOT_FOUND)
            return
        self.practice, self.epoch, self.baseline = opened.snapshot, opened.epoch, opened.baseline
        self.hints = HintPolicy(opened.baseline)
        if opened.epoch:
            await self._join()
            await self._open_stream()
        await self._welcome()

    def _user(self) -> AnyUser:
        return cast(AnyUser, self.scope["user"])

    def _key(self) -> UUID:
        return cast(UUID, self.scope["url_route"]["kwargs"]["session_id"])

    async def _join(self) -> None:
        group = session_group(self.practice.session_id)
        await self.channel_layer.group_send(group, {"type": "claimed", "epoch": self.epoch})
        await self.channel_layer.group_add(group, self.channel_name)
        await self.channel_layer.group_add(person_group(self.practice.user_id), self.channel_name)
        self._later(SILENCE_S, "silence.check")
        self._later(self._left_s(), "session.too_long")

    def _left_s(self) -> float:
        began = self.practice.started_at
        used = (timezone.now() - began).total_seconds() if began else 0.0
        return max(0.0, LONGEST_SESSION_S - used)

    async def _welcome(self) -> None:
        practice = self.practice
        fields = {"version": protocol.VERSION, "session": str(practice.session_id), "hints": practice.hints}
        await self.send(text_data=message("welcome", **fields, state=self._state()))
        if practice.place.state == State.DONE:
            await self._finish(CLOSE_DONE)

    async def disconnect(self, code: int) -> None:
        self.over = True
        self._forget_timers()
        # Taken over, or the disk is full: what is not stored was not acknowledged.
        with suppress(JournalError, OSError):
            await self._close_stream()
        if hasattr(self, "practice"):
            for group in (session_group(self.practice.session_id), person_group(self.practice.user_id)):
                await self.channel_layer.group_discard(group, self.channel_name)

    async def websocket_disconnect(self, message: Any) -> None:
        await self.disconnect(message["code"])
        raise StopConsumer

    async def _finish(self, code: int) -> None:
        if not self.over:
            self.over = True
            self._forget_timers()
            await self.close(code)

    async def _taken_over(self) -> None:
        if not self.over:
            await self.send(text_data=message("taken_over"))
            await self._finish(CLOSE_TAKEN_OVER)

    def _later(self, seconds: float, type_: str) -> None:
        self.timers.append(self.loop.call_later(seconds, self.inbox.put_nowait, {"type": type_}))

    def _forget_timers(self) -> None:
        for timer in getattr(self, "timers", ()):
            timer.cancel()

    # --- what the browser sends -----------------------------------------------------------------

    async def websocket_receive(self, message: Any) -> None:
        if self.over:
            return
        self.heard_s = self.loop.time()
        data, text = message.get("bytes"), message.get("text")
        try:
            if data is not None:
                await self._take_signal(protocol.parse_signal(data))
            else:
                await self._take_request(protocol.parse_text(text or ""))
        except protocol.Oversized:
            await self._error("too_large")
            await self._finish(CLOSE_TOO_LARGE)
        except ProtocolError:
            await self._error("malformed")
            self.malformed += 1
            if self.malformed >= MALFORMED_ALLOWED:
                await self._finish(CLOSE_MALFORMED)

    async def _take_signal(self, signal: Signal) -> None:
        intake = self.intake
        if not self.pace.admits(signal, self.loop.time()):
            await self._too_fast()
            return
        if intake is None or signal.answer != intake.answer:
            await self._stale(signal)
            return
        verdict = intake.judge(signal)
        if verdict is Verdict.GAP:
            await self._gap(intake)
        elif verdict is Verdict.KEEP:
            intake.keep(protocol.without_frames(signal) if self.practice.voice_only else signal)
            if intake.has_second:
                self._send_second(intake)
            if intake.is_full:
                await self._perform(Verb.DONE)

    async def _stale(self, signal: Signal) -> None:
        """A late message of the answer that has just ended is nobody's fault."""
        open_answer = self.intake.answer if self.intake else None
        if open_answer is None or signal.answer != open_answer - 1:
            await self._error("stale", answer=open_answer)

    async def _gap(self, intake: Intake) -> None:
        """Said once: what was under way when the first one was missed brings a gap with every message."""
        said_seq, said_s = self.gap_said
        now_s = self.loop.time()
        if said_seq != intake.next_seq or now_s - said_s > GAP_AGAIN_S:
            self.gap_said = (intake.next_seq, now_s)
            await self._error("gap", next_seq=intake.next_seq)

    async def _too_fast(self) -> None:
        self.too_fast += 1
        await self._error("too_fast")
        if self.too_fast >= TOO_FAST_ALLOWED:
            await self._finish(CLOSE_TOO_FAST)

    async def _take_request(self, request: protocol.Request) -> None:
        if isinstance(request, Do):
            await self._do(request)
        elif isinstance(request, Hints):
            self.practice = await self._ask(service.set_hints, request.on)
        else:
            await self.send(text_data=message("pong", id=request.id))

    async def _do(self, request: Do) -> None:
        if not machine.allows(self.practice.place, request.verb):
            await self._error("not_now", id=request.id)
            return
        await self._perform(request.verb, request_id=request.id, at_ms=request.at_ms)

    # --- moving ---------------------------------------------------------------------------------

    async def _perform(
        self,
        verb: Verb,
        *,
        request_id: int | None = None,
        at_ms: int | None = None,
        speech_started_ms: int | None = None,
    ) -> None:
        now_ms = self.intake.stream_ms if self.intake else 0
        at_ms = now_ms if at_ms is None else min(at_ms, now_ms)
        taken = await self._end_stream() if verb in ENDING else None
        if verb is Verb.PAUSE:
            await self._flush()
        step = Step(verb, at_ms, speech_started_ms, taken)
        try:
            before, self.practice = self.practice, await self._ask(service.perform, step)
        except NotNow:
            await self._error("not_now", id=request_id)
            return
        await self._follow(before)
        await self._send_state(request_id)
        if self.practice.place.state == State.DONE:
            await self._finish(CLOSE_DONE)

    async def _follow(self, before: Snapshot) -> None:
        """Bring stream and cues to where the session is now."""
        answer = self.practice.answer
        if answer is not None and (self.intake is None or self.intake.answer != answer.position):
            await self._open_stream()
        elif answer is not None and self.stream is not None:
            was = before.answer.question_ended_ms if before.answer else None
            if answer.question_ended_ms is not None and answer.question_ended_ms != was:
                self.stream.question_ended(answer.question_ended_ms)

    async def _ask(self, what: Any, *args: Any) -> Snapshot:
        call = database_sync_to_async(what)
        return cast(Snapshot, await call(self.practice.session_id, self.epoch, *args))

    async def _send_state(self, request_id: int | None = None) -> None:
        await self.send(text_data=message("state", id=request_id, state=self._state()))

    def _state(self) -> dict[str, Any]:
        intake = self.intake
        return state_fields(
            self.practice,
            next_seq=intake.stored_seq if intake else 0,
            stream_ms=intake.stored_ms if intake else 0,
        )

    # --- the stream -----------------------------------------------------------------------------

    async def _open_stream(self) -> None:
        practice, answer = self.practice, self.practice.answer
        if answer is None:
            return
        path = take_path(
            settings.SPOOL_DIR,
            institution=practice.institution_id,
            session=practice.session_id,
            answer=answer.id,
        )
        opening = Opening(path, self.epoch, practice.voice_only, answer.question_ended_ms, self.baseline)
        self.stream = await engine().open(opening)
        held = self.stream.held
        self.intake = Intake(
            answer.position, held.next_seq, held.samples, held.next_seq, held.samples, held.dropped
        )
        self.computing = False

    def _send_second(self, intake: Intake) -> None:
        """Hand what has come to the lane; `second_done` hears of it."""
        stream = cast(LiveStream, self.stream)
        self.seconds_without_cues += 1
        cues = not self.computing and self.seconds_without_cues >= stream.cues_every_s
        if cues:
            self.seconds_without_cues = 0
            self.computing = True
        stream.take_second(intake.take_waiting(), cues=cues, done=partial(self._second_done, intake))

    def _second_done(self, intake: Intake, outcome: Outcome) -> None:
        if outcome.error is None:
            intake.stored(outcome.signals)
        self.inbox.put_nowait({"type": "second.done", "intake": intake, "outcome": outcome})

    async def second_done(self, message: dict[str, Any]) -> None:
        outcome: Outcome = message["outcome"]
        if outcome.error is not None:
            raise outcome.error
        if self.over or message["intake"] is not self.intake:
            return
        self.computing = self.computing and not outcome.with_cues
        if outcome.second is not None:
            await self._send_cues(self.intake, outcome.second)
            await self._hear(outcome.second)

    async def _send_cues(self, intake: Intake, second: Second) -> None:
        for event in second.events:
            fields = {"code": event.code, "t_ms": event.t_ms, "strength": round(event.strength, 3)}
            await self.send(text_data=message("event", answer=intake.answer, **fields, phase=event.phase))
        report = second.report
        cues = {
            code: {"v": round(value.value, 4)} if value.value is not None else {"absent": value.absent}
            for code, value in report.values.items()
            if code in LIVE_CUES
        }
        fields = {"answer": intake.answer, "next_seq": intake.stored_seq, "t_ms": report.t_ms, "cues": cues}
        await self.send(text_data=message("cues", **fields, hint=self._hint(intake, report)))
        await self._say_if_busy()

    def _hint(self, intake: Intake, report: LiveReport) -> dict[str, str] | None:
        if not self.practice.hints or self.practice.place.state != State.ANSWERING:
            return None
        # The policy's time must go on from one answer to the next, as the time used does.
        code = self.hints.decide(report.values, self.practice.used_ms + intake.stream_ms)
        if code is None:
            return None
        with translation.override(self.practice.language):
            return {"code": code.value, "text": str(HINTS[code])}

    async def _say_if_busy(self) -> None:
        every_s = cast(LiveStream, self.stream).cues_every_s
        if every_s != self.cues_every_s:
            self.cues_every_s = every_s
            await self.send(text_data=message("busy", cues_every_s=every_s))

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
            await self._send_state()

    async def _flush(self) -> None:
        """Everything that has arrived is in the journal. Raises JournalError, OSError."""
        intake, stream = self.intake, self.stream
        if intake is not None and stream is not None and intake.waiting:
            signals = intake.take_waiting()
            await stream.store(signals)
            intake.stored(signals)

    async def _close_stream(self, *, durable: bool = False) -> Ended | None:
        """Raises JournalError, OSError."""
        try:
            await self._flush()
        finally:
            stream, self.stream = self.stream, None
            ended = await stream.close(durable=durable) if stream is not None else None
        return ended

    async def _end_stream(self) -> Taken | None:
        """The answer's stream ends: stored to the last sample. Raises JournalError, OSError."""
        answer, ended = self.practice.answer, await self._close_stream(durable=True)
        self.intake = None
        if answer is None or ended is None:
            return None
        return Taken(ended.stream_ms, answer.speech_started_ms, ended.dropped, ended.live)

    # --- what others say ------------------------------------------------------------------------

    async def claimed(self, message: dict[str, Any]) -> None:
        if message["epoch"] > self.epoch:
            await self._taken_over()

    async def consent_changed(self, _message: dict[str, Any]) -> None:
        """From this moment on nothing is taken that is no longer agreed to."""
        if self.over:
            return
        self.practice = await database_sync_to_async(take_snapshot)(self.practice.session_id)
        if self.practice.voice_only and self.stream is not None:
            self.stream.without_camera()
        await self._send_state()

    async def silence_check(self, _message: dict[str, Any]) -> None:
        silent_s = self.loop.time() - self.heard_s
        if silent_s >= SILENCE_S:
            await self._finish(CLOSE_SILENT)
        else:
            self._later(SILENCE_S - silent_s, "silence.check")

    async def session_too_long(self, _message: dict[str, Any]) -> None:
        if self._left_s() > 0:
            self._later(self._left_s(), "session.too_long")
        elif not self.over:
            await self._perform(Verb.END)

    async def _error(self, code: str, *, id: int | None = None, **fields: Any) -> None:
        if self.over:
            return
        language = getattr(self.scope.get("user"), "language", None) or settings.LANGUAGE_CODE
        with translation.override(language):
            text = str(ERRORS[code])
        await self.send(text_data=message("error", id=id, code=code, text=text, **fields))
