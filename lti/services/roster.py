"""Who is in a course, as the platform says (LTI Names and Role Provisioning Services 2.0)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lti.errors import ServiceError
from lti.message.claims import LONGEST
from lti.models import Registration
from lti.people import told
from lti.services.asking import pages, with_words

SCOPE = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
PER_PAGE = "100"
"""What is asked for; a platform may give fewer or more at once."""

MOST_MEMBERS = 20_000
_MEMBERS = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
_IN_COURSE = "active"


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the course; only `subject` is sure to be there."""

    subject: str
    is_active: bool = True
    roles: tuple[str, ...] = ()
    name: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """The members that were read, by their subjects, and what stopped the reading: None where the list is whole."""

    members: dict[str, Member]
    problem: ServiceError | None = None


def fetch(registration: Registration, url: str) -> Fetched:
    """The roster, page by page. It does not raise: what was read before a page failed is of use too."""
    members: dict[str, Member] = {}
    try:
        for data in pages(
            registration, [SCOPE], with_words(url, limit=PER_PAGE), headers={"Accept": _MEMBERS}
        ):
            _take(members, _listed(data))
    except ServiceError as problem:
        return Fetched(members, problem)
    # Nobody at all cannot be: somebody launched from there. It is rather that we are told nothing.
    return Fetched(members, None if members else ServiceError("the platform's roster is empty"))


def _listed(data: Any) -> list[Any]:
    listed = data.get("members") if isinstance(data, dict) else None
    if not isinstance(listed, list):
        raise ServiceError("the platform's roster has no list of members")
    return listed


def _take(members: dict[str, Member], listed: Iterable[Any]) -> None:
    """Somebody who stands there twice, as platforms do with two enrolments, has both's roles."""
    for member in filter(None, map(_read, listed)):
        known = members.get(member.subject)
        members[member.subject] = _both(known, member) if known else member
        if len(members) > MOST_MEMBERS:
            raise ServiceError("the platform's roster has too many members")


def _both(one: Member, other: Member) -> Member:
    roles = tuple(dict.fromkeys((*one.roles, *other.roles)))
    is_active = one.is_active or other.is_active
    return Member(one.subject, is_active, roles, one.name or other.name, one.email or other.email)


def _read(data: Any) -> Member | None:
    """One member; None for what names nobody. Only `user_id` is needed, all else is taken as far as it is sound."""
    if not isinstance(data, dict):
        return None
    subject = data.get("user_id")
    if isinstance(subject, int) and not isinstance(subject, bool):
        subject = str(subject)
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST or not told.is_fit(subject):
        return None
    roles = data.get("roles")
    # Without a status somebody is in the course (NRPS 2.0, 2.2.1).
    status = _text(data, "status") or _IN_COURSE
    return Member(
        subject,
        is_active=status.casefold() == _IN_COURSE,
        roles=tuple(role for role in roles if isinstance(role, str)) if isinstance(roles, list) else (),
        name=_text(data, "name") or f"{_text(data, 'given_name')} {_text(data, 'family_name')}".strip(),
        email=_text(data, "email"),
    )


def _text(data: dict[str, Any], name: str) -> str:
    value = data.get(name)
    return " ".join(value.replace("\0", "").split()) if isinstance(value, str) else ""
