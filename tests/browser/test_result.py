"""An opened answer in a real browser: lanes, moments and words under one playhead, by mouse and by keyboard."""

from __future__ import annotations

import io
import re
import wave
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from analytics.demo import people
from sessions.models import (
    Answer,
    AnswerResult,
    AnswerTranscript,
    PracticeSession,
    Recording,
    RecordingState,
    ResultState,
)
from tests.browser.axe import grave

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
Visit = Callable[..., None]
BEGAN_MS = 1500
"""Stream time at which the recording of a test begins."""


def sams_answer() -> Answer:
    """The newest of Sam's answers that has words."""
    spoken = AnswerTranscript.objects.filter(
        answer__session__user__email=people.SAM, answer__session__is_drill=False
    )
    return spoken.select_related("answer__session").order_by("answer__position")[0].answer


def address(answer: Answer) -> str:
    return reverse("analytics:answer", args=[answer.session_id, answer.pk])


def now_ms(page: Page) -> int:
    return int(page.locator("[data-scrub]").input_value())


def playhead(page: Page) -> float:
    """Where the playhead stands, as a share of a lane's width."""
    found: float = page.evaluate(
        """() => {
          const rail = document.querySelector("[data-rail]").getBoundingClientRect();
          const lane = document.querySelector(".time-track").getBoundingClientRect();
          return (rail.left + 1 - lane.left) / lane.width;
        }"""
    )
    return found


def test_one_playhead_goes_through_lanes_moments_and_words(visit: Visit) -> None:
    def look(page: Page) -> None:
        page.locator("details.answer > summary").first.click()
        moments = page.locator(".mark[data-t]")
        moments.nth(0).click()
        page.keyboard.press("ArrowDown")
        second = moments.nth(1)
        assert second.get_attribute("aria-current") == "true"
        assert second.evaluate("(button) => button === document.activeElement")
        at = int(second.get_attribute("data-t") or 0)
        assert abs(now_ms(page) - at) <= 100
        duration = int(page.locator("[data-player]").get_attribute("data-duration") or 1)
        assert abs(playhead(page) - at / duration) < 0.005

        word = page.locator(".w").nth(40)
        word.click()
        start = int(word.get_attribute("data-s") or 0)
        assert abs(now_ms(page) - start) <= 100
        assert "now" in (word.get_attribute("class") or "")
        assert page.locator(".w.now").count() == 1
        assert abs(playhead(page) - start / duration) < 0.005

        lane = page.locator(".lane:not([data-more]) svg.lane-box").first.locator("..")
        box = lane.bounding_box()
        assert box is not None
        lane.click(position={"x": box["width"] / 2, "y": box["height"] - 2})
        assert abs(now_ms(page) - duration / 2) < duration / 100
        value = page.locator(".lane-value").first.text_content() or ""
        assert re.search(r"\d", value)

    latest = PracticeSession.objects.filter(user__email=people.SAM, is_drill=False)
    visit(people.SAM, reverse("analytics:result", args=[latest.latest("created_at").pk]), look)


def everything_can_be_done_by_keyboard(page: Page) -> None:
    page.locator("[data-play]").focus()
    page.keyboard.press("ArrowRight")
    assert now_ms(page) == 1000
    page.keyboard.press("Shift+ArrowRight")
    assert now_ms(page) == 6000
    page.keyboard.press("ArrowLeft")
    assert now_ms(page) == 5000
    page.keyboard.press("n")
    first = page.locator(".mark[aria-current]")
    said = page.locator("[data-announce]").text_content() or ""
    assert said == re.sub(r"\s+", " ", first.text_content() or "").strip()
    assert re.search(r"\d:\d\d .+", said)
    assert page.evaluate("document.activeElement.matches('[data-play]')")
    page.keyboard.press("p")
    page.keyboard.press("End")
    assert page.locator("[data-clock]").text_content() == page.evaluate(
        "(() => { const s = Math.floor(document.querySelector('[data-player]').dataset.duration / 1000);"
        " return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, '0')}`; })()"
    )
    page.keyboard.press("Home")
    assert now_ms(page) == 0
    page.keyboard.press("?")
    assert page.locator("#player-keys").get_attribute("open") is not None
    page.keyboard.press("Escape")
    assert page.locator("#player-keys").get_attribute("open") is None
    assert page.evaluate("document.activeElement.matches('[data-play]')")


def without_a_recording_time_runs_by_itself(page: Page) -> None:
    button = page.locator("[data-play]")
    page.locator(".w").nth(3).click()
    button.click()
    assert button.text_content() == "Pause"
    page.wait_for_function("(from) => document.querySelector('.w.now')?.dataset.s > from", arg=9000)
    page.locator("[data-transcript]").focus()
    page.keyboard.press("Space")
    assert button.text_content() == "Play"
    stopped = now_ms(page)
    page.wait_for_timeout(200)
    assert now_ms(page) == stopped


def kinds_are_hidden_everywhere_and_left_out_of_the_steps(page: Page) -> None:
    shown = page.locator('[data-marks] > li[data-kind="FILLERS"]:visible')
    assert shown.count() == 6
    marked = page.locator('.w[data-k="FILLERS"]').first
    style = "(word) => getComputedStyle(word).borderBlockEndStyle"
    assert marked.evaluate(style) == "dotted"
    page.locator('.legend [data-toggle-kind="FILLERS"]').click()
    assert shown.count() == 0
    assert marked.evaluate(style) == "none"
    assert page.locator(".filler:visible").count() == 0
    pressed = page.locator('[data-toggle-kind="FILLERS"]').evaluate_all(
        "(buttons) => buttons.map((button) => button.getAttribute('aria-pressed'))"
    )
    assert pressed == ["false", "false"]
    page.keyboard.press("Home")
    page.keyboard.press("n")
    first = page.locator("[data-marks] > li:not([data-off])").first.locator("button")
    assert first.get_attribute("aria-current") == "true"
    lines = [
        page.locator(f'.legend .sample[data-k="{kind}"]').evaluate(
            "(one) => { const s = getComputedStyle(one); return s.borderBlockEndStyle + s.textDecorationStyle; }"
        )
        for kind in ("REPEATS", "RESTARTS", "HEDGES", "REMARKS")
    ]
    assert len(set(lines)) == len(lines)


def the_choice_of_lanes_stays_in_the_browser(page: Page) -> None:
    lanes = page.locator(".lane[data-cue]")
    shown = page.locator(".lane[data-cue]:visible")
    few = shown.count()
    assert 4 <= few < lanes.count()
    page.locator("[data-all]").click()
    assert shown.count() == lanes.count()
    page.locator(".lane-group[data-group=body] > summary").click()
    page.wait_for_function("JSON.parse(localStorage['greenroom.lanes']).folded.length === 1")
    page.reload()
    assert page.locator(".lane-group[data-group=body]").get_attribute("open") is None
    assert few < shown.count() < lanes.count()
    with page.expect_download() as download:
        page.locator("[data-save-lanes]").click()
    assert download.value.path().read_bytes().startswith(b"\x89PNG")


def a_remark_is_reached_from_its_words_and_leads_back(page: Page) -> None:
    page.locator(".note a").first.focus()
    page.keyboard.press("Enter")
    remark = page.locator(".remarks > li").first
    assert remark.evaluate("(one) => one.matches(':target')")
    assert remark.locator("[lang=en]").first.text_content()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.remarks > li') !== null")
    page.keyboard.press("Enter")
    assert page.locator(".note").first.evaluate("(one) => one.matches(':target')")


LOOKS = (
    everything_can_be_done_by_keyboard,
    without_a_recording_time_runs_by_itself,
    kinds_are_hidden_everywhere_and_left_out_of_the_steps,
    the_choice_of_lanes_stays_in_the_browser,
    a_remark_is_reached_from_its_words_and_leads_back,
)


def test_an_opened_answer_does_what_it_says(visit: Visit) -> None:
    """One test for all that starts from an opened answer: making the demo takes longer than looking at it."""

    def look(page: Page) -> None:
        opened = page.url
        for one in LOOKS:
            page.goto(opened)
            one(page)

    visit(people.SAM, address(sams_answer()), look)


def test_an_opened_answer_is_accessible_and_as_wide_as_the_window(visit: Visit) -> None:
    def look(page: Page) -> None:
        page.locator("[data-all]").click()
        for width, theme in ((1280, "light"), (1280, "dark"), (390, "dark"), (390, "light")):
            page.set_viewport_size({"width": width, "height": 900})
            page.locator(f'input[name="theme"][value="{theme}"]').evaluate("(button) => button.click()")
            assert grave(page) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width

    visit(people.SAM, address(sams_answer()), look)


def test_the_recording_leads_the_playhead_from_where_it_began(visit: Visit, media: Any) -> None:
    def look(page: Page) -> None:
        audio = page.locator("audio")
        page.wait_for_function("document.querySelector('audio').readyState >= 1")
        word = page.locator(".w").nth(2)
        start = int(word.get_attribute("data-s") or 0)
        word.click()
        assert abs(audio.evaluate("(one) => one.currentTime") - (start - BEGAN_MS) / 1000) < 0.05
        page.locator("[data-play]").click()
        page.wait_for_function("(from) => document.querySelector('.w.now')?.dataset.s > from", arg=start)
        assert audio.evaluate("(one) => one.paused") is False
        page.keyboard.press("k")
        assert audio.evaluate("(one) => one.paused") is True
        apart = now_ms(page) - (1000 * audio.evaluate("(one) => one.currentTime") + BEGAN_MS)
        assert abs(apart) < 150

    answer, sound = sams_answer(), tones(media.tone, 30)
    Recording.objects.create(
        answer=answer,
        institution=answer.institution,
        state=RecordingState.READY,
        mime="audio/wav",
        started_ms=BEGAN_MS,
        size=len(sound),
        file=ContentFile(sound, name="tone.wav"),
    )
    visit(people.SAM, address(answer), look)


def tones(tone: Path, times: int) -> bytes:
    """The tone so many times over, as one WAV file."""
    out = io.BytesIO()
    with wave.open(str(tone)) as once, wave.open(out, "wb") as made:
        made.setparams(once.getparams())
        made.writeframes(once.readframes(once.getnframes()) * times)
    return out.getvalue()


def test_waiting_stopping_and_going_on(visit: Visit) -> None:
    """The page asks by itself, says the stage, stops an answer and takes it up again."""
    answer = None

    def look(page: Page) -> None:
        assert answer is not None
        rows = AnswerResult.objects.filter(answer=answer)
        page.get_by_text("Waiting for its turn").first.wait_for()
        rows.update(progress={"stage": "words", "share": 0.5})
        page.get_by_text("Writing down the words, 50 %").first.wait_for()
        page.get_by_role("button", name=re.compile("Stop the analysis")).click()
        page.get_by_text("Stopped", exact=True).wait_for()
        assert rows.get().state == ResultState.STOPPED
        page.locator("details.answer > summary").first.click()
        page.get_by_role("button", name="Go on").click()
        page.get_by_text(re.compile("being analysed")).first.wait_for()
        assert rows.get().state == ResultState.WAITING
        assert grave(page) == []

    answer = sams_answer()
    AnswerResult.objects.filter(answer=answer).update(state=ResultState.WAITING, progress={})
    visit(people.SAM, reverse("analytics:result", args=[answer.session_id]), look)


def test_without_scripts_the_words_are_there_and_no_dead_button(
    visit: Visit, site: Any, playwright: Any
) -> None:
    def look(page: Page) -> None:
        browser = page.context.browser
        assert browser is not None
        plain = browser.new_context(java_script_enabled=False, storage_state=page.context.storage_state())
        bare = plain.new_page()
        bare.goto(page.url)
        assert bare.locator(".player-bar").is_hidden()
        assert bare.locator(".w").count() > 100
        assert "(filler)" in (bare.locator(".transcript").text_content() or "")
        assert bare.locator(".lane[data-cue]:visible").count() == bare.locator(".lane[data-cue]").count()
        plain.close()

    visit(people.SAM, address(sams_answer()), look)
