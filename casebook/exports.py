"""The open data: figures, events and answers as CSV, everything as JSON, and their description."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from casebook.dataset import Dataset
from casebook.dates import Period
from casebook.model import Case, Change, Document, Event, Figure, Report, Source, Text
from casebook.quantity import plain
from casebook.quotes import measure_quotes

FIGURE_COLUMNS = (
    "case",
    "figure",
    "label",
    "amount",
    "value",
    "min",
    "max",
    "unit",
    "qualifier",
    "measure",
    "per",
    "period",
    "status",
    "derived",
    "source",
    "quote",
)
EVENT_COLUMNS = ("case", "date", "earliest", "latest", "precision", "title", "source")
ANSWER_COLUMNS = ("case", "question", "state", "value")


_UNQUOTED: Mapping[str, object] = {"quotes": 0, "characters": 0, "share": ""}


@dataclass(frozen=True, slots=True)
class DataFile:
    """One file of open data: its path in the site and its bytes."""

    path: str
    content: bytes


def export_dataset(dataset: Dataset) -> tuple[DataFile, ...]:
    """Every file of open data, for the whole site and for each case."""
    described = [_write_json(describe_case(case, dataset)) for case in dataset.cases]
    files = list(export_site(dataset, described))
    for case in dataset.cases:
        files += export_case(case, dataset)
    return tuple(files)


def export_site(dataset: Dataset, described: Iterable[str]) -> tuple[DataFile, ...]:
    """The files of open data for the whole site, given the JSON text of each case."""
    files = [
        DataFile("data/figures.csv", _figures_csv(dataset.figures.values())),
        DataFile("data/events.csv", _events_csv(dataset.cases)),
        DataFile("data/answers.csv", _answers_csv(dataset, dataset.cases)),
        DataFile("data/cases.json", _join_cases(dataset, described)),
    ]
    files.append(DataFile("data/datapackage.json", _json(describe_package(files))))
    return tuple(files)


def export_case(case: Case, dataset: Dataset) -> tuple[DataFile, ...]:
    """The files of open data of one case."""
    folder = f"cases/{case.slug}/{case.slug}"
    return (
        DataFile(f"{folder}.csv", _figures_csv(case.figures.values())),
        DataFile(f"{folder}.json", _json(describe_case(case, dataset))),
    )


def figure_row(figure: Figure) -> dict[str, str]:
    """One row of figures.csv; amounts are plain decimals in base units."""
    quantity = figure.quantity
    return {
        "case": figure.case,
        "figure": figure.id,
        "label": figure.label.zh,
        "amount": quantity.text,
        "value": "" if quantity.value is None else plain(quantity.value),
        "min": "" if quantity.low is None else plain(quantity.low),
        "max": "" if quantity.high is None else plain(quantity.high),
        "unit": quantity.unit,
        "qualifier": quantity.qualifier,
        "measure": figure.measure,
        "per": "/".join(figure.per),
        "period": figure.period.edtf,
        "status": figure.status,
        "derived": figure.formula,
        "source": "|".join(figure.sources),
        "quote": figure.quote,
    }


def event_row(event: Event) -> dict[str, str]:
    """One row of events.csv; an open end of a period is left empty."""
    date = event.date
    return {
        "case": event.case,
        "date": date.edtf,
        "earliest": date.earliest.isoformat() if date.earliest else "",
        "latest": date.latest.isoformat() if date.latest else "",
        "precision": date.precision,
        "title": event.title.zh,
        "source": event.source,
    }


def answer_rows(dataset: Dataset, case: Case) -> Iterable[dict[str, str]]:
    """The rows of answers.csv of one case, one a question."""
    for question in dataset.vocabulary.questions:
        answer = dataset.answer(case, question)
        value = "|".join(answer.terms) or answer.text.zh
        yield {"case": case.slug, "question": question, "state": answer.state, "value": value}


def _figures_csv(figures: Iterable[Figure]) -> bytes:
    return write_csv(FIGURE_COLUMNS, (figure_row(figure) for figure in figures))


def _events_csv(cases: Sequence[Case]) -> bytes:
    return write_csv(EVENT_COLUMNS, (event_row(event) for case in cases for event in case.events))


def _answers_csv(dataset: Dataset, cases: Sequence[Case]) -> bytes:
    return write_csv(ANSWER_COLUMNS, (row for case in cases for row in answer_rows(dataset, case)))


def write_csv(columns: Sequence[str], rows: Iterable[dict[str, str]]) -> bytes:
    """A table as RFC 4180 in UTF-8, in which no cell can start a spreadsheet's formula."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([disarm(row[column]) for column in columns])
    return stream.getvalue().encode("utf-8")


def disarm(cell: str) -> str:
    """The cell with an apostrophe before it where a spreadsheet would run it as a formula."""
    return (
        f"'{cell}"
        if cell[:1] in ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
        else cell
    )


def _json(value: object) -> bytes:
    return (_write_json(value) + "\n").encode("utf-8")


def _write_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False)


def _join_cases(dataset: Dataset, described: Iterable[str]) -> bytes:
    """The bytes of cases.json, in which every case stands as in its own file, two steps deeper.

    Nothing else takes as long as writing a case as JSON, so it is done once.
    """
    cases = ",\n  ".join(text.replace("\n", "\n  ") for text in described)
    head, empty, rest = _write_json(describe_dataset(dataset, ())).partition('"cases": []')
    filled = f'"cases": [\n  {cases}\n ]' if cases else empty
    return (head + filled + rest + "\n").encode("utf-8")


def describe_dataset(dataset: Dataset, cases: Iterable[Case]) -> dict[str, object]:
    """Everything that cases.json holds, with the cases that are given."""
    quoted: dict[str, dict[str, object]] = {
        measured.source: {
            "quotes": measured.quotes,
            "characters": measured.characters,
            "share": "" if measured.share is None else plain(measured.share),
        }
        for measured in measure_quotes(dataset)
    }
    return {
        "cases": [describe_case(case, dataset) for case in cases],
        "sources": {
            name: _source(source) | {"quoted": quoted.get(name, dict(_UNQUOTED))}
            for name, source in dataset.used_sources.items()
        },
        "reviews": dict(sorted(Counter(dataset.reviews.values()).items())),
        "corrections": [_change(change) for change in dataset.changes],
    }


def describe_case(case: Case, dataset: Dataset) -> dict[str, object]:
    """One case as plain data, figures with their rows as in figures.csv."""
    return {
        "slug": case.slug,
        "region": case.region,
        "place": _text(dataset.place(case)),
        "title": _text(case.title),
        "topic": case.topic,
        "summary": _text(case.summary),
        "updated": case.updated,
        "answers": list(answer_rows(dataset, case)),
        "figures": [_figure(figure, dataset) for figure in case.figures.values()],
        "events": [_event(event) for event in case.events],
        "documents": [_document(document) for document in case.documents],
        "conflicts": [
            {
                "about": _text(conflict.about),
                "figures": list(conflict.figures),
                "reports": [_report(report) for report in conflict.reports],
                "note": _text(conflict.note),
            }
            for conflict in case.conflicts
        ],
        "story": _text(case.story),
    }


def _figure(figure: Figure, dataset: Dataset) -> dict[str, object]:
    row: dict[str, object] = dict(figure_row(figure))
    return row | {
        "label": _text(figure.label),
        "scope": figure.scope,
        "part_of": figure.part_of,
        "follows": figure.follows,
        "line": figure.line,
        "note": _text(figure.note),
        "corroborated_by": [_report(report) for report in figure.corroborated_by],
        "review": dataset.reviews[figure.key],
        "history": [_change(change) for change in figure.history],
    }


def _change(change: Change) -> dict[str, object]:
    return {
        "case": change.case,
        "figure": change.figure,
        "date": change.date.edtf,
        "kind": change.kind,
        "from": change.before,
        "to": change.after,
        "why": _text(change.why),
    }


def _event(event: Event) -> dict[str, object]:
    row: dict[str, object] = dict(event_row(event))
    return row | {"title": _text(event.title), "status": event.status, "note": _text(event.note)}


def _document(document: Document) -> dict[str, object]:
    return {
        "title": _text(document.title),
        "state": document.state,
        "issuer": _text(document.issuer),
        "date": _period(document.date),
        "source": document.source,
        "note": _text(document.note),
    }


def _report(report: Report) -> dict[str, object]:
    return {
        "source": report.source,
        "says": _text(report.says),
        "quote": report.quote,
        "line": report.line,
        "confirms": report.confirms,
    }


def _source(source: Source) -> dict[str, object]:
    return {
        "title": _text(source.title),
        "publisher": _text(source.publisher),
        "kind": source.kind,
        "published": _period(source.published),
        "accessed": source.accessed,
        "url": source.url,
        "note": _text(source.note),
    }


def _text(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _period(period: Period | None) -> str:
    return period.edtf if period is not None else ""


# What each column holds, for the data package.
_COLUMN_NOTES = {
    "case": "slug of the case",
    "figure": "id of the figure within its case",
    "label": "what the figure is, in Chinese",
    "amount": "the amount as printed in the source",
    "value": "the number in base units (yuan, ratio or count); empty for a range",
    "min": "lower end of a range, in base units",
    "max": "upper end of a range, in base units",
    "unit": "CNY, HKD, USD, ratio, or the counter word of the source",
    "qualifier": "exact, approx, more_than, at_least, at_most or range",
    "measure": "what is measured; only equal measures may be compared",
    "per": "what the amount is counted per; only equal values may be compared",
    "period": "the time that the figure speaks of, as EDTF",
    "status": "whether the figure was planned, reported, set and so on",
    "derived": "the formula over figures of the case where the figure was computed by this site",
    "source": "id of the source, listed in cases.json; several are joined by |",
    "quote": "a short quote from the source",
    "date": "the time of the event, as EDTF",
    "earliest": "the first day that the date can mean",
    "latest": "the last day that the date can mean; empty where open",
    "precision": "day, month, year or interval",
    "title": "what happened, in Chinese",
    "question": "the question, as in the vocabulary",
    "state": "stated, partial, not_stated or not_applicable",
}

_ANSWER_NOTES = {"value": "the answer: keys of the vocabulary joined by |, or a wording in Chinese"}


def describe_package(files: Iterable[DataFile]) -> dict[str, object]:
    """A Frictionless Data Package over the tables."""
    columns = {
        "data/figures.csv": (FIGURE_COLUMNS, ["case", "figure"]),
        "data/events.csv": (EVENT_COLUMNS, None),
        "data/answers.csv": (ANSWER_COLUMNS, ["case", "question"]),
    }
    resources = []
    for file in files:
        if file.path not in columns:
            continue
        names, key = columns[file.path]
        schema: dict[str, object] = {
            "fields": [_field(name, file.path) for name in names],
            "missingValues": [""],
        }
        if key is not None:
            schema["primaryKey"] = key
        name = file.path.rsplit("/", 1)[-1]
        resources.append(
            {
                "name": name.removesuffix(".csv"),
                "path": name,
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "profile": "tabular-data-resource",
                "dialect": {"lineTerminator": "\r\n"},
                "schema": schema,
            }
        )
    return {
        "name": "casebook",
        "title": "政府购买服务案例数据",
        "licenses": [{"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/"}],
        "profile": "tabular-data-package",
        "resources": resources,
    }


# The columns that are not text, by table.
_TYPES = {
    "data/figures.csv": {"value": "number", "min": "number", "max": "number"},
    "data/events.csv": {"earliest": "date", "latest": "date"},
}


def _field(name: str, table: str) -> dict[str, str]:
    kind = _TYPES.get(table, {}).get(name, "string")
    note = _ANSWER_NOTES.get(name) if table == "data/answers.csv" else None
    return {"name": name, "type": kind, "description": note or _COLUMN_NOTES[name]}
