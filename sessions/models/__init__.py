"""Practice, from the question to what was seen.

A *scenario* is an interview for one job in one language: an order rule and *questions* with topics, type,
difficulty, expected length and expected cues. Scenarios shipped with the product belong to no institution;
one written by a teacher belongs to theirs. A *practice session* is one person going through a scenario once:
the server holds its state (lobby, asking, thinking, answering, paused, done), so that a reload or a killed
server resumes at the same question. An *answer* is made when its question is asked and saved the moment it
ends; what the browser streamed meanwhile lies in the spool (`sessions.live.journal`) until the analysis has
read it. The *answer result* holds what the analysis found: a summary per cue, events and a track over time,
with the version of the catalogue that made it; the *answer transcript* holds the words. A *recording* exists
only where the student agreed to it.
"""

from __future__ import annotations

from sessions.models.interview import OrderRule, Question, QuestionType, Scenario
from sessions.models.practice import Answer, AnswerState, Mode, PracticeSession, State
from sessions.models.recordings import Recording, RecordingSegment, RecordingState
from sessions.models.results import AnswerResult, AnswerScore, AnswerTranscript, ResultState, ScoreKind

__all__ = [
    "Answer",
    "AnswerResult",
    "AnswerScore",
    "AnswerState",
    "AnswerTranscript",
    "Mode",
    "OrderRule",
    "PracticeSession",
    "Question",
    "QuestionType",
    "Recording",
    "RecordingSegment",
    "RecordingState",
    "ResultState",
    "Scenario",
    "ScoreKind",
    "State",
]
