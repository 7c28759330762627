"""Words as they are compared: in small letters, without their punctuation, with the breaks around them.

A recogniser may cut one written word into several (`j` + `'ai`, `well` + `-known`, `3` + `.5`): what begins with an
apostrophe, a hyphen or a decimal point goes on with the word before. A French elision is two tokens of one written
word (`j'` and `ai`), so that it can be compared; a German compound and an English contraction stay whole.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

from scoring.cues.words.transcript import Transcript, Word

BREAK_MS = 200
"""Silence between two words from which they are set off from each other. Word times are within some 100 ms."""


class Break(IntEnum):
    """What lies between two words: nothing, something that sets them off, or the end of a sentence."""

    NONE = 0
    SET_OFF = 1
    SENTENCE = 2


@dataclass(frozen=True, slots=True)
class Writing:
    """How a language is written: abbreviations whose point ends no sentence, and whether `3.` is an ordinal.

    With `elisions`, `j'ai` is two tokens.
    """

    abbreviations: frozenset[str]
    ordinals: bool = False
    elisions: bool = False


@dataclass(frozen=True, slots=True)
class Token:
    """A word to compare. `first`..`last` are its places in `Transcript.words`.

    `probability` is the recogniser's, the lowest of its parts. `opens_word` is False for the second half of an
    elision, `cut_off` says that it was written as broken off (`wor-`), `written` keeps its capitals.
    """

    text: str
    written: str
    first: int
    last: int
    start_ms: int
    end_ms: int
    probability: float
    before: Break
    after: Break
    opens_word: bool
    cut_off: bool
    asks: bool

    @property
    def is_number(self) -> bool:
        """Whether it is written with digits."""
        return any(letter.isdigit() for letter in self.text)


_SPELT = {
    **dict.fromkeys(("\N{RIGHT SINGLE QUOTATION MARK}", "\N{LEFT SINGLE QUOTATION MARK}"), "'"),
    **dict.fromkeys(("\N{MODIFIER LETTER APOSTROPHE}", "\N{ACUTE ACCENT}", "`"), "'"),
    **dict.fromkeys(("\N{HYPHEN}", "\N{NON-BREAKING HYPHEN}"), "-"),
}
_PLAIN = str.maketrans(_SPELT)
"""Apostrophes and hyphens, however they are spelt."""

_DASHES = "\N{EN DASH}\N{EM DASH}"
_GOES_ON = re.compile(r"['\-.,]\w")
_ELISION = re.compile(r"(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu)'(?=\w)")
_ALONE = re.compile(r"(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu)'")
_WHOLE = ("aujourd'hui", "prud'hom", "d'accord", "d'abord", "d'ailleurs", "c'est-à-dire", "quelqu'un")
_ENDS = ".?!。"
_SETS_OFF = f",;:-…{_DASHES}"
_ELLIPSIS = re.compile(r"\.{2,}|…")


@dataclass(frozen=True, slots=True)
class _Written:
    """A written word: its text without the punctuation around it, and that punctuation."""

    core: str
    ahead: str
    behind: str
    first: int
    last: int
    start_ms: int
    end_ms: int
    probability: float


def tokens(transcript: Transcript, writing: Writing) -> list[Token]:
    """The tokens of a transcript, in order."""
    written = _written_words(transcript.words)
    breaks = [_between(a, b, writing) for a, b in pairwise(written)]
    around = [Break.SENTENCE, *breaks, Break.SENTENCE]
    found: list[Token] = []
    for i, word in enumerate(written):
        found += _of(word, around[i], around[i + 1], writing.elisions)
    return found


def _of(word: _Written, before: Break, after: Break, elisions: bool) -> Iterator[Token]:
    parts = _elided(word.core) if elisions else [word.core]
    for i, part in enumerate(parts):
        yield Token(
            *(part.lower(), part, word.first, word.last, word.start_ms, word.end_ms, word.probability),
            before=before if i == 0 else Break.NONE,
            after=after if i == len(parts) - 1 else Break.NONE,
            opens_word=i == 0,
            cut_off=word.behind.startswith("-"),
            asks="?" in word.behind,
        )


def _elided(core: str) -> list[str]:
    """`qu'il` is `qu'` and `il`."""
    low = core.lower()
    hit = None if low.startswith(_WHOLE) else _ELISION.match(low)
    return [core[: hit.end()], *_elided(core[hit.end() :])] if hit else [core]


def _written_words(words: Sequence[Word]) -> list[_Written]:
    found: list[_Written] = []
    for i, word in enumerate(words):
        text = unicodedata.normalize("NFC", word.text).translate(_PLAIN).strip()
        last = found[-1] if found else None
        if last is not None and not last.behind and (_GOES_ON.match(text) or last.core.endswith("'")):
            found[-1] = _joined(last, text, i, word)
        elif any(letter.isalnum() for letter in text):
            found.append(_trimmed(text, (i, i), (word.start_ms, word.end_ms), word.probability))
        elif last is not None:
            found[-1] = _followed(last, text, i, word)
    return found


def _joined(last: _Written, text: str, place: int, word: Word) -> _Written:
    probability = min(last.probability, word.probability)
    joined = f"{last.ahead}{last.core}{text}"
    return _trimmed(joined, (last.first, place), (last.start_ms, word.end_ms), probability)


def _followed(last: _Written, mark: str, place: int, word: Word) -> _Written:
    """A mark that was written as a word of its own belongs to the word before."""
    return _Written(
        *(last.core, last.ahead, f"{last.behind} {mark}", last.first, place),
        *(last.start_ms, max(last.end_ms, word.end_ms), last.probability),
    )


def _trimmed(text: str, places: tuple[int, int], times_ms: tuple[int, int], probability: float) -> _Written:
    inside = [i for i, letter in enumerate(text) if letter.isalnum()]
    begin, end = inside[0], inside[-1] + 1
    # The apostrophe of an elision that stands alone (`l'` before a pause) belongs to it.
    end += _ALONE.fullmatch(text[begin : end + 1].lower()) is not None
    return _Written(text[begin:end], text[:begin], text[end:], *places, *times_ms, probability)


def _between(word: _Written, following: _Written, writing: Writing) -> Break:
    if _ends_sentence(word, following, writing):
        return Break.SENTENCE
    punctuated = any(mark in _SETS_OFF for mark in _ELLIPSIS.sub("…", word.behind))
    paused = following.start_ms - word.end_ms >= BREAK_MS
    return (
        Break.SET_OFF
        if punctuated or paused or any(mark in f"({_DASHES}" for mark in following.ahead)
        else Break.NONE
    )


def _ends_sentence(word: _Written, following: _Written, writing: Writing) -> bool:
    behind = _ELLIPSIS.sub("", word.behind)
    if not any(mark in _ENDS for mark in behind):
        return False
    if "." not in behind or "?" in behind or "!" in behind:
        return True
    core = word.core.lower()
    if core in writing.abbreviations or (len(core) == 1 and core not in ("i", "a") and core.isalpha()):
        return False
    # "am 3. Mai": a number with a point and no pause is an ordinal.
    is_ordinal = core.isdigit() and int(core) <= 31 and following.start_ms - word.end_ms < BREAK_MS
    return not (is_ordinal and writing.ordinals)
