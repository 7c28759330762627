"""Why something about a cohort cannot be done. `text` may be shown to the person as it is."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.actions import ActionRefused


class NameTaken(ActionRefused):
    text = _("There is a cohort of this name already. Choose another one.")


class NotAMember(ActionRefused):
    text = _("This person does not belong to the institution in that role.")


class CohortArchived(ActionRefused):
    text = _("This cohort is archived. Take it out of the archive first.")


class DatesWrong(ActionRefused):
    text = _("The last day must come after the first one.")


class InvitationProblem(ActionRefused):
    """An invitation that cannot be used. `code` names the page that says so."""

    code = "unknown"


class Expired(InvitationProblem):
    code = "expired"
    text = _("This invitation has expired.")


class Revoked(InvitationProblem):
    code = "revoked"
    text = _("This invitation was withdrawn.")


class UsedUp(InvitationProblem):
    code = "used_up"
    text = _("This invitation has been used as often as it may be.")


class WrongAddress(InvitationProblem):
    code = "wrong_address"
    text = _("This invitation is for another address.")


class OtherRole(InvitationProblem):
    code = "other_role"
    text = _("You already belong to this institution in another role.")


class HasAccount(InvitationProblem):
    code = "has_account"
    text = _("There is an account with this address. Sign in first, then open the link again.")
