"""The cards that stand beside institutions' models: what a reader must know before trusting one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scoring.cues.catalogue import CATALOGUE_VERSION
from scoring.engagement.network import EngagementNetwork, default
from scoring.engagement.serving import MOST_ABSENT
from scoring.training.comparing import CONFIDENCE, Figures

if TYPE_CHECKING:
    from scoring.training import counterfactual as advice
    from scoring.training.agreement import Ceiling
    from scoring.training.engagement import Trial

COLUMNS = ("accuracy", "f1", "auroc", "ece", "brier")


def engagement(trial: Trial, network: EngagementNetwork) -> str:
    """The card of an engagement model in Markdown."""
    return ENGAGEMENT.format(
        trial=trial,
        warning=SIMULATED if trial.simulated else "",
        counts=trial.counts,
        hidden=network.config.hidden,
        start=default()[1].version,
        catalogue=CATALOGUE_VERSION,
        temperature=float(network.temperature),
        whole_temperature=float(network.whole_temperature),
        header=" | ".join(COLUMNS),
        rule="---|" * (len(COLUMNS) + 1),
        rows="\n".join(
            (
                _row(f"{trial.version}, answers", trial.new),
                _row(f"{trial.against}, answers", trial.incumbent),
                _row(f"{trial.version}, seconds", trial.new_seconds),
                _row(f"{trial.against}, seconds", trial.incumbent_seconds),
            )
        ),
        confidence=CONFIDENCE,
        verdict="better than" if trial.better else "not shown to be better than",
        agreement=_agreement(trial.ceiling),
        most_absent=MOST_ABSENT,
    )


def counterfactual(trial: advice.Trial) -> str:
    """The card of an advice generator in Markdown."""
    return COUNTERFACTUAL.format(
        trial=trial,
        figures=trial.figures,
        warning=SIMULATED if trial.simulated else "",
        catalogue=CATALOGUE_VERSION,
    )


def _row(name: str, figures: Figures) -> str:
    return f"| {name} | " + " | ".join(f"{getattr(figures, column):.3f}" for column in COLUMNS) + " |"


def _agreement(found: Ceiling) -> str:
    if not found.answers:
        return "No answer was rated by two raters, so that their agreement is not known."
    return (
        f"Of {found.answers} answers with two or more raters: one rater ICC(1,1) {_known(found.single)}, the mean of "
        f"{_known(found.raters_each, 1)} raters ICC(1,k) {_known(found.mean)}, weighted kappa {_known(found.kappa)}, "
        f"one rater against the rest r = {_known(found.one_against_rest)}."
    )


def _known(value: float | None, digits: int = 2) -> str:
    return "not known" if value is None else f"{value:.{digits}f}"


SIMULATED = """**Trained on simulated people.** Nobody real is in it. No figure below says how it does on real people.

"""

ENGAGEMENT = """# Model card: {trial.version}

{warning}**What it says.** The probability that listeners rate an answer, or a second of it, as engaged: above the
middle of their scale (one right there counts half). It is called "estimated listener rating: engagement" and shown
to the learner alone. It says nothing of what a person feels or is. It is not for grading, selecting or comparing
people.

**Who is in it.** {counts.people} people with {counts.answers} rated answers in {counts.interviews} interviews
({counts.seconds} seconds); {counts.ratings} ratings by {counts.raters} raters on {trial.levels} levels. Source:
{trial.source}. Whoever belongs to a group that is not among them should expect worse than the figures below.

**Model.** Two dense layers of {hidden} over 18 features (catalogue {catalogue}), ordinal head, started at {start}.
The label of an answer goes to its seconds. Temperature {temperature:.2f} of seconds, {whole_temperature:.2f} of
answers. Seed {trial.seed}.

**Figures** by {trial.folds}-fold cross-validation: nobody is in training and test. Against the side that most
raters take, and for ece and brier against the share of them that says high.

| | {header} |
|{rule}
{rows}

AUROC of answers differs by {trial.difference.value:+.3f} ({confidence:.0%} interval over people
{trial.difference.low:+.3f} to {trial.difference.high:+.3f}). By the rule of docs/interchange.md it is {verdict}
{trial.against}.

**Ceiling.** {agreement} No model can agree with raters better than they agree with each other.

**Left out of the figures.** {trial.abstained} answers with too little signal, {trial.undecided} on which the raters
are split evenly, {trial.seen} of people from whose ratings {trial.against} has learnt.

**When it abstains.** For a second with more than {most_absent} of the 18 features absent, without any of gaze, head
activity and valence, or without the voice; for an answer with less than half of its seconds estimated.

**Known faults.** One second at a time: it does not know what came before. Seconds have the label of their answer,
so that a second's estimate is what is usual in answers of that rating. The temperatures are fitted on few people.
Raters' habits and prejudices are learnt with their ratings; figures by group are not computed here.
"""

COUNTERFACTUAL = """# Model card: {trial.version}

{warning}**What it says.** For a second that {trial.classifier} rates low: the smallest plausible change of
behaviour with which it would have rated it high. It explains that model and no other, and learners are told never
more than two changes. It does not know whether a change is good for a person, or possible.

**Who is in it.** {trial.seconds} seconds of {trial.answers} answers of {trial.people} people, ratings not needed.
Source: {trial.source}.

**Model.** GANterfactual with dense blocks, residual and masked, over 18 features (catalogue {catalogue}); what may
be advised, within which range and which way: scoring/advice/schema.py. Seed {trial.seed}.

**Figures** on {figures.seconds} low seconds of {trial.held_out} people held out.

| what | value |
|---|---|
| the verdict turns | {figures.valid:.3f} |
| the verdict turns with at most two changes | {figures.valid_shown:.3f} |
| features changed, median | {figures.changed:.0f} |
| way in training spreads (L1), mean | {figures.way:.2f} |
| distance to the nearest real high seconds, over that of real high seconds | {figures.plausibility:.2f} |
| frozen features moved | {figures.frozen_moved} |
| values out of range | {figures.out_of_range} |
| changes in a direction that nobody may advise | {figures.wrong_sign} |

**Known faults.** It turns a model's verdict; that listeners follow is not shown. One second at a time. Where
listeners like what a coach may not advise, few verdicts turn, and the coach then says how far two changes get.
"""
