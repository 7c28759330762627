"""The cues of the words, explained. Their examples are quoted in `quotes`, which gives the numbers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from analytics.explain.told import Texts, Told
from scoring.cues.catalogue import Cue

TEXTS: Texts = {
    Cue.WPM: Told(
        _("How many words you speak in a minute, pauses included."),
        _(
            "The words of the transcript, um and uh included, divided by the time from your first to your "
            "last word."
        ),
        _(
            "%(words)s words from the first to the last in %(seconds)s: %(words)s / %(number)s "
            "× 60 = %(value)s."
        ),
        _(
            "Fast is not clever and slow is not unsure. Languages with long words have fewer of them in a "
            "minute."
        ),
        _(
            "Practise by telling the same story once in 60 and once in 45 seconds, and keeping the slower "
            "one."
        ),
    ),
    Cue.WORDS: Told(
        _("How many words your answer has."),
        _("The words that the speech recogniser on this server wrote down, um and uh included."),
        _("Counted one by one, this answer has %(words)s words."),
        _("More words are not a better answer."),
        _("Practise by saying your answer once, and then again with half of the words."),
    ),
    Cue.FILLERS: Told(
        _("How often you say um, uh, like or you know where they carry no meaning, per 100 words."),
        _(
            "In the transcript. Um and uh always count; like, you know, I mean, sort of and basically only "
            "where they fill: in “I like cooking” it does not. What cannot be told for sure is not "
            "counted."
        ),
        _("The marked words are fillers: %(n)s in %(words)s words, %(n)s / %(words)s × 100 = %(value)s."),
        _(
            "Everybody fills: it gives time to think and tells the listener that you go on. It says "
            "nothing about what you know."
        ),
        _("Practise by leaving a silence where an um wants to come. One answer at a time is enough."),
    ),
    Cue.REPEATS: Told(
        _("How often you say a word or a phrase twice in a row, per 100 words."),
        _(
            "In the transcript: up to five words that come again at once, an um between them or not. What "
            "is said twice on purpose (“very, very good”), numbers and names do not count."
        ),
        _(
            "The marked words repeat themselves: %(n)s in %(words)s words, %(n)s / %(words)s "
            "× 100 = %(value)s."
        ),
        _(
            "Repeating gives time to find the next word. Who stutters repeats more, and is no worse a "
            "speaker."
        ),
        _(
            "Practise by pausing where you would repeat. If repeating belongs to your speech, let it, and "
            "skip this cue."
        ),
    ),
    Cue.RESTARTS: Told(
        _("How often you break a phrase off and begin it in another way, per 100 words."),
        _(
            "In the transcript: a phrase that cannot end where it does, a break, and a new beginning that "
            "goes on differently."
        ),
        _(
            "The marked words are a beginning that was changed: %(n)s in %(words)s words, %(n)s / "
            "%(words)s × 100 = %(value)s."
        ),
        _("A new beginning is often a better sentence. It does not say that you are confused."),
        _("Practise by deciding on the first three words of your answer while you breathe in."),
    ),
    Cue.UNIQUE: Told(
        _("How many of your words are different ones."),
        _(
            "Over every stretch of 50 words in a row, the share of different words; the value is the mean "
            "of these, so that long answers do not come out lower than short ones. Um and uh are left out."
        ),
        _(
            "In these %(words)s words, %(different)s different ones occur: %(different)s / %(words)s = "
            "%(value)s."
        ),
        _(
            "Plain words said twice are often clearer than rare ones. It does not measure how well you "
            "speak a language."
        ),
        _("Practise by naming things: the machine, the tool, the customer, instead of “it” and “that”."),
    ),
    Cue.I_WE: Told(
        _("Of the times you say I or we, how often it is I."),
        _("In the transcript: I, me and my against we, us and our. 100 % is only I, 0 % is only we."),
        _(
            "The marked words: %(alone)s of them mean you alone, %(together)s a group: %(alone)s / %(n)s = "
            "%(value)s."
        ),
        _(
            "Neither is right. “We” is usual where people work together. It says nothing about modesty or "
            "pride."
        ),
        _("Practise by telling what the team did, and then in one sentence what your own part was."),
    ),
    Cue.HEDGES: Told(
        _("How often you soften what you say with words such as maybe, probably or I think, per 100 words."),
        _(
            "In the transcript, from a list of words and phrases for each language, and only where they "
            "soften: in “I think about safety” it does not count."
        ),
        _(
            "The marked words soften what is said: %(n)s in %(words)s words, %(n)s / %(words)s "
            "× 100 = %(value)s."
        ),
        _(
            "Hedging can be exact and polite: who is not certain says so. It does not measure how sure you "
            "are."
        ),
        _(
            "Practise by saying one thing that you are certain of without “maybe”, and leaving the others "
            "as they are."
        ),
    ),
    Cue.SENT_LEN: Told(
        _("How many words your sentences have, on average."),
        _(
            "In the transcript, um and uh left out. A sentence ends at its full stop, question mark or "
            "exclamation mark, or at a pause of 2.5 s."
        ),
        _("%(sentences)s sentences with %(lengths)s words: %(words)s / %(sentences)s = %(value)s."),
        _("The recogniser sets the full stops, not you. Long sentences are no mistake."),
        _("Practise by ending the sentence where you would say “and then”."),
    ),
    Cue.GRAMMAR: Told(
        _("How many remarks a grammar checker makes on your words, per 100 words. In English only."),
        _(
            "A grammar checker on this server reads the transcript. Fillers and repeats are left out "
            "before. Each remark is shown at its words with a suggestion, so that you can judge it "
            "yourself."
        ),
        _("One remark, on the marked words, in %(words)s words: %(n)s / %(words)s × 100 = %(value)s."),
        _(
            "Spoken language is not written language, and dialects are no mistakes. The recogniser may "
            "have misheard you. It does not measure how well you speak English."
        ),
        _("Practise by reading the suggestion aloud once within your own sentence, if you agree with it."),
    ),
}
