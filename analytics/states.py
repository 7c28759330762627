"""How far the analysis of an answer is, and why it ended without a result, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

STAGES: Mapping[str, Any] = MappingProxyType(
    {
        "sound": gettext_lazy("Reading the sound"),
        "pictures": gettext_lazy("Looking at the pictures"),
        "words": gettext_lazy("Writing down the words"),
        "cues": gettext_lazy("Measuring the cues"),
    }
)
"""The stages of an analysis, in their order."""


@dataclass(frozen=True, slots=True)
class Progress:
    """A stage and its share, 0..1; `percent` is that of the whole work, each stage counting the same."""

    stage: str
    share: float

    @property
    def begun(self) -> bool:
        return self.stage in STAGES

    @property
    def text(self) -> str:
        """The stage and how much of it is done: "Writing down the words, 40 %"."""
        if not self.begun:
            return _("Waiting for its turn")
        amount = _("%(n)s %%") % {"n": round(100 * self.share)}
        return _("%(stage)s, %(share)s") % {"stage": STAGES[self.stage], "share": amount}

    @property
    def percent(self) -> int:
        place = list(STAGES).index(self.stage) if self.begun else 0
        return round(100 * (place + self.share) / len(STAGES)) if self.begun else 0


def progress(stored: Mapping[str, Any]) -> Progress:
    """`AnswerResult.progress` as it is shown; anything unknown counts as not begun."""
    stage, share = stored.get("stage"), stored.get("share")
    number = float(share) if isinstance(share, int | float) and not isinstance(share, bool) else 0.0
    return Progress(str(stage or ""), min(max(number, 0.0), 1.0))


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an answer could not be analysed, and what can be done about it."""

    what: str
    act: str


_AGAIN = gettext_lazy("You can practise this question again whenever you like.")
_SHORTER = gettext_lazy("A shorter answer will be analysed as usual.")
OURS = gettext_lazy("Tell whoever runs Greenroom for you: it has to be put right there.")
_NOT_AGAIN = gettext_lazy(
    "Practise this question again when you like. If it happens twice, tell whoever runs Greenroom."
)

PROBLEMS: Mapping[str, tuple[Any, Any]] = MappingProxyType(
    {
        "empty": (gettext_lazy("Nothing of this answer arrived: neither sound nor picture."), _AGAIN),
        "missing": (gettext_lazy("What was sent of this answer is no longer there."), _AGAIN),
        "wrong_type": (gettext_lazy("The recording is not of a kind that can be read."), _AGAIN),
        "unreadable": (gettext_lazy("The recording is damaged and cannot be read."), _AGAIN),
        "too_long": (
            gettext_lazy("The answer is longer than 15 minutes, the most that is analysed."),
            _SHORTER,
        ),
        "too_large": (gettext_lazy("The recording is larger than what is analysed."), _SHORTER),
        "no_picture": (gettext_lazy("There is no picture in the recording of this answer."), _AGAIN),
        "no_sound": (
            gettext_lazy("There is no sound in this answer."),
            gettext_lazy(
                "Check the microphone before your next practice: the lobby shows whether it hears you."
            ),
        ),
        "out_of_memory": (
            gettext_lazy("The analysis needed more memory than it may take, and was ended."),
            OURS,
        ),
        "out_of_time": (gettext_lazy("The analysis took longer than it may, and was ended."), OURS),
        "crashed": (gettext_lazy("The program that reads recordings ended by itself."), _NOT_AGAIN),
        "gave_up": (
            gettext_lazy(
                "The analysis was tried several times, and each time a fault of the program ended it. "
                "What you sent of this answer is kept."
            ),
            OURS,
        ),
        "model_missing": (gettext_lazy("A file that the analysis needs is missing on this server."), OURS),
    }
)


def problem(code: str) -> Problem:
    """The reason of a failed analysis; an unknown code is said to be unknown."""
    unknown = (gettext_lazy("The reason is not known."), _NOT_AGAIN)
    what, act = PROBLEMS.get(code, unknown)
    return Problem(str(what), str(act))
