"""The pages with charts in a real browser: drawn under the strict content security policy."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from analytics.demo import people
from cohorts.models import Cohort

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def drawn(page: Page) -> int:
    """Scrolls to every chart and waits until it is drawn; returns how many there are."""
    for area in page.locator("[data-figure]").all():
        area.scroll_into_view_if_needed()
        area.locator(".main-svg").first.wait_for(state="attached")
    return page.locator("[data-figure] .plot-container").count()


def test_charts_are_drawn_and_saved_without_anything_the_policy_refuses(visit: Callable[..., None]) -> None:
    def progress(page: Page) -> None:
        assert drawn(page) == 10
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
