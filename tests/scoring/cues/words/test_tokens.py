from __future__ import annotations

from collections.abc import Callable

import pytest

from scoring.cues.words.languages import BY_CODE, language_of
from scoring.cues.words.tokens import Break, tokens
from scoring.cues.words.transcript import Transcript, Word


def of(transcript: Transcript) -> list[str]:
    return [token.text for token in tokens(transcript, BY_CODE[transcript.language].writing)]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "Well, I'm “fine” \N{EN DASH} really!", ["well", "i'm", "fine", "really"]),
        ("en", "It cost 3.5 million, 50 %.", ["it", "cost", "3.5", "million", "50"]),
        ("en", "don\N{RIGHT SINGLE QUOTATION MARK}t DON'T", ["don't", "don't"]),
        ("fr", "Aujourd'hui j'ai l'idée", ["aujourd'hui", "j'", "ai", "l'", "idée"]),
        ("fr", "qu'il m'a dit.", ["qu'", "il", "m'", "a", "dit"]),
        ("fr", "Peut-être, dit-il.", ["peut-être", "dit-il"]),
        ("de", "Die Donaudampfschifffahrt, z.B. in Wien", ["die", "donaudampfschifffahrt", "z.b", "in", "wien"]),
    ],
)  # fmt: skip
def test_words_are_compared_without_their_writing(
    language: str, text: str, expected: list[str], made: Callable[..., Transcript]
) -> None:
    assert of(made(text, language)) == expected


@pytest.mark.parametrize(
    ("language", "pieces", "expected"),
    [
        ("fr", ["j", "'ai", "dit", "peut", "-être"], [("j'", 0, 1), ("ai", 0, 1), ("dit", 2, 2), ("peut-être", 3, 4)]),
        ("fr", ["l'", "équipe"], [("l'", 0, 1), ("équipe", 0, 1)]),
        ("en", ["well", "-known", "3", ".5"], [("well-known", 0, 1), ("3.5", 2, 3)]),
        ("en", ["yes", "?", "no"], [("yes", 0, 1), ("no", 2, 2)]),
    ],
)  # fmt: skip
def test_pieces_of_a_written_word_are_one(
    language: str, pieces: list[str], expected: list[tuple[str, int, int]]
) -> None:
    words = tuple(Word(piece, 300 * i, 300 * i + 290, 0.9) for i, piece in enumerate(pieces))
    found = tokens(Transcript(language, words, "made"), BY_CODE[language].writing)
    assert [(token.text, token.first, token.last) for token in found] == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "Yes. No", Break.SENTENCE),
        ("en", "Mr. Smith", Break.NONE),
        ("en", "yes, no", Break.SET_OFF),
        ("en", "yes… no", Break.SET_OFF),
        ("en", "yes... no", Break.SET_OFF),
        ("en", "yes — no", Break.SET_OFF),
        ("en", "yes | no", Break.SET_OFF),
        ("en", "yes no", Break.NONE),
        ("en", 'yes?" No', Break.SENTENCE),
        ("de", "3. Mai", Break.NONE),
        ("en", "3. May", Break.SENTENCE),
    ],
)
def test_breaks(language: str, text: str, expected: Break, made: Callable[..., Transcript]) -> None:
    first, second = tokens(made(text, language), BY_CODE[language].writing)
    assert first.after is second.before is expected


def test_language_of_a_code() -> None:
    assert language_of("en-GB") is language_of("EN_us") is BY_CODE["en"]
    assert language_of("nl") is None
