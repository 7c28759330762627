"""Tia rates an answer by keyboard and comments on a moment; Sam reads it; Sam rates himself; pages without scripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from accounts.models import User
from analytics.demo import people
from cohorts.models import Cohort
from sessions.models import Answer, PracticeSession, Rating, RatingComment, SelfRating
from sessions.ratings.queries import Wanted, to_review
from tests.browser.axe import grave

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
Visit = Callable[..., None]
COMMENT = "Close to the question, 1 to 5."
"""Digits and a C in it: while one writes they are letters."""


def looks_right(page: Page) -> None:
    """Light and dark, wide and narrow: nothing grave, nothing wider than the page."""
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert grave(page) == [], scheme
    page.set_viewport_size({"width": 390, "height": 800})
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) <= 0
    page.set_viewport_size({"width": 1280, "height": 900})


def focused(page: Page) -> str:
    found: str = page.evaluate("document.activeElement.name ?? ''")
    return found


def comments_on_a_moment(page: Page) -> None:
    """C takes the playhead's moment; what is chosen in the levels stays while the comment is sent."""
    structure = page.locator("[name='level-structure'][value='3']")
    structure.check(force=True)
    page.locator("[data-play]").focus()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("c")
    assert focused(page) == "comment"
    assert page.locator("[name='at']").input_value() == "0:05"
    page.keyboard.type(COMMENT)
    page.get_by_role("button", name="Add the comment").press("Enter")
    page.locator("#comments [data-t='5000']").wait_for()
    assert page.locator("[name='comment']").input_value() == ""
    assert structure.is_checked()
    page.locator("[data-scrub]").focus()
    page.keyboard.press("Home")
    page.keyboard.press("n")
    assert page.locator("[data-scrub]").input_value() == "5000"
    page.locator("[name='level-structure'][value='']").check(force=True)


def chooses_levels(page: Page) -> None:
    """Digits choose in the row with the focus and go on; arrows move within it."""
    page.locator("[name='level-engagement'][value='']").focus()
    page.keyboard.press("4")
    assert focused(page) == "level-answered"
    page.keyboard.press("5")
    page.keyboard.press("1")
    assert focused(page) == "level-structure"
    page.keyboard.press("Shift+Tab")
    assert focused(page) == "level-example"
    page.keyboard.press("ArrowRight")
    assert page.locator("[name='level-example'][value='2']").is_checked()


def test_a_teacher_rates_by_keyboard_and_comments_on_a_moment(visit: Visit) -> None:
    tia = User.objects.get(email=people.TIA)
    cohort = Cohort.objects.get(name=people.AUTUMN)
    answer = next(iter(to_review(tia, cohort, Wanted(unrated=True))))

    def look(page: Page) -> None:
        looks_right(page)
        page.get_by_role("button", name="Not yet rated by you").click()
        page.get_by_role("link", name=answer.question_text).first.click()
        page.wait_for_selector("[data-player]")
        looks_right(page)
        comments_on_a_moment(page)
        chooses_levels(page)
        page.get_by_role("button", name="Save, next answer").press("Enter")
        page.get_by_text("Your rating is saved.").wait_for()
        assert str(answer.pk) not in page.url

    visit(people.TIA, reverse("analytics:review", args=[cohort.pk]), look)
    kept = Rating.objects.get(answer=answer, rater=tia)
    assert kept.engagement == 4
    assert [(one["key"], one["level"]) for one in kept.criteria] == [("answered", 5), ("example", 2)]
    assert RatingComment.objects.get(answer=answer, author=tia).text == COMMENT


def test_a_student_reads_comments_as_moments(visit: Visit) -> None:
    found = RatingComment.objects.filter(answer__session__user__email=people.SAM).order_by("at_ms")[0]
    answer: Answer = found.answer

    def look(page: Page) -> None:
        moment = page.locator(f".mark[data-t='{found.at_ms}']", has_text="Tia Brandt")
        moment.click()
        assert abs(int(page.locator("[data-scrub]").input_value()) - (found.at_ms or 0)) <= 100
        said = page.locator(".people-said")
        assert "Tia Brandt" in said.inner_text()
        assert "own view" in said.inner_text()
        looks_right(page)

    visit(people.SAM, reverse("analytics:answer", args=[answer.session_id, answer.pk]), look)


def test_a_student_rates_the_own_answers_before_the_result(visit: Visit) -> None:
    session = PracticeSession.objects.filter(user__email=people.SAM, is_drill=False).latest("created_at")
    Rating.objects.filter(answer__session=session).delete()
    session.self_rating = SelfRating.ASKED
    session.save()

    def look(page: Page) -> None:
        looks_right(page)
        page.locator("input[type=radio]").first.focus()
        for level in "4321":
            page.keyboard.press(level)
        page.get_by_role("button", name="Save and see the result").click()
        page.wait_for_url("**/result/")
        kept = Rating.objects.get(answer__session=session)
        assert [one["level"] for one in kept.criteria] == [4, 3, 2, 1]

    visit(people.SAM, reverse("practice:self_rating", args=[session.pk]), look)


def test_the_rubric_is_changed_by_keyboard(visit: Visit) -> None:
    scenario = (
        PracticeSession.objects.filter(user__email=people.SAM, is_drill=False).latest("created_at").scenario
    )

    def look(page: Page) -> None:
        looks_right(page)
        page.get_by_role("button", name="Add a criterion").press("Enter")
        page.locator("#name-5").fill("Numbers")
        page.get_by_role("button", name="Move up: ").last.press("Enter")
        assert page.locator("#name-4").input_value() == "Numbers"
        page.get_by_role("button", name="Save", exact=True).press("Enter")
        page.get_by_text("The rubric is saved.").wait_for()
        assert page.locator("#preview legend").all_inner_texts()[4] == "Numbers"

    visit(people.TIA, reverse("practice:rubric", args=[scenario.pk]), look)
