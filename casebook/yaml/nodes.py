"""YAML text as a tree of nodes with positions, in which every scalar is text.

Only the plain core of YAML is let through: mappings, sequences and scalars. Anchors, aliases,
tags, directives and several documents are problems, so nothing in a record can expand, recurse
or construct an object.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from casebook.problems import START, Position, Problem
from casebook.yaml.encoding import (
    MAX_BYTES,
    MAX_SHOWN,
    decode,
    describe_invisible,
    find_invisible,
    line_of,
    offer,
    remove_invisible,
    show,
)
from casebook.yaml.inspector import MAX_PROBLEMS, Inspector
from casebook.yaml.parser import (
    MAX_DEPTH,
    PARSER_ERRORS,
    TOO_DEEP,
    Fault,
    Loader,
    find_fault,
    place_of,
)

__all__ = ["ListNode", "MapNode", "Node", "Scalar", "decode", "read_tree"]

MAX_KEY = 200
# A cure of a longer text is not tried, only told.
_LONGEST_TRIED = 100_000


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
class ListNode:
    """A list of nodes."""

    items: tuple[Node, ...]
    at: Position


@dataclass(frozen=True, slots=True)
class MapNode:
    """Named nodes in the order of the file, and where each name stands."""

    entries: dict[str, Node]
    key_at: dict[str, Position]
    at: Position


Node = Scalar | ListNode | MapNode


class _TooDeep(Exception):
    """The text nests deeper than any record does."""

    def __init__(self, at: Position) -> None:
        self.at = at


def read_tree(data: bytes, path: str, most: int = MAX_BYTES) -> tuple[Node | None, list[Problem]]:
    """The tree of a YAML file, whose root is a mapping, and the problems of bytes and syntax.

    There is no tree where the text cannot be parsed or holds nothing. Where the slips could be
    mended the tree is that of the mended text, so that all problems come out in one run.
    """
    node, problems = _read(data, path, most)
    if len(problems) > MAX_PROBLEMS:
        problems.sort()
        zh, en = "后面还有问题，没有列出", "there are more problems, not listed here"
        at = problems[MAX_PROBLEMS].at
        hints = "请先改好上面的", "Mend those above first"
        problems[MAX_PROBLEMS:] = [Problem(path, at, "E199", zh, en, *hints)]
    return node, problems


def _read(data: bytes, path: str, most: int) -> tuple[Node | None, list[Problem]]:
    text, problems = decode(data, path, most)
    if text is None:
        return None, problems
    other = _find_other_format(text, path)
    if other:
        return None, [*problems, *other]
    try:
        return _build_tree(text, path, problems), problems
    except _TooDeep as deep:
        from casebook.yaml.diagnose import describe

        fault = Fault(deep.at, TOO_DEEP)
        return None, [*problems, describe(fault, 0, [], path)]


def _build_tree(text: str, path: str, problems: list[Problem]) -> Node | None:
    builder = _Builder(text, path)
    try:
        node = builder.build_document()
    except PARSER_ERRORS:
        node = Scalar("", START)
    else:
        if node is None or node == Scalar("", node.at):
            zh, en = "文件是空的，没有内容", "the file is empty"
            hints = "请写入内容，或删掉这个文件", "Write something, or delete the file"
            problems.append(Problem(path, START, "E107", zh, en, *hints))
            return None
        if isinstance(node, MapNode):
            problems += builder.problems
            # Half a file is no record: what it lacks stands below the line that parts it.
            return None if any(p.code == "E131" for p in builder.problems) else node
    # Only now: the table of slips takes longer to set up than a sound file to read.
    from casebook.yaml.diagnose import Doctor

    mended, named = Doctor(text, path, find_fault).diagnose()
    problems += named
    if mended is None:
        return None
    again = _Builder(mended, path)
    node = again.build_document()
    # Mending may have added lines or moved them, so only what stands apart is told again.
    told = {problem.at.line for problem in named}
    problems += [problem for problem in again.problems if problem.at.line not in told]
    return node


def _find_other_format(text: str, path: str) -> list[Problem]:
    """A web page or the marks of a merge, where a record was expected."""
    if re.match(r"\s*<(?:!DOCTYPE|html|head|body|\?xml|!--|script)", text, re.IGNORECASE):
        zh, en = "这是网页（HTML），不是 YAML 文本", "this is a web page (HTML), not YAML"
        hints = "请只保留“字段: 值”的内容", "Keep only lines of “field: value”"
        return [Problem(path, START, "E108", zh, en, *hints)]
    if "<<<<<<<" not in text and ">>>>>>>" not in text:
        return []
    problems: list[Problem] = []
    for number, line in enumerate(text.split("\n"), 1):
        found = re.match(r"(?:<{7}|>{7})(?:\s|$)", line)
        if found is not None and len(problems) < MAX_SHOWN:
            mark = found.group().strip()
            zh, en = f"合并冲突的标记 {mark} 还在", f"a merge conflict marker {mark} is left here"
            hints = "请选定一方，删掉标记", "Choose one side and delete the markers"
            problems.append(Problem(path, Position(number, 1), "E108", zh, en, *hints))
    return problems


class _Builder:
    def __init__(self, text: str, path: str) -> None:
        self.text = text
        self.path = path
        self.events: Iterator[yaml.Event] = iter(yaml.parse(text, Loader=Loader))
        self.problems: list[Problem] = []
        self.inspector = Inspector(text, path, self.problems)
        self.is_normal = unicodedata.is_normalized("NFC", text)

    def report(
        self, at: Position, code: str, zh: str, en: str, hint_zh: str = "", hint_en: str = ""
    ) -> None:
        if len(self.problems) <= MAX_PROBLEMS:
            self.problems.append(Problem(self.path, at, code, zh, en, hint_zh, hint_en))

    def build_document(self) -> Node | None:
        node: Node | None = None
        documents = 0
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if event.version or event.tags:
                    self.report(
                        place_of(event),
                        "E135",
                        "这里有以 % 开头的 YAML 指令",
                        "a YAML directive that starts with % stands here",
                        "请删掉这一行",
                        "Delete this line",
                    )
                if documents > 1:
                    self.report(
                        place_of(event),
                        "E131",
                        "文件里有不止一份 YAML 文档（多余的 --- 或 ...）",
                        "the file holds more than one YAML document (a stray --- or ...)",
                        "一个文件只写一个案例",
                        "Write one case a file",
                    )
                    return node
            elif isinstance(event, yaml.NodeEvent):
                node = self.build(event, 0)
        return node

    def build(self, event: yaml.Event, depth: int, in_flow: bool = False) -> Node:
        if isinstance(event, yaml.ScalarEvent):
            return self.build_scalar(event, in_flow)
        at = place_of(event)
        if isinstance(event, yaml.AliasEvent):
            self.refuse_anchor(at)
            return Scalar("", at)
        self.refuse_marks(event, at)
        if depth >= MAX_DEPTH:
            raise _TooDeep(at)
        if self.inspector.has_tab:
            self.inspector.look_at_tab(event.start_mark)
        flows = bool(getattr(event, "flow_style", False))
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[Node] = []
            for inner in self.events:
                if isinstance(inner, yaml.SequenceEndEvent):
                    break
                items.append(self.build(inner, depth + 1, flows))
            return ListNode(tuple(items), at)
        return self.build_mapping(at, depth, flows)

    def build_scalar(self, event: Any, in_flow: bool, is_key: bool = False) -> Scalar:
        at = place_of(event)
        if event.anchor is not None or event.tag is not None:
            self.refuse_marks(event, at)
        text, style = event.value, event.style or ""
        if style == "":
            if not is_key and event.tag is None and event.anchor is None:
                self.inspector.look_at_value(event, in_flow)
        elif style == '"':
            text = self.refuse_escapes(event, at)
        elif style in "|>":
            if not text:
                self.refuse_empty_block(event, at)
            elif ": " in text or ":\n" in text:
                self.inspector.look_at_block(text, event.start_mark)
        if self.inspector.has_tab and not is_key:
            self.inspector.look_at_tab(event.start_mark)
        if not self.is_normal:
            text = unicodedata.normalize("NFC", text)
        return Scalar(text, at, style)

    def refuse_marks(self, event: Any, at: Position) -> None:
        if event.anchor is not None:
            self.refuse_anchor(at)
        if event.tag is not None:
            written = re.match(
                r"!\S*", self.text[event.start_mark.index : event.start_mark.index + 80]
            )
            tag = show(written.group() if written else event.tag)
            self.report(
                at,
                "E134",
                f"不能使用标签（! 开头的 {tag}）",
                f"the tag {tag} (it starts with !) is not used here",
                *self.offer_quotes(at, "!"),
            )

    def refuse_anchor(self, at: Position) -> None:
        if any(p.code == "E133" and p.at.line == at.line for p in self.problems[-3:]):
            return
        self.report(
            at,
            "E133",
            "不能使用锚点或引用（& 和 *，以及 <<）",
            "anchors and aliases (& and *, and <<) are not used here",
            *self.offer_quotes(at, "& 或 *"),
        )

    def offer_quotes(self, at: Position, mark: str) -> tuple[str, str]:
        if len(self.problems) < MAX_SHOWN and len(self.text) < _LONGEST_TRIED:
            from casebook.yaml.remedies import quote_line

            lines = self.text.split("\n")
            quoted = lines[at.line - 1] = quote_line(lines[at.line - 1])
            # A real anchor has a list or fields below it, which quotes would cut off.
            if quoted and find_fault("\n".join(lines)) is None:
                hints = offer(quoted)
                if hints[0]:
                    return hints
        marks_en = mark.replace("或", "or")
        return (
            f"如果 {mark} 是文字的一部分，请给整个值加引号",
            f"If {marks_en} belongs to the text, put the whole value in quotes",
        )

    def refuse_escapes(self, event: Any, at: Position) -> str:
        """The text of a double-quoted scalar without the control characters it was given."""
        text: str = event.value
        run = find_invisible(text)
        if not run:
            return text
        raw = self.text[event.start_mark.index : event.end_mark.index]
        written = re.search(r"\\(?:[0abevfNLP]|x[0-9a-fA-F]|u[0-9a-fA-F]|U)", raw)
        if written is not None:
            line = at.line + raw.count("\n", 0, written.start())
            begin = raw.rfind("\n", 0, written.start()) + 1
            column = written.start() - begin + (at.column if line == at.line else 1)
            at = Position(line, column)
        found = describe_invisible(run, at, self.path)
        self.report(
            at,
            found.code,
            f"{found.zh}，是用 \\ 转义写出来的",
            f"{found.en}, written as an escape",
            "请删掉这个转义；如果 \\ 是文字，请改用单引号",
            "Delete the escape; if the backslash is text, use single quotes",
        )
        return remove_invisible(text)

    def refuse_empty_block(self, event: Any, at: Position) -> None:
        header = re.match(
            r"[|>][+-]?[1-9]", self.text[event.start_mark.index : event.end_mark.index]
        )
        if header is not None:
            self.report(
                at,
                "E120",
                f"值以 {header.group()[0]} 开头，会被当成文字块的标记，要加引号",
                f"a value that starts with {header.group()[0]} is read as a text block",
                "请给整个值加引号",
                "Put the whole value in quotes",
            )

    def build_mapping(self, at: Position, depth: int, in_flow: bool) -> MapNode:
        entries: dict[str, Node] = {}
        key_at: dict[str, Position] = {}
        twins: dict[str, str] = {}
        # The field above with nothing behind its colon, and whether what follows was meant for it.
        heading, is_heading = "", False
        for event in self.events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            if not isinstance(event, yaml.ScalarEvent):
                self.refuse_key(event, depth, in_flow)
                self.build(next(self.events), depth + 1, in_flow)
                continue
            key = self.build_scalar(event, in_flow, is_key=True)
            following = next(self.events)
            value = self.build(following, depth + 1, in_flow)
            name = key.text
            if not name or len(name) > MAX_KEY:
                zh = f"字段名太长（超过 {MAX_KEY} 字）" if name else "字段名是空的"
                en = f"longer than {MAX_KEY} characters" if name else "empty"
                hints = "请检查这一行的冒号", "Check the colon of this line"
                self.report(key.at, "E137", zh, f"the field name is {en}", *hints)
                continue
            if name == "<<" and key.is_plain:
                self.refuse_anchor(key.at)
                continue
            if key.is_plain:
                self.inspector.look_at_key(event.value, event.start_mark)
            twin = name if name.isascii() else unicodedata.normalize("NFKC", name)
            if twin in twins:
                if not heading:
                    self.refuse_twin(name, key.at, key_at[twins[twin]].line)
                elif not is_heading:
                    self.refuse_indent(heading, key_at[heading])
                    is_heading = True
                continue
            # One field may be left blank; one whose next is there twice was meant to hold it.
            heading = name if _is_blank(following) else heading if is_heading else ""
            is_heading = is_heading and heading != name
            twins[twin] = name
            entries[name] = value
            key_at[name] = key.at
        return MapNode(entries, key_at, at)

    def refuse_key(self, event: Any, depth: int, in_flow: bool) -> None:
        at = place_of(event)
        if isinstance(event, yaml.AliasEvent):
            self.refuse_anchor(at)
            return
        index = event.start_mark.index
        braces = self.text[index - 1 : index + 1] == "{{"
        self.build(event, depth + 1, in_flow)
        hints = offer(_quote_braces(line_of(self.text, at.line))) if braces else ("", "")
        self.report(
            at,
            "E120" if braces else "E137",
            "值以 { 开头，会被当成“字段名: 值”的组"
            if braces
            else "字段名不能是列表或映射（? 写法）",
            "a value that starts with { is read as a mapping"
            if braces
            else "a field name cannot be a list or a mapping (the ? form)",
            hints[0] or "字段名只写文字；如果括号是文字，请给整个值加引号",
            hints[1] or "Write text for the name; quote the whole value if the bracket is text",
        )

    def refuse_indent(self, name: str, at: Position) -> None:
        shown = show(name)
        self.report(
            at,
            "E117",
            f"{shown} 这一行缩进太深：它下面的字段在同一层已经有了",
            f"{shown} is indented too far: the fields below it stand in the same group already",
            "请与同类的名字左边对齐",
            "Line it up with the names of its kind",
        )

    def refuse_twin(self, name: str, at: Position, first: int) -> None:
        shown = show(name)
        self.report(
            at,
            "E130",
            f"字段 {shown} 写了两次（重复），第一次在第 {first} 行",
            f"the field {shown} is written twice, first on line {first}",
            "请保留一个",
            "Keep one of them",
        )


def _is_blank(event: Any) -> bool:
    return isinstance(event, yaml.ScalarEvent) and not (event.value or event.style)


def _quote_braces(line: str) -> str:
    found = re.match(r"([ ]*(?:-[ ]+)*[^:{]*:[ ]+)(\{\{[^\"\\]*)$", line)
    return f'{found[1]}"{found[2].rstrip()}"' if found else ""
