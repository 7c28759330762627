"""From an advice through a drill to its before and after, in a real browser with a face and a voice made here."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from accounts.models import Institution, ModelKind, User
from analytics.demo import people
from sessions.models import Advice, Answer, Drill, Mode, PracticeSession, ResultState, State
from tests.browser.axe import grave

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SAID_MS = 14_000
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}
Visit = Callable[..., None]


def advised_answer() -> Answer:
    """The newest of Sam's camera answers with a track; the only advice is to look at the camera more."""
    Institution.objects.update(models_allowed=[ModelKind.ENGAGEMENT.value, ModelKind.ADVICE.value])
    sam = User.objects.get(email=people.SAM)
    PracticeSession.objects.filter(is_drill=True).delete()  # the demonstration's own
    rows = Answer.objects.filter(
        session__user=sam,
        session__is_drill=False,
        session__mode=Mode.CAMERA,
        result__state=ResultState.READY,
    )
    answer = rows.exclude(result__track="").order_by("-session__created_at", "position")[0]
    PracticeSession.objects.update(self_rating="")
    Advice.objects.all().delete()
    Advice.objects.create(
        answer=answer,
        institution_id=answer.institution_id,
        version="advice-of-this-test",
        engagement_version="engagement-of-this-test",
        changes=[
            {
                "cue": "GZ_DR",
                "direction": "up",
                "before": 0.3,
                "after": 0.6,
                "seconds": 9,
                "moments": [[4000, 9000]],
            }
        ],
        details={"seconds": 30, "low": 14, "turned": 9, "before": 0.4, "after": 0.7},
    )
    return answer


def fits(page: Page) -> bool:
    script = "() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    return bool(page.evaluate(script))


def fine_at_every_width(page: Page) -> None:
    for size in (PHONE, DESK):
        page.set_viewport_size(size)
        assert fits(page), size
        assert grave(page) == [], size


def waits_for(page: Page, state: str) -> None:
    page.wait_for_selector(f"#room[data-state='{state}']:not([inert])")


def test_advice_is_practised_at_once_and_compared(visit: Visit, site: Any, media: Any) -> None:
    def look(page: Page) -> None:
        page.get_by_role("button", name="Practise this now").first.click()
        page.wait_for_url("**/lobby/")
        in_the_lobby(page)
        in_the_room(page)
        page.wait_for_url("**/drill/")
        page.wait_for_selector("#waiting")
        site.work()
        page.reload()
        before_and_after(page, answer)
        again(page)

    answer = advised_answer()
    visit(people.SAM, reverse("analytics:result", args=[answer.session_id]), look, microphone=media.answer)


def in_the_lobby(page: Page) -> None:
    """One question, what is watched, the devices; no way to leave the camera out of what only it can see."""
    assert page.get_by_text("A drill: one question").is_visible()
    assert page.get_by_text("Looking at the camera").first.is_visible()
    assert not page.locator("#voice-only").is_visible()
    page.get_by_role("button", name="Check my camera and microphone").click()
    page.wait_for_selector("#verdict-face[data-kind='good']")
    fine_at_every_width(page)
    page.get_by_role("button", name="Begin").click()


def in_the_room(page: Page) -> None:
    """What is watched has its value, and nothing else is shown; the only question ends the drill."""
    waits_for(page, "answering")
    row = page.locator("[data-watched='GZ_DR']")
    assert row.is_visible()
    assert page.locator("[data-cue]").count() == 0
    page.wait_for_function(
        "() => document.querySelector('[data-watched=\"GZ_DR\"] .watched-value').textContent.trim() !== ''"
    )
    assert re.search(r"\d+ ?%|signal|camera|face|light|dark", row.inner_text())
    fine_at_every_width(page)
    page.wait_for_timeout(SAID_MS)
    page.get_by_role("button", name="Done").click()


def before_and_after(page: Page, answer: Answer) -> None:
    drill = Drill.objects.select_related("session").get()
    assert (drill.session.state, drill.source) == (State.DONE, answer)
    assert set(drill.after) == {"GZ_DR"}
    said = page.locator(".drill-said").inner_text()
    assert re.search(r"before.*in the drill|could not be measured|could be measured neither", said), said
    rows = page.locator(".drill-cue tbody tr")
    assert rows.count() == 2
    if "v" in drill.after["GZ_DR"] and "v" in drill.before["GZ_DR"]:
        assert page.locator(".drill-chart circle").count() == 2
    jump = page.get_by_role("link", name="0:04")
    assert (
        jump.get_attribute("href")
        == f"{reverse('analytics:answer', args=[answer.session_id, answer.pk])}?t=4000"
    )
    fine_at_every_width(page)


def again(page: Page) -> None:
    """Another one of the same; the one that waits in its lobby is used, however often the button is pressed."""
    here = page.url
    for _ in range(2):
        page.goto(here)
        page.get_by_role("button", name="Practise it again").click()
        page.wait_for_url("**/lobby/")
    assert Drill.objects.count() == 2
    page.goto(here)
    page.get_by_role("link", name="Back to the result").click()
    page.wait_for_url("**/result/#answer-*")
