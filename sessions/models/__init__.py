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

An answer is rated by teachers and by the person who gave it (*rating*, *comment*), by the *rubric* of its scenario.
*Advice* names at most two changes with which it would probably have come across better; a *drill* is a session of one
question that practises them. A *dispute* is a person's word against a result, and the replies to it.
"""

from __future__ import annotations

from sessions.models.coaching import About, Advice, Dispute, DisputeReply, Drill, Rescoring
from sessions.models.interview import OrderRule, Question, QuestionType, Scenario
from sessions.models.practice import Answer, AnswerState, Mode, PracticeSession, SelfRating, State
from sessions.models.ratings import LEVELS, Opinion, Rating, RatingComment, RatingKind, Rubric
from sessions.models.recordings import Recording, RecordingSegment, RecordingState
from sessions.models.results import AnswerResult, AnswerScore, AnswerTranscript, ResultState, ScoreKind

__all__ = [
    "LEVELS",
    "About",
    "Advice",
    "Answer",
    "AnswerResult",
    "AnswerScore",
    "AnswerState",
    "AnswerTranscript",
    "Dispute",
    "DisputeReply",
    "Drill",
    "Mode",
    "Opinion",
    "OrderRule",
    "PracticeSession",
    "Question",
    "QuestionType",
    "Rating",
    "RatingComment",
    "RatingKind",
    "Recording",
    "RecordingSegment",
    "RecordingState",
    "Rescoring",
    "ResultState",
    "Rubric",
    "Scenario",
    "ScoreKind",
    "SelfRating",
    "State",
]
