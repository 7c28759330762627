"""Measures of the words themselves: pace, sentences, variety, I and we."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from scoring.cues.speech import LONG_PAUSE_MS, Segment
from scoring.cues.words.fillers import Finder
from scoring.cues.words.languages.language import Language
from scoring.cues.words.tokens import Break, Token

UNIQUE_WINDOW = 50
"""Words of the window of `variety`: one that even a short answer fills."""

NEAR_WORDS_MS = 500
"""Speech segments further than this from any word (a cough, a click) are no part of the answer's time."""

UNPUNCTUATED_PAUSE_MS = 700
"""Silence that ends a sentence in a transcript without a single sentence mark."""


def speaking_ms(tokens: Sequence[Token], segments: Iterable[Segment]) -> float:
    """From the first to the last of the answer's speech, pauses included, in ms.

    Its ends are those of the speech segments, which are more exact than word times; without segments, those of the
    words.
    """
    first, last = float(tokens[0].start_ms), float(max(token.end_ms for token in tokens))
    near = [s for s in segments if s.end_ms >= first - NEAR_WORDS_MS and s.start_ms <= last + NEAR_WORDS_MS]
    if near:
        # Recognisers stretch the first and last word over silence. Where voice activity missed them, they know better.
        first = near[0].start_ms if near[0].start_ms <= tokens[0].end_ms + NEAR_WORDS_MS else first
        last = near[-1].end_ms if near[-1].end_ms >= tokens[-1].start_ms - NEAR_WORDS_MS else last
    return last - first


def sentence_lengths(tokens: Sequence[Token], pauses: frozenset[int]) -> list[int]:
    """Words of each sentence without its filled pauses. A sentence ends with its mark or at a long pause.

    Without a single mark in the transcript, shorter pauses end it. A sentence of filled pauses alone is none.
    """
    marked = any(token.after is Break.SENTENCE for token in tokens[:-1])
    longest_gap = LONG_PAUSE_MS if marked else UNPUNCTUATED_PAUSE_MS
    lengths, length = [], 0
    for i, token in enumerate(tokens):
        length += token.opens_word and i not in pauses
        silent = i + 1 < len(tokens) and tokens[i + 1].start_ms - token.end_ms >= longest_gap
        if token.after is Break.SENTENCE or silent:
            lengths.append(length)
            length = 0
    return [length for length in (*lengths, length) if length]


def variety(texts: Sequence[str], window: int = UNIQUE_WINDOW) -> float:
    """Moving-average type-token ratio, 0..1: the share of different words, on average over all windows of that length.

    A plain share of different words falls as an answer grows; this one does not (Covington & McFall 2010, "Cutting the
    Gordian knot: the moving-average type-token ratio", Journal of Quantitative Linguistics 17).

    Raises:
        ValueError: there are fewer words than the window has.
    """
    if len(texts) < window:
        raise ValueError(f"{len(texts)} words do not fill a window of {window}")
    counts = Counter(texts[:window])
    total = len(counts)
    for gone, new in zip(texts, texts[window:], strict=False):
        counts[new] += 1
        counts[gone] -= 1
        if not counts[gone]:
            del counts[gone]
        total += len(counts)
    return total / (window * (len(texts) - window + 1))


def first_person(finder: Finder, language: Language, taken: frozenset[int]) -> tuple[int, int]:
    """How often the speaker says I (me, my) and we (us, our), but for the places `taken` (fillers, repetitions)."""
    tokens = finder.tokens
    others = finder.find_places(language.not_first_person)
    texts = [
        token.text
        for i, token in enumerate(tokens)
        if i not in taken and i not in others and not (token.text == "us" and token.written == "US")
    ]
    alone = sum(text in language.first_singular for text in texts)
    together = sum(text in language.first_plural for text in texts)
    return alone, together
