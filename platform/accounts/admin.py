"""The operator's view of institutions and people: to look things up, and to close an account.

Roles, policies and data are changed in the product by those who answer for them, where it is audited.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.models import Institution, Membership, User

if TYPE_CHECKING:
    InstitutionBase = admin.ModelAdmin[Institution]
    UserBase = admin.ModelAdmin[User]
    MembershipBase = admin.ModelAdmin[Membership]
else:
    InstitutionBase = UserBase = MembershipBase = admin.ModelAdmin


class ReadMostly:
    """Nothing is added or deleted here; what may be changed is named by each model."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Institution)
class InstitutionAdmin(ReadMostly, InstitutionBase):
    list_display = ("name", "region", "language", "simulated", "created_at")
    list_filter = ("region", "simulated")
    search_fields = ("name",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(User)
class UserAdmin(ReadMostly, UserBase):
    list_display = ("email", "name", "is_active", "is_staff", "simulated", "created_at")
    list_filter = ("is_active", "is_staff", "simulated")
    search_fields = ("email", "name")
    fields = ("email", "name", "language", "time_zone", "is_active", "is_staff", "last_login", "created_at")
    readonly_fields = ("email", "name", "language", "time_zone", "is_staff", "last_login", "created_at")


@admin.register(Membership)
class MembershipAdmin(ReadMostly, MembershipBase):
    list_display = ("user", "institution", "role", "created_at", "left_at")
    list_filter = ("role",)
    list_select_related = ("user", "institution")
    search_fields = ("user__email", "institution__name")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
