"""What to try with the face and the head."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from analytics.coach.told import Phrases, Texts
from scoring.cues.catalogue import Cue

PHRASES: Texts = {
    (Cue.VAL_F, "up"): Phrases(
        title=_("Mouth corners and cheeks up now and then"),
        seen=(
            _(
                "At %(times)s your mouth corners and cheeks were at %(value)s, where 0 is your own face at rest."
            ),
            _(
                "Your mouth corners and cheeks were at %(value)s, with 0 for your own face at rest, in moments such as "
                "%(times)s."
            ),
            _(
                "Look at %(times)s: mouth corners and cheeks were at %(value)s there. Your own face at rest is 0."
            ),
        ),
        slight=(
            _(
                "Try raising the corners of your mouth a little as you begin your answer, as in a greeting, if that is "
                "comfortable for you."
            ),
            _("Try saying the first words of your answer the way you would say hello to somebody you know."),
            _(
                "Try a short greeting with mouth corners and cheeks at the end of a thought, and then your face at "
                "rest again."
            ),
        ),
        clear=(
            _(
                "Try choosing two sentences, the first and the last, and saying them as you would greet a guest, with "
                "mouth corners and cheeks up. Leave the middle of the answer to itself."
            ),
            _(
                "Try putting a picture of somebody you like talking to right beside the camera, and greeting it when "
                "you begin and when you end."
            ),
            _(
                "Try saying your first sentence twice in front of the camera, once with your face at rest and once "
                "with mouth corners and cheeks up, and keeping the one that is more comfortable for you."
            ),
        ),
        example=_(
            "“Thank you, I will begin with my last project”, said with mouth corners and cheeks up; then a face at "
            "rest while you explain."
        ),
    ),
    (Cue.GZ_DR, "up"): Phrases(
        title=_("Look at the camera more often"),
        seen=(
            _("At %(times)s you looked at the camera %(value)s of the time."),
            _("Your eyes were on the camera %(value)s of the time in moments such as %(times)s."),
            _("Look at %(times)s: you looked at the camera for %(value)s of that time."),
        ),
        slight=(
            _(
                "Try saying the last words of each sentence to the lens, and letting your eyes go where they like in "
                "between."
            ),
            _(
                "Try moving this window to the upper edge of the screen, right below the camera, so that looking at "
                "the picture is nearly looking at the lens."
            ),
            _(
                "Try saying your first sentence to the lens, and coming back to it once with every new thought."
            ),
        ),
        clear=(
            _(
                "Try sticking a small arrow beside the lens. Say one whole sentence to it, look away to think, and "
                "come back for the next one."
            ),
            _(
                "Try raising the camera to the height of your eyes, on a few books for example, and moving this window "
                "right below it. Then say the first and the last sentence to the lens."
            ),
            _(
                "Try answering from three keywords on a note beside the camera: your eyes stay near the lens while you "
                "look for the next word."
            ),
        ),
        example=_("You look up to think, come back to the lens, and say: “So I asked the customer first.”"),
    ),
    (Cue.HD_AC, "up"): Phrases(
        title=_("Move your head with what you say"),
        seen=(
            _("At %(times)s your head moved by %(value)s."),
            _("Your head moved by %(value)s in moments such as %(times)s."),
            _("Look at %(times)s: your head moved by %(value)s there."),
        ),
        slight=(
            _("Try one small, slow nod when you come to the point of a sentence."),
            _("Try turning your head a little when you go from one thought to the next."),
            _("Try a small nod when the question ends, and another one when your answer does."),
        ),
        clear=(
            _(
                "Try sitting a hand's width further from the screen and letting your shoulders drop before you begin; "
                "then nod with the words that matter."
            ),
            _(
                "Try telling it as you would across a kitchen table: a nod at what you agree with, a tilt of the head "
                "at what was difficult, as far as is comfortable for you."
            ),
            _(
                "Try choosing three words of your answer beforehand, and giving each of them a nod or a small turn of "
                "the head."
            ),
        ),
        example=_("“Yes, that was in my second week”: a nod on “yes”, a small turn on “second week”."),
    ),
    (Cue.SDXROT_HD, "up"): Phrases(
        title=_("Nod with what you say"),
        seen=(
            _("At %(times)s your head went up and down by about %(value)s."),
            _("Your head went up and down by about %(value)s in moments such as %(times)s."),
            _("Look at %(times)s: your head went up and down by about %(value)s there."),
        ),
        slight=(
            _("Try a small nod together with the word “yes”."),
            _(
                "Try lifting your chin a little where a sentence begins, and letting it come down where it ends."
            ),
            _("Try nodding once to the question before you say your first word."),
        ),
        clear=(
            _("Try underlining the most important word of each sentence with a nod, while you say it."),
            _(
                "Try rehearsing three reasons aloud with one nod for each, “first”, “second”, “third”, and then giving "
                "your answer with them."
            ),
            _(
                "Try raising the screen until your chin is level, so that your neck is free; then one nod, down and "
                "up, for each new thought."
            ),
        ),
        example=_("“First, I listened.” A nod. “Then I asked what would help.” Another nod."),
    ),
}
