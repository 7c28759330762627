"""Why a registration cannot be made or changed. `text` may be shown to the administrator as it is."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.actions import ActionRefused


class KnownAlready(ActionRefused):
    """Of one's own or of another institution: the words are the same, so that they tell nothing about anybody."""

    text = _(
        "This platform ID and client ID are in use already and cannot be registered a second time. Look at your "
        "list of platforms; if they are not there, make a new client ID in your platform."
    )


class PlatformIsAnother(ActionRefused):
    text = _(
        "People have come from this platform, and would be taken for others at another one. Connect the other "
        "platform as a new one instead."
    )


class LinkRefused(ActionRefused):
    """A one-time link that cannot be used (any more)."""


class LinkUnknown(LinkRefused):
    text = _("This link is unknown. Perhaps it was copied in part, or withdrawn.")


class LinkExpired(LinkRefused):
    text = _("This link has expired.")


class LinkUsed(LinkRefused):
    text = _("This link was used already. Each link connects one platform once.")
