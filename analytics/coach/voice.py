"""What to try with the talking itself."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from analytics.coach.told import Phrases, Texts
from scoring.cues.catalogue import Cue

PHRASES: Texts = {
    # The silence may lie before the first sentence, between two, or at the end: the words fit all of them.
    (Cue.TN_HD, "up"): Phrases(
        title=_("Fewer long silences"),
        seen=(
            _("At %(times)s it was you who talked %(value)s of the time; the rest was silence."),
            _("You talked %(value)s of the time in moments such as %(times)s; the rest was silence."),
            _("Look at %(times)s: you talked for %(value)s of that time, and the rest was silence."),
        ),
        slight=(
            _(
                "Try saying first how many things you are going to tell: “There are two reasons. The first one is "
                "this.”"
            ),
            _(
                "Try going on with “because” or “for example” where a sentence has ended and your answer has not."
            ),
            _("Try saying what you are doing when you look for a word: “I am thinking of an example.”"),
        ),
        clear=(
            _(
                "Try telling it in four steps with a sentence or two for each: where you were, what was asked of you, "
                "what you did, and what came of it."
            ),
            _(
                "Try writing three keywords on a note beside the camera, and saying two sentences about each of them. "
                "A pause to breathe may stay."
            ),
            _("Try thinking aloud: “I am choosing between two situations; the one from last year fits.”"),
        ),
        example=_(
            "“Let me think of an example. Yes: last summer, at the till, a customer asked me for help.”"
        ),
    ),
}
