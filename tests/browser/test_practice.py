"""A student practises: the whole way in a real browser, against the real server, with a face and a voice made here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher

from accounts.models import Consent, Purpose, User
from sessions.models import (
    Answer,
    AnswerResult,
    AnswerState,
    PracticeSession,
    Recording,
    RecordingState,
    ResultState,
    State,
)
from tests.browser.axe import grave

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PASSWORD = "a long quiet evening"
PATIENCE_MS = 90_000
SAID_ONCE_MS = 15_000
"""Long enough for all that is said, and for the pause after it."""
NO_CAMERA = """
const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (wish) => {
  if (wish.video) throw new DOMException("no", "NotAllowedError");
  window.opened = await open(wish);
  return window.opened;
};
"""
UNPLUG = """() => {
  const [microphone] = window.opened.getAudioTracks();
  microphone.stop();
  microphone.dispatchEvent(new Event("ended"));
}"""
PLAYS = """async (video) => {
  video.muted = true;
  await video.play();
  const moved = (resolve) => video.addEventListener("timeupdate", () => video.currentTime > 0.5 && resolve());
  await new Promise(moved);
  video.pause();
  return video.currentTime;
}"""
"""The recording plays: its time goes on."""

OpenPage = Callable[..., AbstractContextManager["Page"]]


@pytest.fixture(autouse=True)
def database_beside_the_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """Playwright runs an event loop in this thread, and Django asks not to be called beside one."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture
def student(sam: User) -> User:
    """Sam, with a password as the server outside of tests keeps it."""
    sam.password = Argon2PasswordHasher().encode(PASSWORD, "a-salt-for-sam")
    sam.save()
    return sam


@pytest.fixture
def enter(
    site: Any, open_page: OpenPage, media: Any, student: User
) -> Callable[..., AbstractContextManager[Page]]:
    """`with enter() as page`: Sam has signed in. What the browser complains about fails the test at the end."""

    @contextmanager
    def entered(*, before: str = "", microphone: Path | None = None) -> Iterator[Page]:
        with open_page("about:blank", microphone=microphone or media.speech) as page:
            page.set_default_timeout(PATIENCE_MS)
            complaints = listen(page, site.url)
            if before:
                page.context.add_init_script(before)
            page.goto(f"{site.url}/sign-in/")
            page.get_by_label(re.compile("mail", re.IGNORECASE)).fill(student.email)
            page.get_by_label(re.compile("^password", re.IGNORECASE)).fill(PASSWORD)
            page.get_by_role("button", name=re.compile("^sign in", re.IGNORECASE)).click()
            page.wait_for_url(f"{site.url}/")
            yield page
            assert complaints == []

    return entered


BEING_CHECKED: set[Any] = set()
"""Pages in which axe-core works at this moment: it sets styles of its own, which our policy stops."""


def listen(page: Page, home: str) -> list[str]:
    """Errors of scripts and of the content security policy, and requests to another origin, as they come."""
    heard: list[str] = []

    def line(message: Any) -> None:
        if "Content Security Policy" in message.text and page not in BEING_CHECKED:
            heard.append(message.text)

    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("console", line)
    # Of every page of this browser: those of its workers and of a second window, too.
    page.context.on("request", lambda asked: elsewhere(asked.url, home) and heard.append(asked.url))
    return heard


def elsewhere(address: str, home: str) -> bool:
    return address.startswith(("http", "ws")) and not address.startswith((f"{home}/", f"ws{home[4:]}/"))


def choose(page: Page, title: str) -> None:
    page.get_by_role("link", name="Practise", exact=True).click()
    page.wait_for_url("**/practice/")
    assert violations(page) == []
    page.get_by_role("button", name=f"Practise: {title}").first.click()
    page.wait_for_url("**/lobby/")


def waits_for(page: Page, state: str, question: int | None = None) -> None:
    which = "" if question is None else f"[data-question='{question}']"
    page.wait_for_selector(f"#room[data-state='{state}']{which}:not([inert])")


def noticed(page: Page, code: str) -> float | None:
    row = page.locator(f"[data-cue='{code}']")
    if row.get_attribute("data-absent") is not None:
        return None
    return float(row.get_attribute("data-value") or "nan")


def violations(page: Page) -> list[str]:
    """What axe-core finds serious or critical."""
    BEING_CHECKED.add(page)
    found = grave(page)
    BEING_CHECKED.remove(page)
    return found


def place(session: PracticeSession) -> tuple[str, int]:
    session.refresh_from_db()
    return session.state, session.position


def test_a_whole_interview_with_camera_voice_and_recording(
    site: Any, enter: Any, media: Any, student: User, scenario: Any, assignment: Any
) -> None:
    with enter(microphone=media.answer) as page:
        choose(page, scenario.title)
        session = PracticeSession.objects.get()
        check_devices(page)
        page.get_by_role("button", name="Begin").click()
        begin(page)
        watch_cues(page)
        reload_in_the_middle(page, session)
        take_over(page, session)
        page.wait_for_timeout(SAID_ONCE_MS)
        to_the_end(page)
        rate_oneself(page)
        analysed(page, site, session)
        read_result(page, session)
        read_answer(page, session.answers.get(position=0))
    finished(session, student)


def check_devices(page: Page) -> None:
    """The lobby: nothing is agreed to or opened before Sam says so; then the face is found and the voice heard."""
    assert violations(page) == []
    assert page.locator("#plan").inner_text() == "By voice alone, not recorded."
    for name in ("Practise with the camera", "Keep a recording of my answers"):
        with page.expect_response("**/consent/") as answer:
            page.get_by_role("switch", name=name).check()
        assert answer.value.status == 204
    assert page.locator("#plan").inner_text() == "With camera and voice, recorded for you alone."
    page.get_by_role("button", name="Check my camera and microphone").click()
    page.wait_for_selector("#verdict-face[data-kind='good']")
    page.wait_for_selector("#verdict-light[data-kind='good']")
    page.wait_for_selector("#verdict-sound[data-kind='good']")
    page.get_by_role("button", name="Try my voice").click()
    page.wait_for_selector("#sentence-result[data-kind='good']")
    assert drawn(page), "the outline of the face"
    assert violations(page) == []


def drawn(page: Page) -> bool:
    script = """() => {
      const canvas = document.getElementById("mirror-canvas");
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      return data.some((value) => value > 0);
    }"""
    return bool(page.evaluate(script))


def begin(page: Page) -> None:
    """The room opens by itself after "Begin"; the question is asked, and the answer begins when Sam is heard."""
    waits_for(page, "asking", 0)
    assert page.locator("#question").inner_text() == "This is question number 1. What would you do?"
    waits_for(page, "answering", 0)
    page.locator("#noticed > summary").press("Enter")
    assert violations(page) == []


def watch_cues(page: Page) -> None:
    """Live cues of face and voice arrive, and move."""
    seen: dict[str, set[float]] = {"GZ_DR": set(), "LOUD": set(), "HD_AC": set()}
    for _ in range(120):
        for code, values in seen.items():
            value = noticed(page, code)
            if value is not None:
                values.add(value)
        if seen["GZ_DR"] and len(seen["LOUD"]) > 2 and len(seen["HD_AC"]) > 2:
            return
        page.wait_for_timeout(250)
    pytest.fail(f"the cues did not move: {seen}")


def reload_in_the_middle(page: Page, session: PracticeSession) -> None:
    before = place(session)
    page.reload()
    page.get_by_role("button", name="Go on").click()
    waits_for(page, "answering", 0)
    assert place(session) == before == (State.ANSWERING, 0)


def take_over(page: Page, session: PracticeSession) -> None:
    """A second window goes on with the interview, the first says so, and takes it back."""
    other = page.context.new_page()
    other.set_default_timeout(PATIENCE_MS)
    other.goto(page.url)
    other.get_by_role("button", name="Go on").click()
    waits_for(other, "answering", 0)
    page.wait_for_selector("#veil[data-name='taken_over']")
    page.get_by_role("button", name="Take it back").click()
    waits_for(page, "answering", 0)
    other.wait_for_selector("#veil[data-name='taken_over']")
    other.close()
    assert place(session) == (State.ANSWERING, 0)


def to_the_end(page: Page) -> None:
    """The keys: D is done, P pauses; the last question is left by ending."""
    page.keyboard.press("d")
    waits_for(page, "answering", 1)
    page.keyboard.press("p")
    page.wait_for_selector("#veil[data-name='paused']")
    page.get_by_role("button", name="Go on").press("Enter")
    waits_for(page, "answering", 1)
    page.get_by_role("button", name="Done").click()
    waits_for(page, "asking", 2)
    page.get_by_role("button", name="End", exact=True).click()
    page.get_by_role("button", name="End it").click()
    page.wait_for_url("**/self-rating/")


def rate_oneself(page: Page) -> None:
    """Asked before the result; while the answers are analysed."""
    assert violations(page) == []
    page.locator("[data-scale] input").first.focus()
    page.keyboard.press("4")
    page.get_by_role("button", name="Save and see the result").click()
    page.wait_for_url("**/result/")


def analysed(page: Page, site: Any, session: PracticeSession) -> None:
    """The worker does what the answers left to it; a recording is prepared some seconds after its last piece came."""
    waiting = AnswerResult.objects.filter(answer__session=session, state=ResultState.WAITING)
    for _ in range(30):
        site.work()
        if not waiting.exists():
            return
        page.wait_for_timeout(1500)
    pytest.fail("the answers were not analysed")


def read_result(page: Page, session: PracticeSession) -> None:
    page.reload()
    for answer in session.answers.filter(state=AnswerState.SAVED):
        assert page.get_by_text(answer.question_text).count() > 0
    assert violations(page) == []


def read_answer(page: Page, answer: Answer) -> None:
    """What was said and done is there: words, their marks, lanes of face and voice, and the recording that plays."""
    page.locator("details.answer > summary").first.click()
    said = page.locator("[data-transcript]").inner_text().lower()
    assert sum(word in said for word in ("worked", "shop", "years", "help", "people")) >= 4, said
    marks = [mark for mark in answer.transcript.marks if mark["code"] == "FILLERS"]
    fillers = sum(mark["last"] - mark["first"] + 1 for mark in marks)
    assert page.locator(".transcript .w[data-k~='FILLERS']").count() == fillers
    assert page.locator(".transcript .pause").count() > 0
    assert page.locator(".time-track [data-kind='PAUSES']").count() > 0
    for group in ("face", "voice"):
        assert page.locator(f".lane-group[data-group='{group}'] path.curve").count() > 0, group
    assert page.get_by_text("Face and body were measured from the recording").count() == 1
    assert page.locator("video").evaluate(PLAYS) > 0.5
    assert violations(page) == []


def finished(session: PracticeSession, student: User) -> None:
    """What is left in the database when the browser is gone."""
    assert place(session)[0] == State.DONE
    agreed = set(Consent.objects.filter(user=student).values_list("purpose", flat=True))
    assert agreed == {Purpose.CAMERA, Purpose.RECORDING}
    first, second = session.answers.filter(state=AnswerState.SAVED)[:2]
    assert first.stream_ms > 5000
    assert {first.result.state, second.result.state} == {"ready"}
    assert "v" in first.result.cues["LOUD"]
    # A machine that is too slow for ten pictures a second is told, not guessed at.
    assert first.result.cues["GZ_DR"].get("absent") in (None, "too_few_frames")
    recordings = Recording.objects.filter(answer__in=[first, second])
    assert {recording.state for recording in recordings} == {RecordingState.READY}
    assert all(recording.duration_ms > 1000 for recording in recordings)


def test_by_voice_alone_through_a_cut_line_and_a_killed_server(
    site: Any, enter: Any, student: User, scenario: Any
) -> None:
    """The camera is refused by the browser. What was said while nothing could be sent arrives afterwards."""
    Consent.objects.create(
        user=student, institution=student.memberships.get().institution, purpose=Purpose.CAMERA, version=1
    )
    with enter(before=NO_CAMERA) as page:
        choose(page, scenario.title)
        page.get_by_role("button", name="Check my camera and microphone").click()
        page.get_by_text("The camera is blocked").wait_for()
        page.wait_for_selector("#verdict-sound[data-kind='good']")
        assert page.locator("#plan").inner_text() == "By voice alone, not recorded."
        page.get_by_role("button", name="Begin").click()
        waits_for(page, "answering", 0)
        session = PracticeSession.objects.get()
        assert session.mode == "voice"
        cut_the_line(page)
        kill_the_server(page, site)
        unplug_the_microphone(page, session)
        answer = Answer.objects.get(session=session)
        page.get_by_role("button", name="Done").click()
        waits_for(page, "asking", 1)
        assert place(session) == (State.ASKING, 1)
        answer.refresh_from_db()
        assert answer.state == AnswerState.SAVED
        assert answer.stream_ms > 9000, "two breaks of three seconds and what was said before and after"
        assert answer.frames_dropped == 0


def cut_the_line(page: Page) -> None:
    """Nothing goes out for three seconds."""
    page.context.set_offline(True)
    page.evaluate("() => window.dispatchEvent(new Event('offline'))")
    page.wait_for_timeout(3000)
    page.context.set_offline(False)
    page.wait_for_selector("#room[data-connection='open']")
    waits_for(page, "answering", 0)


def kill_the_server(page: Page, site: Any) -> None:
    site.kill()
    page.wait_for_selector("#room[data-connection='mending']")
    assert "Nothing is lost" in page.locator("#remark").inner_text()
    page.wait_for_timeout(3000)
    site.restart()
    page.wait_for_selector("#room[data-connection='open']")
    waits_for(page, "answering", 0)


def unplug_the_microphone(page: Page, session: PracticeSession) -> None:
    """The interview waits, says why, and goes on with the microphone that is there then."""
    page.evaluate(UNPLUG)
    page.wait_for_selector("#veil[data-name='paused']")
    assert "The microphone is gone" in page.locator("#veil-text").inner_text()
    assert place(session) == (State.PAUSED, 0)
    page.get_by_role("button", name="Go on").click()
    waits_for(page, "answering", 0)


PHONES = [(320, 568), (390, 844), (844, 390)]


def test_lobby_and_room_fit_a_phone(site: Any, enter: Any, student: User, scenario: Any) -> None:
    """Nothing is wider than the screen, and the buttons of the interview are on it."""
    with enter() as page:
        choose(page, scenario.title)
        for width, height in PHONES:
            page.set_viewport_size({"width": width, "height": height})
            assert fits(page), (width, height)
        page.get_by_role("button", name="Begin").click()
        waits_for(page, "asking", 0)
        for width, height in PHONES:
            page.set_viewport_size({"width": width, "height": height})
            assert fits(page), (width, height)
            for name in ("pause", "repeat", "main-action"):
                box = page.locator(f"#{name}").bounding_box()
                assert box is not None
                assert box["y"] + box["height"] <= height, (name, width, height)
                assert box["height"] >= 24, name


def fits(page: Page) -> bool:
    script = "() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    return bool(page.evaluate(script))
