"""Web addresses that a page may link to."""

from __future__ import annotations

import re

from casebook.messages import say
from casebook.text import Text

_URL = re.compile(
    r"https?://(?P<user>[^/?#@]*@)?(?P<host>[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?|\[[0-9a-f:.]+\])"
    r"(?::(?P<port>[0-9]{1,6}))?(?:[/?#][^\s\\\uff01-\uff5e]*)?",
    re.ASCII | re.IGNORECASE,
)
# Hosts that are a different machine for each reader; 0177.0.0.1 is 127.0.0.1 in octal.
_OWN_HOST = re.compile(
    r"(?:(?:.*\.)?(?:localhost|local|internal|lan|home\.arpa|test|invalid)|\[.*\]|127\..*|10\..*"
    r"|192\.168\..*|169\.254\..*|172\.(?:1[6-9]|2[0-9]|3[01])\..*|[^.]+"
    r"|(?:[0-9]+\.)*0[0-9x][0-9a-f]*(?:\.(?:0x)?[0-9a-f]+)*|0\..*)\.?",
    re.IGNORECASE,
)
# Parts not allowed in SITEURL, to which the paths of pages are appended.
_NO_BASE = re.compile(r"[?#\"'<>`]|/\.\.?(?:/|\Z)")
# Punctuation that no address ends with, and the pattern of an address inside a text.
_ENDS = "。、，；：！？）》」』】”’,;"
_IN_TEXT = re.compile(
    r"(?:https?://|\bwww\.)[^\s\u3000-\u303f\uff01-\uff5e()<>\[\]\"'“”‘’]+", re.IGNORECASE
)
_LAST_PORT = 65535


def judge_url(url: str) -> Text | None:
    """The reason why a page may not link to an address, or None if it may."""
    found = _URL.fullmatch(url)
    host = re.match(r"https?://([^/?#@:\s]*)", url, re.IGNORECASE)
    if host and not host[1].isascii() and (plain := _write_plainly(host[1])):
        return say("values.url_host", host=plain)
    # Such final punctuation belongs to the sentence around the address.
    is_wider = found is not None and url[-1] in _ENDS
    if is_wider or (found is None and re.match(r"https?://", url, re.IGNORECASE)):
        return say("values.url_characters")
    if found is None:
        return say("values.url_scheme")
    if found["user"] is not None:
        return say("values.url_password")
    if _OWN_HOST.fullmatch(found["host"]) or int(found["port"] or 0) > _LAST_PORT:
        return say("values.url_own_host")
    return None


def find_url(text: str) -> str:
    """The address in a text, with https:// before a bare www., or the text if it has none."""
    found = _IN_TEXT.search(text)
    if found is None:
        return text
    url = found[0].rstrip(f"{_ENDS}.")
    return f"https://{url}" if url[:4].lower() == "www." else url


def judge_site_url(url: str) -> Text | None:
    """The reason why an address cannot be a SITEURL, or None if it can."""
    return say("values.url_no_base") if _NO_BASE.search(url) else judge_url(url)


def _write_plainly(host: str) -> str:
    """The ASCII form (IDNA) of a host name, or "" if the name is invalid."""
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return ""
