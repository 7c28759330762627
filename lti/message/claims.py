"""The claims of an LTI 1.3 message, read into types: whoever asks for one gets it in the right shape or a refusal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from lti.errors import ClaimRefused, Code

T = TypeVar("T")
_LTI = "https://purl.imsglobal.org/spec/lti/claim/"
VERSION = f"{_LTI}version"
MESSAGE_TYPE = f"{_LTI}message_type"
DEPLOYMENT = f"{_LTI}deployment_id"
TARGET = f"{_LTI}target_link_uri"
ROLES = f"{_LTI}roles"
RESOURCE_LINK = f"{_LTI}resource_link"
CONTEXT = f"{_LTI}context"
CUSTOM = f"{_LTI}custom"
PRESENTATION = f"{_LTI}launch_presentation"
DEEP_LINKING = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"
GRADES = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
ROSTER = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"

LONGEST = 255
"""An identifier of a platform has at most so many characters (LTI 1.3 core, 5.3)."""

Claims = Mapping[str, Any]


class MessageType(StrEnum):
    RESOURCE_LINK = "LtiResourceLinkRequest"
    DEEP_LINKING = "LtiDeepLinkingRequest"


@dataclass(frozen=True, slots=True)
class Person:
    """Whatever the platform tells of a person; all of it may be missing, only `subject` is sure."""

    subject: str
    name: str = ""
    email: str = ""
    locale: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """The course, by the platform's own identifier, unique within a registration."""

    id: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class ResourceLink:
    id: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class GradeService:
    """Assignment and Grade Services: where line items are, and the one of this link. Empty where not offered."""

    scopes: tuple[str, ...] = ()
    line_items: str = ""
    line_item: str = ""


@dataclass(frozen=True, slots=True)
class DeepLinking:
    """What a Deep Linking answer must go by."""

    return_url: str
    accept_types: tuple[str, ...]
    accepts_several: bool
    accepts_line_item: bool
    data: str
    """Goes back as it came, to the last character."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message that passed every check."""

    type: MessageType
    deployment_id: str
    target: str
    roles: tuple[str, ...]
    person: Person
    context: Context | None
    resource_link: ResourceLink | None
    grades: GradeService
    roster_url: str
    deep_linking: DeepLinking | None
    custom: Mapping[str, str]
    return_url: str


def text(claims: Claims, name: str, missing: Code) -> str:
    """A claim that must be a text with something in it. Raises ClaimRefused."""
    value = claims.get(name)
    if value is None or value == "":
        raise ClaimRefused(missing, name)
    return typed(value, str, name)


def typed(value: Any, wanted: type[T], name: str) -> T:
    """The value as it must be. Raises ClaimRefused."""
    if not isinstance(value, wanted) or (wanted is not bool and isinstance(value, bool)):
        raise ClaimRefused(Code.WRONG_TYPE, name)
    return value


def mapping(claims: Claims, name: str) -> Claims:
    """A claim with claims inside; empty where it is missing. Raises ClaimRefused.

    PHP, which Moodle is written in, writes an empty one as a list.
    """
    value = claims.get(name)
    return {} if value is None or value == [] else typed(value, dict, name)


def texts(claims: Claims, name: str) -> tuple[str, ...]:
    """A list of texts; empty where it is missing. Raises ClaimRefused."""
    value = claims.get(name)
    return () if value is None else tuple(typed(one, str, name) for one in typed(value, list, name))


def message(claims: Claims) -> Message:
    """Everything we use of claims that passed `lti.message.checks`. Raises ClaimRefused for a wrong type."""
    kind = MessageType(claims[MESSAGE_TYPE])
    return Message(
        type=kind,
        deployment_id=claims[DEPLOYMENT],
        target=claims[TARGET],
        roles=texts(claims, ROLES),
        person=_person(claims),
        context=_context(claims),
        resource_link=_resource_link(claims) if kind is MessageType.RESOURCE_LINK else None,
        grades=_grades(claims),
        roster_url=_soft(mapping(claims, ROSTER), "context_memberships_url"),
        deep_linking=_deep_linking(claims) if kind is MessageType.DEEP_LINKING else None,
        custom={str(name): str(value) for name, value in mapping(claims, CUSTOM).items()},
        return_url=_soft(mapping(claims, PRESENTATION), "return_url"),
    )


def _person(claims: Claims) -> Person:
    parts = (_soft(claims, "given_name"), _soft(claims, "family_name"))
    name = _soft(claims, "name") or " ".join(part for part in parts if part)
    return Person(claims["sub"], name, _soft(claims, "email"), _soft(claims, "locale"))


def _context(claims: Claims) -> Context | None:
    found = mapping(claims, CONTEXT)
    key = _soft(found, "id")
    return Context(key, _soft(found, "title") or _soft(found, "label")) if key else None


def _resource_link(claims: Claims) -> ResourceLink:
    found = mapping(claims, RESOURCE_LINK)
    return ResourceLink(found["id"], _soft(found, "title"))


def _grades(claims: Claims) -> GradeService:
    found = mapping(claims, GRADES)
    return GradeService(texts(found, "scope"), _soft(found, "lineitems"), _soft(found, "lineitem"))


def _deep_linking(claims: Claims) -> DeepLinking:
    found = mapping(claims, DEEP_LINKING)
    return DeepLinking(
        return_url=found["deep_link_return_url"],
        accept_types=texts(found, "accept_types"),
        # Several are allowed unless the platform says no (Deep Linking 2.0, 4.2).
        accepts_several=not _says_no(found, "accept_multiple"),
        # Where the platform says nothing, sending one harms nobody.
        accepts_line_item=not _says_no(found, "accept_lineitem"),
        data=typed(found.get("data") or "", str, DEEP_LINKING),
    )


def _says_no(claims: Claims, name: str) -> bool:
    """Older Moodles write a boolean as text."""
    return claims.get(name) in (False, "false", "0")


def _soft(claims: Claims, name: str) -> str:
    """A text that may be missing; what is no text counts as missing, because nothing depends on it."""
    value = claims.get(name)
    return value.strip() if isinstance(value, str) else ""
