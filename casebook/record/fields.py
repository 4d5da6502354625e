"""Getters of the fields of one mapping, each with a harmless value where one is wrong."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from casebook.messages import problem, say
from casebook.problems import Position, Problem
from casebook.record.description import compute_once, fields_of, known_names
from casebook.record.model import Case, Figure
from casebook.text import NO_TEXT, Text
from casebook.values.dates import Period, parse_period
from casebook.values.errors import PeriodError
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


# Questions that are often written beside `answers` in place of below it.
_QUESTIONS = ("purchaser", "provider", "provider_type", "mode", "competition", "evaluation")

# What the tree finds wrong with the name of a field.
_ABOUT_NAMES = frozenset({"E112", "E113", "E114", "E115", "E117", "E137"})


@compute_once
def _find_homes() -> dict[str, str]:
    """The message that says where a field belongs, for fields that records of one class have."""
    own = fields_of(Case)
    classes = dict.fromkeys((Case, *(one.items for one in own if one.holds_records)))
    names = [name for cls in classes for name in known_names(fields_of(cls))]
    homes = dict.fromkeys(_QUESTIONS, "record.home_answer")
    for cls, home in ((Case, "record.home_case"), (Figure, "record.home_figure")):
        alone = (name for name in known_names(fields_of(cls)) if names.count(name) == 1)
        homes |= dict.fromkeys(alone, home)
    return homes


def nearest(word: str, known: Collection[str]) -> str:
    """The known word that a misspelt one most likely means, or nothing."""
    import difflib

    plain = re.sub(r"^\W+|\W+$", "", unicodedata.normalize("NFKC", word)).replace("-", "_")
    meant = _CHINESE_NAMES.get(plain)
    if meant is not None and meant in known:
        return meant
    by_folded = {name.casefold(): name for name in known}
    found = difflib.get_close_matches(plain.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[found[0]] if found else ""


def suggest(word: str, known: Collection[str]) -> Text:
    """The sentence “did you mean …” for a misspelt word, or nothing."""
    name = nearest(word, known)
    return say("record.did_you_mean", name=name) if name else NO_TEXT


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
        home = _find_homes().get(name)
        if home is not None:
            self.report("E201.elsewhere", at, name=name, home=say(home))
        else:
            self.report("E201", at, name=name, hint=suggest(name, known))

    def report(self, key: str, at: Position, *, hint: Text | None = None, **values: Any) -> None:
        """Record one problem of this file by the key of its message."""
        self.problems.append(problem(key, self.path, at, hint=hint, **values))

    def has(self, name: str) -> bool:
        """Whether the field is written and not left empty."""
        value = self.node.entries.get(name)
        return value is not None and not (isinstance(value, Scalar) and not value.text.strip())

    def at(self, name: str) -> Position:
        """The place of the value of a field, or of the mapping where it is left out."""
        value = self.node.entries.get(name)
        return value.at if value is not None else self.node.at

    def scalar(self, name: str, required: bool = False, example: str = "") -> Scalar | None:
        """The text of a field with its place, or None where it is left out."""
        value = self.node.entries.get(name)
        if value is None or (isinstance(value, Scalar) and not value.text.strip()):
            if required:
                at = self.node.key_at.get(name, self.node.at)
                hint = say("record.example", name=name, example=example) if example else NO_TEXT
                self.report("E202", at, name=name, hint=hint)
            return None
        if not isinstance(value, Scalar):
            self.report("E203", value.at, name=name)
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
            self.report("E204", value.at, name=name)
        return " ".join(text.split("\n"))

    def flag(self, name: str, default: bool = False) -> bool:
        """A yes or no."""
        value = self.scalar(name)
        if value is None or value.text in NO:
            return default and value is None
        if value.text not in YES:
            self.report("E211", value.at, name=name)
        return value.text in YES

    def whole_number(self, name: str) -> int | None:
        """A whole number from 0 to 999999, or None where it is left out."""
        value = self.scalar(name)
        if value is None:
            return None
        text = value.text.strip()
        if not (text.isascii() and text.isdigit() and len(text) <= 6):
            self.report("E213", value.at, name=name, found=text[:20])
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
        words = list(known)[:12]
        allowed = say("record.known_words", words=Text("、".join(words), ", ".join(words)))
        hint = suggest(word, known) or allowed
        self.report("E205", value.at, name=name, word=word[:40], hint=hint)
        return ""

    def period(self, name: str, required: bool = False) -> Period | None:
        """A date or period, or None where it is left out or not understood."""
        value = self.scalar(name, required, "不晚于2012-12-07")
        if value is None:
            return None
        try:
            return parse_period(value.text.strip())
        except PeriodError as error:
            self.report("E220", value.at, why=error.message, hint=error.hint)
            return None

    def mapping(self, name: str) -> MapNode | None:
        """A mapping, or None where it is left out."""
        value = self.node.entries.get(name)
        if value is None or (isinstance(value, Scalar) and not value.text.strip()):
            return None
        if not isinstance(value, MapNode):
            self.report("E203.mapping", value.at, name=name)
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
            self.report("E203.list", value.at, name=name)
            return ()
        return value.items

    def names(self, name: str) -> tuple[str, ...]:
        """The words of a list, or the one word that is there without a list."""
        value = self.node.entries.get(name)
        if isinstance(value, Scalar):
            return (value.text.strip(),) if value.text.strip() else ()
        return tuple(item.text.strip() for item in self.list_of(name) if isinstance(item, Scalar))

    def terms(self, name: str, known: Collection[str]) -> tuple[str, ...]:
        """The words of a list that are keys of a closed list."""
        found = (item for item in self.list_of(name) if isinstance(item, Scalar))
        return tuple(word for item in found if (word := self.known_word(item, name, known)))

    def inner(self, node: Node, name: str, known: Collection[str], at: Position) -> Fields | None:
        """The fields of a mapping inside this one, or None and a problem."""
        if isinstance(node, MapNode):
            return Fields(node, self.path, self.problems, known)
        home = _find_homes().get(name.rpartition(".")[2])
        hint = say("record.belongs", home=say(home)) if home else NO_TEXT
        self.report("E203.entry", at, name=name, hint=hint)
        return None
