"""Safe fixes of a file: the lines that are offered, where nothing but the notation changes."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from casebook.problems import Problem
from casebook.yaml.encoding import read_offer
from casebook.yaml.mistakes import OF_NOTATION
from casebook.yaml.nodes import read_tree

_ENDS = re.compile(r"\r\n|\n|\r")
# Every round fixes one line; a file with more mistakes is not one to fix unseen.
_ROUNDS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedFile:
    """A file before and after its safe fixes, and how many lines they touch."""

    path: str
    before: bytes
    after: bytes
    lines: int

    def diff(self) -> Iterator[str]:
        """The difference, line by line, as `diff -u` shows it."""
        before, after = (
            _ENDS.sub("\n", data.decode("utf-8-sig")).split("\n")
            for data in (self.before, self.after)
        )
        yield from difflib.unified_diff(before, after, self.path, self.path, n=1, lineterm="")


def fix_text(data: bytes, path: str) -> FixedFile | None:
    """The file with every safe fix, or None where there is none to make.

    A safe fix is one line that a problem offers, that holds the same letters and digits as before,
    and with which the file has fewer problems. Line ends and a byte order mark stay.
    """
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    after, touched = data, set()
    for _ in range(_ROUNDS):
        problems = read_tree(after, path)[1]
        for problem in problems:
            fixed = _fix_line(after, problem)
            if fixed is not None and _is_better(read_tree(fixed, path)[1], problems):
                after = fixed
                touched.add(problem.at.line)
                break
        else:
            break
    return FixedFile(path=path, before=data, after=after, lines=len(touched)) if touched else None


def _fix_line(data: bytes, problem: Problem) -> bytes | None:
    """The file with the offered line in place, or None where that could change its meaning."""
    offered = read_offer(problem.hint)
    if problem.code not in OF_NOTATION or offered is None:
        return None
    pieces = re.split(r"(\r\n|\n|\r)", data.decode("utf-8"))
    index = 2 * (problem.at.line - 1)
    if index >= len(pieces):
        return None
    mark = "\ufeff" if index == 0 and pieces[0].startswith("\ufeff") else ""
    if _letters(pieces[index]) != _letters(offered):
        return None
    pieces[index] = mark + offered
    return "".join(pieces).encode("utf-8")


def _letters(line: str) -> str:
    """The letters, digits and signs of a line, without its marks and blanks."""
    plain = unicodedata.normalize("NFKC", line)
    return "".join(c for c in plain if c.isalnum() or unicodedata.category(c)[0] in "SM")


def _is_better(now: list[Problem], before: list[Problem]) -> bool:
    known = {(problem.at.line, problem.code) for problem in before}
    fresh = [problem for problem in now if (problem.at.line, problem.code) not in known]
    return len(now) < len(before) and not any(problem.severity == "error" for problem in fresh)
