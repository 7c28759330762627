"""The four people whom a demo offers on its sign-in page. They are simulated; `seed_demo` writes them.

Only their addresses are known here: whoever is not simulated can never be signed in this way, whatever the address.
"""

from __future__ import annotations

from django.conf import settings

from accounts.models import User

DOMAIN = "demo.greenroom.example"
"""Ends in `.example`, which nobody can own (RFC 2606)."""
SAM, TIA, ADA, OTTO = (f"{name}@{DOMAIN}" for name in ("sam", "tia", "ada", "otto"))
ADDRESSES = (SAM, TIA, ADA, OTTO)


def demo_people() -> list[User]:
    """The four, in order, each with `memberships`; empty unless this is a demo."""
    if not settings.GREENROOM_DEMO:
        return []
    rows = User.objects.filter(email__in=ADDRESSES, simulated=True, is_active=True, is_staff=False)
    rows = rows.filter(memberships__institution__simulated=True, memberships__left_at=None)
    found = {user.email: user for user in rows.prefetch_related("memberships__institution")}
    return [found[address] for address in ADDRESSES if address in found]


def demo_person(address: str) -> User | None:
    return next((user for user in demo_people() if user.email == address), None)
