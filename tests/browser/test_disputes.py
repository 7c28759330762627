"""Sam disagrees beside a result; Tia reads it and replies; Sam finds the reply and takes it back. No scripts needed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from accounts.models import User
from analytics.demo import people
from cohorts.models import Cohort
from sessions.models import Answer, Dispute, PracticeSession
from tests.browser.axe import grave

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
Visit = Callable[..., None]
WORDS = "My notes lay on the screen, so I looked there."
REPLY = "Thank you. I take your word for it: it does not count against you."
SIZES = ({"width": 390, "height": 800}, {"width": 1280, "height": 900})


def looks_right(page: Page) -> None:
    for size, scheme in zip(SIZES, ("dark", "light"), strict=True):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert grave(page) == [], scheme
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def answered() -> Answer:
    session = PracticeSession.objects.filter(user__email=people.SAM, is_drill=False).latest("created_at")
    Dispute.objects.filter(answer__session__user__email=people.SAM).delete()
    found: Answer = session.answers.order_by("position")[0]
    return found


def test_a_student_disagrees_a_teacher_replies_and_the_history_stays(visit: Visit) -> None:
    answer = answered()
    cohort = Cohort.objects.get(name=people.AUTUMN)

    def disagrees(page: Page) -> None:
        page.locator("a[href*='/dispute/']").first.press("Enter")
        looks_right(page)
        page.get_by_role("button", name="Send").press("Enter")
        assert page.get_by_role("textbox").first.evaluate(
            "it => !it.validity.valid || it.ariaInvalid === 'true'"
        )
        page.get_by_role("textbox").first.fill(WORDS)
        page.get_by_role("button", name="Send").press("Enter")
        page.get_by_text("You disputed this on").first.wait_for()

    visit(people.SAM, reverse("analytics:answer", args=[answer.session_id, answer.pk]), disagrees)
    dispute = Dispute.objects.get(answer=answer)
    assert dispute.words == WORDS

    def replies(page: Page) -> None:
        looks_right(page)
        page.locator(f"a[href$='{dispute.pk}/']").press("Enter")
        page.get_by_text(WORDS).wait_for()
        looks_right(page)
        page.get_by_role("textbox").fill(REPLY)
        page.get_by_role("button", name="Send the reply").press("Enter")
        page.get_by_text(REPLY).wait_for()

    visit(people.TIA, reverse("analytics:cohort_disputes", args=[cohort.pk]), replies)

    def takes_it_back(page: Page) -> None:
        one = page.locator(f"#dispute-{dispute.pk}")
        one.get_by_text(REPLY).wait_for()
        assert User.objects.get(email=people.TIA).name in one.inner_text()
        looks_right(page)
        one.get_by_role("button", name="Take it back:").press("Enter")
        one.get_by_text("You took it back on").wait_for()
        assert WORDS in one.inner_text()

    visit(people.SAM, reverse("analytics:disputes"), takes_it_back)
    dispute.refresh_from_db()
    assert dispute.withdrawn_at is not None
