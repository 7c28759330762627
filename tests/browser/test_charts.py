"""The pages with charts in a real browser: drawn under the strict content security policy, one playhead for all."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.urls import reverse

from accounts.models import User
from analytics.demo import people
from analytics.demo.seed import seed
from cohorts.models import Cohort
from sessions.models import PracticeSession

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
PASSWORD = "a long quiet evening"
PATIENCE_MS = 45_000
OpenPage = Callable[..., AbstractContextManager["Page"]]
VIOLATIONS = """
globalThis.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));
"""


@pytest.fixture(autouse=True)
def database_beside_the_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """Playwright runs an event loop in this thread, and Django asks not to be called beside one."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture
def visit(site: Any, open_page: OpenPage) -> Callable[..., None]:
    """`visit(email, path, look)` signs a person of the demo in and gives the page to `look`.

    Whatever the content security policy refuses, and whatever a script throws, fails the test.
    """
    seed()
    password = Argon2PasswordHasher().encode(PASSWORD, "a-salt-for-all")
    User.objects.filter(email__in=people.STANDING).update(password=password)

    def go(email: str, path: str, look: Callable[[Page], None]) -> None:
        with open_page("about:blank") as page:
            page.set_default_timeout(PATIENCE_MS)
            problems: list[str] = []
            page.on("pageerror", lambda error: problems.append(str(error)))
            page.add_init_script(VIOLATIONS)
            page.goto(f"{site.url}{reverse('accounts:sign_in')}?next={path}")
            page.locator("input[name=username]").fill(email)
            page.locator("input[name=password]").fill(PASSWORD)
            page.locator("input[name=password]").press("Enter")
            page.wait_for_url(f"**{path}")
            look(page)
            assert page.evaluate("violations") == []
            assert problems == []

    return go


def drawn(page: Page) -> int:
    """Scrolls to every chart and waits until it is drawn; returns how many there are."""
    for area in page.locator("[data-figure]").all():
        area.scroll_into_view_if_needed()
        area.locator(".main-svg").first.wait_for(state="attached")
    return page.locator("[data-figure] .plot-container").count()


def test_charts_are_drawn_and_saved_without_anything_the_policy_refuses(visit: Callable[..., None]) -> None:
    def progress(page: Page) -> None:
        assert drawn(page) == 8
        before = page.locator(".xtick text").first.evaluate("(text) => text.style.fill")
        page.locator('input[name="theme"][value="dark"]').evaluate("(button) => button.click()")
        page.wait_for_function(
            "(was) => document.querySelector('.xtick text').style.fill !== was", arg=before
        )
        with page.expect_download() as download:
            page.locator("[data-save-chart]").first.click()
        assert download.value.suggested_filename.endswith(".png")
        assert download.value.path().read_bytes().startswith(b"\x89PNG")

    visit(people.SAM, reverse("analytics:progress"), progress)
    visit(people.ADA, reverse("analytics:usage"), lambda page: _has(page, 1))
    cohort = Cohort.objects.get(name=people.AUTUMN)
    visit(people.TIA, reverse("analytics:cohort", args=[cohort.pk]), lambda page: _has(page, 1))


def _has(page: Page, charts: int) -> None:
    assert drawn(page) == charts


def test_one_playhead_goes_from_moment_to_moment_by_keyboard(visit: Callable[..., None]) -> None:
    def answer(page: Page) -> None:
        page.locator("details.answer > summary").first.click()
        page.locator(".playhead").wait_for(state="attached")
        moments = page.locator("[data-t]")
        moments.nth(0).click()
        page.keyboard.press("ArrowDown")
        second = moments.nth(1)
        assert second.get_attribute("aria-current") == "true"
        assert second.evaluate("(button) => button === document.activeElement")
        at = int(second.get_attribute("data-t") or 0)
        assert abs(int(page.locator("[data-scrub]").input_value()) - at) <= 100
        line = page.locator(".playhead").bounding_box()
        head = page.locator("[data-timeline]").evaluate(
            "(area, at) => area.getBoundingClientRect().left + area._fullLayout.xaxis._offset"
            " + area._fullLayout.xaxis.l2p(at / 1000)",
            at,
        )
        assert line is not None
        assert abs(line["x"] + line["width"] / 2 - head) < 2

    latest = PracticeSession.objects.filter(user__email=people.SAM).latest("created_at")
    visit(people.SAM, reverse("analytics:result", args=[latest.pk]), answer)
