"""The cues of the face and the head, explained."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from analytics.explain.told import Texts, Told
from scoring.cues.catalogue import Cue

TEXTS: Texts = {
    Cue.VAL_F: Told(
        _(
            "How far mouth corners and cheeks are raised, or mouth corners and brows lowered, against your "
            "own face at rest."
        ),
        _(
            "From points on lips, cheeks and brows in the picture. Zero is your own face at rest: it is "
            "learnt from what is seen most, so that nobody's resting face counts as unfriendly. Above zero "
            "the corners and cheeks are up; below zero the corners are down or the brows are drawn down."
        ),
        _(
            "Left: a face at rest, 0. Middle: mouth corners and cheeks are up, as in a greeting: "
            "%(lifted)s. Right: the brows are drawn down, as many people do who look for a word: "
            "%(lowered)s."
        ),
        _(
            "It is the position of a few muscles and no mood. A smile that was asked for counts like any "
            "other."
        ),
        _(
            "Practise by saying only your greeting and your last sentence to the camera, as to somebody "
            "you are glad to see."
        ),
    ),
    Cue.GZ_DR: Told(
        _("How much of the time you look towards the camera, which is where the interviewer sees your eyes."),
        _(
            "From where the irises sit in your eyes and how your head is turned. You look at the camera "
            "while your line of sight stays within 10° of it, or 12° once you look. A blink changes "
            "nothing; with eyes closed for longer than half a second you do not look. For a whole answer, "
            "only the time in which you speak counts."
        ),
        _(
            "You speak for 40 s and your line of sight is inside the cone for 26 of them: 26 / 40 = 65 %. "
            "The lower part of a laptop's screen is often outside the cone."
        ),
        _(
            "Many people look away while they think. It says nothing about being honest, attentive or shy, "
            "and how much looking is polite differs between people and between cultures."
        ),
        _(
            "Practise by moving the window right below the camera, and saying the first and the last "
            "sentence to the lens."
        ),
    ),
    Cue.HD_AC: Told(
        _("How fast your head turns, tilts and nods, on average."),
        _(
            "From the angles of your head (left and right, up and down, tilted), compared with those 0.15 "
            "to 0.45 s before. The small trembling of the measurement is taken off. Moving the whole head "
            "sideways without turning it does not count here."
        ),
        _(
            "You nod once, 10° down and 10° back up, within one second: about 20° per second. A head that "
            "rests: 0. Turning 30° to the side and back in four seconds: about 15° per second."
        ),
        _(
            "A lively head is not restless and a still head is not bored. Who talks with the whole body "
            "has higher values."
        ),
        _("Practise by giving one answer with your back against the chair, and compare the two values."),
    ),
    Cue.SDXROT_HD: Told(
        _("How much your head goes up and down: small nods raise it, a steady head lowers it."),
        _(
            "From the up-and-down angle of your head (its pitch), about ten times a second. The value is "
            "the standard deviation of these angles: how far they typically lie from their mean."
        ),
        _(
            "Your head is lowered by %(angle)s, level, raised by %(angle)s and level again, for as long "
            "each. The standard deviation of these angles is %(value)s. A head that stays level, or stays "
            "lowered, has 0."
        ),
        _("It is no count of nods: reading from a sheet on the table raises it as well."),
        _(
            "Practise by putting your notes at the height of the camera, so that the head need not go down "
            "to read."
        ),
    ),
    Cue.SMILE_SHARE: Told(
        _("How much of the time you smile."),
        _(
            "The width of the mouth and the height of its corners, against your own face at rest. A smile "
            "begins with about a third of a broad smile that lasts 0.3 s, and ends when a fifth is left. "
            "Turning or nodding is no smile."
        ),
        _("An answer of 50 s; you smile for 4 s at the greeting and for 6 s at the end: 10 / 50 = 20 %."),
        _("It is a movement of the mouth. Whether you are glad, polite or at ease cannot be seen in it."),
        _(
            "Practise by smiling when you greet and when you thank, and leaving the middle of the answer "
            "to itself."
        ),
    ),
    Cue.NOD: Told(
        _("Your head goes down and comes back up, once or several times in a row."),
        _(
            "The head's pitch goes down by at least 4.5° and comes back, each way in at most 0.6 s, and "
            "moves more up and down than sideways. Several within 0.7 s of each other count as one nod. "
            "Its strength is full at 15°."
        ),
        _(
            "The line is the pitch of a head. It dips by %(depth)s and comes back in half a second, twice "
            "in a row: one nod."
        ),
        _("A nod can mean yes, go on, or nothing. Not nodding does not mean no."),
        _(
            "Practise by nodding once while the question is asked, as you would for somebody across the "
            "table."
        ),
    ),
    Cue.SHAKE: Told(
        _("Your head turns to one side, to the other and back, at least once and a half."),
        _(
            "The head's turning angle (its yaw) goes at least 4.5° to one side and to the other, each way "
            "in at most 0.6 s, and moves more sideways than up and down. Its strength is full at 15°."
        ),
        _(
            "The line is the yaw of a head. It goes %(depth)s to one side, %(depth)s to the other and "
            "back: one shake."
        ),
        _(
            "It is a movement and no answer: many people shake their head a little while they say "
            "something good."
        ),
        _(
            "Nothing needs changing here. If you wonder why one was counted, play that moment and see what "
            "you said."
        ),
    ),
    Cue.SMILE: Told(
        _("A moment in which you begin to smile, until the smile ends."),
        _(
            "The same measure as the share of smiling: it begins with about a third of a broad smile that "
            "lasts 0.3 s, and ends when less than a fifth was left for 0.4 s. Its strength is full for a "
            "broad smile."
        ),
        _("At 0:02 you greet and smile until 0:05: one smile of 3 s. A twitch of 0.1 s is none."),
        _("It is a movement of the mouth. Why you smiled cannot be seen."),
        _("Practise by greeting before you begin to answer: a breath, a smile, the first word."),
    ),
    Cue.GAZE_AWAY: Told(
        _("A stretch in which you look away from the camera for 0.8 s or longer."),
        _(
            "Your line of sight leaves the cone of 10° around the camera for at least 0.8 s, and has "
            "returned when it was back for 0.3 s. Shorter glances and blinks are left out. Its strength "
            "grows with the angle, up to 30°."
        ),
        _(
            "You look into the camera, then at the keyboard from 0:12 to 0:14 while you look for a word, "
            "then back: looking away once, for 2 s."
        ),
        _("People look away to think. It does not say that you were not listening or had something to hide."),
        _(
            "Practise by looking away while you think and coming back to the lens with the first word of "
            "your answer."
        ),
    ),
}
