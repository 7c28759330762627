"""Greenroom inside a platform's frame: whose frame it may be, cookies that hold there, and signing in.

A browser keeps third-party cookies apart by the site around the frame (CHIPS: `Partitioned`), or not at all. So a
session that a launch began in a frame is one of its own: `request.session["lti_frame"]` lists the origins that may show
it, `middleware` gives all its cookies the attributes that hold in a frame and lets those origins frame its pages.
Every other session stays as it was: `SameSite=Lax`, and framed by nobody.
"""

from lti.frames.signing_in import SESSION_KEY, sign_in

__all__ = ["SESSION_KEY", "sign_in"]
