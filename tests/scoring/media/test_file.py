"""The command that analyses any clip."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from greenroom import models_store
from scoring.media import file

SAID = "I have worked in a shop for two years. Um, I like to help people, and I always come in time to work."


@pytest.fixture(scope="module")
def clip(
    make: Callable[..., Path], moved: Callable[..., object], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    folder = tmp_path_factory.mktemp("clip")
    subprocess.run(["espeak-ng", "-s", "150", "-w", str(folder / "said.wav"), SAID], check=True)
    from scoring.media.limits import Limits
    from scoring.media.sound import read_sound

    sound = read_sound(folder / "said.wav", Limits())
    film = moved(len(sound) / 16_000).film()  # type: ignore[attr-defined]
    return make(folder / "clip.webm", pictures=film, sound=np.repeat(sound, 3))


def test_a_clip_is_analysed_as_json(clip: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert file.main([str(clip), "--json", "--models", str(models_store.folder())]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["problems"] == []
    assert found["quality"]["face_share"] > 0.95
    assert found["cues"]["WORDS"]["value"] == pytest.approx(22, abs=2)
    assert "work" in " ".join(word[0] for word in found["transcript"]["words"])
    assert any(mark["code"] == "FILLERS" for mark in found["marks"])


def test_a_clip_is_told_for_reading_and_what_is_missing_is_named(
    clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert file.main([str(clip), "--models", str(tmp_path)]) == 0
    page = capsys.readouterr().out
    assert "could not be used: words_model_missing" in page
    assert "(no_transcript)" in page
    assert "(no_camera)" in page


def test_what_is_no_clip_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "letter.mp4").write_text("Dear all")
    assert file.main([str(tmp_path / "letter.mp4")]) == 1
    assert "letter.mp4 cannot be used: wrong_type" in capsys.readouterr().err


def test_the_models_are_looked_for_where_the_application_keeps_them() -> None:
    assert {name: model.place for name, model in models_store.MODELS.items()} == file.PLACES
    assert models_store.folder() == file.MODELS
