"""Recordings as files: pieces by offset, joining segments, ranges. No database."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path
from uuid import uuid4

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.recordings import ranges, receive
from sessions.recordings.prepare import Segment, Unusable, prepare

WEBM = b"\x1a\x45\xdf\xa3"


def record(path: Path, *, seconds: float = 1.0, hertz: int = 440, picture: bool = True) -> Path:
    """A real WebM as a browser's recorder would write it: VP8 and Opus, no duration, no index."""
    with av.open(str(path), "w", format="webm", options={"live": "1"}) as output:
        video = output.add_stream("libvpx", rate=10) if picture else None
        sound = output.add_stream("libopus", rate=48000)
        sound.layout = "mono"
        if video is not None:
            video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
            for number in range(int(seconds * 10)):
                image = np.full((48, 64, 3), number * 20 % 256, np.uint8)
                for packet in video.encode(av.VideoFrame.from_ndarray(image, format="rgb24")):
                    output.mux(packet)
            output.mux(video.encode(None))
        samples = np.sin(2 * np.pi * hertz * np.arange(int(seconds * 48000)) / 48000)
        block = (samples * 12000).astype(np.int16)[None, :]
        frame = av.AudioFrame.from_ndarray(block, format="s16", layout="mono")
        frame.sample_rate = 48000
        output.mux(sound.encode(frame))
        output.mux(sound.encode(None))
    return path


def place(tmp_path: Path) -> receive.SegmentPlace:
    return receive.SegmentPlace(spool=tmp_path, institution=uuid4(), answer=uuid4(), number=0)


def test_pieces_append_in_order_and_a_repeated_one_is_told_where_to_go_on(tmp_path: Path) -> None:
    where = place(tmp_path)
    assert receive.append(where, offset=0, piece=WEBM + b"abc", container="webm") == 7
    with pytest.raises(receive.WrongOffset) as wrong:
        receive.append(where, offset=0, piece=WEBM + b"abc", container="webm")
    assert wrong.value.offset == 7
    assert receive.append(where, offset=7, piece=b"def", container="webm") == 10
    assert where.path.read_bytes() == WEBM + b"abcdef"


@pytest.mark.parametrize("piece", [b"<html>", b"#EXTM3U\nfile:///etc/passwd", b"\x00" * 12])
def test_bytes_that_are_not_a_recording_are_refused_and_nothing_is_kept(tmp_path: Path, piece: bytes) -> None:
    where = place(tmp_path)
    with pytest.raises(receive.WrongType):
        receive.append(where, offset=0, piece=piece, container="webm")
    assert receive.received(where) == 0


@pytest.mark.parametrize(
    ("container", "content"), [("webm", WEBM + b"abcdef"), ("mp4", b"\0\0\0\x18ftypisom")]
)
def test_a_first_piece_of_one_byte_is_taken_and_what_follows_it_still_checked(
    tmp_path: Path, container: str, content: bytes
) -> None:
    """A recorder whose first picture is late hands out the first byte that its muxer writes as a piece of its own."""
    where = place(tmp_path)
    for at in range(len(content)):
        receive.append(where, offset=at, piece=content[at : at + 1], container=container)
    assert where.path.read_bytes() == content
    other = place(tmp_path)
    receive.append(other, offset=0, piece=content[:1], container=container)
    with pytest.raises(receive.WrongType):
        receive.append(other, offset=1, piece=b"<html><script>", container=container)
    assert receive.received(other) == 1


def test_a_piece_or_a_segment_that_is_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receive, "MAX_SEGMENT_BYTES", 10)
    monkeypatch.setattr(receive, "MAX_PIECE_BYTES", 20)
    where = place(tmp_path)
    with pytest.raises(receive.TooLarge):
        receive.append(where, offset=0, piece=WEBM + b"x" * 17, container="webm")
    with pytest.raises(receive.TooLarge):
        receive.append(where, offset=0, piece=WEBM + b"x" * 7, container="webm")
    assert receive.received(where) == 0


@pytest.mark.parametrize("mime", ["text/html", "video/quicktime", "", "video/webm2"])
def test_other_types_are_refused(mime: str) -> None:
    with pytest.raises(receive.WrongType):
        receive.container_of(mime)


def test_two_segments_become_one_seekable_file_on_the_answers_clock(tmp_path: Path) -> None:
    first, second = record(tmp_path / "a.webm"), record(tmp_path / "b.webm", hertz=880)
    made = prepare([Segment(second, 4000), Segment(first, 1000)], tmp_path / "joined")
    assert (made.mime, made.started_ms) == ("video/webm", 1000)
    assert made.duration_ms == pytest.approx(4000, abs=120)
    with av.open(str(made.path)) as joined:
        assert joined.duration == pytest.approx(4_000_000, abs=150_000)  # the header says it now
        joined.seek(3_200_000)
        frame = next(joined.decode(audio=0))
        assert frame.time >= 2.9
        samples = frame.to_ndarray().ravel().astype(float)
    crossings = np.count_nonzero(np.diff(np.signbit(samples))) / 2 / (len(samples) / 48000)
    assert crossings == pytest.approx(880, rel=0.1)  # the second segment is heard there


def test_sound_alone_is_kept_as_sound(tmp_path: Path) -> None:
    made = prepare([Segment(record(tmp_path / "a.webm", picture=False), 0)], tmp_path / "joined")
    assert made.mime == "audio/webm"


def test_a_torn_tail_costs_only_the_tail(tmp_path: Path) -> None:
    whole = record(tmp_path / "a.webm", seconds=2).read_bytes()
    torn = tmp_path / "torn.webm"
    torn.write_bytes(whole[: len(whole) * 2 // 3])
    assert 0 < prepare([Segment(torn, 0)], tmp_path / "joined").duration_ms < 2100


@pytest.mark.parametrize(
    "content", [b"", b"hello", WEBM, WEBM + b"\xff" * 5000, b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 90]
)
def test_rubbish_is_unusable_and_leaves_no_file(tmp_path: Path, content: bytes) -> None:
    bad = tmp_path / "bad.webm"
    bad.write_bytes(content)
    with pytest.raises(Unusable):
        prepare([Segment(bad, 0)], tmp_path / "joined")
    assert [path.name for path in tmp_path.iterdir()] == ["bad.webm"]


def test_a_playlist_is_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.webm"
    record(secret)
    playlist = tmp_path / "list.webm"
    playlist.write_text(f"ffconcat version 1.0\nfile {secret}\n")
    with pytest.raises(Unusable):
        prepare([Segment(playlist, 0)], tmp_path / "joined")


@given(size=st.integers(1, 10_000), first=st.integers(0, 12_000), last=st.integers(0, 12_000))
def test_a_range_lies_inside_the_file_or_is_refused(size: int, first: int, last: int) -> None:
    try:
        span = ranges.parse_range(f"bytes={first}-{last}", size)
    except ranges.Unsatisfiable:
        assert first >= size
        return
    if span is not None:
        assert 0 <= span.first <= span.last < size
        assert span.first == first


@given(header=st.text(max_size=40), size=st.integers(1, 1000))
def test_any_header_is_a_range_or_none_or_refused(header: str, size: int) -> None:
    try:
        span = ranges.parse_range(header, size)
    except ranges.Unsatisfiable:
        return
    assert span is None or span.last < size


@pytest.mark.parametrize(
    ("header", "status", "body"),
    [
        (None, 200, b"0123456789"),
        ("bytes=2-4", 206, b"234"),
        ("bytes=-3", 206, b"789"),
        ("bytes=7-", 206, b"789"),
        ("bytes=50-", 416, b""),
        ("bytes=1-2,4-5", 200, b"0123456789"),
    ],
)
def test_ranges_are_served_and_never_cached(header: str | None, status: int, body: bytes) -> None:
    file = io.BytesIO(b"0123456789")
    response = ranges.ranged_response(file, size=10, mime="video/webm", range_header=header)
    assert response.status_code == status
    if status == 416:
        return

    async def collect() -> bytes:
        return b"".join([block async for block in response])  # type: ignore[attr-defined]

    assert asyncio.run(collect()) == body
    assert response["Cache-Control"] == "private, no-store"
    assert file.closed
