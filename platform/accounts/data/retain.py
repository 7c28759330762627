"""The periodic job that deletes what has become too old, in batches, and leaves proof."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.data.deletion import delete_rows
from accounts.data.erase import erase_former
from accounts.data.rows import AnyModel, Rows, all_rows, days_of, declared, in_institution
from accounts.fate import Fate, Retention
from accounts.models import Institution, Membership, RetentionProof, User

BATCH = 500


def apply_retention(*, now: datetime | None = None, batch: int = BATCH) -> dict[str, int]:
    """Deletes every row whose time is over, by each institution's policy. Returns counts by model label.

    Each batch is a transaction of its own: a run that is killed has done a part, and the next one goes on.
    """
    now = now or timezone.now()
    totals: dict[str, int] = {}
    for label, count in (*_by_policy(now, batch), *_by_fixed_days(now, batch)):
        totals[label] = totals.get(label, 0) + count
    return totals


def _by_policy(now: datetime, batch: int) -> Iterator[tuple[str, int]]:
    for institution in Institution.objects.order_by("pk").iterator(chunk_size=100):
        for model, fate, retention in _retained():
            if fate.institution:
                older_than = now - timedelta(days=days_of(retention, institution))
                rows = in_institution(_older(model, retention, older_than), fate, institution.pk)
                deleted = _delete(model, rows, institution, batch)
                _prove(model, institution, older_than, deleted)
                yield model._meta.label, deleted


def _by_fixed_days(now: datetime, batch: int) -> Iterator[tuple[str, int]]:
    """Library tables, which no institution owns: they leave no proof, for there is nobody to leave it to."""
    for model, fate, retention in _retained():
        if not fate.institution:
            rows = _older(model, retention, now - timedelta(days=retention.days or 0))
            yield model._meta.label, _delete_batches(model, rows, batch)


def _retained() -> Iterator[tuple[AnyModel, Fate, Retention]]:
    # From the top floor down, as in erasure.
    for model, fate in reversed(list(declared())):
        if fate.retention:
            yield model, fate, fate.retention


def _older(model: AnyModel, retention: Retention, than: datetime) -> Rows:
    return all_rows(model).filter(**{f"{retention.field}__lt": than})


def _delete(model: AnyModel, rows: Rows, institution: Institution, batch: int) -> int:
    if model is Membership:
        return _forget_former_members(rows, institution, batch)
    return _delete_batches(model, rows, batch)


def _delete_batches(model: AnyModel, rows: Rows, batch: int) -> int:
    deleted = 0
    while keys := list(rows.order_by("pk").values_list("pk", flat=True)[:batch]):
        deleted += delete_rows(all_rows(model).filter(pk__in=keys))[model._meta.label]
    return deleted


def _forget_former_members(rows: Rows, institution: Institution, batch: int) -> int:
    """With the membership goes all else that the institution holds about the person, and perhaps the account."""
    deleted = 0
    while users := list(User.objects.filter(pk__in=rows.values("user")).order_by("pk")[:batch]):
        for user in users:
            with transaction.atomic():
                erase_former([user], institution)
        deleted += len(users)
    return deleted


@transaction.atomic
def _prove(model: AnyModel, institution: Institution, older_than: datetime, deleted: int) -> None:
    """A run that found nothing replaces the last one that found nothing; each deletion stays on record."""
    proofs = RetentionProof.objects.filter(institution=institution, model=model._meta.label)
    if not deleted:
        proofs.filter(deleted=0).delete()
    RetentionProof.objects.create(
        institution=institution, model=model._meta.label, older_than=older_than, deleted=deleted
    )
