"""The growth of the time of every pattern of the package with the length of its text.

`tests/test_linear_time.py` tries short texts. Longer ones, of 4,000 to 32,000 characters, take a
minute with `.venv/bin/python tests/pattern_growth.py 4000 40`. From 50,000 digits on, a number no
longer fits into the caches of a processor, and is reported as quadratic.
"""

from __future__ import annotations

import ast
import gc
import importlib
import json
import pkgutil
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, suppress
from io import StringIO
from itertools import islice
from pathlib import Path
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, Final

WAYS: Final = ("match", "fullmatch", "search", "finditer", "findall", "sub", "split")
# A text four times as long may take 1.3 times four times as long.
MOST: Final = 5.2
MIXED: Final = "第7７万 ({[“约2013年、nine 至"
RUNS: Final = (*"7万[({（ ７第“\"'a-\n", " \n", "1,", MIXED)
# Texts for patterns that are compiled only for such texts.
READ: Final = (MIXED, "每人7万元", "2012年头几个月", "a person")

Site = tuple[str, int]
Key = tuple[Any, int]


# --- The patterns, and the methods called on each ---------------------------------------------


class Collection:
    """Every pattern of the package: in loaded modules, in lists and in calls."""

    def __init__(self) -> None:
        self.sites: dict[Site, set[Key]] = {}
        self.ways: dict[Key, set[str]] = {}
        self.compile = re._compile  # type: ignore[attr-defined]
        re._compile = self.note  # type: ignore[attr-defined]
        package = importlib.import_module("casebook")
        self.root = Path(str(package.__file__)).parent
        self.sources = {path: path.read_text("utf-8") for path in self.root.rglob("*.py")}
        used = re.compile(rf'(\w+)(?:", [^()\[\]]+|")?[\])]?\.({"|".join(WAYS)})\b')
        self.used: dict[str, set[str]] = {}
        self.source = "\n".join(self.sources.values())
        for name, way in used.findall(self.source):
            self.used.setdefault(name, set()).add(way)
        for found in pkgutil.walk_packages(package.__path__, "casebook."):
            if not found.name.endswith("__main__"):
                self.add_of_module(importlib.import_module(found.name))
        self.add_of_lists()

    def note(self, pattern: Any, flags: int) -> Any:
        """Compile as `re` does, and note the pattern with the calling line of the package."""
        asked, caller = sys._getframe(1).f_code.co_name, sys._getframe(2)
        path = Path(caller.f_code.co_filename)
        if path.is_relative_to(self.root):
            site = (str(path), caller.f_lineno)
            self.add(pattern, flags, asked, site)
            self.ways[pattern, int(flags)] |= self.used.get(caller.f_code.co_name, set())
        return self.compile(pattern, flags)

    def add(self, pattern: Any, flags: int, way: str, site: Site | None = None) -> None:
        if isinstance(pattern, re.Pattern):
            pattern, flags = pattern.pattern, pattern.flags
        key = (pattern, int(flags))
        self.sites.setdefault(site or ("", 0), set()).add(key)
        self.ways.setdefault(key, set()).update({way} & set(WAYS))

    def add_named(self, pattern: re.Pattern[Any], name: str) -> None:
        key = (pattern.pattern, int(pattern.flags & ~re.UNICODE) or int(pattern.flags))
        for one in [each for each in self.ways if each[0] == pattern.pattern] or [key]:
            self.ways.setdefault(one, set()).update(self.used.get(name, ()))

    def add_of_module(self, module: Any) -> None:
        """Add the patterns of a module, and those in the calls of its functions."""
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern):
                self.add_named(value, name)
        path = str(module.__file__)
        for call in list_calls(self.sources[Path(path)]):
            # A pattern made from arguments is noted when the function runs.
            with suppress(NameError, AttributeError):
                values = [self.evaluate(one, module) for one in (call.args[0], *named_flags(call))]
                way = getattr(call.func, "attr", "")
                self.add(values[0], values[1] if values[1:] else 0, way, (path, call.lineno))

    def evaluate(self, node: ast.expr, module: Any) -> Any:
        return eval(compile(ast.Expression(node), "", "eval"), dict(vars(module)))

    def add_of_lists(self) -> None:
        from casebook.patterns import Patterns

        for patterns in [one for one in gc.get_objects() if isinstance(one, Patterns)]:
            whole = "\n".join(map(str, patterns.entries.values()))
            for name in patterns.entries:
                # A pattern that no code uses is only a part of others.
                if name not in self.used and f"@{name}" in whole:
                    continue
                # An entry of one language cannot be filled in for all languages.
                with suppress(KeyError):
                    self.add_named(patterns[name], name)

    def list_unmet(self) -> list[str]:
        """The calls of the package with a pattern that was never noted."""
        return [
            f"{path.relative_to(self.root)}:{call.lineno}: {ast.unparse(call.args[0])}"
            for path, source in self.sources.items()
            for call in list_calls(source)
            if not any((str(path), line) in self.sites for line in lines_of(call))
        ]


def list_calls(source: str) -> Iterator[ast.Call]:
    """The calls of `re` that compile a pattern."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            of_re = isinstance(node.func.value, ast.Name) and node.func.value.id == "re"
            # An escaped text has no repetition.
            if (
                of_re
                and node.func.attr in ("compile", *WAYS)
                and "re.escape" not in ast.unparse(node.args[0])
            ):
                yield node


def lines_of(call: ast.Call) -> range:
    return range(call.lineno, (call.end_lineno or call.lineno) + 1)


def named_flags(call: ast.Call) -> list[ast.expr]:
    at = {"compile": 1, "sub": 4, "split": 3}.get(getattr(call.func, "attr", ""), 2)
    return [*call.args[at : at + 1], *(one.value for one in call.keywords if one.arg == "flags")]


# --- The texts for each pattern --------------------------------------------------------------

_OF_CATEGORY: Final = {
    codes.CATEGORY_DIGIT: "7",
    codes.CATEGORY_SPACE: " ",
    codes.CATEGORY_NOT_WORD: " ",
    codes.CATEGORY_NOT_SPACE: "a",
    codes.CATEGORY_WORD: "a",
    codes.CATEGORY_NOT_DIGIT: "a",
}
_REPEATS: Final = (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT)


def characters(items: Any) -> list[str]:
    """Some of the characters of a class."""
    if items[0][0] is codes.NEGATE:
        excluded = {chr(value) for kind, value in items if kind is codes.LITERAL}
        return [one for one in "a 7万" if one not in excluded] or ["x"]
    return [
        chr(value)
        if kind is codes.LITERAL
        else chr(value[0])
        if kind is codes.RANGE
        else _OF_CATEGORY.get(value, "a")
        for kind, value in items
    ]


def inner(kind: Any, value: Any) -> list[Any]:
    """The patterns inside a part of a pattern, each of which is one way to match it."""
    if kind is codes.BRANCH:
        return list(value[1])
    if kind is codes.SUBPATTERN:
        return [value[3]]
    if kind in _REPEATS:
        return [value[2]]
    return [value] if kind is codes.ATOMIC_GROUP else []


def write(parts: Any) -> str:
    """A text that a pattern matches, without regard to its conditions on adjacent text."""
    text = ""
    for kind, value in parts:
        if kind is codes.LITERAL:
            text += chr(value)
        elif kind in (codes.NOT_LITERAL, codes.ANY):
            text += "a" if value != ord("a") else "b"
        elif kind is codes.IN:
            text += characters(value)[0]
        elif ways := inner(kind, value):
            text += write(ways[0]) * (max(1, value[0]) if kind in _REPEATS else 1)
    return text


def list_repeats(parts: Any, before: str = "") -> Iterator[tuple[str, str]]:
    """The texts that a pattern can repeat, each with a text to stand before it."""
    for kind, value in parts:
        if kind in _REPEATS and value[1] > 8:
            of_one = len(value[2]) == 1 and value[2][0][0] is codes.IN
            for body in characters(value[2][0][1]) if of_one else [write(value[2])]:
                yield before, body
        if kind in (codes.ASSERT, codes.ASSERT_NOT):
            yield from list_repeats(value[1], before)
        for way in inner(kind, value):
            yield from list_repeats(way, before)
        before += write([(kind, value)])


def list_texts(pattern: Any, flags: int, most: int) -> Iterator[tuple[str, str]]:
    """The texts to try, each as its beginning and the run that it repeats."""
    parsed = parser.parse(pattern, flags)
    texts = [("", run) for run in (write(parsed), *RUNS)]
    for before, body in islice(list_repeats(parsed), most):
        texts += [("", body), (before, body), ("", before + body), ("", before + body * 2)]
    yield from dict.fromkeys(each for each in texts if each[1])


# --- The time --------------------------------------------------------------------------------


def measure(ask: Callable[[Any], object], text: str | bytes) -> float:
    started = time.process_time()
    ask(text)
    return time.process_time() - started


def find_growth(
    ask: Callable[[Any], object], text: Callable[[int], str | bytes], size: int
) -> float:
    """The quickest time for a text four times as long, divided by the quickest for the text."""
    few, many = text(size), text(4 * size)
    times = [measure(ask, few), measure(ask, many)]
    for _ in range(9):
        # Times near zero cannot be compared, and a long time needs no second measurement.
        if times[1] < max(2e-4, MOST * times[0]) or times[1] > 1:
            break
        times = [min(times[0], measure(ask, few)), min(times[1], measure(ask, many))]
    return times[1] / max(times[0], 4e-5)


def find_slow(pattern: Any, flags: int, ways: set[str], *, size: int, most: int) -> Iterator[str]:
    """The texts for which a pattern takes more than linear time, with the calls of the package."""
    compiled = re.compile(pattern, flags)
    asks: list[Callable[[Any], object]] = []
    if ways - {"match", "fullmatch"} or not ways:
        asks.append(lambda text: sum(1 for _ in compiled.finditer(text)))
    asks += [getattr(compiled, way) for way in sorted(ways & {"match", "fullmatch"})]
    for before, run in list_texts(pattern, flags, most):

        def text(length: int, before: str = before, run: str = run) -> str | bytes:
            whole = (before + run * (length // len(run) + 1))[:length]
            return whole if isinstance(pattern, str) else whole.encode("latin-1", "replace")

        for ask in asks:
            # Quadratic time shows at every length, a delay by a busy machine only at one.
            if find_growth(ask, text, size) > MOST and find_growth(ask, text, 2 * size) > MOST:
                yield f"{before!r} and {run!r} again and again"
                return


def main(size: int = 400, most: int = 6) -> dict[str, list[str]]:
    """The faults, by the pattern or by the call that contains one."""
    patterns = Collection()
    # Patterns made from words of a record or of a message are compiled when these are read.
    import test_linear_time as readers

    from casebook.commands.cli import main as run

    with redirect_stderr(StringIO()):
        run(["check", "--nothing"])
    readers.check(json.dumps(readers.RECORD, ensure_ascii=False).encode())
    amount = ("figures", "paid", "amount")
    for text in READ:
        readers.check(readers.put(readers.RECORD, amount, text))
        for read in readers.READERS.values():
            read(text)
    slow = {
        str(pattern): found
        for (pattern, flags), ways in list(patterns.ways.items())
        if (found := list(find_slow(pattern, flags, ways, size=size, most=most)))
    }
    return {"": patterns.list_unmet()} | slow


if __name__ == "__main__":
    gc.disable()
    given = [int(one) for one in sys.argv[1:]]
    print(json.dumps(main(*given), ensure_ascii=False, indent=1))
