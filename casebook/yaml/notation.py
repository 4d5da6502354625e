"""How values are written in YAML, and the marks that are mistaken for its own."""

from __future__ import annotations

import re

# Blanks that are no blanks to YAML, and the marks that input methods give for plain ones.
BLANKS = "\u3000\u00a0\u1680\u2000-\u200a\u202f\u205f"
COLONS = "：﹕∶︰"
DASHES = "－—–−‐‑‒―﹣•·●○◆■▪"


def quote_value(value: str) -> str:
    """A value as YAML text in quotes, with a comment behind it left outside."""
    value, gap, comment = split_comment(value.strip())
    if '"' not in value and "\\" not in value:
        return f'"{value}"{gap}{comment}'
    return "'" + value.replace("'", "''") + f"'{gap}{comment}"


def split_comment(value: str) -> tuple[str, str, str]:
    """A value, the blanks behind it, and its comment."""
    found = re.search(r"(\s+)(#\s.*)$", value)
    return (value[: found.start()], *found.groups()) if found else (value, "", "")  # type: ignore[return-value]  # two groups


def sound_value(value: str) -> str:
    """A value as it can stand behind a colon: quoted where YAML would misread it."""
    value = value.strip(" \t\u3000\u00a0")
    if re.fullmatch(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'|\[.*\]|\{.*\}|[|>][+-]?", value):
        return value
    risky = re.match(r"[\[\]{},&*!|>%@`\"'#]|[?-](?:\s|$)", value)
    return quote_value(value) if risky or re.search(r":(?:\s|$)|\s#\S", value) else value


def name_blank(character: str) -> tuple[str, str]:
    """What a blank is called that YAML does not take for one."""
    if character == "\u3000":
        return "全角空格（U+3000）", "a full-width space (U+3000)"
    if character == "\u00a0":
        return "不间断空格（U+00A0）", "a no-break space (U+00A0)"
    name = f"U+{ord(character):04X}" if character else ""
    return f"特殊空格（{name}）", f"a special space ({name})"
