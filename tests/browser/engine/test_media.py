"""Camera and microphone: every failure has its name and words that say what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

# `fails` maps "audio" and "video" to the name of the error that getUserMedia throws for it.
OPEN = """async ({ fails, wish, forbidden }) => {
  const { Media } = await import("/static/sessions/media.js");
  const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  let asked = 0;
  navigator.mediaDevices.getUserMedia = (constraints) => {
    asked += 1;
    const name = ["audio", "video"].map((kind) => constraints[kind] && fails[kind]).find(Boolean);
    return name ? Promise.reject(new DOMException("", name)) : real(constraints);
  };
  if (forbidden) Object.defineProperty(document, "permissionsPolicy", {
    value: { allowsFeature: (name) => name !== forbidden }, configurable: true });
  const media = new Media();
  try {
    const { camera, microphone, problems } = await media.open(wish);
    return { camera: camera?.readyState, microphone: microphone?.readyState, problems, asked };
  } finally {
    media.close();
    delete navigator.mediaDevices.getUserMedia;
    delete document.permissionsPolicy;
  }
}"""


def open_media(
    page: Page, *, fails: dict[str, str] | None = None, forbidden: str = "", camera: bool = True
) -> Any:
    return page.evaluate(OPEN, {"fails": fails or {}, "forbidden": forbidden, "wish": {"camera": camera}})


def named(opened: Any) -> list[tuple[str, str]]:
    return [(problem["device"], problem["code"]) for problem in opened["problems"]]


def test_both_open_with_one_question(page: Page) -> None:
    opened = open_media(page)
    assert opened == {"camera": "live", "microphone": "live", "problems": [], "asked": 1}


def test_by_voice_alone_the_camera_is_not_asked_for(page: Page) -> None:
    opened = open_media(page, camera=False)
    assert opened == {"camera": None, "microphone": "live", "problems": [], "asked": 1}


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("NotAllowedError", "denied"),
        ("NotFoundError", "missing"),
        ("OverconstrainedError", "missing"),
        ("NotReadableError", "in_use"),
        ("SecurityError", "policy"),
        ("UnheardOfError", "failed"),
    ],
)
def test_a_camera_that_fails_leaves_the_voice(page: Page, error: str, code: str) -> None:
    opened = open_media(page, fails={"video": error})
    assert named(opened) == [("camera", code)]
    assert (opened["camera"], opened["microphone"]) == (None, "live")
    assert opened["problems"][0]["text"]


def test_a_microphone_that_fails_is_named_as_such(page: Page) -> None:
    opened = open_media(page, fails={"audio": "NotReadableError"})
    assert named(opened) == [("microphone", "in_use")]
    assert opened["camera"] == "live"


def test_a_frame_that_forbids_is_no_person_who_refuses(page: Page) -> None:
    opened = open_media(page, fails={"video": "NotAllowedError"}, forbidden="camera")
    assert named(opened) == [("camera", "policy")]
    assert "window of its own" in opened["problems"][0]["text"]


def test_both_denied_are_two_problems(page: Page) -> None:
    opened = open_media(page, fails={"video": "NotAllowedError", "audio": "NotAllowedError"})
    assert named(opened) == [("microphone", "denied"), ("camera", "denied")]


def test_an_insecure_page_says_so(page: Page) -> None:
    opened = page.evaluate(
        """async () => {
          const { problemOf } = await import("/static/sessions/media.js");
          return ["camera", "microphone"].map((device) =>
            problemOf(device, new DOMException("", "InsecureError")));
        }"""
    )
    assert [problem["code"] for problem in opened] == ["insecure", "insecure"]
    assert all("https" in problem["text"] for problem in opened)


def test_devices_change_and_end(page: Page) -> None:
    told = page.evaluate(
        """async () => {
          const { Media } = await import("/static/sessions/media.js");
          const media = new Media();
          const told = [];
          media.addEventListener("ended", ({ detail }) => told.push(detail.device));
          await media.open();
          const { cameras, microphones } = await media.list();
          const old = media.microphone;
          const problem = await media.change("microphone", microphones.at(-1).deviceId);
          const wrong = await media.change("microphone", "no such device");
          const fresh = media.microphone;
          // A device that is unplugged ends its track without our calling stop().
          fresh.dispatchEvent(new Event("ended"));
          old.dispatchEvent(new Event("ended"));
          media.camera.dispatchEvent(new Event("mute"));
          const rest = { microphone: media.microphone, camera: media.camera.readyState };
          media.close();
          return { told, rest, problem, wrong: wrong.code, old: old.readyState, fresh: fresh.readyState,
                   counts: [cameras.length, microphones.length > 1] };
        }"""
    )
    assert told["problem"] is None
    assert told["wrong"] == "missing"
    assert (told["old"], told["fresh"]) == ("ended", "live")
    assert told["told"] == ["microphone"], "the track that was replaced is not news"
    assert told["rest"] == {"microphone": None, "camera": "live"}
    assert told["counts"] == [1, True]
