"""Registering models, switching one on, rolling back: what may be done, and what it leaves behind."""

from __future__ import annotations

import itertools

import pytest
from django.http import Http404

from accounts.models import AuditEntry, Institution, ModelKind, User
from scoring.models import ModelSwitch, ModelVersion, RunState, SwitchReason, TrainingRun
from scoring.registry import actions
from scoring.registry.actions import Trained
from scoring.registry.queries import in_use

pytestmark = pytest.mark.django_db
NUMBERS = itertools.count(1)


def trained(
    institution: Institution, *, better: bool = True, against: str | None = None
) -> tuple[ModelVersion, ModelVersion]:
    """A run that is done, with its two models; `against` is what it was compared with, by default what is in use."""
    present = in_use(institution.pk, ModelKind.ENGAGEMENT)
    beaten = against or (present.name if present else "")
    run = TrainingRun.objects.create(
        institution=institution, state=RunState.DONE, better=better, trial={"against": beaten}
    )
    number = next(NUMBERS)
    engagement = actions.register(run=run, trained=_trained(ModelKind.ENGAGEMENT, f"engagement-{number}"))
    advice = _trained(ModelKind.ADVICE, f"advice-{number}", against=engagement.name)
    return engagement, actions.register(run=run, trained=advice)


def _trained(kind: ModelKind, name: str, against: str = "") -> Trained:
    return Trained(
        kind=kind,
        name=name,
        trained_on="300 answers",
        figures={"auroc": 0.7},
        config={},
        card="# Card",
        weights=b"weights",
        against=against,
    )


def used(institution: Institution, kind: ModelKind = ModelKind.ENGAGEMENT) -> str:
    version = in_use(institution.pk, kind)
    return version.name if version else ""


@pytest.fixture
def shipped(northfield: Institution) -> str:
    """The name of the model that comes with Greenroom, which is in use at first."""
    name = used(northfield)
    assert name
    return name


def test_a_better_model_comes_into_use_with_its_advice(
    northfield: Institution, ada: User, shipped: str
) -> None:
    engagement, advice = trained(northfield)
    assert used(northfield) == shipped, "registering switches nothing on"
    switch = actions.switch_on(institution=northfield, version=engagement, by=ada)
    assert (switch.previous.name, switch.reason, switch.by) == (shipped, SwitchReason.BETTER, ada)
    assert used(northfield) == engagement.name
    assert used(northfield, ModelKind.ADVICE) == advice.name
    entry = AuditEntry.objects.get(institution=northfield)
    assert (entry.verb, entry.actor) == ("switch_on_model", ada)
    assert (entry.details["before"], entry.details["after"]) == (shipped, engagement.name)


def test_one_that_is_not_better_stays_off(northfield: Institution, ada: User, shipped: str) -> None:
    engagement, advice = trained(northfield, better=False)
    with pytest.raises(actions.NotBetter):
        actions.switch_on(institution=northfield, version=engagement, by=ada)
    with pytest.raises(actions.NotLeading):
        actions.switch_on(institution=northfield, version=advice, by=ada)
    assert used(northfield) == shipped
    assert not ModelSwitch.objects.exists()
    assert not AuditEntry.objects.exists()


def test_one_that_was_compared_with_another_stays_off(northfield: Institution, ada: User) -> None:
    early, _ = trained(northfield)
    late, _ = trained(northfield)
    actions.switch_on(institution=northfield, version=early, by=ada)
    with pytest.raises(actions.ComparedWithAnother):
        actions.switch_on(institution=northfield, version=late, by=ada)


def test_what_is_in_use_is_not_switched_on_again(northfield: Institution, ada: User) -> None:
    engagement, _ = trained(northfield)
    actions.switch_on(institution=northfield, version=engagement, by=ada)
    with pytest.raises(actions.AlreadyInUse):
        actions.switch_on(institution=northfield, version=engagement, by=ada)
    assert ModelSwitch.objects.filter(kind=ModelKind.ENGAGEMENT).count() == 1


def test_rolling_back_goes_step_by_step_to_the_shipped_model(
    northfield: Institution, ada: User, shipped: str
) -> None:
    names = [shipped]
    for _ in range(2):
        engagement, _advice = trained(northfield)
        actions.switch_on(institution=northfield, version=engagement, by=ada)
        names.append(engagement.name)
    found = [used(northfield)]
    for _ in range(2):
        switch = actions.roll_back(institution=northfield, kind=ModelKind.ENGAGEMENT, by=ada)
        assert switch.reason == SwitchReason.ROLL_BACK
        found.append(used(northfield))
    assert found == names[::-1]
    with pytest.raises(actions.NothingBefore):
        actions.roll_back(institution=northfield, kind=ModelKind.ENGAGEMENT, by=ada)
    verbs = AuditEntry.objects.order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["switch_on_model"] * 2 + ["roll_back_model"] * 2


def test_advice_goes_back_with_its_engagement(northfield: Institution, ada: User) -> None:
    first, first_advice = trained(northfield)
    actions.switch_on(institution=northfield, version=first, by=ada)
    second, _ = trained(northfield)
    actions.switch_on(institution=northfield, version=second, by=ada)
    actions.roll_back(institution=northfield, kind=ModelKind.ADVICE, by=ada)
    assert used(northfield) == first.name
    assert used(northfield, ModelKind.ADVICE) == first_advice.name


def test_what_was_in_use_may_come_back_without_another_comparison(northfield: Institution, ada: User) -> None:
    engagement, _ = trained(northfield)
    actions.switch_on(institution=northfield, version=engagement, by=ada)
    actions.roll_back(institution=northfield, by=ada)
    switch = actions.switch_on(institution=northfield, version=engagement, by=ada)
    assert switch.reason == SwitchReason.ROLL_BACK
    assert used(northfield) == engagement.name


def test_the_shipped_model_may_always_come_back(northfield: Institution, ada: User, shipped: str) -> None:
    engagement, _ = trained(northfield)
    actions.switch_on(institution=northfield, version=engagement, by=ada)
    version = actions.get_version_for(northfield, ModelVersion.objects.get(name=shipped).pk)
    actions.switch_on(institution=northfield, version=version, by=ada)
    assert used(northfield) == shipped


def test_a_shipped_model_whose_files_are_gone_stays_off(northfield: Institution, ada: User) -> None:
    old = ModelVersion.objects.create(kind=ModelKind.ENGAGEMENT, name="engagement-sim-0", catalogue_version=1)
    with pytest.raises(actions.NotHere):
        actions.switch_on(institution=northfield, version=old, by=ada)


def test_another_institution_s_model_does_not_exist(
    northfield: Institution, southport: Institution, ada: User
) -> None:
    engagement, _ = trained(southport)
    with pytest.raises(Http404):
        actions.get_version_for(northfield, engagement.pk)
    with pytest.raises(Http404):
        actions.switch_on(institution=northfield, version=engagement, by=ada)


def test_a_switch_changes_nothing_elsewhere(
    northfield: Institution, southport: Institution, ada: User, shipped: str
) -> None:
    engagement, _ = trained(northfield)
    actions.switch_on(institution=northfield, version=engagement, by=ada)
    assert used(southport) == shipped


def test_the_history_survives_the_administrator(northfield: Institution, ada: User) -> None:
    engagement, _ = trained(northfield)
    actions.switch_on(institution=northfield, version=engagement, by=ada)
    ada.delete()
    assert ModelSwitch.objects.filter(version=engagement, by=None).exists()
