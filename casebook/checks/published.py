"""The ledger of published facts: those of each case, in tables that are committed."""

from __future__ import annotations

import csv
import io
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final, cast

from casebook.messages import problem
from casebook.problems import START, ContentError, Position, Problem
from casebook.record.lists import PUBLISHED
from casebook.record.model import Answer, Case, Change, Elsewhere, Figure, Report
from casebook.text import LANGS, Lang, Languages, Text
from casebook.values.periods import Period
from casebook.values.quantity import Quantity, plain
from casebook.yaml.encoding import decode
from casebook.yaml.files import most_bytes, read_bytes

# The columns of each table after the case and the name of the fact. In the column of a translated
# text, * stands for the language.
TABLES: Final[Mapping[str, tuple[str, ...]]] = {
    "figures": (
        *("amount", "value", "min", "max", "unit", "qualifier", "planned", "measure", "per"),
        *("period", "status", "derived", "scope", "source", "quote", "label", "label_*"),
    ),
    "events": ("date", "title_*", "status", "source", "quote"),
    "answers": ("answer", "text_*", "elsewhere"),
    "documents": ("state", "title_*", "issuer", "issuer_*", "date", "source"),
    "conflicts": ("about_*", "figures", "reports"),
}
_CASES: Final = ("case", "published")
_CHANGES: Final = ("case", "name", "date", "kind", "from", "to")

# The kind and the name of a fact, and its cells by column.
FactName = tuple[str, str]
Facts = dict[FactName, dict[str, str]]
ChangeKey = tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class PublishedCase:
    """A case as it was published: the ISO day of its first publication, its facts and changes."""

    since: str
    facts: Facts = field(default_factory=dict)
    changes: set[ChangeKey] = field(default_factory=set)


def columns_of(table: str, languages: Languages) -> Iterator[str]:
    """The columns of a table for a site, in their order."""
    for column in TABLES[table]:
        name, is_translated, _ = column.partition("_*")
        yield from [f"{name}_{lang}" for lang in languages.others] if is_translated else [column]


def list_facts(case: Case, languages: Languages) -> Facts:
    """The facts that may not change in a case without a reason, in the order of the record."""
    first = languages.first
    facts: Facts = {}
    for key, record in name_records(case, first).items():
        facts[key] = {
            column: _write_cell(record, column, first) for column in columns_of(key[0], languages)
        }
        if isinstance(record, Figure):
            facts[key] |= write_quantity(record.quantity)
        elif isinstance(record, Answer):
            said = "/".join(record.terms) or record.text.own(first)
            said = f"{record.state}: {said}" if said and record.state == "partial" else said
            facts[key]["answer"] = said or record.state
    return facts


def name_records(case: Case, first: Lang) -> dict[FactName, Any]:
    """The records of a case that hold its facts, each by its kind and name."""
    named: list[tuple[str, str, Any]]
    named = [("figures", name, figure) for name, figure in case.figures.items()]
    named += [("events", event.title.own(first), event) for event in case.events]
    named += [("answers", question, answer) for question, answer in case.answers.items()]
    named += [("documents", document.title.own(first), document) for document in case.documents]
    named += [("conflicts", conflict.about.own(first), conflict) for conflict in case.conflicts]
    records: dict[FactName, Any] = {}
    for kind, name, record in named:
        key, count = (kind, name), 1
        # Two records, such as two meetings, may have the same title.
        while key in records:
            count += 1
            key = (kind, f"{name} ({count})")
        records[key] = record
    return records


def write_quantity(quantity: Quantity) -> dict[str, str]:
    """The cells of an amount."""
    numbers = {"value": quantity.value, "min": quantity.low, "max": quantity.high}
    written = {name: "" if n is None else plain(n) for name, n in numbers.items()}
    return {
        **written,
        "amount": quantity.text,
        "unit": quantity.unit,
        "qualifier": quantity.qualifier,
        "planned": "planned" if quantity.planned else "",
    }


def _write_cell(record: Any, column: str, first: Lang) -> str:
    name, _, translated = column.partition("_")
    lang = cast(Lang, translated or first)
    return write_value(getattr(record, {"derived": "formula"}.get(name, name), ""), lang)


def write_value(value: Any, lang: Lang) -> str:
    """The value of a field as one cell of a table in a language, empty if there is none."""
    if isinstance(value, str):
        return value
    if isinstance(value, Text):
        return value.own(lang)
    if isinstance(value, Period):
        return value.edtf
    if isinstance(value, Report):
        return f"{value.source}: {value.says.own(lang)}"
    if isinstance(value, Elsewhere):
        return f"{value.source}: {value.text.own(lang) or '/'.join(value.terms)}"
    if isinstance(value, tuple):
        return "/".join(write_value(one, lang) for one in value)
    return str(value or "")


def key_of(change: Change) -> ChangeKey:
    """The cells of a change after its case; the reason is left out, as it may be reworded."""
    return change.name, change.date.edtf, change.kind, change.before, change.after


def has_ledger(project: Path) -> bool:
    """True if a project has a ledger of what is published."""
    return any((project / PUBLISHED / f"{table}.csv").exists() for table in ("cases", *TABLES))


def read_published(project: Path, settled: Container[str] = ()) -> dict[str, PublishedCase]:
    """The ledger of a project by slug, without the cases that are `settled`; empty without one.

    Raises ContentError if a table is damaged, because lost facts could change unnoticed.
    """
    cases: dict[str, PublishedCase] = {}
    problems: list[Problem] = []
    for table in ("cases", *TABLES, "changes"):
        for row in _read_rows(project, table, problems):
            slug = row.pop("case", "")
            if not slug or slug in settled:
                continue
            # A case is checked even if its row in the list of cases was lost.
            case = cases.setdefault(slug, PublishedCase(since=row.get("published", "")))
            if table in TABLES:
                case.facts[table, row.pop("name", "")] = row
            elif table == "changes":
                case.changes.add(tuple(row.get(column, "") for column in _CHANGES[1:]))
    if problems:
        raise ContentError(problems)
    return cases


def _read_rows(project: Path, table: str, problems: list[Problem]) -> Iterator[dict[str, str]]:
    """The rows of a table by its columns, up to the first invalid row, which is reported."""
    shown = f"{PUBLISHED}/{table}.csv"
    path = project / shown
    if not path.exists():
        # The tables are written together: if there are others, this one was lost.
        if has_ledger(project):
            problems.append(problem("E294.missing", shown, START))
        return
    data = read_bytes(path, project, problems)
    text, found = decode(data, shown, most_bytes(shown))
    # A quote may hold an invisible character, which must stay: readable text keeps E106 only.
    found = [one for one in found if text is None or one.code == "E106"]
    if found:
        problems += found
        return
    lines = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    begin = {"cases": _CASES, "changes": _CHANGES}.get(table, ("case", "name"))
    try:
        columns = next(lines, [])
        known = {column.replace("*", lang) for column in TABLES.get(table, ()) for lang in LANGS}
        first, rest = columns[: len(begin)], columns[len(begin) :]
        if tuple(first) != begin or not known.issuperset(rest) or b"\0" in data:
            problems.append(problem("E294", shown, START))
            return
        for row in lines:
            if len(row) != len(columns):
                problems.append(problem("E294", shown, Position(lines.line_num, 1)))
                return
            yield dict(zip(columns, row, strict=True))
        if not data.endswith(b"\n"):
            # The table is cut off within its last cell.
            problems.append(problem("E294", shown, Position(lines.line_num, 1)))
    except csv.Error:
        problems.append(problem("E294", shown, Position(max(lines.line_num, 1), 1)))


def write_published(
    published: Mapping[str, PublishedCase], languages: Languages
) -> dict[str, bytes]:
    """The contents of the tables of a ledger by their paths."""
    columns = {kind: tuple(columns_of(kind, languages)) for kind in TABLES}
    tables: dict[str, list[Iterable[str]]] = {
        "cases": [_CASES],
        **{kind: [("case", "name", *columns[kind])] for kind in TABLES},
        "changes": [_CHANGES],
    }
    for slug, case in sorted(published.items()):
        tables["cases"].append((slug, case.since))
        for (kind, name), cells in case.facts.items():
            # A removed case may have been recorded when the site had other languages.
            tables[kind].append((slug, name, *(cells.get(c, "") for c in columns[kind])))
        tables["changes"] += [(slug, *change) for change in sorted(case.changes)]
    found = {}
    for table, rows in tables.items():
        stream = io.StringIO()
        csv.writer(stream, lineterminator="\n").writerows(rows)
        found[f"{PUBLISHED}/{table}.csv"] = stream.getvalue().encode()
    return found


def publish_case(
    case: Case, before: PublishedCase | None, today: date, languages: Languages
) -> PublishedCase:
    """The entry of a case in the ledger, with the day of its first publication."""
    return PublishedCase(
        since=before.since if before is not None else today.isoformat(),
        facts=list_facts(case, languages),
        changes={key_of(change) for change in case.changes},
    )
