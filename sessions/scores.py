"""The performance index of answers as it is kept: made at the end of an analysis, and anew when the profile changes.

The formula is `scoring.performance`. Everything that an index was made of is kept with it (what was expected, what was
usual before the answer), so that it can be shown, and made again by another profile although both moved on.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from scoring.actions import hold_person
from scoring.cues.bands import band_of
from scoring.cues.baseline import Baseline
from scoring.cues.catalogue import Cue
from scoring.cues.values import Value
from scoring.performance.expectation import Expectation, expectations
from scoring.performance.index import Performance, Profile, performance
from scoring.queries import profile_of
from sessions.content.expected import expected_of
from sessions.models import Answer, AnswerScore, ResultState, ScoreKind

VERSION = "pd-1"
"""Of the formula, with what is expected where a question says nothing."""


@dataclass(frozen=True, slots=True)
class Basis:
    """What an index is made of, besides the answer's values and the profile."""

    expected: tuple[Expectation, ...]
    baseline: Baseline | None
    """What was usual before the answer."""


def basis_of(answer: Answer, baseline: Baseline | None) -> Basis:
    """What the answer's question expects today."""
    return Basis(expected_of(answer.question, answer.session.scenario), baseline)


def stored_basis(details: Mapping[str, Any]) -> Basis:
    """The basis of a stored index. Raises KeyError, TypeError, ValueError: there is none in it."""
    expected = expectations(details["expected"], question_type="", expected_s=None)
    return Basis(expected, Baseline.from_json(details["usual"]))


def made(answer: Answer, cues: Mapping[str, Any], basis: Basis, profile: Profile) -> AnswerScore:
    """The index of an answer with these cues (`AnswerResult.cues`), as a row that is not saved yet."""
    found = performance(
        _values(cues),
        basis.expected,
        baseline=basis.baseline,
        profile=profile,
        band_of=partial(band_of, language=answer.session.scenario.language),
    )
    return AnswerScore(
        answer=answer,
        institution_id=answer.institution_id,
        kind=ScoreKind.PERFORMANCE,
        version=VERSION,
        value=None if found.value is None else _short(found.value),
        missing=found.missing or "",
        details=_details(found, basis),
    )


def keep(answer: Answer, cues: Mapping[str, Any], *, baseline: Baseline | None) -> AnswerScore:
    """Make and keep the index of an analysed answer; an earlier one is no longer current. Within a transaction.

    `baseline` is what was usual before this answer. An answer that is analysed again has moved it itself: what is kept
    with its earlier index is used then, and `baseline` only where there is none.
    """
    session = answer.session
    hold_person(user_id=session.user_id)
    profile = profile_of(user_id=session.user_id, institution_id=session.institution_id)
    earlier = _current().filter(answer=answer).first()
    known = Baseline.from_json(earlier.details["usual"]) if earlier else baseline
    score = made(answer, cues, basis_of(answer, known), profile)
    if earlier:
        _current().filter(pk=earlier.pk).update(current=False)
    score.save()
    return score


@transaction.atomic
def score_again(*, user_id: UUID, institution_id: UUID) -> int:
    """Make every index of the person anew that their profile of today changes; how many those were.

    In the same transaction as the change of the profile: no analysis may end in between with the old one.
    """
    hold_person(user_id=user_id)
    profile = profile_of(user_id=user_id, institution_id=institution_id)
    rows = _current().filter(answer__session__user_id=user_id, institution_id=institution_id)
    rows = rows.filter(answer__result__state=ResultState.READY)
    rows = rows.select_related("answer__result", "answer__session__scenario")
    pairs = [
        (row, made(row.answer, row.answer.result.cues, stored_basis(row.details), profile)) for row in rows
    ]
    changed = [(old, new) for old, new in pairs if (old.value, old.details) != (new.value, new.details)]
    _current().filter(pk__in=[old.pk for old, _ in changed]).update(current=False)
    now = timezone.now()
    for _, new in changed:
        new.made_at = now
    AnswerScore.objects.bulk_create([new for _, new in changed], batch_size=500)
    return len(changed)


def performance_of(answer: Answer) -> AnswerScore | None:
    """The index that counts; None where the answer was analysed before there was one."""
    return _current().filter(answer=answer).first()  # type: ignore[no-any-return]


def _current() -> Any:
    return AnswerScore.objects.filter(kind=ScoreKind.PERFORMANCE, current=True)


def _values(cues: Mapping[str, Any]) -> dict[Cue, Value]:
    """Stored values; what is absent, or of a cue that this version does not know, takes no part."""
    known = {code.value for code in Cue}
    return {
        Cue(code): Value.of(stored["v"]) for code, stored in cues.items() if code in known and "v" in stored
    }


def _details(found: Performance, basis: Basis) -> dict[str, Any]:
    return {
        "terms": [_fields(term) for term in found.terms],
        "left_out": [_fields(one) for one in found.left_out],
        "expected": [_fields(one) for one in basis.expected],
        "usual": _usual(basis),
    }


def _usual(basis: Basis) -> dict[str, Any]:
    """What was usual of the expected cues, as a stored baseline."""
    cues = basis.baseline.cues if basis.baseline else {}
    wanted = {one.cue for one in basis.expected}
    return Baseline({cue: usual for cue, usual in cues.items() if cue in wanted}).to_json()


def _fields(found: Any) -> dict[str, Any]:
    """As it comes back from the database: codes as text, what is not there left out."""
    fields = dataclasses.asdict(found).items()
    return {name: _plain(value) for name, value in fields if value is not None}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items() if inner is not None}
    return _short(value) if isinstance(value, float) else str(value) if isinstance(value, str) else value


def _short(value: float) -> float:
    """To six significant digits, which is more than anything was measured with."""
    return float(f"{value:.6g}")
