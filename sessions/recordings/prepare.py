"""Makes one seekable file from the segments of an answer, on the answer's stream time.

The browser's recorder writes no duration and no index, so that players cannot seek; and a reload leaves several
segments. The packets are copied as they are (nothing is encoded again) into one file whose clock is the stream
time of the answer less that of its first segment. Pure: files in, a file out, no Django.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.error

from scoring.media.errors import MediaCode, MediaError
from scoring.media.limits import Limits
from scoring.media.opening import RECORDED, codec_name, opened

VIDEO_CODECS = frozenset({"vp8", "vp9", "av1", "h264"})
SOUND_CODECS = frozenset({"opus", "aac", "vorbis"})
MAX_DURATION_S = 15 * 60
LIMITS = Limits(longest_s=MAX_DURATION_S, max_side=1920)
SAID = {MediaCode.EMPTY, MediaCode.WRONG_TYPE, MediaCode.TOO_LARGE, MediaCode.TOO_LONG}
"""What is passed on as it is; everything else that can be wrong with a file is "unreadable"."""


class Unusable(Exception):
    """The recording cannot be kept; `code` names why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Segment:
    path: Path
    started_ms: int
    """Stream time at which the recorder began."""


@dataclass(frozen=True)
class Prepared:
    path: Path
    mime: str
    duration_ms: int
    started_ms: int


def prepare(segments: Sequence[Segment], target_without_suffix: Path) -> Prepared:
    """Joins `segments` (at least one) in the order of their start. Raises Unusable; then no file is left behind."""
    ordered = sorted(segments, key=lambda segment: segment.started_ms)
    if not ordered:
        raise Unusable("empty")
    kind = _kind_of(ordered[0].path)
    target = target_without_suffix.with_suffix(f".{kind.container}")
    try:
        duration_ms = _join(ordered, target, kind)
    except (av.error.FFmpegError, ValueError, OSError) as error:
        target.unlink(missing_ok=True)
        raise Unusable("unreadable") from error
    except Unusable:
        target.unlink(missing_ok=True)
        raise
    return Prepared(target, kind.mime, duration_ms, ordered[0].started_ms)


@dataclass(frozen=True)
class _Kind:
    container: str
    mime: str
    codecs: tuple[str, ...]


def _kind_of(path: Path) -> _Kind:
    """The container and codecs of the first segment, which the others must share."""
    with _open(path) as source:
        codecs = _codecs(source)
        container = "mp4" if "mp4" in source.format.name else "webm"
    has_picture = any(codec in VIDEO_CODECS for codec in codecs)
    return _Kind(container, f"{'video' if has_picture else 'audio'}/{container}", codecs)


@contextmanager
def _open(path: Path) -> Iterator[Any]:
    """The container at `path`, opened as what its first bytes say. Raises Unusable, for errors within the block too."""
    try:
        with opened(path, LIMITS, kinds=RECORDED) as source:
            yield source.container
    except MediaError as error:
        raise Unusable(error.code.value if error.code in SAID else "unreadable") from error


def _codecs(source: Any) -> tuple[str, ...]:
    streams = [stream for stream in source.streams if stream.type in {"video", "audio"}]
    names = tuple(sorted(codec_name(stream) for stream in streams))
    if not names or any(name not in VIDEO_CODECS | SOUND_CODECS for name in names):
        raise Unusable("wrong_type")
    return names


def _join(segments: Sequence[Segment], target: Path, kind: _Kind) -> int:
    with av.open(str(target), "w", format=kind.container) as output:
        joined = _Joined(output, kind.codecs)
        for segment in segments:
            joined.copy(segment.path, segment.started_ms - segments[0].started_ms)
    if not joined.last_ms:
        raise Unusable("empty")
    return joined.end_ms


class _Joined:
    """The file being written: its streams, and how far each has come."""

    def __init__(self, output: Any, codecs: tuple[str, ...]) -> None:
        self.output = output
        self.codecs = codecs
        self.streams: dict[str, Any] = {}
        self.last_ms: dict[str, int] = {}
        self.end_ms = 0

    def copy(self, path: Path, offset_ms: int) -> None:
        """Copies one segment's packets, moved by `offset_ms`. A torn tail ends it quietly."""
        with _open(path) as source:
            if _codecs(source) != self.codecs:
                return  # a segment of another kind cannot be joined; the first one decides
            for stream in source.streams:
                if stream.type in {"video", "audio"} and stream.type not in self.streams:
                    self.streams[stream.type] = self.output.add_stream_from_template(stream)
            # A browser that was killed while it wrote leaves a torn packet: what came before is whole.
            with suppress(av.error.InvalidDataError, av.error.EOFError):
                for packet in source.demux():
                    if packet.pts is not None and packet.stream.type in self.streams:
                        self._mux(packet, offset_ms)

    def _mux(self, packet: Any, offset_ms: int) -> None:
        kind = packet.stream.type
        shift = int(Fraction(offset_ms, 1000) / packet.time_base)
        packet.dts = (packet.dts if packet.dts is not None else packet.pts) + shift
        packet.pts += shift
        at_ms = int(packet.pts * packet.time_base * 1000)
        if at_ms > MAX_DURATION_S * 1000:
            raise Unusable("too_long")
        if at_ms <= self.last_ms.get(kind, -1):
            return  # clocks of two segments may overlap by a packet; muxers demand that time goes on
        self.last_ms[kind] = at_ms
        self.end_ms = max(self.end_ms, at_ms + int((packet.duration or 0) * packet.time_base * 1000))
        packet.stream = self.streams[kind]
        self.output.mux(packet)
