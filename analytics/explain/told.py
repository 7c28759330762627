"""What is told of a cue: five short texts, all translatable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scoring.cues.catalogue import Cue


@dataclass(frozen=True, slots=True)
class Told:
    """Lazy translations. `example` may name values of its figure or quote, such as %(bend)s.

    short: what it is, in one line. how: from which signal and by which rule. example: a concrete case with numbers.
    not_meant: what must not be read into it. practise: one thing to try.
    """

    short: Any
    how: Any
    example: Any
    not_meant: Any
    practise: Any


Texts = Mapping[Cue, Told]
