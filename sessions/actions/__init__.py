"""Every write about practice, as named verbs: keyword-only, typed, each in one transaction.

`starting` makes a session, `progress` moves it from question to question, `housekeeping` closes what was left open. The
verbs of the analysis are in `sessions.analysis`.
"""

from sessions.actions.progress import (
    Taken,
    begin,
    begin_answer,
    claim_connection,
    end_answer,
    end_session,
    note_speech,
    pause,
    question_asked,
    repeat_question,
    resume,
    set_hints,
)
from sessions.actions.starting import start_session

__all__ = [
    "Taken",
    "begin",
    "begin_answer",
    "claim_connection",
    "end_answer",
    "end_session",
    "note_speech",
    "pause",
    "question_asked",
    "repeat_question",
    "resume",
    "set_hints",
    "start_session",
]
