"""The line item that the grades of a link go to: the link's own, or ours among the course's, or a new one."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext as _

from lti.grading.words import Problem
from lti.models import ResourceLink
from lti.services.line_items import LINE_ITEM, LINE_ITEM_READ, SCORE, LineItem, line_items, make_line_item

TAG = "practice"
"""Of our line items, as `lti.choosing` writes it into what a teacher picks."""


class NotToBeHad(Exception):
    """The platform does not offer what is needed. `problem` says what."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.value)
        self.problem = problem


def column_of(link: ResourceLink, *, anew: bool = False) -> str:
    """The line item's address; looked for `anew` where the known one led nowhere. Raises NotToBeHad, ServiceError."""
    if link.course is None or SCORE not in link.course.scopes:
        raise NotToBeHad(Problem.NOT_OFFERED)
    if link.line_item_url and not anew:
        return link.line_item_url
    item = _found(link) or _made(link)
    link.line_item_url = item.url
    ResourceLink.objects.filter(pk=link.pk).update(line_item_url=item.url)
    return item.url


def _found(link: ResourceLink) -> LineItem | None:
    """The one that the platform ties to the link, else the one that we made for the assignment."""
    url, scopes = _service(link)
    registration = link.registration
    tied = line_items(registration, url, scopes, resource_link_id=link.link_id)
    for item in tied:
        if item.link_id == link.link_id:
            return item
    ours = line_items(registration, url, scopes, tag=TAG, resource_id=str(link.assignment_id))
    for item in ours:
        is_ours = (item.tag, item.resource_id) == (TAG, str(link.assignment_id))
        if is_ours and item.link_id in {"", link.link_id}:
            return item
    return None


def _made(link: ResourceLink) -> LineItem:
    url, _scopes = _service(link)
    if link.course is None or LINE_ITEM not in link.course.scopes or link.points is None:
        raise NotToBeHad(Problem.NO_COLUMN)
    wanted = LineItem(
        url="",
        label=_label(link),
        most=link.points,
        link_id=link.link_id,
        resource_id=str(link.assignment_id),
        tag=TAG,
    )
    return make_line_item(link.registration, url, wanted)


def _service(link: ResourceLink) -> tuple[str, list[str]]:
    """Where the course's line items are, and the scope by which they may be read."""
    course = link.course
    if course is not None and course.line_items_url:
        for scope in (LINE_ITEM, LINE_ITEM_READ):
            if scope in course.scopes:
                return course.line_items_url, [scope]
    raise NotToBeHad(Problem.NO_COLUMN)


def _label(link: ResourceLink) -> str:
    """What the teacher reads in the platform's gradebook."""
    if link.title:
        return link.title
    if link.assignment is not None:
        return link.assignment.scenario.title
    with translation.override(link.institution.language):
        return _("Interview practice")
