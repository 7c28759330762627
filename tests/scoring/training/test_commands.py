"""The commands, without a database: a folder is simulated, models are trained on it, what is wrong is said in words."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import torch
from django.core.management import call_command
from django.core.management.base import CommandError

from scoring.counterfactuals import files
from scoring.engagement.network import default, load, save
from scoring.interchange.reading import read

# Several test processes share the cores: more threads than one only wait for each other.
torch.set_num_threads(1)


def called(name: str, **options: Any) -> str:
    said = StringIO()
    call_command(name, stdout=said, **options)
    return said.getvalue()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("commands") / "set"
    called("simulate_ratings", folder=folder, answers=60, raters=2, seed=3)
    return folder


def test_a_simulated_folder_is_in_the_format_and_says_that_it_is_simulated(data: Path) -> None:
    found = read(data)
    assert found.about.simulated
    assert (len(found.answers), len(found.ratings)) == (60, 120)


def test_a_folder_that_is_there_is_not_written_over(data: Path) -> None:
    with pytest.raises(CommandError, match="is not empty"):
        called("simulate_ratings", folder=data)
    with pytest.raises(CommandError, match="at least one answer"):
        called("simulate_ratings", folder=data.with_name("none"), answers=0)


def test_engagement_is_trained_judged_and_written_beside_the_data(data: Path) -> None:
    said = called("train_engagement", data=data, folds=2)
    network, about = load(data.with_name("set-engagement"))
    assert network.config.levels == 5
    assert about.simulated
    assert "fold 2 of 2" in said
    assert f"{about.version} is not shown to be better than engagement-sim-1" in said
    assert "One rater agrees with the rest by r = " in said
    assert not (data.with_name("set-engagement") / "checkpoints").exists()


def test_advice_is_trained_against_a_model_and_names_it(data: Path, tmp_path: Path) -> None:
    network, about = default()
    save(network, about, tmp_path / "model")
    said = called(
        "train_counterfactual", data=data, engagement=tmp_path / "model", out=tmp_path / "out", steps=200
    )
    turner, made = files.load(tmp_path / "out")
    assert made.classifier == about.version == "engagement-sim-1"
    assert (made.figures["frozen_moved"], made.figures["out_of_range"], made.figures["wrong_sign"]) == (
        0,
        0,
        0,
    )
    assert made.figures["valid"] > 0.5
    assert turner.schema.names == network.config.features
    assert "people held out" in said
    assert "explains engagement-sim-1" in said
    assert "Trained on simulated people" in (tmp_path / "out" / "CARD.md").read_text()


@pytest.mark.parametrize("command", ["train_engagement", "train_counterfactual"])
def test_what_is_wrong_with_the_data_is_said(command: str, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="nothing: is not a folder"):
        called(command, data=tmp_path / "nothing")
    called("simulate_ratings", folder=tmp_path / "few", answers=20)
    with pytest.raises(CommandError, match="at least 10 are needed"):
        called(command, data=tmp_path / "few")
    (tmp_path / "few" / "ratings.parquet").write_bytes(b"no")
    with pytest.raises(CommandError, match=r"ratings\.parquet: is no parquet file"):
        called(command, data=tmp_path / "few")


def test_a_model_that_is_none_and_a_single_fold_are_refused(data: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="holds no engagement model"):
        called("train_engagement", data=data, out=tmp_path / "out", against=tmp_path)
    with pytest.raises(CommandError, match="at least two"):
        called("train_engagement", data=data, folds=1)
