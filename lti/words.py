"""What people read when a launch is refused: for each code what happened, what to do, what to tell who administers.

Most who read it are students who clicked a link in their course and can mend nothing. So `what` and `todo` are theirs;
`tell` is for whoever looks after the platform or this installation, and names things as platforms name them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from lti.errors import Code


@dataclass(frozen=True, slots=True)
class Words:
    title: StrOrPromise
    what: StrOrPromise
    todo: StrOrPromise
    tell: StrOrPromise
    status: int = 400
    """Never above 499: nothing that a platform or a browser sends is our failure."""


def words_of(code: Code) -> Words:
    return WORDS[code]


_AGAIN = _("Open the link in your course again. If it stays like this, show this page to your teacher.")
_TEACHER = _("You can do nothing about it yourself. Show this page to your teacher.")
_WAIT = _(
    "Wait a minute, then open the link in your course again. If it stays like this, show this page to your teacher."
)
_NOT_OPENED = _("Greenroom could not be opened")
_NOT_SET_UP = _("Greenroom is not set up here yet")
_TOO_LONG_AGO = _("This way in was open for too long")
_NOT_TRUSTED = _("This launch could not be trusted")
_INCOMPLETE = _("Something is missing in this launch")
_NOT_SIGNED = _(
    "Nothing was opened, and your account is safe. Open the link in your course again. If it stays like this, show "
    "this page to your teacher."
)

_LOGIN: Mapping[Code, Words] = {
    Code.LOGIN_NO_ISSUER: Words(
        _INCOMPLETE,
        _("Your learning platform did not say which platform it is."),
        _AGAIN,
        _("The login initiation lacks iss. Check the initiate login URL that is set in the platform."),
    ),
    Code.LOGIN_NO_HINT: Words(
        _INCOMPLETE,
        _("Your learning platform did not say who is signed in there."),
        _("Sign in to your learning platform and open the link in your course from there."),
        _(
            "The login initiation lacks login_hint. The address is for the platform, not to be opened by hand."
        ),
    ),
    Code.LOGIN_NO_TARGET: Words(
        _INCOMPLETE,
        _("Your learning platform did not say what it wants to open."),
        _AGAIN,
        _("The login initiation lacks target_link_uri. Set the tool URL in the platform."),
    ),
    Code.LOGIN_UNKNOWN_PLATFORM: Words(
        _NOT_SET_UP,
        _("Your learning platform is not registered with Greenroom, or with other values."),
        _TEACHER,
        _(
            "No registration has this issuer and client ID. Compare both with the page Platforms in Greenroom; "
            "they must be the same to the letter, also a slash at the end."
        ),
        404,
    ),
    Code.LOGIN_SEVERAL_PLATFORMS: Words(
        _NOT_SET_UP,
        _("Several platforms with the same name are registered, and yours did not say which of them it is."),
        _TEACHER,
        _(
            "Several registrations share this issuer. The platform has to send client_id, or a deployment ID that is "
            "accepted in one of them, with its login initiation."
        ),
    ),
    Code.REGISTRATION_PENDING: Words(
        _NOT_SET_UP,
        _("Your learning platform is registered with Greenroom, but not switched on yet."),
        _TEACHER,
        _("The platform's public keys could not be read yet. Choose Check now on its page below Platforms."),
        403,
    ),
    Code.REGISTRATION_DISABLED: Words(
        _("Greenroom is switched off here"),
        _("An administrator switched the way from your learning platform to Greenroom off."),
        _("What you practised is safe. Ask your teacher whether and when it is switched on again."),
        _("The registration is switched off. It can be switched on on the page Platforms in Greenroom."),
        403,
    ),
    Code.TARGET_NOT_OURS: Words(
        _NOT_SET_UP,
        _("The link in your course leads to an address that is not one of Greenroom's."),
        _TEACHER,
        _(
            "target_link_uri is not this installation's launch URL. Check the tool URL in the platform: scheme, host "
            "and path must be those on the page Platforms."
        ),
    ),
}

_STATE: Mapping[Code, Words] = {
    Code.PLATFORM_ERROR: Words(
        _NOT_OPENED,
        _("Your learning platform answered with an error of its own."),
        _("Sign in to your learning platform anew, then open the link in your course again."),
        _("The authentication response has error instead of a token. The detail is the platform's own word."),
    ),
    Code.NO_MESSAGE: Words(
        _NOT_OPENED,
        _("Your learning platform came back without a message."),
        _AGAIN,
        _("The authentication response lacks id_token. It must be sent by response_mode=form_post."),
    ),
    Code.STATE_MISSING: Words(
        _NOT_OPENED,
        _("This did not begin with a link in your course."),
        _("Open the link in your course. This page cannot be kept as a bookmark or reloaded."),
        _("The authentication response lacks state. The platform must send back the state of the request."),
    ),
    Code.STATE_UNKNOWN: Words(
        _NOT_TRUSTED,
        _("Greenroom does not know the launch that this answers."),
        _NOT_SIGNED,
        _("The state is none of ours, or older than two days."),
    ),
    Code.STATE_EXPIRED: Words(
        _TOO_LONG_AGO,
        _("More than ten minutes went by between your click and the answer of your learning platform."),
        _("Open the link in your course again."),
        _(
            "The state is too old. If it happens at once, compare the clocks and look for a proxy that keeps pages."
        ),
    ),
    Code.STATE_USED: Words(
        _TOO_LONG_AGO,
        _("This launch was used already. Each click opens Greenroom once."),
        _("Open the link in your course again. Going back or reloading does not work here."),
        _("The state was used up by an earlier response."),
    ),
    Code.OTHER_BROWSER: Words(
        _NOT_TRUSTED,
        _("This launch was begun in another browser or window, or your browser keeps no cookies for us."),
        _(
            "Open the link in your course again, in this browser. If it stays like this, have it open in a new "
            "window or allow cookies for this site."
        ),
        _(
            "The cookie of the login is missing or another one. Let the platform open the tool in a new window, or "
            "look for a browser setting that blocks all cookies."
        ),
        403,
    ),
}

_TOKEN: Mapping[Code, Words] = {
    Code.MALFORMED: Words(
        _NOT_TRUSTED,
        _("What your learning platform sent cannot be read."),
        _NOT_SIGNED,
        _("id_token is not a JSON Web Token."),
    ),
    Code.TOO_LARGE: Words(
        _NOT_OPENED,
        _("What your learning platform sent is far larger than a launch can be."),
        _TEACHER,
        _("id_token has more than 64 kB. Look for very long custom parameters."),
        413,
    ),
    Code.NO_KEY_ID: Words(
        _NOT_TRUSTED,
        _("The signature of your learning platform does not say with which key it was made."),
        _NOT_SIGNED,
        _("The header of id_token lacks kid."),
    ),
    Code.UNKNOWN_KEY: Words(
        _NOT_TRUSTED,
        _("Your learning platform signed with a key that it does not publish."),
        _WAIT,
        _(
            "The key set has no usable RSA key of this kid. Check the public keyset URL in the registration; after a "
            "change of keys the set is fetched anew once a minute."
        ),
    ),
    Code.WRONG_ALGORITHM: Words(
        _NOT_TRUSTED,
        _("Your learning platform signed in a way that is not allowed."),
        _NOT_SIGNED,
        _("id_token must be signed with RS256."),
    ),
    Code.WRONG_SIGNATURE: Words(
        _NOT_TRUSTED,
        _("The signature of your learning platform is not right."),
        _NOT_SIGNED,
        _(
            "The signature does not fit the published key of this kid. Was the key replaced under the same kid?"
        ),
        403,
    ),
    Code.KEYS_UNREACHABLE: Words(
        _NOT_OPENED,
        _("Greenroom could not ask your learning platform for its keys."),
        _WAIT,
        _("The public keyset URL gives no key set. Its last error stands on the page Platforms."),
    ),
}

_CLAIMS: Mapping[Code, Words] = {
    Code.NO_ISSUER: Words(
        _INCOMPLETE,
        _("The signed message does not say which platform it is from."),
        _AGAIN,
        _("iss is missing."),
    ),
    Code.WRONG_ISSUER: Words(
        _NOT_TRUSTED,
        _("The signed message is from another platform than the one that began."),
        _NOT_SIGNED,
        _("iss is not the registration's issuer."),
        403,
    ),
    Code.NO_AUDIENCE: Words(
        _INCOMPLETE,
        _("The signed message does not say for whom it is."),
        _AGAIN,
        _("aud is missing or empty."),
    ),
    Code.WRONG_AUDIENCE: Words(
        _NOT_TRUSTED,
        _("The signed message is for another tool than Greenroom."),
        _NOT_SIGNED,
        _("aud does not hold the registration's client ID. Compare the client ID in the platform and here."),
        403,
    ),
    Code.WRONG_PARTY: Words(
        _NOT_TRUSTED,
        _("The signed message is for several tools, and names another one as the one that may use it."),
        _NOT_SIGNED,
        _("With several values in aud, azp must be the registration's client ID."),
        403,
    ),
    Code.NO_EXPIRY: Words(
        _INCOMPLETE, _("The signed message does not say until when it counts."), _AGAIN, _("exp is missing.")
    ),
    Code.EXPIRED: Words(
        _TOO_LONG_AGO,
        _("The signed message has expired."),
        _("Open the link in your course again."),
        _("exp is more than a minute ago. If it happens at once, one of the two clocks is wrong."),
    ),
    Code.NO_ISSUE_TIME: Words(
        _INCOMPLETE, _("The signed message does not say when it was made."), _AGAIN, _("iat is missing.")
    ),
    Code.FROM_THE_FUTURE: Words(
        _NOT_TRUSTED,
        _("The signed message says that it was made in the future."),
        _TEACHER,
        _("iat or nbf is more than a minute ahead of us. One of the two clocks is wrong; set both by NTP."),
    ),
    Code.NO_NONCE: Words(
        _INCOMPLETE,
        _("The signed message lacks the number that ties it to your click."),
        _AGAIN,
        _("nonce is missing. The platform must send back the nonce of the request."),
    ),
    Code.WRONG_NONCE: Words(
        _NOT_TRUSTED,
        _("The signed message belongs to another click than this one."),
        _NOT_SIGNED,
        _("nonce is not the one of this login."),
        403,
    ),
    Code.NO_VERSION: Words(
        _INCOMPLETE,
        _("The message does not say which version of LTI it speaks."),
        _AGAIN,
        _("version is missing."),
    ),
    Code.WRONG_VERSION: Words(
        _NOT_SET_UP,
        _("Your learning platform speaks a version of LTI that Greenroom does not."),
        _TEACHER,
        _("version must be 1.3.0. Set the tool up as an LTI 1.3 tool."),
    ),
    Code.NO_MESSAGE_TYPE: Words(
        _INCOMPLETE, _("The message does not say what it is about."), _AGAIN, _("message_type is missing.")
    ),
    Code.WRONG_MESSAGE_TYPE: Words(
        _NOT_SET_UP,
        _("Your learning platform asks for something that Greenroom does not offer."),
        _TEACHER,
        _("message_type is neither LtiResourceLinkRequest nor LtiDeepLinkingRequest."),
    ),
    Code.ANONYMOUS: Words(
        _("Greenroom has to know that it is you"),
        _("Your learning platform did not say who you are. Your progress needs a person that it belongs to."),
        _(
            "Sign in to your learning platform and open the link again. If you are signed in, show this page to your "
            "teacher."
        ),
        _(
            "sub is missing. The platform must send an identifier of the person; name and address may be kept back."
        ),
        403,
    ),
    Code.NO_DEPLOYMENT: Words(
        _INCOMPLETE,
        _("The message does not say from which place in your platform it comes."),
        _AGAIN,
        _("deployment_id is missing."),
    ),
    Code.NO_ROLES: Words(
        _INCOMPLETE,
        _("The message does not say what you are in your course."),
        _AGAIN,
        _("roles is missing. It may be an empty list, but it must be there."),
    ),
    Code.NO_TARGET: Words(
        _INCOMPLETE,
        _("The signed message does not say which page it opens."),
        _AGAIN,
        _("target_link_uri is missing in the token."),
    ),
    Code.NO_RESOURCE_LINK: Words(
        _INCOMPLETE,
        _("The message does not say which link in your course was opened."),
        _AGAIN,
        _("resource_link with an id is missing."),
    ),
    Code.NO_DEEP_LINKING_SETTINGS: Words(
        _INCOMPLETE,
        _("The message does not say where your choice should go."),
        _AGAIN,
        _("deep_linking_settings with a deep_link_return_url is missing."),
    ),
    Code.WRONG_TYPE: Words(
        _NOT_OPENED,
        _("A part of the message is of a kind that it cannot be."),
        _AGAIN,
        _(
            "A claim has the wrong type, is too long or holds characters that nothing can keep; the detail names it."
        ),
    ),
}

_PLACES: Mapping[Code, Words] = {
    Code.DEPLOYMENT_NEW: Words(
        _("Greenroom waits for your administrator"),
        _(
            "This is the first launch from this part of your learning platform, and an administrator has to agree to "
            "it."
        ),
        _(
            "Tell your teacher that Greenroom waits here for an administrator's word. Then open the link again."
        ),
        _("A new deployment is waiting. Accept or refuse it on the page Platforms in Greenroom."),
        403,
    ),
    Code.DEPLOYMENT_REFUSED: Words(
        _("Greenroom is not open here"),
        _("An administrator decided that Greenroom is not used from this part of your learning platform."),
        _("If you think that it should be, ask your teacher."),
        _("The deployment was refused. That can be changed on the page Platforms in Greenroom."),
        403,
    ),
    Code.NOT_AN_INSTRUCTOR: Words(
        _("This is for teachers"),
        _("Only those who teach a course choose what is put into it."),
        _(
            "Open the links that your teacher put into the course. If you teach it, have your role there checked."
        ),
        _("A Deep Linking request came from somebody without a teaching role in the context."),
        403,
    ),
    Code.ACCOUNT_CLOSED: Words(
        _("Your account is closed"),
        _("The account that belongs to you here was closed by those who run this site."),
        _("What you practised has not been deleted. Ask your teacher whom to turn to."),
        _("The account is inactive. Only an operator can open it again."),
        403,
    ),
    Code.ACCOUNT_BEYOND: Words(
        _("This account is not opened from a course"),
        _("The account that belongs to you here also belongs to another institution."),
        _(
            "Sign in with your e-mail address and password, in a window of its own. If you have none, ask your teacher."
        ),
        _(
            "A platform opens accounts of its own institution only: whoever looks after it could enter the other one."
        ),
        403,
    ),
}

WORDS: Mapping[Code, Words] = MappingProxyType({**_LOGIN, **_STATE, **_TOKEN, **_CLAIMS, **_PLACES})
