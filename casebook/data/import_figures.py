"""Figures as the rows of a table state them: each cell checked, nothing guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from math import prod
from pathlib import Path
from typing import Literal

from casebook.data.import_table import ImportRow, TableProblems
from casebook.data.record_rows import CASE, TypedRow
from casebook.data.table_rows import figure_row
from casebook.messages import say
from casebook.problems import Problem
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

_FIELDS = next(one for one in CASE if one.name == "figures").inner
READINGS = ("qualifier", "unit")
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
# What a row may leave out, what an editor has to add by hand, and what rests on other rows.
_LEFT_OPEN = frozenset({"E202", "E217", "E250"})

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

    def remark_blanks(self, row: ImportRow, figure: TypedRow) -> None:
        """Put remarks behind the blanks of a new figure: words, or numbers that are near to it."""
        vocabulary = self.lists.vocabulary
        numbers = [f"{name} {row.text(name)}" for name in (*_NUMBERS, "unit") if row.text(name)]
        said = {"measure": vocabulary.measures, "status": vocabulary.statuses}
        is_computed = bool(figure.texts.get("formula"))
        for one in _FIELDS:
            if one.required and not ((one.printed and is_computed) or figure.texts.get(one.name)):
                figure.remarks[one.name] = self.say("data.draft.not_in_table")
                if one.name in said:
                    figure.remarks[one.name] = self.list_choices(said[one.name])
                elif one.name == "amount" and numbers:
                    told = self.say("data.draft.only_numbers", numbers=", ".join(numbers))
                    figure.remarks[one.name] = told


class FigureImporter:
    """Reads the rows of a table of figures; wrong cells are added to the problems."""

    def __init__(self, target: ImportTarget, problems: TableProblems) -> None:
        self.lists = target.lists
        self.problems = problems
        fields = [one for one in _FIELDS if not one.holds_records and one.name not in READINGS]
        languages = target.lists.languages
        self.names = [name for one in fields for name in one.names(languages)]
        self.printed = {name for one in fields if one.printed for name in one.names(languages)}

    def read(self, row: ImportRow, old: Mapping[str, object]) -> dict[str, str] | None:
        """The cells of a row as fields of a record, None where one is wrong.

        `old` are the fields of the figure in its file.
        """
        already = len(self.problems)
        fields: dict[str, str] = {}
        is_computed = "formula" in row.cells or (row.before is not None and "formula" in old)
        if not _NAME.fullmatch(row.name):
            self.problems.report("E241.import", row.place("figure"), name=show(row.name))
        elif old and ("formula" in old) != is_computed:
            key = "E334.printed" if is_computed else "E334.computed"
            self.problems.report(key, row.place("formula"), name=row.name)
        else:
            fields = self.read_computed(row) if is_computed else self.read_printed(row, old)
        return fields if len(self.problems) == already else None

    def read_printed(self, row: ImportRow, old: Mapping[str, object]) -> dict[str, str]:
        """The fields of a figure that a source printed."""
        already = len(self.problems)
        money = _read_money(row.text("unit"))
        row = settle_unit(row, money)
        fields = {name: row.text(name) for name in self.names if name in row.cells}
        if "per" in fields:
            # Open data has the keys of words, a record their names.
            known, words = self.lists.vocabulary.per, fields["per"].split("/")
            each = (known[one].name.inside("zh") if one in known else one for one in words)
            fields["per"] = "/".join(each)
        fields |= _find_readings(row, old)
        fields |= {
            name: ""
            for name in READINGS
            if name in row.cells and not row.text(name) and name in old
        }
        figure = self.read_cells(row, fields, old)
        if figure is not None and len(self.problems) == already:
            scale = prod(_SCALES[sign] for sign in money["scale"]) if money is not None else 1
            self.check_numbers(figure, row, scale)
        return fields

    def read_computed(self, row: ImportRow) -> dict[str, str]:
        """The fields of a figure that this site computes."""
        try:
            if row.text("formula"):
                parse_formula(row.text("formula"))
        except FormulaError as error:
            at = row.place("formula").inside(error.column - 1)
            self.problems.report("E280.import", at, why=error.message)
        given = {name: row.text(name) for name in self.names if name in row.cells}
        self.read_cells(
            row, {name: given[name] for name in given.keys() & {"label", "measure"}}, {}
        )
        # What open data has of such a figure follows from others; of an export it was typed.
        for name in (given.keys() & self.printed) if row.before is not None else ():
            self.problems.report("E337.follows", row.place(name), name=row.name, column=name)
        return {name: text for name, text in given.items() if name not in self.printed}

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
        figure = read_figure(node, row.text("figure"), self.problems.path, self.lists, found)
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
                self.problems.report(
                    "E333",
                    row.place(column),
                    column=column,
                    given=show(given),
                    amount=show(figure.quantity.text),
                    meaning=meaning,
                )


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
