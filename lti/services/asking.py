"""Asking a service with a token, and page by page."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from lti.errors import ServiceError
from lti.http import TRIES, Answer, ask
from lti.models import Registration
from lti.services.token import bearer, forget

MOST_PAGES = 200
"""A list that goes on beyond is not read further: some platforms have linked their last page to their first."""

_LINK = re.compile(r'<([^<>]*)>((?:\s*;(?:"[^"]*"|[^",;<>])*)*)')
_WORD = re.compile(r""";\s*([\w*-]+)\s*=\s*(?:"([^"]*)"|['“”]?([^;"'“”]*))""")


def ask_as(
    registration: Registration,
    scopes: Collection[str],
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    json: Any = None,
    tries: int = TRIES,
) -> Answer:
    """One request with our token; with a new one where the platform takes the old one no more. Raises ServiceError."""
    token = bearer(registration, scopes)
    try:
        return ask(method, url, headers=_signed(headers, token), json=json, tries=tries)
    except ServiceError as error:
        if error.status != 401:
            raise
    forget(registration, scopes)
    token = bearer(registration, scopes)
    return ask(method, url, headers=_signed(headers, token), json=json, tries=tries)


def _signed(headers: Mapping[str, str], token: str) -> dict[str, str]:
    return {**headers, "Authorization": f"Bearer {token}"}


# --- pages ----------------------------------------------------------------------------------------------


def pages(
    registration: Registration, scopes: Collection[str], url: str, *, headers: Mapping[str, str]
) -> Iterator[Any]:
    """The data of each page, as its `Link` header leads on. Raises ServiceError, also for a list without an end."""
    seen: set[str] = set()
    while url:
        if url in seen or len(seen) >= MOST_PAGES:
            raise ServiceError("the platform's list has no end")
        seen.add(url)
        answer = ask_as(registration, scopes, "GET", url, headers=headers)
        yield answer.data
        url = _next(answer, url)


def _next(answer: Answer, at: str) -> str:
    """The next page, empty after the last one. Raises ServiceError for one that our token must not go to."""
    target = next_link(answer.headers.get("link", ""))
    if not target:
        return ""
    try:
        url = urljoin(at, target)
        here, there = urlsplit(at), urlsplit(url)
    except ValueError as error:
        raise ServiceError("the next page has no sound address") from error
    if (here.scheme, here.netloc.lower()) != (there.scheme, there.netloc.lower()):
        raise ServiceError("the next page is on another site")
    return url


def next_link(header: str) -> str:
    """The target of rel=next (RFC 8288) exactly as it is written: its case may matter, and it may be relative.

    Moodle writes the quotes of `rel` curled and `&` as `&amp;` (mod/lti/service/gradebookservices, lineitems.php).
    """
    for target, words in _LINK.findall(header):
        if any("next" in kind.lower().split() for kind in _kinds(words)):
            return str(target).strip().replace("&amp;", "&")
    return ""


def _kinds(words: str) -> list[str]:
    """The values of `rel` among a link's parameters."""
    return [quoted or plain for name, quoted, plain in _WORD.findall(words) if name.lower() == "rel"]


def with_words(url: str, **words: str) -> str:
    """The address with more words in its query; one that is there already stays as it is."""
    parts = urlsplit(url)
    there = {name for name, _value in parse_qsl(parts.query, keep_blank_values=True)}
    more = urlencode({name: value for name, value in words.items() if name not in there})
    query = "&".join(part for part in (parts.query, more) if part)
    return urlunsplit(parts._replace(query=query, fragment=""))
