"""Which version of a model counts where. Weights are not read along: `files` asks for them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import ModelKind
from scoring.models import ModelSwitch, ModelVersion
from scoring.registry import shipped

MOST = 100
"""No list gives more versions than this at once."""


@dataclass(frozen=True, slots=True)
class InUse:
    """What scores an institution's answers. `advice` is None where none explains this very engagement model."""

    engagement: ModelVersion
    advice: ModelVersion | None


def in_use(institution_id: UUID, kind: ModelKind) -> ModelVersion | None:
    """The version that was switched on last, else the one that comes with Greenroom; None where there is neither."""
    switches = ModelSwitch.objects.filter(institution_id=institution_id, kind=kind)
    switched = switches.order_by("-made_at", "-pk").values_list("version_id", flat=True).first()
    if switched is not None:
        return _without_weights().get(pk=switched)
    return _without_weights().filter(institution=None, kind=kind, name=shipped.name_of(kind)).first()


def listening(institution_id: UUID) -> InUse | None:
    """What estimates a listener's rating and what explains it; None where there is no engagement model."""
    version = in_use(institution_id, ModelKind.ENGAGEMENT)
    if version is None:
        return None
    advice = in_use(institution_id, ModelKind.ADVICE)
    return InUse(version, advice if advice and advice.against == version.name else None)


def as_if_in_use(institution_id: UUID, version: ModelVersion) -> InUse:
    """This engagement model, with the advice in use if it explains it, else with the newest that does."""
    now = listening(institution_id)
    if now is not None and now.engagement == version and now.advice is not None:
        return now
    rows = _without_weights().filter(kind=ModelKind.ADVICE, against=version.name)
    rows = rows.filter(institution=version.institution)
    return InUse(version, rows.order_by("-made_at", "-pk").first())


def versions(institution_id: UUID, kind: ModelKind) -> list[ModelVersion]:
    """What the institution may use: its own and the shipped ones, newest first, at most `MOST`."""
    return list(_visible(institution_id).filter(kind=kind).order_by("-made_at", "-pk")[:MOST])


def card_of(name: str, institution_id: UUID) -> ModelVersion | None:
    """The version with its card: a shipped one for everybody, an own one inside its institution alone."""
    return _visible(institution_id).filter(name=name).first()


def _visible(institution_id: UUID) -> QuerySet[ModelVersion]:
    return _without_weights().filter(Q(institution=None) | Q(institution_id=institution_id))


def _without_weights() -> QuerySet[ModelVersion]:
    return ModelVersion.objects.defer("weights")
