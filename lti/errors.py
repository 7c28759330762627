"""What can go wrong between a platform and us: one hierarchy, each refusal with a code that its page and the log name.

The words of each code are in `lti.words`; a log line carries the code and the registration, nothing of a person.
"""

from __future__ import annotations

from enum import StrEnum


class Code(StrEnum):
    """Why a launch is refused. The page shows it as a code for support."""

    # Login initiation.
    LOGIN_NO_ISSUER = "login_no_issuer"
    LOGIN_NO_HINT = "login_no_hint"
    LOGIN_NO_TARGET = "login_no_target"
    LOGIN_UNKNOWN_PLATFORM = "login_unknown_platform"
    LOGIN_SEVERAL_PLATFORMS = "login_several_platforms"
    REGISTRATION_PENDING = "registration_pending"
    REGISTRATION_DISABLED = "registration_disabled"
    TARGET_NOT_OURS = "target_not_ours"
    # The platform's answer and the state it brings back.
    PLATFORM_ERROR = "platform_error"
    NO_MESSAGE = "no_message"
    STATE_MISSING = "state_missing"
    STATE_UNKNOWN = "state_unknown"
    STATE_EXPIRED = "state_expired"
    STATE_USED = "state_used"
    OTHER_BROWSER = "other_browser"
    # The token as such.
    MALFORMED = "malformed"
    TOO_LARGE = "too_large"
    NO_KEY_ID = "no_key_id"
    UNKNOWN_KEY = "unknown_key"
    WRONG_ALGORITHM = "wrong_algorithm"
    WRONG_SIGNATURE = "wrong_signature"
    KEYS_UNREACHABLE = "keys_unreachable"
    # Its claims.
    NO_ISSUER = "no_issuer"
    WRONG_ISSUER = "wrong_issuer"
    NO_AUDIENCE = "no_audience"
    WRONG_AUDIENCE = "wrong_audience"
    WRONG_PARTY = "wrong_party"
    NO_EXPIRY = "no_expiry"
    EXPIRED = "expired"
    NO_ISSUE_TIME = "no_issue_time"
    FROM_THE_FUTURE = "from_the_future"
    NO_NONCE = "no_nonce"
    WRONG_NONCE = "wrong_nonce"
    NO_VERSION = "no_version"
    WRONG_VERSION = "wrong_version"
    NO_MESSAGE_TYPE = "no_message_type"
    WRONG_MESSAGE_TYPE = "wrong_message_type"
    ANONYMOUS = "anonymous"
    NO_DEPLOYMENT = "no_deployment"
    NO_ROLES = "no_roles"
    NO_TARGET = "no_target"
    NO_RESOURCE_LINK = "no_resource_link"
    NO_DEEP_LINKING_SETTINGS = "no_deep_linking_settings"
    WRONG_TYPE = "wrong_type"
    # What the launch asks for here.
    DEPLOYMENT_NEW = "deployment_new"
    DEPLOYMENT_REFUSED = "deployment_refused"
    NOT_AN_INSTRUCTOR = "not_an_instructor"
    ACCOUNT_CLOSED = "account_closed"
    ACCOUNT_BEYOND = "account_beyond"


class LtiError(Exception):
    """Anything that a platform did, or did not do, as LTI 1.3 wants it."""


class LaunchRefused(LtiError):
    """A launch that goes no further. `detail` names a claim or a number, never a person or a token."""

    def __init__(self, code: Code, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else str(code))
        self.code, self.detail = code, detail


class LoginRefused(LaunchRefused):
    """The login initiation cannot be answered."""


class StateRefused(LaunchRefused):
    """The answer does not belong to a login that this browser began here."""


class TokenRefused(LaunchRefused):
    """The token is not one, or not signed by the platform."""


class ClaimRefused(LaunchRefused):
    """A claim is missing, of the wrong type, or not what it must be."""


class PlaceRefused(LaunchRefused):
    """The message is in order, but what it asks for is not to be had here."""


class ServiceError(LtiError):
    """A platform's service did not answer as it should; `status` is None where it did not answer at all.

    `said` is the error code in its answer, such as `invalid_client` (RFC 6749, 5.2); empty where it gave none.
    """

    def __init__(self, what: str, *, status: int | None = None, retry: bool = False, said: str = "") -> None:
        super().__init__(what)
        self.status, self.retry, self.said = status, retry, said
