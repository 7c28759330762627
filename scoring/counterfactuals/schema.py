"""What is known of a numeric table: names, ranges, steps, what may move, and in which direction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import torch
from torch import Tensor

from scoring.counterfactuals.feature import Feature, SchemaError, Sign

__all__ = ["Feature", "Schema", "SchemaError", "Sign"]


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

    def unbound(self) -> Schema:
        """The same with every feature movable."""
        return Schema(replace(feature, movable=True) for feature in self.features)

    def reversed(self) -> Schema:
        """The way back: what may only rise here may only fall there."""
        other: dict[Sign, Sign] = {"up": "down", "down": "up", "both": "both"}
        return Schema(replace(feature, sign=other[feature.sign]) for feature in self.features)

    def allowed(self, before: Tensor, after: Tensor, free: Tensor) -> Tensor:
        """`after` (n, k) brought to what is allowed: within the range, no forbidden sign, nothing that is not free.

        A value that lies outside the range already may stay there, or come into it. `free` (n, k) is False where a
        feature is frozen or absent; NaN stays NaN.
        """
        after = torch.minimum(
            torch.maximum(after, torch.minimum(self.low, before)), torch.maximum(self.high, before)
        )
        after = torch.where(self.may_rise, after, torch.minimum(after, before))
        after = torch.where(self.may_fall, after, torch.maximum(after, before))
        inside = torch.minimum(torch.maximum(after, self.low), self.high)
        return torch.where(free & self.movable & (after != before), inside, before)
