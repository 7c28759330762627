"""Line items and scores (LTI Assignment and Grade Services 2.0, 3.2 and 3.4)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit, urlunsplit

from lti.errors import ServiceError
from lti.models import Registration
from lti.people import told
from lti.services.asking import ask_as, pages, with_words

_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/"
LINE_ITEM, LINE_ITEM_READ, SCORE = f"{_SCOPE}lineitem", f"{_SCOPE}lineitem.readonly", f"{_SCOPE}score"

_ITEM = "application/vnd.ims.lis.v2.lineitem+json"
_ITEMS = "application/vnd.ims.lis.v2.lineitemcontainer+json"
_SCORE = "application/vnd.ims.lis.v1.score+json"


@dataclass(frozen=True, slots=True)
class LineItem:
    """A column of the platform's gradebook. `resource_id` and `tag` are ours, `link_id` is the platform's."""

    url: str
    label: str = ""
    most: float = 0.0
    link_id: str = ""
    resource_id: str = ""
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """A grade that is there: of `points` out of `most`, at a whole second."""

    subject: str
    points: float
    most: float
    at: datetime

    def to_json(self) -> dict[str, Any]:
        """Never another `gradingProgress`: Moodle erases a grade that comes with one."""
        return {
            "userId": self.subject,
            "scoreGiven": self.points,
            "scoreMaximum": self.most,
            "activityProgress": "Completed",
            "gradingProgress": "FullyGraded",
            "timestamp": written(self.at),
        }


def line_items(
    registration: Registration, url: str, scopes: Collection[str], **wanted: str
) -> list[LineItem]:
    """The line items that match, such as `resource_link_id="7"`; a platform may give more. Raises ServiceError."""
    found: list[LineItem] = []
    for data in pages(registration, scopes, with_words(url, **wanted), headers={"Accept": _ITEMS}):
        if not isinstance(data, list):
            raise ServiceError("the platform's line items are no list")
        read = (_read(one, url) for one in data)
        found += [one for one in read if one is not None]
    return found


def make_line_item(registration: Registration, url: str, item: LineItem) -> LineItem:
    """A new line item, asked for once: a platform that answers late has perhaps made it. Raises ServiceError."""
    asked = {
        "label": item.label,
        "scoreMaximum": item.most,
        "resourceId": item.resource_id,
        "tag": item.tag,
        "resourceLinkId": item.link_id,
    }
    said = {name: value for name, value in asked.items() if value}
    headers = {"Content-Type": _ITEM, "Accept": _ITEM}
    answer = ask_as(registration, [LINE_ITEM], "POST", url, headers=headers, json=said, tries=1)
    made = _read(answer.data, url)
    if made is None:
        raise ServiceError("the platform made no line item", status=answer.status)
    return made


def send_score(registration: Registration, line_item_url: str, score: Score) -> None:
    """Asked once: whoever sends it again does so with a later timestamp. Raises ServiceError."""
    headers = {"Content-Type": _SCORE}
    url = scores_url(line_item_url)
    try:
        ask_as(registration, [SCORE], "POST", url, headers=headers, json=score.to_json(), tries=1)
    except ServiceError as error:
        # It was taken; what the platform says beside that is of no use, and need not be JSON.
        if error.status is None or not 200 <= error.status < 300:
            raise


def scores_url(line_item_url: str) -> str:
    """Where the scores of a line item go: its path with `/scores`, its query after that (AGS 2.0, 3.4.2)."""
    parts = urlsplit(line_item_url)
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/scores", fragment=""))


# --- times ----------------------------------------------------------------------------------------------


def stamp(now: datetime, last: datetime | None) -> datetime:
    """The timestamp of a score: of this second, but always later than the last one that the platform was sent."""
    second = now.replace(microsecond=0)
    if last is None:
        return second
    return max(second, last.replace(microsecond=0) + timedelta(seconds=1))


def written(at: datetime) -> str:
    """ISO 8601 with whole seconds and the offset from UTC."""
    return at.isoformat(timespec="seconds")


def _read(data: Any, base: str) -> LineItem | None:
    """A line item as the platform gives it; None where it is none. Its address is its id, and may be relative."""
    if not isinstance(data, dict) or not _text(data, "id"):
        return None
    most = data.get("scoreMaximum")
    number = float(most) if isinstance(most, int | float) and not isinstance(most, bool) else 0.0
    url = _address(base, _text(data, "id"))
    if not url:
        return None
    link = _text(data, "resourceLinkId") or _text(data, "ltiLinkId")
    return LineItem(url, _text(data, "label"), number, link, _text(data, "resourceId"), _text(data, "tag"))


def _address(base: str, told_url: str) -> str:
    try:
        return told.address(urljoin(base, told_url))
    except ValueError:
        return ""


def _text(data: dict[str, Any], name: str) -> str:
    """A number counts as the text of it: some platforms give their ids so."""
    value = data.get(name)
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
