"""Repetitions: a word or phrase said twice or more in a row, a filler between them or not ("I, um, I").

What is right or meant that way is none: "had had", "very very", "nous nous", relative pronouns after a comma, numbers,
names, "more and more and more", and the same word on both sides of a sentence's end.
"""

from __future__ import annotations

from collections.abc import Sequence

from scoring.cues.catalogue import Cue
from scoring.cues.words.fillers import SURE
from scoring.cues.words.languages.language import Language
from scoring.cues.words.tokens import Break, Token
from scoring.cues.words.verbal import WordMark

LONGEST = 5
"""Words of the longest phrase that is looked for."""


def repeat_marks(
    tokens: Sequence[Token], filled: frozenset[int], language: Language
) -> tuple[list[WordMark], frozenset[int]]:
    """One mark over each stretch of repetitions, and the places of the copies that a writer would leave out."""
    kept = [i for i in range(len(tokens)) if i not in filled]
    marks: list[WordMark] = []
    copies: set[int] = set()
    at = 0
    while at < len(kept):
        length, times = _repeated(tokens, kept, at, language)
        if times > 1:
            last = at + length * times - 1
            marks.append(WordMark(Cue.REPEATS, tokens[kept[at]].first, tokens[kept[last]].last))
            copies |= set(kept[at : last - length + 1])
            at = last
        at += 1
    return marks, frozenset(copies)


def _repeated(tokens: Sequence[Token], kept: Sequence[int], at: int, language: Language) -> tuple[int, int]:
    """The length of the phrase that is repeated from here on, and how often it is said (1: it is not repeated)."""
    for length in range(LONGEST, 0, -1):
        phrase = [tokens[i] for i in kept[at : at + length]]
        if len(phrase) < length or not _is_one(phrase):
            continue
        times = 1
        while _same(phrase, [tokens[i] for i in kept[at + times * length : at + (times + 1) * length]]):
            times += 1
        if times > 1 and not _is_right(phrase, times, tokens[kept[at + 1]], language):
            return length, times
    return 1, 1


def _is_one(phrase: Sequence[Token]) -> bool:
    """Whether it lies in one sentence and the recogniser was sure of it."""
    inside = all(token.before is not Break.SENTENCE for token in phrase[1:])
    return inside and phrase[-1].after is not Break.SENTENCE and all(t.probability >= SURE for t in phrase)


def _same(phrase: Sequence[Token], following: Sequence[Token]) -> bool:
    if len(phrase) != len(following) or any(token.before is Break.SENTENCE for token in following):
        return False
    return all(a.text == b.text and b.probability >= SURE for a, b in zip(phrase, following, strict=True))


def _is_right(phrase: Sequence[Token], times: int, following: Token, language: Language) -> bool:
    texts = tuple(token.text for token in phrase)
    if any(token.is_number for token in phrase) or set(texts) <= language.numbers:
        return True
    if len(texts) > 1:
        return (
            _is_name(phrase, language) or texts in language.phrases_rightly_twice or _joins(texts, language)
        )
    return _is_word_right(phrase[0], times, following, language)


def _is_name(phrase: Sequence[Token], language: Language) -> bool:
    """New York, New York. In German every noun has its capital: there it says nothing."""
    capitals = all(token.written[0].isupper() for token in phrase)
    return (
        capitals and not language.comma_divides and language.first_singular.isdisjoint(t.text for t in phrase)
    )


def _joins(texts: tuple[str, ...], language: Language) -> bool:
    """ "more and more and", "step by step by": a word joined to itself."""
    return len(texts) == 2 and not language.joining.isdisjoint(texts)


def _is_word_right(token: Token, times: int, following: Token, language: Language) -> bool:
    if len(token.text) == 1 and token.text not in language.first_singular | {"a", "à", "y"}:
        return True
    if language.comma_divides and times == 2 and token.after is not Break.NONE:
        # "die ich habe, habe ich": right, where a subject or a conjunction is not.
        return token.text not in language.first_singular | language.joining | language.restarting.unfinished
    names = token.written[0].isupper() and following.written[0].isupper()
    is_name = names and not language.comma_divides and token.text not in language.first_singular
    if is_name and token.before is not Break.SENTENCE:
        return True
    return token.text in language.rightly_twice and (times == 2 or token.text not in _NEVER_THRICE)


_NEVER_THRICE = frozenset(
    {"had", "that", "her", "nous", "vous", "you", "die", "der", "das", "den", "is", "was", "ist"}
)
"""Right twice, wrong three times; the others are emphasis however often."""
