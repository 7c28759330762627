"""An institution whose simulated people have rated answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import Institution
from scoring.interchange.simulated import Plan
from sessions.training.simulated import simulate_rated_answers


@pytest.fixture
def rated(northfield: Institution, scenario: Any) -> Callable[..., None]:
    """`rated(60)` gives Northfield so many rated answers of simulated people."""
    northfield.simulated = True
    northfield.save()

    def make(answers: int, **plan: Any) -> None:
        simulate_rated_answers(institution=northfield, plan=Plan(answers=answers, **plan))

    return make
