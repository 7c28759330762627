"""Made transcripts: words at known times, from plain text."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from scoring.cues.words.reading import read
from scoring.cues.words.transcript import Transcript, Word
from scoring.cues.words.verbal import Verbal

WORD_MS, GAP_MS = 300, 20


@pytest.fixture(scope="session")
def made() -> Callable[..., Transcript]:
    """`made(text, language)`: words of 0.3 s with 20 ms between; `|` in the text is a pause of a second."""

    def make(text: str, language: str = "en", *, probability: float = 0.9, from_ms: int = 0) -> Transcript:
        words, at = [], from_ms
        for written in text.split():
            if written == "|":
                at += 1000
                continue
            words.append(Word(written, at, at + WORD_MS, probability))
            at += WORD_MS + GAP_MS
        return Transcript(language, tuple(words), "made")

    return make


@pytest.fixture(scope="session")
def reads(made: Callable[..., Transcript]) -> Callable[..., Verbal]:
    """What reading a text brings."""

    def of(text: str, language: str = "en", **how: int | float) -> Verbal:
        return read(made(text, language, **how), question_ended_ms=None, segments=())

    return of


@pytest.fixture(scope="session")
def marked(reads: Callable[..., Verbal]) -> Callable[..., list[str]]:
    """The words under the marks of a code."""

    def of(code: str, text: str, language: str = "en", **how: int | float) -> list[str]:
        words: Sequence[str] = [word for word in text.split() if word != "|"]
        marks = [mark for mark in reads(text, language, **how).marks if mark.code == code]
        return [" ".join(words[mark.first : mark.last + 1]) for mark in marks]

    return of
