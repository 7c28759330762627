"""A student's own values of one cue, to stand beside its explanation. At most three queries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, IntegerField, Value, When
from django.urls import reverse
from django.utils.translation import ngettext

from accounts.models import Institution, User
from analytics import cue_names, history, summaries, units
from scoring.cues.catalogue import CATALOGUE, CATALOGUE_VERSION, Cue
from scoring.queries import profile_of
from sessions.models import AnswerResult, ResultState


@dataclass(frozen=True, slots=True)
class Own:
    """What is usual for a person and what their last answer showed. `usual` is empty before the calibration is over.

    `last` is the value, or with `absent` the reason why there is none. `url` leads to that answer.
    """

    usual: str
    last: str
    absent: bool
    at: datetime
    question: str
    url: str
    simulated: bool


def own_values(user: User, institution: Institution, cue: Cue) -> Own | None:
    """The latest answer in which the cue was measured (if in none, the latest at all).

    None without any answer, and for a cue that the person left out.
    """
    if cue in _off(user, institution):
        return None
    found = _latest(user, institution, cue)
    if found is None:
        return None
    last, absent = _last(found, cue)
    answer = found.answer
    return Own(
        usual=_usual(user, institution, cue),
        last=last,
        absent=absent,
        at=answer.ended_at or answer.session.created_at,
        question=answer.question_text,
        url=reverse("analytics:answer", args=[answer.session_id, answer.pk]),
        simulated=answer.session.simulated,
    )


def _latest(user: User, institution: Institution, cue: Cue) -> AnswerResult | None:
    rows = AnswerResult.objects.filter(
        answer__session__user=user,
        answer__session__is_drill=False,
        institution=institution,
        state=ResultState.READY,
        catalogue_version=CATALOGUE_VERSION,
    ).select_related("answer__session")
    if CATALOGUE[cue].kind == "continuous":
        with_value = When(**{f"cues__{cue.value}__has_key": "v", "then": Value(0)})
        rows = rows.annotate(rank=Case(with_value, default=Value(1), output_field=IntegerField()))
        return rows.order_by("rank", "-answer__session__created_at", "-answer__position").first()
    return rows.order_by("-answer__session__created_at", "-answer__position").first()


def _last(found: AnswerResult, cue: Cue) -> tuple[str, bool]:
    if CATALOGUE[cue].kind == "event":
        n = summaries.counts(summaries.happenings(found.events)).get(cue, 0)
        return (ngettext("once", "%(n)s times", n) % {"n": n}), False
    value = summaries.measured(found.cues).get(cue)
    if value is None or value.value is None:
        return cue_names.reason((value.absent if value else None) or ""), True
    return units.quantity(cue, value.value), False


def _usual(user: User, institution: Institution, cue: Cue) -> str:
    """Events have no usual: how often they come depends on how long an answer is."""
    if CATALOGUE[cue].kind == "event":
        return ""
    known = history.usual_of(user, institution).get(cue)
    return units.quantity(cue, known.mean) if known else ""


def usual_values(user: User, institution: Institution) -> Mapping[Cue, str]:
    """What is usual for the person, of every cue whose calibration is over and that they did not leave out.

    As it is shown. Two queries.
    """
    known: dict[Cue, Any] = history.usual_of(user, institution)
    off = _off(user, institution)
    return {cue: units.quantity(cue, usual.mean) for cue, usual in known.items() if cue not in off}


def _off(user: User, institution: Institution) -> frozenset[Cue]:
    return profile_of(user_id=user.pk, institution_id=institution.pk).off
