"""The password: forgotten, and changed. Django's own views; the mail goes by a background job."""

from __future__ import annotations

from typing import Any

from axes.utils import reset as reset_failures
from django.contrib import messages
from django.contrib.auth.views import (
    PasswordChangeView,
    PasswordResetCompleteView,
    PasswordResetConfirmView,
    PasswordResetDoneView,
)
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.forms import ResetForm
from accounts.models import User
from accounts.tasks import send_password_reset

ONE_MAIL_IN_S = 60


@require_http_methods(["GET", "HEAD", "POST"])
def reset(request: HttpRequest) -> HttpResponse:
    form = ResetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        mail_reset(form.cleaned_data["email"], request)
        return redirect("accounts:password_reset_done")
    return render(request, "accounts/password_reset.html", {"form": form})


def mail_reset(address: str, request: HttpRequest) -> None:
    """The answer is the same, and as quick, whether there is such an account: the mail is another process's work."""
    user = User.objects.filter(email=address.lower(), is_active=True, simulated=False).first()
    if user is None or not user.has_usable_password():
        return
    if not cache.add(f"password-reset:{user.pk}", 1, ONE_MAIL_IN_S):
        return  # nobody's mailbox is filled by someone who presses the button again and again
    origin = request.build_absolute_uri("/").rstrip("/")
    send_password_reset.defer(user_id=str(user.pk), origin=origin)


class PasswordResetConfirm(PasswordResetConfirmView):
    template_name = "accounts/password_reset_confirm.html"
    success_url = reverse_lazy("accounts:password_reset_complete")

    def form_valid(self, form: Any) -> HttpResponse:
        # Whoever was locked out and proved that the mailbox is theirs may sign in at once.
        if self.user is not None:
            reset_failures(username=self.user.email)
        return super().form_valid(form)


class PasswordChange(PasswordChangeView):
    template_name = "accounts/password_change.html"
    success_url = reverse_lazy("accounts:profile")

    def form_valid(self, form: Any) -> HttpResponse:
        messages.success(self.request, _("Your new password is set. Other devices were signed out."))
        return super().form_valid(form)


reset_done = PasswordResetDoneView.as_view(template_name="accounts/password_reset_done.html")
reset_confirm = PasswordResetConfirm.as_view()
reset_complete = PasswordResetCompleteView.as_view(template_name="accounts/password_reset_complete.html")
change = PasswordChange.as_view()
