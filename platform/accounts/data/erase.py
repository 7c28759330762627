"""Erasing a person: what is theirs goes, what the institution must keep loses their name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.db import transaction

from accounts.data.deletion import delete_rows
from accounts.data.rows import declared, in_institution, rows_about
from accounts.fate import Erasure
from accounts.models import Institution, Purpose, User


@transaction.atomic
def erase(user: User, *, institution: Institution | None = None) -> Counter[str]:
    """Everything about the person, or only what one institution holds; then the account itself stays.

    Returns how many rows were deleted or anonymised, by model label.
    """
    done: Counter[str] = Counter()
    # From the top floor down, so that nothing is deleted while something above still refers to it.
    for model, fate in reversed(list(declared())):
        if model is User or (institution and not fate.institution):
            continue
        rows = rows_about(model, fate, user)
        if institution:
            rows = in_institution(rows, fate, institution.pk)
        if fate.erasure == Erasure.DELETE:
            done += delete_rows(rows)
        elif fate.erasure == Erasure.ANONYMISE and fate.person:
            done[model._meta.label] += rows.update(**{fate.person: None})
    if institution is None:
        done += delete_rows(User.objects.filter(pk=user.pk))
    return done


@transaction.atomic
def erase_under_purpose(user: User, institution: Institution, purpose: Purpose) -> Counter[str]:
    """What exists only because the person agreed to `purpose` in this institution, such as recordings."""
    done: Counter[str] = Counter()
    for model, fate in reversed(list(declared())):
        if fate.purpose == purpose.value:
            done += delete_rows(in_institution(rows_about(model, fate, user), fate, institution.pk))
    return done


def erase_former(users: Iterable[User], institution: Institution) -> None:
    """People whose time as former members is over: their rows there go, the account too if it was their last place."""
    for user in users:
        if user.memberships.exclude(institution=institution).exists() or user.is_staff:
            erase(user, institution=institution)
        else:
            erase(user)
