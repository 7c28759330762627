"""Fillers and hedges: filled pauses wherever they stand, other phrases only where the rules say that they are meant.

A rule that does not say for sure is not written: a filler that is missed costs less than a word that is accused.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from scoring.cues.catalogue import Cue
from scoring.cues.words.languages.language import Language, Phrase, Where, Words
from scoring.cues.words.tokens import Break, Token
from scoring.cues.words.verbal import WordMark

SURE = 0.3
"""The recogniser's probability below which a word is not marked; it still counts as a word.

Filled pauses need less (`SURE_PAUSE`): they are unlike any word, but short, and recognisers are rarely sure of them.
"""

SURE_PAUSE = 0.1

END_MS = 700
"""Silence after which a phrase is the last of its sentence, whatever was written."""

NEAR = 4


def filled_pauses(tokens: Sequence[Token], language: Language) -> frozenset[int]:
    """The places (in `tokens`) of um and uh, and of their like in the language."""
    return frozenset(i for i, token in enumerate(tokens) if _is_filled_pause(tokens, i, token, language))


def _is_filled_pause(tokens: Sequence[Token], i: int, token: Token, language: Language) -> bool:
    if not language.filled_pauses.fullmatch(token.text) or token.probability < SURE_PAUSE:
        return False
    if len(token.written) > 1 and token.written.isupper():
        return False
    is_name = token.text in language.names and token.written[0].isupper() and token.before is Break.NONE
    is_unit = token.text == "mm" and i > 0 and tokens[i - 1].is_number
    return not (is_name or is_unit)


class Finder:
    """Finds phrases by their rules among the tokens of one answer, with the filled pauses known."""

    def __init__(self, tokens: Sequence[Token], pauses: frozenset[int]) -> None:
        self.tokens = tokens
        self.pauses = pauses
        self._texts = [token.text for token in tokens]

    def find(self, code: Cue, rules: Iterable[Phrase], taken: Iterable[int] = ()) -> list[WordMark]:
        """Marks where a rule holds, the longest phrase first, none over the places `taken` and none over another."""
        spans = self._spans(rules, taken)
        return [WordMark(code, self.tokens[i].first, self.tokens[end - 1].last) for i, end in spans]

    def find_places(self, rules: Iterable[Phrase]) -> frozenset[int]:
        """The places (in `tokens`) of the phrases of which a rule holds."""
        return frozenset(place for i, end in self._spans(rules, ()) for place in range(i, end))

    def _spans(self, rules: Iterable[Phrase], taken: Iterable[int]) -> list[tuple[int, int]]:
        by_first: dict[str, list[Phrase]] = {}
        for rule in sorted(rules, key=lambda rule: -len(rule.words)):
            by_first.setdefault(rule.words[0], []).append(rule)
        used, spans = set(taken), []
        for i, text in enumerate(self._texts):
            length = next((len(r.words) for r in by_first.get(text, ()) if self._holds(r, i, used)), 0)
            if length:
                used |= set(range(i, i + length))
                spans.append((i, i + length))
        return spans

    def _holds(self, rule: Phrase, i: int, used: set[int]) -> bool:
        end = i + len(rule.words)
        if tuple(self._texts[i:end]) != rule.words or not used.isdisjoint(range(i, end)):
            return False
        inside = self.tokens[i:end]
        if any(token.probability < SURE for token in inside) or any(t.before for t in inside[1:]):
            return False
        if rule.plain and inside[0].written[0].isupper() and inside[0].before is not Break.SENTENCE:
            return False
        return self._stands(rule.where, i, end) and self._neighbours_allow(rule, i, end)

    def _neighbours_allow(self, rule: Phrase, i: int, end: int) -> bool:
        before, after = self._neighbours(i - 1, -1), self._neighbours(end, 1)
        if rule.only_before is not None and not _any_among(before, rule.only_before):
            return False
        if rule.only_after is not None and not _any_among(after, rule.only_after):
            return False
        if _any_among(before, rule.unless_before) or _any_among(after, rule.unless_after):
            return False
        return not rule.unless_near or rule.unless_near.isdisjoint(self._near(i, end))

    def _neighbours(self, place: int, step: int) -> list[Token]:
        """The next word on a side within the sentence; where that is a filled pause, the next other one too."""
        found: list[Token] = []
        while (token := self._neighbour(place, step)) is not None:
            found.append(token)
            if place not in self.pauses:
                break
            place += step
        return found

    def _neighbour(self, place: int, step: int) -> Token | None:
        if not 0 <= place < len(self.tokens):
            return None
        token = self.tokens[place]
        between = token.after if step < 0 else token.before
        return None if between is Break.SENTENCE else token

    def _near(self, i: int, end: int) -> set[str]:
        found: set[str] = set()
        for step, first in ((-1, i - 1), (1, end)):
            for far in range(NEAR):
                token = self._neighbour(first + step * far, step)
                if token is None:
                    break
                found.add(token.text)
        return found

    def _stands(self, where: Where, i: int, end: int) -> bool:
        before, after = self._set_off_before(i), self._set_off_after(end)
        return {
            Where.ANY: True,
            Where.START: self._starts(i),
            Where.START_SET_OFF: self._starts(i) and after,
            Where.EITHER: before or after,
            Where.BEFORE: before,
            Where.AFTER: after,
            Where.BOTH: before and after,
            Where.WITHIN: not (before or after),
            Where.END: self._ends(end),
        }[where]

    def _starts(self, i: int) -> bool:
        while i > 0 and self.tokens[i].before is not Break.SENTENCE and i - 1 in self.pauses:
            i -= 1
        return self.tokens[i].before is Break.SENTENCE

    def _ends(self, end: int) -> bool:
        last = self.tokens[end - 1]
        silent = end < len(self.tokens) and self.tokens[end].start_ms - last.end_ms >= END_MS
        return not last.asks and (last.after is Break.SENTENCE or silent)

    def _set_off_before(self, i: int) -> bool:
        return self.tokens[i].before is not Break.NONE or i - 1 in self.pauses

    def _set_off_after(self, end: int) -> bool:
        return self.tokens[end - 1].after is not Break.NONE or end in self.pauses


def _any_among(tokens: Iterable[Token], listed: Words) -> bool:
    return any(
        token.text in listed or (token.is_number and "#" in listed and token.text != "1") for token in tokens
    )


def filler_marks(finder: Finder, language: Language) -> list[WordMark]:
    """Every filler, in order of place: a mark for each, `you know` is one."""
    tokens = finder.tokens
    pauses = [WordMark(Cue.FILLERS, tokens[i].first, tokens[i].last) for i in sorted(finder.pauses)]
    found = finder.find(Cue.FILLERS, language.fillers, taken=finder.pauses)
    return sorted([*pauses, *found], key=lambda mark: mark.first)


def hedge_marks(finder: Finder, language: Language, fillers: Iterable[WordMark]) -> list[WordMark]:
    """Every hedge that is no filler."""
    filled = {place for mark in fillers for place in range(mark.first, mark.last + 1)}
    taken = [i for i, token in enumerate(finder.tokens) if token.first in filled]
    return finder.find(Cue.HEDGES, language.hedges, taken)
