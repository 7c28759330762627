"""What became of earlier advice: which sessions are compared, and when a difference is called a change."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Institution, User
from analytics.coach import words
from analytics.coach.remembered import Effect, Remembered, effect, remembered
from analytics.progress import Point
from scoring.cues.catalogue import Cue
from scoring.metrics.change import Verdict
from scoring.performance.index import Profile
from sessions.models import Advice, PracticeSession

Advise = Callable[..., Advice]
Practise = Callable[..., PracticeSession]
BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
SPREAD = 0.1


def session(day: int) -> PracticeSession:
    return PracticeSession(created_at=BEGIN + timedelta(days=day))


def points(means: Sequence[float], *, n: int = 4, spread: float | None = SPREAD) -> list[Point]:
    """One session a day, each of `n` answers."""
    variance = None if spread is None else spread**2
    return [Point(BEGIN + timedelta(days=day), "Shop", mean, variance, n) for day, mean in enumerate(means)]


def found(means: Sequence[float], advised_on: int, **more: Any) -> Effect:
    result = effect(points(means, **more), session(advised_on))
    assert result is not None
    return result


def of(result: Effect | None, direction: Any = "up") -> Remembered:
    return Remembered((Cue.GZ_DR, direction), (session(3), session(1)), result)


def test_three_sessions_with_the_advised_one_are_compared_with_the_latest_three() -> None:
    result = found([0.9, 0.2, 0.3, 0.4, 0.0, 0.6, 0.7, 0.8], 3)
    assert result.before == pytest.approx(0.3)
    assert result.after == pytest.approx(0.7)
    assert result.sessions == 4
    assert result.change.limit == pytest.approx(
        1.96 * math.hypot(SPREAD / math.sqrt(12), SPREAD / math.sqrt(12))
    )
    assert of(result).has_come


def test_a_session_with_more_answers_weighs_more() -> None:
    rows = [*points([0.2]), *points([0.0, 0.4], n=1)[1:], *points([0, 0, 0.8], n=3)[2:]]
    result = effect(rows, session(0))
    assert result is not None
    assert result.after == pytest.approx((0.4 + 3 * 0.8) / 4)


def test_a_difference_within_what_varies_anyway_is_none() -> None:
    result = found([0.30, 0.33], 0)
    assert result.change.verdict is Verdict.NONE
    assert not of(result).has_come
    assert "no difference that is larger" in words.since(of(result))


def test_many_answers_make_no_change_of_what_single_answers_vary() -> None:
    """The means are known to a twentieth, and differ by less than the spread."""
    result = found([0.30, 0.30, 0.30, 0.38, 0.38, 0.38], 2, n=30)
    assert abs(result.change.difference) > 1.96 * math.hypot(SPREAD / math.sqrt(90), SPREAD / math.sqrt(90))
    assert result.change.verdict is Verdict.NONE
    assert result.change.limit == SPREAD
    assert of(found([0.30, 0.30, 0.30, 0.42, 0.42, 0.42], 2, n=30)).has_come


def test_the_other_way_is_said_as_such() -> None:
    result = found([0.6, 0.2], 0)
    assert of(result).went_away
    assert not of(result).has_come
    assert of(result, "down").has_come
    assert "the other way" in words.since(of(result))


def test_without_two_answers_in_a_session_nothing_is_claimed() -> None:
    result = found([0.1, 0.9], 0, n=1, spread=None)
    assert result.change.verdict is Verdict.UNKNOWN
    assert not of(result).has_come
    assert "is not known yet" in words.since(of(result))


def test_with_nothing_before_or_nothing_since_there_is_no_effect() -> None:
    assert effect(points([0.1, 0.2]), session(1)) is None
    assert effect(points([0.1, 0.2]), session(-1)) is None
    assert effect([], session(0)) is None
    assert "Nothing was measured since" in words.since(of(None))


@given(
    st.lists(st.floats(0, 1), min_size=2, max_size=9),
    st.integers(0, 7),
    st.floats(0.01, 0.5),
    st.floats(-0.5, 0.5),
)
def test_the_effect_moves_with_the_values_and_not_with_their_level(
    means: list[float], day: int, spread: float, shift: float
) -> None:
    day = min(day, len(means) - 2)
    plain, moved = found(means, day, spread=spread), found([m + shift for m in means], day, spread=spread)
    assert moved.change.difference == pytest.approx(plain.change.difference, abs=1e-9)
    assert moved.change.limit == pytest.approx(plain.change.limit)
    assert plain.change.difference == pytest.approx(plain.after - plain.before)
    turned = found([-m for m in means], day, spread=spread)
    assert turned.change.difference == pytest.approx(-plain.change.difference)


def test_when_it_comes_again_its_effect_is_said_first() -> None:
    come = words.again(of(found([0.2, 0.8], 0)))
    assert come.startswith(
        "20\N{NO-BREAK SPACE}% when this was first advised, on 2 March 2026, and 80\N{NO-BREAK SPACE}% since: it "
        "changed as advised"
    )
    not_yet = words.again(of(found([0.2, 0.2], 0)))
    assert not_yet.startswith("You have met this advice before, the last time on 4 March 2026.")


# --- over stored sessions -------------------------------------------------------------------------------


def gaze(*values: float) -> list[dict[str, Any]]:
    return [{"GZ_DR": {"v": value}} for value in values]


LOW, HIGH = gaze(0.18, 0.2, 0.22), gaze(0.58, 0.6, 0.62)


def test_advice_of_all_sessions_is_remembered_once_for_each_kind(
    sam: User, advising: Institution, practise: Practise, advise: Advise, change: Callable[..., Any]
) -> None:
    first, second, _third = practise(sam, cues=LOW), practise(sam, cues=HIGH), practise(sam, cues=HIGH)
    advise(first, change())
    advise(first, change(), change("HD_TH", "down"), position=1)
    advise(second, change())
    rows = remembered(sam, advising)
    assert [one.kind for one in rows] == [(Cue.GZ_DR, "up"), (Cue.HD_TH, "down")]
    assert rows[0].sessions == (second, first)
    assert rows[0].has_come
    assert rows[0].effect is not None
    assert (rows[0].effect.before, rows[0].effect.after) == (pytest.approx(0.2), pytest.approx(0.6))
    assert rows[1].effect is None


def test_as_of_a_session_what_came_later_is_not_known(
    sam: User, advising: Institution, practise: Practise, advise: Advise, change: Callable[..., Any]
) -> None:
    first, second, third = practise(sam, cues=LOW), practise(sam, cues=LOW), practise(sam, cues=HIGH)
    for session in (first, second, third):
        advise(session, change())
    assert remembered(sam, advising, before=first) == []
    then = remembered(sam, advising, before=second)[0]
    assert then.sessions == (first,)
    assert not then.has_come
    assert remembered(sam, advising, before=third)[0].has_come


def test_drills_other_people_old_versions_and_cues_left_out_are_not_remembered(
    sam: User,
    otto: User,
    advising: Institution,
    practise: Practise,
    advise: Advise,
    change: Callable[..., Any],
) -> None:
    drill, old, kept = (practise(sam, cues=LOW) for _ in range(3))
    PracticeSession.objects.filter(pk=drill.pk).update(is_drill=True)
    advise(drill, change())
    advise(old, change(), current=False)
    advise(practise(otto, cues=LOW), change())
    advise(kept, change("EN_HA"))
    assert [one.kind for one in remembered(sam, advising)] == [(Cue.EN_HA, "up")]
    assert remembered(sam, advising, profile=Profile(off=frozenset({Cue.EN_HA}))) == []


@pytest.mark.parametrize("allowed", [[], ["engagement"], ["advice"]])
def test_where_the_policy_does_not_run_both_models_nothing_is_remembered(
    sam: User,
    advising: Institution,
    practise: Practise,
    advise: Advise,
    change: Callable[..., Any],
    allowed: list[str],
    django_assert_num_queries: Any,
) -> None:
    advise(practise(sam, cues=LOW), change())
    advising.models_allowed = allowed
    with django_assert_num_queries(0):
        assert remembered(sam, advising) == []
