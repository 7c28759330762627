"""A training from asking to its end: refused, stopped, killed, begun again, failed, kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.actions import withdraw_consent
from accounts.models import AuditEntry, Institution, ModelKind, Purpose, User
from scoring.interchange.reading import read
from scoring.models import ModelVersion, RunState, TrainingRun
from scoring.registry.actions import Trained
from scoring.registry.queries import in_use
from sessions.models import Answer, Rating
from sessions.training import actions, folder, material, watch
from sessions.training.folder import Plan, WorkFolder
from sessions.training.keeping import Learned, Unusable
from sessions.training.watch import Stop, Watch

pytestmark = pytest.mark.django_db

Rated = Callable[..., None]
Learn = Callable[[TrainingRun, Plan, Watch, WorkFolder], Learned]

LEARNED = Learned(
    models=(
        Trained(ModelKind.ENGAGEMENT, "engagement-new", "ratings", {"auroc": 0.7}, {}, "# Card", b"weights"),
        Trained(ModelKind.ADVICE, "advice-new", "ratings", {}, {}, "# Card", b"w", against="engagement-new"),
    ),
    data={"answers": 60},
    trial={"against": "engagement-sim-1", "version": "engagement-new"},
    better=True,
)


@pytest.fixture
def enough(rated: Rated) -> None:
    rated(60)


@pytest.fixture
def learning(monkeypatch: pytest.MonkeyPatch) -> Callable[[Learn], None]:
    """`learning(f)` puts f in the place of the training itself, which takes its time."""

    def put(learn: Learn) -> None:
        monkeypatch.setattr("sessions.training.learning.learn", learn)

    return put


def at_once(*_: Any) -> Learned:
    return LEARNED


def ask(institution: Institution, by: User) -> TrainingRun:
    return actions.ask(institution=institution, by=by)


def state(run: TrainingRun) -> str:
    return TrainingRun.objects.get(pk=run.pk).state


# --- asking ---------------------------------------------------------------------------------------


def test_asking_puts_one_job_into_the_queue(northfield: Institution, ada: User, enough: None) -> None:
    run = ask(northfield, ada)
    job = ProcrastinateJob.objects.get(task_name="sessions.training.tasks.train_models")
    assert (job.queue_name, job.args) == ("training", {"run_id": str(run.pk)})
    assert (run.state, run.by) == (RunState.WAITING, ada)
    assert AuditEntry.objects.get(institution=northfield).verb == "train_models"


def test_one_training_at_a_time(northfield: Institution, ada: User, enough: None) -> None:
    run = ask(northfield, ada)
    with pytest.raises(actions.AlreadyTraining):
        ask(northfield, ada)
    actions.stop(run=run, by=ada)
    assert ask(northfield, ada).pk != run.pk


@pytest.mark.parametrize(("answers", "what"), [(4, "people"), (35, "people"), (50, "")])
def test_too_little_begins_nothing(
    northfield: Institution, ada: User, rated: Rated, answers: int, what: str
) -> None:
    rated(answers)
    if not what:
        assert ask(northfield, ada)
        return
    with pytest.raises(actions.TooLittle) as refused:
        ask(northfield, ada)
    assert refused.value.lack.what == what
    assert refused.value.lack.there < refused.value.lack.needed
    assert not TrainingRun.objects.exists()
    assert not ProcrastinateJob.objects.filter(queue_name="training").exists()
    assert not AuditEntry.objects.exists()


def test_both_sides_are_needed(northfield: Institution, ada: User, enough: None) -> None:
    Rating.objects.update(engagement=5)
    with pytest.raises(actions.TooLittle) as refused:
        ask(northfield, ada)
    assert (refused.value.lack.what, refused.value.lack.there) == ("low", 0)


def test_the_limits_are_those_of_the_training() -> None:
    from scoring.training import limits
    from scoring.training import material as learned

    for name in ("LEAST_PEOPLE", "LEAST_ANSWERS", "LEAST_OF_A_SIDE"):
        assert getattr(limits, name) == getattr(learned, name)


def test_people_whom_the_model_in_use_knows_cannot_judge_it(
    northfield: Institution, ada: User, enough: None, learning: Callable[[Learn], None]
) -> None:
    from scoring.registry.actions import switch_on

    learning(at_once)
    actions.train(run_id=ask(northfield, ada).pk)
    new = ModelVersion.objects.get(name="engagement-new")
    switch_on(institution=northfield, version=new, by=ada)
    with pytest.raises(actions.TooLittle) as refused:
        ask(northfield, ada)
    assert (refused.value.lack.what, refused.value.lack.there) == ("new_people", 0)


# --- doing it -------------------------------------------------------------------------------------


def test_what_was_made_is_registered_and_scores_nobody(
    northfield: Institution, ada: User, enough: None, learning: Callable[[Learn], None]
) -> None:
    learning(at_once)
    run = ask(northfield, ada)
    assert actions.train(run_id=run.pk) == RunState.DONE
    row = TrainingRun.objects.get(pk=run.pk)
    assert (row.better, row.data, row.progress) == (True, {"answers": 60}, {})
    assert row.ended_at is not None
    versions = ModelVersion.objects.filter(run=run, institution=northfield)
    assert {version.name for version in versions} == {"engagement-new", "advice-new"}
    assert bytes(versions.get(name="engagement-new").weights) == b"weights"
    present = in_use(northfield.pk, ModelKind.ENGAGEMENT)
    assert present is not None
    assert present.name == "engagement-sim-1"
    assert not WorkFolder(run.pk).path.exists()
    assert actions.train(run_id=run.pk) is None, "a job that comes twice does nothing"


def test_it_learns_from_what_the_export_holds(
    northfield: Institution, ada: User, enough: None, learning: Callable[[Learn], None]
) -> None:
    found = []

    def look(run: TrainingRun, plan: Plan, watch: Watch, work: WorkFolder) -> Learned:
        found.append((len(read(work.data).answers), len(plan.answers), plan.against, plan.seen))
        return LEARNED

    learning(look)
    actions.train(run_id=ask(northfield, ada).pk)
    assert found == [(60, 60, "engagement-sim-1", ())]


def test_what_cannot_be_learned_from_ends_it_with_the_reason(
    northfield: Institution, ada: User, enough: None, learning: Callable[[Learn], None]
) -> None:
    def fail(*_: Any) -> Learned:
        raise Unusable("too_little")

    learning(fail)
    run = ask(northfield, ada)
    assert actions.train(run_id=run.pk) == RunState.FAILED
    assert TrainingRun.objects.get(pk=run.pk).problem == "too_little"
    assert not WorkFolder(run.pk).path.exists()


def test_a_stopped_one_leaves_nothing(
    northfield: Institution, ada: User, enough: None, learning: Callable[[Learn], None]
) -> None:
    run = ask(northfield, ada)

    def stop(run: TrainingRun, plan: Plan, watch: Watch, work: WorkFolder) -> Learned:
        assert actions.stop(run=run, by=ada)
        return LEARNED

    learning(stop)
    assert actions.train(run_id=run.pk) == RunState.STOPPED
    assert state(run) == RunState.STOPPED
    assert not ModelVersion.objects.filter(institution=northfield).exists()
    assert not WorkFolder(run.pk).path.exists()
    assert not actions.stop(run=run, by=ada), "twice changes nothing"
    verbs = AuditEntry.objects.order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["train_models", "stop_training"]


def test_one_that_is_stopped_before_its_turn_is_not_begun(
    northfield: Institution, ada: User, enough: None, learning: Callable[[Learn], None]
) -> None:
    learning(at_once)
    run = ask(northfield, ada)
    actions.stop(run=run, by=ada)
    assert actions.train(run_id=run.pk) is None
    assert not ModelVersion.objects.filter(institution=northfield).exists()


def test_the_end_of_a_worker_leaves_the_work_to_the_next(
    northfield: Institution, ada: User, enough: None, learning: Callable[[Learn], None]
) -> None:
    goes: list[bool] = []
    run = ask(northfield, ada)

    def work_on(run: TrainingRun, plan: Plan, watch: Watch, work: WorkFolder) -> Learned:
        (work.path / "checkpoint").write_text("half")
        goes.append(True)
        watch.check()
        return LEARNED

    learning(work_on)
    with pytest.raises(actions.Interrupted):
        actions.train(run_id=run.pk, should_abort=lambda: bool(goes))
    assert state(run) == RunState.RUNNING
    kept = WorkFolder(run.pk)
    first = kept.plan()
    assert first is not None

    def go_on(run: TrainingRun, plan: Plan, watch: Watch, work: WorkFolder) -> Learned:
        assert plan == first, "the next one learns from the same"
        assert (work.path / "checkpoint").read_text() == "half"
        return LEARNED

    learning(go_on)
    assert actions.train(run_id=run.pk) == RunState.DONE


def test_half_an_export_is_made_anew(
    northfield: Institution, ada: User, enough: None, learning: Callable[[Learn], None]
) -> None:
    run = ask(northfield, ada)
    work = WorkFolder(run.pk)
    (work.data / "features").mkdir(parents=True)
    (work.data / "features" / "half.npz").write_bytes(b"PK")

    def look(run: TrainingRun, plan: Plan, watch: Watch, work: WorkFolder) -> Learned:
        assert not (work.data / "features" / "half.npz").exists()
        return LEARNED

    learning(look)
    assert actions.train(run_id=run.pk) == RunState.DONE


@pytest.mark.parametrize("what", ["withdrawn", "deleted"])
def test_who_takes_something_back_is_not_learned_from(
    northfield: Institution, ada: User, rated: Rated, learning: Callable[[Learn], None], what: str
) -> None:
    rated(80)
    student = Answer.objects.order_by("pk")[0].session.user
    theirs = set(Answer.objects.filter(session__user=student).values_list("pk", flat=True))
    tries: list[tuple[int, bool]] = []

    def learn(run: TrainingRun, plan: Plan, watch: Watch, work: WorkFolder) -> Learned:
        tries.append((len(read(work.data).answers), bool(theirs & set(plan.answers))))
        if len(tries) == 1:
            (work.path / "checkpoint").write_text("learned from them")
            if what == "withdrawn":
                withdraw_consent(user=student, institution=northfield, purpose=Purpose.TRAINING)
            else:
                Rating.objects.filter(answer__in=theirs).delete()
                Answer.objects.filter(pk__in=theirs).delete()
        assert len(tries) == 1 or not (work.path / "checkpoint").exists()
        return LEARNED

    learning(learn)
    assert actions.train(run_id=ask(northfield, ada).pk) == RunState.DONE
    assert tries == [(80, True), (80 - len(theirs), False)]


def test_every_try_by_a_fault_of_ours_is_given_up(northfield: Institution, ada: User, enough: None) -> None:
    run = ask(northfield, ada)
    WorkFolder(run.pk).data.mkdir(parents=True)
    actions.give_up(run_id=run.pk)
    row = TrainingRun.objects.get(pk=run.pk)
    assert (row.state, row.problem) == (RunState.FAILED, "gave_up")
    assert not WorkFolder(run.pk).path.exists()


# --- watching -------------------------------------------------------------------------------------


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_progress_is_kept_at_most_once_a_second(
    northfield: Institution, ada: User, django_assert_num_queries: Callable[[int], Any]
) -> None:
    run = TrainingRun.objects.create(institution=northfield, by=ada, state=RunState.RUNNING)
    clock = Clock()
    watching = Watch(run, lambda: False, clock)
    watching.report("comparison", 0.0)
    with django_assert_num_queries(0):
        for share in (0.1, 0.2, 0.3):
            clock.now += 0.2
            watching.report("comparison", share)
    clock.now += 1
    watching.report("comparison", 0.4)
    assert TrainingRun.objects.get(pk=run.pk).progress == {"stage": "comparison", "share": 0.4}


def test_progress_never_goes_back(northfield: Institution, ada: User) -> None:
    kept = {"stage": "comparison", "share": 0.4}
    run = TrainingRun.objects.create(institution=northfield, state=RunState.RUNNING, progress=kept)
    watching = Watch(run, lambda: False, Clock())
    watching.report("data", 0.9)
    assert TrainingRun.objects.get(pk=run.pk).progress == kept


def test_whether_all_may_still_be_used_is_asked_now_and_then(
    northfield: Institution, ada: User, rated: Rated
) -> None:
    rated(5)
    run = TrainingRun.objects.create(institution=northfield, by=ada, state=RunState.RUNNING)
    clock = Clock()
    watching = Watch(run, lambda: False, clock)
    watching.learns_from(list(Answer.objects.values_list("pk", flat=True)))
    watching.check()
    student = Answer.objects.order_by("pk")[0].session.user
    withdraw_consent(user=student, institution=northfield, purpose=Purpose.TRAINING)
    clock.now += 2
    watching.check()
    clock.now += watch.MATERIAL_EVERY_S
    with pytest.raises(Stop):
        watching.check()
    assert watching.ending == watch.Ending.MATERIAL


def test_folders_of_trainings_that_ended_go(northfield: Institution, ada: User) -> None:
    going = TrainingRun.objects.create(institution=northfield, by=ada, state=RunState.RUNNING)
    done = TrainingRun.objects.create(institution=northfield, by=ada, state=RunState.DONE)
    for run in (going, done):
        WorkFolder(run.pk).path.mkdir(parents=True)
    assert folder.clean_orphans() == 1
    assert WorkFolder(going.pk).path.exists()
    assert not WorkFolder(done.pk).path.exists()


def test_amounts_of_one_side(northfield: Institution, rated: Rated) -> None:
    """An answer is high or low as most of its raters say; split evenly it is neither."""
    rated(5, raters=2)
    answers = list(Answer.objects.order_by("pk"))
    for answer, pair in zip(answers, [(5, 4), (4, 2), (3, 1), (1, 1), (5, 5)], strict=True):
        for rating, level in zip(Rating.objects.filter(answer=answer).order_by("pk"), pair, strict=True):
            Rating.objects.filter(pk=rating.pk).update(engagement=level)
    found = material.amount(northfield, None)
    assert (found.high, found.low) == (2, 2)
