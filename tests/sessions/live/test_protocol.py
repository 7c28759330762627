"""The wire: whatever arrives, only a ProtocolError comes out; what was packed is read back."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.live import protocol
from sessions.live.machine import Verb
from sessions.live.protocol import (
    BLOCKS,
    FRAME,
    HEADER,
    Do,
    FrameBytes,
    Hints,
    Malformed,
    Oversized,
    Ping,
    ProtocolError,
    frames_of,
    pack_blocks,
    pack_signal,
    parse_signal,
    parse_text,
    without_frames,
)

SHAPES = {name: (points, numbers) for name, points, numbers in BLOCKS}
SILENCE = np.zeros(4000, dtype=np.int16)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["do", "hints", "ping", "welcome"]) | JSON,
        "verb": st.sampled_from([verb.value for verb in Verb]) | JSON,
        "id": JSON,
        "at_ms": JSON,
        "on": JSON,
    },
)


@given(st.binary(max_size=200) | st.binary(max_size=200).map(lambda rest: b"G\x01" + rest))
def test_any_bytes(data: bytes) -> None:
    try:
        signal = parse_signal(data)
    except ProtocolError:
        return
    assert len(signal.sound) == signal.n_samples
    assert len(frames_of([signal])) == signal.n_frames


@given(JSON.map(json.dumps) | FIELDS.map(json.dumps) | st.text(max_size=100))
def test_any_text(text: str) -> None:
    try:
        request = parse_text(text)
    except ProtocolError:
        return
    assert isinstance(request, Do | Hints | Ping)


@pytest.mark.parametrize(
    "text", ["[" * 4000, '{"type": "do", "id": ' + "9" * 4000 + "}", "\ud800", "", "NaN"]
)
def test_text_that_hurts_parsers(text: str) -> None:
    with pytest.raises(Malformed):
        parse_text(text)


@pytest.mark.parametrize(
    "fields",
    [
        {"type": "do", "verb": "done"},
        {"type": "do", "id": True, "verb": "done"},
        {"type": "do", "id": -1, "verb": "done"},
        {"type": "do", "id": 1, "verb": "dance"},
        {"type": "do", "id": 1, "verb": ["done"]},
        {"type": "do", "id": 1, "verb": "done", "at_ms": -1},
        {"type": "do", "id": 1, "verb": "done", "at_ms": "1"},
        {"type": "do", "id": 1, "verb": "done", "at_ms": float("inf")},
        {"type": "do", "id": 1, "verb": "done", "at_ms": 2**32},
        {"type": "hints", "on": 1},
        {"type": "hints"},
        {"type": ["do"]},
        {},
    ],
)
def test_wrong_fields(fields: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        parse_text(json.dumps(fields))


def test_requests() -> None:
    assert parse_text('{"type": "do", "id": 7, "verb": "done", "at_ms": 41250.4}') == Do(7, Verb.DONE, 41250)
    assert parse_text('{"type": "do", "id": 0, "verb": "begin"}') == Do(0, Verb.BEGIN, None)
    assert parse_text('{"type": "hints", "on": false, "id": 3}') == Hints(3, False)
    assert parse_text('{"type": "ping", "id": 8, "more": 1}') == Ping(8)


@st.composite
def made_frames(draw: st.DrawFn) -> tuple[FrameBytes, dict[str, Any]]:
    names = draw(st.sets(st.sampled_from(list(SHAPES))))
    seed = draw(st.integers(0, 2**16))
    values = np.random.default_rng(seed)
    blocks = {name: values.uniform(-3.9, 3.9, SHAPES[name]).astype(np.float32) for name in sorted(names)}
    mask, data = pack_blocks(**blocks)
    frame = FrameBytes(
        draw(st.integers(-900, 250)), mask, data, draw(st.integers(0, 2)), draw(st.integers(0, 255))
    )
    return frame, blocks


@given(
    frames=st.lists(made_frames(), max_size=6),
    samples=st.integers(1, 8000),
    answer=st.integers(0, 2**16 - 1),
    seq=st.integers(0, 2**32 - 1),
    dropped=st.integers(0, 255),
)
def test_what_is_packed_is_read_back(
    frames: list[tuple[FrameBytes, dict[str, Any]]], samples: int, answer: int, seq: int, dropped: int
) -> None:
    sound = np.random.default_rng(samples).integers(-32768, 32767, samples).astype(np.int16)
    data = pack_signal(
        answer=answer, seq=seq, t_ms=1000, sound=sound, frames=[frame for frame, _ in frames], dropped=dropped
    )
    signal = parse_signal(data)
    assert (signal.answer, signal.seq, signal.t_ms, signal.dropped) == (answer, seq, 1000, dropped)
    np.testing.assert_array_equal(signal.sound, sound)
    read = frames_of([signal])
    assert read.dropped == dropped
    in_order = sorted(frames, key=lambda made: made[0].dt_ms)
    for row, (frame, blocks) in enumerate(in_order):
        assert read.times_ms[row] == 1000 + frame.dt_ms
        assert (read.faces[row], read.luma[row]) == (frame.faces, frame.luma)
        for name in SHAPES:
            got = getattr(read, name)[row]
            if name in blocks:
                np.testing.assert_allclose(got, blocks[name], atol=0.51 / protocol.SCALE)
            else:
                assert np.isnan(got).all()


def test_the_largest_message_fits() -> None:
    everything = {name: np.zeros(shape, dtype=np.float32) for name, shape in SHAPES.items()}
    frame = FrameBytes(0, *pack_blocks(**everything))
    largest = pack_signal(answer=0, seq=0, t_ms=0, sound=np.zeros(8000, dtype=np.int16), frames=[frame] * 16)
    assert len(largest) < protocol.MAX_BYTES
    assert parse_signal(largest).n_frames == 16


def header(n_samples: int = 0, n_frames: int = 0, magic: int = 0x47, kind: int = 1) -> bytes:
    return HEADER.pack(magic, kind, 0, 0, 0, n_samples, n_frames, 0)


@pytest.mark.parametrize(
    "data",
    [
        header(n_samples=1)[:-1],
        header(n_samples=1, magic=0x46) + bytes(2),
        header(n_samples=1, kind=2) + bytes(2),
        header(n_samples=8001) + bytes(16002),
        header(n_frames=17) + FRAME.pack(0, 0, 0, 0, 0) * 17,
        header(),
        header(n_samples=2) + bytes(3),
        header(n_samples=2) + bytes(5),
        header(n_frames=1) + bytes(5),
        header(n_frames=1) + FRAME.pack(0, 1, 1, 0, 0),
        header(n_frames=1) + FRAME.pack(0, 16, 1, 0, 0),
        header(n_frames=1) + FRAME.pack(0, 0, 3, 0, 0),
        header(n_frames=1) + FRAME.pack(0, 0, 1, 0, 1),
        header(n_frames=1) + FRAME.pack(-1001, 0, 1, 0, 0),
        header(n_frames=1) + FRAME.pack(5001, 0, 1, 0, 0),
    ],
)
def test_wrong_signals(data: bytes) -> None:
    with pytest.raises(Malformed):
        parse_signal(data)


def test_what_is_too_large() -> None:
    with pytest.raises(Oversized):
        parse_signal(bytes(protocol.MAX_BYTES + 1))
    with pytest.raises(Oversized):
        parse_text(" " * (protocol.MAX_BYTES + 1))
    with pytest.raises(Malformed):
        parse_text(" " * (protocol.MAX_TEXT + 1))


def test_a_message_without_its_frames_keeps_its_sound() -> None:
    frame = FrameBytes(0, *pack_blocks(face=np.zeros(SHAPES["face"], dtype=np.float32)))
    sound = np.arange(100, dtype=np.int16)
    signal = parse_signal(pack_signal(answer=1, seq=2, t_ms=3, sound=sound, frames=[frame], dropped=4))
    bare = without_frames(signal)
    again = parse_signal(bare.data)
    assert (again.answer, again.seq, again.t_ms, again.n_frames, again.dropped) == (1, 2, 3, 0, 0)
    np.testing.assert_array_equal(again.sound, sound)
    assert b"".join([bare.data]) == again.data


def test_frames_of_several_messages_come_in_order_of_time() -> None:
    late = FrameBytes(-300, *pack_blocks())
    messages = [
        pack_signal(answer=0, seq=0, t_ms=0, sound=SILENCE, frames=[FrameBytes(200, 0, b"")]),
        pack_signal(answer=0, seq=1, t_ms=250, sound=SILENCE, frames=[late, FrameBytes(10, 0, b"")]),
    ]
    read = frames_of([parse_signal(message) for message in messages])
    assert read.times_ms.tolist() == [0, 200, 260]
