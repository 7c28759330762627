"""Every write of a choice, as a named verb. The selection's row is locked, so that two clicks are one."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from cohorts.actions.assignments import assign
from cohorts.models import Cohort
from lti.choosing import queries
from lti.choosing.errors import Gone, NothingPicked, Over, TooMany
from lti.choosing.picks import Pick, as_json
from lti.models import Selection

MOST_PICKS = 20


@transaction.atomic
def pick(*, selection: Selection, chosen: Pick) -> Selection:
    """Put it to what is picked already; the same thing twice is once. Raises Over, TooMany."""
    locked = _locked(selection)
    if locked.answered_at is not None:
        raise Over
    _keep(locked, _with(queries.picks_of(locked), chosen))
    return locked


@transaction.atomic
def take_out(*, selection: Selection, key: str) -> Selection:
    """Raises Over. What is out already stays out."""
    locked = _locked(selection)
    if locked.answered_at is not None:
        raise Over
    _keep(locked, [one for one in queries.picks_of(locked) if one.key != key])
    return locked


@transaction.atomic
def answer(*, selection: Selection, by: User, last: Pick | None = None) -> Selection:
    """Make what is to be made, and close the choice with it. `last` is one more pick, or the only one.

    A choice that is answered already comes back as it was sent: nothing is made twice. Raises NothingPicked, TooMany,
    Gone, and what `assign` raises; then nothing was changed.
    """
    locked = _locked(selection)
    if locked.answered_at is not None:
        return locked
    if locked.course is None or not locked.accepts_links:
        raise NothingPicked
    kept = queries.picks_of(locked) if locked.accepts_several else []
    picks = _with(kept, last) if last else kept
    if not picks:
        raise NothingPicked
    cohort = locked.course.cohort
    _check_offered(locked, cohort, picks)
    return _close(locked, [_placed(one, cohort, by) for one in picks])


@transaction.atomic
def cancel(*, selection: Selection) -> Selection:
    """Close the choice with nothing. One that is answered already stays as it was sent."""
    locked = _locked(selection)
    return locked if locked.answered_at is not None else _close(locked, [])


def _locked(selection: Selection) -> Selection:
    rows = Selection.objects.select_for_update(of=("self",))
    return rows.select_related("registration", "institution", "course__cohort__institution").get(
        pk=selection.pk
    )


def _with(picks: list[Pick], chosen: Pick) -> list[Pick]:
    if chosen in picks:
        return picks
    if len(picks) >= MOST_PICKS:
        raise TooMany
    return [*picks, chosen]


def _check_offered(selection: Selection, cohort: Cohort, picks: Sequence[Pick]) -> None:
    if any(line.scenario is None for line in queries.lines(selection, cohort, picks)):
        raise Gone


def _placed(chosen: Pick, cohort: Cohort, by: User) -> Pick:
    return chosen.placed(_assignment_of(chosen, cohort, by))


def _assignment_of(chosen: Pick, cohort: Cohort, by: User) -> UUID:
    if chosen.plan:
        return assign(cohort=cohort, by=by, **chosen.plan.verb_arguments()).pk
    if chosen.assignment_id is None:
        raise Gone
    return chosen.assignment_id


def _keep(selection: Selection, picks: Sequence[Pick]) -> None:
    selection.picks = [as_json(one) for one in picks]
    selection.save(update_fields=["picks"])


def _close(selection: Selection, picks: Sequence[Pick]) -> Selection:
    selection.answered_at = timezone.now()
    selection.picks = [as_json(one) for one in picks]
    selection.save(update_fields=["answered_at", "picks"])
    return selection
