"""What is saved is what is read; what is damaged, foreign or contradictory is refused with its reason."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from scoring.counterfactuals import files
from scoring.counterfactuals.network import Config, Generator
from scoring.counterfactuals.schema import Feature, Schema
from scoring.counterfactuals.training import Scale, Turner
from scoring.engagement.network import ModelFileError

torch.set_num_threads(1)

SCHEMA = Schema([Feature("a", -3, 3, step=0.5, sign="up"), Feature("b", 0, 1, movable=False)])
ABOUT = files.About("advice", "7", "simulated people", "engagement-3", {"validity": 0.9})


def turner() -> Turner:
    torch.manual_seed(3)
    generator = Generator(2, Config(hidden=8)).eval().requires_grad_(False)
    return Turner(generator, Scale(torch.tensor([0.1, 0.4]), torch.tensor([1.0, 0.2])), SCHEMA)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files.save(turner(), ABOUT, tmp_path / "made" / "here")
    return tmp_path / "made" / "here"


def test_what_is_saved_is_what_is_read(folder: Path) -> None:
    read, about = files.load(folder)
    assert about == ABOUT
    assert read.schema.features == SCHEMA.features
    features = torch.tensor([[0.2, 0.5], [torch.nan, 0.1]])
    free = torch.ones_like(features, dtype=torch.bool)
    assert torch.equal(read(features, free).nan_to_num(), turner()(features, free).nan_to_num())


Damage = Callable[[dict[str, Any]], object]


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda text: text.update(format=2), "format 2"),
        (lambda text: text.pop("about"), "about"),
        (lambda text: text["about"].pop("classifier"), "classifier"),
        (lambda text: text["schema"].pop(), "not one of 1 features"),
        (lambda text: text["schema"][0].update(sign="sideways"), "sideways"),
        (lambda text: text["schema"][0].update(low=9), "no range"),
        (lambda text: text["schema"][0].update(name="b"), "no name twice"),
        (lambda text: text["schema"][0].update(colour="red"), "colour"),
        (lambda text: text["config"].update(hidden=9), "size mismatch"),
    ],
)
def test_a_text_that_does_not_fit_is_refused(folder: Path, damage: Damage, says: str) -> None:
    text = json.loads((folder / files.CONFIG).read_text())
    damage(text)
    (folder / files.CONFIG).write_text(json.dumps(text))
    with pytest.raises(ModelFileError, match=says):
        files.load(folder)


def test_weights_that_are_no_numbers_are_refused(folder: Path) -> None:
    tensors = load_file(folder / files.WEIGHTS)
    tensors["spread"][0] = torch.nan
    save_file(tensors, folder / files.WEIGHTS)
    with pytest.raises(ModelFileError, match="no numbers"):
        files.load(folder)


@pytest.mark.parametrize("name", [files.WEIGHTS, files.CONFIG])
def test_a_missing_or_damaged_file_is_refused(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"\x93not this")
    with pytest.raises(ModelFileError, match="holds no generator"):
        files.load(folder)
    (folder / name).unlink()
    with pytest.raises(ModelFileError, match="holds no generator"):
        files.load(folder)
