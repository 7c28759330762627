"""What a drill watches: at most two measured cues, and of everything else nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from scoring.cues.catalogue import CATALOGUE, Cue
from scoring.performance.index import Profile

MOST = 2
"""As many as an advice names at most."""

_SEEN = frozenset({"face", "body"})


def can_watch(code: str) -> bool:
    """Whether there is such a cue and it has a value; an event is counted and not measured."""
    if code not in Cue.__members__:
        return False
    spec = CATALOGUE[Cue(code)]
    return spec.kind == "continuous" and spec.available


def known(codes: Iterable[str]) -> tuple[Cue, ...]:
    """The cues of these codes that can be watched, each once, in the order given."""
    return tuple(dict.fromkeys(Cue(code) for code in codes if can_watch(code)))


def needs_camera(cues: Collection[Cue]) -> bool:
    """Whether without a camera nothing is left to watch."""
    return bool(cues) and all(CATALOGUE[cue].group in _SEEN for cue in cues)


def is_live(cue: Cue) -> bool:
    """Whether it has a value while the answer is given; words are only known afterwards."""
    return CATALOGUE[cue].group != "words"


def only(cues: Collection[Cue], profile: Profile) -> Profile:
    """The profile of somebody who left out everything but these cues; what they left out themselves stays out."""
    return Profile(profile.off | (frozenset(Cue) - frozenset(cues)), profile.targets)
