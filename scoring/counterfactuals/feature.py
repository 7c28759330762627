"""One column of a table and what may be advised about it. Without torch, so that pages can read a schema."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Literal, get_args

Sign = Literal["both", "up", "down"]


class SchemaError(Exception):
    """The schema contradicts itself; the message names the feature."""


@dataclass(frozen=True, slots=True)
class Feature:
    """One column. `low` and `high` bound what may be advised, `step` is the smallest change worth naming (0: any)."""

    name: str
    low: float
    high: float
    step: float = 0.0
    movable: bool = True
    sign: Sign = "both"

    def __post_init__(self) -> None:
        if not -inf < self.low < self.high < inf:
            raise SchemaError(f"{self.name}: {self.low}..{self.high} is no range")
        if self.step < 0 or self.step > self.high - self.low:
            raise SchemaError(f"{self.name}: a step of {self.step} does not fit into {self.low}..{self.high}")
        if self.sign not in get_args(Sign):
            raise SchemaError(f"{self.name}: {self.sign} is no sign")
