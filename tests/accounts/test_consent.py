"""Consent by purpose and version; the policy; roles and leaving."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from accounts import actions, purposes
from accounts.models import (
    LISTENER_RATINGS,
    AuditEntry,
    Consent,
    Institution,
    Membership,
    ModelKind,
    Purpose,
    Region,
    Role,
    User,
)
from accounts.queries import agrees, consent_states, standing_purposes, who_agrees
from accounts.signals import consent_withdrawn
from cohorts.models import Cohort, CohortRole, Enrolment


def give(user: User, institution: Institution, purpose: Purpose = Purpose.CAMERA, **more: Any) -> Consent:
    return actions.give_consent(user=user, institution=institution, purpose=purpose, **more)


def test_each_purpose_on_its_own_and_in_one_institution_only(
    sam: User, northfield: Institution, southport: Institution
) -> None:
    give(sam, northfield, Purpose.CAMERA)
    assert standing_purposes(sam, northfield.pk) == {Purpose.CAMERA}
    assert standing_purposes(sam, southport.pk) == set()
    assert not agrees(sam, northfield.pk, Purpose.SHARE)


def test_giving_twice_is_giving_once(sam: User, northfield: Institution) -> None:
    assert give(sam, northfield) == give(sam, northfield)
    assert Consent.objects.count() == 1


def test_the_database_itself_allows_one_standing_consent_only(sam: User, northfield: Institution) -> None:
    give(sam, northfield)
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.create(user=sam, institution=northfield, purpose=Purpose.CAMERA, version=1)


def test_withdrawal_takes_effect_at_once_and_leaves_the_history(sam: User, northfield: Institution) -> None:
    give(sam, northfield)
    heard: list[Any] = []

    def listen(**said: Any) -> None:
        heard.append(said["purpose"])

    consent_withdrawn.connect(listen)
    try:
        assert actions.withdraw_consent(user=sam, institution=northfield, purpose=Purpose.CAMERA)
        assert not actions.withdraw_consent(user=sam, institution=northfield, purpose=Purpose.CAMERA)
    finally:
        consent_withdrawn.disconnect(listen)
    assert heard == [Purpose.CAMERA]
    assert not agrees(sam, northfield.pk, Purpose.CAMERA)
    give(sam, northfield)
    withdrawn = Consent.objects.order_by("pk").values_list("withdrawn_at", flat=True)
    assert [at is not None for at in withdrawn] == [True, False]


@pytest.fixture
def new_words(monkeypatch: pytest.MonkeyPatch) -> None:
    first = purposes.WORDINGS[Purpose.CAMERA][0]
    monkeypatch.setitem(purposes.WORDINGS, Purpose.CAMERA, (first, replace(first, version=2, what="New.")))


def test_new_words_ask_again(sam: User, northfield: Institution, request: pytest.FixtureRequest) -> None:
    give(sam, northfield)
    request.getfixturevalue("new_words")
    assert not agrees(sam, northfield.pk, Purpose.CAMERA)
    assert who_agrees([sam.pk], northfield.pk, Purpose.CAMERA) == set()
    state = consent_states(sam, northfield)[0]
    assert (state.asks_again, state.standing, state.wording.version) == (True, None, 2)
    give(sam, northfield, version=2)
    assert who_agrees([sam.pk], northfield.pk, Purpose.CAMERA) == {sam.pk}
    assert Consent.objects.filter(withdrawn_at=None).get().version == 2


def test_nobody_agrees_to_words_they_have_not_seen(
    sam: User, northfield: Institution, new_words: None
) -> None:
    with pytest.raises(actions.OldWording):
        give(sam, northfield, version=1)
    assert not Consent.objects.exists()


def test_every_wording_is_complete_and_numbered(northfield: Institution) -> None:
    assert set(purposes.WORDINGS) == set(Purpose)
    for versions in purposes.WORDINGS.values():
        assert [words.version for words in versions] == list(range(1, len(versions) + 1))
        for words in versions:
            assert all(map(str, (words.title, words.what, words.why, words.who)))
            assert "%(" not in words.how_long_at(northfield)


def test_consent_page(sam: User, northfield: Institution, sign_in: Callable[..., Client]) -> None:
    client = sign_in(sam)
    for act, stands in (("give", True), ("withdraw", False)):
        response = client.post("/privacy/consent/", {"purpose": "share", "act": act, "version": 1})
        assert response.headers["Location"] == "/privacy/"
        assert agrees(sam, northfield.pk, Purpose.SHARE) is stands
    assert client.post("/privacy/consent/", {"purpose": "everything", "act": "give"}).status_code == 400
    away = client.post("/privacy/consent/", {"purpose": "share", "act": "give", "next": "//evil.example/"})
    assert away.headers["Location"] == "/privacy/"


# --- roles ----------------------------------------------------------------------------------------


def test_the_last_administrator_stays_until_there_is_another(
    ada: User, tia: User, northfield: Institution
) -> None:
    membership = ada.memberships.get()
    with pytest.raises(actions.LastAdministrator):
        actions.leave_institution(membership=membership, by=ada)
    with pytest.raises(actions.LastAdministrator):
        actions.change_role(membership=membership, role=Role.TEACHER, by=ada)
    with pytest.raises(actions.LastAdministrator):
        actions.erase_person(user=ada, by=ada)
    actions.change_role(membership=tia.memberships.get(), role=Role.ADMINISTRATOR, by=ada)
    actions.leave_institution(membership=membership, by=ada)
    membership.refresh_from_db()
    assert membership.left_at is not None


def test_an_inactive_administrator_is_none(ada: User, tia: User) -> None:
    actions.change_role(membership=tia.memberships.get(), role=Role.ADMINISTRATOR, by=ada)
    tia.is_active = False
    tia.save()
    with pytest.raises(actions.LastAdministrator):
        actions.leave_institution(membership=ada.memberships.get(), by=ada)


def test_alone_in_an_institution_one_may_leave(ada: User) -> None:
    actions.leave_institution(membership=ada.memberships.get(), by=ada)
    assert not Membership.objects.filter(left_at=None).exists()


def test_a_teacher_who_becomes_a_student_teaches_no_longer(tia: User, ada: User, cohort: Cohort) -> None:
    actions.change_role(membership=tia.memberships.get(), role=Role.STUDENT, by=ada)
    assert not Enrolment.objects.filter(user=tia, role=CohortRole.TEACHER, left_at=None).exists()


def test_who_leaves_the_institution_leaves_its_cohorts(sam: User, ada: User, cohort: Cohort) -> None:
    actions.leave_institution(membership=sam.memberships.get(), by=ada)
    assert not Enrolment.objects.filter(user=sam, left_at=None).exists()
    assert AuditEntry.objects.get().verb == "remove_person"


def test_leaving_oneself_is_not_audited_and_can_be_taken_back(sam: User, northfield: Institution) -> None:
    actions.leave_institution(membership=sam.memberships.get(), by=sam)
    assert not AuditEntry.objects.exists()
    back = actions.add_member(institution=northfield, user=sam, role=Role.TEACHER)
    assert (back.left_at, back.role) == (None, Role.TEACHER)


# --- policy ---------------------------------------------------------------------------------------


def policy(**changes: Any) -> actions.Policy:
    values: dict[str, Any] = {
        "region": Region.EU,
        "language": "de",
        "time_zone": "Europe/Berlin",
        "models_allowed": [ModelKind.PERFORMANCE],
        "keep_recordings_days": 30,
        "keep_results_days": 365,
        "keep_people_days": 400,
    }
    return actions.Policy(**(values | changes))


def test_a_new_institution_runs_no_listener_rating() -> None:
    institution = Institution(name="New")
    assert not any(institution.runs(kind) for kind in LISTENER_RATINGS)


def test_policy_is_changed_and_audited(ada: User, northfield: Institution) -> None:
    actions.change_policy(institution=northfield, policy=policy(), by=ada)
    northfield.refresh_from_db()
    assert (northfield.keep_recordings_days, northfield.time_zone) == (30, "Europe/Berlin")
    assert northfield.runs(ModelKind.PERFORMANCE)
    assert not northfield.runs(ModelKind.TRANSCRIPT)
    entry = AuditEntry.objects.get()
    assert entry.details["changed"]["keep_recordings_days"] == [90, 30]
    actions.change_policy(institution=northfield, policy=policy(), by=ada)
    assert AuditEntry.objects.count() == 1


def test_moving_into_the_union_switches_listener_ratings_off(ada: User, northfield: Institution) -> None:
    everything = list(ModelKind)
    us = policy(region=Region.US, models_allowed=everything)
    changed = actions.change_policy(institution=northfield, policy=us, by=ada)
    assert changed.runs(ModelKind.ENGAGEMENT)
    changed = actions.change_policy(institution=northfield, policy=replace(us, region=Region.EU), by=ada)
    assert not any(changed.runs(kind) for kind in LISTENER_RATINGS)


@pytest.mark.parametrize("days", [0, 3651])
def test_days_have_limits(ada: User, northfield: Institution, days: int) -> None:
    with pytest.raises(ValidationError):
        actions.change_policy(institution=northfield, policy=policy(keep_results_days=days), by=ada)


def test_policy_page(ada: User, northfield: Institution, sign_in: Callable[..., Client]) -> None:
    client = sign_in(ada)
    form = {**vars(policy()), "models_allowed": ["performance", "engagement"]}
    assert client.post("/policy/", form).status_code == 302
    northfield.refresh_from_db()
    assert northfield.models_allowed == ["performance", "engagement"]
    assert client.post("/policy/", form | {"keep_results_days": 0}).status_code == 200
    assert "Changed the policy" in client.get("/policy/log/").content.decode()
