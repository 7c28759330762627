"""Landmarks and sound on the wire: what JavaScript writes is what Python reads, to the last bit."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

PROTOCOL = Path(__file__).parents[3] / "docs/live-protocol.md"
RNG = np.random.default_rng(7)

TO_BASE64 = "const base64 = (bytes) => btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join(''));"
ENCODE = (
    """async ({ seen, aspect, sound, dts }) => {
  const { encodeFrame, setFrameTime } = await import("/static/sessions/landmarks.js");
  const { encodeMessage } = await import("/static/sessions/signal.js");
  const frames = dts.map((dt) => { const f = encodeFrame(seen, aspect); setFrameTime(f, dt); return f; });
  const sounds = Int16Array.from(sound);
  """
    + TO_BASE64
    + """
  return base64(encodeMessage({ answer: 3, seq: 70000, tMs: 250 * 70000, sound: sounds, frames, dropped: 300 }));
}"""
)
RUN_STREAM = (
    """async (steps) => {
  const { AnswerStream } = await import("/static/sessions/signal.js");
  const { encodeFrame } = await import("/static/sessions/landmarks.js");
  """
    + TO_BASE64
    + """
  const stream = new AnswerStream({ answer: 1, nextSeq: 0, streamMs: 0 });
  const sent = [];
  let counter = 0;
  const empty = { face: null, faces: 0, pose: null, left: null, right: null, luma: 9 };
  const act = {
    sound: (count, at) => stream.addSound(Int16Array.from({ length: count }, () => counter++ % 30000), at),
    frame: (at) => stream.addFrame(encodeFrame(empty, 4 / 3), at),
    send: () => { for (let m = stream.takeUnsent(); m; m = stream.takeUnsent()) sent.push(base64(m)); },
    acknowledge: (seq) => stream.acknowledge(seq),
    rewind: (...args) => stream.rewind(...args),
    dropFrames: () => stream.dropFrames(),
    flush: () => stream.flush(),
    halt: () => stream.halt(),
  };
  const returned = steps.map(([name, ...args]) => act[name](...args) ?? null);
  return { sent, returned, nowMs: stream.nowMs, unacknowledged: stream.unacknowledged, isFull: stream.isFull };
}"""
)


def points(count: int) -> list[dict[str, float]]:
    return [
        dict(zip("xyz", row[:3], strict=True), visibility=abs(row[3]))
        for row in RNG.uniform(-1, 1, (count, 4)).tolist()
    ]


def wire_of(block: list[dict[str, float]], indices: list[int], aspect: float, names: str) -> Any:
    """What a block must look like on the wire, from the document's words alone."""
    stretch = {"x": aspect, "y": 1.0, "z": aspect, "v": 1.0}
    key = {"v": "visibility"}
    rows = [[block[i][key.get(n, n)] * stretch[n] for n in names] for i in indices]
    return np.clip(np.floor(np.array(rows) * 8192 + 0.5), -32768, 32767) / 8192


def documented(words: str) -> list[int]:
    found = re.search(rf"{words}, by MediaPipe's numbering: ([\d\s]+)\.", PROTOCOL.read_text())
    assert found is not None
    return [int(number) for number in found[1].split()]


def test_every_block_comes_through(page: Page, decode: Callable[[bytes], Any]) -> None:
    seen = {
        "face": points(478),
        "pose": points(33),
        "left": points(21),
        "right": points(21),
        "faces": 5,
        "luma": 99.6,
    }
    sound = RNG.integers(-32768, 32768, 4000).tolist()
    made = page.evaluate(ENCODE, {"seen": seen, "aspect": 16 / 9, "sound": sound, "dts": [-12, 0, 240]})
    message = decode(base64.b64decode(made))
    assert (message.answer, message.seq, message.t_ms, message.dropped) == (3, 70000, 17_500_000, 255)
    assert message.sound.tolist() == sound
    assert [frame["dt_ms"] for frame in message.frames] == [-12, 0, 240]
    frame = message.frames[1]
    assert (frame["faces"], frame["luma"]) == (2, 100)
    face, pose = documented("Face points"), documented("Pose points")
    np.testing.assert_array_equal(frame["face"], wire_of(seen["face"], face, 16 / 9, "xyz"))
    np.testing.assert_array_equal(frame["pose"], wire_of(seen["pose"], pose, 16 / 9, "xyzv"))
    np.testing.assert_array_equal(frame["left"], wire_of(seen["left"], list(range(21)), 16 / 9, "xyz"))
    np.testing.assert_array_equal(frame["right"], wire_of(seen["right"], list(range(21)), 16 / 9, "xyz"))


def test_what_was_not_seen_is_left_out(page: Page, decode: Callable[[bytes], Any]) -> None:
    seen = {"face": None, "pose": points(33), "left": None, "right": None, "faces": 0, "luma": 0}
    message = decode(
        base64.b64decode(page.evaluate(ENCODE, {"seen": seen, "aspect": 1, "sound": [], "dts": [0]}))
    )
    assert set(message.frames[0]) & {"face", "pose", "left", "right"} == {"pose"}
    assert message.sound.size == 0


def test_far_points_are_clipped(page: Page, decode: Callable[[bytes], Any]) -> None:
    far = [{"x": 9.0, "y": -9.0, "z": 0.0}] * 478
    seen = {"face": far, "pose": None, "left": None, "right": None, "faces": 1, "luma": 300}
    message = decode(
        base64.b64decode(page.evaluate(ENCODE, {"seen": seen, "aspect": 2, "sound": [], "dts": [0]}))
    )
    assert message.frames[0]["face"][0].tolist() == [32767 / 8192, -4.0, 0.0]
    assert message.frames[0]["luma"] == 255


def test_the_server_reads_the_same(page: Page, decode: Callable[[bytes], Any]) -> None:
    from sessions.live import protocol

    seen = {"face": points(478), "pose": None, "left": points(21), "right": None, "faces": 1, "luma": 80}
    sound = RNG.integers(-32768, 32768, 160).tolist()
    data = base64.b64decode(
        page.evaluate(ENCODE, {"seen": seen, "aspect": 4 / 3, "sound": sound, "dts": [-1000, 33]})
    )
    signal = protocol.parse_signal(data)
    assert (signal.answer, signal.seq, signal.n_frames, signal.dropped) == (3, 70000, 2, 255)
    assert signal.sound.tolist() == sound
    frames, by_letter = protocol.frames_of([signal]), decode(data).frames
    assert frames.times_ms.tolist() == [frame["t_ms"] for frame in by_letter]
    np.testing.assert_allclose(frames.face, [frame["face"] for frame in by_letter], atol=1e-6)
    np.testing.assert_allclose(frames.left_hand, [frame["left"] for frame in by_letter], atol=1e-6)
    assert np.isnan(frames.right_hand).all()
    assert (frames.faces.tolist(), frames.luma.tolist()) == ([1, 1], [80, 80])


def run(page: Page, decode: Callable[[bytes], Any], *steps: list[Any]) -> tuple[list[Any], dict[str, Any]]:
    after = page.evaluate(RUN_STREAM, list(steps))
    return [decode(base64.b64decode(message)) for message in after["sent"]], after


def test_messages_are_of_250_ms_and_without_gaps(page: Page, decode: Callable[[bytes], Any]) -> None:
    steps = [["sound", 800, 1000 + 50 * i] for i in range(23)] + [["flush"], ["send"]]
    sent, after = run(page, decode, *steps)
    assert [message.seq for message in sent] == list(range(5))
    assert [message.t_ms for message in sent] == [0, 250, 500, 750, 1000]
    assert [message.sound.size for message in sent] == [4000, 4000, 4000, 4000, 2400]
    assert np.concatenate([message.sound for message in sent]).tolist() == [
        i % 30000 for i in range(23 * 800)
    ]
    assert after["nowMs"] == 1150


def test_a_flush_leaves_what_is_no_whole_millisecond(page: Page, decode: Callable[[bytes], Any]) -> None:
    sent, _ = run(page, decode, ["sound", 1003, 100], ["flush"], ["sound", 5, 101], ["flush"], ["send"])
    assert [message.sound.size for message in sent] == [992, 16]
    assert [message.t_ms for message in sent] == [0, 62]
    assert np.concatenate([message.sound for message in sent]).tolist() == list(range(1008))


def test_a_picture_gets_the_time_of_its_sound(page: Page, decode: Callable[[bytes], Any]) -> None:
    """Sound of stream time 0 began at 1000; its second block came 30 ms late, the picture is of 1070."""
    steps = [["sound", 800, 1050], ["frame", 1070], ["sound", 800, 1130], ["sound", 2400, 1250], ["send"]]
    sent, _ = run(page, decode, *steps)
    assert [frame["t_ms"] for frame in sent[0].frames] == [70]


def test_pictures_from_before_the_stream_have_no_place_in_it(
    page: Page, decode: Callable[[bytes], Any]
) -> None:
    steps = [["frame", 900], ["frame", 1010], ["sound", 4000, 1250], ["send"]]
    sent, _ = run(page, decode, *steps)
    assert [frame["t_ms"] for frame in sent[0].frames] == [10]


def test_dropped_pictures_are_counted_in_the_next_message(page: Page, decode: Callable[[bytes], Any]) -> None:
    steps = [
        ["frame", 1010],
        ["frame", 1020],
        ["dropFrames"],
        ["sound", 4000, 1250],
        ["sound", 4000, 1500],
        ["send"],
    ]
    sent, _ = run(page, decode, *steps)
    assert [(len(message.frames), message.dropped) for message in sent] == [(0, 2), (0, 0)]


def test_after_a_break_it_goes_on_where_the_server_stands(page: Page, decode: Callable[[bytes], Any]) -> None:
    steps = [["sound", 16000, 1000], ["send"], ["acknowledge", 2], ["rewind", 3, 750], ["send"]]
    sent, after = run(page, decode, *steps)
    assert [message.seq for message in sent] == [0, 1, 2, 3, 3]
    assert after["unacknowledged"] == 1


def test_what_a_killed_server_forgot_is_sent_again(page: Page, decode: Callable[[bytes], Any]) -> None:
    """It had acknowledged eight messages and comes back with five."""
    steps = [["sound", 40000, 1000], ["send"], ["acknowledge", 8], ["rewind", 5, 1250], ["send"]]
    sent, _ = run(page, decode, *steps)
    assert [message.seq for message in sent[10:]] == [5, 6, 7, 8, 9]
    assert [message.t_ms for message in sent[10:]] == [1250, 1500, 1750, 2000, 2250]


def test_a_place_beyond_what_is_kept_is_numbered_anew(page: Page, decode: Callable[[bytes], Any]) -> None:
    """Another window went on meanwhile: the server is at 40, we have two messages that it does not know."""
    steps = [
        ["sound", 16000, 1000],
        ["send"],
        ["acknowledge", 2],
        ["rewind", 40],
        ["rewind", 40, 10000],
        ["send"],
    ]
    sent, after = run(page, decode, *steps)
    assert after["returned"][3] is False
    assert after["returned"][4] is True
    assert [(message.seq, message.t_ms) for message in sent[4:]] == [(40, 10000), (41, 10250)]
    assert sent[4].sound.tolist() == sent[2].sound.tolist()
    assert after["nowMs"] == 10500


def test_the_memory_is_bounded_and_says_so(page: Page, decode: Callable[[bytes], Any]) -> None:
    """Ten minutes without an acknowledgement; then there is room again."""
    full = [["sound", 4000, 250 * i] for i in range(2400)]
    _, after = run(page, decode, *full, ["sound", 800, 0])
    assert after["returned"][2399] is True
    assert after["returned"][2400] is False
    assert after["isFull"] is True
    _, after = run(page, decode, *full, ["acknowledge", 10], ["sound", 800, 0])
    assert after["returned"][-1] is True


HANDS = """async ({ hands, labels, pose }) => {
  const { assignHands } = await import("/static/sessions/landmarks.js");
  const hand = ([x, y]) => Array.from({ length: 21 }, () => ({ x, y, z: 0 }));
  const body = pose && Array.from({ length: 33 }, (_, i) => (
    { x: 0, y: 0, z: 0, visibility: 0, ...(i === 15 ? pose.left : i === 16 ? pose.right : {}) }));
  const sides = assignHands(hands.map(hand), labels, body);
  return [sides.left && sides.left[0].x, sides.right && sides.right[0].x];
}"""


def seen_wrist(x: float, y: float, visibility: float = 0.9) -> dict[str, float]:
    return {"x": x, "y": y, "visibility": visibility}


@pytest.mark.parametrize(
    ("hands", "labels", "pose", "expected"),
    [
        ([[0.7, 0.5]], ["Left"], None, [0.7, None]),
        ([[0.3, 0.5]], ["Right"], None, [None, 0.3]),
        ([[0.7, 0.5], [0.3, 0.5]], ["Left", "Right"], None, [0.7, 0.3]),
        # Both got the same name: the second must be the other hand ...
        ([[0.7, 0.5], [0.3, 0.5]], ["Left", "Left"], None, [0.7, 0.3]),
        # ... unless it is the same hand, found twice.
        ([[0.7, 0.5], [0.72, 0.5]], ["Left", "Left"], None, [0.7, None]),
        # A visible wrist of the pose knows better than the name.
        (
            [[0.3, 0.5]],
            ["Left"],
            {"left": seen_wrist(0.8, 0.5), "right": seen_wrist(0.31, 0.52)},
            [None, 0.3],
        ),
        # A wrist that is only guessed does not.
        (
            [[0.3, 0.5]],
            ["Left"],
            {"left": seen_wrist(0.8, 0.5, 0.1), "right": seen_wrist(0.31, 0.5, 0.1)},
            [0.3, None],
        ),
        # Nor do two wrists that lie side by side.
        (
            [[0.3, 0.5]],
            ["Left"],
            {"left": seen_wrist(0.34, 0.5), "right": seen_wrist(0.31, 0.5)},
            [0.3, None],
        ),
        ([], [], None, [None, None]),
    ],
)
def test_hands_are_the_persons_own(page: Page, hands: Any, labels: Any, pose: Any, expected: Any) -> None:
    assert page.evaluate(HANDS, {"hands": hands, "labels": labels, "pose": pose}) == expected
