"""The way in: password, limit, demo, reset; and the language and time zone one is spoken to in."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.conf import settings as django_settings
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts import demo, tasks
from accounts.models import Institution, Membership, Role, User

PASSWORD = "a long quiet evening"
SIGN_IN = "/sign-in/"


@pytest.fixture(autouse=True)
def no_memory() -> None:
    cache.clear()


def try_in(client: Client, email: str, password: str, **more: Any) -> Any:
    return client.post(SIGN_IN, {"username": email, "password": password, **more})


def test_address_in_any_case_and_on_to_where_one_wanted_to_go(sam: User, client: Client) -> None:
    response = try_in(client, "SAM@Northfield.example", PASSWORD, next="/privacy/")
    assert (response.status_code, response.headers["Location"]) == (302, "/privacy/")
    assert client.session["_auth_user_id"] == str(sam.pk)


def test_next_never_leads_to_another_host(sam: User, client: Client) -> None:
    response = try_in(client, sam.email, PASSWORD, next="https://elsewhere.example/")
    assert response.headers["Location"] == "/"


def test_wrong_password_and_unknown_address_get_the_same_answer(sam: User, client: Client) -> None:
    wrong = try_in(client, sam.email, "not the password")
    unknown = try_in(client, "nobody@northfield.example", "not the password")
    own = r'value="[^"]*"|CSRFToken": "[^"]*"'
    texts = [re.sub(own, "", page.content.decode()) for page in (wrong, unknown)]
    assert texts[0] == texts[1]
    assert "do not belong together" in texts[0]


def test_after_eight_failures_sign_in_waits_and_says_for_how_long(sam: User, client: Client) -> None:
    for _ in range(django_settings.AXES_FAILURE_LIMIT):
        last = try_in(client, sam.email, "not the password")
    assert last.status_code == 429
    assert int(last.headers["Retry-After"]) <= 15 * 60
    assert "Try again in 15 minutes" in last.content.decode()
    # The right password does not help now, in whatever case the address is written ...
    assert try_in(client, "Sam@northfield.example", PASSWORD).status_code == 429
    # ... and trying again did not start the wait anew.
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=10))
    assert "Try again in 5 minutes" in try_in(client, sam.email, PASSWORD).content.decode()
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert try_in(client, sam.email, PASSWORD).status_code == 302


def test_one_persons_failures_lock_nobody_else_out(sam: User, tia: User, client: Client) -> None:
    for _ in range(django_settings.AXES_FAILURE_LIMIT):
        try_in(client, sam.email, "not the password")
    assert try_in(client, tia.email, PASSWORD).status_code == 302


def test_sign_out_is_a_post(sam: User, sign_in: Callable[..., Client]) -> None:
    client = sign_in(sam)
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/").status_code == 302
    assert "_auth_user_id" not in client.session


# --- the demo -------------------------------------------------------------------------------------


@pytest.fixture
def demo_sam(db: None, settings: Any) -> User:
    settings.GREENROOM_DEMO = True
    place = Institution.objects.create(name="Demo", simulated=True)
    user = User(email=demo.SAM, name="Sam Okafor", simulated=True)
    user.set_unusable_password()
    user.save()
    Membership.objects.create(institution=place, user=user, role=Role.STUDENT)
    return user


def test_the_demo_offers_its_people_and_lets_them_in(demo_sam: User, client: Client) -> None:
    assert demo_sam.email in client.get(SIGN_IN).content.decode()
    assert client.post("/sign-in/demo/", {"person": demo_sam.email}).status_code == 302
    assert client.session["_auth_user_id"] == str(demo_sam.pk)


def test_outside_a_demo_there_is_no_such_door(demo_sam: User, client: Client, settings: Any) -> None:
    settings.GREENROOM_DEMO = False
    assert demo_sam.email not in client.get(SIGN_IN).content.decode()
    assert client.post("/sign-in/demo/", {"person": demo_sam.email}).status_code == 404


@pytest.mark.parametrize("change", [{"simulated": False}, {"is_staff": True}, {"email": "sam@real.example"}])
def test_the_demo_door_is_for_the_four_simulated_people_only(
    demo_sam: User, client: Client, change: dict[str, Any]
) -> None:
    User.objects.filter(pk=demo_sam.pk).update(**change)
    email = change.get("email", demo_sam.email)
    assert client.post("/sign-in/demo/", {"person": email}).status_code == 404


def test_a_real_institution_closes_the_demo_door(demo_sam: User, client: Client) -> None:
    Institution.objects.update(simulated=False)
    assert client.post("/sign-in/demo/", {"person": demo_sam.email}).status_code == 404


# --- a new password -------------------------------------------------------------------------------


def jobs(name: str) -> list[ProcrastinateJob]:
    return list(ProcrastinateJob.objects.filter(task_name=name).order_by("id"))


def link_in(text: str) -> str:
    found = re.search(r"https?://[^/\s]+(/\S+)", text)
    assert found, text
    return found[1]


def ask_for_reset(client: Client, email: str) -> Any:
    return client.post("/password/forgotten/", {"email": email})


def test_reset_by_mail(sam: User, client: Client) -> None:
    ask_for_reset(client, "SAM@northfield.example")
    (job,) = jobs("accounts.tasks.send_password_reset")
    assert sam.email not in str(job.args)
    tasks.send_password_reset(**job.args)
    (sent,) = mail.outbox
    assert sent.to == [sam.email]
    page = client.get(link_in(str(sent.body)), follow=True)
    form = {"new_password1": "another quiet evening", "new_password2": "another quiet evening"}
    done = client.post(page.redirect_chain[-1][0], form)
    assert done.headers["Location"] == reverse("accounts:password_reset_complete")
    assert try_in(client, sam.email, "another quiet evening").status_code == 302
    # The link works once.
    assert "no longer works" in client.get(link_in(str(sent.body)), follow=True).content.decode()


def test_the_answer_does_not_say_whether_there_is_such_an_account(sam: User, client: Client) -> None:
    known, unknown = ask_for_reset(client, sam.email), ask_for_reset(client, "nobody@northfield.example")
    assert known.headers["Location"] == unknown.headers["Location"]
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
    assert len(jobs("accounts.tasks.send_password_reset")) == 1


def test_pressing_again_sends_no_second_mail(sam: User, client: Client) -> None:
    ask_for_reset(client, sam.email)
    ask_for_reset(client, sam.email)
    assert len(jobs("accounts.tasks.send_password_reset")) == 1


def test_whoever_was_locked_out_may_come_in_with_the_new_password(sam: User, client: Client) -> None:
    for _ in range(django_settings.AXES_FAILURE_LIMIT):
        try_in(client, sam.email, "not the password")
    tasks.send_password_reset(user_id=str(sam.pk), origin="http://testserver")
    page = client.get(link_in(str(mail.outbox[0].body)), follow=True)
    form = {"new_password1": "another quiet evening", "new_password2": "another quiet evening"}
    client.post(page.redirect_chain[-1][0], form)
    assert try_in(client, sam.email, "another quiet evening").status_code == 302


def test_the_mail_speaks_the_persons_language(sam: User) -> None:
    sam.language = "de"
    sam.save()
    tasks.send_password_reset(user_id=str(sam.pk), origin="https://host.example")
    assert "https://host.example/password/new/" in str(mail.outbox[0].body)


def test_changing_the_password_signs_other_devices_out(sam: User, sign_in: Callable[..., Client]) -> None:
    here, there = sign_in(sam), sign_in(sam)
    form = {"old_password": PASSWORD, "new_password1": "a third evening", "new_password2": "a third evening"}
    assert here.post("/password/change/", form).status_code == 302
    assert here.get("/profile/").status_code == 200
    assert there.get("/profile/").status_code == 302


# --- profile, language, institution ---------------------------------------------------------------


def test_profile_changes_language_and_time_zone(sam: User, sign_in: Callable[..., Client]) -> None:
    client = sign_in(sam)
    form = {"name": "Sam O.", "language": "fr", "time_zone": "America/Toronto"}
    assert client.post("/profile/", form).status_code == 302
    sam.refresh_from_db()
    assert (sam.name, sam.language, sam.time_zone) == ("Sam O.", "fr", "America/Toronto")
    assert client.get("/profile/").headers["Content-Language"] == "fr"


def test_a_time_zone_that_is_none_is_refused(sam: User, sign_in: Callable[..., Client]) -> None:
    form = {"name": "Sam", "language": "en", "time_zone": "Mars/Olympus"}
    assert sign_in(sam).post("/profile/", form).status_code == 200
    sam.refresh_from_db()
    assert sam.time_zone == "UTC"


def test_times_are_shown_in_the_persons_zone(ada: User, sign_in: Callable[..., Client]) -> None:
    from accounts.actions import record

    entry = record(institution=ada.memberships.get().institution, actor=ada, verb="invite")
    type(entry).objects.update(at="2026-01-15T23:30:00Z")
    client = sign_in(ada)
    User.objects.filter(pk=ada.pk).update(time_zone="Asia/Tokyo")
    assert re.search(r"8:30|08:30", client.get("/policy/log/").content.decode())


def test_the_footers_language_choice_stays_with_the_person(sam: User, sign_in: Callable[..., Client]) -> None:
    sign_in(sam).post("/i18n/setlang/", {"language": "de"})
    assert sign_in(sam).get("/profile/").headers["Content-Language"] == "de"


def test_a_person_of_two_institutions_chooses(
    sam: User, northfield: Institution, southport: Institution, sign_in: Callable[..., Client]
) -> None:
    Membership.objects.create(institution=southport, user=sam, role=Role.ADMINISTRATOR)
    client = sign_in(sam)
    assert client.get("/people/").status_code == 403
    assert client.post("/institution/", {"institution": str(southport.pk)}).status_code == 302
    assert client.get("/people/").status_code == 200
    assert client.post("/institution/", {"institution": str(northfield.pk)}).status_code == 302
    assert client.get("/people/").status_code == 403


def test_somebody_without_an_institution_still_reaches_their_data(
    sam: User, sign_in: Callable[..., Client]
) -> None:
    sam.memberships.all().delete()
    client = sign_in(sam)
    assert "belong to no institution" in client.get("/").content.decode()
    for page in ("/privacy/", "/profile/", "/privacy/delete/", "/institution/"):
        assert client.get(page).status_code == 200, page


def test_strangers_cost_no_query(client: Client, django_assert_num_queries: Any, db: None) -> None:
    with django_assert_num_queries(0):
        assert client.get("/password/forgotten/").status_code == 200
