"""German: what is a filler, a hedge, a right repetition, in interviews as they are spoken.

Not counted as fillers, because they mostly say something: ja, so, einfach, eigentlich (a hedge), doch, mal.
"""

from __future__ import annotations

import re

from scoring.cues.words.languages.language import Language, Restarting, Where, phrase, phrases, words
from scoring.cues.words.tokens import Writing

_SUBJECTS = "ich wir es das man er sie der die mein meine unser unsere"
_ALSO_AFTER = (
    f"{_SUBJECTS} bei im in am an mit nach vor zu zuerst für von wenn als weil ja erstmal erst grundsätzlich "
    "prinzipiell generell halt äh ähm ehm"
)
_ASKING = "was wie ob dass wer wo wann warum wieso weshalb welche welcher welches"
_PARTICLE_AFTER = (
    "ist sind war waren habe hat haben hatte hatten kann können muss müssen musste konnte bin es das ich wir man auch "
    "dann und da sich mir mich uns wird werden wurde sie er die der weil dass aber mal ja nur wollte würde"
)

_FILLERS = (
    phrase("also", Where.START, only_after=_ALSO_AFTER),
    phrase("also", Where.START_SET_OFF),
    phrase("also", Where.BOTH),
    phrase("also", Where.BEFORE, only_before="äh ähm ehm hm hmm ja genau", only_after=_ALSO_AFTER),
    phrase("also", only_before="äh ähm ehm", only_after=_ALSO_AFTER),
    phrase(
        "halt",
        only_before=_PARTICLE_AFTER.replace(" ich ", " "),
        unless_after="gemacht machen gefunden finden mich fest an",
        plain=True,
    ),
    phrase(
        "halt",
        only_before="ich",
        unless_after="mich mir das es die den an fest aus ihn sie viel nichts für wenig davon dich euch",
        plain=True,
    ),
    phrase("halt", Where.BOTH, plain=True, unless_after="mich"),
    phrase("halt", only_after="eben", plain=True),
    phrase("halt", only_before="eben", plain=True),
    phrase(
        "halt",
        Where.WITHIN,
        unless_before="ich der den dem einen ein kein keinen",
        unless_after="mich dich an fest die das den ihn",
        plain=True,
    ),
    phrase(
        "eben",
        Where.WITHIN,
        only_before=_PARTICLE_AFTER.replace(" dann ", " ").replace(" nur ", " "),
        unless_after=(
            "und gesagt erwähnt genannt gerade erst noch schon angesprochen beschrieben gehört erzählt gesehen nicht "
            "genau falls erläutert gesprochen meinte sagte"
        ),
        unless_near="gesagt erwähnt genannt angesprochen beschrieben erzählt wie erläutert gesprochen",
    ),
    phrase("eben", only_before="halt", plain=True),
    phrase("eben", only_after="halt"),
    phrase("sozusagen"),
    phrase("quasi", unless_before="ein eine einen einem einer der die das den dem diese dieser dieses"),
    phrase("naja"),
    phrase("tja"),
    phrase("na ja"),
    phrase("genau", Where.BOTH, unless_before="ganz sehr nicht so", unless_after="so wie das genommen"),
    phrase("ne", Where.END),
    phrase("ne", Where.BOTH),
    phrase("weißt du", Where.BOTH, unless_after=_ASKING),
    phrase("wissen sie", Where.BOTH, unless_after=_ASKING),
    *phrases("ich sag mal\nich sage mal\nsag ich mal\nsage ich mal\nsagen wir mal\nich sag mal so"),
    phrase("sagen wir", Where.BOTH),
    phrase("wie gesagt", Where.BOTH),
    phrase("wie soll ich sagen"),
    phrase("wie sagt man", Where.BOTH),
)

_HEDGES = (
    *phrases(
        "vielleicht\nwahrscheinlich\nvermutlich\neventuell\nmöglicherweise\neigentlich\nirgendwie\ngewissermaßen\n"
        "mehr oder weniger\nim prinzip\nunter umständen\nin gewisser weise\neinigermaßen"
    ),
    phrase("ich glaube", unless_before="was woran wie wenn", unless_after="an ihm ihr ihnen dir daran fest"),
    phrase("glaube ich", unless_before="was woran daran das wie", unless_after="an ihm ihr ihnen dir fest"),
    phrase(
        "ich denke",
        unless_before="was wie wenn woran",
        unless_after="an über in mit nach daran darüber gern gerne oft",
    ),
    phrase(
        "denke ich",
        unless_before="was wie woran oft gerne",
        unless_after="an über in mit nach daran darüber oft",
    ),
    phrase("ich würde sagen"),
    phrase("würde ich sagen"),
    phrase("ich schätze", Where.AFTER),
    phrase("ich vermute"),
    phrase("ich nehme an", Where.AFTER),
    phrase("ein bisschen", unless_before="kein"),
    phrase("ein wenig"),
    phrase("könnte sein"),
    phrase("ich bin mir nicht sicher"),
    phrase("ich bin nicht sicher"),
    phrase("oder so", Where.END),
)

_RESTARTING = Restarting(
    unfinished=words(
        "ein eine einen einem einer eines mein meine meinen meinem meiner unser unsere unseren unserem unserer im beim "
        "vom zum zur am weil dass wenn und des"
    ),
    auxiliaries=words(
        "bin habe hab hatte war wurde werde würde kann konnte wollte möchte muss musste sind haben hatten waren wurden "
        "werden würden können konnten wollten ist hat wird ich wir"
    ),
    subjects=words("ich wir es das man er sie die der mein meine"),
    stems={},
    subordinates=words(
        "als wie was wo wer wann warum welche welcher welches dass weil wenn ob während nachdem bevor damit obwohl "
        "sodass die der das den dem deren dessen"
    ),
    pronouns=words("ich wir er"),
    openers=words("und aber"),
    repairs=(
        ("ich", "meine"),
        ("nein",),
        ("oder", "besser", "gesagt"),
        ("beziehungsweise",),
        ("also",),
        ("sorry",),
    ),
)

GERMAN = Language(
    code="de",
    writing=Writing(
        words("z.b b d.h h u.a bzw ca usw etc dr prof nr evtl ggf inkl bspw str sog vgl mio mrd"),
        ordinals=True,
    ),
    filled_pauses=re.compile(r"(?:ä|ae)+h+m*|(?:ä|ae)+hm+|ö+h+m*|e+hm+|h+m+|u+h+m*|m{3,}|a+hm+"),
    names=words("hm"),
    fillers=_FILLERS,
    hedges=_HEDGES,
    first_singular=words("ich mich mir mein meine meinen meinem meiner meines meins ich's"),
    first_plural=words("wir uns unser unsere unseren unserem unserer unseres unsers wir's"),
    not_first_person=(phrase("meine", only_before="ich"), phrase("meine", only_after="ich")),
    rightly_twice=words(
        "die der das den dem sie ihr es ihnen sehr ganz viele viel nein ja so immer war ist sind hat haben wird werden "
        "wurde wurden hatte hatten kann können an auf ab aus vor nach bei mit zu ein um weiter lange weit hallo bitte "
        "danke schnell okay ok nie gut groß wir blah"
    ),
    phrases_rightly_twice=frozenset({("vielen", "dank"), ("alles", "klar")}),
    restarting=_RESTARTING,
    numbers=words(
        "null eins zwei zwo drei vier fünf sechs sieben acht neun zehn elf zwölf zwanzig hundert doppel"
    ),
    joining=words("und oder um für"),
    comma_divides=True,
)
