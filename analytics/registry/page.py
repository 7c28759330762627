"""The administrator's page of models, put together. The number of queries does not depend on how much there is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import Institution, ModelKind, User
from analytics.registry import words
from analytics.registry.comparison import Comparison, comparison
from analytics.review import AgreementLine, agreement_line
from scoring.models import ModelSwitch, ModelVersion, RunState, TrainingRun
from scoring.registry.actions import before_the_present_one, why_not
from scoring.registry.queries import in_use
from sessions.models import RatingKind, Rescoring
from sessions.ratings.agreement import agreements
from sessions.ratings.queries import MOST_RATINGS
from sessions.training.actions import GOING_ON
from sessions.training.material import Amount, Lack, amount, lack_of, ratings_of


@dataclass(frozen=True, slots=True)
class InUse:
    """What runs for one kind of rating; `version` is None where nothing does, `since` where it always did."""

    kind: str
    version: ModelVersion | None
    origin: str
    since: datetime | None
    by: User | None
    allowed: bool
    """Whether the institution's policy lets it run."""


@dataclass(frozen=True, slots=True)
class Going:
    """A job that goes on, with how far it is."""

    text: str
    percent: int


@dataclass(frozen=True, slots=True)
class Material:
    """What there is to learn from, in words."""

    amount: Amount
    text: str
    lack: str
    agreement: AgreementLine | None


@dataclass(frozen=True, slots=True)
class Last:
    """The newest training that has ended: what it showed, and what may be done with it."""

    run: TrainingRun
    comparison: Comparison | None
    version: ModelVersion | None
    in_use: bool
    may: bool
    why_not: str
    problem: str


@dataclass(frozen=True, slots=True)
class Jobs:
    """The part of the page that asks again while something goes on."""

    run: TrainingRun | None
    training: Going | None
    rescoring_row: Rescoring | None
    rescoring: Going | None

    @property
    def going_on(self) -> bool:
        return bool(self.training or self.rescoring)

    def same_as(self, asked: Mapping[str, str]) -> bool:
        """Whether these are still the jobs that the page was drawn with."""
        return (asked.get("run", ""), asked.get("rescoring", "")) == (self.run_id, self.rescoring_id)

    @property
    def run_id(self) -> str:
        return str(self.run.pk) if self.run else ""

    @property
    def rescoring_id(self) -> str:
        return str(self.rescoring_row.pk) if self.rescoring_row else ""


@dataclass(frozen=True, slots=True)
class Page:
    in_use: tuple[InUse, ...]
    runs: bool
    """Whether the policy runs any listener model: without one a training has no effect."""
    engagement: ModelVersion | None
    back: ModelVersion | None
    material: Material
    last: Last | None
    jobs: Jobs


def page_of(institution: Institution) -> Page:
    engagement = in_use(institution.pk, ModelKind.ENGAGEMENT)
    return Page(
        in_use=_lines(institution, engagement),
        runs=institution.runs(ModelKind.ENGAGEMENT),
        engagement=engagement,
        back=before_the_present_one(institution),
        material=_material(institution, engagement),
        last=_last(institution, engagement),
        jobs=jobs_of(institution),
    )


def _lines(institution: Institution, engagement: ModelVersion | None) -> tuple[InUse, ...]:
    advice = in_use(institution.pk, ModelKind.ADVICE)
    if advice is not None and (engagement is None or advice.against != engagement.name):
        advice = None
    found = ((ModelKind.ENGAGEMENT, engagement), (ModelKind.ADVICE, advice))
    return tuple(_line(institution, kind, version) for kind, version in found)


def _line(institution: Institution, kind: ModelKind, version: ModelVersion | None) -> InUse:
    switches = ModelSwitch.objects.filter(institution=institution, kind=kind, version=version)
    newest = switches.select_related("by").order_by("-made_at", "-pk").first() if version else None
    return InUse(
        kind=str(kind.label),
        version=version,
        origin=words.origin(version) if version else "",
        since=newest.made_at if newest else None,
        by=newest.by if newest else None,
        allowed=institution.runs(kind),
    )


def _material(institution: Institution, engagement: ModelVersion | None) -> Material:
    found = amount(institution, engagement)
    lack = lack_of(found)
    return Material(found, words.amount(found), words.lack(lack) if lack else "", _agreement(institution))


def _agreement(institution: Institution) -> AgreementLine | None:
    """Of the newest ratings; None where nothing was rated."""
    rows = ratings_of(institution).filter(kind=RatingKind.TEACHER)
    newest = rows.order_by("-made_at", "pk").only("answer", "rater", "engagement", "criteria")[:MOST_RATINGS]
    found = list(newest)
    return agreement_line(agreements(found)[0]) if found else None


def _last(institution: Institution, engagement: ModelVersion | None) -> Last | None:
    rows = TrainingRun.objects.filter(institution=institution, state__in=(RunState.DONE, RunState.FAILED))
    run = rows.select_related("by").order_by("-created_at", "-pk").first()
    if run is None:
        return None
    versions = ModelVersion.objects.defer("weights", "card").select_related("run")
    version = versions.filter(run=run, kind=ModelKind.ENGAGEMENT).first()
    used = version is not None and engagement is not None and version.pk == engagement.pk
    refused = why_not(institution, version) if version and not used else None
    return Last(
        run=run,
        comparison=comparison(run, in_use=used) if run.state == RunState.DONE else None,
        version=version,
        in_use=used,
        may=version is not None and not used and refused is None,
        why_not=str(refused) if refused else "",
        problem=words.problem(run.problem) if run.state == RunState.FAILED else "",
    )


def jobs_of(institution: Institution) -> Jobs:
    run = TrainingRun.objects.filter(institution=institution, state__in=GOING_ON).first()
    again = Rescoring.objects.filter(institution=institution, state__in=GOING_ON).first()
    return Jobs(
        run=run,
        training=Going(*words.stage(run.progress)) if run else None,
        rescoring_row=again,
        rescoring=_rescoring(again) if again else None,
    )


def _rescoring(row: Rescoring) -> Going:
    text = _("Scoring the history anew: %(done)s of %(total)s answers") % {
        "done": row.done,
        "total": row.total,
    }
    return Going(text, round(100 * row.done / row.total) if row.total else 0)


__all__ = ["Going", "InUse", "Jobs", "Lack", "Last", "Material", "Page", "jobs_of", "page_of"]
