"""Writes of this app, as named verbs."""

from __future__ import annotations

from datetime import date

from accounts.models import AuditEntry, Institution, User


def record_export(*, institution: Institution, actor: User, what: str, since: date) -> AuditEntry:
    """An export is written down before its first line leaves."""
    return AuditEntry.objects.create(
        institution=institution,
        actor=actor,
        verb="exported",
        details={"what": what, "since": since.isoformat()},
    )
