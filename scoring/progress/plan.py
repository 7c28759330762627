"""When to practise next: a few sessions with days between them do more than many at once.

What is spread over days stays longer than what is done at once, and a gap of some tenth of the time for which it must
last does best (Cepeda et al. 2006, 2008). So several sessions of one day count as one spaced session; nine of those are
the goal, 38 sessions are what the very keen may go on to. Both numbers are the product's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

GOAL, STRETCH = 9, 38
LONGEST_GAP, UPKEEP_GAP = 4, 7
"""Days: between sessions on the way to the goal, and after it."""
USUAL_DAYS = 28
"""For which a plan is made where no date is given."""


@dataclass(frozen=True, slots=True)
class Plan:
    """`spaced` of `goal` sessions are done on different days, `done` in all; `dates` are those to come, soonest first.

    `is_tight`: with a day between them the rest does not fit before the date.
    """

    done: int
    spaced: int
    goal: int
    dates: tuple[date, ...]
    is_tight: bool

    @property
    def next_on(self) -> date | None:
        return self.dates[0] if self.dates else None


def plan(done_on: Iterable[date], *, today: date, until: date | None = None) -> Plan:
    """The plan for somebody who practised on these days (one entry a session); `until` is when it must be there.

    It starts from what was done: whoever is ahead gets wider gaps, whoever is behind narrower ones, never two on a day.
    A date that is past counts as none.
    """
    sessions = sorted(day for day in done_on if day <= today)
    days = sorted(set(sessions))
    goal = GOAL if len(days) < GOAL else STRETCH
    if goal == STRETCH:
        dates = _upkeep(days, today) if len(sessions) < STRETCH else ()
        return Plan(len(sessions), len(days), goal, dates, is_tight=False)
    end = until if until is not None and until >= today else today + timedelta(days=USUAL_DAYS)
    first = today if not days or days[-1] < today else today + timedelta(days=1)
    dates = _spread(first, end, GOAL - len(days))
    return Plan(len(sessions), len(days), goal, dates, is_tight=(end - first).days + 1 < GOAL - len(days))


def _spread(first: date, end: date, wanted: int) -> tuple[date, ...]:
    """So many different days from `first` on, evenly, no wider apart than `LONGEST_GAP`; fewer where none are left."""
    room = (end - first).days
    fits = min(wanted, room + 1)
    if fits <= 0:
        return ()
    gap = min(float(LONGEST_GAP), room / (fits - 1)) if fits > 1 else 0.0
    return tuple(first + timedelta(days=int(number * gap)) for number in range(fits))


def _upkeep(days: list[date], today: date) -> tuple[date, ...]:
    return (max(today, days[-1] + timedelta(days=UPKEEP_GAP)),)
