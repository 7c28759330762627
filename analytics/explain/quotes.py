"""Examples of what is measured in words: a quoted answer in the reader's language, with its marks and the arithmetic.

A quote is content of its language and no translation of another: [..] are the words that the cue marks, {..} the ones
that it counts against them (we against I). A test has every quote read by the measurement itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.utils.translation import gettext as _

from analytics import units
from scoring.cues.catalogue import Cue

WPM_S = 11.0
"""Seconds from the first to the last word in the example of pace."""

_STORY = {
    "en": (
        "I worked in a bakery for two years. Every morning I opened the shop with a colleague. We sold "
        "bread to people from all over the town."
    ),
    "de": (
        "Ich habe zwei Jahre in einer Bäckerei gearbeitet. Jeden Morgen habe ich mit einem Kollegen den "
        "Laden geöffnet. Wir haben Brot für die ganze Stadt gebacken."
    ),
    "fr": (
        "J'ai travaillé deux ans dans une boulangerie. Chaque matin j'ouvrais le magasin avec un collègue. "
        "Nous vendions du pain à des gens de toute la ville."
    ),
}

QUOTES: Mapping[Cue, Mapping[str, str]] = MappingProxyType(
    {
        Cue.WPM: _STORY,
        Cue.WORDS: _STORY,
        Cue.SENT_LEN: _STORY,
        Cue.FILLERS: {
            "en": (
                "[Um], I worked in a small bakery for two years, and, [you know], I liked to help people "
                "with their orders every morning."
            ),
            "de": (
                "[Ähm], ich habe zwei Jahre in einer kleinen Bäckerei gearbeitet, und, [äh], am liebsten "
                "habe ich den Leuten am Morgen ihre Brötchen verkauft."
            ),
            "fr": (
                "[Euh], j'ai travaillé deux ans dans une petite boulangerie, et, [euh], j'aimais bien "
                "servir les gens du quartier tous les matins avant midi."
            ),
        },
        Cue.REPEATS: {
            "en": (
                "I think [we we] should always ask the customer first, because then we know what they want "
                "and can help them."
            ),
            "de": (
                "Im Laden frage [ich ich] immer zuerst den Kunden, was er sucht, weil wir ihm dann viel "
                "schneller helfen können als sonst."
            ),
            "fr": (
                "Au magasin, [je je] demande toujours au client ce qu'il cherche, parce que comme ça je "
                "peux l'aider tout de suite."
            ),
        },
        Cue.RESTARTS: {
            "en": (
                "In the shop, [I was, I am] still the one who opens in the morning and who counts the "
                "money in the evening."
            ),
            "de": (
                "[Ich war, ich bin] immer noch derjenige im Laden, der am Morgen aufschließt und am Abend "
                "die Kasse zählt und den Boden wischt."
            ),
            "fr": (
                "Au magasin, [je suis, j'étais] celui qui ouvrait le matin, qui rangeait les rayons et qui "
                "comptait la caisse le soir."
            ),
        },
        Cue.HEDGES: {
            "en": (
                "[Maybe] I could work at the till first, and [I think] after a week I would also help with "
                "the deliveries."
            ),
            "de": (
                "[Vielleicht] könnte ich zuerst an der Kasse arbeiten, und [ich glaube], nach einer Woche "
                "würde ich auch bei den Lieferungen helfen."
            ),
            "fr": (
                "[Peut-être] que je pourrais d'abord travailler à la caisse, et [je pense] qu'après une "
                "semaine j'aiderais aussi pour les livraisons du matin."
            ),
        },
        Cue.I_WE: {
            "en": (
                "In the kitchen {we} shared all tasks, but [I] wrote the plan, [I] ordered the food, and "
                "{our} guests were happy with [my] work."
            ),
            "de": (
                "In der Küche haben {wir} alles geteilt, aber [ich] habe den Plan geschrieben, [ich] habe "
                "eingekauft, und {unsere} Gäste waren mit [meiner] Arbeit zufrieden."
            ),
            "fr": (
                "En cuisine {nous} partagions tout, mais [j'ai] écrit le plan, [j'ai] commandé les "
                "produits, et {nos} clients étaient contents de [mon] travail."
            ),
        },
        Cue.UNIQUE: {
            "en": (
                "I like working with people because every customer is different. Some customers know what "
                "they want, and some want to look around first. I greet them, I listen, and then I show "
                "them what we have. When they come back the next week and know my name, I am happy."
            ),
            "de": (
                "Ich arbeite gern mit Menschen, weil jeder Kunde anders ist. Manche Kunden wissen, was sie "
                "wollen, und manche wollen erst einmal schauen. Ich grüße sie, ich höre zu, und dann zeige "
                "ich ihnen, was wir haben. Wenn sie in der nächsten Woche wiederkommen und meinen Namen "
                "wissen, bin ich froh."
            ),
            "fr": (
                "Je travaille avec plaisir avec les gens parce que chaque client est différent. Certains "
                "clients savent ce qui leur faut, et certains veulent regarder avant tout. Je les salue, "
                "je les écoute, et je leur montre tout. Quand ils reviennent et savent mon nom, je suis "
                "content de mon travail."
            ),
        },
        Cue.GRAMMAR: {
            "en": (
                "Last summer I worked in [an] small shop near the station, and I learned how to talk to "
                "customers every day."
            ),
        },
    }
)

_MARK = re.compile(r"\[(?P<mark>[^\]]+)\]|\{(?P<other>[^}]+)\}")
_END = re.compile(r"[.?!]\s+")


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a quote. `kind`: "" plain, "mark" marked, "other" counted against the marks."""

    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    """A quoted answer in `language`, in parts, and the values that its example names."""

    language: str
    parts: tuple[Part, ...]
    values: dict[str, str]

    @property
    def text(self) -> str:
        return "".join(part.text for part in self.parts)


def quote(cue: Cue, language: str) -> Quote | None:
    """The example of a verbal cue in this language, in English where there is none; None for other cues."""
    found = QUOTES.get(cue)
    if found is None:
        return None
    code = language[:2] if language[:2] in found else "en"
    parts = tuple(_parts(found[code]))
    return Quote(code, parts, _values(cue, parts))


def value_of(cue: Cue, parts: tuple[Part, ...]) -> float:
    """The cue's value over the quote, by the arithmetic that the example tells."""
    said = words("".join(part.text for part in parts))
    marks = sum(part.kind == "mark" for part in parts)
    if cue is Cue.WORDS:
        return len(said)
    if cue is Cue.WPM:
        return 60 * len(said) / WPM_S
    if cue is Cue.SENT_LEN:
        return len(said) / len(sentences(parts))
    if cue is Cue.UNIQUE:
        return len({word.lower() for word in said}) / len(said)
    if cue is Cue.I_WE:
        return marks / sum(part.kind != "" for part in parts)
    return 100 * marks / len(said)


def _parts(marked: str) -> list[Part]:
    parts, at = [], 0
    for found in _MARK.finditer(marked):
        parts += [Part(marked[at : found.start()]), Part(found[1] or found[2], found.lastgroup or "")]
        at = found.end()
    return [part for part in (*parts, Part(marked[at:])) if part.text]


def words(text: str) -> list[str]:
    """The words of a text, without the punctuation around them."""
    return [word.strip(".,?!") for word in text.split() if any(letter.isalnum() for letter in word)]


def sentences(parts: tuple[Part, ...]) -> list[str]:
    return _END.split("".join(part.text for part in parts))


def _values(cue: Cue, parts: tuple[Part, ...]) -> dict[str, str]:
    said = words("".join(part.text for part in parts))
    kinds = [part.kind for part in parts if part.kind]
    lengths = [str(len(words(sentence))) for sentence in sentences(parts)]
    return {
        "n": str(len(kinds)),
        "alone": str(kinds.count("mark")),
        "together": str(kinds.count("other")),
        "words": str(len(said)),
        "different": str(len({word.lower() for word in said})),
        "sentences": str(len(lengths)),
        "lengths": _("%(several)s and %(last)s")
        % {"several": _(", ").join(lengths[:-1]), "last": lengths[-1]},
        "seconds": units.limit("s", WPM_S),
        "number": units.tick("s", WPM_S),
        "value": units.quantity(cue, value_of(cue, parts)),
    }
