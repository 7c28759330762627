"""What would happen if an uploaded list were confirmed. Nothing is written until it is.

Between the preview and the confirmation the list lies in the teacher's own page, signed: the server keeps no copy of
people who were perhaps never invited.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.core import signing

from accounts.models import Role, User
from cohorts.actions.invitations import Invitee
from cohorts.models import Cohort
from cohorts.people_csv import BadLine, People, Person
from cohorts.queries import addresses_in, addresses_invited, roles_by_address

SALT = "cohorts.people-csv"
VALID_S = 3600


class State(StrEnum):
    INVITE = "invite"
    THERE = "there"
    INVITED = "invited"
    OTHER_ROLE = "other_role"


@dataclass(frozen=True)
class Row:
    person: Person
    state: State


@dataclass(frozen=True)
class Preview:
    rows: list[Row]
    problems: list[BadLine]

    @property
    def to_invite(self) -> list[Invitee]:
        return [Invitee(row.person.email, row.person.name) for row in self.rows if row.state == State.INVITE]


def preview_of(people: People, cohort: Cohort) -> Preview:
    """Three queries, however long the list is."""
    addresses = [person.email for person in people.rows]
    there = addresses_in(cohort, addresses)
    invited = addresses_invited(cohort.institution, cohort, addresses)
    roles = roles_by_address(cohort.institution, addresses)

    def state(address: str) -> State:
        if address in there:
            return State.THERE
        if roles.get(address, Role.STUDENT) != Role.STUDENT:
            return State.OTHER_ROLE
        return State.INVITED if address in invited else State.INVITE

    return Preview([Row(person, state(person.email)) for person in people.rows], people.problems)


def sealed(preview: Preview, cohort: Cohort, user: User) -> str:
    """The people to invite as a signed text, good for an hour, for this cohort and this person only."""
    people = [[invitee.email, invitee.name] for invitee in preview.to_invite]
    return signing.dumps(people, salt=_salt(cohort, user), compress=True)


def unsealed(text: str, cohort: Cohort, user: User) -> list[Invitee]:
    """Raises `signing.BadSignature` for anything that `sealed` did not make for them, or that is too old."""
    people = signing.loads(text, salt=_salt(cohort, user), max_age=VALID_S)
    return [Invitee(email, name) for email, name in people]


def _salt(cohort: Cohort, user: User) -> str:
    return f"{SALT}:{cohort.pk}:{user.pk}"
