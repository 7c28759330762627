"""What each cue means, in a real browser: found while one types, and for everybody (axe-core, both themes, a phone)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.urls import reverse

from accounts.models import User
from cohorts.models import Cohort
from tests.browser.axe import grave

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
PASSWORD = "a long quiet evening"
PATIENCE_MS = 45_000
OpenPage = Callable[..., AbstractContextManager["Page"]]


@pytest.fixture(autouse=True)
def database_beside_the_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """Playwright runs an event loop in this thread, and Django asks not to be called beside one."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def enter(page: Page, site: Any, person: User, path: str) -> list[str]:
    """Signs the person in; returns the errors of scripts as they come."""
    User.objects.filter(pk=person.pk).update(
        password=Argon2PasswordHasher().encode(PASSWORD, "a-salt-for-all")
    )
    heard: list[str] = []
    page.set_default_timeout(PATIENCE_MS)
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.goto(f"{site.url}{reverse('accounts:sign_in')}?next={path}")
    page.locator("input[name=username]").fill(person.email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(f"**{path}")
    return heard


def test_a_cue_is_found_while_one_types(site: Any, open_page: OpenPage, sam: User, cohort: Cohort) -> None:
    with open_page("about:blank") as page:
        heard = enter(page, site, sam, reverse("analytics:cues"))
        page.locator("#cue-search").press_sequentially("pause question")
        page.get_by_text("One cue.").wait_for()
        assert "q=pause" in page.url
        page.get_by_role("link", name="Pause before answering").click()
        page.get_by_role("heading", name="Pause before answering").wait_for()
        assert page.locator("svg.cue-drawing").bounding_box() is not None
        assert heard == []


def test_the_pages_are_for_everybody(site: Any, open_page: OpenPage, sam: User, cohort: Cohort) -> None:
    with open_page("about:blank") as page:
        enter(page, site, sam, reverse("analytics:cues"))
        paths = [
            reverse("analytics:cues"),
            *(reverse("analytics:cue", args=[c]) for c in ("XROT_LE", "I_WE")),
        ]
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            for path in paths:
                page.set_viewport_size({"width": 390, "height": 800})
                page.goto(site.url + path)
                assert grave(page) == []
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
