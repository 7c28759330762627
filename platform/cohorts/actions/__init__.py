"""Every write about cohorts, as a named verb: groups and who is in them, invitations, assignments."""

from cohorts.actions.assignments import assign, change_assignment, withdraw_assignment
from cohorts.actions.groups import (
    archive_cohort,
    create_cohort,
    enrol,
    mark_left,
    rename_cohort,
    unarchive_cohort,
)
from cohorts.actions.invitations import (
    Invitee,
    Link,
    accept_invitation,
    check_invitation,
    invite_by_csv,
    invite_by_link,
    invite_by_mail,
    is_there,
    join_as_new_person,
    revoke_invitation,
    send_invitation,
)

__all__ = [
    "Invitee",
    "Link",
    "accept_invitation",
    "archive_cohort",
    "assign",
    "change_assignment",
    "check_invitation",
    "create_cohort",
    "enrol",
    "invite_by_csv",
    "invite_by_link",
    "invite_by_mail",
    "is_there",
    "join_as_new_person",
    "mark_left",
    "rename_cohort",
    "revoke_invitation",
    "send_invitation",
    "unarchive_cohort",
    "withdraw_assignment",
]
