"""Reading of a case: one file of data/cases as a record, with all problems in one run."""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import replace
from typing import cast

from casebook.messages import problem, say
from casebook.problems import START, Position, Problem
from casebook.record.description import FieldDescription
from casebook.record.fields import Fields, suggest
from casebook.record.figure_reader import FigureReader
from casebook.record.lists import Lists
from casebook.record.model import Answer, AnswerState, Case
from casebook.record.record_reader import fields_in
from casebook.record.vocabulary import Question
from casebook.text import NO_TEXT, Text
from casebook.yaml.nodes import ListNode, MapNode, Node, Scalar, read_tree

SILENT = ("not_stated", "not_applicable")


def is_draft(data: bytes) -> bool:
    """Whether a record, which may have faults elsewhere, says that it is a draft."""
    node, _ = read_tree(data, "")
    state = node.entries.get("state") if isinstance(node, MapNode) else None
    return isinstance(state, Scalar) and state.text.strip() == "draft"


def read_case(data: bytes, path: str, lists: Lists) -> tuple[Case | None, list[Problem]]:
    """The case of one file, or None where a problem keeps it from being published."""
    node, problems = read_tree(data, path)
    if node is None:
        return None, problems
    if not isinstance(node, MapNode):
        return None, [*problems, problem("E132.case", path, node.at)]
    slug = path.rsplit("/", 1)[-1].removesuffix(".yaml")
    lines = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    case = _read_fields(fields_in(node, Case, path, problems), slug, lines, lists)
    if any(problem.severity == "error" for problem in problems):
        return None, problems
    # Other ends of lines and a byte order mark make no other version.
    text = unicodedata.normalize("NFC", "\n".join(lines))
    return replace(case, digest=hashlib.sha256(text.encode()).hexdigest()), problems


def _read_fields(fields: Fields, slug: str, lines: list[str], lists: Lists) -> Case:
    figures = fields.node.entries.get("figures")
    written = figures.entries if isinstance(figures, MapNode) else {}
    return CaseReader(lists, slug, written).read_record(
        Case,
        fields,
        slug=slug,
        path=fields.path,
        positions=dict(fields.node.key_at),
        story_at=_text_starts(fields, "story", lines),
        summary_at=_text_starts(fields, "summary", lines),
    )


class CaseReader(FigureReader):
    """Reads one case; every part is read even where another is wrong."""

    def read_region(self, fields: Fields, one: FieldDescription) -> str:
        value = fields.scalar(one.name, one.required, one.example)
        if value is None:
            return ""
        code = value.text.strip()
        regions = self.lists.regions
        if code in regions:
            return code
        near = [
            f"{key}（{region.name.zh}）"
            for key, region in regions.items()
            if key[:4] == code[:4] or code in region.name.zh
        ][:3]
        if near:
            hint = say("record.near_regions", names=Text("、".join(near), ", ".join(near)))
        else:
            hint = suggest(code, regions.keys()) or say("record.where_regions_are")
        fields.report("E251", value.at, code=code[:20], hint=hint)
        return ""

    def read_iso_day(self, fields: Fields, one: FieldDescription) -> str:
        period = self.read_day(fields, one)
        return period.edtf if period is not None else ""

    def read_answers(self, fields: Fields, one: FieldDescription) -> dict[str, Answer]:
        questions = self.lists.vocabulary.questions
        group = fields.mapping(one.name) or MapNode({}, {}, fields.at(one.name))
        asked = Fields(group, fields.path, fields.problems, questions)
        answers: dict[str, Answer] = {}
        for key, question in questions.items():
            if asked.has(key):
                answers[key] = self.read_answer(asked, question)
            elif not question.derived:
                at = group.key_at.get(key, group.at)
                name = Text(question.name.zh, question.name.inside("en"))
                asked.report("W206", at, name=name, question=key)
        return answers

    def read_answer(self, asked: Fields, question: Question) -> Answer:
        """An answer: a word, a list of words, or a mapping that says more of it."""
        node = asked.node.entries[question.key]
        note, english = NO_TEXT, ""
        state: AnswerState = "stated"
        if isinstance(node, MapNode):
            inner = fields_in(node, Answer, asked.path, asked.problems)
            note = Text(inner.line("note"), inner.line("note_en"))
            english = inner.line("value_en")
            state = cast(AnswerState, inner.term("state", _STATES) or "stated")
            if not inner.has("value"):
                if state not in SILENT:
                    inner.text("value", required=True)
                return Answer(question=question.key, state=state, note=note, at=node.at)
            node = inner.node.entries["value"]
        words = _words_of(node)
        if not words:
            asked.report("E203.answer", node.at, name=question.key)
            return Answer(question=question.key, state="not_stated", at=node.at)
        if len(words) == 1 and (said := words[0].text.strip()) in SILENT:
            silent = cast(AnswerState, said)
            return Answer(question=question.key, state=silent, note=note, at=node.at)
        if question.terms:
            known = self.words[question.terms]
            found = (asked.known_word(word, question.key, known) for word in words)
            terms = tuple(term for term in found if term)
            return Answer(question=question.key, state=state, terms=terms, note=note, at=node.at)
        text = Text("、".join(word.text.strip() for word in words), english)
        return Answer(question=question.key, state=state, text=text, note=note, at=node.at)


_STATES = dict.fromkeys(("stated", "partial", *SILENT))


def _words_of(node: Node) -> list[Scalar]:
    """The words of an answer; none where something of it is no word."""
    items = node.items if isinstance(node, ListNode) else (node,)
    words = [item for item in items if isinstance(item, Scalar) and item.text.strip()]
    return words if len(words) == len(items) else []


def _text_starts(fields: Fields, name: str, lines: list[str]) -> tuple[Position, Position]:
    """Where the first character of a text is in Chinese and in English."""
    zh, en = (fields.node.entries.get(key) for key in (name, f"{name}_en"))
    return _text_start(zh, lines), _text_start(en, lines)


def _text_start(value: Node | None, lines: list[str]) -> Position:
    if not isinstance(value, Scalar):
        return START
    if value.style not in ("|", ">"):
        # The text of a quoted value begins after its quotation mark.
        return value.at if value.is_plain else Position(value.at.line, value.at.column + 1)
    # The text of a block is below its | or >.
    for number, line in enumerate(lines[value.at.line :], value.at.line + 1):
        if line.strip():
            return Position(number, len(line) - len(line.lstrip()) + 1)
    return value.at
