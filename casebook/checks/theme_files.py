"""Files of a project's own theme: whether they are what their names say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from xml.parsers import expat

from casebook.checks.media import KINDS, find_kind, measure
from casebook.messages import problem
from casebook.problems import START, Position, Problem
from casebook.yaml.encoding import position_of
from casebook.yaml.files import read_bytes, read_text, show_path

_TEXTS: Final = (".css", ".js", ".mjs", ".json", ".webmanifest", ".svg", ".xml", ".html", ".txt")
# How fonts begin; the length of a file stands in it, behind its kind and its flavour.
_FONTS: Final = {".woff2": b"wOF2", ".woff": b"wOFF"}
# What ends a rule, what holds anything, and what no style sheet has outside of brackets.
_CSS: Final = re.compile(
    r"""/\*.*?(?:\*/|\Z)|"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?|[{}();=\[\]]""", re.DOTALL
)
_PAIRS: Final = {"}": "{", ")": "(", "]": "["}
_COMMENT: Final = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)


def check_theme_file(path: Path, project: Path, is_template: bool = False) -> Iterator[Problem]:
    """What is wrong with one file of a theme by its content; a file of another kind is free."""
    shown, ending = show_path(path, project), path.suffix.lower()
    problems: list[Problem] = []
    if is_template or ending in _TEXTS:
        text = read_text(path, project, problems)
        # A page may hold marks of direction, and places where a long word is broken.
        yield from (one for one in problems if one.code != "E105")
        if text is not None and ending == ".css":
            yield from _check_styles(text, shown)
        elif text is not None and ending == ".svg":
            yield from _check_drawing(text, shown)
        return
    kind = next((kind for kind, (_, endings) in KINDS.items() if ending in endings), "")
    if not (kind or ending in _FONTS):
        return
    content = read_bytes(path, project, problems)
    yield from problems
    if not problems:
        sound = is_whole(content, kind) if kind else _is_whole_font(content, ending)
        if not sound:
            yield problem("E321.damaged", shown, START, ending=ending)


def is_whole(content: bytes, kind: str) -> bool:
    """True of a picture or a PDF of this kind that is neither damaged nor cut off."""
    if find_kind(content) != kind:
        return False
    # Readers look for the end of a PDF in its last bytes.
    return b"%%EOF" in content[-2048:] if kind == "PDF" else not measure(content, kind)[0]


def _is_whole_font(content: bytes, ending: str) -> bool:
    return content[:4] == _FONTS[ending] and int.from_bytes(content[8:12]) == len(content)


def _check_styles(text: str, path: str) -> Iterator[Problem]:
    """A style sheet that would swallow the rules behind it: all sheets become one."""
    opened: list[tuple[str, int]] = []
    end = 0
    for found in _CSS.finditer(text):
        sign, at = found[0], found.start()
        if sign[0] == "/":
            if not sign.endswith("*/") or len(sign) < 4:
                opened.append(("/*", at))
        elif sign in ("{", "(", "["):
            opened.append((sign, at))
        elif sign in _PAIRS:
            if not opened or opened.pop()[0] != _PAIRS[sign]:
                yield problem("E321.sign", path, position_of(text, at), sign=sign)
                return
        elif sign == "=" and not (opened and opened[-1][0] in "(["):
            yield problem("E321.css", path, position_of(text, at))
            return
        if not opened and sign in (";", "}"):
            end = found.end()
    if opened:
        sign, at = opened[0]
        yield problem("E321.open", path, position_of(text, at), sign=sign)
    # A selector without its block would take that of the next sheet.
    elif rest := _COMMENT.sub("", text[end:]).strip():
        yield problem("E321.css", path, position_of(text, text.index(rest[:1], end)))


def _check_drawing(text: str, path: str) -> Iterator[Problem]:
    """A drawing that no browser would show."""
    parser, names = expat.ParserCreate(), set[str]()
    # The root begins before all others.
    parser.StartElementHandler = lambda name, _: None if names else names.add(name)

    def refuse(*_declared: object) -> None:
        raise expat.ExpatError

    # An entity may stand for a thousand others, each of them for a thousand more.
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(text, True)
        if "svg" in names:
            return
        at = START
    except expat.ExpatError:
        at = Position(max(parser.ErrorLineNumber, 1), parser.ErrorColumnNumber + 1)
    yield problem("E321.svg", path, at)
