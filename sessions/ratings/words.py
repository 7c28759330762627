"""Why a rating, comment or rubric was refused, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from sessions.ratings.errors import RatingRefused
from sessions.ratings.rubric import MOST


def refused(problem: RatingRefused) -> str:
    """What happened and what to do; nothing of what was typed is lost."""
    known = {
        "no_level": _(
            "One of the levels is not in the rubric, which may have changed meanwhile. Choose the levels again."
        ),
        "nothing_said": _("Nothing was chosen or written yet."),
        "outside_answer": _("This moment lies after the end of the answer."),
        "not_asked": _("You have already decided about rating these answers."),
        "rubric": _("A rubric has one to %(most)s criteria. Each needs a name, and no name may stand twice."),
    }
    return known[problem.code] % {"most": MOST} if problem.code == "rubric" else known[problem.code]
