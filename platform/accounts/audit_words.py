"""The audit log and the proofs of deletion, in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.fate import fate_of
from accounts.models import AuditEntry, RetentionProof, User

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

VERBS: Mapping[str, _StrOrPromise] = {
    "change_role": gettext_lazy("Changed a role"),
    "remove_person": gettext_lazy("Took a person out of the institution"),
    "erase_person": gettext_lazy("A person was erased"),
    "change_policy": gettext_lazy("Changed the policy"),
    "create_cohort": gettext_lazy("Made a cohort"),
    "rename_cohort": gettext_lazy("Renamed a cohort"),
    "archive_cohort": gettext_lazy("Archived a cohort"),
    "unarchive_cohort": gettext_lazy("Took a cohort out of the archive"),
    "bind_link": gettext_lazy("Said what a link on the learning platform opens"),
    "join_accounts": gettext_lazy("Joined two accounts of one person"),
    "enrol": gettext_lazy("Put a person into a cohort"),
    "mark_left": gettext_lazy("Took a person out of a cohort"),
    "invite": gettext_lazy("Invited a person"),
    "invite_by_link": gettext_lazy("Made an invitation link"),
    "invite_by_csv": gettext_lazy("Invited a list of people"),
    "revoke_invitation": gettext_lazy("Withdrew an invitation"),
    "assign": gettext_lazy("Assigned an interview"),
    "change_assignment": gettext_lazy("Changed an assignment"),
    "withdraw_assignment": gettext_lazy("Withdrew an assignment"),
    "copy_scenario": gettext_lazy("Made an own copy of an interview"),
    "change_expectations": gettext_lazy("Changed what a question expects"),
    "answer_dispute": gettext_lazy("Replied to a dispute"),
    "set_rubric": gettext_lazy("Changed a rubric"),
    "drop_rubric": gettext_lazy("Took a rubric back"),
    "confirm_grade": gettext_lazy("Confirmed points for the learning platform"),
    "export_usage": gettext_lazy("Exported how much is practised"),
    "export_ratings": gettext_lazy("Exported rated answers"),
    "train_models": gettext_lazy("Asked for a training of models"),
    "stop_training": gettext_lazy("Stopped a training of models"),
    "switch_on_model": gettext_lazy("Switched a model on"),
    "rescore_history": gettext_lazy("Had the history scored anew"),
    "roll_back_model": gettext_lazy("Rolled back to an earlier model"),
    "register_platform": gettext_lazy("Connected a learning platform"),
    "change_platform": gettext_lazy("Changed a learning platform"),
    "switch_platform": gettext_lazy("Switched a learning platform on or off"),
    "delete_platform": gettext_lazy("Deleted a learning platform"),
    "accept_deployment": gettext_lazy("Accepted a deployment"),
    "refuse_deployment": gettext_lazy("Refused a deployment"),
    "make_registration_link": gettext_lazy("Made a link for a learning platform"),
    "revoke_registration_link": gettext_lazy("Withdrew a link for a learning platform"),
}
"""Verbs of floors above are shown as they are written, unless they are put here too."""

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")


@dataclass(frozen=True)
class Line:
    at: datetime
    actor: User | None
    what: str
    said: str


def line_of(entry: AuditEntry) -> Line:
    what = VERBS.get(entry.verb) or entry.verb.replace("_", " ").capitalize()
    return Line(entry.at, entry.actor, str(what), _said(entry.details))


def _said(details: Mapping[str, Any]) -> str:
    """Numbers, roles and settings. Ids say nothing to a reader and are left out."""
    if "changed" in details:
        changes = details["changed"].items()
        return "; ".join(
            f"{name.replace('_', ' ')}: {_value(old)} → {_value(new)}" for name, (old, new) in changes
        )
    if "before" in details:
        return f"{details['before']} → {details['after']}"
    told = {key: value for key, value in details.items() if not _ID.fullmatch(str(value))}
    return "; ".join(f"{key.replace('_', ' ')}: {_value(value)}" for key, value in told.items())


def _value(value: Any) -> str:
    return (", ".join(map(str, value)) or _("none")) if isinstance(value, list) else str(value)


@dataclass(frozen=True)
class ProofLine:
    at: datetime
    kind: str
    older_than: datetime
    deleted: int


def proof_line_of(proof: RetentionProof) -> ProofLine:
    return ProofLine(proof.at, kind_of(proof.model), proof.older_than, proof.deleted)


def kind_of(label: str) -> str:
    """What the privacy page calls the rows of a model; the model's own name where it says nothing."""
    try:
        model = apps.get_model(label)
    except LookupError:
        return label  # a model of an earlier version
    fate = fate_of(model)
    return str(fate.shown.kind) if fate and fate.shown else str(model._meta.verbose_name_plural).capitalize()
