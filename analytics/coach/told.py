"""What is said of one change: several ways to say what was seen and what to try, and an example."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from scoring.cues.catalogue import Cue

Direction = Literal["up", "down"]
Size = Literal["slight", "clear"]


@dataclass(frozen=True, slots=True)
class Phrases:
    """Lazy translations, each list with ways to say the same.

    title: the change in a few words. seen: what was observed, with %(times)s (such as "0:42 and 1:10") and %(value)s.
    slight and clear: one thing to try at a desk camera, for a small change and for a large one. example: the behaviour,
    in a sentence.
    """

    title: Any
    seen: tuple[Any, ...]
    slight: tuple[Any, ...]
    clear: tuple[Any, ...]
    example: Any

    def to_try(self, size: Size) -> tuple[Any, ...]:
        return self.slight if size == "slight" else self.clear


Texts = Mapping[tuple[Cue, Direction], Phrases]
