"""One drill of a simulated student, by the code of the drills: at once after the last interview, as advised."""

from __future__ import annotations

from datetime import timedelta

from django.core.files.base import ContentFile
from django.db.models import Exists, OuterRef

from analytics.demo.answers import SimulatedAnswer, setting, simulate, track
from analytics.demo.history import Interview, Student, answers_to, generator, result_of
from scoring.cues.analysis import Track
from scoring.cues.catalogue import Cue
from scoring.cues.track_file import to_bytes
from scoring.queries import baseline_of
from sessions import scores
from sessions.drills.actions import keep_after, start_drill
from sessions.drills.aims import Aim
from sessions.models import Advice, Answer, AnswerResult, Drill, PracticeSession, Question, State

SOON = timedelta(minutes=12)
WITHOUT_ADVICE = Cue.GZ_DR
"""What is practised where no model advised anything."""


def practise_at_once(student: Student) -> PracticeSession:
    """A drill of the latest advice, else of a plain cue of the latest answer; the student comes half the way."""
    answer = _latest(student)
    advice = Advice.objects.filter(answer=answer, current=True).exclude(changes=[]).first()
    cues = [] if advice else [WITHOUT_ADVICE]
    session = start_drill(user=student.user, answer=answer, cues=cues, advice=advice)
    _practised(session, student, _half_way(session.drill, student))
    return session


def _latest(student: Student) -> Answer:
    """The last interview's first answer that has advice; the first one where none has."""
    rows = Answer.objects.filter(session__user=student.user).exclude(result__track="")
    advised = Advice.objects.filter(answer=OuterRef("pk"), current=True).exclude(changes=[])
    rows = rows.annotate(is_advised=Exists(advised))
    return rows.order_by("-session__created_at", "-is_advised", "position")[0]


def _half_way(drill: Drill, student: Student) -> SimulatedAnswer:
    """The student's next answer, each watched cue moved half the way to where it should be."""
    rng = generator(f"drill of {student.user.email}")
    day = setting(student.persona, rng, progress=1.0, camera=True)
    ways = {Cue(code): _way(drill, code) for code in drill.cues}
    return simulate(student.persona, day.shifted(ways), rng)


def _way(drill: Drill, code: str) -> float:
    aim, before = Aim.from_json(drill.aims[code]), drill.before[code].get("v")
    end = aim.low if aim.direction == "up" else aim.high
    return 0.0 if before is None or end is None or not aim.direction else (end - before) / 2


def _practised(session: PracticeSession, student: Student, found: SimulatedAnswer) -> None:
    """The drill as if it had been taken and analysed."""
    drill = Drill.objects.select_related("source__session").get(session=session)
    last = drill.source.session if drill.source else session
    began = (last.ended_at or last.created_at) + SOON
    session.simulated, session.state, session.used_ms = True, State.DONE, found.stream_ms
    session.created_at = session.started_at = began
    session.ended_at = began + timedelta(milliseconds=found.stream_ms)
    session.save()
    drill.made_at = began
    drill.save(update_fields=["made_at"])
    question = Question.objects.get(pk=session.question_ids[0])
    (answer,) = answers_to(session, Interview(session.scenario, (question,)), [found])
    answer.save()
    _analysed(student, found, result=result_of(answer, found))


def _analysed(student: Student, found: SimulatedAnswer, *, result: AnswerResult) -> None:
    rng = generator(f"track of the drill of {student.user.email}")
    cues_over_time = Track(*track(found, rng))
    name = f"{result.institution_id}/{result.answer_id}.parquet"
    result.track.save(name, ContentFile(to_bytes(cues_over_time)), save=False)
    result.save()
    baseline = baseline_of(user_id=student.user.pk, institution_id=result.institution_id)
    scores.keep(result.answer, result.cues, baseline=baseline)
    keep_after(answer=result.answer, cues=result.cues, track=cues_over_time, baseline=baseline)
