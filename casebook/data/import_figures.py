"""Figures as the rows of a table state them: each cell checked, nothing guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from math import prod
from pathlib import Path
from typing import Any, Literal

from casebook.data.draft import Blank, write_figure
from casebook.data.import_table import ImportRow
from casebook.data.table_rows import figure_row
from casebook.data.tables import FIGURES, table_in
from casebook.messages import problem, say
from casebook.problems import Position, Problem
from casebook.record.lists import Lists
from casebook.record.model import Figure
from casebook.record.reader import read_figure
from casebook.text import ENUMERATION, Lang, Text
from casebook.values.amounts import parse_quantity
from casebook.values.errors import FormulaError, QuantityError
from casebook.values.formula import parse_formula
from casebook.values.words import CURRENCIES
from casebook.yaml.encoding import show
from casebook.yaml.nodes import MapNode, Scalar

# The fields of a figure that a table can state, in the order of a record.
_PRINTED = (
    *("label", "label_en", "label_zh", "amount", "measure", "per", "period", "status", "source"),
    *("quote", "wording", "scope"),
)
READINGS = ("qualifier", "unit")
_COMPUTED = ("label", "label_en", "label_zh", "formula", "measure", "scope")
FIELD_ORDER = (*_PRINTED[:4], "formula", *_PRINTED[4:], *READINGS, "note")
_REQUIRED = ("label", "amount", "measure", "period", "status", "source")
_NUMBERS = ("value", "min", "max")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)
_UNITS = {code: currency.name.zh for code, currency in CURRENCIES.items()} | {"ratio": "%"}
_CODES = {name: code for code, name in _UNITS.items()}
# What people write into a column of units, and a number that has none of its own.
_MONEY = re.compile(
    rf"(?P<scale>[百千万亿]*)(?P<currency>{'|'.join(map(re.escape, _CODES))})(?:/.+)?"
)
_OF_YUAN = re.compile(r"人民币|RMB|[()（）\s¥￥]")
_SCALES = {"百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
_BARE = re.compile(r"[0-9０-９][0-9０-９,，.．]*")
_NOISE = Decimal("0.000001")
_COLUMN_OF = {"formula": "derived"}
# What a row may leave out, or what an editor has to add by hand.
_LEFT_OPEN = frozenset({"E202", "E217"})


def column_of(field: str) -> str:
    """The column of figures.csv that a field of a record fills."""
    return _COLUMN_OF.get(field, field)


# What to do where a row says something else than the record.
OnDifference = Literal["refuse", "keep", "replace"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportTarget:
    """The project that an import is for, and how to merge.

    `columns` are heads of the table by the columns that they mean, `published` the names of the
    figures of each case that the last site shows.
    """

    project: Path
    lists: Lists
    published: Mapping[str, frozenset[str]]
    on_difference: OnDifference
    lang: Lang
    columns: Mapping[str, str] = field(default_factory=dict)

    def say(self, key: str, /, **values: object) -> str:
        """A remark in the editor's language."""
        return say(key, **values).inside(self.lang)

    def list_choices(self, words: Iterable[str]) -> str:
        """The words that a field may hold, for a remark."""
        return self.say("data.draft.choices", words=ENUMERATION.join(words))


class FigureImporter:
    """Reads the rows of a table; wrong cells are added to its problems."""

    def __init__(self, table: str, target: ImportTarget) -> None:
        self.table = table
        self.target = target
        self.lists = target.lists
        self.problems: list[Problem] = []

    def read(self, row: ImportRow, recorded: object) -> dict[str, str] | None:
        """The cells of a row as fields of a record, None where one is wrong.

        `recorded` is the figure in its file.
        """
        already = len(self.problems)
        old = recorded.entries if isinstance(recorded, MapNode) else {}
        is_computed = "derived" in row.cells or (row.before is not None and "formula" in old)
        if not _NAME.fullmatch(row.name):
            self.report("E241.import", row.place("figure"), name=show(row.name))
        elif recorded is not None and ("formula" in old) != is_computed:
            key = "E334.printed" if is_computed else "E334.computed"
            self.report(key, row.place("derived"), name=row.name)
        else:
            fields = self.read_computed(row) if is_computed else self.read_printed(row, old)
            self.refuse_emptied(row, fields, old)
            return fields if len(self.problems) == already else None
        return None

    def refuse_emptied(
        self, row: ImportRow, fields: Mapping[str, str], old: Mapping[str, object]
    ) -> None:
        """Report what was emptied or changed of an exported row and cannot be."""
        if row.before is None:
            return
        needed = ("label", "formula", "measure") if "formula" in old else _REQUIRED
        for column in row.cells.keys() - {"case", "figure"}:
            name = "formula" if column == "derived" else column
            if row.is_emptied(column) and name in needed:
                self.report("E337.empty", row.place(column), name=row.name, column=column)
            # What an export has of the amount is none of the record's own fields.
            elif name not in (*fields, *old) and not (row.text(column) and name in READINGS):
                self.report("E337.follows", row.place(column), name=row.name, column=column)

    def report(self, key: str, at: Position, /, **values: Any) -> None:
        """Add a problem of the table."""
        self.problems.append(problem(key, self.table, at, **values))

    def read_printed(self, row: ImportRow, old: Mapping[str, object]) -> dict[str, str]:
        """The fields of a figure that a source printed."""
        already = len(self.problems)
        money = _read_money(row.text("unit"))
        row = settle_unit(row, money)
        fields = {field: row.text(field) for field in _PRINTED if field in row.cells}
        fields |= _find_readings(row, old)
        fields |= {name: "" for name in READINGS if row.is_emptied(name) and name in old}
        figure = self.read_cells(row, fields, old)
        if figure is not None and len(self.problems) == already:
            scale = prod(_SCALES[sign] for sign in money["scale"]) if money is not None else 1
            self.check_numbers(figure, row, scale)
        return fields

    def read_computed(self, row: ImportRow) -> dict[str, str]:
        """The fields of a figure that this site computes."""
        try:
            if row.text("derived"):
                parse_formula(row.text("derived"))
        except FormulaError as error:
            at = row.place("derived").inside(error.column - 1)
            self.report("E280.import", at, why=error.message)
        given = {field: row.text(field) for field in ("label", "measure") if field in row.cells}
        self.read_cells(row, given, {})
        return {
            name: row.text(column_of(name)) for name in _COMPUTED if column_of(name) in row.cells
        }

    def read_cells(
        self, row: ImportRow, fields: Mapping[str, str], old: Mapping[str, object]
    ) -> Figure | None:
        """The figure that the record becomes with the fields in it.

        Only what is wrong with the cells is a problem: the record may have blanks and faults of
        its own. What a new figure lacks stands in for it, so that the rest of the row can be
        judged.
        """
        cells = {field: Scalar(text, row.place(field)) for field, text in fields.items()}
        vocabulary = self.lists.vocabulary
        stand_ins = {
            "label": "-",
            "period": "2000",
            "measure": next(iter(vocabulary.measures)),
            "status": next(iter(vocabulary.statuses)),
            "source": next(iter(self.lists.sources), ""),
            "note": "-",
        }
        # Another amount has another quote, which the row may leave to the editor.
        left_out = ("quote", "wording") if "amount" in fields else ()
        entries = {
            **{field: Scalar(text, row.at) for field, text in stand_ins.items()},
            **{name: v for name, v in old.items() if isinstance(v, Scalar) and v.text},
            **dict.fromkeys(left_out, Scalar("", row.at)),
            **cells,
        }
        node = MapNode(dict(entries), {name: value.at for name, value in entries.items()}, row.at)
        found: list[Problem] = []
        figure = read_figure(node, row.text("figure"), self.table, self.lists, found)
        places = {cell.at for cell in cells.values()}
        amount = cells.get("amount")
        self.problems += [
            one
            for one in found
            # What is not understood of an amount may be anywhere inside of it.
            if one.at in places or (amount and _is_inside(one, amount))
            if one.code not in _LEFT_OPEN and one.severity == "error"
        ]
        return figure

    def check_numbers(self, figure: Figure, row: ImportRow, scale: int) -> None:
        """Compare the columns of the value, plain or in the scale of the unit, with the amount."""
        understood = figure_row(figure, self.lists.languages)
        for column in (*_NUMBERS, *READINGS):
            given, meant = row.text(column), understood[column]
            if given and not _is_same(given, meant, column, scale):
                meaning = Text(meant, meant) if meant else say("data.import.empty")
                self.report(
                    "E333",
                    row.place(column),
                    column=column,
                    given=show(given),
                    amount=show(figure.quantity.text),
                    meaning=meaning,
                )

    def write(self, row: ImportRow, fields: Mapping[str, str], indent: str) -> Iterator[str]:
        """The lines of a new figure, with a blank for what its row leaves out."""
        if "formula" in fields:
            names = table_in(FIGURES, self.lists.languages).names
            computed = [
                Blank(name, fields.get(name, "")) for name in _COMPUTED if column_of(name) in names
            ]
            remark = self.target.say("data.draft.computed")
            return write_figure(row.name, computed, indent, remark=remark)
        blanks = [
            Blank(field, fields[field])
            if field in fields
            else Blank(field, "", self.describe_blank(field, row))
            for field in FIELD_ORDER
            if field in fields or field in _REQUIRED
        ]
        if not fields.keys().isdisjoint(READINGS):
            blanks.append(Blank("note", "", self.target.say("data.draft.reading")))
        return write_figure(row.name, blanks, indent)

    def describe_blank(self, field: str, row: ImportRow) -> str:
        """The remark of a blank field: its words, or the numbers of the row that are near to it."""
        if field == "measure":
            return self.target.list_choices(self.lists.vocabulary.measures)
        if field == "status":
            return self.target.list_choices(self.lists.vocabulary.statuses)
        numbers = [f"{name} {row.text(name)}" for name in (*_NUMBERS, "unit") if row.text(name)]
        if field == "amount" and numbers:
            return self.target.say("data.draft.only_numbers", numbers=", ".join(numbers))
        return self.target.say("data.draft.not_in_table")


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


def _is_inside(found: Problem, amount: Scalar) -> bool:
    return (
        found.code == "E210"
        and found.at.line == amount.at.line
        and 0 <= found.at.column - amount.at.column <= len(amount.text)
    )


def _read_money(unit: str) -> re.Match[str] | None:
    """The scale and the currency of a unit: 万元, 元（人民币） or 人民币."""
    bare = _OF_YUAN.sub("", unit)
    return _MONEY.fullmatch(bare or "元") if unit else None


def settle_unit(row: ImportRow, money: re.Match[str] | None) -> ImportRow:
    """A row whose unit is a currency's code, and behind its number where that had none."""
    amount = row.cells.get("amount")
    if money is None:
        return row
    cells = dict(row.cells) | {"unit": Scalar(_CODES[money["currency"]], row.place("unit"))}
    if amount is not None and _lacks_unit(amount.text, money["scale"]):
        written = money.string
        # 120万 in a table of 万元 is 120万元.
        if money["scale"] and amount.text.endswith(money["scale"]):
            written = written.removeprefix(money["scale"])
        cells["amount"] = Scalar(f"{amount.text}{written}", amount.at)
    return replace(row, cells=cells)


def _lacks_unit(amount: str, scale: str) -> bool:
    if _BARE.fullmatch(amount):
        return True
    try:
        # Without its scale 约120 would be 120 yuan; without a scale a unit is a reading.
        return bool(scale) and not parse_quantity(amount).unit
    except QuantityError:
        return False


def _is_same(given: str, meant: str, column: str, scale: int) -> bool:
    if column not in _NUMBERS:
        return given == meant
    # As spreadsheets write numbers: 1,200,000, ¥1,200,000.00, 80% and 730799.9999999999.
    plain = re.sub(r"[,，\s¥￥$]", "", given)
    share = 100 if plain.endswith(("%", "％")) else 1
    try:
        number = Decimal(plain.rstrip("%％")) / share
        return any(abs(number * by - Decimal(meant)) < _NOISE for by in (1, scale))
    except InvalidOperation:
        return False
