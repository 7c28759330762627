"""The cues of the body, the arms and the hands, explained."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from analytics.explain.told import Texts, Told
from scoring.cues.catalogue import Cue

_SIDEWAYS = Told(
    _("How far this wrist is to the side of the hip on the same side, in shoulder widths."),
    _(
        "The sideways distance between wrist and hip in the picture, divided by the width of your "
        "shoulders, so that it does not matter how far away you sit. Inward and outward count alike."
    ),
    _("The wrist is %(value)s to the side of the hip. A hand that rests on the thigh: near 0."),
    _(
        "A hand far out is not open-minded and a hand close by is not closed. At a desk, the hands lie "
        "where the desk is."
    ),
    _("Nothing needs changing here. With the hips in the picture you can see how wide your gestures are."),
)
_HEIGHT = Told(
    _("How high this wrist is above the hip on the same side, in shoulder widths."),
    _(
        "The height of the wrist above the hip in the picture, divided by the width of your shoulders. "
        "Below the hip it is negative."
    ),
    _("The wrist is %(value)s above the hip. A hand in the lap: near 0."),
    _("It is where a hand was, and no liveliness: a raised hand may simply be holding a cup."),
    _(
        "Practise by telling one answer with both hands between waist and chest, and seeing whether it "
        "feels natural."
    ),
)
_TURN = Told(
    _("Where this forearm points, seen from above: ahead, across the body, or outward."),
    _(
        "From shoulder, elbow and wrist with their depth, seen from above. 0° is straight ahead, 90° "
        "across the body, a negative angle outward, with the same meaning for left and right. The camera "
        "guesses depth, so a few degrees more or less say nothing. A forearm that points up or down points "
        "nowhere, and is left out."
    ),
    _("Seen from above, the forearm points %(value)s inward: the hand is in front of the belly."),
    _("It is the angle of an arm. Arms that point inward do not shut anybody out."),
    _("Nothing needs changing here. It helps to compare two recordings of yourself, and nothing else."),
)
_BEND = Told(
    _("How far this elbow is bent: 0° for a straight arm, about 90° for a forearm on a table."),
    _(
        "The angle between the upper arm and the forearm, from shoulder, elbow and wrist. An arm that "
        "would have to be impossibly long or short is left out."
    ),
    _("The forearm is bent by %(value)s against the straight arm (the dashed line)."),
    _("It is the angle of an arm, nothing more. Bent arms are neither tense nor relaxed."),
    _("Nothing needs changing here. Straight arms mostly mean that the hands are below the table."),
)

TEXTS: Texts = {
    Cue.AM_CR: Told(
        _("How much of the time your arms are crossed in front of your body."),
        _(
            "Each wrist is on the other side of your body's middle, and within 0.6 shoulder widths of the "
            "other elbow. Folded hands on the table are not crossed arms."
        ),
        _("Your arms are crossed, as drawn, for 6 s of an answer of 40 s: 6 / 40 = 15 %."),
        _(
            "People cross their arms because it is cold or comfortable. It does not say that you are "
            "against something."
        ),
        _(
            "Practise by resting both hands on the table at the beginning, and seeing where they go by "
            "themselves."
        ),
    ),
    Cue.HD_TH: Told(
        _("How much of the time a hand is at your face or your head."),
        _(
            "A point of a hand lies inside the outline of your face, or within a quarter of your shoulder "
            "width of it (the dashed line)."
        ),
        _(
            "Your chin rests on your hand for 5 s of an answer of 50 s: 5 / 50 = 10 %. The dot is one "
            "point of that hand."
        ),
        _(
            "An itching nose, glasses or long hair bring hands to faces. It says nothing about being sure "
            "of what you say."
        ),
        _("Practise by holding a pen, or laying your hands together on the table, for the first sentence."),
    ),
    Cue.DIST_LW: _SIDEWAYS,
    Cue.DIST_RW: _SIDEWAYS,
    Cue.YROT_LE: _TURN,
    Cue.YROT_RE: _TURN,
    Cue.FO_LW: _HEIGHT,
    Cue.FO_RW: _HEIGHT,
    Cue.XROT_LE: _BEND,
    Cue.XROT_RE: _BEND,
    Cue.SDX_HD: Told(
        _("How much your head moves from side to side, without regard to where it looks."),
        _(
            "From the sideways place of your head in the picture, divided by the width of your shoulders. "
            "The value is the standard deviation: how far the head typically is from its middle place."
        ),
        _(
            "Your head is %(reach)s to the left of its middle place, in the middle, as far to the right, "
            "and in the middle again, for as long each: the standard deviation is %(value)s. On a chair "
            "that does not turn it is mostly smaller."
        ),
        _("A chair that swivels raises it. It does not say that you are restless."),
        _("Practise on a chair that does not turn, with both feet on the floor, and compare."),
    ),
    Cue.CONT_MOV: Told(
        _("How much your upper body moves, all in all."),
        _(
            "The speeds of nose, shoulders, elbows and wrists, added up, in shoulder widths per second. "
            "The small trembling of the measurement is taken off. Joints out of the picture add nothing."
        ),
        _(
            "In one second both wrists move by 0.3 shoulder widths and everything else rests: 0.3 + 0.3 = "
            "0.6 shoulder widths per second. Settling into the chair can reach several for a moment."
        ),
        _("Moving is neither good nor bad: gestures count as much as rocking. It does not measure unrest."),
        _("Practise by settling into the chair before the question ends, and moving for what you say."),
    ),
    Cue.EN_HA: Told(
        _("How lively your hands move while you speak."),
        _(
            "The speed of both hands in shoulder widths per second, while your voice is heard: the root of "
            "the mean of the squares, so that one large gesture counts more than steady small ones. Hands "
            "that move while you are silent do not count."
        ),
        _(
            "While you say “about this big”, one hand moves at 0.8 shoulder widths per second and the "
            "other rests: for that moment the value is 0.8. Hands that stay folded: near 0."
        ),
        _("Some people speak with their hands and some do not. It says nothing about how much you care."),
        _("Practise by showing one thing with your hands in each answer: a size, an order, a way."),
    ),
    Cue.HAND_FACE: Told(
        _("A moment in which a hand goes to your face or head, until it leaves."),
        _(
            "A point of a hand comes within a quarter of your shoulder width of the outline of your face "
            "(the dashed line) for at least 0.3 s; it has left when it was away for 0.4 s. Its strength is "
            "full inside the outline."
        ),
        _("At 0:20 you push your glasses up, until 0:21: one event. The dot is one point of that hand."),
        _("Glasses, hair and itching bring hands to faces. It says nothing about what you say."),
        _("Practise by letting your hands rest on each other on the table while you listen to the question."),
    ),
    Cue.LEAN_IN: Told(
        _("Your upper body comes towards the camera and stays there for a moment."),
        _(
            "Coming closer makes face and shoulders larger in the picture. It counts when they are a tenth "
            "larger than usual in this answer for at least 0.6 s: an arm's length away, that is about 7 "
            "cm. It has ended when half of that is left."
        ),
        _(
            "Left: how you usually sit. Right: you lean in to say something important, and face and "
            "shoulders grow."
        ),
        _("Leaning in may mean that the text is small or the sound is low. It does not measure interest."),
        _(
            "Practise by sitting an arm's length from the camera; then leaning in for one sentence is seen "
            "as such."
        ),
    ),
    Cue.LEAN_OUT: Told(
        _("Your upper body goes back from the camera and stays there for a moment."),
        _(
            "Going back makes face and shoulders smaller in the picture. It counts when they are a tenth "
            "smaller than usual in this answer for at least 0.6 s: an arm's length away, that is about 7 "
            "cm. It has ended when half of that is left."
        ),
        _("Left: how you usually sit. Right: you lean back to think, and face and shoulders get smaller."),
        _("People lean back to think or because their back wants it. It does not say that you withdraw."),
        _(
            "Nothing needs changing here. If you lean back to think, come back with the first word of your "
            "answer."
        ),
    ),
    Cue.ARMS_CROSSED: Told(
        _("A stretch in which your arms are crossed for at least one second."),
        _(
            "Each wrist is on the other side of your body's middle, and within 0.6 shoulder widths of the "
            "other elbow, for at least one second; it has ended when they were apart for half a second."
        ),
        _("At 0:08 you cross your arms, as drawn, and at 0:15 you open them: one event of 7 s."),
        _(
            "People cross their arms because it is cold or comfortable. It does not say that you are "
            "against something."
        ),
        _(
            "Practise by resting both hands on the table at the beginning, and seeing where they go by "
            "themselves."
        ),
    ),
}
