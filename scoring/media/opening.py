"""Opens a file from outside as what its first bytes say, and as nothing else.

FFmpeg reads hundreds of formats, some of which name other files and hosts. Here only seven containers are tried, each
by its own signature; no protocol is allowed (the bytes come through an open file object); only codecs that browsers
and phones write may be decoded, and how far FFmpeg looks and how large a picture it makes is bounded.
Whatever is in a file, the only error is MediaError.
"""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from errno import ENOMEM
from fractions import Fraction
from pathlib import Path
from typing import IO, Any

import av
import av.error

from scoring.media.errors import MediaCode, MediaError
from scoring.media.limits import Limits

PICTURE_CODECS = frozenset(
    {"vp8", "vp9", "av1", "h264", "hevc", "mpeg4", "mpeg1video", "mpeg2video", "theora"}
)
SOUND_CODECS = frozenset(
    {"opus", "aac", "vorbis", "flac", "alac", "mp1", "mp2", "mp3"}
    | {"pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le", "pcm_f64le", "pcm_alaw", "pcm_mulaw"}
    | {"pcm_s16be", "pcm_s24be", "pcm_f32be"}
)
DECODERS = (
    PICTURE_CODECS | SOUND_CODECS | {"libdav1d", "libvpx", "libopus", "mp1float", "mp2float", "mp3float"}
)
"""FFmpeg's names of the decoders that may run at all, while it looks at a file too."""

RECORDED = frozenset({"matroska", "mp4"})
"""The containers that browsers' recorders write."""

PROBE_BYTES = 5_000_000
PROBE_US = 10_000_000
SIGNATURE_BYTES = 16

logging.getLogger("libav").setLevel(logging.CRITICAL)

Stream = Any
"""A stream of PyAV; its attributes depend on the type, which its stubs cannot say."""


@dataclass(frozen=True, slots=True)
class Source:
    """An open file. `kind` is the container; `zero_s` is the time of the container's clock that counts as 0."""

    kind: str
    container: Any
    picture: Stream | None
    sound: Stream | None
    limits: Limits
    zero_s: float

    def packets(self, stream: Stream) -> Iterator[Any]:
        """The packets of `stream` in the order of the file. A torn tail is quietly the end.

        A recorder that was killed leaves half a packet behind: what came before is whole.
        """
        for other in self.container.streams:
            other.discard = _DISCARD_NONE if other.index == stream.index else _DISCARD_ALL
        packets = iter(self.container.demux(stream))
        while True:
            try:
                packet = next(packets)
            except (StopIteration, av.error.FFmpegError, OSError, ValueError):
                return
            if packet.size:
                yield packet


_DISCARD_NONE, _DISCARD_ALL = av.stream.Discard.none, av.stream.Discard.all


@contextmanager
def opened(path: Path, limits: Limits, *, kinds: frozenset[str] | None = None) -> Iterator[Source]:
    """Opens `path` for reading, as one of `kinds` (all seven where None).

    Raises:
        MediaError: empty, wrong_type (no plain file, another container or codec), too_large, unreadable,
            out_of_memory, out_of_time. Errors of PyAV inside the `with` block become MediaError as well.
    """
    with translated(), _plain_file(path, limits) as file:
        kind = _kind(file)
        if kind is None or (kinds is not None and kind not in kinds):
            raise MediaError(MediaCode.WRONG_TYPE, "not one of the accepted containers")
        with _container(file, kind, limits) as container:
            yield _source(container, kind, limits)


@contextmanager
def translated() -> Iterator[None]:
    """Errors of PyAV and of the system become MediaError."""
    try:
        yield
    except MemoryError as error:  # PyAV's own is one as well
        raise MediaError(MediaCode.OUT_OF_MEMORY) from error
    except av.error.ExitError as error:
        raise MediaError(MediaCode.OUT_OF_TIME, "opening took too long") from error
    except (av.error.FFmpegError, OSError, ValueError, ArithmeticError) as error:
        out_of_memory = getattr(error, "errno", None) == ENOMEM
        code = MediaCode.OUT_OF_MEMORY if out_of_memory else MediaCode.UNREADABLE
        raise MediaError(code, type(error).__name__) from error


@contextmanager
def _plain_file(path: Path, limits: Limits) -> Iterator[IO[bytes]]:
    """The file, if it is one: no link, folder, device or pipe, which could hang or lead elsewhere."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        code = MediaCode.WRONG_TYPE if path.is_symlink() else MediaCode.UNREADABLE
        raise MediaError(code, "cannot be opened") from error
    with _closed_after(handle):
        about = os.fstat(handle)
        if not stat.S_ISREG(about.st_mode):
            raise MediaError(MediaCode.WRONG_TYPE, "not a plain file")
        if not about.st_size:
            raise MediaError(MediaCode.EMPTY)
        if about.st_size > limits.largest_bytes:
            raise MediaError(MediaCode.TOO_LARGE, "bytes")
        with os.fdopen(handle, "rb", closefd=False) as file:
            yield file


@contextmanager
def _closed_after(handle: int) -> Iterator[None]:
    try:
        yield
    finally:
        os.close(handle)


def _kind(file: IO[bytes]) -> str | None:
    """FFmpeg's name of the container that the first bytes announce; None for anything else."""
    head = file.read(SIGNATURE_BYTES)
    file.seek(0)
    return next((kind for kind, announces in _SIGNATURES if announces(head)), None)


def _is_mp4(head: bytes) -> bool:
    return head[4:8] in {b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"}


def _is_wave(head: bytes) -> bool:
    return head[:4] in {b"RIFF", b"RF64"} and head[8:12] == b"WAVE"


def _is_mp3(head: bytes) -> bool:
    """An ID3 tag, or the header of a frame whose layer, bit rate and sampling rate exist."""
    if head.startswith(b"ID3"):
        return True
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return False
    return (
        head[1] & 0x18 != 0x08 and head[1] & 0x06 != 0 and head[2] & 0xF0 != 0xF0 and head[2] & 0x0C != 0x0C
    )


def _starts(prefix: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(prefix)


_SIGNATURES: tuple[tuple[str, Callable[[bytes], bool]], ...] = (
    ("matroska", _starts(b"\x1a\x45\xdf\xa3")),
    ("mp4", _is_mp4),
    ("wav", _is_wave),
    ("ogg", _starts(b"OggS")),
    ("flac", _starts(b"fLaC")),
    ("mpeg", _starts(b"\x00\x00\x01\xba")),
    ("mp3", _is_mp3),
)


def _container(file: IO[bytes], kind: str, limits: Limits) -> Any:
    options = {
        "protocol_whitelist": "none",
        "codec_whitelist": ",".join(sorted(DECODERS)),
        "probesize": str(PROBE_BYTES),
        "analyzeduration": str(PROBE_US),
        "max_streams": str(limits.max_streams),
        "max_pixels": str(limits.max_pixels),
    }
    if kind == "mp4":
        options |= {"enable_drefs": "0", "use_absolute_path": "0"}
    return av.open(
        _Bounded(file),
        "r",
        format=kind,
        options=options,
        metadata_errors="ignore",
        buffer_size=1 << 16,
        timeout=(limits.open_s, None),
    )


class _Bounded:
    """A file that PyAV may read and move in, and nothing else: it has no name, no number and cannot be written."""

    def __init__(self, file: IO[bytes]) -> None:
        self.read: Callable[[int], bytes] = file.read
        self.seek: Callable[..., int] = file.seek
        self.tell: Callable[[], int] = file.tell


def _source(container: Any, kind: str, limits: Limits) -> Source:
    if len(container.streams) > limits.max_streams:
        raise MediaError(MediaCode.TOO_LARGE, "streams")
    picture = _first(container.streams.video, PICTURE_CODECS)
    sound = _first(container.streams.audio, SOUND_CODECS)
    if picture is None and sound is None:
        raise MediaError(
            MediaCode.WRONG_TYPE if len(container.streams) else MediaCode.EMPTY, "no stream of use"
        )
    if picture is not None:
        _check_picture(picture, limits)
    if sound is not None:
        _check_sound(sound, limits)
    return Source(kind, container, picture, sound, limits, _zero_s(container, kind, (picture, sound)))


def _first(streams: Any, codecs: frozenset[str]) -> Stream | None:
    """The first stream that moves (the cover of a piece of music is one too, of a single picture).

    Raises:
        MediaError: wrong_type where there are such streams, but none that may be decoded.
    """
    moving = [stream for stream in streams if not int(stream.disposition) & _STILL]
    good = [stream for stream in moving if codec_name(stream) in codecs]
    if moving and not good:
        raise MediaError(MediaCode.WRONG_TYPE, "codec")
    return good[0] if good else None


_STILL = (
    av.stream.Disposition.attached_pic
    | av.stream.Disposition.still_image
    | av.stream.Disposition.timed_thumbnails
).value


def codec_name(stream: Stream) -> str:
    """The codec by FFmpeg's name of it, whichever decoder reads it; empty where it has none."""
    context = stream.codec_context
    return str(context.codec.canonical_name) if context is not None else ""


def _check_picture(stream: Stream, limits: Limits) -> None:
    width, height = stream.codec_context.width, stream.codec_context.height
    if max(width, height) > limits.max_side or width * height > limits.max_pixels:
        raise MediaError(MediaCode.TOO_LARGE, "side")
    stream.codec_context.options = {"max_pixels": str(limits.max_pixels)}
    # One thread: the finder of landmarks has the others, and so the same pictures come out on every machine.
    stream.codec_context.thread_count = 1


def _check_sound(stream: Stream, limits: Limits) -> None:
    context = stream.codec_context
    if context.layout.nb_channels > limits.max_channels or (context.sample_rate or 0) > limits.max_rate:
        raise MediaError(MediaCode.TOO_LARGE, "channels or sampling rate")


def _zero_s(container: Any, kind: str, streams: tuple[Stream | None, Stream | None]) -> float:
    """A recorder's clock starts with the recording. The clock of other containers starts anywhere."""
    if kind in RECORDED:
        return 0.0
    starts = [
        float(stream.start_time * (stream.time_base or Fraction(0)))
        for stream in streams
        if stream is not None and stream.start_time is not None
    ]
    return min(starts, default=0.0)
