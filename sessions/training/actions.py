"""Asking for a training, stopping it, and doing it from beginning to end.

The work takes minutes: it holds no transaction, and leaves what it has done in the run's work folder, from where the
next try goes on. Whether the new model is better or not, it is registered; only a better one may be switched on.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actions import ActionRefused, record
from accounts.models import Institution, ModelKind, User
from scoring.models import RunState, TrainingRun
from scoring.registry.queries import in_use
from sessions.training import export
from sessions.training.folder import Plan, WorkFolder
from sessions.training.keeping import Unusable, keep
from sessions.training.material import Lack, amount, lack_of, learned_from
from sessions.training.queue import queue_training
from sessions.training.watch import Ending, Stop, Watch

log = structlog.get_logger(__name__)

GOING_ON = (RunState.WAITING, RunState.RUNNING)
GAVE_UP = "gave_up"
"""The `problem` of a run that ended by a fault of ours at every try."""


class TooLittle(ActionRefused):
    """`lack` says of what, and how much is needed."""

    text = _("There are not enough rated answers yet to train on.")

    def __init__(self, lack: Lack) -> None:
        super().__init__()
        self.lack = lack


class AlreadyTraining(ActionRefused):
    text = _("A training is going on already. It can be stopped.")


class Interrupted(Exception):
    """The worker goes: the job is to be done again, and goes on where it was."""


@transaction.atomic
def ask(*, institution: Institution, by: User) -> TrainingRun:
    """Train on what the institution's people have rated, as soon as a worker is free.

    Raises TooLittle, AlreadyTraining; then nothing was begun.
    """
    Institution.objects.select_for_update().get(pk=institution.pk)
    if TrainingRun.objects.filter(institution=institution, state__in=GOING_ON).exists():
        raise AlreadyTraining
    lack = lack_of(amount(institution, in_use(institution.pk, ModelKind.ENGAGEMENT)))
    if lack is not None:
        raise TooLittle(lack)
    run = TrainingRun.objects.create(institution=institution, by=by)
    record(institution=institution, actor=by, verb="train_models", run=str(run.pk))
    queue_training(run_id=run.pk)
    return run


@transaction.atomic
def stop(*, run: TrainingRun, by: User) -> bool:
    """It ends within seconds, and nothing of it stays; whether there was anything to stop."""
    rows = TrainingRun.objects.filter(pk=run.pk, state__in=GOING_ON)
    stopped = rows.update(state=RunState.STOPPED, ended_at=timezone.now(), progress={})
    if stopped:
        record(institution=run.institution, actor=by, verb="stop_training", run=str(run.pk))
    return bool(stopped)


def train(*, run_id: uuid.UUID, should_abort: Callable[[], bool] = lambda: False) -> RunState | None:
    """Do the training and keep what it made; None when there is nothing (left) to do.

    Idempotent: only a run that goes on is worked on, by one worker at a time. When somebody withdraws a consent or
    deletes an answer meanwhile, it begins again without that. Raises Interrupted once `should_abort` says so.
    """
    run = _begun(run_id)
    work = WorkFolder(run_id)
    if run is None:
        work.clear()
        return None
    watch = Watch(run, should_abort)
    with work.held(watch.should_stop) as ours:
        return _train(run, watch, work) if ours else _ended(watch, work)


def _begun(run_id: uuid.UUID) -> TrainingRun | None:
    rows = TrainingRun.objects.filter(pk=run_id, state__in=GOING_ON)
    rows.update(state=RunState.RUNNING)
    return rows.select_related("institution").first()


def _train(run: TrainingRun, watch: Watch, work: WorkFolder) -> RunState | None:
    # Imported here: it needs torch, which a web process never loads.
    from sessions.training.learning import learn

    while True:
        try:
            plan = _gather(run, watch, work)
            learned = learn(run, plan, watch, work)
            watch.check_all()
        except Unusable as unusable:
            work.clear()
            return _fail(run, unusable.problem)
        except Stop:
            if watch.ending != Ending.MATERIAL:
                return _ended(watch, work)
            log.info("training_begins_again", run=str(run.pk))
            work.begin_again()
            watch.begin_again()
            continue
        kept = keep(run, learned)
        work.clear()
        return RunState.DONE if kept else None


def _gather(run: TrainingRun, watch: Watch, work: WorkFolder) -> Plan:
    """What is learned from lies in the work folder afterwards: written now, or (after a kill) by an earlier try."""
    plan = work.plan()
    if plan is None:
        work.begin_again()
        plan = _written(run, watch, work)
        work.keep_plan(plan)
    watch.learns_from(plan.answers)
    watch.check_all()
    return plan


def _written(run: TrainingRun, watch: Watch, work: WorkFolder) -> Plan:
    against = in_use(run.institution_id, ModelKind.ENGAGEMENT)
    if against is None:
        raise Unusable("no_model")
    wanted, written = export.answer_ids(run.institution), []
    for one in export.write(run.institution, work.data, wanted):
        written.append(one)
        watch.report("data", len(written) / len(wanted))
    known = learned_from(run.institution, against)
    seen = {one.person for one in written if one.user in known}
    return Plan(tuple(one.answer for one in written), against.name, tuple(sorted(seen)))


def _ended(watch: Watch, work: WorkFolder) -> RunState | None:
    if watch.ending == Ending.SHUTDOWN:
        raise Interrupted
    work.clear()
    return RunState.STOPPED


def _fail(run: TrainingRun, problem: str) -> RunState | None:
    log.warning("training_failed", run=str(run.pk), problem=problem)
    rows = TrainingRun.objects.filter(pk=run.pk, state__in=GOING_ON)
    failed = rows.update(state=RunState.FAILED, problem=problem[:300], progress={}, ended_at=timezone.now())
    return RunState.FAILED if failed else None


def give_up(*, run_id: uuid.UUID) -> None:
    """Every try ended by a fault: the run says so, and its folder goes."""
    run = TrainingRun.objects.filter(pk=run_id, state__in=GOING_ON).first()
    if run is not None:
        _fail(run, GAVE_UP)
    WorkFolder(run_id).clear()
