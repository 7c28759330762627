"""The stages of reading an answer, each leaving what it has done in a folder, piece by piece.

What lies there is not done again: a killed or stopped process goes on at the next piece. Files appear whole or not at
all; one that cannot be read is made again. All belong to a fingerprint of the request, so that another request, another
file under the same name or another version of this code never gets what was made for the first.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import zipfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from threading import Event, Lock
from typing import IO, TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from scoring.cues.frames import Frames
from scoring.cues.words.transcript import LANGUAGES, Transcript
from scoring.media.errors import MediaCode, MediaError
from scoring.media.limits import Limits
from scoring.media.signals import ModelFiles, Progress, Request, Signals

if TYPE_CHECKING:
    from scoring.media.landmarks import LandmarkFinder

VERSION = 1
"""Goes up when a stage makes something else of the same request."""

PIECE_MS = 10_000
SLOT_MS = 100.0
SAMPLES_PER_MS = 16
PREFIX = "read-"
SOUND, WORDS, SUMMARY = "sound.npy", "words.json", "summary.json"

Report = Callable[[Progress], object]
Sound = NDArray[np.int16]


def fingerprint(request: Request) -> str:
    """Changes with everything that the result depends on."""
    said = [
        VERSION,
        request.recording_started_ms,
        request.language,
        request.want_landmarks,
        request.stream_ms,
    ]
    files = (
        request.sound,
        request.recording,
        *(getattr(request.models, one.name) for one in fields(ModelFiles)),
    )
    return hashlib.sha256(json.dumps([said, [_stamp(path) for path in files]]).encode()).hexdigest()[:24]


def _stamp(path: Path | None) -> list[object]:
    if path is None:
        return []
    try:
        found = path.stat()
    except OSError:
        return [str(path)]
    return [str(path), found.st_size, found.st_mtime_ns]


def place_of(request: Request, folder: Path) -> Path:
    """Where the pieces of this request lie in `folder`."""
    return folder / f"{PREFIX}{fingerprint(request)}"


def work(request: Request, folder: Path, report: Report, limits: Limits) -> None:
    """Do what is not done yet. `read_signals` then has the result. `report` may be called from several threads.

    Raises:
        MediaError: there is neither sound nor picture to be read.
    """
    place = place_of(request, folder)
    for other in folder.glob(f"{PREFIX}*"):
        if other != place:
            shutil.rmtree(other, ignore_errors=True)
    place.mkdir(parents=True, exist_ok=True)
    if not _is_finished(request, folder):
        _Work(request, place, report, limits).do()


def _is_finished(request: Request, folder: Path) -> bool:
    """Whether the whole result is there. One that cannot be read would otherwise stand in its own way for ever."""
    try:
        read_signals(request, folder)
    except (OSError, ValueError, KeyError, TypeError, EOFError):
        return False
    return True


def read_signals(request: Request, folder: Path) -> Signals:
    """What `work` has left behind. Raises OSError, ValueError where it has not finished."""
    place = place_of(request, folder)
    summary = json.loads((place / SUMMARY).read_text(encoding="utf-8"))
    transcript = summary["transcript"]
    return Signals(
        frames=_load_frames(place / summary["frames"]) if summary["frames"] else None,
        sound=np.load(place / SOUND),
        transcript=Transcript.from_json(transcript) if transcript else None,
        made_by=dict(summary["made_by"]),
        problems=tuple(summary["problems"]),
    )


class _Work:
    def __init__(self, request: Request, place: Path, report: Report, limits: Limits) -> None:
        self._request, self._place, self._limits = request, place, limits
        self._meter = _Meter(report)
        self._problems: list[str] = []
        self._made_by: dict[str, str] = {}

    def do(self) -> None:
        self._meter.tell("sound", 0.0)
        recording = self._request.recording
        length_ms = self._length_of(recording) if recording else 0.0
        sound = self._sound(length_ms)
        self._meter.tell("sound", 1.0)
        with ThreadPoolExecutor(1) as beside:
            # The words need two threads and the pictures three, and neither is busy all the time: together they are
            # done sooner than one after the other.
            words = beside.submit(self._words, sound)
            try:
                wanted = self._request.want_landmarks and length_ms > 0
                frames = self._pictures(recording, length_ms) if recording and wanted else None
            finally:
                self._meter.pictures_done.set()
            transcript = words.result()
        self._summarise(sound, frames, transcript)

    # --- the recording -----------------------------------------------------------------------------

    def _length_of(self, recording: Path) -> float:
        """In ms; 0 where it cannot be used, which is then a problem of the recording (and fatal without sound)."""
        from scoring.media.pictures import length_ms

        try:
            return length_ms(recording, self._limits)
        except MediaError as error:
            if error.code is MediaCode.NO_PICTURE and self._request.sound is None:
                return 0.0
            if self._request.sound is None:
                raise
            if self._request.want_landmarks:
                self._problems.append(f"recording_{error.code}")
            return 0.0

    # --- sound ---------------------------------------------------------------------------------------

    def _sound(self, length_ms: float) -> Sound:
        made = self._place / SOUND
        try:
            kept: Sound = np.load(made)
            if not kept.any():
                raise ValueError("silence: why there is nothing else is found out again, and named")
        except (OSError, ValueError, EOFError):
            kept = self._read_sound(length_ms)
            _whole(made, lambda file: np.save(file, kept))
        return kept

    def _read_sound(self, length_ms: float) -> Sound:
        request = self._request
        if request.sound is not None or request.recording is None:
            if request.sound is None:
                raise MediaError(MediaCode.NO_SOUND, "neither sound nor a recording was given")
            return np.fromfile(request.sound, dtype="<i2").astype(np.int16)
        from scoring.media.sound import read_sound

        try:
            found = read_sound(request.recording, self._limits)
        except MediaError as error:
            if not length_ms:
                raise
            # The pictures alone still say something. A microphone that gave nothing gives zeros, as it does live.
            self._problems.append(f"sound_{error.code}")
            found = np.zeros(round(length_ms) * SAMPLES_PER_MS, dtype=np.int16)
        return on_stream_time(found, request.recording_started_ms, request.stream_ms)

    # --- pictures ------------------------------------------------------------------------------------

    def _pictures(self, recording: Path, length_ms: float) -> str | None:
        from scoring.media.landmarks import LandmarkFinder, Models

        files = self._request.models
        if files.face is None or files.pose is None or files.hand is None:
            self._problems.append(f"landmarks_{MediaCode.MODEL_MISSING}")
            return None
        try:
            with LandmarkFinder(Models(files.face, files.pose, files.hand)) as finder:
                starts = range(0, int(length_ms) + 1, PIECE_MS)
                parts = [self._piece(finder, recording, start, length_ms) for start in starts]
        except MediaError as error:
            missing = error.code is MediaCode.MODEL_MISSING
            self._problems.append(f"{'landmarks' if missing else 'recording'}_{error.code}")
            return None
        self._made_by |= {"mediapipe": version("mediapipe")}
        self._made_by |= {
            name: _short_sum(path) for name, path in (("face", files.face), ("pose", files.pose))
        }
        self._made_by["hand"] = _short_sum(files.hand)
        joined = _joined(parts, self._request.recording_started_ms)
        _whole(self._place / "frames.npz", lambda file: _save_frames(file, joined))
        return "frames.npz"

    def _piece(self, finder: LandmarkFinder, recording: Path, start_ms: int, length_ms: float) -> Frames:
        made = self._place / f"frames-{start_ms}.npz"
        try:
            found = _load_frames(made)
        except (OSError, ValueError, KeyError, EOFError):
            found = finder.find(recording, self._limits, start_ms, start_ms + PIECE_MS)
            _whole(made, lambda file: _save_frames(file, found))
        self._meter.tell("pictures", min(1.0, (start_ms + PIECE_MS) / max(length_ms, 1.0)))
        return found

    # --- words ---------------------------------------------------------------------------------------

    def _words(self, sound: Sound) -> Transcript | None:
        request = self._request
        if request.language not in LANGUAGES:
            return None
        if request.models.words is None:
            self._problems.append(f"words_{MediaCode.MODEL_MISSING}")
            return None
        try:
            return self._transcript(sound, request.models.words)
        except MediaError as error:
            self._problems.append(f"words_{error.code}")
            return None

    def _transcript(self, sound: Sound, model: Path) -> Transcript:
        from scoring.media.cleaning import clean
        from scoring.media.transcription import Recogniser, pieces

        cut = pieces(sound)
        done = {piece: self._kept_words(piece) for piece in cut}
        cleaned = clean(sound).sound if any(words is None for words in done.values()) else sound
        recogniser = Recogniser(model)
        for number, (start_ms, end_ms) in enumerate(cut):
            if done[start_ms, end_ms] is None:
                words = recogniser.piece(cleaned, start_ms, end_ms, self._request.language)
                transcript = Transcript(self._request.language, words, recogniser.name)
                done[start_ms, end_ms] = transcript
                _write_json(self._words_of((start_ms, end_ms)), transcript.to_json())
            self._meter.tell("words", (number + 1) / len(cut))
        self._made_by["faster-whisper"] = version("faster-whisper")
        said = tuple(word for piece in cut if (part := done[piece]) for word in part.words)
        return Transcript(self._request.language, said, recogniser.name)

    def _words_of(self, piece: tuple[int, int]) -> Path:
        return self._place / f"words-{piece[0]}-{piece[1]}.json"

    def _kept_words(self, piece: tuple[int, int]) -> Transcript | None:
        try:
            return Transcript.from_json(json.loads(self._words_of(piece).read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    # --- the end -------------------------------------------------------------------------------------

    def _summarise(self, sound: Sound, frames: str | None, transcript: Transcript | None) -> None:
        self._made_by["av"] = version("av")
        _write_json(
            self._place / SUMMARY,
            {
                "frames": frames,
                "transcript": transcript.to_json() if transcript else None,
                "made_by": self._made_by,
                "problems": self._problems,
            },
        )
        self._meter.tell("words", 1.0)


class _Meter:
    """Tells progress in the order of the stages, although pictures and words are read at the same time."""

    def __init__(self, report: Report) -> None:
        self._report, self._lock = report, Lock()
        self.pictures_done = Event()

    def tell(self, stage: str, share: float) -> None:
        with self._lock:
            if stage != "words" or self.pictures_done.is_set():
                self._report(Progress(stage, min(1.0, max(0.0, share))))


def on_stream_time(sound: Sound, started_ms: int, stream_ms: int) -> Sound:
    """A recording's sound (n,) from stream time 0 on: silence before it began; as long as the stream, if known."""
    before = started_ms * SAMPLES_PER_MS
    sound = np.concatenate([np.zeros(before, dtype=np.int16), sound]) if before > 0 else sound[-before:]
    wanted = stream_ms * SAMPLES_PER_MS
    if not wanted:
        return sound
    return np.concatenate([sound[:wanted], np.zeros(max(0, wanted - len(sound)), dtype=np.int16)])


def _joined(parts: Iterable[Frames], started_ms: int) -> Frames:
    parts = list(parts)
    frames = Frames.concat(parts)
    # Slots that gave no picture between two pieces belong to neither of them.
    seams = sum(_lost_between(a, b) for a, b in pairwise(part for part in parts if len(part)))
    frames = replace(frames, times_ms=frames.times_ms + started_ms, dropped=frames.dropped + seams)
    after = frames.take(np.flatnonzero(frames.times_ms >= 0))
    return replace(after, dropped=frames.dropped)


def _lost_between(before: Frames, after: Frames) -> int:
    gap_ms = float(after.times_ms[0] - before.times_ms[-1])
    return max(0, round(gap_ms / SLOT_MS) - 1)


def _save_frames(file: IO[bytes], frames: Frames) -> None:
    arrays: dict[str, Any] = {one.name: np.asarray(getattr(frames, one.name)) for one in fields(Frames)}
    np.savez(file, **arrays)


def _load_frames(path: Path) -> Frames:
    """Raises OSError, ValueError, KeyError, EOFError."""
    try:
        with np.load(path) as kept:
            arrays = {one.name: kept[one.name] for one in fields(Frames)}
    except zipfile.BadZipFile as error:
        raise ValueError("not whole") from error
    return Frames(**{**arrays, "dropped": int(arrays["dropped"])})


def _short_sum(path: Path) -> str:
    with path.open("rb") as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()[:12]}"


def _write_json(path: Path, value: object) -> None:
    _whole(path, lambda file: file.write(json.dumps(value, ensure_ascii=False).encode()))


def _whole(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    """A file that is there as a whole or not at all, even after a power cut."""
    part = path.with_name(f".{path.name}.part")
    with part.open("wb") as file:
        write(file)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
