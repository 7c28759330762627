"""What an institution and a platform agree on, however it was told."""

from __future__ import annotations

from dataclasses import dataclass

from lti.models import Product, Registration

FIELDS = (
    "name",
    "product",
    "issuer",
    "client_id",
    "login_url",
    "token_url",
    "token_audience",
    "keys_url",
    "frame_origins",
)


@dataclass(frozen=True, kw_only=True)
class Details:
    """The values of a registration that people or platforms tell; `token_audience` is empty where it is token_url."""

    name: str
    product: Product
    issuer: str
    client_id: str
    login_url: str
    token_url: str
    keys_url: str
    token_audience: str = ""
    frame_origins: tuple[str, ...] = ()

    def on(self, registration: Registration) -> Registration:
        """Put onto the registration, which is not saved by this. Keys of other addresses are forgotten."""
        if (registration.keys_url, registration.issuer) != (self.keys_url, self.issuer):
            registration.keys, registration.keys_fetched_at, registration.keys_tried_at = {}, None, None
        for name in FIELDS:
            setattr(registration, name, getattr(self, name))
        registration.frame_origins = list(self.frame_origins)
        return registration


def details_of(registration: Registration) -> Details:
    values = {name: getattr(registration, name) for name in FIELDS}
    values["frame_origins"] = tuple(registration.frame_origins)
    return Details(**values)
