"""The live connection against a peer that loses, cuts, forgets and takes over: nothing is lost, nothing doubled."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

# Sound whose samples count up, so that whatever is lost, doubled or out of order shows; faster than real time.
START = """async ({ room, holdAfterMs }) => {
  const { LiveConnection } = await import("/static/sessions/live.js");
  const live = new LiveConnection(`/live/practice/${room}/`, { holdAfterMs, random: () => 0 });
  const told = [];
  for (const type of ["connection", "welcome", "state", "cues", "error", "held", "flowing", "full"]) {
    live.addEventListener(type, ({ detail }) => told.push([type, detail]));
  }
  let counter = 0;
  const push = (blocks) => {
    for (let i = 0; i < blocks; i++) {
      live.pushSound(Int16Array.from({ length: 800 }, () => counter++ % 30000), performance.now());
    }
  };
  const until = async (test, ms = 15000) => {
    for (let waited = 0; !test(); waited += 20) {
      if (waited > ms) throw new Error("waited in vain for " + test);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const is = (name) => until(() => live.name === name);
  globalThis.practice = { live, told, push, until, is };
  live.open();
  await is("open");
}"""


@pytest.fixture
def room() -> str:
    return f"room-{next(ROOMS)}"


ROOMS = itertools.count()


@pytest.fixture
def practice(page: Page, room: str) -> Iterator[Callable[[str], Any]]:
    """`practice("live.do('done')")` evaluates in the page, with live, told, push, until and is at hand."""
    page.evaluate(START, {"room": room, "holdAfterMs": 20000})
    yield lambda code: page.evaluate(
        f"async () => {{ const {{ live, told, push, until, is }} = globalThis.practice; {code} }}"
    )
    page.evaluate("globalThis.practice.live.close()")


def check_whole(seen: Any, decode: Callable[[bytes], Any], samples: int) -> list[Any]:
    """All messages kept by the peer follow each other, in number, in time and in every sample."""
    messages = [decode(message) for message in seen["kept"]]
    assert [message.seq for message in messages] == list(range(len(messages)))
    begins = np.cumsum([0, *(message.sound.size for message in messages)])
    assert [message.t_ms * 16 for message in messages] == begins[:-1].tolist()
    sound = np.concatenate([message.sound for message in messages])
    assert sound.tolist() == [i % 30000 for i in range(samples)]
    return messages


def test_what_is_said_arrives_whole(practice: Any, peer: Any, room: str, decode: Any) -> None:
    acknowledged = practice(
        "push(50); await until(() => live.unacknowledged < 4); return live.unacknowledged;"
    )
    seen = peer.room(room)
    messages = check_whole(seen, decode, 40000)
    assert len(messages) == 10
    assert acknowledged == 2
    assert (seen["repeated"], seen["gaps"]) == (0, 0)


def test_a_cut_in_mid_sentence_loses_and_doubles_nothing(
    practice: Any, peer: Any, room: str, decode: Any
) -> None:
    """Of what is sent after the sixth message four are lost on the way; then the line breaks. Speech goes on."""
    peer.room(room, lose_after=6)
    practice(
        "push(50); await is('mending'); push(30); await is('open'); push(20); await until(() => !live.unacknowledged);"
    )
    seen = peer.room(room)
    check_whole(seen, decode, 80000)
    assert seen["sockets"] == 2
    assert practice("return told.filter(([type]) => type === 'connection').map(([, { name }]) => name);") == [
        "connecting",
        "open",
        "mending",
        "open",
    ]


def test_it_comes_back_after_many_cuts(practice: Any, peer: Any, room: str, decode: Any) -> None:
    for _ in range(3):
        practice("push(10); await until(() => live.name === 'open');")
        peer.room(room, cut=4012)
        practice("await is('mending'); push(10); await is('open');")
    practice("push(20); await until(() => !live.unacknowledged);")
    check_whole(peer.room(room), decode, 64000)


def test_a_server_that_forgot_is_told_again(practice: Any, peer: Any, room: str, decode: Any) -> None:
    """It was killed with three messages that it had acknowledged and not yet stored."""
    practice("push(60); await until(() => !live.unacknowledged);")
    peer.room(room, cut=4012, forget=3)
    practice("await is('mending'); await is('open'); push(20); await until(() => !live.unacknowledged);")
    check_whole(peer.room(room), decode, 64000)


def test_a_gap_is_filled(practice: Any, peer: Any, room: str, decode: Any) -> None:
    practice("push(40); await until(() => !live.unacknowledged);")
    peer.room(room, forget=2)
    practice("push(40); await until(() => !live.unacknowledged);")
    seen = peer.room(room)
    assert seen["gaps"] > 0
    check_whole(seen, decode, 64000)


def test_a_reload_goes_on_where_the_server_stands(
    practice: Any, page: Page, peer: Any, room: str, decode: Any
) -> None:
    practice("push(22); await live.do('pause'); await live.do('resume'); live.close();")
    stands = peer.room(room)["state"]["answer"]
    page.evaluate(START, {"room": room, "holdAfterMs": 20000})
    practice("push(5); await live.do('pause');")
    messages = [decode(message) for message in peer.room(room)["kept"]]
    assert stands == {"no": 0, "next_seq": 5, "stream_ms": 1100, "asked_ms": None, "speech_ms": None}
    assert [(message.seq, message.t_ms) for message in messages[5:]] == [(5, 1100)]


def test_the_end_of_an_answer_is_sent_before_it_is_ended(practice: Any, peer: Any, room: str) -> None:
    state = practice("push(52); return await live.do('done');")
    seen = peer.room(room)
    assert seen["verbs"] == [{"type": "do", "id": 1, "verb": "done", "at_ms": 2600, "heard": 11}]
    assert (state["name"], state["answer"]["no"]) == ("asking", 1)


def test_the_next_answer_has_a_stream_of_its_own(practice: Any, peer: Any, room: str, decode: Any) -> None:
    practice(
        "push(7); await live.do('done'); push(10); await until(() => live.unacknowledged === 2); live.do('pause');"
    )
    (first, second) = [decode(message) for message in peer.room(room)["kept"]]
    assert [(m.answer, m.seq, m.t_ms) for m in (first, second)] == [(1, 0, 0), (1, 1, 250)]


def test_nothing_is_taken_while_paused(practice: Any, peer: Any, room: str) -> None:
    practice(
        "push(6); await live.do('pause'); push(50); await live.do('resume'); push(5); await live.do('pause');"
    )
    assert peer.room(room)["state"]["answer"]["stream_ms"] == 550


def test_a_command_waits_for_the_line_and_for_what_was_said(practice: Any, peer: Any, room: str) -> None:
    practice("push(10);")
    peer.room(room, cut=4012)
    state = practice("await is('mending'); push(10); return await live.do('done');")
    assert state["answer"]["no"] == 1
    assert [(verb["verb"], verb["heard"]) for verb in peer.room(room)["verbs"]] == [("done", 4)]


def test_a_refused_command_says_why(practice: Any) -> None:
    refused = practice(
        "try { await live.do('resume'); } catch (error) { return [error.code, error.message]; }"
    )
    assert refused == ["not_now", "Nothing is paused."]


def test_sound_goes_on_after_a_refused_command(practice: Any, peer: Any, room: str) -> None:
    practice("push(5); await live.do('resume').catch(() => 0); push(5); await live.do('pause');")
    assert peer.room(room)["state"]["answer"]["stream_ms"] == 500


def test_another_window_takes_over_and_this_one_says_so(practice: Any, peer: Any, room: str) -> None:
    peer.room(room, cut=4001)
    practice("await is('taken_over'); push(40); await new Promise((r) => setTimeout(r, 700));")
    assert practice("return live.name;") == "taken_over"
    assert peer.room(room)["sockets"] == 1
    practice("live.takeBack(); await is('open');")
    assert peer.room(room)["sockets"] == 2


def test_the_session_ends_once(practice: Any, peer: Any, room: str) -> None:
    practice("await live.do('end'); await is('over'); await new Promise((r) => setTimeout(r, 700));")
    assert peer.room(room)["sockets"] == 1
    assert practice("return await live.do('begin').catch((error) => error.code);") == "closed"


def test_a_stranger_is_not_let_in_and_does_not_knock_again(page: Page, peer: Any, room: str) -> None:
    peer.room(room, refuse=4404)
    told = page.evaluate(
        """async (room) => {
          const { LiveConnection } = await import("/static/sessions/live.js");
          const live = new LiveConnection(`/live/practice/${room}/`);
          const over = new Promise((resolve) => live.addEventListener("connection", ({ detail }) => {
            if (detail.name === "over") resolve(detail);
          }));
          live.open();
          return over;
        }""",
        room,
    )
    assert told["code"] == 4404
    page.wait_for_timeout(700)
    assert peer.room(room)["sockets"] == 1


def test_a_long_absence_holds_the_stream(page: Page, peer: Any, room: str, practice: Any) -> None:
    """The time of the answer stands still, and it is said, instead of a flood that the server would refuse."""
    practice("live.holdAfterMs = 100; push(5);")
    peer.room(room, refuse=4013, cut=4012)
    practice("await is('mending'); push(5); await new Promise((r) => setTimeout(r, 300)); push(99);")
    assert practice("return told.filter(([type]) => type === 'held').length;") == 1
    assert practice("return live.streamMs;") == 500
    peer.room(room, refuse=0)
    practice("await until(() => live.stats.connections === 2); push(5); await live.do('pause');")
    assert peer.room(room)["state"]["answer"]["stream_ms"] == 750
    assert practice("return told.filter(([type]) => type === 'flowing').length;") == 1


def test_a_slow_line_loses_pictures_and_no_sound(practice: Any, peer: Any, room: str, decode: Any) -> None:
    practice(
        """
        const { encodeFrame } = await import("/static/sessions/landmarks.js");
        const nobody = { face: null, faces: 0, pose: null, left: null, right: null, luma: 50 };
        const look = () => live.pushFrame(encodeFrame(nobody, 4 / 3), performance.now());
        const line = Object.getOwnPropertyDescriptor(WebSocket.prototype, "bufferedAmount");
        push(1); look(); push(4);
        Object.defineProperty(WebSocket.prototype, "bufferedAmount", { get: () => 100000, configurable: true });
        look(); look(); push(5);
        Object.defineProperty(WebSocket.prototype, "bufferedAmount", line);
        look(); push(5); await live.do("pause");
        """
    )
    messages = check_whole(peer.room(room), decode, 12000)
    assert [(len(message.frames), message.dropped) for message in messages] == [(1, 0), (0, 2), (1, 0)]


JOURNEY = """async (room) => {
  const [{ LiveConnection }, { Sound }, { Perception }, { Media }] = await Promise.all(
    ["live", "sound", "perception", "media"].map((name) => import(`/static/sessions/${name}.js`)));
  const media = new Media();
  const { microphone } = await media.open();
  const video = Object.assign(document.createElement("video"), { srcObject: media.cameraStream, muted: true });
  await video.play();
  const [live, sound, perception] = [new LiveConnection(`/live/practice/${room}/`), new Sound(), new Perception()];
  await perception.start(video);
  await sound.start(microphone);
  live.open();
  const heard = [];
  sound.addEventListener("block", ({ detail }) => {
    const before = live.streamMs;
    live.pushSound(detail.samples, detail.at);
    if (live.streamMs > before) heard.push(...detail.samples);
  });
  let looked = 0;
  perception.addEventListener("frame", ({ detail }) => {
    live.pushFrame(detail.bytes, detail.at);
    if (live.streamMs > 0) looked += 1;
  });
  const until = async (test) => {
    while (!test()) await new Promise((resolve) => setTimeout(resolve, 50));
  };
  await until(() => live.streamMs > 1500 && looked > 5);
  await fetch(`/rooms/${room}?cut=4012`);
  await until(() => live.stats.connections === 2 && live.streamMs > 4000 && looked > 20);
  await live.do("pause");
  perception.stop();
  await sound.stop();
  media.close();
  live.close();
  return { heard, looked, connections: live.stats.connections };
}"""


def test_face_and_voice_go_over_a_line_that_breaks(
    page: Page, peer: Any, media: Any, room: str, decode: Any
) -> None:
    """Camera, microphone, Worker, worklet and socket together: what was heard and seen is what arrived."""
    made = page.evaluate(JOURNEY, room)
    messages = [decode(message) for message in peer.room(room)["kept"]]
    assert made["connections"] == 2
    assert [message.seq for message in messages] == list(range(len(messages)))
    assert np.concatenate([message.sound for message in messages]).tolist() == made["heard"]
    frames = [frame for message in messages for frame in message.frames]
    times = [frame["t_ms"] for frame in frames]
    assert times == sorted(times)
    assert made["looked"] - 4 <= len(frames) <= made["looked"]
    nose = np.array([frame["face"][1, 0] * 480 for frame in frames if "face" in frame])
    assert nose.size >= 0.75 * len(frames)
    assert np.all(np.abs(nose - media.nose_x) < media.shift + 15)
