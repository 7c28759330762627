"""The student's own page of what is left out, and that everything else follows it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from scoring.cues.catalogue import CATALOGUE, Cue
from scoring.models import AccommodationProfile
from scoring.queries import profile_of

SignIn = Callable[[User | None], Client]
URL = "/profile/cues/"


def text_of(response: Any) -> str:
    body = re.sub(r"<script.*?</script>", " ", response.content.decode(), flags=re.S)
    text = html.unescape(re.sub(r"<[^>]+>", " ", body))
    return re.sub(r"\s+", " ", text).replace("\N{NO-BREAK SPACE}", " ")


def left_out(page: Any) -> list[str]:
    return re.findall(r'name="off" value="(\w+)"[^>]* checked>', page.content.decode())


def kept(user: User) -> Any:
    return profile_of(user_id=user.pk, institution_id=user.memberships.get().institution_id)


def test_every_cue_that_is_measured_can_be_left_out(sam: User, sign_in: SignIn) -> None:
    page = sign_in(sam).get(URL)
    boxes = set(re.findall(r'name="off" value="(\w+)"', page.content.decode()))
    assert boxes == {
        cue.value for cue, spec in CATALOGUE.items() if spec.kind == "continuous" and spec.available
    }
    assert not left_out(page)


def test_what_was_left_out_is_kept_and_shown_again(sam: User, sign_in: SignIn) -> None:
    client = sign_in(sam)
    data = {"off": ["GZ_DR", "REPEATS"], "low-WPM": "100", "high-WPM": "130", "high-FILLERS": "7,5"}
    assert client.post(URL, data).headers["Location"] == reverse("analytics:accommodation")
    profile = kept(sam)
    assert profile.off == {Cue.GZ_DR, Cue.GAZE_AWAY, Cue.REPEATS}
    assert (profile.targets[Cue.WPM].low, profile.targets[Cue.WPM].high) == (100, 130)
    assert profile.targets[Cue.FILLERS].high == 7.5
    page = client.get(URL)
    assert left_out(page) == ["GZ_DR", "REPEATS"]
    assert 'name="low-WPM" value="100"' in page.content.decode()
    client.post(URL, {})
    assert (kept(sam).off, dict(kept(sam).targets)) == (frozenset(), {})
    assert AccommodationProfile.objects.count() == 1


def test_a_share_is_written_in_per_cent(sam: User, sign_in: SignIn) -> None:
    client = sign_in(sam)
    client.post(URL, {"low-GZ_DR": "30", "high-GZ_DR": "50"})
    assert (kept(sam).targets[Cue.GZ_DR].low, kept(sam).targets[Cue.GZ_DR].high) == (0.3, 0.5)
    assert 'name="high-GZ_DR" value="50"' in client.get(URL).content.decode()


def test_what_is_wrong_stands_beside_its_cue_and_nothing_is_kept(sam: User, sign_in: SignIn) -> None:
    client = sign_in(sam)
    for data, said in (
        ({"low-WPM": "fast"}, "Please write a number"),
        ({"low-WPM": "nan"}, "Please write a number"),
        ({"low-WPM": "150", "high-WPM": "120"}, "The first number is larger than the second."),
        ({"low-GZ_DR": "50", "high-GZ_DR": "150"}, "This cue cannot have that value: 0 to 100 %."),
        ({"off": "NERVES"}, "Nothing was saved"),
    ):
        page = client.post(URL, {"off": "HD_TH"} | data)
        assert page.status_code == 422
        assert said in text_of(page)
        assert all(
            f'value="{value}"' in page.content.decode() or value == "NERVES" for value in data.values()
        )
    assert not AccommodationProfile.objects.exists()


def test_the_page_asks_for_no_reason(sam: User, sign_in: SignIn) -> None:
    page = sign_in(sam).get(URL)
    assert "not measured against you anywhere" in text_of(page)
    assert "<textarea" not in page.content.decode()
    assert page.content.decode().count('type="text"') == page.content.decode().count('inputmode="decimal"')


def test_only_students_are_led_there(sam: User, tia: User, sign_in: SignIn) -> None:
    profile = reverse("accounts:profile")
    assert URL in sign_in(sam).get(profile).content.decode()
    assert URL not in sign_in(tia).get(profile).content.decode()
    assert tia.memberships.get().role == Role.TEACHER
