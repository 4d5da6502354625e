"""Reading of a case: one file of data/cases as a record, with all its problems in one run."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, Final, NamedTuple

from casebook.messages import say
from casebook.problems import Position, Problem, WordingError
from casebook.record.agreement import check_quote, check_support, find_named_per, name_per
from casebook.record.derived import MULTIPLE, derive
from casebook.record.description import FieldDescription, compute_once, fields_of, known_names
from casebook.record.fields import UNKNOWN, Fields, RecordReader
from casebook.record.lists import Lists
from casebook.record.model import Answer, Case, Elsewhere, Figure
from casebook.record.places import find_places
from casebook.record.suggestions import suggest
from casebook.record.vocabulary import Question
from casebook.text import ENUMERATION, LANGS, NO_TEXT
from casebook.values.amounts import parse_quantity
from casebook.values.digest import digest
from casebook.values.formula import names_of, parse_formula
from casebook.values.quantity import Quantity, name_per_in_english, with_reading
from casebook.values.words import WORDS
from casebook.yaml.nodes import ListNode, MapNode, Scalar, read_tree

SILENT = ("not_stated", "not_applicable")
# Words that editors write instead, without blanks and punctuation; a dash becomes "".
_SILENCES: Final = frozenset(("", *WORDS["silences"].split()))
_KINDS: Final = {
    "money": "record.kind_money",
    "count": "record.kind_count",
    "share": "record.kind_share",
}
# Mistakes whose meaning was guessed: fields on one line, levels, quotation marks.
_GUESSED: Final = frozenset({"E113", "E117", "E118", "E120", "W114"})
_FIGURE_NAME: Final = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
_DRAFT_LINE: Final = re.compile(rb"^state:[ \t]+draft[ \t]*(?:#.*)?\r?$", re.MULTILINE)


class _Formula(NamedTuple):
    """A figure whose formula was parsed, and the names of the figures in the formula."""

    at: Position
    fields: Fields
    names: frozenset[str]


def is_draft(data: bytes) -> bool:
    """True if a record, which may have errors elsewhere, states that it is a draft."""
    node, _ = read_tree(data, "")
    if node is None:
        # A half-written draft may not parse as YAML yet; its state line is searched instead.
        return _DRAFT_LINE.search(data) is not None
    state = node.entries.get("state")
    return isinstance(state, Scalar) and state.text.strip() == "draft"


def read_case(data: bytes, path: str, lists: Lists) -> tuple[Case | None, list[Problem]]:
    """The case of one file, or None if an error prevents its publication."""
    node, problems = read_tree(data, path)
    if node is None:
        return None, problems
    # Decoding cannot fail here, as bytes that are not UTF-8 give no tree.
    lines = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    guessed = {one.at.line for one in problems if one.code in _GUESSED}
    known = len(problems)
    case = CaseReader(lists).read_root(node, lines, path, problems)
    # Further problems of a guessed line may only come from the guess.
    problems[known:] = [one for one in problems[known:] if one.at.line not in guessed]
    if any(problem.severity == "error" for problem in problems):
        return None, problems
    return case, problems


@compute_once
def _beside_value(cls: type) -> tuple[FieldDescription, ...]:
    """The fields of an answer without its value, whose kind depends on the question."""
    return tuple(one for one in fields_of(cls) if one.name not in ("value", "elsewhere"))


class CaseReader(RecordReader):
    """Reads one case or a single figure; a wrong part does not stop the reading of others.

    `written` are the names of all figures of the case, readable or not.
    """

    def __init__(self, lists: Lists) -> None:
        super().__init__(vars(lists.vocabulary), lists.sources, lists.languages)
        self.lists = lists
        self.written: Collection[str] = ()

    def read_root(
        self, node: MapNode, lines: list[str], path: str, problems: list[Problem]
    ) -> Case:
        """The case of a tree and its lines, with harmless values in place of wrong ones."""
        slug = self.around["case"] = path.rsplit("/", 1)[-1].removesuffix(".yaml")
        fields = Fields(node, path, problems, known_names(fields_of(Case), self.languages))
        figures = fields.node.entries.get("figures")
        self.written = figures.entries if isinstance(figures, MapNode) else ()
        case = self.read_record(
            Case,
            fields,
            slug=slug,
            path=path,
            positions=dict(fields.node.key_at),
            places=find_places(node, lines),
        )
        # Line ends and a byte order mark do not change the version.
        sha = digest(unicodedata.normalize("NFC", "\n".join(lines)).encode())
        updated = max((case.updated, *(change.date.edtf for change in case.changes)))
        return replace(case, digest=sha, updated=updated)

    def read_region(self, fields: Fields, one: FieldDescription) -> str:
        value = fields.scalar(one.name, one.required, one.example)
        if value is None:
            return ""
        code = value.text.strip()
        regions = self.lists.regions
        if code in regions:
            return code
        found = regions.find_near(code, self.languages.first)
        near = [say("record.in_brackets", words=one.code, more=one.name) for one in found]
        if near:
            hint = say("record.near_regions", names=ENUMERATION.join(near))
        else:
            # For a number that is near no code, any suggested code would be a random guess.
            is_number = code.isascii() and code[:1].isdigit()
            hint = NO_TEXT if is_number else suggest(code, regions.every())
            hint = hint if hint.en else say("record.where_regions_are")
        fields.report("E251", value.at, code=code[:20], hint=hint)
        return ""

    def read_answers(self, fields: Fields, one: FieldDescription) -> dict[str, Answer]:
        questions = self.lists.vocabulary.questions
        group = fields.mapping(one.name)
        if group is None and fields.has(one.name):
            return {}
        group = group or MapNode({}, {}, fields.at(one.name))
        asked = Fields(group, fields.path, fields.problems, questions, fields)
        answers: dict[str, Answer] = {}
        for key, question in questions.items():
            if asked.has(key):
                answers[key] = self.read_answer(asked, question)
            elif not question.derived:
                at = group.key_at.get(key, group.at)
                asked.report("W206", at, name=question.name, question=key)
        return answers

    def read_answer(self, asked: Fields, question: Question) -> Answer:
        """An answer: a word, a list of words, or a mapping with further fields."""
        node = asked.node.entries[question.key]
        if not isinstance(node, MapNode):
            node = MapNode({"value": node}, {"value": node.at}, node.at)
        fields = self.fields_in(node, Answer, asked)
        values = self.read_values(_beside_value(Answer), fields)
        values["elsewhere"] = tuple(
            self.read_elsewhere(inner, question)
            for inner in fields.items(
                "elsewhere", known_names(fields_of(Elsewhere), self.languages)
            )
        )
        if values["state"] not in SILENT:
            values |= self.read_value(fields, question)
        elif fields.has("value"):
            at, state = fields.at("value"), values["state"]
            fields.report("E205.silent_value", at, name=question.key, state=state)
        return Answer(question=question.key, at=node.at, **values)

    def read_elsewhere(self, fields: Fields, question: Question) -> Elsewhere:
        """The answer of another source, which may not be a state of silence."""
        values = self.read_values(_beside_value(Elsewhere), fields)
        said = self.read_value(fields, question)
        if said.pop("state", "") and fields.has("value"):
            fields.report("E203.answer", fields.at("value"), name=question.key)
        return Elsewhere(at=fields.node.at, **values, **said)

    def read_value(self, fields: Fields, question: Question) -> dict[str, Any]:
        """The attributes that the value of an answer gives: terms, text, or a state of silence."""
        node = fields.written("value")
        if node is None:
            fields.text("value", required=True)
            return {}
        names = (self.languages.name("value", lang) for lang in self.languages.others)
        others = [fields.line(name) for name in names]
        items = node.items if isinstance(node, ListNode) else (node,)
        words = [item for item in items if isinstance(item, Scalar) and item.text.strip()]
        if not words or len(words) < len(items):
            fields.report("E203.answer", node.at, name=question.key)
            return {"state": "not_stated"}
        if len(words) == 1 and (said := words[0].text.strip()) in SILENT:
            return {"state": said}
        known = self.words[question.terms] if question.terms else ()
        silent = [
            word
            for word in words
            if re.sub(r"[\W_]+", "", word.text.casefold()) in _SILENCES and word.text not in known
        ]
        for word in silent:
            fields.report("E205.silence", word.at, name=question.key, word=word.text.strip())
        if question.terms:
            found = (
                fields.known_word(word, question.key, known, question.terms, are_many=True)
                for word in words
                if word not in silent
            )
            return {"terms": tuple(term for term in found if term)}
        comma = ENUMERATION.inside(self.languages.first)
        said = comma.join(word.text.strip() for word in words)
        return {"text": self.languages.text((said, *others))}

    def read_figures(self, fields: Fields, one: FieldDescription) -> dict[str, Figure]:
        figures: dict[str, Figure] = {}
        waiting: dict[str, _Formula] = {}
        garbled = {found.at.line for found in fields.problems if found.severity == "error"}
        known = len(fields.problems)
        for key, at, inner in fields.entries(one.name, known_names(one.inner, self.languages)):
            if not _FIGURE_NAME.fullmatch(key):
                inner.report("E241.figure", at, name=key[:40])
            if inner.has("formula"):
                if (formula := self.parse_formula(at, inner)) is not None:
                    waiting[key] = formula
            elif (figure := self.read_printed(key, at, inner, one.items)) is not None:
                last = max(place.line for place in inner.node.key_at.values())
                errors = [each for each in fields.problems[known:] if each.severity == "error"]
                # A result computed from a wrong figure would only repeat its error.
                if not errors and garbled.isdisjoint(range(at.line, last + 1)):
                    figures[key] = figure
            known = len(fields.problems)
        # Figures that other formulas need are computed first.
        while ready := [key for key, it in waiting.items() if not it.names & waiting.keys()]:
            for key in ready:
                formula = waiting.pop(key)
                # A formula over an unreadable figure has no error of its own.
                if formula.names <= figures.keys():
                    figures |= self.compute_figure(key, formula, figures, one.items)
        for key, formula in waiting.items():
            formula.fields.report("E282", formula.fields.at("formula"), name=key)
        self.around["figure"] = ""
        return {key: figures[key] for key in self.written if key in figures}

    def read_printed(
        self, key: str, at: Position, fields: Fields, cls: type[Figure] = Figure
    ) -> Figure | None:
        """A figure that a source prints, or None if a needed field is missing or wrong."""
        self.around["figure"] = key
        values = self.read_values(fields_of(cls), fields)
        quantity = self.read_amount(fields, values)
        values["per"] = self.read_per(fields, quantity)
        if quantity is not None and quantity.per:
            terms = self.lists.vocabulary.per
            keys = [find_named_per(word, terms) for word in quantity.per]
            named = [terms[key].name.en if key else "" for key in keys]
            both = zip(named, quantity.per, strict=True)
            names = tuple(name or name_per_in_english(word) for name, word in both)
            quantity = replace(quantity, per_in_english=names)
        # Every computation with a figure needs these fields.
        needed = (values["measure"], values["status"], values["source"])
        if quantity is None or values["period"] is UNKNOWN or not all(needed):
            return None
        self.check_reading(fields, quantity, values["measure"])
        figure = self.make_record(cls, fields, values, id=key, at=at, quantity=quantity)
        check_quote(fields, figure, self.lists.vocabulary, self.languages.first)
        check_support(fields, figure, self.lists.vocabulary)
        return figure

    def read_amount(self, fields: Fields, values: Mapping[str, Any]) -> Quantity | None:
        """The amount with any qualifier or unit that the editor reads into it, or None."""
        (amount,) = (one for one in fields_of(Figure) if one.kind == "amount")
        value = fields.scalar("amount", amount.required, amount.example)
        if value is None:
            return None
        try:
            quantity = parse_quantity(value.text.strip())
        except WordingError as error:
            at = value.place(error.column)
            fields.report("E210", at, why=error.message)
            return None
        qualifier, unit = values["read_qualifier"], values["read_unit"]
        # A reading is not in the source, so the editor has to give readers the reason in a note.
        if qualifier or unit:
            at = fields.at("qualifier" if qualifier else "unit")
            if not fields.has("note"):
                fields.report("E217", at)
            try:
                quantity = with_reading(quantity, qualifier or None, unit or None)
            except WordingError as error:
                key = "E210.reading" if values["quote"] else "E210"
                fields.report(key, at, why=error.message, quote=values["quote"])
                return None
        if not quantity.unit:
            fields.report("E215", value.at, amount=value.text.strip()[:40])
            return None
        return quantity

    def check_reading(self, fields: Fields, quantity: Quantity, measure: str) -> None:
        """Report an amount that its measure does not allow."""
        if not measure:
            return
        expected = self.lists.vocabulary.measures[measure]
        needs_scope = expected.total or (expected.kind == "count" and quantity.unit != MULTIPLE)
        if quantity.kind != expected.kind:
            asked, found = say(_KINDS[expected.kind]), say(_KINDS[quantity.kind])
            fields.report(
                "E218", fields.at("measure"), measure=measure, expected=asked, found=found
            )
        elif needs_scope and not fields.has("scope"):
            fields.report("E202.scope", fields.at("scope"), measure=expected.name)
        elif expected.kind == "share" and fields.has("part_of") and quantity.magnitude > 1:
            fields.report("E214", fields.at("amount"))
        elif quantity.value == 0 and not expected.zero:
            fields.report("W216", fields.at("amount"))

    def read_per(self, fields: Fields, quantity: Quantity | None) -> tuple[str, ...]:
        """The keys of what the amount is per, from the field and from the wording."""
        known = self.lists.vocabulary.per
        written = fields.scalar("per")
        words = [] if written is None else re.split("[/／]", written.text)
        found = [Scalar(word.strip(), fields.at("per")) for word in words if word.strip()]
        # 每年560万元 with per: 月 gets both keys, and `check_quote` reports the month.
        printed = quantity.per if quantity is not None else ()
        found += [Scalar(word, fields.at("amount")) for word in printed]
        keys = {self.find_per(fields, word) for word in found}
        return tuple(sorted(keys - {""}, key=list(known).index))

    def find_per(self, fields: Fields, word: Scalar) -> str:
        """The key of what an amount is per, by its key or its name."""
        terms = self.lists.vocabulary.per
        if key := find_named_per(word.text, terms):
            return key
        names = [name_per(term.name).own(lang) for term in terms.values() for lang in LANGS]
        return fields.known_word(word, "per", [*filter(None, names)], "per")

    def parse_formula(self, at: Position, fields: Fields) -> _Formula | None:
        """A parsed formula that names only figures of the case, or None."""
        value = fields.scalar("formula")
        if value is None:
            return None
        try:
            names = list(names_of(parse_formula(value.text.strip())))
        except WordingError as error:
            fields.report("E280", value.place(error.column), why=error.message)
            return None
        strangers = [name for name in names if name.id not in self.written]
        for name in strangers:
            place = value.place(name.column)
            hint = suggest(name.id, self.written)
            fields.report("E250.formula", place, name=name.id, hint=hint)
        return None if strangers else _Formula(at, fields, frozenset(name.id for name in names))

    def compute_figure(
        self, key: str, found: _Formula, figures: Mapping[str, Figure], cls: type[Figure]
    ) -> dict[str, Figure]:
        """The figure that a formula computes, by its name; empty if the formula is refused."""
        fields = found.fields
        for inner in fields_of(cls):
            if inner.printed and fields.has(inner.name):
                fields.report("E281", fields.at(inner.name), name=key, field=inner.name)
        self.around["figure"] = key
        own = tuple(inner for inner in fields_of(cls) if not inner.printed)
        values = self.read_values(own, fields)
        formula = fields.text("formula")
        derived, reasons = derive(formula, figures, self.lists.vocabulary)
        for reason in reasons:
            fields.report("E283", fields.at("formula"), name=key, why=reason)
        if derived is None:
            return {}
        self.check_reading(fields, derived.quantity, values["measure"])
        fitting = {one.key: one.name for one in derived.measures}
        if values["measure"] not in ("", *fitting) and fitting:
            why = say("values.another_measure", names=ENUMERATION.join(fitting.values()))
            fields.report("E283", fields.at("measure"), name=key, why=why)
        values |= {
            "quantity": derived.quantity,
            "per": derived.per,
            "period": derived.period,
            "status": derived.status,
            "source": derived.source,
            "formula": formula,
        }
        return {key: self.make_record(cls, fields, values, id=key, at=found.at)}

    def read_figure_name(self, fields: Fields, one: FieldDescription) -> str:
        value = fields.scalar(one.name)
        return self.find_figure(fields, one.name, value) if value is not None else ""

    def read_figure_names(self, fields: Fields, one: FieldDescription) -> tuple[str, ...]:
        return tuple(self.find_figure(fields, one.name, item) for item in fields.scalars(one.name))

    def read_gone_figure(self, fields: Fields, one: FieldDescription) -> str:
        name = fields.text(one.name, not fields.has("about"), one.example)
        if name in self.written:
            # The changes of an existing figure belong into its own history.
            fields.report("E238", fields.at(one.name), name=name)
        return name

    def find_figure(self, fields: Fields, name: str, value: Scalar) -> str:
        """The name of a figure, reported if the case lacks it or it is the figure itself."""
        word, own = value.text.strip(), self.around["figure"]
        if word == own:
            fields.report("E250.itself", value.at, field=name)
        elif word not in self.written:
            hint = suggest(word, [figure for figure in self.written if figure != own])
            if len(word.split()) > 1:
                hint = fields.offer_list(name, word) or hint
            fields.report("E250.figure", value.at, field=name, name=word, hint=hint)
        return word


def read_figure(
    node: MapNode, key: str, path: str, lists: Lists, problems: list[Problem]
) -> Figure | None:
    """The printed figure of a single mapping, or None if it is incomplete."""
    fields = Fields(node, path, problems, known_names(fields_of(Figure), lists.languages))
    return CaseReader(lists).read_printed(key, node.at, fields)
