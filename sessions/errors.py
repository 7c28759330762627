"""What can go wrong when somebody practises, as exceptions with a stable code."""

from __future__ import annotations

from sessions.live.machine import NotNow

__all__ = ["CannotStart", "NotNow", "PracticeError", "TakenOver"]


class PracticeError(Exception):
    """`code` is stable and says what; the words for people belong to the pages."""

    code = "practice"


class CannotStart(PracticeError):
    """A session cannot be made; nothing was written.

    Codes: not_a_member, scenario_gone, no_questions, camera_not_agreed, recording_not_agreed, assignment_not_yours,
    assignment_closed, assignment_other_scenario; of a drill also advice_old, nothing_to_watch, left_out, not_analysed,
    drill_needs_camera, drills_enough.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class TakenOver(PracticeError):
    """Another window has gone on with this session (or it is gone): this connection may no longer write."""

    code = "taken_over"
