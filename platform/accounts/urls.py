"""Addresses about the person. The way in by invitation is `cohorts:join`, one floor above."""

from django.urls import URLPattern, URLResolver, path

from accounts.views import password, policy, privacy, profile, sign_in

app_name = "accounts"
urlpatterns: list[URLPattern | URLResolver] = [
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-in/demo/", sign_in.demo_sign_in, name="demo_sign_in"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("password/forgotten/", password.reset, name="password_reset"),
    path("password/forgotten/sent/", password.reset_done, name="password_reset_done"),
    path("password/new/<uidb64>/<token>/", password.reset_confirm, name="password_reset_confirm"),
    path("password/new/done/", password.reset_complete, name="password_reset_complete"),
    path("password/change/", password.change, name="password_change"),
    path("profile/", profile.profile, name="profile"),
    path("institution/", profile.choose_institution, name="choose_institution"),
    path("institution/leave/", profile.leave, name="leave"),
    path("privacy/", privacy.privacy, name="privacy"),
    path("privacy/consent/", privacy.consent, name="consent"),
    path("privacy/download/", privacy.download, name="privacy_download"),
    path("privacy/delete/", privacy.delete, name="privacy_delete"),
    path("policy/", policy.policy, name="policy"),
    path("policy/log/", policy.audit, name="audit"),
]
