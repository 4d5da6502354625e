"""Addresses of the web that a page may link."""

from __future__ import annotations

import re

from casebook.messages import say
from casebook.text import Text

_URL = re.compile(
    r"https?://(?P<user>[^/?#@]*@)?(?P<host>[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?|\[[0-9a-f:.]+\])"
    r"(?::(?P<port>[0-9]{1,6}))?(?:[/?#][^\s\\\uff01-\uff5e]*)?",
    re.ASCII | re.IGNORECASE,
)
# Names and numbers of hosts that mean another machine for each reader.
_OWN_HOST = re.compile(
    r"localhost|.*\.local|\[.*\]|0\..*|127\..*|10\..*|192\.168\..*|169\.254\..*"
    r"|172\.(?:1[6-9]|2[0-9]|3[01])\..*|[^.]+",
    re.IGNORECASE,
)
_LAST_PORT = 65535


def judge_url(url: str) -> Text | None:
    """The reason why an address may not be linked, or None where it may."""
    found = _URL.fullmatch(url)
    if found is None and re.match(r"https?://", url, re.IGNORECASE):
        return say("values.url_characters")
    if found is None:
        return say("values.url_scheme")
    if found["user"] is not None:
        return say("values.url_password")
    if _OWN_HOST.fullmatch(found["host"]) or int(found["port"] or 0) > _LAST_PORT:
        return say("values.url_own_host")
    return None
