"""Registering models, switching one on, and rolling back. Whatever is done stays in the history of switches.

A model of engagement leads: the advice that was made against it comes and goes with it, since advice that explains
another model is of no use (`ModelVersion.against`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from accounts.actions import ActionRefused, record
from accounts.models import Institution, ModelKind, User
from scoring.cues.catalogue import CATALOGUE_VERSION
from scoring.models import ModelSwitch, ModelVersion, SwitchReason, TrainingRun
from scoring.registry import shipped
from scoring.registry.queries import in_use


class AlreadyInUse(ActionRefused):
    text = _("This model is in use already.")


class NotBetter(ActionRefused):
    text = _("This model did not beat the one in use, so it cannot be switched on.")


class ComparedWithAnother(ActionRefused):
    text = _(
        "This model was compared with one that is no longer in use. Train again to compare it with today's."
    )


class NotLeading(ActionRefused):
    text = _("Advice is switched together with the model of engagement that it was made for.")


class NotHere(ActionRefused):
    text = _("The files of this model are not part of this version of Greenroom.")


class NothingBefore(ActionRefused):
    text = _("There is no earlier model to go back to.")


@dataclass(frozen=True, slots=True)
class Trained:
    """A model that a training made: its files' contents, and what the registry says of it."""

    kind: ModelKind
    name: str
    trained_on: str
    figures: Mapping[str, Any]
    config: Mapping[str, Any]
    card: str
    weights: bytes
    against: str = ""
    simulated: bool = False
    catalogue_version: int = CATALOGUE_VERSION


@transaction.atomic
def register(*, run: TrainingRun, trained: Trained) -> ModelVersion:
    """Keep a model that `run` made for its institution. It scores nobody until it is switched on."""
    row = {one.name: getattr(trained, one.name) for one in fields(Trained)}
    return ModelVersion.objects.create(institution_id=run.institution_id, run=run, **row)


def get_version_for(institution: Institution, version_id: UUID) -> ModelVersion:
    """The gate: a model of the institution's own, or one that comes with Greenroom; 404 for anybody else's."""
    row = _unread().select_related("run").filter(pk=version_id).first()
    if row is None or row.institution_id not in (None, institution.pk):
        raise Http404
    return row


def why_not(institution: Institution, version: ModelVersion) -> ActionRefused | None:
    """What keeps this version from being switched on at this moment; None when nothing does.

    The shipped one and any that was in use before may always come back. Another one must have beaten the one that is
    in use, on people it had not seen.
    """
    if version.kind != ModelKind.ENGAGEMENT:
        return NotLeading()
    now = in_use(institution.pk, ModelKind.ENGAGEMENT)
    if now is not None and now.pk == version.pk:
        return AlreadyInUse()
    if version.institution_id is None:
        return None if shipped.folder_of(version.name) else NotHere()
    if was_in_use(institution, version):
        return None
    if version.run is None or not version.run.better:
        return NotBetter()
    beaten = version.run.trial.get("against")
    return None if now is not None and beaten == now.name else ComparedWithAnother()


def was_in_use(institution: Institution, version: ModelVersion) -> bool:
    return ModelSwitch.objects.filter(institution=institution, version=version).exists()


def switch_on(*, institution: Institution, version: ModelVersion, by: User) -> ModelSwitch:
    """From now on this model of engagement, with its advice, scores the institution's answers.

    Raises AlreadyInUse, NotBetter, ComparedWithAnother, NotLeading, NotHere; Http404 for another institution's.
    """
    back = version.institution_id is None or was_in_use(institution, version)
    return _change(institution, version, by, SwitchReason.ROLL_BACK if back else SwitchReason.BETTER)


def roll_back(*, institution: Institution, kind: ModelKind = ModelKind.ENGAGEMENT, by: User) -> ModelSwitch:
    """Back to the model that was in use before the present one. Advice goes with engagement, whichever is named.

    Raises NothingBefore, NotLeading.
    """
    if kind not in (ModelKind.ENGAGEMENT, ModelKind.ADVICE):
        raise NotLeading
    with transaction.atomic():
        _hold(institution)
        target = before_the_present_one(institution)
        if target is None:
            raise NothingBefore
        return _change(institution, target, by, SwitchReason.ROLL_BACK)


def before_the_present_one(institution: Institution) -> ModelVersion | None:
    """What rolling back goes to: the model that the present one replaced when it last came in as the better one."""
    now = in_use(institution.pk, ModelKind.ENGAGEMENT)
    rows = ModelSwitch.objects.filter(institution=institution, version=now, reason=SwitchReason.BETTER)
    came = rows.select_related("previous").defer("previous__weights").order_by("-made_at", "-pk").first()
    if came is None or came.previous.institution_id is not None:
        return came.previous if came else None
    # An older shipped one has gone with its files; today's stands in its place.
    return _unread().filter(institution=None, name=shipped.name_of(ModelKind.ENGAGEMENT)).first()


def _unread() -> QuerySet[ModelVersion]:
    return ModelVersion.objects.defer("weights")


@transaction.atomic
def _change(institution: Institution, version: ModelVersion, by: User, reason: SwitchReason) -> ModelSwitch:
    _hold(institution)
    version = get_version_for(institution, version.pk)
    refused = why_not(institution, version)
    if refused is not None:
        raise refused
    switch = _switch(institution, version, by, reason)
    advice = advice_for(institution, version)
    if advice is not None and in_use(institution.pk, ModelKind.ADVICE) != advice:
        _switch(institution, advice, by, reason)
    verb = "roll_back_model" if reason == SwitchReason.ROLL_BACK else "switch_on_model"
    before, after = switch.previous.name, version.name
    record(institution=institution, actor=by, verb=verb, kind=version.kind, before=before, after=after)
    return switch


def _hold(institution: Institution) -> None:
    """Two administrators switch one after the other."""
    Institution.objects.select_for_update().get(pk=institution.pk)


def _switch(institution: Institution, version: ModelVersion, by: User, reason: SwitchReason) -> ModelSwitch:
    return ModelSwitch.objects.create(
        institution=institution,
        kind=version.kind,
        version=version,
        previous=in_use(institution.pk, ModelKind(version.kind)) or version,
        reason=reason,
        by=by,
    )


def advice_for(institution: Institution, engagement: ModelVersion) -> ModelVersion | None:
    """The newest advice that was made against this model, of the institution's own or shipped."""
    rows = _unread().filter(kind=ModelKind.ADVICE, against=engagement.name)
    return rows.filter(institution=engagement.institution).order_by("-made_at", "-pk").first()
