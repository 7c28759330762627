"""English: what is a filler, a hedge, a right repetition, in interviews as they are spoken.

Not counted as fillers, because they mostly say something: well, so, actually, right, okay at the start of a sentence.
"""

from __future__ import annotations

import re

from scoring.cues.words.languages.language import Language, Restarting, Where, phrase, phrases, words
from scoring.cues.words.tokens import Writing

_ASKING = "what how that who whom whose where when why which if whether about"
_OBJECT = "it him her them me us this these those"
_NOUN_OF_KIND = (
    "a an the this that these those some any what which whatever same every each all no another different other "
    "certain new first second third right wrong best only my our your their his her its two three many"
)

_KNOW_BEFORE = (
    "do did don't didn't does if as that what whatever who how when where once until before than let would should "
    "could might may will can must to everything everyone everybody all anything anyone someone something people "
    "person things because since so not never already probably might"
)

_FILLERS = (
    phrase("you know", Where.BOTH, unless_before="do did don't didn't what as", unless_after="what"),
    phrase(
        "you know",
        Where.EITHER,
        unless_before=_KNOW_BEFORE,
        unless_after=f"{_ASKING} {_OBJECT} the my your a",
    ),
    phrase(
        "you know",
        only_before="a an the my our is was are were very really",
        unless_after=f"{_ASKING} {_OBJECT}",
    ),
    phrase(
        "i mean",
        Where.BEFORE,
        unless_before="what which that whatever do did how as if when where why",
        unless_after="it that to business well by this what",
    ),
    phrase("i mean", Where.BOTH, unless_before="what which that whatever do did how as if when where why"),
    phrase(
        "like",
        Where.BOTH,
        unless_before="feel look looks sound sounds seem seems be it",
        unless_near="what would how",
    ),
    phrase("like", Where.EITHER, only_before="um uh er erm uhm hmm hm and but because had have a the my"),
    phrase(
        "like",
        only_before=(
            "for in after about of with at within over to by was were had have has did took got is are spent only "
            "maybe there's around every"
        ),
        only_after=(
            "# two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty sixty "
            "hundred hundreds thousand thousands half"
        ),
        unless_near="what",
    ),
    phrase(
        "like",
        only_before="is was were are i'm it's that's had have has and but because we're they're",
        only_after="super really totally completely extremely basically literally actually maybe",
        unless_near="what feel felt look looked",
    ),
    phrase(
        "like",
        Where.AFTER,
        only_before="was were am i'm he's she's",
        unless_near="what how looked feel felt it there that",
    ),
    phrase(
        "like",
        only_before="because",
        only_after="i we they he she it there my our",
        unless_near="said say told",
    ),
    phrase("like", Where.START_SET_OFF),
    *(
        rule
        for kind in ("sort of", "kind of")
        for rule in (
            phrase(
                kind,
                only_before=(
                    "is was were are am be been being i'm it's that's he's she's we're they're i we they he she it you "
                    "have had has i've we've would could can do did don't didn't just really still also always then "
                    "to because but so i'd we'd gonna i'll we'll got became become felt feel feels looks seems"
                ),
                unless_after="you him her them me us people person work thing things",
                unless_near="what which",
            ),
            phrase(kind, Where.BOTH, unless_before=_NOUN_OF_KIND),
            phrase(kind, Where.AFTER, only_before="is was were are i'm it's that's have had has be been"),
            phrase(
                kind,
                only_before="and",
                only_after="a the like just got went had made did took tried started figure figured hard easy",
                unless_near="type sort size shape",
            ),
        )
    ),
    phrase("basically", Where.BOTH),
    phrase("basically", Where.START),
    phrase("basically", Where.AFTER, only_before="and but so um uh er yeah because"),
    phrase("basically", only_after="um uh er erm uhm hmm like"),
    phrase("basically", Where.BEFORE, only_before="um uh er erm uhm hmm like"),
)

_THINK_NOT = (
    "about of in through on over critically ahead outside like quickly fast logically differently twice back "
    "creatively aloud deeply strategically"
)

_HEDGES = (
    *phrases(
        "maybe\nperhaps\nprobably\npossibly\nsomewhat\nmore or less\nto some extent\nto a certain extent"
    ),
    phrase("might", unless_before="the all with his her their my our"),
    phrase(
        "i think",
        unless_before="what how when before as because way where if who whenever",
        unless_after=_THINK_NOT,
    ),
    phrase("i guess", unless_before="what can could when if let"),
    phrase("i suppose", unless_before="what when if as"),
    phrase("i believe", unless_before="what when if", unless_after="in him her them you it"),
    phrase("i would say"),
    phrase("i'd say"),
    phrase("it seems", unless_before="as what"),
    phrase("a bit", unless_before="quite", unless_after="of longer later earlier more"),
    phrase("a little bit", unless_after="of longer later earlier more"),
    phrase("in a way", unless_after="that which to i we you he she they it"),
    phrase("i'm not sure"),
    phrase("i'm not really sure"),
    phrase("i'm not quite sure"),
    phrase("i am not sure"),
    phrase("i don't really know", Where.AFTER),
    phrase("or something", Where.END),
)

_RESTARTING = Restarting(
    unfinished=words(
        "the a an my our your their every of into i'm we're they're he's she's it's that's there's i've we've they've "
        "i'd we'd i'll we'll they'll and because"
    ),
    auxiliaries=words("was were am are is have has had will would could should can must i we they he she"),
    subjects=words("i we they he she it there this that my our the"),
    stems={
        **dict.fromkeys(("i'm", "i've", "i'd", "i'll"), "i"),
        **dict.fromkeys(("we're", "we've", "we'd", "we'll"), "we"),
        **dict.fromkeys(("they're", "they've", "they'd", "they'll"), "they"),
        **dict.fromkeys(("he's", "he'd", "he'll"), "he"),
        **dict.fromkeys(("she's", "she'd", "she'll"), "she"),
        **dict.fromkeys(("it's", "it'd", "it'll"), "it"),
        "there's": "there",
        "that's": "that",
    },
    subordinates=words(
        "as than who what where how whatever whoever wherever that which when while if before after"
    ),
    pronouns=words("i we they he she"),
    openers=words("and but so"),
    repairs=(
        *(
            ("i", "mean"),
            ("sorry",),
            ("no",),
            ("well",),
            ("rather",),
            ("or", "rather"),
            ("i", "mean", "to", "say"),
        ),
    ),
)

ENGLISH = Language(
    code="en",
    writing=Writing(words("mr mrs ms dr prof st vs etc e.g i.e inc ltd jr sr no a.m p.m u.s u.k ph.d")),
    filled_pauses=re.compile(r"u+m+|u+h+m*|e+rm+|er+|h+m{1,}|m{2,}|a+h+m+"),
    names=words("er erm hm mm"),
    fillers=_FILLERS,
    hedges=_HEDGES,
    first_singular=words("i i'm i've i'd i'll me my mine myself"),
    first_plural=words("we we're we've we'd we'll us our ours ourselves let's"),
    not_first_person=(),
    rightly_twice=words(
        "had that very really so much many no yes yeah yep bye okay ok far long big way too quite never more you her "
        "do did is was in on blah knock ha right well now there hello hi please wow high deep hard fast old small "
        "little tiny great good"
    ),
    phrases_rightly_twice=frozenset({("thank", "you"), ("all", "right"), ("of", "course"), ("i", "see")}),
    restarting=_RESTARTING,
    numbers=words(
        "oh zero one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty double"
    ),
    joining=words("and or by"),
)
