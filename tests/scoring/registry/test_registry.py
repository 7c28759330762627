"""Which model counts where, that shipped ones have a row, and that weights become the network that was kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from accounts.models import Institution, ModelKind
from scoring.engagement.network import About, Config, EngagementNetwork, ModelFileError, save
from scoring.models import ModelSwitch, ModelVersion
from scoring.registry import files, shipped
from scoring.registry.queries import as_if_in_use, card_of, in_use, listening, versions

ENGAGEMENT = "engagement-sim-1"


def own(institution: Institution, name: str, *, kind: str = "engagement", **fields: Any) -> ModelVersion:
    return ModelVersion.objects.create(
        institution=institution,
        kind=kind,
        name=name,
        catalogue_version=1,
        trained_on="12 answers",
        card="# A card",
        **fields,
    )


def switch(institution: Institution, version: ModelVersion) -> ModelSwitch:
    before = in_use(institution.pk, ModelKind(version.kind))
    return ModelSwitch.objects.create(
        institution=institution,
        kind=version.kind,
        version=version,
        previous=before or version,
        reason="better",
    )


# --- what is shipped ------------------------------------------------------------------------------------


def test_what_is_shipped_has_a_row_with_its_card(db: None) -> None:
    row = ModelVersion.objects.get(name=shipped.name_of(ModelKind.ENGAGEMENT))
    assert (row.institution, row.kind, row.simulated) == (None, "engagement", True)
    assert "Trained on simulated people" in row.card
    assert bytes(row.weights) == b""


def test_registering_twice_changes_nothing(db: None) -> None:
    before = list(ModelVersion.objects.values())
    shipped.register(ModelVersion, "default")
    assert list(ModelVersion.objects.values()) == before


def test_an_older_shipped_version_keeps_its_row(northfield: Institution) -> None:
    old = ModelVersion.objects.create(
        kind="engagement", name="engagement-sim-0", catalogue_version=1, trained_on="", card=""
    )
    shipped.register(ModelVersion, "default")
    assert ModelVersion.objects.filter(pk=old.pk).exists()
    assert in_use(northfield.pk, ModelKind.ENGAGEMENT) != old
    with pytest.raises(files.NoWeights):
        files.engagement(old)


# --- in use -----------------------------------------------------------------------------------------------


def test_without_a_switch_the_shipped_one_counts(northfield: Institution) -> None:
    found = in_use(northfield.pk, ModelKind.ENGAGEMENT)
    assert found is not None
    assert found.name == shipped.name_of(ModelKind.ENGAGEMENT)
    assert in_use(northfield.pk, ModelKind.HIRABILITY) is None


def test_the_newest_switch_counts_and_only_in_its_institution(
    northfield: Institution, southport: Institution
) -> None:
    first, second = own(northfield, "northfield-1"), own(northfield, "northfield-2")
    for version in (first, second, first):
        switch(northfield, version)
    assert in_use(northfield.pk, ModelKind.ENGAGEMENT) == first
    assert in_use(southport.pk, ModelKind.ENGAGEMENT) != first


def test_advice_counts_only_with_the_model_that_it_explains(northfield: Institution) -> None:
    fitting = own(northfield, "advice-1", kind="advice", against=ENGAGEMENT)
    switch(northfield, fitting)
    found = listening(northfield.pk)
    assert found is not None
    assert found.advice == fitting
    switch(northfield, own(northfield, "northfield-1"))
    found = listening(northfield.pk)
    assert found is not None
    assert (found.engagement.name, found.advice) == ("northfield-1", None)


def test_a_named_version_comes_with_the_advice_that_was_made_for_it(northfield: Institution) -> None:
    version = own(northfield, "northfield-1")
    fitting = own(northfield, "advice-1", kind="advice", against="northfield-1")
    found = as_if_in_use(northfield.pk, version)
    assert (found.engagement, found.advice) == (version, fitting)


def test_nobody_sees_anothers_versions_or_cards(northfield: Institution, southport: Institution) -> None:
    own(northfield, "northfield-1")
    assert "northfield-1" in {one.name for one in versions(northfield.pk, ModelKind.ENGAGEMENT)}
    assert "northfield-1" not in {one.name for one in versions(southport.pk, ModelKind.ENGAGEMENT)}
    assert card_of("northfield-1", southport.pk) is None
    assert card_of("northfield-1", northfield.pk) is not None
    assert card_of(ENGAGEMENT, southport.pk) is not None


# --- files ------------------------------------------------------------------------------------------------


def test_the_networks_of_an_institution_are_those_it_kept(northfield: Institution, tmp_path: Path) -> None:
    torch.manual_seed(3)
    network = EngagementNetwork(Config(hidden=8)).eval()
    save(network, About("engagement", "northfield-7", "12 answers"), tmp_path)
    version = own(
        northfield,
        "northfield-7",
        config=json.loads((tmp_path / "config.json").read_text()),
        weights=(tmp_path / "weights.safetensors").read_bytes(),
    )
    found = files.engagement(ModelVersion.objects.defer("weights").get(pk=version.pk))
    rows = torch.randn(5, 18)
    assert torch.equal(found(rows), network(rows))


def test_a_network_is_read_once(northfield: Institution, monkeypatch: pytest.MonkeyPatch) -> None:
    version = in_use(northfield.pk, ModelKind.ENGAGEMENT)
    assert version is not None
    first = files.engagement(version)
    monkeypatch.setattr(files, "_folder", lambda _: pytest.fail("read again"))
    again = in_use(northfield.pk, ModelKind.ENGAGEMENT)
    assert again is not None
    assert files.engagement(again) is first


def test_damaged_weights_are_refused(northfield: Institution) -> None:
    with pytest.raises(ModelFileError):
        files.engagement(own(northfield, "northfield-8", weights=b"no weights", config={"format": 1}))
