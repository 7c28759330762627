"""The coach in a real browser: one piece at a time, moments that move the playhead, and all of it without scripts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from analytics.demo import people
from sessions.models import Advice, PracticeSession
from tests.browser.axe import grave

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
Visit = Callable[..., None]
AT_MS = 12_000
GAZE = {
    "cue": "GZ_DR",
    "direction": "up",
    "before": 0.3,
    "after": 0.6,
    "seconds": 9,
    "moments": [[AT_MS, 16_000], [31_000, 37_000]],
}
HANDS = {
    "cue": "HD_TH",
    "direction": "down",
    "before": 0.3,
    "after": 0.0,
    "seconds": 3,
    "moments": [[22_000, 25_000]],
}


def advised() -> PracticeSession:
    """Sam's latest interview, with advice on its second answer and on no other."""
    rows = PracticeSession.objects.filter(user__email=people.SAM, is_drill=False)
    session = rows.latest("created_at")
    Advice.objects.filter(answer__session=session).delete()
    Advice.objects.create(
        answer=session.answers.get(position=1),
        institution=session.institution,
        version="advice-test",
        engagement_version="engagement-test",
        changes=[GAZE, HANDS],
        details={
            "seconds": 40,
            "low": 14,
            "turned": 9,
            "before": 0.4,
            "after": 0.7,
            "off": [],
            "targets": {},
        },
    )
    return session


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def now_ms(page: Page) -> int:
    return int(page.locator("[data-scrub]").input_value())


def test_a_moment_of_the_advice_opens_its_answer_and_moves_the_playhead(visit: Visit) -> None:
    session = advised()

    def look(page: Page) -> None:
        panel = page.locator("#coach")
        assert "1 of 2" in (panel.text_content() or "")
        panel.locator("a[data-jump]").first.click()
        page.locator("#answer-2 [data-player][data-ready]").wait_for()
        page.locator("[data-play]:focus").wait_for()
        assert now_ms(page) == AT_MS
        assert page.locator("#answer-2").get_attribute("open") is not None
        panel.locator("a[data-jump]").nth(1).click()
        assert now_ms(page) == 31_000
        # The advice of the answer itself moves the same playhead.
        page.locator("#answer-2 section.advice a[data-jump]").last.click()
        assert now_ms(page) == 22_000

    visit(people.SAM, reverse("analytics:result", args=[session.pk]), look)


def test_the_link_to_a_moment_begins_there_on_the_answers_own_page(visit: Visit) -> None:
    session = advised()
    answer = session.answers.get(position=1)
    address = reverse("analytics:answer", args=[session.pk, answer.pk])

    def look(page: Page) -> None:
        page.goto(f"{page.url}?t={AT_MS}")
        page.locator("[data-play]:focus").wait_for()
        assert now_ms(page) == AT_MS

    visit(people.SAM, address, look)


def test_the_pieces_come_one_after_the_other_and_a_reload_stays_where_it_was(visit: Visit) -> None:
    session = advised()

    def look(page: Page) -> None:
        page.locator("#coach a[rel=next]").press("Enter")
        page.get_by_text("2 of 2", exact=True).wait_for()
        page.locator("#coach-heading:focus").wait_for()
        assert "Hands away from the face" in (page.locator("#coach").text_content() or "")
        assert page.url.endswith("?piece=2")
        words = page.locator("#coach").text_content()
        page.reload()
        assert page.locator("#coach").text_content() == words
        assert page.locator("#coach a[rel=next]").count() == 0
        page.locator("#coach a[rel=prev]").click()
        page.get_by_text("1 of 2", exact=True).wait_for()

    visit(people.SAM, reverse("analytics:result", args=[session.pk]), look)


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_coach_is_accessible_and_fits(visit: Visit, width: int, theme: str) -> None:
    session = advised()

    def look(page: Page) -> None:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        for address in shown():
            page.goto(page.url.split("/practice/")[0].rstrip("/") + address)
            assert grave(page) == []
            assert fits(page), address
            page.go_back()

    def shown() -> Iterator[str]:
        yield reverse("analytics:result", args=[session.pk])
        yield reverse("analytics:answer", args=[session.pk, session.answers.get(position=1).pk])
        yield reverse("analytics:coach")
        yield reverse("home")

    visit(people.SAM, reverse("analytics:result", args=[session.pk]), look)


def test_without_scripts_the_links_lead_to_the_same(visit: Visit) -> None:
    session = advised()

    def look(page: Page) -> None:
        cookies = page.context.cookies()
        browser = page.context.browser
        assert browser is not None
        plain = browser.new_context(java_script_enabled=False)
        plain.add_cookies(cookies)  # type: ignore[arg-type]
        bare = plain.new_page()
        bare.goto(page.url)
        bare.locator("#coach a[rel=next]").click()
        assert "2 of 2" in (bare.locator("#coach").text_content() or "")
        bare.locator("#coach a[data-jump]").first.click()
        assert bare.url.endswith("?t=22000")
        assert bare.locator("section.advice").count() == 1
        plain.close()

    visit(people.SAM, reverse("analytics:result", args=[session.pk]), look)
