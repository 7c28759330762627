"""What is known of a numeric table: names, ranges, steps, what may move, and in which direction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

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
        if not self.low < self.high:
            raise SchemaError(f"{self.name}: the range {self.low}..{self.high} is empty")
        if self.step < 0 or self.step > self.high - self.low:
            raise SchemaError(f"{self.name}: a step of {self.step} does not fit into {self.low}..{self.high}")


class Schema:
    """The features of a table, in its order. Tensors are (k,)."""

    def __init__(self, features: Iterable[Feature]) -> None:
        self.features = tuple(features)
        names = [feature.name for feature in self.features]
        if not names or len(set(names)) != len(names):
            raise SchemaError("a schema has at least one feature, and no name twice")
        self.names = tuple(names)
        self.low = torch.tensor([feature.low for feature in self.features])
        self.high = torch.tensor([feature.high for feature in self.features])
        self.step = torch.tensor([feature.step for feature in self.features])
        self.movable = torch.tensor([feature.movable for feature in self.features])
        self.may_rise = torch.tensor([feature.sign != "down" for feature in self.features])
        self.may_fall = torch.tensor([feature.sign != "up" for feature in self.features])

    def __len__(self) -> int:
        return len(self.features)

    def allowed(self, before: Tensor, after: Tensor, free: Tensor) -> Tensor:
        """`after` (n, k) brought to what is allowed: within the range, no forbidden sign, nothing that is not free.

        A value that lies outside the range already may stay there, but not go further out. `free` (n, k) is False where
        a feature is frozen or absent; NaN stays NaN.
        """
        after = torch.minimum(
            torch.maximum(after, torch.minimum(self.low, before)), torch.maximum(self.high, before)
        )
        after = torch.where(self.may_rise, after, torch.minimum(after, before))
        after = torch.where(self.may_fall, after, torch.maximum(after, before))
        return torch.where(free & self.movable, after, before)
