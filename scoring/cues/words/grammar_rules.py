"""Which rules of grammar are trusted on transcribed speech: the checker's, by name, and some of our own.

A rule is here only if one hears what it is about (`he go`, `a informations`). What a recogniser decides (spelling,
capitals, punctuation, their and there, its and it's, a word written in one or two) is not the speaker's mistake.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

MESSAGES: Mapping[str, str] = {
    "agreement": "The verb does not go with its subject.",
    "article": "Another article, or none, belongs here.",
    "comparison": "The comparison is made twice or in a mixed form.",
    "condition": "After “if” or “wish”, another form of the verb is usual.",
    "negation": "Two negatives cancel each other out.",
    "plural": "This word has another plural, or none.",
    "preposition": "Another preposition, or none, is usual here.",
    "pronoun": "Another form of the pronoun is usual here.",
    "verb_form": "Another form of the verb is needed here.",
    "wording": "This is usually said in another way.",
}
"""What is said of each kind of remark, in the language of the answer (English is the only one that is checked)."""

CHECKED: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "PronounVerbAgreement",
            "PronounInflectionBe",
            "IAmAgreement",
            "IDo",
            "ThereIsAgreement",
            "HavePronoun",
        ),
        "agreement",
    ),
    **dict.fromkeys(("AnA", "AnAnother", "AnotherAn", "SomeWithoutArticle"), "article"),
    **dict.fromkeys(("AdjectiveDoubleDegree", "MoreBetter", "LessWorse", "SimilarLike"), "comparison"),
    **dict.fromkeys(("IfWouldve", "WishCould"), "condition"),
    **dict.fromkeys(("DoubleNegative", "HaveNegNoAny"), "negation"),
    **dict.fromkeys(
        (
            *(
                "MassNouns",
                "RegularIrregulars",
                "OneOfTheSingular",
                "ThisTypeOfThing",
                "AnotherOnes",
                "AnotherThings",
            ),
            *("CriteriaPhenomena", "PluralWrongWordOfPhrase"),
        ),
        "plural",
    ),
    **dict.fromkeys(
        (
            *("AccuseOf", "AspireTo", "AwaitFor", "AwareOf", "ComfortableWith"),
            *("ComprisesOf", "CuriousAbout", "DespiteOf", "Discuss", "ExceptOf", "FascinatedBy", "GoodAt"),
            *("Impressed", "InspiredBy", "InterestedIn", "LetToDo", "LookForwardTo", "PassionateAbout"),
            *("ResponsibilityFor", "ResponsibleFor", "SinceDuration"),
        ),
        "preposition",
    ),
    **dict.fromkeys(("FriendOfMe", "SubjectPronoun", "Themself"), "pronoun"),
    **dict.fromkeys(
        (
            *("DidPast", "SimplePastToPastParticiple", "DoubleModal", "DontCan", "InflectedVerbAfterTo"),
            *(
                "IsBeenAuxSequence",
                "LookingForwardTo",
                "MissingTo",
                "WillNonLemma",
                "WorthToDo",
                "ProgressiveNeedsBe",
            ),
        ),
        "verb_form",
    ),
    **dict.fromkeys(("HowItLooksLike", "QuiteMany", "MostNumber", "LikeAsIf"), "wording"),
}
"""The checker's rules that are used, by its names, and the kind of remark each makes."""


_SUBJECT = re.compile(
    r"(?:\b(?:i|he|she|we|they)|(?:^|[.?,] |\b(?:and|but|so|because|that|when|if|think|thought) )(?:it|you))"
    r"(?: (?:also|always|never|often|really|still|usually|just|only|sometimes|even|already))? $",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r" (?:\d|two|three|four|five|six|seven|eight|nine|ten|twenty|thirty|fifty|a hundred)", re.IGNORECASE
)
_COURSE = re.compile(r" course\b", re.IGNORECASE)
_WHETHER = re.compile(
    r"\b(?:know|knew|ask|asked|wonder|wondered|sure|see|unclear)\b[^.?]{0,12}\bif\b[^.?]*$", re.IGNORECASE
)

ONLY_BEHIND: Mapping[str, re.Pattern[str]] = {
    # "Neither of us was", "the plan that helped us was": a pronoun before the verb need not be its subject.
    "PronounVerbAgreement": _SUBJECT,
    "PronounInflectionBe": _SUBJECT,
    # "What I did went well": without a negation, "did" may be the verb itself.
    "DidPast": re.compile(r"\bdid(?:n't| not| never) $", re.IGNORECASE),
}
"""What must stand before a remark of the checker's rule."""

UNLESS_BEHIND: Mapping[str, re.Pattern[str]] = {
    "IfWouldve": _WHETHER,
    "WillNonLemma": re.compile(r"(?:^|[.?] )$"),
}
"""What must not stand before it: "I don't know if he would have come", "Will went home"."""

UNLESS_BEFORE: Mapping[str, re.Pattern[str]] = {
    **dict.fromkeys(("Discuss", "AwareOf", "CuriousAbout"), _NUMBER),
    # Letters are read out: "an A level" and "a N of 20" are not words.
    "AnA": re.compile(r" \w\b"),
    **dict.fromkeys(("Impressed", "InterestedIn", "InspiredBy", "ComfortableWith"), _COURSE),
}
"""What must not follow it: "we discussed about ten topics", "I was impressed, of course"."""

ONLY_ON: Mapping[str, frozenset[str]] = {
    "MassNouns": frozenset(
        (
            *(
                "informations",
                "advices",
                "equipments",
                "feedbacks",
                "knowledges",
                "homeworks",
                "furnitures",
                "softwares",
            ),
            *("hardwares", "luggages", "evidences", "progresses"),
        )
    )
}
"""The only words that a rule of the checker may remark on; of others ("trainings", "a logic") it is too sure."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of our own. Group 1 of the pattern is what is remarked on; `mend` gives what could be said instead."""

    pattern: re.Pattern[str]
    kind: str
    mend: Callable[[re.Match[str]], str]


def _rule(pattern: str, kind: str, mend: str | Callable[[re.Match[str]], str]) -> Rule:
    return Rule(
        re.compile(pattern, re.IGNORECASE), kind, mend if callable(mend) else lambda hit: hit.expand(mend)
    )


_DOUBLES = frozenset(["get", "run", "plan", "put", "set", "begin", "sit", "swim", "stop", "win", "cut"])


def with_ing(verb: str) -> str:
    """The -ing form of a verb that is given in its base form."""
    if verb in _DOUBLES:
        return f"{verb}{verb[-1]}ing"
    if verb.endswith("ie"):
        return f"{verb[:-2]}ying"
    return (
        f"{verb[:-1]}ing" if verb.endswith("e") and not verb.endswith("ee") and verb != "be" else f"{verb}ing"
    )


def _are(hit: re.Match[str]) -> str:
    return f"{hit[1][:5]} {'are' if hit[2].lower() == 'is' else 'were'}"


_MANY = "many|several|two|three|four|five|six|seven|eight|nine|ten"
_VERBS = "meet|hear|see|learn|join|be|get|contribute|discuss|speak|become|use|solve|teach|write|build|make|find|go|do"

OWN: tuple[Rule, ...] = (
    _rule(
        rf"\b(look(?:ing|ed|s)? forward to ({_VERBS}))\b",
        "verb_form",
        lambda hit: f"{hit[1][: -len(hit[2])]}{with_ing(hit[2].lower())}",
    ),
    _rule(
        r"\b((enjoy(?:ed|s)?|avoid(?:ed|s)?) to (?!the\b|my\b|a\b|an\b|our\b|be\b)([a-z]+))\b",
        "verb_form",
        lambda hit: f"{hit[2]} {with_ing(hit[3].lower())}",
    ),
    _rule(r"\b(I(?:'m| am) agree)\b", "verb_form", "I agree"),
    _rule(r"(?<!\ba )\b((must|should) to)(?= [a-z])", "verb_form", r"\2"),
    _rule(r"\b(responsible of)\b", "preposition", "responsible for"),
    _rule(r"\b((depend(?:s|ed|ing)?) of)\b(?! course)", "preposition", r"\2 on"),
    _rule(r"\b((explain(?:ed|s)?) (me|us|him|them))\b", "preposition", r"\2 to \3"),
    _rule(
        rf"\b(there (is|was)) (?={_MANY})(?!many a\b|\w+ (?:percent|hundred)\b)",
        "agreement",
        _are,
    ),
    _rule(r"\b((have|has|had) (\w+) years? experiences)\b", "plural", r"\2 \3 years of experience"),
)
