"""The figures in the rows of a table: each cell is checked, and nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Literal

from casebook.data.import_table import ImportRow
from casebook.data.record_edit import SCHEMA_LINE, write_comment
from casebook.data.record_rows import CASE, TypedRow, filled
from casebook.data.tables import figure_row
from casebook.data.workbook import TableProblems
from casebook.messages import say
from casebook.problems import Position, Problem, WordingError
from casebook.record.lists import Lists
from casebook.record.model import Figure
from casebook.record.reader import read_figure
from casebook.text import ENUMERATION, Lang, Text
from casebook.values.amounts import parse_quantity
from casebook.values.formula import parse_formula
from casebook.values.quantity import Quantity
from casebook.values.words import CURRENCIES
from casebook.yaml.encoding import show
from casebook.yaml.nodes import MapNode, Scalar

_FIELDS = next(one for one in CASE if one.name == "figures").inner
READINGS = ("qualifier", "unit")
_NUMBERS = ("value", "min", "max")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)
_UNITS = {code: currency.name.zh for code, currency in CURRENCIES.items()} | {"ratio": "%"}
# The words in a column of units that add nothing, and below a number without a unit of its own.
_OF_YUAN = re.compile(r"人民币|RMB|[()（）\s¥￥]")
_SCALES = "百千万亿"
_BARE = re.compile(r"[0-9０-９][0-9０-９,，.．]*")
_NOISE = Decimal("0.000001")
# A missing field that a row may leave out, a note for an editor to add, a record of another row.
_LEFT_OPEN = frozenset({"E202", "E217", "E250"})
# The place of a value without a cell, for which no problem is reported.
_NOWHERE = Position(0, 0)

# The action for a row that differs from the record.
OnDifference = Literal["refuse", "keep", "replace"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportTarget:
    """The project of an import, and the way to merge.

    `columns` are heads of the table by the columns that they mean, `published` the names of the
    figures of each case on the last published site.
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

    def start_draft(self) -> TypedRow:
        """The row of an empty draft case, with a remark behind each blank."""
        remarks = {
            "title": self.say("data.draft.title"),
            "region": self.say("data.draft.region"),
            "topic": self.list_choices(self.lists.vocabulary.topics),
            "summary": self.say("data.draft.summary"),
            "state": self.say("data.draft.state"),
        }
        return TypedRow(texts={"state": "draft"}, remarks=remarks)

    def write_origin(self, origin: Iterable[Text]) -> str:
        """The comment at the head of a draft that states its origin."""
        lines = (write_comment(line.inside(self.lang)) for line in origin)
        head = (SCHEMA_LINE, "#", *lines, write_comment(self.say("data.draft.blanks")), "")
        return "".join(f"{line}\n" for line in head)

    def remark_blanks(self, row: ImportRow, figure: TypedRow) -> None:
        """Put remarks behind the blanks of a new figure: possible words, or numbers of its row."""
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
    """The reader of rows of a table of figures; wrong cells are added to the problems."""

    def __init__(self, target: ImportTarget, problems: TableProblems) -> None:
        self.lists = target.lists
        self.problems = problems

    def read(self, row: ImportRow, old: TypedRow) -> dict[str, str]:
        """The cells of a row as fields of a record, empty if a cell is wrong.

        `old` is the figure as it is in its file.
        """
        already = len(self.problems)
        fields: dict[str, str] = {}
        was_computed = bool(old.texts.get("formula"))
        is_computed = "formula" in row.cells or (row.before is not None and was_computed)
        if not _NAME.fullmatch(row.name):
            self.problems.report("E241.import", row.place("figure"), name=show(row.name))
        elif not old.is_empty and was_computed != is_computed:
            key = "E334.printed" if is_computed else "E334.computed"
            self.problems.report(key, row.place("formula"), name=row.name)
        else:
            fields = (self.read_computed if is_computed else self.read_printed)(row, old)
        return fields if len(self.problems) == already else {}

    def read_printed(self, row: ImportRow, old: TypedRow) -> dict[str, str]:
        """The fields of a figure that a source prints."""
        already = len(self.problems)
        money = _read_money(row.text("unit"))
        row = _settle_unit(row, money) if money is not None else row
        fields = {name: text for name, text in row.given.items() if name not in READINGS}
        if "per" in fields:
            fields["per"] = self.name_per(fields["per"].split("/"))
            now = self.read_texts(old.name, filled(old.texts), {}, [])
            # A `per` that the amount states already is not repeated.
            if now is not None and fields["per"] == self.name_per(now.per):
                del fields["per"]
        fields |= _find_readings(row, old)
        emptied = (name for name in READINGS if name in row.cells and not row.text(name))
        fields |= {name: "" for name in emptied if old.texts.get(name)}
        figure = self.read_cells(row, fields, old)
        if figure is not None and len(self.problems) == already:
            self.check_numbers(figure, row, money.value if money and money.value else Decimal(1))
        return fields

    def read_computed(self, row: ImportRow, old: TypedRow) -> dict[str, str]:
        """The fields of a figure that this site computes."""
        try:
            if row.text("formula"):
                parse_formula(row.text("formula"))
        except WordingError as error:
            at = row.place("formula").inside(error.column - 1)
            self.problems.report("E280.import", at, why=error.message)
        given = {name: text for name, text in row.given.items() if name not in READINGS}
        printed = {one.name for one in row.table.columns if one.field and one.field.printed}
        read = {name: given[name] for name in given.keys() & {"label", "measure"}}
        self.read_cells(row, read, TypedRow())
        # Open data computes these columns of such a figure; in an exported row they were typed.
        for name in (given.keys() & printed) if row.before is not None else ():
            self.problems.report("E337.follows", row.place(name), name=row.name, column=name)
        return {name: text for name, text in given.items() if name not in printed}

    def read_cells(self, row: ImportRow, fields: Mapping[str, str], old: TypedRow) -> Figure | None:
        """The figure that the record becomes with the fields.

        Only faults of the cells are problems: the record may have blanks and faults of its own.
        Stand-ins fill the missing fields of a new figure, so that the other cells can be judged.
        """
        stand_ins = {
            "label": "-",
            "period": "2000",
            "measure": next(iter(self.lists.vocabulary.measures)),
            "status": next(iter(self.lists.vocabulary.statuses)),
            "source": next(iter(self.lists.sources), ""),
            "note": "-",
        }
        # A new amount has a new quote, which the row may leave to the editor.
        left_out = dict.fromkeys(("quote", "wording") if "amount" in fields else (), "")
        cells = {name: Scalar(text, row.place(name)) for name, text in fields.items()}
        found: list[Problem] = []
        figure = self.read_texts(row.name, stand_ins | filled(old.texts) | left_out, cells, found)
        places = {cell.at for cell in cells.values()}
        amount = cells.get("amount")
        self.problems += [
            one
            for one in found
            # A fault of an amount may be anywhere inside it.
            if one.at in places or (amount and _is_inside(one, amount))
            if one.code not in _LEFT_OPEN and one.severity == "error"
        ]
        return figure

    def read_texts(
        self, name: str, texts: Mapping[str, str], cells: Mapping[str, Scalar], found: list[Problem]
    ) -> Figure | None:
        """The figure made from texts by field, of which cells of a table replace some."""
        entries = {name: Scalar(text, _NOWHERE) for name, text in texts.items()} | dict(cells)
        places = {name: value.at for name, value in entries.items()}
        node = MapNode(dict(entries), places, _NOWHERE)
        return read_figure(node, name, self.problems.path, self.lists, found)

    def name_per(self, words: Iterable[str]) -> str:
        """The `per` terms in the words of a record: open data has their keys."""
        known = self.lists.vocabulary.per
        return "/".join(known[one].name.inside("zh") if one in known else one for one in words)

    def check_numbers(self, figure: Figure, row: ImportRow, scale: Decimal) -> None:
        """Compare the columns of the value, plain or in the scale of the unit, with the amount."""
        understood = figure_row(figure, self.lists.languages)
        for column in (*_NUMBERS, *READINGS):
            given, meant = row.text(column), understood[column]
            if given and not _is_same(given, meant, column, scale):
                self.problems.report(
                    "E333",
                    row.place(column),
                    column=column,
                    given=show(given),
                    amount=show(figure.quantity.text),
                    meaning=Text(meant, meant) if meant else say("data.import.empty"),
                )


def _find_readings(row: ImportRow, old: TypedRow) -> dict[str, str]:
    """The qualifier and the unit of a row that the wording of its amount does not state."""
    try:
        quantity = parse_quantity(row.text("amount") or old.texts.get("amount", ""))
    except WordingError:
        return {}
    qualifier, unit = row.text("qualifier"), _UNITS.get(row.text("unit"), row.text("unit"))
    readings = {}
    if qualifier and qualifier not in (quantity.qualifier, old.texts.get("qualifier")):
        readings["qualifier"] = qualifier
    if unit and not quantity.unit and unit != old.texts.get("unit"):
        readings["unit"] = unit
    return readings


def _is_inside(found: Problem, amount: Scalar) -> bool:
    return (
        found.code == "E210"
        and found.at.line == amount.at.line
        and 0 <= found.at.column - amount.at.column <= len(amount.text)
    )


def _read_money(unit: str) -> Quantity | None:
    """One unit of money or a share: of 万元, 元（人民币）, 元/人 or %, but not of a code."""
    try:
        money = parse_quantity(f"1{_OF_YUAN.sub('', unit).partition('/')[0] or '元'}")
    except WordingError:
        return None
    return money if unit and unit not in _UNITS and money.unit in _UNITS else None


def _settle_unit(row: ImportRow, money: Quantity) -> ImportRow:
    """A row with a currency code as its unit, and with the unit after a number that has none."""
    amount, written = row.cells.get("amount"), _OF_YUAN.sub("", row.text("unit")) or "元"
    cells = {**row.cells, "unit": Scalar(money.unit, row.place("unit"))}
    if amount is not None and _lacks_unit(amount.text, is_scaled=money.value != 1):
        # 120万 in a table of 万元 is 120万元.
        number = amount.text.removesuffix(written[: -len(written.lstrip(_SCALES))])
        cells["amount"] = Scalar(f"{number}{written}", amount.at)
    return replace(row, cells=cells)


def _lacks_unit(amount: str, is_scaled: bool) -> bool:
    if _BARE.fullmatch(amount):
        return True
    try:
        # Without its scale 约120 would mean 120 yuan; a unit without a scale is only a reading.
        return is_scaled and not parse_quantity(amount).unit
    except WordingError:
        return False


def _is_same(given: str, meant: str, column: str, scale: Decimal) -> bool:
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
