"""Reading media in a process of its own: whole, stopped, killed, starved, crashed, and gone on with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from greenroom import models_store
from scoring.media.errors import MediaCode, MediaError
from scoring.media.limits import MIB, Limits
from scoring.media.run import Stopped, run
from scoring.media.signals import STAGES, ModelFiles, Progress, Request, Signals
from scoring.media.stages import PIECE_MS, on_stream_time, place_of

Make = Callable[..., Path]
RATE = 16_000


@pytest.fixture(scope="module")
def models() -> ModelFiles:
    return ModelFiles(**{name: models_store.verify(name) for name in ("face", "pose", "hand")})


def filmed(make: Make, tone: Callable[..., NDArray[np.int16]], path: Path, seconds: float) -> Path:
    """Grey pictures in which nobody is, and a tone."""
    grey = np.full((120, 160, 3), 90, dtype=np.uint8)
    pictures = [(at, grey) for at in np.arange(0, 1000 * seconds, 100)]
    return make(path, pictures=pictures, sound=tone(440, seconds))


@pytest.fixture(scope="module")
def request_(
    make: Make,
    tone: Callable[..., NDArray[np.int16]],
    models: ModelFiles,
    tmp_path_factory: pytest.TempPathFactory,
) -> Request:
    """Of a film of two seconds."""
    return Request(
        sound=None,
        recording=filmed(make, tone, tmp_path_factory.mktemp("film") / "take.webm", 2),
        recording_started_ms=0,
        language="xx",
        want_landmarks=True,
        stream_ms=0,
        models=models,
    )


@pytest.fixture
def long_request(
    request_: Request, make: Make, tone: Callable[..., NDArray[np.int16]], tmp_path: Path
) -> Request:
    """Of a little more than one piece."""
    return replace(request_, recording=filmed(make, tone, tmp_path / "long.webm", PIECE_MS / 1000 + 1))


def read(
    request: Request,
    folder: Path,
    *,
    limits: Limits | None = None,
    told: list[Progress] | None = None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Signals:
    told = [] if told is None else told
    return run(request, folder, on_progress=told.append, should_stop=should_stop, limits=limits or Limits())


def test_a_film_is_read_and_progress_never_goes_back(request_: Request, tmp_path: Path) -> None:
    told: list[Progress] = []
    signals = read(request_, tmp_path, told=told)
    assert signals.frames is not None
    assert len(signals.frames) == pytest.approx(20, abs=1)
    assert len(signals.sound) / RATE == pytest.approx(2, abs=0.1)
    assert signals.problems == ()
    assert signals.made_by["mediapipe"]
    places = [(STAGES.index(one.stage), one.share) for one in told]
    assert places == sorted(places)
    assert places[-1] == (2, 1.0)


@pytest.mark.slow
def test_who_is_stopped_goes_on_where_it_was_and_gives_the_same(
    long_request: Request, tmp_path: Path
) -> None:
    told: list[Progress] = []
    work = tmp_path / "work"
    with pytest.raises(Stopped):
        read(long_request, work, told=told, should_stop=lambda: any(one.stage == "pictures" for one in told))
    piece = place_of(long_request, work) / "frames-0.npz"
    made_at = piece.stat().st_mtime_ns
    again = read(long_request, work)
    assert piece.stat().st_mtime_ns == made_at
    whole = read(long_request, tmp_path / "another")
    assert again.frames is not None
    assert whole.frames is not None
    assert np.array_equal(again.frames.times_ms, whole.frames.times_ms)
    assert np.array_equal(again.frames.pose, whole.frames.pose, equal_nan=True)
    assert np.array_equal(again.sound, whole.sound)


def test_stopping_takes_less_than_the_work(request_: Request, tmp_path: Path) -> None:
    with pytest.raises(Stopped):
        read(request_, tmp_path, should_stop=lambda: True)
    assert not (place_of(request_, tmp_path) / "summary.json").exists()


@pytest.mark.parametrize("damage", ["torn", "emptied", "of another kind"])
def test_a_piece_that_is_not_whole_is_made_again(request_: Request, tmp_path: Path, damage: str) -> None:
    whole = read(request_, tmp_path)
    place = place_of(request_, tmp_path)
    (place / "summary.json").unlink()
    piece = place / "frames-0.npz"
    data = piece.read_bytes()
    piece.write_bytes({"torn": data[:1000], "emptied": b"", "of another kind": b"not an archive"}[damage])
    again = read(request_, tmp_path)
    assert whole.frames is not None
    assert again.frames is not None
    assert np.array_equal(again.frames.times_ms, whole.frames.times_ms)


def test_another_request_begins_anew_and_leaves_the_callers_files_alone(
    request_: Request, tmp_path: Path
) -> None:
    (tmp_path / "lock").write_text("the caller's")
    quiet = replace(request_, want_landmarks=False)
    assert read(quiet, tmp_path).frames is None
    later = replace(quiet, recording_started_ms=500)
    assert len(read(later, tmp_path).sound) / RATE == pytest.approx(2.5, abs=0.1)
    assert [place.name for place in tmp_path.glob("read-*")] == [place_of(later, tmp_path).name]
    assert (tmp_path / "lock").read_text() == "the caller's"


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(wall_s=0.3), MediaCode.OUT_OF_TIME),
        (Limits(memory_bytes=24 * MIB), MediaCode.OUT_OF_MEMORY),
        (Limits(disk_bytes=1000), MediaCode.TOO_LARGE),
        (Limits(largest_bytes=1000), MediaCode.TOO_LARGE),
        (Limits(longest_s=1), MediaCode.TOO_LONG),
    ],
    ids=["time", "memory", "disk", "bytes", "seconds"],
)
def test_beyond_its_bounds_it_ends_with_the_reason(
    request_: Request, tmp_path: Path, limits: Limits, code: MediaCode
) -> None:
    with pytest.raises(MediaError) as caught:
        read(request_, tmp_path, limits=limits)
    assert caught.value.code is code


CRASH = """
import ctypes, threading, time
if "scoring.media.child" in open("/proc/self/cmdline").read():
    threading.Thread(target=lambda: (time.sleep(1), ctypes.string_at(0)), daemon=True).start()
"""


def test_a_crash_is_one_and_what_was_done_stays(
    request_: Request, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text(CRASH)
    with monkeypatch.context() as context:
        context.setenv("PYTHONPATH", str(tmp_path))
        with pytest.raises(MediaError) as caught:
            read(request_, tmp_path / "work")
    assert caught.value.code is MediaCode.CRASHED
    assert read(request_, tmp_path / "work").problems == ()


def streamed(tmp_path: Path, seconds: float) -> Path:
    file = tmp_path / "take.raw"
    np.full(round(seconds * RATE), 1000, dtype="<i2").tofile(file)
    return file


def test_a_broken_recording_is_left_out_and_named(request_: Request, tmp_path: Path) -> None:
    (tmp_path / "broken.webm").write_bytes(b"\x1a\x45\xdf\xa3" + bytes(500))
    sound = streamed(tmp_path, 3)
    signals = read(replace(request_, sound=sound, recording=tmp_path / "broken.webm"), tmp_path / "work")
    assert signals.frames is None
    assert (signals.sound == 1000).all()
    assert [problem.partition("_")[0] for problem in signals.problems] == ["recording"]


def test_without_sound_a_broken_recording_is_an_error(request_: Request, tmp_path: Path) -> None:
    (tmp_path / "text.webm").write_text("this is no film")
    with pytest.raises(MediaError) as caught:
        read(replace(request_, recording=tmp_path / "text.webm"), tmp_path / "work")
    assert caught.value.code is MediaCode.WRONG_TYPE


def test_a_film_without_sound_still_has_its_pictures(request_: Request, make: Make, tmp_path: Path) -> None:
    grey = np.full((120, 160, 3), 90, dtype=np.uint8)
    silent = make(tmp_path / "silent.webm", pictures=[(at, grey) for at in range(0, 2000, 100)])
    signals = read(replace(request_, recording=silent), tmp_path / "work")
    assert signals.frames is not None
    assert len(signals.frames) == pytest.approx(20, abs=1)
    assert not signals.sound.any()
    assert signals.problems == ("sound_no_sound",)


def test_models_that_are_not_there_are_named_and_the_rest_is_read(request_: Request, tmp_path: Path) -> None:
    signals = read(replace(request_, models=ModelFiles(), language="en"), tmp_path)
    assert signals.frames is None
    assert signals.transcript is None
    assert set(signals.problems) == {"landmarks_model_missing", "words_model_missing"}


def test_nothing_at_all_is_an_error(request_: Request, tmp_path: Path) -> None:
    with pytest.raises(MediaError) as caught:
        read(replace(request_, recording=None), tmp_path)
    assert caught.value.code is MediaCode.NO_SOUND


def test_the_environment_is_not_passed_on(
    request_: Request, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a tricked decoder could read must hold no secret."""
    spy = "import os; open(os.environ['TMPDIR'] + '/seen', 'w').write(repr(dict(os.environ)))"
    (tmp_path / "sitecustomize.py").write_text(spy)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setenv("SECRET_KEY", "very-secret")
    monkeypatch.setenv("DATABASE_URL", "postgres://secret")
    read(replace(request_, want_landmarks=False), tmp_path / "work")
    seen = (tmp_path / "seen").read_text()
    assert "PATH" in seen
    assert "secret" not in seen


@pytest.mark.parametrize(("started_ms", "stream_ms"), [(0, 0), (250, 0), (-250, 0), (0, 3000), (250, 500)])
def test_a_recordings_sound_lies_on_stream_time(started_ms: int, stream_ms: int) -> None:
    sound = np.arange(RATE, dtype=np.int16)
    found = on_stream_time(sound, started_ms, stream_ms)
    at_ms = 300
    assert found[at_ms * 16] == sound[(at_ms - started_ms) * 16]
    assert len(found) == (stream_ms or 1000 + started_ms) * 16


def test_frames_lie_on_stream_time(request_: Request, tmp_path: Path) -> None:
    shifted = read(replace(request_, recording_started_ms=1500), tmp_path)
    assert shifted.frames is not None
    assert shifted.frames.times_ms[0] == pytest.approx(1500, abs=60)
