"""The colours of the site, read from the custom properties of tokens.css."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from casebook.messages import problem
from casebook.problems import START, ContentError

TOKENS: Final = "theme/static/css/tokens.css"
# The roles that charts may name; everything drawn is in one of these.
CHART_ROLES: Final = (
    "paper",
    "ink",
    "ink-muted",
    "rule",
    "accent",
    "series-1",
    "series-2",
    "series-3",
    "surface",
    "grid",
)

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_BRACE = re.compile("([{}])")
_PROPERTY = re.compile(r"(?<![A-Za-z0-9-])--([A-Za-z0-9-]+)[ \t\r\n]*:([^;{}]*)(?:;|$)")
_REFERENCE = re.compile(r"var\([ \t\r\n]*--([A-Za-z0-9-]+)[ \t\r\n]*(?:,[^()]*)?\)")
_HEX = re.compile(r"#(?:[0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})")


class Tokens(NamedTuple):
    """The custom properties of both schemes, without their leading hyphens."""

    light: Mapping[str, str]
    dark: Mapping[str, str]

    def colours(self, scheme: str) -> dict[str, str]:
        """The colour of every role of charts, as `#rrggbb`, in the scheme `light` or `dark`.

        Raises ContentError where one is missing.
        """
        values = self.dark if scheme == "dark" else self.light
        found = {role: _find_colour(role, values) for role in CHART_ROLES}
        if missing := [f"--{role}" for role, colour in found.items() if not colour]:
            raise ContentError([problem("E322", TOKENS, START, roles=", ".join(missing))])
        return found


def read_tokens(css: str, own: Mapping[str, str] | None = None) -> Tokens:
    """The custom properties that a style sheet sets on :root, for light and for dark.

    Those in `own` take the places of the light ones.
    """
    light: dict[str, str] = {}
    dark: dict[str, str] = {}
    blocks: list[str] = []
    parts = _BRACE.split(_COMMENT.sub("", css))
    # Nothing is set behind the last brace.
    for words, brace in zip(parts[::2], parts[1::2], strict=False):
        if brace == "{":
            blocks.append(words.rsplit(";", 1)[-1].strip())
            continue
        # Only a few blocks lie within each other in any style sheet; all that do are joined here.
        *conditions, selector = blocks[-9:] or [""]
        del blocks[-1:]
        condition = " ".join(conditions)
        is_dark = "dark" in condition or "dark" in selector
        # A width condition changes sizes of text, never a colour.
        if "print" not in condition and (is_dark or (":root" in selector and not condition)):
            found = {name: value.strip() for name, value in _PROPERTY.findall(words)}
            (dark if is_dark else light).update(found)
    light |= own or {}
    return Tokens(light, {**light, **dark})


def _find_colour(role: str, values: Mapping[str, str]) -> str:
    value = values.get(role, "")
    # A property may be named after another; a circle of names ends after a few steps.
    for _ in range(8):
        reference = _REFERENCE.fullmatch(value)
        if reference is None:
            break
        value = values.get(reference[1], "")
    if _HEX.fullmatch(value) is None:
        return ""
    digits = value[1:]
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    return f"#{digits.lower()}"
