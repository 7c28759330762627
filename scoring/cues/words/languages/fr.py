"""French: what is a filler, a hedge, a right repetition, in interviews as they are spoken.

Not counted as fillers, because they mostly say something: donc, alors, enfin, bref, quand même, voilà with
a complement.
"""

from __future__ import annotations

import re

from scoring.cues.words.languages.language import Language, Restarting, Where, phrase, phrases, words
from scoring.cues.words.tokens import Writing

_ASKING = "que qu' ce comment pourquoi si où quoi qui quand combien"
_ARTICLE = "le la les l' un une des mon ma mes notre nos cette ces bien tout toutes déjà"
_NO_KIND = (
    "ce le du un cet les même ces bon mauvais quel tout son autre mon leur notre tel aucun certain différent au en de "
    "seul drôle nouveau grand"
)

_FILLERS = (
    phrase("du coup", Where.START, unless_after="de d'"),
    phrase("du coup", Where.EITHER, unless_after="de d'", unless_before="à cause lors auteur"),
    phrase(
        "du coup",
        only_before="et mais donc que parce puis alors j'ai ai est était a avait suis étais c'est on il ça",
        unless_after="de d'",
    ),
    phrase("en fait", Where.BOTH, unless_before="il elle on qui n' ça cela je tu"),
    phrase(
        "en fait",
        Where.EITHER,
        unless_before="il elle on qui n' ne ça cela je tu",
        unless_after="un une partie beaucoup trop de des du d' plus l' le la les pas",
    ),
    phrase(
        "en fait",
        only_before="et mais que qu' parce est donc était alors car puis ai suis avait",
        unless_after="un une partie beaucoup trop de des du d' plus l' le la les pas",
    ),
    phrase(
        "en fait", only_before="mais car", unless_after="un une partie beaucoup trop de des du d' plus pas"
    ),
    phrase("genre", Where.BOTH, unless_before=_NO_KIND, unless_after="de d' humain"),
    phrase(
        "genre",
        only_before="était est et avait a ai avec pendant pour fait dit y avaient sont mais",
        only_after="# deux trois quatre cinq six sept huit dix vingt trente cent on il elle j' je c' tu vraiment super",
    ),
    phrase(
        "genre",
        Where.BEFORE,
        unless_before=_NO_KIND,
        only_after="# deux trois quatre cinq dix vingt on il j' je c'",
    ),
    phrase(
        "quoi",
        Where.END,
        unless_before=(
            "de à pour sur avec sans en par vers contre importe pas sait sais est c'est faire dire ou savoir après "
            "comprendre devant selon lequel bon il fais fait rien comment expliquer voir mieux et voilà"
        ),
    ),
    phrase("voilà quoi", Where.END),
    phrase("tu vois", Where.BOTH, unless_before="si que comme quand ce", unless_after=_ASKING),
    phrase(
        "tu vois",
        Where.EITHER,
        unless_before="si que qu' comme quand ce où et",
        unless_after=f"{_ASKING} {_ARTICLE}",
    ),
    phrase("vous voyez", Where.BOTH, unless_before="si que comme quand ce", unless_after=_ASKING),
    phrase("vous savez", Where.BOTH, unless_before="si que comme quand ce", unless_after=_ASKING),
    phrase("tu sais", Where.BOTH, unless_before="si que comme quand ce", unless_after=_ASKING),
    phrase(
        "voilà", Where.BOTH, unless_before="nous me te vous la le les y", unless_after="pourquoi ce comment"
    ),
    phrase("bon", Where.START_SET_OFF),
    phrase("bon", only_after="ben bah beh voilà", unless_before="un le très ce assez est"),
    phrase("disons", Where.BOTH),
    phrase("je veux dire", Where.BOTH),
    phrase(
        "je veux dire",
        Where.BEFORE,
        unless_before="que ce si comme",
        unless_after="que qu' par quelque merci",
    ),
    phrase("comment dire", Where.BOTH),
    phrase("on va dire", Where.BOTH, unless_before="que qu' quoi"),
    phrase("on va dire", Where.AFTER, unless_before="que qu' quoi si"),
)

_HEDGES = (
    *phrases(
        "peut-être\nprobablement\nsans doute\néventuellement\nplus ou moins\nen quelque sorte\na priori\nje dirais\n"
        "il me semble\nj' ai l' impression\nd' une certaine manière\nd' une certaine façon\nj' imagine\nje suppose\n"
        "je ne suis pas sûr\nje ne suis pas sûre\nje suis pas sûr\nje suis pas sûre\ndisons que\ndisons qu'\n"
        "on va dire que\non va dire qu'"
    ),
    phrase(
        "je pense",
        unless_before="ce quand si comme que quoi",
        unless_after="à aux au souvent beaucoup comme différemment",
    ),
    phrase("je crois", unless_before="ce si comme que", unless_after="en à au aux beaucoup"),
    phrase("un peu", unless_after="de d' plus"),
    phrase("en gros"),
    phrase("ou quelque chose comme ça"),
)

_RESTARTING = Restarting(
    unfinished=words(
        "le les l' un une des du d' mon ma mes notre nos cette ces au aux dans que qu' j' c' et parce chaque"
    ),
    auxiliaries=words(
        "suis étais ai avais est était vais allais sommes avons étions avions dois peux pouvais veux voulais voudrais "
        "a je nous on va"
    ),
    subjects=words("je j' nous on il elle c' ça ce le la les l' mon ma mes notre"),
    stems={"j'": "je", "c'": "ce", "l'": "le", "qu'": "que", "d'": "de", "m'": "me", "n'": "ne"},
    subordinates=words("que qu' comme où quand qui ce quoi dont si lorsque lorsqu' puisque"),
    pronouns=words("je nous il elle"),
    openers=words("et mais donc"),
    repairs=(
        ("je", "veux", "dire"),
        ("non",),
        ("enfin",),
        ("pardon",),
        ("ou", "plutôt"),
        ("plutôt",),
        ("bon",),
    ),
)

FRENCH = Language(
    code="fr",
    writing=Writing(words("m mme mlle mm dr pr etc ex p.ex env max min"), elisions=True),
    filled_pauses=re.compile(
        r"e+u+h+|h+e+u+h*|h+u+m+|h+m+|b+a+h+|b+e+n+|b+e+h+|h+e+i+n+|u+h+m*|m{3,}|e+h+m+"
    ),
    names=words("ben hum"),
    fillers=_FILLERS,
    hedges=_HEDGES,
    first_singular=words("je j' me m' moi mon ma mes mien mienne miens miennes moi-même"),
    first_plural=words("nous notre nos nôtre nôtres on nous-mêmes"),
    not_first_person=(
        *phrases("on dit\non dirait\non va dire\non peut dire", unless_before="nous"),
        phrase("on", only_before="l'"),
    ),
    rightly_twice=words(
        "nous vous très non oui si tout bien en est fait a sont petit jamais trop plus y loin longtemps super vraiment "
        "merci allô grand vite bon ça beaucoup ok d'accord"
    ),
    phrases_rightly_twice=frozenset(
        {("pas", "du", "tout"), ("merci", "beaucoup"), ("petit", "à"), ("peu", "à")}
    ),
    restarting=_RESTARTING,
    numbers=words("zéro un deux trois quatre cinq six sept huit neuf dix onze douze vingt cent"),
    joining=words("et ou à par"),
)
