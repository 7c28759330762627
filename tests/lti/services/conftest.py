from __future__ import annotations

from tests.lti.served import course, link, registration, sams_identity, services

__all__ = ["course", "link", "registration", "sams_identity", "services"]
