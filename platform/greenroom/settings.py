"""The one settings module. Everything that differs between machines comes from the environment.

Safe by default: without `GREENROOM_ENV=development` (which `./dev` sets) cookies are secure, demo sign-in
is off and unsafe values are reported by the system checks in `greenroom.checks`.
docs/operators.md explains each variable.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import dj_database_url
import django_stubs_ext
from csp.constants import NONE, SELF
from django.core.management.utils import get_random_secret_key
from django.utils.translation import gettext_lazy as _

from greenroom import environment as env
from greenroom.logs import logging_config
from greenroom.models_store import folder as models_folder

# Generic views may name their form or model, `FormView[ResetForm]`, at run time as they do for mypy.
django_stubs_ext.monkeypatch()

PACKAGE_DIR = Path(__file__).resolve().parent
CHECKOUT = PACKAGE_DIR.parent.parent
IS_CHECKOUT = (CHECKOUT / "manage.py").exists()
BASE_DIR = CHECKOUT if IS_CHECKOUT else PACKAGE_DIR

RUNNING_TESTS = "pytest" in sys.modules
DEVELOPMENT = RUNNING_TESTS or env.text("GREENROOM_ENV", "production") == "development"
GREENROOM_DEMO = env.flag("GREENROOM_DEMO")
DEBUG = env.flag("DEBUG")
_VAR = (CHECKOUT if IS_CHECKOUT else Path.cwd()) / "var"
DATA_DIR = env.folder("GREENROOM_DATA", _VAR / "test" if RUNNING_TESTS else _VAR)

# Without a key from the environment every process gets its own: nobody can guess it, and check
# greenroom.E001 says that sign-ins will not survive a restart.
SECRET_KEY_IS_SET = bool(env.text("SECRET_KEY"))
SECRET_KEY = env.text("SECRET_KEY") or get_random_secret_key()
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]" if DEVELOPMENT else "")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "daphne",
    "greenroom",
    "accounts",
    "cohorts",
    "scoring",
    "sessions",
    "analytics",
    "lti",
    "channels",
    "procrastinate.contrib.django",
    "axes",
    "csp",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "greenroom.apps.StaticConfig",
    "django.forms",
]

MIDDLEWARE = [
    "greenroom.middleware.answer_probes",
    "greenroom.middleware.log_requests",
    "django.middleware.security.SecurityMiddleware",
    # Around the static files too: a Worker obeys the policy of its own file, not of the page.
    "csp.middleware.CSPMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    # Around sessions and CSRF: their cookies need more attributes in a learning platform's frame.
    "lti.frames.middleware.hold_in_frames",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.stand_in_institution",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "greenroom.urls"
ASGI_APPLICATION = "greenroom.asgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "greenroom.context.page",
            ]
        },
    }
]

# --- data -----------------------------------------------------------------------------------------

DATABASE_URL = env.text("DATABASE_URL")
if not DATABASE_URL:
    from greenroom.embedded import url as embedded_url

    DATABASE_URL = embedded_url(DATA_DIR)
DATABASES = {"default": dj_database_url.parse(DATABASE_URL, conn_max_age=0, conn_health_checks=True)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.text("REDIS_URL")
CHANNEL_LAYERS: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "channels_redis.core.RedisChannelLayer", "CONFIG": {"hosts": [REDIS_URL]}}
    if REDIS_URL
    else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
}
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

MEDIA_ROOT = env.folder("MEDIA_ROOT", DATA_DIR / "media")
# Takes in progress are appended to here, a second at a time; several web machines must share it.
SPOOL_DIR = env.folder("GREENROOM_SPOOL", DATA_DIR / "spool")
# Threads that compute live cues; another process on another core carries more students than another thread.
LIVE_LANES = env.number("LIVE_LANES", 1)
# The full analysis after an answer: how many at a time on this machine, and what one of them may take.
ANALYSES_AT_ONCE = env.number("ANALYSES_AT_ONCE", 1)
ANALYSIS_MEMORY_MB = env.number("ANALYSIS_MEMORY_MB", 1536)
ANALYSIS_SECONDS = env.number("ANALYSIS_SECONDS", 3600)
ANALYSIS_DISK_MB = env.number("ANALYSIS_DISK_MB", 512)
S3_BUCKET = env.text("S3_BUCKET")
STORAGES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": S3_BUCKET,
            "endpoint_url": env.text("S3_ENDPOINT_URL") or None,
            "region_name": env.text("S3_REGION") or None,
            "default_acl": None,
            "querystring_auth": True,
        },
    }
    if S3_BUCKET
    else {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEVELOPMENT
        else "servestatic.storage.CompressedStaticFilesStorage"
    },
}
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

STATIC_URL = "/static/"
STATIC_ROOT = env.folder("STATIC_ROOT", DATA_DIR / "static")
_NODE_MODULES = BASE_DIR / "node_modules"
_STATIC_SOURCES = [
    ("", BASE_DIR / "static"),
    ("vendor/pico", _NODE_MODULES / "@picocss" / "pico" / "css"),
    ("vendor/htmx", _NODE_MODULES / "htmx.org" / "dist"),
    ("vendor/plotly", _NODE_MODULES / "plotly.js-basic-dist-min"),
    ("vendor/mediapipe", _NODE_MODULES / "@mediapipe" / "tasks-vision"),
    ("models", models_folder()),
]
STATICFILES_DIRS: list[Any] = [
    (prefix, str(path)) if prefix else str(path) for prefix, path in _STATIC_SOURCES if path.is_dir()
]
# Not in the tests' own process: every client that a test makes would look through all static files again.
SERVESTATIC_USE_FINDERS = DEVELOPMENT and not RUNNING_TESTS
SERVESTATIC_AUTOREFRESH = DEVELOPMENT
# Names carry no hash: always asked again (304), so that no browser mixes the modules of two releases.
SERVESTATIC_MAX_AGE = 0

# --- people ---------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = (
    ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if RUNNING_TESTS
    else [
        "django.contrib.auth.hashers.Argon2PasswordHasher",
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    ]
)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "accounts:sign_in"
PASSWORD_RESET_TIMEOUT = 3600
AXES_FAILURE_LIMIT = 8
# What Django calls the address in credentials; by default axes looks for `email`, finds none and limits nobody.
AXES_USERNAME_FORM_FIELD = "username"
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "accounts.views.sign_in.locked_out"
AXES_IPWARE_PROXY_COUNT = env.number("PROXY_COUNT", 0) or None
# Trying again while locked out does not start the wait again: the page says for how long it is.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_VERBOSE = False
SILENCED_SYSTEM_CHECKS: list[str] = []

EMAIL_URL = env.text("EMAIL_URL")
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "greenroom@localhost")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
globals().update(env.mail(EMAIL_URL, DATA_DIR / "mail"))

# --- safety ---------------------------------------------------------------------------------------

SECURE_HTTPS = not DEVELOPMENT
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = SECURE_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = env.number("HSTS_SECONDS", 31_536_000) if SECURE_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.number("PROXY_COUNT", 0) else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_NAME = "greenroom_session"
SESSION_COOKIE_AGE = 14 * 24 * 3600
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        # MediaPipe runs as WebAssembly; nothing else is evaluated.
        "script-src": [SELF, "'wasm-unsafe-eval'"],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF, "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "worker-src": [SELF, "blob:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- words and times ------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German")), ("fr", _("French"))]
LOCALE_PATHS = [PACKAGE_DIR / "locale"]
LANGUAGE_COOKIE_NAME = "greenroom_language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_I18N = USE_TZ = True
FORMAT_MODULE_PATH = ["greenroom.formats"]
TIME_ZONE = env.text("TIME_ZONE", "UTC")

# --- the rest -------------------------------------------------------------------------------------

# procrastinate finds `tasks` in each app by itself; these lie deeper.
PROCRASTINATE_IMPORT_PATHS = ["sessions.recordings.tasks", "lti.registering.tasks"]
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.LimitOffsetPagination",
    "PAGE_SIZE": 50,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Greenroom",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_NAME_OVERRIDES": {
        "SessionState": "sessions.models.State",
        "AnswerState": "sessions.models.AnswerState",
        "ResultState": "sessions.models.ResultState",
    },
}
LOGGING = logging_config(level=env.text("LOG_LEVEL", "INFO"), plain=DEVELOPMENT)
LOGGING_CONFIG = "greenroom.logs.configure"
VERSION = "0.1.0"
# Nothing calls home: onnxruntime's and others' telemetry is off for every process that reads these settings.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
