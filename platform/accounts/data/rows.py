"""Which rows are about whom, read from the fates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.apps import apps
from django.db.models import Model, Q, QuerySet

from accounts.fate import Fate, Retention, Shown, fate_of
from accounts.models import Institution, Purpose, User

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

AnyModel = type[Model]
Rows = QuerySet[Any]


def declared() -> Iterator[tuple[AnyModel, Fate]]:
    """Every model with a fate, ours and the libraries', the ground floor first."""
    for model in apps.get_models():
        fate = fate_of(model)
        if fate is not None:
            yield model, fate


def all_rows(model: AnyModel) -> Rows:
    return model._default_manager.all()


def rows_about(model: AnyModel, fate: Fate, user: User) -> Rows:
    """The rows about this person: by the path to them, and by their e-mail address. None without either."""
    about = Q(pk__in=[])
    if fate.person:
        about |= Q(**{fate.person: user.pk})
    if fate.address:
        about |= Q(**{f"{fate.address}__iexact": user.email})
    return all_rows(model).filter(about)


def in_institution(rows: Rows, fate: Fate, institution_id: UUID) -> Rows:
    return rows.filter(**{fate.institution: institution_id}) if fate.institution else rows


@dataclass(frozen=True)
class Holding:
    """One line of the privacy page. `days` None: until the account is deleted."""

    kind: _StrOrPromise
    seen_by: _StrOrPromise
    count: int
    days: int | None
    after_leaving: bool
    """The days count from when the person leaves, not from when the row was made."""


def holdings_of(user: User, institution: Institution) -> list[Holding]:
    """What this institution holds about the person, by kind; kinds without a row are left out."""
    found = [
        _holding(model, fate, fate.shown, user, institution)
        for model, fate in declared()
        if fate.shown and fate.institution and (fate.person or fate.address)
    ]
    return [holding for holding in found if holding.count]


def _holding(model: AnyModel, fate: Fate, shown: Shown, user: User, institution: Institution) -> Holding:
    rows = in_institution(rows_about(model, fate, user), fate, institution.pk)
    retention = retention_of(model, fate)
    return Holding(
        kind=shown.kind,
        seen_by=shown.seen_by,
        count=rows.count(),
        days=days_of(retention, institution) if retention else None,
        after_leaving=bool(retention and retention.field == "left_at"),
    )


def kept_under(user: User, institution: Institution) -> dict[Purpose, int]:
    """How many rows exist only because the person agreed to a purpose, such as recordings."""
    counts: dict[Purpose, int] = {}
    for model, fate in declared():
        if fate.purpose:
            rows = in_institution(rows_about(model, fate, user), fate, institution.pk)
            purpose = Purpose(fate.purpose)
            counts[purpose] = counts.get(purpose, 0) + rows.count()
    return counts


def retention_of(model: AnyModel, fate: Fate) -> Retention | None:
    """The model's own, or that of the row it belongs to: an answer goes with its practice session."""
    if fate.retention or not fate.person:
        return fate.retention
    for step in fate.person.split("__")[:-1]:
        parent = model._meta.get_field(step).related_model
        if not isinstance(parent, type):
            return None
        parent_fate = fate_of(parent)
        if parent_fate and parent_fate.retention:
            return parent_fate.retention
        model = parent
    return None


def days_of(retention: Retention, institution: Institution) -> int:
    if retention.days is not None:
        return retention.days
    days: int = getattr(institution, retention.policy)
    return days
