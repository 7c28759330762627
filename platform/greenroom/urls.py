"""All addresses, by app. Anything about one person's data goes through that app's gate."""

from django.contrib import admin
from django.urls import include, path
from django.views.i18n import JavaScriptCatalog
from drf_spectacular.views import SpectacularAPIView

from accounts.views.profile import set_language
from greenroom import health, home

urlpatterns = [
    path("", home.home, name="home"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("jsi18n/", JavaScriptCatalog.as_view(packages=["greenroom"]), name="jsi18n"),
    path("i18n/setlang/", set_language, name="set_language"),
    path("", include("accounts.urls")),
    path("", include("cohorts.urls")),
    path("", include("sessions.urls")),
    path("", include("analytics.urls")),
    path("lti/", include("lti.urls")),
    path("api/v1/", include(("sessions.api.urls", "api"))),
    path("api/v1/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("operator/", admin.site.urls),
]

admin.site.site_header = admin.site.site_title = "Greenroom, for its operator"
handler400 = "greenroom.errors.bad_request"
handler403 = "greenroom.errors.forbidden"
handler404 = "greenroom.errors.not_found"
handler500 = "greenroom.errors.server_error"
