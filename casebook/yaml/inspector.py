"""Slips that plain YAML accepts without a word, found where the parser saw text.

Each look is at one piece of plain text and what stands around it in the file, so that the same
characters inside quotes, text blocks and prose are left alone.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from casebook.problems import Position, Problem
from casebook.yaml.encoding import (
    as_warning,
    describe_invisible,
    describe_mojibake,
    offer,
    show,
    unscramble,
)
from casebook.yaml.notation import BLANKS, COLONS, DASHES, name_blank, sound_value

# Enough for one run.
MAX_PROBLEMS = 100

_NAME = r"[A-Za-z_][A-Za-z0-9_]{0,30}|[\u4e00-\u9fff]{1,8}"
_FIELD_LINE = re.compile(
    rf"(?P<key>{_NAME})[ {BLANKS}]*(?P<colon>[{COLONS}]|:(?=[^\s/:0-9]))(?P<v>.*)"
)
_MARKER_LINE = re.compile(
    rf"(?P<mark>[{DASHES}](?![{DASHES}])|-(?=[^\s0-9.-]|[{BLANKS}])|-(?=[ ]))[ {BLANKS}]*(?P<v>.*)"
)
# What stands behind a name instead of a colon and a blank, so that both became one name.
_SEPARATOR = re.compile(
    r"(?P<key>[A-Za-z_][A-Za-z0-9_]{0,30})[ ]*"
    rf"(?P<mark>[=＝;；]|:[{BLANKS}]+|:(?=[\"'\[{{])|(?<=[ ])(?=[\"'\[{{]))"
)
_OUR_NAME = re.compile(r"[a-z][a-z0-9_]*")
_KEY_BLANK = re.compile(f"[{BLANKS}]")
_KEY_COLON = re.compile(f"[{COLONS}]")
_KEY_WIDE = re.compile(r"[！-～]")
_KEY_DASH = re.compile(f"[{DASHES}]")
_KEY_JOINER = re.compile("[\u200d\ufe00-\ufe0f]")
# Not the enumeration comma: 民政局、财政局 is one text that names two.
_COMMAS = re.compile("[，；]")
# What people write behind a value who know it from JSON or from a list in prose.
_TAIL = frozenset(",，;；、")
_HALF_QUOTED = re.compile(r"“[^“”\"]*\"|\"[^“”\"]*”", re.DOTALL)
# A field that was indented into the text above it.
_FIELD_IN_TEXT = re.compile(r"^[ ]*(?P<key>[a-z][a-z_]{2,30}):[ ]*[|>][+-]?[ ]*$", re.MULTILINE)
_WIDE_LIST = re.compile(r"[［｛].*[］｝\]}]", re.DOTALL)
# A value that starts with one of these is looked at twice.
_ODD_STARTS = frozenset("｜＞［｛＃-" + DASHES)


class Inspector:
    """Looks at the plain texts of one file and notes what an editor cannot have meant."""

    def __init__(self, text: str, path: str, problems: list[Problem]) -> None:
        self.text = text
        self.path = path
        self.problems = problems
        self._lines: list[str] = []
        self.has_hash = " #" in text
        self.has_tab = "\t" in text

    def look_at_value(self, event: Any, in_flow: bool) -> None:
        """Note the slips of a plain text that is a value or an item."""
        if len(self.problems) > MAX_PROBLEMS:
            return
        value: str = event.value
        start, end = event.start_mark, event.end_mark
        if self.has_hash:
            self._look_at_hash(end)
        if not value:
            return
        if in_flow and not value.isascii():
            comma = _COMMAS.search(value)
            if comma is not None:
                self._warn_of_comma(Position(start.line + 1, start.column + 1 + comma.start()))
        elif not in_flow and value[-1] in _TAIL:
            self._warn_of_tail(value, end)
        if value[0] == "“" and _HALF_QUOTED.fullmatch(value):
            self._refuse_half_quotes(value, start)
        if value[0] in BLANKS_ALL:
            self._warn_of_blank(value, start)
        runs_on = start.line != end.line
        if runs_on or value[0] in _ODD_STARTS or "：" in value or ":" in value:
            self._look_at_lines(value, start, end)

    def _line(self, number: int) -> str:
        if not self._lines:
            self._lines = self.text.split("\n")
        # What is longer cannot be offered anyway.
        return self._lines[number - 1][:1_000]

    def _note(
        self, at: Position, code: str, zh: str, en: str, fixed: str, hints: tuple[str, str]
    ) -> None:
        offered = offer(fixed)
        self.problems.append(
            Problem(self.path, at, code, zh, en, offered[0] or hints[0], offered[1] or hints[1])
        )

    def _warn(
        self, at: Position, code: str, zh: str, en: str, fixed: str, hints: tuple[str, str]
    ) -> None:
        self._note(at, code, zh, en, fixed, hints)
        self.problems[-1] = as_warning(self.problems[-1])

    def _look_at_hash(self, end: Any) -> None:
        # A comment as people write them has a blank behind its # or two before it.
        behind = self.text[end.index : end.index + 4]
        if not re.match(r" #[^\s#!]", behind):
            return
        at = Position(end.line + 1, end.column + 2)
        line = self._line(at.line)
        found = re.match(r"([ ]*(?:-[ ]+)*(?:[^:#]+:[ ]+)?)(.*)", line)
        fixed = f'{found[1]}"{found[2]}"' if found and '"' not in line and "\\" not in line else ""
        self._warn(
            at,
            "W122",
            "# 后面的文字会被当成注释丢掉",
            "the text behind # is taken for a comment and lost",
            fixed,
            (
                "如果它是文字的一部分，请给整个值加引号",
                "Put the whole value in quotes if it is text",
            ),
        )

    def _warn_of_comma(self, at: Position) -> None:
        line = self._line(at.line)
        mark = line[at.column - 1] if at.column <= len(line) else "，"
        fixed = re.sub(r"\s*[，；]\s*", ", ", line)
        self._warn(
            at,
            "W114",
            f"方括号里的全角逗号“{mark}”不分开各项，这里只算一项",
            f"the full-width comma “{mark}” parts no items: this is one item",
            fixed,
            ("请改成半角逗号", "Write a plain comma"),
        )

    def _warn_of_tail(self, value: str, end: Any) -> None:
        at = Position(end.line + 1, end.column)
        line = self._line(at.line)
        self._warn(
            at,
            "W126",
            f"值以“{value[-1]}”结尾，它会算作文字",
            f"the value ends with “{value[-1]}”, which is read as text",
            f"{line[: at.column - 1]}{line[at.column :]}".rstrip(),
            ("请删掉它", "Delete it"),
        )

    def _refuse_half_quotes(self, value: str, start: Any) -> None:
        line = self._line(start.line + 1)
        inner = value[1:-1]
        self._note(
            Position(start.line + 1, start.column + 1),
            "E118",
            "引号一边是全角的，一边是半角的，都会算作文字",
            "one quote is full-width, the other plain, and both are read as text",
            f'{line[: start.column]}"{inner}"' if "\n" not in value else "",
            ('请都用半角的 "，或都用全角的', "Use plain quotes on both sides, or full-width ones"),
        )

    def look_at_block(self, text: str, start: Any) -> None:
        """Note a field that was indented into a block of text and so is part of it."""
        found = _FIELD_IN_TEXT.search(text)
        if found is None or len(self.problems) > MAX_PROBLEMS:
            return
        number = start.line + 2 + text.count("\n", 0, found.start())
        line = self._line(number)
        indent = len(line) - len(line.lstrip(" "))
        self._warn(
            Position(number, indent + 1),
            "W117",
            f"{found['key']} 这一行缩进太深，算作上面的文字",
            f"the line of {found['key']} is indented too far and read as text of the block above",
            "",
            ("请与上面的字段对齐", "Line it up with the field above"),
        )

    def _warn_of_blank(self, value: str, start: Any) -> None:
        zh, en = name_blank(value[0])
        before = self.text[start.index - start.column : start.index]
        line = self._line(start.line + 1)
        self._warn(
            Position(start.line + 1, start.column + 1),
            "W115",
            f"值的前面有{zh}",
            f"{en} stands before the value",
            before + line[len(before) :].lstrip(BLANKS_ALL),
            ("请删掉它", "Delete it"),
        )

    def _look_at_lines(self, value: str, start: Any, end: Any) -> None:
        before = self.text[start.index - start.column : start.index]
        lines = self.text[start.index : end.index].split("\n")
        if value[0] in "｜＞" and (len(lines) > 1 or len(value) < 3):
            self._warn(
                Position(start.line + 1, start.column + 1),
                "W114",
                f"文字块的标记“{value[0]}”是全角的，不起作用",
                f"the marker “{value[0]}” of a text block is full-width and does nothing",
                f"{before}{'|' if value[0] == '｜' else '>'}",
                ("请改成半角的 | 或 >", "Write a plain | or >"),
            )
        if _WIDE_LIST.fullmatch(value):
            half = re.sub(r"([,:])\s*", r"\1 ", unicodedata.normalize("NFKC", value))
            self._warn(
                Position(start.line + 1, start.column + 1),
                "W114",
                f"这里的括号“{value[0]}”是全角的，整段算一段文字",
                f"the bracket “{value[0]}” is full-width: all of it is one text",
                before + half.replace("、", ", ") if len(lines) == 1 else "",
                ("列表请用半角的 [ ] 和 ,", "Write lists with plain [ ] and ,"),
            )
        opens_line = not before.strip(" -")
        for offset, line in enumerate(lines):
            if offset == 0 and not opens_line:
                continue
            lead = before if offset == 0 else line[: len(line) - len(line.lstrip())]
            at = Position(start.line + 1 + offset, len(lead) + 1)
            self._look_at_line(line.strip(), lead, at, is_first=offset == 0)

    def _look_at_line(self, line: str, lead: str, at: Position, is_first: bool) -> None:
        found = _FIELD_LINE.match(line)
        if found is not None:
            colon = Position(at.line, at.column + found.start("colon"))
            wide = found["colon"] != ":"
            note = self._note if _OUR_NAME.fullmatch(found["key"]) else self._warn
            note(
                colon,
                ("E" if note == self._note else "W") + ("112" if wide else "113"),
                "这里用了全角冒号“：”，整行会算作文字"
                if wide
                else "冒号后面缺一个空格，整行会算作文字",
                "the line is read as text for its full-width colon “：”"
                if wide
                else "the line is read as text: a space is missing behind the colon",
                f"{lead}{found['key']}: {sound_value(found['v'])}".rstrip(),
                ("请改成半角冒号加一个空格", "Write a plain colon and a space"),
            )
            return
        found = _MARKER_LINE.match(line)
        if found is None or not found["v"] or (is_first and line.startswith("- ")):
            return
        mark = found["mark"]
        if mark == "-" and line.startswith("- "):
            self._warn(
                at,
                "W117",
                "这一行的“- ”缩进太深，算作上一行的文字",
                "this line is indented too far and read as text of the line above",
                "",
                ("请与上面的“- ”对齐", "Line it up with the dash above"),
            )
            return
        wide = mark != "-"
        self._warn(
            at,
            "W114" if wide else "W123",
            f"行首的“{show(mark)}”不是半角减号，不成列表，整行会算作文字"
            if wide
            else "减号后面缺一个空格，不成列表，整行会算作文字",
            f"“{show(mark)}” at the start of the line makes no list and is read as text"
            if wide
            else "a space is missing behind the dash: it makes no list and is read as text",
            f"{lead}- {found['v']}",
            ("列表请用半角减号（-）加一个空格", "Write a plain dash and a space"),
        )

    def look_at_tab(self, start: Any) -> None:
        """Note a tab before a value."""
        index = start.index
        if not self.has_tab or len(self.problems) > MAX_PROBLEMS:
            return
        if self.text[index - 1 : index] not in ("\t", " "):
            return
        line_start = index - start.column
        before = self.text[line_start:index]
        kept = before.rstrip(" \t")
        gap = before[len(kept) :]
        if "\t" not in gap or not kept:
            return
        at = Position(start.line + 1, len(kept) + gap.index("\t") + 1)
        line = self._line(at.line)
        self._warn(
            at,
            "W116",
            "冒号或减号后面是 Tab（制表符），不是空格",
            "a tab stands behind the colon or dash instead of a space",
            f"{kept} {line[len(before) :]}",
            ("请换成一个空格", "Use a space"),
        )

    def _note_separator(self, mark: str, at: Position, fixed: str) -> None:
        hints = "请写成半角冒号加一个空格", "Write a plain colon and a space"
        if len(mark) > 1:
            zh, en = name_blank(mark[1])
            zh, en = f"冒号后面是{zh}，不是普通空格", f"{en} stands behind the colon"
            self._note(Position(at.line, at.column + 1), "E115", zh, en, fixed, hints)
            return
        zh, en = "冒号后面缺一个空格", "a space is missing behind the colon"
        if not mark:
            zh, en = "字段名后面缺冒号", "a colon is missing behind the field name"
        elif mark != ":":
            zh = f"字段名后面要用冒号，这里是“{mark}”"
            en = f"a field name is followed by a colon, here stands “{mark}”"
        self._note(at, "E113", zh, en, fixed, hints)

    def look_at_key(self, key: str, start: Any) -> None:
        """Note what is odd about a field name; one thing is enough."""
        if len(self.problems) > MAX_PROBLEMS:
            return
        separator = _SEPARATOR.match(key)
        if separator is None and key.isascii() and key[:1] != "-":
            return
        number = start.line + 1

        def place(index: int) -> Position:
            return Position(number, start.column + 1 + index)

        line = self._line(number)
        head, tail = line[: start.column], line[start.column + len(key) :]
        if separator is not None:
            fixed = f"{head}{separator['key']}: "
            fixed += sound_value(line[start.column + separator.end() :])
            self._note_separator(separator["mark"], place(separator.start("mark")), fixed)
            return
        found = re.match(rf"-(?P<blank>[{BLANKS}])[{BLANKS} ]*(?P<rest>.*)", key)
        if found is not None:
            zh, en = name_blank(found["blank"])
            self._note(
                place(1),
                "E115",
                f"列表的减号后面是{zh}，不是普通空格",
                f"{en} stands behind the dash instead of a plain space",
                f"{head}- {found['rest']}{tail}",
                ("请换成普通空格", "Use a plain space"),
            )
            return
        found = _KEY_BLANK.search(key)
        if found is not None:
            zh, en = name_blank(found.group())
            inner = key.lstrip(BLANKS_ALL)
            outer = key[: len(key) - len(inner)]
            lead = "".join("  " if blank == "\u3000" else " " for blank in outer)
            fixed = f"{head}{lead}{_KEY_BLANK.sub('', inner).rstrip()}{tail}"
            where_zh = "缩进或字段名里有" if lead else "字段名里有"
            self._note(
                place(found.start()),
                "E115",
                f"{where_zh}{zh}",
                f"the indentation or the field name holds {en}",
                fixed,
                ("请换成普通空格", "Use plain spaces"),
            )
            return
        found = _KEY_COLON.search(key)
        if found is not None:
            rest = f"{key[found.end() :]}{tail}"
            self._note(
                place(found.start()),
                "E112",
                "这里用了全角冒号“：”",
                "a full-width colon “：” stands here",
                f"{head}{key[: found.start()]}: {sound_value(rest)}"
                if "{" not in head
                else line.replace("：", ": ").replace("，", ", "),
                ("请改成半角冒号加一个空格", "Write a plain colon and a space"),
            )
            return
        if _KEY_DASH.match(key) or key[0] == "-":
            wide = key[0] != "-"
            self._note(
                place(0),
                "E114" if wide else "E123",
                f"列表的标记“{show(key[0])}”不是半角减号（-）"
                if wide
                else "列表的减号后面缺一个空格",
                f"the list marker “{show(key[0])}” is not a plain dash"
                if wide
                else "a space is missing behind the dash of the list",
                f"{head}- {key[1:].lstrip()}{tail}",
                ("请改成半角减号加一个空格", "Write a plain dash and a space"),
            )
            return
        wide_key = _KEY_WIDE.search(key)
        if wide_key is not None and unicodedata.normalize("NFKC", key).isascii():
            half = unicodedata.normalize("NFKC", key)
            self._note(
                place(wide_key.start()),
                "E114",
                f"字段名里有全角字符“{wide_key.group()}”",
                f"the field name holds the full-width character “{wide_key.group()}”",
                f"{head}{half}{tail}" if re.fullmatch(r"[\w-]+", half) else "",
                ("请改成半角", "Write plain characters"),
            )
            return
        found = _KEY_JOINER.search(key)
        if found is not None:
            at = place(found.start())
            self.problems.append(describe_invisible(found.group(), at, self.path))
            return
        if key[0] in "“”＂「『‘’" or key[-1] in "“”＂」』‘’":
            self._note(
                place(0),
                "E114",
                "字段名带了全角引号",
                "the field name is in full-width quotes",
                f"{head}{key.strip('“”＂「」『』‘’')}{tail}",
                ("字段名不用引号", "A field name needs no quotes"),
            )
            return
        if unscramble(key):
            self.problems.append(describe_mojibake(place(0), self.path))


BLANKS_ALL = "".join(map(chr, (0x3000, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x20)))
