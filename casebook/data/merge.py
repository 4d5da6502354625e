"""Rows of figures merged into the text of a case file, each difference told before it is made."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Literal, get_args

from casebook.data.draft import Blank, DraftFigure, list_choices, write_field, write_figure
from casebook.data.import_table import ImportRow
from casebook.data.table_rows import figure_row
from casebook.problems import Position, Problem
from casebook.record.model import ChangeKind, Figure
from casebook.record.reader import Lists, read_figure
from casebook.text import Lang
from casebook.values.amounts import QuantityError, parse_quantity
from casebook.values.formula import FormulaError, parse_formula
from casebook.yaml.edit import Layout, YamlEntry, write_scalar
from casebook.yaml.encoding import show
from casebook.yaml.nodes import MapNode as Node
from casebook.yaml.nodes import Scalar, read_tree

# What to do where a row says something else than the record.
OnDifference = Literal["refuse", "keep", "replace"]

# The fields of a figure that a table can tell, in the order of a record.
PRINTED = ("label", "amount", "measure", "per", "period", "status", "source", "quote")
READINGS = ("qualifier", "unit")
COMPUTED = ("label", "formula", "measure")
_REQUIRED = ("label", "amount", "measure", "period", "status", "source")
_ORDER = (*PRINTED[:2], "formula", *PRINTED[2:], *READINGS, "note")
_NUMBERS = ("value", "min", "max")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)
_UNITS = {"CNY": "元", "HKD": "港元", "USD": "美元", "ratio": "%"}
_COLUMN_OF = {"formula": "derived"}
# A published figure that changes in one of these has to say why.
_TOLD = ("amount", "period")
# What a row may leave out, or what an editor has to add by hand.
_LEFT_OPEN = frozenset({"E202", "E217"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One field of one figure before and after."""

    figure: str
    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Merged:
    """A case file with the rows in it, what was added and what was changed."""

    after: bytes
    added: tuple[str, ...]
    changed: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class _Merged:
    """What a row says of a figure, as fields of a record."""

    name: str
    row: ImportRow
    fields: Mapping[str, str]

    def place(self, field: str) -> Position:
        return self.row.place(_COLUMN_OF.get(field, field))


class Merge:
    """Merges the rows of one case into its file."""

    def __init__(
        self,
        data: bytes,
        path: str,
        table: str,
        lists: Lists,
        published: Collection[str],
        on_difference: OnDifference,
        lang: Lang,
    ) -> None:
        self.data = data
        self.path = path
        self.table = table
        self.lists = lists
        self.published = published
        self.on_difference = on_difference
        self.lang = lang
        self.problems: list[Problem] = []
        self.added: list[str] = []
        self.changed: list[FieldChange] = []
        node, self.warnings = read_tree(data, path)
        self.layout = Layout(data, path)
        figures = node.entries.get("figures") if isinstance(node, Node) else None
        self.recorded: Mapping[str, object] = figures.entries if isinstance(figures, Node) else {}

    def merge(self, rows: Sequence[ImportRow]) -> Merged | None:
        """The file with the rows, or None where a row is wrong."""
        for row in rows:
            name = row.text("figure")
            recorded = self.recorded.get(name)
            told = read_row(row, recorded, self.table, self.lists, self.problems)
            if told is None:
                continue
            if recorded is None:
                self.added.append(name)
            else:
                self.change_figure(told, recorded)
        if self.problems:
            return None
        self.insert_figures(rows)
        after = self.layout.apply()
        # No edit may harm the file: what was sound has to be sound still.
        if len(read_tree(after, self.path)[1]) > len(self.warnings):
            raise AssertionError(f"the edits would break {self.path}")
        return Merged(after, tuple(self.added), tuple(self.changed))

    @property
    def entries(self) -> Mapping[str, YamlEntry]:
        """The figures of the file, by name."""
        figures = self.layout.root.entries.get("figures")
        return figures.value.entries if figures is not None else {}

    def change_figure(self, told: _Merged, recorded: object) -> None:
        """Edit the fields of a figure that the row tells and the record has otherwise or not."""
        before = {
            name: value.text.strip()
            for name, value in (recorded.entries if isinstance(recorded, Node) else {}).items()
            if isinstance(value, Scalar)
        }
        figure = _read_record(recorded, told.name, self.path, self.lists)
        row = figure_row(figure) if figure is not None else {}
        edits: dict[str, str] = {}
        for field, text in told.fields.items():
            written = before.get(field, "")
            if text == written or (text and text == row.get(_COLUMN_OF.get(field, field))):
                continue
            if written and self.on_difference != "replace":
                if self.on_difference == "refuse":
                    self.problems.append(self.describe_difference(told, field, written, text))
                continue
            edits[field] = text
            self.changed.append(
                FieldChange(figure=told.name, field=field, before=written, after=text)
            )
        if not edits:
            return
        entry = self.entries[told.name]
        if entry.value.in_flow or entry.value.kind != "mapping":
            self.problems.append(self.describe_flow(told, entry))
            return
        for field in sorted(edits, key=_ORDER.index):
            self.write_field(entry, field, edits[field])
        if any(field in edits for field in READINGS) and not before.get("note"):
            self.write_field(entry, "note", "")
        if told.name in self.published:
            changes = [field for field in _TOLD if field in edits and before.get(field)]
            self.add_history(entry, [(before[field], edits[field]) for field in changes])

    def write_field(self, figure: YamlEntry, field: str, text: str) -> None:
        """Edit one field of a figure, or add it behind those that come before it."""
        entry = figure.value.entries.get(field)
        if entry is not None:
            if text:
                self.layout.set_value(entry, write_scalar(text))
            return
        before = [
            other
            for name, other in figure.value.entries.items()
            if name in _ORDER and _ORDER.index(name) < _ORDER.index(field)
        ]
        remark = "" if text else self.say("为什么这样读", "why it is read like this")
        line = write_field(Blank(field, text, remark), " " * figure.value.column)
        if before:
            last = max(before, key=lambda other: other.start)
            self.layout.insert_below(max(last.end - 1, last.start), [line])
        else:
            self.layout.insert_above(figure.value.start, [line])

    def add_history(self, figure: YamlEntry, changes: Iterable[tuple[str, str]]) -> None:
        """Add what a published figure has to tell of its change, the reasons left blank."""
        indent = " " * figure.value.column
        lines = []
        for before, after in changes:
            blanks = (
                Blank("date", "", self.say("改的那一天，如 2026-11-23", "the day of the change")),
                Blank("kind", "", list_choices(get_args(ChangeKind), self.lang)),
                Blank("from", before),
                Blank("to", after),
                Blank("why", "", self.say("为什么改", "why it was changed")),
            )
            starts = (f"{indent}  - ", *[f"{indent}    "] * 4)
            lines += [
                write_field(blank, start) for blank, start in zip(blanks, starts, strict=True)
            ]
        if not lines:
            return
        history = figure.value.entries.get("history")
        if history is None:
            self.layout.insert_below(self.layout.last_of(figure), [f"{indent}history:", *lines])
        else:
            self.layout.insert_below(self.layout.last_of(history), lines)

    def insert_figures(self, rows: Sequence[ImportRow]) -> None:
        """Put the new figures where the table has them, each behind the one before it."""
        waiting: list[ImportRow] = []
        last: YamlEntry | None = None
        entries = self.entries
        for row in rows:
            if row.text("figure") in self.added:
                waiting.append(row)
                continue
            if waiting:
                if last is None:
                    self.insert_before(entries[row.text("figure")], waiting)
                else:
                    self.insert_behind(last, waiting)
                waiting = []
            last = entries[row.text("figure")]
        if waiting:
            self.insert_behind(last or next(reversed(list(entries.values())), None), waiting)

    def insert_before(self, entry: YamlEntry, rows: Iterable[ImportRow]) -> None:
        self.layout.insert_above(entry.start, self.figure_lines(rows, entry.column))

    def insert_behind(self, entry: YamlEntry | None, rows: Iterable[ImportRow]) -> None:
        layout = self.layout
        if entry is not None:
            layout.insert_below(layout.last_of(entry), self.figure_lines(rows, entry.column))
            return
        column = layout.root.column
        lines = self.figure_lines(rows, column + 2)
        figures = layout.root.entries.get("figures")
        if figures is None:
            last = max(layout.root.entries.values(), key=lambda other: other.start)
            layout.insert_below(layout.last_of(last), ["", f"{' ' * column}figures:", *lines])
            return
        if not figures.value.is_blank:
            # An empty pair of brackets.
            layout.cut(figures.value.start, figures.value.end, "")
        layout.insert_below(figures.name_end, lines)

    def figure_lines(self, rows: Iterable[ImportRow], column: int) -> list[str]:
        lines: list[str] = []
        for row in rows:
            figure = draft_figure(row, self.table, self.lists, self.lang)
            lines += write_figure(figure, " " * column)
        return lines

    def say(self, zh: str, en: str) -> str:
        """A remark in the editor's language."""
        return zh if self.lang == "zh" else en

    def describe_difference(self, told: _Merged, field: str, written: str, text: str) -> Problem:
        entry = self.entries[told.name].value.entries.get(field)
        line = self.layout.position(entry.start).line if entry is not None else 1
        published = told.name in self.published
        zh = "；已发布的数字，改了还要填 history" if published else ""
        en = "; it is published, so its history has to be filled in as well" if published else ""
        return Problem(
            self.table,
            told.place(field),
            "E334",
            f"{told.name} 的 {field} 与 {self.path}:{line} 不同：原为 {show(written)}，"
            f"表里是 {show(text)}",
            f"{field} of {told.name} differs from {self.path}:{line}, {show(written)} there and "
            f"{show(text)} here",
            f"以表为准加 --replace，以原来的为准加 --keep{zh}",
            f"Add --replace to take the table's, --keep to stay with the record's{en}",
        )

    def describe_flow(self, told: _Merged, entry: YamlEntry) -> Problem:
        line = self.layout.position(entry.start).line
        return Problem(
            self.table,
            told.row.at,
            "E335",
            f"{told.name} 在 {self.path}:{line} 写在一行的大括号里，程序不改这样的写法",
            f"{told.name} stands in braces in {self.path}:{line}, which is not edited",
            "请先把它改成一行一个字段",
            "Write it with one field a line first",
        )


def _read_record(recorded: object, name: str, path: str, lists: Lists) -> Figure | None:
    return read_figure(recorded, name, path, lists, []) if isinstance(recorded, Node) else None


def read_row(
    row: ImportRow, recorded: object, table: str, lists: Lists, problems: list[Problem]
) -> _Merged | None:
    """What a row says as fields of a record, or None where a cell of it is wrong."""
    name = row.text("figure")
    already = len(problems)
    if not _NAME.fullmatch(name):
        zh = f"数字的名字 {show(name)} 只能用英文小写字母、数字和 _，以字母开头"
        en = f"the figure's name {show(name)} may only hold letters, digits and _"
        problems.append(Problem(table, row.place("figure"), "E241", zh, en))
        return None
    is_computed = isinstance(recorded, Node) and "formula" in recorded.entries
    if recorded is not None and is_computed != ("derived" in row.cells):
        problems.append(_changed_kind(row, table))
        return None
    if "derived" in row.cells:
        return _read_computed(row, table, lists, problems)
    old = recorded.entries if isinstance(recorded, Node) else {}
    told = {field: row.text(field) for field in PRINTED if field in row.cells}
    cells = {field: Scalar(row.text(field), row.place(field)) for field in told}
    for field, text in _find_readings(row, old).items():
        told[field] = text
        cells[field] = Scalar(text, row.place(field))
    figure = _read_cells(old, cells, row, table, lists, problems)
    if figure is not None and len(problems) == already:
        _check_numbers(figure, row, table, problems)
    return _Merged(name, row, told) if len(problems) == already else None


def _find_readings(row: ImportRow, old: Mapping[str, object]) -> dict[str, str]:
    """The qualifier and the unit that a row gives beside an amount whose wording says otherwise."""
    written = {name: value.text for name, value in old.items() if isinstance(value, Scalar)}
    try:
        quantity = parse_quantity(row.text("amount") or written.get("amount", ""))
    except QuantityError:
        return {}
    readings = {}
    qualifier, unit = row.text("qualifier"), row.text("unit")
    if qualifier and qualifier not in (quantity.qualifier, written.get("qualifier")):
        readings["qualifier"] = qualifier
    if unit and not quantity.unit and _UNITS.get(unit, unit) != written.get("unit"):
        readings["unit"] = _UNITS.get(unit, unit)
    return readings


def _read_cells(
    old: Mapping[str, object],
    cells: Mapping[str, Scalar],
    row: ImportRow,
    table: str,
    lists: Lists,
    problems: list[Problem],
) -> Figure | None:
    """The figure that the record becomes with the cells in it.

    Only what is wrong with the cells is a problem: the record may have blanks and faults of its
    own. What a new figure lacks stands in for it, so that the rest of the row can be judged.
    """
    kept = {name: value for name, value in old.items() if isinstance(value, Scalar) and value.text}
    stand_ins = {
        "label": Scalar("-", row.at),
        "period": Scalar("2000", row.at),
        "measure": Scalar(next(iter(lists.vocabulary.measures)), row.at),
        "status": Scalar(next(iter(lists.vocabulary.statuses)), row.at),
        "source": Scalar(next(iter(lists.sources), ""), row.at),
        "note": Scalar("-", row.at),
    }
    entries = {**stand_ins, **kept, **cells}
    node = Node(dict(entries), {name: value.at for name, value in entries.items()}, row.at)
    found: list[Problem] = []
    figure = read_figure(node, row.text("figure"), table, lists, found)
    places = {cell.at for cell in cells.values()}
    amount = cells.get("amount")
    problems += [
        problem
        for problem in found
        # What is not understood of an amount stands somewhere inside of it.
        if problem.at in places or (amount and _is_inside(problem, amount))
        if problem.code not in _LEFT_OPEN and problem.severity == "error"
    ]
    return figure


def _is_inside(problem: Problem, amount: Scalar) -> bool:
    return (
        problem.code == "E210"
        and problem.at.line == amount.at.line
        and 0 <= problem.at.column - amount.at.column <= len(amount.text)
    )


def _read_computed(
    row: ImportRow, table: str, lists: Lists, problems: list[Problem]
) -> _Merged | None:
    already = len(problems)
    try:
        parse_formula(row.text("derived"))
    except FormulaError as error:
        place = row.place("derived")
        at = replace(place, column=place.column + error.column - 1)
        zh, en = f"derived 看不懂：{error.zh}", f"derived is not understood: {error.en}"
        problems.append(Problem(table, at, "E280", zh, en))
    cells = {
        field: Scalar(row.text(field), row.place(field))
        for field in ("label", "measure")
        if field in row.cells
    }
    _read_cells({}, cells, row, table, lists, problems)
    if len(problems) > already:
        return None
    told = {name: row.text(_COLUMN_OF.get(name, name)) for name in COMPUTED}
    return _Merged(row.text("figure"), row, {name: text for name, text in told.items() if text})


def _check_numbers(figure: Figure, row: ImportRow, table: str, problems: list[Problem]) -> None:
    """Hold the columns of the value to the amount as worded."""
    understood = figure_row(figure)
    for column in (*_NUMBERS, *READINGS):
        told, meant = row.text(column), understood[column]
        if not told or _is_same(told, meant, column):
            continue
        problems.append(
            Problem(
                table,
                row.place(column),
                "E333",
                f"{column} 写的是 {show(told)}，amount“{show(figure.quantity.text)}”读作 "
                f"{meant or '空'}",
                f"{column} is {show(told)}, but the amount “{show(figure.quantity.text)}” reads as "
                f"{meant or 'empty'}",
                "请核对来源，改其中一个；amount 照来源的原话写",
                "Check the source and mend one of them; the amount is written as printed",
            )
        )


def _is_same(told: str, meant: str, column: str) -> bool:
    if column not in _NUMBERS:
        return told == meant
    try:
        return Decimal(told) == Decimal(meant)
    except InvalidOperation:
        return False


def _changed_kind(row: ImportRow, table: str) -> Problem:
    computed = "derived" in row.cells
    name = row.text("figure")
    zh = f"{name} 在案例里是来源的数字，表里是计算的"
    en = f"{name} is a figure of a source in the case, and computed in the table"
    if not computed:
        zh = f"{name} 在案例里是计算的（formula），表里不是"
        en = f"{name} is computed in the case (formula), and not in the table"
    hints = "请手工改案例文件，或给它另起名字", "Edit the case by hand, or give it another name"
    return Problem(table, row.place("derived"), "E334", zh, en, *hints)


def draft_figure(row: ImportRow, table: str, lists: Lists, lang: Lang) -> DraftFigure:
    """A new figure from a row that is not wrong, with a blank for what the row leaves out."""
    told = read_row(row, None, table, lists, [])
    fields = dict(told.fields) if told is not None else {}
    name = row.text("figure")
    if "formula" in fields:
        blanks = [Blank(field, fields.get(field, "")) for field in COMPUTED]
        zh, en = "算式要用的 scope、part_of 表里没有", "scope and part_of are not in the table"
        return DraftFigure(name, blanks, zh if lang == "zh" else en)
    blanks = []
    for field in _ORDER:
        if field in fields:
            blanks.append(Blank(field, fields[field]))
        elif field in _REQUIRED:
            blanks.append(Blank(field, "", _remark(field, row, lists, lang)))
    if any(field in fields for field in READINGS):
        reason = "为什么这样读" if lang == "zh" else "why it is read like this"
        blanks.append(Blank("note", "", reason))
    return DraftFigure(name, blanks)


def _remark(field: str, row: ImportRow, lists: Lists, lang: Lang) -> str:
    """What a blank field wants, and what the row says that is near to it."""
    if field == "measure":
        return list_choices(lists.vocabulary.measures, lang)
    if field == "status":
        return list_choices(lists.vocabulary.statuses, lang)
    numbers = [f"{name} {row.text(name)}" for name in (*_NUMBERS, "unit") if row.text(name)]
    if field == "amount" and numbers:
        shown = ", ".join(numbers)
        zh, en = f"表里只有 {shown}，请照来源写原话", f"only {shown} is told; word it as the source"
    else:
        zh, en = "表里没有", "not in the table"
    return zh if lang == "zh" else en
