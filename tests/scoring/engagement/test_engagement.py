"""The engagement network learns what there is to learn, is calibrated, abstains, survives being stored or killed."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from scoring.cues.catalogue import Cue
from scoring.engagement import training
from scoring.engagement.network import CONFIG, FEATURES, About, EngagementNetwork, ModelFileError, load, save
from scoring.engagement.serving import estimate
from scoring.engagement.training import Rated, Settings, figures, probabilities, split_people, train
from scoring.metrics.binary import auroc
from scoring.simulation.bayes import probability_of_high_given
from scoring.simulation.dataset import Dataset, simulate

# Several test processes share the cores: more threads than one only wait for each other.
torch.set_num_threads(1)

QUICK = Settings(epochs=6, patience=3)


def rated(people: Dataset) -> Rated:
    return Rated(people.features, people.high, people.person)


@pytest.fixture(scope="module")
def crowd() -> Dataset:
    return simulate(seed=11, people=220, answers=4, seconds=20)


@pytest.fixture(scope="module")
def network(crowd: Dataset) -> EngagementNetwork:
    return train(rated(crowd.of_people(np.arange(180))), settings=QUICK)


def test_it_comes_near_the_best_possible_on_people_it_has_not_seen(
    crowd: Dataset, network: EngagementNetwork
) -> None:
    others = crowd.of_people(np.arange(180, 220))
    found = figures(network, rated(others))
    best = auroc(probability_of_high_given(others.features), others.high)
    assert (found["auroc"] - 0.5) / (best - 0.5) > 0.85
    assert found["ece"] < 0.06


def test_nobody_is_on_both_sides_of_a_split() -> None:
    person = np.repeat(np.arange(20), 7)
    held = split_people(person, 0.2, seed=1)
    assert not set(person[held]) & set(person[~held])
    assert len(set(person[held])) == 4
    with pytest.raises(ValueError, match="two people"):
        split_people(np.zeros(5, dtype=np.intp), 0.2, seed=1)


def test_a_training_with_one_kind_of_rating_is_refused(crowd: Dataset) -> None:
    same = Rated(crowd.features, np.ones(len(crowd.features)), crowd.person)
    with pytest.raises(ValueError, match="high and low"):
        train(same, settings=QUICK)


def test_the_same_seed_gives_the_same_network(crowd: Dataset, network: EngagementNetwork) -> None:
    again = train(rated(crowd.of_people(np.arange(180))), settings=QUICK)
    assert all(torch.equal(a, b) for a, b in zip(again.parameters(), network.parameters(), strict=True))


class Killed(Exception):
    pass


def test_a_killed_training_goes_on_and_ends_as_if_nothing_had_happened(
    crowd: Dataset, network: EngagementNetwork, tmp_path: Path
) -> None:
    people, checkpoint = rated(crowd.of_people(np.arange(180))), tmp_path / "run.pt"

    def kill(done: int, of: int, loss: float) -> None:
        if done == 2:
            raise Killed

    with pytest.raises(Killed):
        train(people, settings=QUICK, checkpoint=checkpoint, report=kill)
    told: list[int] = []
    again = train(
        people, settings=QUICK, checkpoint=checkpoint, report=lambda done, of, loss: told.append(done)
    )
    assert told[0] == 3
    assert all(torch.equal(a, b) for a, b in zip(again.parameters(), network.parameters(), strict=True))


def test_stored_and_loaded_it_says_the_same(
    network: EngagementNetwork, crowd: Dataset, tmp_path: Path
) -> None:
    about = About("engagement", "1", "simulated people", {"auroc": 0.7})
    save(network, about, tmp_path)
    loaded, read = load(tmp_path)
    assert read == about
    assert np.array_equal(
        probabilities(loaded, crowd.features[:500]), probabilities(network, crowd.features[:500])
    )


@pytest.mark.parametrize(
    "damage",
    ["no config", "no weights", "other format", "other catalogue", "torn weights", "no numbers", "too large"],
)
def test_what_is_not_a_model_is_refused_with_a_reason(
    network: EngagementNetwork, tmp_path: Path, damage: str
) -> None:
    save(network, About("engagement", "1", "simulated people"), tmp_path)
    weights, config = tmp_path / "weights.safetensors", tmp_path / CONFIG
    if damage == "no config":
        config.unlink()
    elif damage == "no weights":
        weights.unlink()
    elif damage == "other format":
        config.write_text(json.dumps({**json.loads(config.read_text()), "format": 99}))
    elif damage in ("other catalogue", "too large"):
        text = json.loads(config.read_text())
        text["config"] |= {"catalogue_version": 99} if damage == "other catalogue" else {"hidden": 10**9}
        config.write_text(json.dumps(text))
    elif damage == "no numbers":
        broken = EngagementNetwork(network.config)
        broken.temperature.fill_(float("nan"))
        save(broken, About("engagement", "1", "simulated people"), tmp_path)
    else:
        weights.write_bytes(weights.read_bytes()[:100])
    with pytest.raises(ModelFileError, match=str(tmp_path)):
        load(tmp_path)


class TestAbstaining:
    def columns(self, crowd: Dataset, without: tuple[str, ...] = ()) -> dict[Cue, np.ndarray]:
        rows = np.isfinite(crowd.features).all(axis=1)
        whole = crowd.features[rows][:20]
        return {Cue(name): whole[:, i] for i, name in enumerate(FEATURES) if name not in without}

    def test_with_everything_there_every_second_has_one(
        self, crowd: Dataset, network: EngagementNetwork
    ) -> None:
        found = estimate(network, self.columns(crowd))
        assert found.covered == 1
        assert found.whole == pytest.approx(found.seconds.mean())
        assert ((found.seconds > 0) & (found.seconds < 1)).all()

    def test_arms_and_hips_out_of_the_picture_still_give_one(
        self, crowd: Dataset, network: EngagementNetwork
    ) -> None:
        gone = ("AM_CR", "EN_HA", "YROT_LE", "YROT_RE", "XROT_LE", "XROT_RE")
        gone += ("DIST_LW", "DIST_RW", "FO_LW", "FO_RW")
        assert estimate(network, self.columns(crowd, gone)).whole is not None
        assert estimate(network, self.columns(crowd, (*gone, "HD_TH"))).whole is None

    @pytest.mark.parametrize("gone", [("GZ_DR", "HD_AC", "VAL_F"), ("TN_HD",)])
    def test_without_any_face_or_any_voice_there_is_none(
        self, crowd: Dataset, network: EngagementNetwork, gone: tuple[str, ...]
    ) -> None:
        found = estimate(network, self.columns(crowd, gone))
        assert found.whole is None
        assert np.isnan(found.seconds).all()

    def test_most_of_an_answer_must_be_covered(self, crowd: Dataset, network: EngagementNetwork) -> None:
        columns = self.columns(crowd)
        columns[Cue.TN_HD] = np.where(np.arange(20) < 9, columns[Cue.TN_HD], np.nan)
        found = estimate(network, columns)
        assert (found.covered, found.whole) == (9 / 20, None)

    def test_nothing_at_all(self, network: EngagementNetwork) -> None:
        assert estimate(network, {}).whole is None


def test_the_temperature_undoes_overconfidence() -> None:
    torch.manual_seed(0)
    logits = torch.randn(20_000)
    high = (torch.rand(20_000) < torch.sigmoid(logits)).float()
    assert training.temperature(3 * logits, high) == pytest.approx(3, rel=0.05)
