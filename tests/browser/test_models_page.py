"""Ada trains on 300 simulated ratings, reads how the new model did, switches it on and back."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from accounts.models import Institution, ModelKind
from analytics.demo import people
from scoring.interchange.simulated import Plan
from scoring.registry.queries import in_use
from sessions.training.simulated import simulate_rated_answers
from tests.browser.axe import grave

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]
HERE = Path(__file__).parent
TRAINED_WITHIN_MS = 600_000


@pytest.fixture
def trainer(site: Any) -> Iterator[None]:
    """A worker for trainings beside the site, as the supervisor starts one."""
    words = [sys.executable, "-W", "ignore", str(HERE / "quick_trainer.py")]
    with subprocess.Popen(words, env=site.environment) as process:
        yield
        process.kill()


def northfield() -> Institution:
    return Institution.objects.get(pk=people.key("institution", people.NORTHFIELD))


def used() -> str:
    version = in_use(northfield().pk, ModelKind.ENGAGEMENT)
    assert version is not None
    return version.name


def confirmed(page: Page, button: str, dialog: str) -> None:
    page.get_by_role("button", name=button, exact=False).first.click()
    page.locator(f"#{dialog} button[value=yes]").click()


def overflows(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


def test_ada_trains_switches_on_and_back(visit: Callable[..., None], trainer: None) -> None:
    simulate_rated_answers(institution=northfield(), plan=Plan(answers=300, raters=8, seed=1, taste="calm"))
    shipped = used()

    def look(page: Page) -> None:
        assert grave(page) == []
        confirmed(page, "Train on these ratings", "train-dialog")
        page.locator("#jobs progress").wait_for()
        assert grave(page) == []
        # The page asks by itself and comes back with the comparison.
        page.get_by_text(f"Better than {shipped}: it may be switched on").wait_for(timeout=TRAINED_WITHIN_MS)
        assert page.locator("#jobs").count() == 0
        assert grave(page) == []
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            assert not overflows(page)
        confirmed(page, "Switch on", "on-dialog")
        page.get_by_text("is in use from now on").wait_for()
        assert used() != shipped
        confirmed(page, f"Roll back to {shipped}", "back-dialog")
        page.get_by_text(f"{shipped} is in use from now on").wait_for()
        assert used() == shipped
        with page.expect_download() as download:
            page.get_by_role("link", name="Export").click()
        assert download.value.suggested_filename.startswith("greenroom-ratings-")

    visit(people.ADA, reverse("analytics:models"), look)
