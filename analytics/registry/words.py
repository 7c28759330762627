"""What is said of models and trainings, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from scoring.models import ModelVersion
from sessions.training.material import Amount, Lack

STAGES: Mapping[str, tuple[Any, float, float]] = {
    "data": (gettext_lazy("Reading the rated answers"), 0.0, 0.05),
    "comparison": (gettext_lazy("Training without some people, to compare on them"), 0.05, 0.6),
    "engagement": (gettext_lazy("Training on everybody"), 0.05, 0.6),
    "advice": (gettext_lazy("Training the advice for it"), 0.6, 1.0),
}
"""The stages of a training, with where each begins and ends in the whole; the first two trainings are one amount."""

PROBLEMS: Mapping[str, Any] = {
    "too_little": gettext_lazy(
        "Too few answers could judge a new model: those with too little signal, those on which raters are split "
        "evenly, and those of people from whose ratings the model in use has learnt are left out."
    ),
    "unreadable": gettext_lazy(
        "What was to be learned from could not be read. Tell whoever runs Greenroom for you: it has to be put "
        "right there."
    ),
    "no_model": gettext_lazy(
        "The files of the model in use are not there, so that there is nothing to compare with. Tell whoever runs "
        "Greenroom for you."
    ),
    "gave_up": gettext_lazy(
        "The training was tried several times, and each time a fault of the program ended it. Nothing was "
        "changed. Tell whoever runs Greenroom for you."
    ),
}


def problem(code: str) -> str:
    return str(PROBLEMS.get(code, _("The reason is not known.")))


def stage(progress: Mapping[str, Any]) -> tuple[str, int]:
    """What a training does now, and how much of the whole is done in percent."""
    name, begins, ends = STAGES.get(
        str(progress.get("stage")), (gettext_lazy("Waiting for its turn"), 0.0, 0.0)
    )
    share = progress.get("share")
    inside = min(max(float(share), 0.0), 1.0) if isinstance(share, int | float) else 0.0
    return str(name), round(100 * (begins + inside * (ends - begins)))


def origin(version: ModelVersion) -> str:
    """On whom the model was trained."""
    if version.institution_id is None:
        return _("Trained on simulated people")
    if version.simulated:
        return _("Trained on ratings of simulated people")
    return _("Trained on your own ratings")


def answers_of_people(answers: int, people: int) -> str:
    return _("%(answers)s of %(people)s") % {
        "answers": ngettext("%(n)d answer", "%(n)d answers", answers) % {"n": answers},
        "people": ngettext("%(n)d person", "%(n)d people", people) % {"n": people},
    }


def amount(found: Amount) -> str:
    """How much may be learned from, and what share of all that is."""
    if not found.rated:
        return _("No answer has been rated yet.")
    words = {
        "counts": answers_of_people(found.answers, found.people),
        "rated": answers_of_people(found.rated, found.rated_people),
        "share": round(100 * found.answers / found.rated),
    }
    return (
        _(
            "%(counts)s may be learned from. That is %(share)s %% of what teachers have rated (%(rated)s); the "
            "other students have not agreed to it."
        )
        % words
        if found.answers < found.rated
        else _("%(counts)s may be learned from: all that teachers have rated.") % words
    )


def lack(found: Lack) -> str:
    """Why there is too little to train on."""
    texts = {
        "people": _(
            "Rated answers of %(there)s people may be learned from; at least %(needed)s people are needed."
        ),
        "new_people": _(
            "Only %(there)s people were rated since the model in use was trained; at least %(needed)s are needed "
            "to compare a new one with it."
        ),
        "answers": _("%(there)s rated answers may be learned from; at least %(needed)s are needed."),
        "high": _(
            "Most teachers rate %(there)s answers high (4 or 5); at least %(needed)s are needed to learn the "
            "difference."
        ),
        "low": _(
            "Most teachers rate %(there)s answers low (1 to 3); at least %(needed)s are needed to learn the "
            "difference."
        ),
    }
    return texts[found.what] % {"there": found.there, "needed": found.needed}
