"""Makes one seekable file from the segments of an answer, on the answer's stream time.

The browser's recorder writes no duration and no index, so that players cannot seek; and a reload leaves several
segments. The packets are copied as they are (nothing is encoded again) into one file whose clock is the stream time of the
answer less that of its first segment. Pure: files in, a file out, no Django.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.error

VIDEO_CODECS = frozenset({"vp8", "vp9", "av1", "h264"})
SOUND_CODECS = frozenset({"opus", "aac", "vorbis"})
MAX_DURATION_S = 15 * 60
MAX_SIDE = 1920

logging.getLogger("libav").setLevel(logging.ERROR)


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
    try:
        with _open(path) as source:
            codecs = _codecs(source)
            container = "mp4" if "mp4" in source.format.name else "webm"
    except (av.error.FFmpegError, ValueError, OSError) as error:
        raise Unusable("unreadable") from error
    has_picture = any(codec in VIDEO_CODECS for codec in codecs)
    return _Kind(container, f"{'video' if has_picture else 'audio'}/{container}", codecs)


def _open(path: Path) -> Any:
    """Opens as what its first bytes say and as nothing else: a file that names other files or hosts is not followed."""
    with path.open("rb") as file:
        head = file.read(8)
    container = "matroska" if head.startswith(b"\x1a\x45\xdf\xa3") else "mp4"
    return av.open(
        str(path), format=container, options={"protocol_whitelist": "file"}, metadata_errors="ignore"
    )


def _codecs(source: Any) -> tuple[str, ...]:
    streams = [stream for stream in source.streams if stream.type in {"video", "audio"}]
    names = tuple(sorted(stream.codec_context.name.removeprefix("lib") for stream in streams))
    if not names or any(name not in VIDEO_CODECS | SOUND_CODECS for name in names):
        raise Unusable("wrong_type")
    for stream in streams:
        if stream.type == "video" and max(stream.width, stream.height) > MAX_SIDE:
            raise Unusable("too_large")
    return names


def _join(segments: Sequence[Segment], target: Path, kind: _Kind) -> int:
    with av.open(str(target), "w", format=kind.container) as output:
        streams: dict[str, Any] = {}
        last: dict[str, int] = {}
        end_ms = 0
        for segment in segments:
            offset_ms = segment.started_ms - segments[0].started_ms
            end_ms = max(end_ms, _copy(segment.path, offset_ms, output, streams, last, kind))
    if not last:
        raise Unusable("empty")
    return end_ms


def _copy(
    path: Path, offset_ms: int, output: Any, streams: dict[str, Any], last: dict[str, int], kind: _Kind
) -> int:
    """Copies one segment's packets, moved by `offset_ms`; returns where it ends. A torn tail ends it quietly."""
    end_ms = 0
    with _open(path) as source:
        if _codecs(source) != kind.codecs:
            return 0  # a segment of another kind cannot be joined; the first one decides
        for stream in source.streams:
            if stream.type in {"video", "audio"} and stream.type not in streams:
                streams[stream.type] = output.add_stream_from_template(stream)
        try:
            for packet in source.demux():
                if packet.pts is None or packet.stream.type not in streams:
                    continue
                end_ms = max(end_ms, _mux(packet, offset_ms, output, streams, last))
        except (av.error.InvalidDataError, av.error.EOFError):
            pass  # the browser was killed while it wrote: what came before is whole
    return end_ms


def _mux(packet: Any, offset_ms: int, output: Any, streams: dict[str, Any], last: dict[str, int]) -> int:
    kind = packet.stream.type
    shift = int(Fraction(offset_ms, 1000) / packet.time_base)
    packet.pts += shift
    packet.dts = (packet.dts if packet.dts is not None else packet.pts - shift) + shift
    at_ms = int(packet.pts * packet.time_base * 1000)
    if at_ms > MAX_DURATION_S * 1000:
        raise Unusable("too_long")
    if at_ms <= last.get(kind, -1):
        return 0  # clocks of two segments may overlap by a packet; muxers demand that time goes on
    last[kind] = at_ms
    packet.stream = streams[kind]
    output.mux(packet)
    return at_ms + int((packet.duration or 0) * packet.time_base * 1000)
