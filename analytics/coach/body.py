"""What to try with the arms and the hands."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from analytics.coach.told import Phrases, Texts
from scoring.cues.catalogue import Cue

_HABITS: Texts = {
    (Cue.AM_CR, "down"): Phrases(
        title=_("Open your arms"),
        seen=(
            _("At %(times)s your arms were crossed %(value)s of the time."),
            _("Your arms were crossed %(value)s of the time in moments such as %(times)s."),
            _("Look at %(times)s: your arms were crossed for %(value)s of that time."),
        ),
        slight=(
            _(
                "Try opening your arms with the first word of your answer, and resting both hands on the table."
            ),
            _("Try laying one hand on the other on the table while you listen to the question."),
            _("Try a small gesture where a sentence begins: the arms open by themselves."),
        ),
        clear=(
            _(
                "Try moving your chair so close that both forearms lie on the table before the question starts, and "
                "letting them stay there."
            ),
            _(
                "Try laying your notes in front of you, and a hand on each side of them, for the whole answer."
            ),
            _(
                "Try putting on something warm if it is cold where you sit, and holding a pen with both hands while "
                "you answer."
            ),
        ),
        example=_(
            "You listen with both hands on the table, and one of them opens when you say “for example”."
        ),
    ),
    (Cue.HD_TH, "down"): Phrases(
        title=_("Hands away from the face"),
        seen=(
            _("At %(times)s your hand was at your face, %(value)s of the time."),
            _("A hand was at your face %(value)s of the time in moments such as %(times)s."),
            _("Look at %(times)s: a hand was at your face for %(value)s of that time."),
        ),
        slight=(
            _("Try keeping your hands below your chin while you speak."),
            _("Try laying your hands together on the table when the question begins."),
            _(
                "Try putting glasses or hair in their place before the question, and then resting your hands on the "
                "table."
            ),
        ),
        clear=(
            _("Try holding a pen with both hands, at the height of the table, for the whole answer."),
            _(
                "Try moving your chair back until your elbows no longer lean on the table beside your face, and "
                "resting both hands in front of you."
            ),
            _(
                "Try giving each hand a place before you begin, one on the table and one on your notes, and bringing "
                "it back there after every gesture."
            ),
        ),
        example=_("You think about the question with your hands folded on the table, and then begin."),
    ),
    (Cue.EN_HA, "up"): Phrases(
        title=_("Use your hands while you speak"),
        seen=(
            _("At %(times)s your hands moved by %(value)s while you spoke."),
            _("While you spoke, your hands moved by %(value)s in moments such as %(times)s."),
            _("Look at %(times)s: your hands moved by %(value)s there while you spoke."),
        ),
        slight=(
            _("Try showing one thing with your hands in your answer: a size, an order, or a way."),
            _(
                "Try unfolding your hands when you begin to speak, and folding them again when you have finished."
            ),
            _("Try opening one hand, palm up, when you name an example."),
        ),
        clear=(
            _(
                "Try drawing the course of your story on the table, in sight of the camera: to one side where it "
                "began, to the other where it ended."
            ),
            _(
                "Try rehearsing the answer once with gestures larger than you would ever use, and then giving it with "
                "half of them."
            ),
            _(
                "Try giving three sentences of your answer one movement each: how much it was, in which order it went, "
                "and what came out."
            ),
        ),
        example=_("“From here to there in two weeks”: one hand marks the beginning, the other one the end."),
    ),
}

_SIDEWAYS: Texts = {
    (Cue.DIST_LW, "up"): Phrases(
        title=_("Left hand further to the side"),
        seen=(
            _("At %(times)s your left hand was %(value)s to the side of your hip."),
            _("Your left hand was %(value)s to the side of your hip in moments such as %(times)s."),
            _("Look at %(times)s: your left hand was %(value)s to the side of your hip there."),
        ),
        slight=(
            _(
                "Try moving your left hand a little outward when you explain something, as if you laid it on the "
                "table beside you."
            ),
            _(
                "Try resting your left elbow on the armrest or the edge of the table, so that the hand has room to "
                "the side."
            ),
            _("Try letting your left hand go outward once with each thought, and come back."),
        ),
        clear=(
            _(
                "Try showing a size or a distance with your left hand, well away from your body, once in your answer."
            ),
            _(
                "Try sitting a hand's width further from the table, and letting your left hand move beside your body, "
                "where the camera sees it."
            ),
            _(
                "Try putting “before” in front of you and “after” to your left when you tell how something changed."
            ),
        ),
        example=_(
            "“On the one side there was the deadline”: the left hand goes outward, and stays there for the sentence."
        ),
    ),
    (Cue.DIST_RW, "up"): Phrases(
        title=_("Right hand further to the side"),
        seen=(
            _("At %(times)s your right hand was %(value)s to the side of your hip."),
            _("Your right hand was %(value)s to the side of your hip in moments such as %(times)s."),
            _("Look at %(times)s: your right hand was %(value)s to the side of your hip there."),
        ),
        slight=(
            _(
                "Try moving your right hand a little outward when you explain something, as if you laid it on the "
                "table beside you."
            ),
            _(
                "Try resting your right elbow on the armrest or the edge of the table, so that the hand has room to "
                "the side."
            ),
            _("Try letting your right hand go outward once with each thought, and come back."),
        ),
        clear=(
            _(
                "Try showing a size or a distance with your right hand, well away from your body, once in your answer."
            ),
            _(
                "Try sitting a hand's width further from the table, and letting your right hand move beside your body, "
                "where the camera sees it."
            ),
            _(
                "Try putting “what we had” in front of you and “what we made of it” to your right when you tell "
                "about a result."
            ),
        ),
        example=_(
            "“On the other side there were the customers”: the right hand goes outward, and stays there for the "
            "sentence."
        ),
    ),
}

_HEIGHT: Texts = {
    (Cue.FO_LW, "up"): Phrases(
        title=_("Left hand higher up"),
        seen=(
            _("At %(times)s your left hand was at a height of %(value)s, counted upward from your hip."),
            _(
                "The height of your left hand, counted upward from your hip, was %(value)s in moments such as "
                "%(times)s."
            ),
            _("Look at %(times)s: your left hand was at %(value)s there, counted upward from your hip."),
        ),
        slight=(
            _("Try laying your left hand on the table and not in your lap."),
            _(
                "Try lifting your left hand off the table when you come to the point, and laying it down again."
            ),
            _("Try bringing your left hand up to your belt when a new thought begins."),
        ),
        clear=(
            _(
                "Try telling one part of your answer with your left hand between waist and chest, in the picture, and "
                "see whether it is comfortable for you."
            ),
            _(
                "Try tilting the camera, or sitting further back, until your left hand is in the picture, and letting "
                "it go along with what you tell."
            ),
            _("Try counting your reasons on the fingers of your left hand, in front of your chest."),
        ),
        example=_(
            "“There were three reasons”: the left hand comes up to the chest, and a finger goes up for each."
        ),
    ),
    (Cue.FO_RW, "up"): Phrases(
        title=_("Right hand higher up"),
        seen=(
            _("At %(times)s your right hand was at a height of %(value)s, counted upward from your hip."),
            _(
                "The height of your right hand, counted upward from your hip, was %(value)s in moments such as "
                "%(times)s."
            ),
            _("Look at %(times)s: your right hand was at %(value)s there, counted upward from your hip."),
        ),
        slight=(
            _("Try laying your right hand on the table and not in your lap."),
            _(
                "Try lifting your right hand off the table when you come to the point, and laying it down again."
            ),
            _("Try bringing your right hand up to your belt when a new thought begins."),
        ),
        clear=(
            _(
                "Try telling one part of your answer with your right hand between waist and chest, in the picture, and "
                "see whether it is comfortable for you."
            ),
            _(
                "Try tilting the camera, or sitting further back, until your right hand is in the picture, and letting "
                "it go along with what you tell."
            ),
            _(
                "Try drawing a small arrow upward with your right hand, in front of your chest, when something "
                "got better."
            ),
        ),
        example=_(
            "“It went up from ten to thirty”: the right hand shows ten at the belt and thirty at the chest."
        ),
    ),
}

PHRASES: Texts = {**_HABITS, **_SIDEWAYS, **_HEIGHT}
