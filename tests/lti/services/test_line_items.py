"""Line items and scores: addresses, timestamps, pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti.errors import ServiceError
from lti.models import Registration
from lti.services.asking import next_link, with_words
from lti.services.line_items import (
    LINE_ITEM,
    LineItem,
    Score,
    line_items,
    make_line_item,
    scores_url,
    send_score,
    stamp,
    written,
)
from tests.lti.emulated_services import Services

NOON = datetime(2026, 11, 20, 12, 0, 0, 987654, tzinfo=UTC)
SEGMENT = st.text("abcXYZ019-._~%+", min_size=1, max_size=8)
WORD = st.text("abcXYZ019-._~=&%+/", max_size=20)


# --- addresses ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("item", "scores"),
    [
        ("https://lms.example/items/7", "https://lms.example/items/7/scores"),
        ("https://lms.example/items/7/", "https://lms.example/items/7/scores"),
        ("https://lms.example/7/lineitem?type_id=3", "https://lms.example/7/lineitem/scores?type_id=3"),
        ("https://lms.example/i?url=a/b?c", "https://lms.example/i/scores?url=a/b?c"),
        ("https://lms.example/i?q#top", "https://lms.example/i/scores?q"),
    ],
)
def test_scores_goes_before_the_query(item: str, scores: str) -> None:
    assert scores_url(item) == scores


@given(path=st.lists(SEGMENT, max_size=5), query=WORD)
def test_scores_goes_before_any_query(path: list[str], query: str) -> None:
    item = "https://lms.example/" + "/".join(path) + (f"?{query}" if query else "")
    found, was = urlsplit(scores_url(item)), urlsplit(item)
    assert found.path == was.path.rstrip("/") + "/scores"
    assert (found.scheme, found.netloc, found.query, found.fragment) == (
        "https",
        "lms.example",
        was.query,
        "",
    )


@given(query=WORD, limit=SEGMENT)
def test_words_are_added_and_none_is_changed(query: str, limit: str) -> None:
    url = with_words(f"https://lms.example/m?{query}", limit=limit)
    assert urlsplit(url).query.startswith(query)
    assert with_words(url, limit="again") == url


# --- timestamps -----------------------------------------------------------------------------------------


@given(
    st.lists(
        st.integers(1_577_836_800_000, 2_208_988_800_000).map(
            lambda ms: datetime.fromtimestamp(ms / 1000, UTC)
        ),
        min_size=1,
        max_size=12,
    )
)
def test_timestamps_rise_by_whole_seconds_whatever_the_clock_does(clock: list[datetime]) -> None:
    last: datetime | None = None
    for now in clock:
        at = stamp(now, last)
        assert at.microsecond == 0
        assert at >= now.replace(microsecond=0)
        assert last is None or at - last >= timedelta(seconds=1)
        assert datetime.fromisoformat(written(at)) == at
        last = at


def test_a_timestamp_is_written_with_its_offset() -> None:
    assert written(stamp(NOON, None)) == "2026-11-20T12:00:00+00:00"
    assert written(stamp(NOON, NOON)) == "2026-11-20T12:00:01+00:00"


# --- the next page --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "target"),
    [
        ("", ""),
        ('<https://a.example/m?p=AbC>; rel="next"', "https://a.example/m?p=AbC"),
        ("<?p=AbC>; rel=next", "?p=AbC"),
        ('<https://a.example/1>; rel="first", <https://a.example/2>; rel="next"', "https://a.example/2"),
        ('<https://a.example/2>; title="a, b; rel=prev"; rel="last next"', "https://a.example/2"),
        ("<https://a.example/2>;rel=NEXT;type=x", "https://a.example/2"),
        ("<https://a.example/m?a=1&amp;from=2>; rel=“next”", "https://a.example/m?a=1&from=2"),
        ('<https://a.example/2>; rel="nextish"', ""),
        ('<https://a.example/2>; rel="prev"', ""),
        ("rel=next", ""),
        ("<<<>>>; rel=next;;;", ""),
    ],
)
def test_the_next_page_is_taken_as_it_is_written(header: str, target: str) -> None:
    assert next_link(header) == target


# --- over HTTP ------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_line_items_are_found_and_made(registration: Registration, services: Services) -> None:
    known = services.add_item("7", resourceLinkId="link-1")
    services.add_item("8", resourceLinkId="link-2")
    found = line_items(registration, services.items_url, [LINE_ITEM], resource_link_id="link-1")
    assert [(one.url, one.most, one.link_id) for one in found] == [(known, 10.0, "link-1")]
    wanted = LineItem("", label="Practise", most=5, resource_id="a", tag="greenroom")
    made = make_line_item(registration, services.items_url, wanted)
    assert services.items["made3"] == {
        "label": "Practise",
        "scoreMaximum": 5,
        "resourceId": "a",
        "tag": "greenroom",
    }
    assert made.url == services.item_url("made3")


@pytest.mark.django_db
def test_a_line_item_is_asked_for_once_even_if_the_platform_fails(
    registration: Registration, services: Services
) -> None:
    services.failures["/items"] = [503]
    with pytest.raises(ServiceError) as error:
        make_line_item(registration, services.items_url, LineItem("", label="Practise", most=5))
    assert error.value.retry
    assert services.count("POST", "/items") == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "data",
    [
        {"error": "x"},
        "text",
        7,
        [
            7,
            None,
            {},
            {"id": ""},
            {"id": []},
            {"id": "http://["},
            {"id": "ftp://a.example"},
            {"id": "http://a.example/\0"},
            {"id": "x" * 3000},
        ],
    ],
    ids=["dict", "text", "number", "junk"],
)
def test_line_items_of_the_wrong_type_are_survived(
    registration: Registration, services: Services, monkeypatch: pytest.MonkeyPatch, data: object
) -> None:
    from tests.lti.emulated_services import Reply

    monkeypatch.setattr(services, "_items", lambda asked: Reply(200, data))
    if isinstance(data, list):
        assert line_items(registration, services.items_url, [LINE_ITEM]) == []
    else:
        with pytest.raises(ServiceError):
            line_items(registration, services.items_url, [LINE_ITEM])


@pytest.mark.django_db
def test_a_score_is_whole_and_arrives(registration: Registration, services: Services) -> None:
    column = services.add_item("7")
    at = stamp(NOON, None)
    send_score(registration, column, Score("sam", 7.5, 10, at))
    assert services.grades["7", "sam"] == {"given": 7.5, "most": 10, "at": at}
    with pytest.raises(ServiceError) as error:
        send_score(registration, column, Score("sam", 8, 10, at))
    assert (error.value.status, error.value.retry) == (409, False)
    send_score(registration, column, Score("sam", 8, 10, at + timedelta(seconds=1)))
    assert services.grades["7", "sam"]["given"] == 8


@pytest.mark.django_db
@pytest.mark.parametrize(
    "said", [b"OK", b"<p>Saved</p>", b"", b"\xff"], ids=["word", "page", "nothing", "junk"]
)
def test_a_score_that_was_taken_is_taken_whatever_is_said_beside_that(
    registration: Registration, services: Services, monkeypatch: pytest.MonkeyPatch, said: bytes
) -> None:
    from tests.lti.emulated_services import Reply

    monkeypatch.setattr(services, "_score", lambda asked, key: Reply(200, said))
    send_score(registration, services.add_item("7"), Score("sam", 7, 10, stamp(NOON, None)))
    assert len(services.scores) == 1
