"""What the room of a drill shows of each watched cue while the answer is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scoring.cues.catalogue import CATALOGUE, Cue
from sessions.cue_names import NAMES
from sessions.drills import watching
from sessions.drills.aims import Aim
from sessions.models import Drill, PracticeSession
from sessions.words import UNITS

_DECIMALS = {"degrees": 0, "degrees/s": 0, "Hz": 0, "words/min": 0, "count": 0, "dB": 0, "share": 0}


@dataclass(frozen=True, slots=True)
class Watched:
    """A cue with its name in the person's language, and where it should be."""

    cue: Cue
    aim: Aim

    @property
    def code(self) -> str:
        return self.cue.value

    @property
    def name(self) -> str:
        return str(NAMES[self.cue])

    @property
    def is_live(self) -> bool:
        return watching.is_live(self.cue)

    def page_data(self) -> dict[str, Any]:
        """For static/sessions/room/watching.js: how a value is written (times `scale`), and the place aimed at."""
        spec = CATALOGUE[self.cue]
        return {
            "code": self.code,
            "name": self.name,
            "low": self.aim.low,
            "high": self.aim.high,
            "unit": str(UNITS.get(spec.unit, "")),
            "scale": 100 if spec.unit == "share" else 1,
            "decimals": _DECIMALS.get(spec.unit, 1),
            # A value of one second jumps about; one over a longer time is calm already.
            "calm": spec.window_s == 1.0,
            "live": self.is_live,
        }


def watched_in(session: PracticeSession) -> list[Watched]:
    """The cues of a drill in the advice's order; none of a session that is no drill."""
    if not session.is_drill:
        return []
    drill = Drill.objects.filter(session=session).first()
    if drill is None:
        return []
    return [Watched(cue, Aim.from_json(drill.aims.get(cue.value, {}))) for cue in watching.known(drill.cues)]
