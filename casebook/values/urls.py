"""Which addresses of the web a page may link."""

from __future__ import annotations

import re

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


def judge_url(url: str) -> tuple[str, str] | None:
    """Why an address may not be linked, in Chinese and in English, or None where it may."""
    found = _URL.fullmatch(url)
    if found is None and re.match(r"https?://", url, re.IGNORECASE):
        return (
            "网址写错了：有空格、反斜杠、全角字符，或没有域名",
            "the address has a blank, a backslash or full-width characters, or no host",
        )
    if found is None:
        return (
            "网址要以 http:// 或 https:// 开头",
            "an address starts with http:// or https://",
        )
    if found["user"] is not None:
        return "网址里不能有用户名和密码", "an address may hold no user name and password"
    if _OWN_HOST.fullmatch(found["host"]) or int(found["port"] or 0) > _LAST_PORT:
        return (
            "网址是本机或内网的地址，读者打不开",
            "the address is one of this machine or of a network that no reader can reach",
        )
    return None
