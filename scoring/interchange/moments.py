"""One answer's features as an npz file: three plain arrays, bounded before they are unpacked, never pickled."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scoring.engagement.features import FEATURES
from scoring.interchange.errors import InterchangeError
from scoring.interchange.layout import FEATURES_FOLDER, MOST_SECONDS, Moments

MEMBERS = ("t_s", "features", "names")
_HEADER = 4096
MOST_BYTES = MOST_SECONDS * len(FEATURES) * 8 + _HEADER
"""Of one array, unpacked."""


def path_of(folder: Path, answer: str) -> Path:
    return folder / FEATURES_FOLDER / f"{answer}.npz"


def write(path: Path, moments: Moments, seconds: float) -> None:
    """Raises InterchangeError when it could not be read again."""
    checked(moments, seconds, _shown(path))
    np.savez_compressed(
        path,
        t_s=moments.t_s.astype(np.float64),
        features=moments.features.astype(np.float32),
        names=np.array(FEATURES),
    )


def read(path: Path, seconds: float) -> Moments:
    """The features in float64 of an answer of so many seconds, checked.

    Raises:
        InterchangeError: no such file, no npz, other arrays, too large, of another shape, type or order, or no times.
    """
    shown = _shown(path)
    try:
        with zipfile.ZipFile(path) as archive:
            t_s, features, names = (_member(archive, name, shown) for name in MEMBERS)
            _check_members(archive, shown)
    except FileNotFoundError as error:
        raise InterchangeError(shown, "is missing; every answer has its features") from error
    except (zipfile.BadZipFile, zlib.error, OSError, NotImplementedError, RuntimeError) as error:
        raise InterchangeError(shown, f"is no npz file: {error}") from error
    if tuple(names.tolist()) != FEATURES:
        raise InterchangeError(
            shown, f"expected the features in this order: {', '.join(FEATURES)}", column="names"
        )
    numbers = Moments(_numbers(t_s, "t_s", shown), _numbers(features, "features", shown))
    return checked(numbers, seconds, shown)


def checked(moments: Moments, seconds: float, shown: str) -> Moments:
    """The same, if it is what an answer of so many seconds has. The last second may be an unfinished one."""
    t_s, features = moments.t_s, moments.features
    n = len(t_s) if t_s.ndim == 1 else 0
    if not 1 <= n <= MOST_SECONDS:
        raise InterchangeError(
            shown, f"expected 1 to {MOST_SECONDS} times in one row of numbers", column="t_s"
        )
    if not np.isfinite(t_s).all() or t_s[0] < 0 or (np.diff(t_s) <= 0).any():
        raise InterchangeError(
            shown, "expected rising times of 0 s and later, none of them NaN", column="t_s"
        )
    if t_s[-1] > seconds + 1:
        raise InterchangeError(shown, f"ends at {t_s[-1]} s, the answer at {seconds} s", column="t_s")
    if features.shape != (n, len(FEATURES)):
        what = f"has the shape {features.shape}; expected {(n, len(FEATURES))}: one row for each time"
        raise InterchangeError(shown, what, column="features")
    rows, columns = np.nonzero(np.isinf(features))
    if len(rows):
        what = f"{FEATURES[columns[0]]} is infinite; an absent value is NaN"
        raise InterchangeError(shown, what, row=int(rows[0]) + 1, column="features")
    return moments


def _shown(path: Path) -> str:
    return f"{FEATURES_FOLDER}/{path.name}"


def _check_members(archive: zipfile.ZipFile, shown: str) -> None:
    extra = sorted({info.filename for info in archive.infolist()} - {f"{name}.npy" for name in MEMBERS})
    if extra or len(archive.infolist()) != len(MEMBERS):
        raise InterchangeError(
            shown, f"expected only the arrays {', '.join(MEMBERS)}; there is more: {extra}"
        )


def _member(archive: zipfile.ZipFile, name: str, shown: str) -> NDArray[np.generic]:
    try:
        info = archive.getinfo(f"{name}.npy")
    except KeyError as error:
        raise InterchangeError(shown, "this array is missing", column=name) from error
    with archive.open(info) as stream:
        # What a zip says of its size may be a lie: no more than this is ever unpacked.
        packed = io.BytesIO(stream.read(MOST_BYTES + 1))
    if packed.getbuffer().nbytes > MOST_BYTES:
        raise InterchangeError(shown, f"is larger than {MOST_BYTES} bytes", column=name)
    try:
        _check_header(packed)
        array: NDArray[np.generic] = np.lib.format.read_array(packed, allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise InterchangeError(shown, f"is no array of numbers or names: {error}", column=name) from error
    return array


def _check_header(packed: io.BytesIO) -> None:
    """What the header asks for must be there before NumPy makes room for it. Raises ValueError; rewinds."""
    version = np.lib.format.read_magic(packed)
    if version != (1, 0):
        raise ValueError(f"its version is {version}, expected 1.0")
    shape, _, dtype = np.lib.format.read_array_header_1_0(packed, max_header_size=_HEADER)
    if dtype.hasobject or dtype.kind not in "fiuU":
        raise ValueError(f"it holds {dtype}")
    wanted = dtype.itemsize
    for length in shape:
        wanted *= length
    if wanted != packed.getbuffer().nbytes - packed.tell():
        raise ValueError(f"its header promises {shape}, which is not what follows")
    packed.seek(0)


def _numbers(array: NDArray[np.generic], name: str, shown: str) -> NDArray[np.float64]:
    if array.dtype.kind == "U":
        raise InterchangeError(shown, "holds text; expected numbers", column=name)
    return array.astype(np.float64)
