"""Opening: by the first bytes, whatever the name says; accepted codecs only; within limits."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from scoring.media.errors import MediaCode, MediaError
from scoring.media.limits import Limits
from scoring.media.opening import RECORDED, codec_name, opened

Make = Callable[..., Path]

KINDS = {
    "a.webm": ("matroska", "libvpx", "libopus"),
    "a.mkv": ("matroska", "libx264", "aac"),
    "a.mp4": ("mp4", "libx264", "aac"),
    "a.mov": ("mp4", "mpeg4", "pcm_s16le"),
    "a.wav": ("wav", "", "pcm_s16le"),
    "a.ogg": ("ogg", "", "libopus"),
    "a.flac": ("flac", "", "flac"),
    "a.mp3": ("mp3", "", "mp3"),
    "a.mpg": ("mpeg", "mpeg1video", "mp2"),
}


def made(folder: Path, name: str, make: Make, numbered: Callable, tone: Callable) -> Path:
    _, picture, sound = KINDS[name]
    if picture == "mpeg1video":
        return mpeg(folder / name, tone)
    films = {"pictures": numbered(range(0, 600, 40))} if picture else {}
    return make(folder / name, sound=tone(440, 0.6), codecs=(picture, sound), **films)


def mpeg(path: Path, tone: Callable) -> Path:
    """A programme stream, which knows only the rates of television."""
    with av.open(str(path), "w", format="mpeg") as output:
        video, audio = output.add_stream("mpeg1video", rate=25), output.add_stream("mp2", rate=48_000)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        for k in range(15):
            grey = np.full((48, 64, 3), 20 + 5 * k, np.uint8)
            frame = av.VideoFrame.from_ndarray(grey, format="rgb24")
            frame.pts = k
            output.mux(video.encode(frame))
        frame = av.AudioFrame.from_ndarray(np.repeat(tone(440, 0.6), 2)[np.newaxis], "s16", "stereo")
        frame.sample_rate = 48_000
        output.mux(audio.encode(frame))
        output.mux(video.encode())
        output.mux(audio.encode())
    return path


@pytest.mark.parametrize("name", KINDS)
def test_each_accepted_container_opens_under_any_name(
    tmp_path: Path, make: Make, numbered: Callable, tone: Callable, limits: Limits, name: str
) -> None:
    path = made(tmp_path, name, make, numbered, tone)
    disguised = path.rename(tmp_path / "a.txt")
    kind, picture, _ = KINDS[name]
    with opened(disguised, limits) as source:
        assert source.kind == kind
        assert (source.picture is not None) == bool(picture)
        assert source.sound is not None
        assert sum(1 for _ in source.packets(source.sound)) > 0


def test_only_what_recorders_write_where_asked_so(
    tmp_path: Path, make: Make, numbered: Callable, tone: Callable, limits: Limits
) -> None:
    path = made(tmp_path, "a.wav", make, numbered, tone)
    with pytest.raises(MediaError, match="wrong_type"), opened(path, limits, kinds=RECORDED):
        pass


@pytest.mark.parametrize("codec", ["mjpeg", "ffv1"])
def test_other_codecs_are_not_decoded(
    tmp_path: Path, make: Make, numbered: Callable, limits: Limits, codec: str
) -> None:
    path = tmp_path / "a.mkv"
    with av.open(str(path), "w") as output:
        stream = output.add_stream(codec, rate=10)
        stream.width, stream.height = 64, 48
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        for _, rgb in numbered(range(3)):
            output.mux(stream.encode(av.VideoFrame.from_ndarray(rgb, format="rgb24")))
        output.mux(stream.encode())
    with pytest.raises(MediaError, match="wrong_type"), opened(path, limits):
        pass


@pytest.mark.parametrize(
    "tight", [{"largest_bytes": 100}, {"max_side": 63}, {"max_pixels": 64 * 47}, {"max_rate": 44_100}]
)
def test_beyond_a_limit_is_too_large(
    tmp_path: Path, make: Make, numbered: Callable, tone: Callable, tight: dict[str, int]
) -> None:
    path = made(tmp_path, "a.mp4", make, numbered, tone)
    with pytest.raises(MediaError, match="too_large"), opened(path, Limits(**tight)):  # type: ignore[arg-type]
        pass


def test_more_streams_than_allowed(tmp_path: Path, make: Make, numbered: Callable, tone: Callable) -> None:
    path = made(tmp_path, "a.mp4", make, numbered, tone)
    with pytest.raises(MediaError), opened(path, Limits(max_streams=1)):
        pass


def test_codecs_are_called_by_their_own_names(
    tmp_path: Path, make: Make, numbered: Callable, tone: Callable, limits: Limits
) -> None:
    with opened(made(tmp_path, "a.webm", make, numbered, tone), limits) as source:
        assert (codec_name(source.picture), codec_name(source.sound)) == ("vp8", "opus")


def test_a_cover_is_no_film(tmp_path: Path, make: Make, tone: Callable, limits: Limits) -> None:
    sound = make(tmp_path / "a.mp3", sound=tone(440, 1.0), codecs=("", "mp3"))
    with av.open(str(tmp_path / "cover.png"), "w", format="image2") as output:
        stream = output.add_stream("png", rate=1)
        stream.width, stream.height, stream.pix_fmt = 16, 16, "rgb24"
        output.mux(stream.encode(av.VideoFrame(16, 16, "rgb24")))
    png = (tmp_path / "cover.png").read_bytes()
    picture = b"\x00image/png\x00\x03\x00" + png
    frame = b"APIC" + len(picture).to_bytes(4, "big") + b"\x00\x00" + picture
    size = bytes((len(frame) >> shift) & 0x7F for shift in (21, 14, 7, 0))
    covered = tmp_path / "covered.mp3"
    covered.write_bytes(b"ID3\x03\x00\x00" + size + frame + sound.read_bytes())
    with opened(covered, limits) as source:
        assert source.picture is None
        assert source.sound is not None


def test_an_error_comes_whole_through_a_pipe() -> None:
    import pickle

    error = pickle.loads(pickle.dumps(MediaError(MediaCode.TOO_LARGE, "side")))  # noqa: S301
    assert (error.code, error.detail, str(error)) == (MediaCode.TOO_LARGE, "side", "too_large: side")
    assert MediaError("empty").code is MediaCode.EMPTY
