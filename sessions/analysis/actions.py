"""Analysing one answer from beginning to end, and giving it up.

The work may take minutes: it holds no transaction, bounds itself (`slots`, `reading.limits`), and leaves what it has
done in the answer's work folder, from where the next try goes on.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from importlib.metadata import version

from scoring.cues.analysis import Analysis
from scoring.cues.analysis import analyse as analyse_cues
from scoring.cues.frames import Frames
from scoring.cues.values import Absent
from scoring.cues.words.transcript import LANGUAGES
from scoring.media.run import Stopped
from scoring.media.signals import Progress
from scoring.queries import baseline_of
from sessions.actions.takes import path_of
from sessions.analysis.folder import WorkFolder
from sessions.analysis.keeping import Found, Overtaken, fail, keep
from sessions.analysis.queue import hurry_analysis, queue_analysis
from sessions.analysis.reading import Read, Unusable, read
from sessions.analysis.slots import slot
from sessions.analysis.sources import allowed_now, seconds_to_wait, waiting_answer
from sessions.analysis.watch import Ending, Watch
from sessions.models import Answer, ResultState

CUE_LIBRARIES = ("opensmile", "webrtcvad-wheels", "harper-py", "numpy")
GAVE_UP = "gave_up"
"""The `problem` of a result whose analysis ended by a fault of ours at every try."""


class Interrupted(Exception):
    """The worker goes: the job is to be done again, and goes on where it was."""


def analyse(*, answer_id: uuid.UUID, should_abort: Callable[[], bool] = lambda: False) -> ResultState | None:
    """Analyse an answer and keep what it shows; None when there is nothing (left) to do.

    Idempotent: only a waiting result is worked on, by one worker at a time. The take goes once the result is committed.
    An answer of which nothing can be read keeps its take, and its result says why. While a recording is still on its
    way the job is put off, and the result goes on waiting. Raises Interrupted once `should_abort` says so.
    """
    answer = waiting_answer(answer_id)
    if answer is None:
        return None
    if _put_off(answer):
        return ResultState.WAITING
    watch, work = Watch(answer, should_abort), WorkFolder(answer)
    with slot(watch.should_stop) as free:
        if not free:
            return _ended(answer, watch, work)
        with work.held(watch.should_stop) as ours:
            if not ours or watch.ended():
                return _ended(answer, watch, work)
            return _analyse(answer, watch, work)


def _put_off(answer: Answer) -> bool:
    """Whether the recording is waited for: the end of its preparation wakes the job up."""
    wanted = allowed_now(answer).needs_recording(has_take=path_of(answer).exists())
    seconds = seconds_to_wait(answer) if wanted else 0
    if not seconds:
        return False
    queue_analysis(answer_id=answer.pk, in_s=seconds)
    if not seconds_to_wait(answer):
        hurry_analysis(answer_id=answer.pk)  # it became ready at this very moment
    return True


def _analyse(answer: Answer, watch: Watch, work: WorkFolder) -> ResultState | None:
    while True:
        try:
            _work(answer, watch, work)
        except Unusable as unusable:
            work.clear()
            return fail(answer, unusable.problem)
        except (Stopped, Overtaken):
            if watch.ended() and watch.ending != Ending.CONSENT:
                return _ended(answer, watch, work)
            watch.begin_again()
            continue
        work.forget()
        return ResultState.READY


def _work(answer: Answer, watch: Watch, work: WorkFolder) -> None:
    signals = read(answer, watch, work)
    if watch.ended():
        raise Stopped
    watch.report(Progress("cues", 0.0))
    analysis = _cues(answer, signals, sees=watch.allowed.camera)
    made_by = _made_by(signals, sees=watch.allowed.camera)
    keep(answer, Found(analysis, signals.transcript, made_by, signals.problems), watch.allowed)


def _made_by(signals: Read, *, sees: bool) -> dict[str, str]:
    """Names of models and libraries with their versions, and where the landmarks came from."""
    source = {"landmarks_from": "recording" if signals.from_recording else "stream"} if sees else {}
    # How the child was bounded belongs to the machine, not to the result.
    tools = {name: found for name, found in signals.made_by.items() if name != "bounds"}
    return {name: version(name) for name in CUE_LIBRARIES} | tools | source


def _cues(answer: Answer, signals: Read, *, sees: bool) -> Analysis:
    session = answer.session
    known = session.scenario.language in LANGUAGES
    return analyse_cues(
        signals.frames if sees else Frames.empty(),
        signals.sound,
        question_ended_ms=answer.question_ended_ms,
        voice_only=not sees,
        baseline=baseline_of(user_id=session.user_id, institution_id=session.institution_id),
        transcript=signals.transcript,
        no_words=Absent.NO_TRANSCRIPT if known else Absent.LANGUAGE,
    )


def _ended(answer: Answer, watch: Watch, work: WorkFolder) -> ResultState | None:
    if watch.ending == Ending.SHUTDOWN:
        raise Interrupted
    if watch.ending == Ending.STOPPED:
        return ResultState.STOPPED
    if not Answer.objects.filter(pk=answer.pk).exists():
        work.forget()
    return None


def give_up(*, answer_id: uuid.UUID) -> None:
    """Every try ended by a fault: the result says so, and the take stays for whoever looks into it."""
    answer = waiting_answer(answer_id)
    if answer is not None:
        fail(answer, GAVE_UP)
