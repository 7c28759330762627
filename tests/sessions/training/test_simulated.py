"""Rated answers of simulated people: only where everything is simulated, and just as they were simulated."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from accounts.models import Institution, User
from scoring.engagement.features import seconds_of
from scoring.interchange.reading import read
from scoring.interchange.simulated import Plan, write
from sessions.models import Answer, Rating
from sessions.training.simulated import QUESTION_S, as_track

pytestmark = pytest.mark.django_db


def test_the_command_adds_people_who_say_that_they_are_simulated(
    northfield: Institution, scenario: Any, rated: Callable[..., None]
) -> None:
    call_command("simulate_rated_answers", institution=northfield.name, answers=7, raters=2)
    assert (Answer.objects.count(), Rating.objects.count()) == (7, 14)
    assert User.objects.exists()
    assert not User.objects.filter(simulated=False).exists()
    assert not any(user.has_usable_password() for user in User.objects.all())


def test_nothing_is_put_among_real_people(northfield: Institution, scenario: Any) -> None:
    with pytest.raises(CommandError, match="not a simulated one"):
        call_command("simulate_rated_answers", institution=northfield.name, answers=7)
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("options", "said"), [({"answers": 0}, "at least one"), ({"institution": "Nowhere"}, "no inst")]
)
def test_what_cannot_be_is_refused(
    northfield: Institution, rated: Callable[..., None], options: dict[str, Any], said: str
) -> None:
    with pytest.raises(CommandError, match=said):
        call_command("simulate_rated_answers", **{"institution": northfield.name} | options)


def test_the_track_holds_what_was_simulated(tmp_path: Path) -> None:
    write(tmp_path, Plan(answers=10, raters=1, seed=5))
    found = read(tmp_path)
    for answer in found.answers:
        features = found.moments(answer).features
        track = as_track(features)
        seconds = seconds_of(track, question_ended_ms=1000 * QUESTION_S)
        np.testing.assert_allclose(seconds.features, features, rtol=1e-5)
