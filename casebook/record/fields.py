"""Getters over one mapping of a record: each gives a sound value and notes what was wrong."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping

from casebook.problems import Position, Problem, Severity
from casebook.text import Text
from casebook.values.dates import Period, PeriodError, parse_period
from casebook.yaml.nodes import ListNode, MapNode, Node, Scalar

YES = frozenset({"yes", "true", "是"})
NO = frozenset({"no", "false", "否"})

# What editors write who think of the field in their own language.
_CHINESE_NAMES = {
    "标题": "title",
    "地区": "region",
    "主题": "topic",
    "摘要": "summary",
    "更新": "updated",
    "状态": "status",
    "回答": "answers",
    "金额": "amount",
    "数字": "figures",
    "事件": "events",
    "日期": "date",
    "来源": "source",
    "引文": "quote",
    "文件": "documents",
    "冲突": "conflicts",
    "正文": "story",
    "说明": "note",
    "名称": "label",
}


# Where fields belong that stand in a record once.
_HOMES = {
    **dict.fromkeys(
        (
            *("region", "topic", "summary", "updated", "answers", "events", "documents"),
            *("conflicts", "story", "story_en", "summary_en"),
        ),
        ("最外层，不缩进", "at the outermost level, without spaces before it"),
    ),
    **dict.fromkeys(
        (
            *("label", "label_en", "amount", "measure", "per", "period", "scope", "part_of"),
            *("follows", "qualifier", "unit", "corroborated_by", "formula"),
        ),
        ("figures 里的一个数字下面", "below one of the figures"),
    ),
    **dict.fromkeys(
        ("purchaser", "provider", "provider_type", "mode", "competition", "evaluation"),
        ("answers 下面", "below answers"),
    ),
}

# What the tree finds wrong with the name of a field.
_ABOUT_NAMES = frozenset({"E112", "E113", "E114", "E115", "E117", "E137"})


def nearest(word: str, known: Collection[str]) -> str:
    """The known word that a misspelt one most likely means, or nothing."""
    import difflib

    plain = re.sub(r"^\W+|\W+$", "", unicodedata.normalize("NFKC", word)).replace("-", "_")
    meant = _CHINESE_NAMES.get(plain)
    if meant in known:
        return meant or ""
    by_folded = {name.casefold(): name for name in known}
    found = difflib.get_close_matches(plain.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[found[0]] if found else ""


def suggest(word: str, known: Collection[str], lang: str) -> str:
    """The sentence “did you mean …” for a misspelt word, or nothing."""
    name = nearest(word, known)
    if not name:
        return ""
    return f"是不是 {name}？" if lang == "zh" else f"Did you mean {name}?"


def _rename(node: MapNode, names: Mapping[str, str]) -> MapNode:
    """A mapping with fields under the names that they were meant to have, if those are free."""
    entries, key_at = {}, {}
    for name, value in node.entries.items():
        meant = names.get(name) or name
        if meant in entries or (meant != name and meant in node.entries):
            meant = name
        entries[meant], key_at[meant] = value, node.key_at[name]
    return MapNode(entries, key_at, node.at)


class Fields:
    """The fields of one mapping: every getter returns something harmless and records problems."""

    def __init__(
        self, node: MapNode, path: str, problems: list[Problem], known: Collection[str]
    ) -> None:
        self.node = node
        self.path = path
        self.problems = problems
        strangers = [name for name in node.entries if name not in known]
        for name in strangers:
            self.report_stranger(name, known)
        if strangers:
            # What is meant is read on, so that no field is said to be missing as well.
            self.node = _rename(node, {name: nearest(name, known) for name in strangers})

    def report_stranger(self, name: str, known: Collection[str]) -> None:
        """Record a field that there is none of, unless its name was found to be garbled before."""
        at = self.node.key_at[name]
        if any(p.at.line == at.line and p.code in _ABOUT_NAMES for p in self.problems):
            return
        hint_zh, hint_en = suggest(name, known, "zh"), suggest(name, known, "en")
        if name in _HOMES:
            home_zh, home_en = _HOMES[name]
            hint_zh, hint_en = f"{name} 写在{home_zh}", f"{name} belongs {home_en}"
        zh, en = f"这里没有字段 {name}", f"there is no field {name} here"
        if name not in _HOMES:
            zh, en = f"不认识字段 {name}", f"there is no field {name}"
        self.report(at, "E201", zh, en, hint_zh, hint_en)

    def report(
        self,
        at: Position,
        code: str,
        zh: str,
        en: str,
        hint_zh: str = "",
        hint_en: str = "",
        severity: Severity = "error",
    ) -> None:
        """Record one problem of this file."""
        self.problems.append(
            Problem(self.path, at, code, zh, en, hint_zh, hint_en, severity=severity)
        )

    def has(self, name: str) -> bool:
        """Whether the field is written and not left empty."""
        value = self.node.entries.get(name)
        return value is not None and not (isinstance(value, Scalar) and not value.text.strip())

    def at(self, name: str) -> Position:
        """Where the value of a field stands, or the mapping itself where it is left out."""
        value = self.node.entries.get(name)
        return value.at if value is not None else self.node.at

    def scalar(self, name: str, required: bool = False, example: str = "") -> Scalar | None:
        """The text of a field with its place, or None where it is left out."""
        value = self.node.entries.get(name)
        if value is None or (isinstance(value, Scalar) and not value.text.strip()):
            if required:
                at = self.node.key_at.get(name, self.node.at)
                self.report(
                    at,
                    "E202",
                    f"缺少字段 {name}",
                    f"the field {name} is missing",
                    f"例如 {name}: {example}" if example else "",
                    f"For example {name}: {example}" if example else "",
                )
            return None
        if not isinstance(value, Scalar):
            self.report(
                value.at,
                "E203",
                f"字段 {name} 应当是一段文字",
                f"the field {name} should be a text",
                "如果文字里有冒号，请给整个值加引号",
                "Put the whole value in quotes if it holds a colon",
            )
            return None
        return value

    def text(self, name: str, required: bool = False, example: str = "") -> str:
        """The text of a field without blanks around it."""
        value = self.scalar(name, required, example)
        return value.text.strip() if value is not None else ""

    def line(self, name: str, required: bool = False, example: str = "") -> str:
        """The text of a field that may not hold a line break."""
        value = self.scalar(name, required, example)
        if value is None:
            return ""
        text = value.text.strip()
        if "\n" in text:
            self.report(
                value.at, "E204", f"字段 {name} 只能有一行", f"the field {name} must be one line"
            )
        return " ".join(text.split("\n"))

    def bilingual(self, name: str, required: bool = False, example: str = "") -> Text:
        """A wording in Chinese with its English twin, each of one line."""
        return Text(self.line(name, required, example), self.line(f"{name}_en"))

    def bilingual_block(self, name: str) -> Text:
        """A longer text in Chinese with its English twin."""
        return Text(self.text(name), self.text(f"{name}_en"))

    def flag(self, name: str) -> bool:
        """A yes or no, no where it is left out."""
        value = self.scalar(name)
        if value is None or value.text in NO:
            return False
        if value.text not in YES:
            self.report(
                value.at,
                "E211",
                f"字段 {name} 只能是 yes 或 no（是/否）",
                f"the field {name} is yes or no",
            )
        return value.text in YES

    def whole_number(self, name: str) -> int | None:
        """A whole number from 0 to 999999, or None where it is left out."""
        value = self.scalar(name)
        if value is None:
            return None
        text = value.text.strip()
        if not (text.isascii() and text.isdigit() and len(text) <= 6):
            self.report(
                value.at,
                "E213",
                f"字段 {name} 应当是一个整数，写的是 {text[:20]}",
                f"the field {name} should be a whole number, found {text[:20]}",
            )
            return None
        return int(text)

    def term(self, name: str, known: Mapping[str, object], required: bool = False) -> str:
        """A key of a closed list, or nothing where it is left out or unknown."""
        value = self.scalar(name, required, next(iter(known), ""))
        if value is None:
            return ""
        return self.known_word(value, name, known)

    def known_word(self, value: Scalar, name: str, known: Collection[str]) -> str:
        """The text of a scalar where it is a known word, else nothing and a problem."""
        word = value.text.strip()
        if word in known:
            return word
        allowed = "、".join(list(known)[:12])
        hint_zh = suggest(word, known, "zh") or f"可用的有 {allowed}"
        hint_en = suggest(word, known, "en") or f"Known are {allowed.replace('、', ', ')}"
        self.report(
            value.at,
            "E205",
            f"{name} 不认识 {word[:40]}",
            f"{name} does not know {word[:40]}",
            hint_zh,
            hint_en,
        )
        return ""

    def period(self, name: str, required: bool = False) -> Period | None:
        """A date or period, or None where it is left out or not understood."""
        value = self.scalar(name, required, "不晚于2012-12-07")
        if value is None:
            return None
        try:
            return parse_period(value.text.strip())
        except PeriodError as error:
            self.report(value.at, "E220", error.zh, error.en, error.hint_zh, error.hint_en)
            return None

    def mapping(self, name: str) -> MapNode | None:
        """A mapping, or None where it is left out."""
        value = self.node.entries.get(name)
        if value is None or (isinstance(value, Scalar) and not value.text.strip()):
            return None
        if not isinstance(value, MapNode):
            self.report(
                value.at,
                "E203",
                f"字段 {name} 下面应当是“名称: 值”的行",
                f"the field {name} should hold lines of “name: value”",
            )
            return None
        return value

    def entries(self, name: str, known: Collection[str]) -> Iterator[tuple[str, Position, Fields]]:
        """The named mappings under a field: name, place of the name, fields."""
        group = self.mapping(name)
        if group is None:
            return
        for key, value in group.entries.items():
            inside = self.inner(value, f"{name}.{key}", known, group.key_at[key])
            if inside is not None:
                yield key, group.key_at[key], inside

    def items(self, name: str, known: Collection[str]) -> Iterator[Fields]:
        """The mappings in a list under a field."""
        for number, value in enumerate(self.list_of(name), 1):
            inside = self.inner(value, f"{name}[{number}]", known, value.at)
            if inside is not None:
                yield inside

    def list_of(self, name: str) -> tuple[Node, ...]:
        """The items of a list, empty where it is left out."""
        value = self.node.entries.get(name)
        if value is None or (isinstance(value, Scalar) and not value.text.strip()):
            return ()
        if not isinstance(value, ListNode):
            self.report(
                value.at,
                "E203",
                f"字段 {name} 应当是一个列表，每项以“- ”开头",
                f"the field {name} should be a list whose items start with “- ”",
            )
            return ()
        return value.items

    def names(self, name: str) -> tuple[str, ...]:
        """The words of a list, or the one word that stands there without a list."""
        value = self.node.entries.get(name)
        if isinstance(value, Scalar):
            return (value.text.strip(),) if value.text.strip() else ()
        return tuple(item.text.strip() for item in self.list_of(name) if isinstance(item, Scalar))

    def terms(self, name: str, known: Collection[str]) -> tuple[str, ...]:
        """The keys of a closed list that stand in a list, without those that are unknown."""
        found = (item for item in self.list_of(name) if isinstance(item, Scalar))
        return tuple(word for item in found if (word := self.known_word(item, name, known)))

    def inner(self, node: Node, name: str, known: Collection[str], at: Position) -> Fields | None:
        """The fields of a mapping inside this one, or None and a problem."""
        if isinstance(node, MapNode):
            return Fields(node, self.path, self.problems, known)
        home_zh, home_en = _HOMES.get(name.rpartition(".")[2], ("", ""))
        self.report(
            at,
            "E203",
            f"{name} 下面应当是“名称: 值”的行",
            f"{name} should hold lines of “name: value”",
            f"如果是字段，它写在{home_zh}" if home_zh else "",
            f"If it is a field, it belongs {home_en}" if home_en else "",
        )
        return None
