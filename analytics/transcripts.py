"""What was said, as it is read: stored words in pieces with their marks, long pauses and remarks.

A transcript is its student's. Teachers whom the student lets rate read the words (`analytics.review`), never the marks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from analytics import units
from analytics.speech import LONG_PAUSE_MS, Span
from scoring.cues.catalogue import Cue
from scoring.cues.words.transcript import Transcript, Word
from sessions.models import AnswerTranscript

KINDS: Mapping[str, Any] = MappingProxyType(
    {
        "FILLERS": gettext_lazy("filler"),
        "REPEATS": gettext_lazy("repeated"),
        "RESTARTS": gettext_lazy("begun anew"),
        "HEDGES": gettext_lazy("hedging"),
    }
)
"""What a mark on words says to whoever does not see its line."""

LEGEND: Mapping[str, Any] = MappingProxyType(
    {
        "FILLERS": ngettext_lazy("filler", "fillers", "n"),
        "REPEATS": ngettext_lazy("repeat", "repeats", "n"),
        "RESTARTS": ngettext_lazy("new beginning", "new beginnings", "n"),
        "HEDGES": ngettext_lazy("hedge", "hedges", "n"),
        "REMARKS": ngettext_lazy("remark on language", "remarks on language", "n"),
        "PAUSES": ngettext_lazy("long pause", "long pauses", "n"),
    }
)
UNSURE = 0.5
"""A word below this probability is shown as one that the recogniser was unsure of."""
EDGES = ".,;:!?\N{HORIZONTAL ELLIPSIS}\"'()\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}"


@dataclass(frozen=True, slots=True)
class Marked:
    """Words `first`..`last` are of this kind (a code of `KINDS`)."""

    kind: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class LanguageRemark:
    """A numbered remark on the words `first`..`last`; message and suggestions are in the answer's language."""

    number: int
    first: int
    last: int
    message: str
    suggestions: tuple[str, ...]
    t_ms: int
    quote: str

    @property
    def at(self) -> str:
        return units.clock(self.t_ms)


@dataclass(frozen=True, slots=True)
class Piece:
    """A word as it stands in the text, or a long pause (`pause` is its length, `text` is empty).

    `runs_on`: the next word carries the same marks, so that their line goes on below the space.
    `notes` are the numbers of the remarks that end here; `opens` and `closes` bound the stretch that remarks are on.
    """

    text: str = ""
    start_ms: int = 0
    end_ms: int = 0
    kinds: str = ""
    said: str = ""
    unsure: bool = False
    runs_on: bool = False
    remarked: bool = False
    notes: tuple[int, ...] = ()
    pause: str = ""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A transcript with what was found in it."""

    language: str
    model: str
    words: tuple[Word, ...]
    marks: tuple[Marked, ...]
    remarks: tuple[LanguageRemark, ...]
    pauses: tuple[Span, ...]

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def unsure(self) -> int:
        return sum(1 for word in self.words if word.probability < UNSURE)

    @property
    def counts(self) -> dict[str, int]:
        """How many of each kind, in the order of the legend, without those that there are none of."""
        found = Counter(mark.kind for mark in self.marks)
        found["REMARKS"], found["PAUSES"] = len(self.remarks), len(self.pauses)
        return {kind: found[kind] for kind in LEGEND if found[kind]}

    @property
    def legend(self) -> list[tuple[str, int, str]]:
        """Kind, count and name of what is marked in the text."""
        return [(kind, n, str(LEGEND[kind] % {"n": n})) for kind, n in self.counts.items()]

    @property
    def fillers(self) -> dict[int, str]:
        """Each filler's time in ms and its words."""
        fillers = [mark for mark in self.marks if mark.kind == "FILLERS"]
        return {self.words[mark.first].start_ms: self.quote(mark.first, mark.last) for mark in fillers}

    def quote(self, first: int, last: int) -> str:
        """The words without the punctuation around them."""
        return " ".join(word.text for word in self.words[first : last + 1]).strip(EDGES + " ")

    def commonest(self, kind: str, most: int = 3) -> list[tuple[str, int]]:
        """The words that this kind of mark is on most often, with how often; ties in their order.

        Written as they are within a sentence: of "Um" and "um" the one with fewer capitals.
        """
        quotes = [self.quote(mark.first, mark.last) for mark in self.marks if mark.kind == kind]
        written: dict[str, str] = {}
        for quote in quotes:
            known = written.setdefault(quote.casefold(), quote)
            written[quote.casefold()] = min(known, quote, key=lambda text: sum(map(str.isupper, text)))
        counts = Counter(quote.casefold() for quote in quotes)
        return [(written[key], n) for key, n in counts.most_common(most)]

    @property
    def pieces(self) -> list[Piece]:
        return list(_pieces(self))


def spoken(stored: AnswerTranscript, long_pauses: Sequence[Span], off: Collection[str] = ()) -> Spoken | None:
    """The stored transcript; None where its rows cannot be read. Marks that point nowhere are left out.

    So are marks and remarks of the cues that the person switched `off`.
    """
    try:
        known = Transcript.from_json(
            {"language": stored.language, "words": stored.words, "model": stored.model}
        )
    except (KeyError, TypeError, ValueError):
        return None
    n = len(known.words)
    marks = [mark for mark in stored.marks if mark["code"] not in off]
    found = Spoken(known.language, known.model, known.words, tuple(_marks(marks, n)), (), ())
    return Spoken(
        found.language,
        found.model,
        found.words,
        found.marks,
        remarks=() if Cue.GRAMMAR in off else tuple(_remarks(stored.remarks, found)),
        pauses=tuple(gap for gap in long_pauses if _between(gap, known.words)),
    )


def _between(gap: Span, words: Sequence[Word]) -> bool:
    return bool(words) and words[0].start_ms < gap.start_ms and gap.end_ms < words[-1].end_ms + LONG_PAUSE_MS


def _marks(stored: Iterable[Mapping[str, Any]], n: int) -> Iterator[Marked]:
    for mark in stored:
        first, last = int(mark["first"]), int(mark["last"])
        if mark["code"] in KINDS and 0 <= first <= last < n:
            yield Marked(str(mark["code"]), first, last)


def _remarks(stored: Iterable[Mapping[str, Any]], spoken: Spoken) -> Iterator[LanguageRemark]:
    n = len(spoken.words)
    inside = [one for one in stored if 0 <= int(one["first"]) <= int(one["last"]) < n]
    for number, one in enumerate(sorted(inside, key=lambda one: (one["last"], one["first"])), start=1):
        first, last = int(one["first"]), int(one["last"])
        suggestions = tuple(str(text) for text in one["suggestions"])
        t_ms, quote = spoken.words[first].start_ms, spoken.quote(first, last)
        yield LanguageRemark(number, first, last, str(one["message"]), suggestions, t_ms, quote)


def _pieces(spoken: Spoken) -> Iterator[Piece]:
    kinds = [_kinds_of(spoken.marks, i) for i in range(len(spoken.words))]
    remarked = {i for remark in spoken.remarks for i in range(remark.first, remark.last + 1)}
    gaps = sorted(spoken.pauses, key=lambda gap: gap.start_ms)
    for i, word in enumerate(spoken.words):
        # The recogniser may stretch a word into the silence: a pause stands before the word that begins late in it.
        while gaps and word.start_ms >= (gaps[0].start_ms + gaps[0].end_ms) / 2:
            gap = gaps.pop(0)
            yield Piece(start_ms=gap.start_ms, end_ms=gap.end_ms, pause=units.in_unit("s", gap.seconds))
        yield Piece(
            text=word.text,
            start_ms=word.start_ms,
            end_ms=word.end_ms,
            kinds=" ".join(kinds[i]),
            said=_said(spoken.marks, i),
            unsure=word.probability < UNSURE,
            runs_on=bool(kinds[i]) and any(mark.first <= i < mark.last for mark in spoken.marks),
            remarked=i in remarked,
            notes=tuple(remark.number for remark in spoken.remarks if remark.last == i),
        )


def _kinds_of(marks: Iterable[Marked], i: int) -> list[str]:
    there = {mark.kind for mark in marks if mark.first <= i <= mark.last}
    return [kind for kind in KINDS if kind in there]


def _said(marks: Iterable[Marked], i: int) -> str:
    """What ends at this word, in words."""
    ends = dict.fromkeys(str(KINDS[mark.kind]) for mark in marks if mark.last == i)
    return _(", ").join(ends)


def plain_text(spoken: Spoken, heading: str) -> str:
    """The transcript as a text to keep: heading, the words with long pauses, who wrote it, the remarks."""
    said = " ".join(f"[{piece.pause}]" if piece.pause else piece.text for piece in spoken.pieces)
    machine = _("Written by a machine (%(model)s). It makes mistakes.") % {"model": spoken.model}
    lines = [heading, "", said, "", machine]
    if spoken.remarks:
        lines += ["", _("Remarks on language"), *(_remark_line(remark) for remark in spoken.remarks)]
    return "\n".join(lines) + "\n"


def _remark_line(remark: LanguageRemark) -> str:
    words = {"at": remark.at, "words": remark.quote, "message": remark.message}
    return _("%(at)s “%(words)s”: %(message)s") % words
