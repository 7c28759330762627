"""The cues of the voice and of speaking and pausing, explained."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from analytics.explain.told import Texts, Told
from scoring.cues.catalogue import Cue

_NOT_TO_IMPROVE = _(
    "There is nothing to practise here, and nothing to improve. It is shown so that you can see what was "
    "measured."
)

TEXTS: Texts = {
    Cue.TN_HD: Told(
        _("How much of the time it is you who is talking, counted from the end of the question."),
        _(
            "From the sound: the turn is yours while your voice is heard, and for one second after it, so "
            "that a breath does not hand it over. The time in which the question is asked is not yours."
        ),
        _(
            "In ten seconds after the question you speak for 6 s and then are silent: 6 s and one more, 7 "
            "/ 10 = 70 %."
        ),
        _("Speaking longer is not speaking better. It says nothing about how well you listened."),
        _("Practise by ending an answer on purpose: say your last sentence, stop, and look at the camera."),
    ),
    Cue.VOICE: Told(
        _("How much of the time your voice is heard."),
        _(
            "The sound is cut into pieces of 20 ms, and each is found to hold a voice or not; it must also "
            "be clearly louder than the background. Pauses within a word do not count as silence."
        ),
        _("In an answer of 60 s your voice is heard for 42 s: 42 / 60 = 70 %."),
        _("Silence belongs to speaking. A lower share may be a slower, clearer answer."),
        _("Nothing needs changing here. Time spent in pauses tells more about your own speaking."),
    ),
    Cue.LOUD: Told(
        _("How loud your voice arrives at the microphone, weighed as the ear does."),
        _(
            "From the sound while you speak. 0 dB would be as loud as the microphone can pass on; speech "
            "is below, so the numbers are negative. The value depends on the microphone and on your "
            "distance from it: only the difference from your own usual says something."
        ),
        _(
            "Your usual is −28 dB and this answer has −31 dB: you spoke 3 dB "
            "more quietly, which is heard as a little quieter."
        ),
        _("A low value is mostly a microphone far away. It does not say that you spoke timidly."),
        _(
            "Practise by sitting always at the same distance from the microphone, and speaking as to "
            "somebody two metres away."
        ),
    ),
    Cue.ENERGY: Told(
        _("The physical strength of the sound while you speak."),
        _(
            "The mean power of the sound in the pieces that hold speech, against the strongest that the "
            "microphone can pass on (0 dB). Unlike loudness it is not weighed as the ear does."
        ),
        _(
            "Twice the distance from the microphone takes off up to 6 dB: −24 dB become "
            "−30 dB although you spoke alike."
        ),
        _("It says more about microphone and room than about you. Compare it with your own answers only."),
        _(
            "Practise with the microphone always at the same place; a hand's width from a headset, an "
            "arm's from a laptop."
        ),
    ),
    Cue.F0: Told(
        _("How high your voice is: how often the vocal folds open and close in a second."),
        _(
            "The fundamental frequency (F0) of the voiced sounds, such as vowels, fifty times a second; "
            "jumps by about an octave, which are mistakes of the measurement, are left out. The value is "
            "their mean on the musical scale."
        ),
        _(
            "A low voice has about 110 Hz, a high one about 210 Hz, a child's 300 Hz. All of them are "
            "simply voices."
        ),
        _("The height of a voice comes from the body. No height is better, and none says who somebody is."),
        _NOT_TO_IMPROVE,
    ),
    Cue.F0_ST: Told(
        _("The same height of your voice, on the musical scale: twelve semitones are an octave."),
        _(
            "The fundamental frequency in semitones above 27.5 Hz, the lowest A of a piano. On this scale "
            "equal steps sound alike, whether a voice is low or high."
        ),
        _("110 Hz is two octaves above 27.5 Hz: 24 semitones. 220 Hz is 36, an octave higher."),
        _("The height of a voice comes from the body. No height is better, and none says who somebody is."),
        _NOT_TO_IMPROVE,
    ),
    Cue.F0_SD: Told(
        _("How much the melody of your voice goes up and down."),
        _(
            "The standard deviation of the pitch of all voiced sounds, in semitones: how far the voice "
            "typically is from its own mean. In semitones, low and high voices can be compared."
        ),
        _(
            "The line is the pitch of one sentence. It typically lies %(value)s from its mean (the dashed "
            "line). A voice that stays on one note has 0."
        ),
        _(
            "Voices and languages have melodies of their own. Little melody does not say that you are "
            "bored, and much of it does not say that you are excited."
        ),
        _("Practise by reading one sentence three times and stressing another word each time."),
    ),
    Cue.F0_RANGE: Told(
        _("From the lowest to the highest notes of your speech, without the rare ones."),
        _(
            "The distance between the pitch below which 5 % of the voiced sounds lie and the one below "
            "which 95 % do, in semitones."
        ),
        _("In this sentence nine tenths of the voice lie within %(value)s, between the dashed lines."),
        _("Languages and people differ in it. A narrow range does not say that you are not interested."),
        _(
            "Practise by asking the last question of an interview aloud as a real question: the voice goes "
            "up by itself."
        ),
    ),
    Cue.JITTER: Told(
        _("How much neighbouring vibrations of the vocal folds differ in length."),
        _(
            "From one vibration to the next, in percent of their mean length, over the voiced sounds; the "
            "melody of the sentence is taken out. Noise and some headsets raise it."
        ),
        _("At 200 Hz a vibration lasts 5 ms. If the next one lasts 5.05 ms, they differ by 1 %."),
        _(
            "It is a property of a voice and of a microphone, like the colour of eyes. It is no measure of "
            "health, of age or of how somebody feels."
        ),
        _NOT_TO_IMPROVE,
    ),
    Cue.SHIMMER: Told(
        _("How much neighbouring vibrations of the vocal folds differ in strength."),
        _(
            "From one vibration to the next, in dB, over the voiced sounds. Noise and the microphone raise "
            "it."
        ),
        _("One vibration is 1.04 times as strong as the one before: that is a difference of 0.3 dB."),
        _(
            "It is a property of a voice and of a microphone, like the colour of eyes. It is no measure of "
            "health, of age or of how somebody feels."
        ),
        _NOT_TO_IMPROVE,
    ),
    Cue.HNR: Told(
        _("How much of the sound of your vowels is tone, and how much is breath and noise."),
        _(
            "The strength of the regular part of the voiced sounds against the rest, in dB. A fan in the "
            "room lowers it."
        ),
        _(
            "At 20 dB the tone has a hundred times the energy of the noise; at 10 dB ten times; at 0 dB "
            "they are alike."
        ),
        _(
            "It is a property of a voice, a room and a microphone. A breathy or hoarse voice is a voice, "
            "and a cold passes."
        ),
        _NOT_TO_IMPROVE,
    ),
    Cue.BREAKS: Told(
        _("How much of the time your voice stops for a moment while you speak."),
        _(
            "Gaps of less than 0.25 s in the vibration of the vocal folds, as a share of the time in which "
            "the voice is heard. Every p, t, k and s is such a gap too, so that nobody has 0."
        ),
        _(
            "In “a cup of tea” the voice stops for the p and for the t. In 10 s of speech, gaps of 1.5 s "
            "in all: 1.5 / 10 = 15 %."
        ),
        _("Creaky voices are ordinary, and some languages use them. It does not say that a voice trembles."),
        _NOT_TO_IMPROVE,
    ),
    Cue.SYLL_RATE: Told(
        _("How many syllables you speak in a second, pauses included."),
        _(
            "Syllables are heard, not read: each is a short rise of the sound around a vowel. They are "
            "counted over the time from your first to your last word, with the pauses in it. No transcript "
            "is needed. On a few words the count may be wrong by some; over an answer it evens out."
        ),
        _("“I have worked in a bakery” has eight syllables. Said in 2 s: 8 / 2 = 4 syllables per second."),
        _(
            "Fast is not clever and slow is not unsure. Languages differ: Spanish has more syllables in a "
            "second than German."
        ),
        _("Practise by taking a breath at each full stop; the pace within the sentence may stay as it is."),
    ),
    Cue.ARTIC: Told(
        _("How many syllables you speak in a second while you speak, pauses left out."),
        _(
            "The same syllables, divided by the time in which you really speak. Pauses of 0.25 s and more "
            "are left out."
        ),
        _("Twenty-eight syllables in an answer of 10 s with 3 s of pauses: 28 / 7 = 4 syllables per second."),
        _("It is the pace of the tongue. It does not say how well something was thought over."),
        _(
            "Practise by giving long words their time: say the longest word of your answer once slowly "
            "before you begin."
        ),
    ),
    Cue.PAUSE_N: Told(
        _("How often you pause between your first and your last word."),
        _(
            "A pause is a silence of 0.25 s or more between two stretches of speech. The silence before "
            "your first word and after your last one is not counted."
        ),
        _("Between the three stretches of speech there are %(pauses)s pauses."),
        _("Pauses make an answer easy to follow. A low number is no aim."),
        _("Practise by pausing after each finished thought, and counting silently to one."),
    ),
    Cue.PAUSE_LONG_N: Told(
        _("How often you pause for 2.5 s or longer."),
        _("The same pauses, counted from 2.5 s on. The time before your first word is another cue."),
        _("Of the pauses of %(lengths)s, one is longer than 2.5 s: once."),
        _("Thinking takes time. A long pause does not say that you did not know."),
        _("Practise by saying aloud that you think: “Let me think for a moment.”"),
    ),
    Cue.PAUSE_SHARE: Told(
        _("How much of your answer is silence."),
        _("All pauses of 0.25 s and more together, divided by the time from your first to your last word."),
        _("Pauses of %(lengths)s in an answer of %(length)s: %(total)s / %(length)s = %(share)s."),
        _("Silence is part of speaking, and listeners need it. It is no time lost."),
        _(
            "Practise by deciding on your first and last sentence before you begin; pauses in between may "
            "stay."
        ),
    ),
    Cue.PAUSE_LEN: Told(
        _("How long your pauses are, on average."),
        _("The time of all pauses of 0.25 s and more, divided by their number."),
        _("Pauses of %(lengths)s: together %(total)s, divided by %(pauses)s, is %(mean)s."),
        _("One long pause raises the mean. It does not say that you were stuck."),
        _("Practise by pausing at the full stop, and not in the middle of a phrase."),
    ),
    Cue.LATENCY: Told(
        _("How long you wait between the end of the question and your first word."),
        _(
            "From the moment in which the question has been read out to the beginning of your first "
            "stretch of speech. Um and uh are speech: they end the waiting."
        ),
        _("The question ends at %(asked)s and you begin at %(began)s: %(latency)s."),
        _(
            "Thinking before speaking is allowed, and hard questions take longer. It says nothing about "
            "knowing the answer."
        ),
        _("Practise by breathing out when the question ends, and beginning with the word that matters."),
    ),
    Cue.SEG_LEN: Told(
        _("How long you speak from one pause to the next, on average."),
        _(
            "A stretch of speech goes on until there is silence of 0.25 s or more. The value is the mean "
            "length of them."
        ),
        _("Stretches of %(segments)s: together %(spoken)s, divided by %(n)s, is %(mean_segment)s."),
        _("Long stretches are not better than short ones, which may be easier to follow."),
        _("Practise by ending a sentence where your breath ends."),
    ),
    Cue.EARLY: Told(
        _("How long you speak before the question has ended."),
        _("The time in which your voice is heard while the question is still read out."),
        _("You begin at %(began)s and the question ends at %(asked)s: %(early)s."),
        _("A “yes” or “mhm” while listening counts too, and is polite to many people. It is not rudeness."),
        _("Practise by waiting until the question has ended and then breathing once."),
    ),
    Cue.ANSWER_LEN: Told(
        _("How long your answer is, from the first to the last word."),
        _(
            "From the beginning of the first to the end of the last stretch of speech, with the pauses in "
            "between."
        ),
        _("The first word comes at %(began)s and the last ends at %(ended)s: %(length)s."),
        _("A short answer can be complete. How long is right depends on the question."),
        _("Practise with three sentences: what it was, what you did, what came of it."),
    ),
}
