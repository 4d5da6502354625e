"""YAML text as a tree of nodes with positions, in which every scalar is text.

Only the plain core of YAML is let through: mappings, sequences and scalars. Anchors, aliases,
tags, directives and several documents are problems, so nothing in a record can expand, recurse
or construct an object.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from casebook.errors import START, Position, Problem

# libyaml reads eight times faster than the pure parser but dies on deep nesting; the look at
# nesting below keeps such texts away from it.
_Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

MAX_BYTES = 1_000_000
MAX_DEPTH = 12
MAX_KEY = 200

# Characters that an editor cannot see, or that YAML takes for line breaks.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028\u2029\u202a-\u202e"
    "\u2060\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)


@dataclass(frozen=True, slots=True)
class Scalar:
    """A piece of text, with the style in which it was written: plain, quoted or block."""

    text: str
    at: Position
    style: str = ""

    @property
    def is_plain(self) -> bool:
        """Whether each character of the text stands as it is in the file, from `at` on."""
        return self.style == ""


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list of nodes."""

    items: tuple[Node, ...]
    at: Position


@dataclass(frozen=True, slots=True)
class Mapping:
    """Named nodes in the order of the file, and where each name stands."""

    entries: dict[str, Node]
    key_at: dict[str, Position]
    at: Position


Node = Scalar | Sequence | Mapping


def _place(event: Any) -> Position:
    """Where an event of either parser starts."""
    mark = event.start_mark
    return Position(mark.line + 1, mark.column + 1) if mark is not None else START


@dataclass
class _Builder:
    path: str
    events: Iterator[yaml.Event]
    problems: list[Problem] = field(default_factory=list)

    def report(self, at: Position, code: str, zh: str, en: str, hints: str = "") -> None:
        hint_zh, _, hint_en = hints.partition("|")
        self.problems.append(Problem(self.path, at, code, zh, en, hint_zh, hint_en))

    def build_document(self) -> Node | None:
        node: Node | None = None
        documents = 0
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if event.version or event.tags:
                    self.report(
                        _place(event),
                        "E135",
                        "这里有以 % 开头的 YAML 指令",
                        "a YAML directive that starts with % stands here",
                        "请删掉这一行|Delete this line",
                    )
                if documents > 1:
                    self.report(
                        _place(event),
                        "E131",
                        "文件里有不止一份 YAML 文档（多余的 --- 或 ...）",
                        "the file holds more than one YAML document (a stray --- or ...)",
                        "一个文件只写一个案例|Write one case a file",
                    )
                    return node
            elif isinstance(event, yaml.NodeEvent):
                node = self.build(event, 0)
        return node

    def build(self, event: yaml.Event, depth: int) -> Node:
        at = _place(event)
        if isinstance(event, yaml.NodeEvent) and event.anchor is not None:
            self.report(
                _place(event),
                "E133",
                "不能使用锚点或引用（& 和 *，以及 <<）",
                "anchors and aliases (& and *, and <<) are not used here",
                "如果 & 或 * 是文字的一部分，请给整个值加引号"
                "|If & or * belongs to the text, put the whole value in quotes",
            )
        if isinstance(event, yaml.AliasEvent):
            return Scalar("", at)
        tag = getattr(event, "tag", None)
        if tag is not None and tag != "!":
            self.report(
                _place(event),
                "E134",
                f"不能使用标签 {_show(tag)}",
                f"the tag {_show(tag)} is not used here",
                "如果 ! 是文字的一部分，请给整个值加引号"
                "|If ! belongs to the text, put the whole value in quotes",
            )
        if isinstance(event, yaml.ScalarEvent):
            text = event.value
            bad = _INVISIBLE.search(text)
            if bad is not None:
                self.report(
                    _place(event),
                    "E103",
                    f"这个值里有看不见的控制字符 {_name(bad.group())}（转义写法）",
                    f"the value holds the control character {_name(bad.group())} (as an escape)",
                    "请删掉它|Delete it",
                )
                text = _INVISIBLE.sub("", text)
            return Scalar(unicodedata.normalize("NFC", text), at, event.style or "")
        if depth >= MAX_DEPTH:
            self.report(
                _place(event),
                "E136",
                f"嵌套超过 {MAX_DEPTH} 层",
                f"nested more than {MAX_DEPTH} levels deep",
            )
            self.skip()
            return Scalar("", at)
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[Node] = []
            for inner in self.events:
                if isinstance(inner, yaml.SequenceEndEvent):
                    break
                items.append(self.build(inner, depth + 1))
            return Sequence(tuple(items), at)
        return self.build_mapping(at, depth)

    def build_mapping(self, at: Position, depth: int) -> Mapping:
        entries: dict[str, Node] = {}
        key_at: dict[str, Position] = {}
        for event in self.events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self.build(event, depth + 1)
            value = self.build(next(self.events), depth + 1)
            if not isinstance(key, Scalar):
                self.report(
                    _place(event),
                    "E137",
                    "字段名不能是列表或映射（? 写法）",
                    "a field name cannot be a list or a mapping (the ? form)",
                )
                continue
            if not key.text or len(key.text) > MAX_KEY:
                self.report(
                    _place(event),
                    "E137",
                    "字段名是空的" if not key.text else f"字段名太长（超过 {MAX_KEY} 字）",
                    "the field name is empty"
                    if not key.text
                    else f"the field name is longer than {MAX_KEY} characters",
                )
                continue
            if key.text in entries:
                first = key_at[key.text].line
                self.report(
                    _place(event),
                    "E130",
                    f"字段 {_show(key.text)} 写了两次，第一次在第 {first} 行",
                    f"the field {_show(key.text)} is written twice, first on line {first}",
                    "请保留一个|Keep one of them",
                )
                continue
            entries[key.text] = value
            key_at[key.text] = key.at
        return Mapping(entries, key_at, at)

    def skip(self) -> None:
        """Pass over the collection whose start was just read."""
        open_collections = 1
        for event in self.events:
            if isinstance(event, yaml.CollectionStartEvent):
                open_collections += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                open_collections -= 1
                if open_collections == 0:
                    return


def read_tree(data: bytes, path: str) -> tuple[Node | None, list[Problem]]:
    """The tree of a YAML file and the problems of its bytes and syntax.

    There is no tree where the text cannot be parsed or holds nothing.
    """
    text, problems = decode(data, path)
    if text is None:
        return None, problems
    deep = _find_deep_nesting(text)
    if deep is not None:
        zh, en = f"嵌套超过 {MAX_DEPTH} 层", f"nested more than {MAX_DEPTH} levels deep"
        return None, [*problems, Problem(path, deep, "E136", zh, en)]
    builder = _Builder(path, iter(yaml.parse(text, Loader=_Loader)), problems)
    try:
        node = builder.build_document()
    except yaml.MarkedYAMLError as error:
        problems.append(_describe_syntax_error(error, text, path))
        return None, problems
    # PyYAML lets bare errors of its own escape on some malformed escapes and tags.
    except (yaml.YAMLError, ValueError, KeyError, AttributeError, IndexError, RecursionError):
        zh, en = "不是有效的 YAML", "not valid YAML"
        problems.append(Problem(path, START, "E110", zh, en))
        return None, problems
    if node is None or node == Scalar("", node.at):
        zh, en = "文件是空的，没有内容", "the file is empty"
        problems.append(Problem(path, START, "E107", zh, en))
        return None, problems
    return node, problems


def decode(data: bytes, path: str) -> tuple[str | None, list[Problem]]:
    """The text of a UTF-8 file with plain line ends, or None and what is wrong with its bytes."""
    if len(data) > MAX_BYTES:
        zh = f"文件太大（{len(data):,} 字节，上限 {MAX_BYTES:,}）"
        en = f"the file is too large ({len(data):,} bytes, at most {MAX_BYTES:,})"
        return None, [Problem(path, START, "E109", zh, en)]
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in data[:4]:
        zh = "文件是 UTF-16 编码，或者内容损坏（含 NUL）"
        en = "the file is UTF-16, or damaged (it holds NUL bytes)"
        hint_zh, hint_en = "请另存为 UTF-8", "Save it as UTF-8"
        return None, [Problem(path, START, "E102", zh, en, hint_zh, hint_en)]
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n") + 1
        column = len(before.rsplit(b"\n", 1)[-1].decode("utf-8", "replace")) + 1
        gbk = _is_gbk(data)
        zh = "文件像是 GBK（GB18030）编码，不是 UTF-8" if gbk else "这里的字节不是 UTF-8"
        en = "the file looks like GBK (GB18030), not UTF-8" if gbk else "not UTF-8 from here on"
        at = START if gbk and line == 1 else Position(line, column)
        hint_zh = "请另存为 UTF-8（记事本：另存为，编码选 UTF-8）"
        hint_en = "Save the file as UTF-8"
        return None, [Problem(path, at, "E101", zh, en, hint_zh, hint_en)]
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    bad = _INVISIBLE.search(text)
    if bad is not None:
        at = position_of(text, bad.start())
        name = _name(bad.group())
        zh, en = f"这里有看不见的控制字符 {name}", f"an invisible control character {name} is here"
        return None, [Problem(path, at, "E103", zh, en, "请删掉它", "Delete it")]
    return text, []


def _is_gbk(data: bytes) -> bool:
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return False
    return True


def position_of(text: str, index: int) -> Position:
    """The line and column of a character of a text."""
    start = text.rfind("\n", 0, index) + 1
    return Position(text.count("\n", 0, index) + 1, index - start + 1)


def _find_deep_nesting(text: str) -> Position | None:
    """Where brackets or indented dashes nest deeper than any record does, in one cheap pass."""
    for number, line in enumerate(text.split("\n"), 1):
        opened = line.count("[") + line.count("{")
        dashes = re.match(r"[ ]*(?:- )+", line)
        if opened > MAX_DEPTH or (dashes and dashes.group().count("-") > MAX_DEPTH):
            depth = 0
            for column, character in enumerate(line, 1):
                depth += (character in "[{") - (character in "]}")
                if depth > MAX_DEPTH:
                    return Position(number, column)
            if dashes and dashes.group().count("-") > MAX_DEPTH:
                return Position(number, 1)
    return None


def _describe_syntax_error(error: yaml.MarkedYAMLError, text: str, path: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    at = Position(mark.line + 1, mark.column + 1) if mark is not None else START
    colon = _find_fullwidth_colon(text, at.line)
    if colon is not None:
        return Problem(
            path,
            colon,
            "E112",
            "这里用了全角冒号“：”",
            "a full-width colon “：” stands here",
            "请改成半角冒号加一个空格",
            "Write a plain colon and a space",
        )
    opened = _describe_unclosed(error, path)
    if opened is not None:
        return opened
    reason = error.problem or "invalid YAML"
    if "mapping values are not allowed" in reason:
        return Problem(
            path,
            at,
            "E121",
            "值里有“冒号加空格”，或缩进不对",
            "the value holds a colon followed by a space, or the indentation is off",
            "请给整个值加引号，或与上下行对齐",
            "Put the whole value in quotes, or line it up with its neighbours",
        )
    if "cannot start any token" in reason or "expected alphabetic" in reason:
        return Problem(
            path,
            at,
            "E120",
            "值不能以这个符号开头，也不能用 Tab（制表符）缩进",
            "a value cannot start with this character, nor a line with a tab",
            "请给整个值加引号；缩进只用空格",
            "Put the whole value in quotes; indent with spaces only",
        )
    return Problem(
        path,
        at,
        "E110",
        "这里不符合 YAML 写法",
        f"not valid YAML here: {reason}",
        "请检查冒号、引号和缩进",
        "Check colons, quotes and indentation",
    )


def _describe_unclosed(error: yaml.MarkedYAMLError, path: str) -> Problem | None:
    context = error.context or ""
    mark = error.context_mark
    if mark is None:
        return None
    at = Position(mark.line + 1, mark.column + 1)
    if "quoted scalar" in context:
        zh, en = '这里的引号 " 没有闭合', "this quote is never closed"
    elif "flow sequence" in context or "flow mapping" in context:
        zh, en = "这里的括号 [ 或 { 没有闭合", "this bracket is never closed"
    else:
        return None
    return Problem(path, at, "E118", zh, en, "请补上", "Close it")


def _find_fullwidth_colon(text: str, line_number: int) -> Position | None:
    """The full-width colon behind a field name on the line of the error or the one before."""
    lines = text.split("\n")
    for number in (line_number - 1, line_number):
        if 1 <= number <= len(lines):
            found = re.match(r"[ ]*(?:- )?[^\s：:#\"']{1,40}(：)", lines[number - 1])
            if found is not None:
                return Position(number, found.start(1) + 1)
    return None


def _name(character: str) -> str:
    return f"U+{ord(character):04X}"


def _show(text: str) -> str:
    """A piece of data fit for a message: short, and without control characters."""
    shown = text if len(text) <= 40 else text[:40] + "..."
    return "".join(c if c.isprintable() else _name(c) for c in shown)
