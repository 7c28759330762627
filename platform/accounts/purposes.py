"""What people agree to, in words, by version.

A consent names the version of the wording that was on the screen. Whoever changes what a wording promises adds a new
version and keeps the old one: consents given to an older version stop standing, and the person is asked again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from accounts.models import Institution, Purpose

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


@dataclass(frozen=True)
class Wording:
    """One version of one purpose. `how_long` may name %(recordings)s and %(results)s, the institution's days."""

    purpose: Purpose
    version: int
    what: _StrOrPromise
    why: _StrOrPromise
    who: _StrOrPromise
    how_long: _StrOrPromise

    @property
    def title(self) -> str:
        return str(self.purpose.label)

    def how_long_at(self, institution: Institution) -> str:
        return str(self.how_long) % {
            "recordings": institution.keep_recordings_days,
            "results": institution.keep_results_days,
        }


WORDINGS: dict[Purpose, tuple[Wording, ...]] = {
    Purpose.CAMERA: (
        Wording(
            Purpose.CAMERA,
            1,
            what=_(
                "While you practise, your browser finds points of your face, body and hands in the camera's "
                "picture and sends these points to Greenroom. The picture itself stays in your browser."
            ),
            why=_(
                "So that you can see how often you looked at the camera, smiled or nodded. Without it you "
                "practise by voice."
            ),
            who=_("Nobody sees the points. You see what was observed in them."),
            how_long=_(
                "The points are deleted once your answer is analysed. What was observed is kept for "
                "%(results)s days, or until you delete it."
            ),
        ),
    ),
    Purpose.RECORDING: (
        Wording(
            Purpose.RECORDING,
            1,
            what=_(
                "Picture and sound of your answers are stored, in practices in which you switch recording on."
            ),
            why=_(
                "So that you can watch yourself and jump to the moments that Greenroom noticed. Without it "
                "nothing is recorded."
            ),
            who=_("Only you."),
            how_long=_("%(recordings)s days, or until you delete the recording."),
        ),
        Wording(
            Purpose.RECORDING,
            2,
            what=_(
                "Picture and sound of your answers are stored, in practices in which you switch recording on. If you "
                "practise with the camera, your institution's own server also measures your face and body in them."
            ),
            why=_(
                "So that you can watch yourself and jump to the moments that Greenroom noticed, and so that these are "
                "measured in the picture itself. Without it nothing is recorded."
            ),
            who=_("Only you."),
            how_long=_("%(recordings)s days, or until you delete the recording."),
        ),
        Wording(
            Purpose.RECORDING,
            3,
            what=_(
                "Picture and sound of your answers are stored, in practices in which you switch recording on. If you "
                "practise with the camera, your institution's own server also measures your face and body in them."
            ),
            why=_(
                "So that you can watch yourself and jump to the moments that Greenroom noticed, and so that these are "
                "measured in the picture itself. Without it nothing is recorded."
            ),
            who=_("Only you, unless you also let your teacher watch and rate your answers."),
            how_long=_("%(recordings)s days, or until you delete the recording."),
        ),
    ),
    Purpose.SHARE: (
        Wording(
            Purpose.SHARE,
            1,
            what=_(
                "The teachers of your cohort see a summary of what was observed in your answers, such as pauses "
                "and pace. They do not see recordings."
            ),
            why=_(
                "So that they can help you. Without it they see that you practised, and nothing of how it went."
            ),
            who=_("The teachers of the cohorts you are in."),
            how_long=_("As long as you share. When you stop, it disappears from their pages at once."),
        ),
    ),
    Purpose.REVIEW: (
        Wording(
            Purpose.REVIEW,
            1,
            what=_(
                "The teachers of your cohort can read what you said in your answers, and watch them where you recorded "
                "them. They rate them and comment on moments."
            ),
            why=_(
                "So that you hear from a person how your answers come across. Without it no teacher reads, watches or "
                "rates them."
            ),
            who=_("The teachers of the cohorts you are in."),
            how_long=_(
                "As long as you allow it. When you stop, your answers disappear from their pages at once; what they "
                "wrote stays with your answers, for you."
            ),
        ),
    ),
    Purpose.TRAINING: (
        Wording(
            Purpose.TRAINING,
            1,
            what=_(
                "What was observed in answers that you or your teacher rated is used to train models of your "
                "institution. Recordings are not used."
            ),
            why=_(
                "So that the advice fits people in your situation better. Without it your answers are never "
                "used for that."
            ),
            who=_("Nobody looks at them. Only the training reads them."),
            how_long=_(
                "%(results)s days, or until you withdraw it. A model that was trained before does not forget; "
                "the next one is trained without you."
            ),
        ),
    ),
}


def current(purpose: Purpose) -> Wording:
    return WORDINGS[purpose][-1]


def wordings() -> list[Wording]:
    """The current words of all purposes, in the order of `Purpose`."""
    return [current(purpose) for purpose in Purpose]


def wording(purpose: Purpose, version: int) -> Wording:
    """The words that a consent was given to. Raises KeyError for a version that never was."""
    for candidate in WORDINGS[purpose]:
        if candidate.version == version:
            return candidate
    raise KeyError((purpose, version))
