"""Grammar remarks (English only): Harper on what was said without its fillers and repetitions, back to the words.

Harper is a checker for writing; of its rules only those in `grammar_rules` are used. It works within this process,
reaches nothing outside it, and is loaded once.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from scoring.cues.words.grammar_rules import (
    CHECKED,
    MESSAGES,
    ONLY_BEHIND,
    ONLY_ON,
    OWN,
    UNLESS_BEFORE,
    UNLESS_BEHIND,
)
from scoring.cues.words.tokens import Break, Token
from scoring.cues.words.verbal import Remark

if TYPE_CHECKING:
    import harper

SURE = 0.5
"""The recogniser's probability that each word of a remark, and its neighbours, must have."""

PIECE = 150
"""Words that are checked at a time, cut at a sentence's end; `LONGEST` where there is none."""

LONGEST = 300

SUGGESTIONS = 3

_LOCK = threading.Lock()


def remarks(tokens: Sequence[Token], left_out: frozenset[int], doubtful: frozenset[int]) -> list[Remark]:
    """Remarks on the tokens but those `left_out` (fillers, copies); none that touches a `doubtful` place (restarts).

    A remark does not reach over a filled pause that was left out: its words are those around it too.
    """
    found: list[Remark] = []
    for piece in _pieces([i for i in range(len(tokens)) if i not in left_out], tokens):
        text, places = _text(tokens, piece)
        for start, end, kind, suggestions in _findings(text):
            inside = [place for place, (begin, stop) in places.items() if begin < end and stop > start]
            if inside and _is_sure(tokens, inside) and doubtful.isdisjoint(inside):
                first, last = tokens[inside[0]].first, tokens[inside[-1]].last
                found.append(Remark(first, last, kind, MESSAGES[kind], suggestions))
    return _without_overlaps(found)


def _pieces(kept: Sequence[int], tokens: Sequence[Token]) -> Iterator[Sequence[int]]:
    begin = 0
    for n, (i, following) in enumerate(zip(kept, [*kept[1:], len(tokens)], strict=False), start=1):
        ends = _mark(tokens, i, following) in ".?"
        if (ends and n - begin >= PIECE) or n - begin >= LONGEST or n == len(kept):
            yield kept[begin:n]
            begin = n


def _mark(tokens: Sequence[Token], i: int, following: int) -> str:
    """What to write behind the word at `i` when the next that is kept is `following`."""
    ends = [token for token in tokens[i:following] if token.after is Break.SENTENCE]
    if ends:
        return "?" if ends[-1].asks else "."
    # The commas around a filler go with it.
    return "," if following == i + 1 and tokens[i].after is Break.SET_OFF else " "


def _text(tokens: Sequence[Token], piece: Sequence[int]) -> tuple[str, dict[int, tuple[int, int]]]:
    """The piece as it would be written, and where in it each place is."""
    parts, places, at = [], {}, 0
    for i, following in zip(piece, [*piece[1:], piece[-1] + 1], strict=True):
        written = tokens[i].written
        places[i] = (at, at + len(written))
        part = f"{written}{_mark(tokens, i, following).strip()} "
        parts.append(part)
        at += len(part)
    return "".join(parts), places


def _findings(text: str) -> list[tuple[int, int, str, tuple[str, ...]]]:
    """Start, end, kind and suggestions of what is remarked on in a text."""
    own = [
        (*hit.span(1), rule.kind, (rule.mend(hit),)) for rule in OWN for hit in rule.pattern.finditer(text)
    ]
    with _LOCK:
        named = _linter().organized_lints(text, language="plaintext")
    checked = [
        (lint.span.start, lint.span.end, CHECKED[name], _suggestions(lint))
        for name, lints in named.items()
        if name in CHECKED
        for lint in lints
        if _is_meant(name, lint, text)
    ]
    return own + checked


def _is_meant(name: str, lint: harper.Lint, text: str) -> bool:
    behind, ahead = text[: lint.span.start], text[lint.span.end :]
    needed, barred, following = (rules.get(name) for rules in (ONLY_BEHIND, UNLESS_BEHIND, UNLESS_BEFORE))
    if needed is not None and not needed.search(behind):
        return False
    if (barred is not None and barred.search(behind)) or (following is not None and following.match(ahead)):
        return False
    return name not in ONLY_ON or lint.problem_text.lower() in ONLY_ON[name]


@cache
def _linter() -> harper.Linter:
    import harper

    linter = harper.Linter(harper.Dialect.AMERICAN)
    linter.set_lint_config({name: name in CHECKED for name in harper.get_default_lint_config()})
    return linter


def _suggestions(lint: harper.Lint) -> tuple[str, ...]:
    texts = [_replacement(lint, suggestion) for suggestion in lint.suggestions[:SUGGESTIONS]]
    return tuple(dict.fromkeys(text for text in texts if text != lint.problem_text))


def _replacement(lint: harper.Lint, suggestion: harper.Suggestion) -> str:
    text = suggestion.replacement_text
    is_insertion = suggestion.kind.name == "INSERT_AFTER"
    whole = f"{lint.problem_text}{text}" if is_insertion else text
    # "A" becomes "AN" in Harper: a word is not shouted because it opened a sentence.
    return whole.capitalize() if len(lint.problem_text) == 1 and whole.isupper() and len(whole) > 1 else whole


def _is_sure(tokens: Sequence[Token], inside: Sequence[int]) -> bool:
    around = tokens[max(0, inside[0] - 1) : inside[-1] + 2]
    return all(token.probability >= SURE for token in around)


def _without_overlaps(found: Sequence[Remark]) -> list[Remark]:
    """In order of place; of two on the same words the first, the longer first."""
    kept: list[Remark] = []
    for remark in sorted(found, key=lambda remark: (remark.first, -remark.last)):
        if not kept or remark.first > kept[-1].last:
            kept.append(remark)
    return kept
