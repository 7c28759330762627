"""Restarts: a phrase begun, broken off and begun again in another way ("I was, I am", "with the, with my team").

Looked for is a word with which no clause ends ("the", "I'm", or an auxiliary right after its subject), then a break,
and then the word again with which the phrase had begun, going on differently. Repairs ("I mean") may stand between.
Without a break in punctuation, in time or by a filler nothing is marked.
"""

from __future__ import annotations

from collections.abc import Sequence

from scoring.cues.catalogue import Cue
from scoring.cues.words.fillers import SURE
from scoring.cues.words.languages.language import Language, Restarting
from scoring.cues.words.tokens import Break, Token
from scoring.cues.words.verbal import WordMark

LONGEST = 4
"""Words of the longest phrase that is broken off."""

LOOK_BACK = 5
"""Words before the phrase in which a subordinating word makes it doubtful."""


def restart_marks(
    tokens: Sequence[Token], filled: frozenset[int], repeats: Sequence[WordMark], language: Language
) -> list[WordMark]:
    """A mark over what was broken off and the words up to the first that is different."""
    kept = [i for i in range(len(tokens)) if i not in filled]
    repeated = {place for mark in repeats for place in range(mark.first, mark.last + 1)}
    marks: list[WordMark] = []
    for n in range(len(kept) - 1):
        found = _restart(tokens, kept, n, language.restarting)
        if found is None:
            continue
        mark = WordMark(Cue.RESTARTS, tokens[kept[found[0]]].first, tokens[kept[found[1]]].last)
        places = set(range(mark.first, mark.last + 1))
        if places <= repeated or (marks and marks[-1].last >= mark.first):
            continue
        marks.append(mark)
    return marks


def _restart(
    tokens: Sequence[Token], kept: Sequence[int], n: int, rules: Restarting
) -> tuple[int, int] | None:
    """Where (in `kept`) what ends with `n` began, and where what follows differs; None: it was not broken off."""
    last = tokens[kept[n]]
    if _is_cut_off(last, tokens[kept[n + 1]]):
        return n, n + 1
    breaks = last.after is Break.SET_OFF or kept[n + 1] != kept[n] + 1
    if not breaks or last.after is Break.SENTENCE or last.probability < SURE:
        return None
    again = _after_repairs(tokens, kept, n + 1, rules)
    if again >= len(kept):
        return None
    if last.text in rules.pronouns & rules.auxiliaries:
        return _other_subject(tokens, kept, n, again, rules)
    for begin in range(n, max(-1, n - LONGEST), -1):
        if tokens[kept[begin]].before is Break.SENTENCE and begin < n and _crosses(tokens, kept, begin, n):
            break
        if _begins_again(tokens, kept, (begin, n, again), rules):
            return begin, _differs_at(tokens, kept, begin, again, n)
    return None


def _is_cut_off(token: Token, following: Token) -> bool:
    """`wor- working`: a broken word, and the whole one."""
    begins = following.text.startswith(token.text) and following.text != token.text
    return token.cut_off and len(token.text) > 1 and begins and token.after is not Break.SENTENCE


def _after_repairs(tokens: Sequence[Token], kept: Sequence[int], n: int, rules: Restarting) -> int:
    for repair in rules.repairs:
        if tuple(tokens[i].text for i in kept[n : n + len(repair)]) == repair:
            return n + len(repair)
    return n


def _other_subject(
    tokens: Sequence[Token], kept: Sequence[int], n: int, again: int, rules: Restarting
) -> tuple[int, int] | None:
    """ "I, we built it": one subject instead of the other. After "my colleague and I" it is none."""
    first, second = tokens[kept[n]], tokens[kept[again]]
    before = tokens[kept[n - 1]] if n else None
    opens = first.before is not Break.NONE or before is None
    other = _stem(second, rules) in rules.pronouns and _stem(second, rules) != _stem(first, rules)
    return (n, again) if opens and other and second.before is not Break.SENTENCE else None


def _crosses(tokens: Sequence[Token], kept: Sequence[int], begin: int, n: int) -> bool:
    return any(tokens[kept[i]].before is Break.SENTENCE for i in range(begin + 1, n + 1))


def _begins_again(
    tokens: Sequence[Token], kept: Sequence[int], places: tuple[int, int, int], rules: Restarting
) -> bool:
    begin, n, again = places
    first, last, second = (tokens[kept[i]] for i in (begin, n, again))
    if _stem(first, rules) != _stem(second, rules) or second.before is Break.SENTENCE:
        return False
    if min(first.probability, second.probability) < SURE or _crosses(tokens, kept, begin, n):
        return False
    if _differs_at(tokens, kept, begin, again, n) >= len(kept):
        return False
    if last.text in rules.unfinished:
        return begin < n or first.text != second.text
    opens = first.before is not Break.NONE or _may_open(tokens, kept, begin, rules)
    whole = _is_subordinate(tokens, kept, begin, rules)
    return (
        last.text in rules.auxiliaries
        and begin == n - 1
        and first.text in rules.subjects
        and opens
        and not whole
    )


def _may_open(tokens: Sequence[Token], kept: Sequence[int], begin: int, rules: Restarting) -> bool:
    """A conjunction is before it, or a filler."""
    if begin == 0 or kept[begin - 1] != kept[begin] - 1:
        return True
    return tokens[kept[begin - 1]].text in rules.openers


def _is_subordinate(tokens: Sequence[Token], kept: Sequence[int], begin: int, rules: Restarting) -> bool:
    for i in range(begin - 1, max(-1, begin - 1 - LOOK_BACK), -1):
        token = tokens[kept[i]]
        if token.after is Break.SENTENCE:
            return False
        if token.text in rules.subordinates:
            return True
    return False


def _differs_at(tokens: Sequence[Token], kept: Sequence[int], begin: int, again: int, n: int) -> int:
    """The first place of the new beginning that differs from the old; `len(kept)`: it only repeats it, or ends."""
    for step in range(n - begin + 1):
        place = again + step
        if place >= len(kept) or (step and tokens[kept[place]].before is Break.SENTENCE):
            return len(kept)
        if tokens[kept[begin + step]].text != tokens[kept[place]].text:
            return place
    return len(kept)


def _stem(token: Token, rules: Restarting) -> str:
    return rules.stems.get(token.text, token.text)
