"""All records as JSON: cases.json, and each case in a file of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from casebook.checks.quotes import measure_quotes
from casebook.data.formats import encode_json
from casebook.data.table_rows import answer_rows, event_row, figure_row, version_of
from casebook.record.dataset import Dataset
from casebook.record.model import Case, Change, Document, Event, Figure, Report, Source
from casebook.text import Text
from casebook.values.amounts import plain
from casebook.values.comparability import class_of
from casebook.values.dates import Period

_UNQUOTED: Mapping[str, object] = {"quotes": 0, "characters": 0, "share": ""}


def join_cases(dataset: Dataset, described: Iterable[bytes]) -> Iterator[bytes]:
    """The bytes of cases.json, in which every case stands as in its own file, two steps deeper.

    `described` are the files of the cases: nothing takes as long as writing a case as JSON, so it
    is done once.
    """
    around = encode_json(describe_dataset(dataset, ()))
    head, empty, rest = around.partition(b'"cases": []')
    yield head
    start = b'"cases": [\n  '
    for content in described:
        yield start
        yield content.removesuffix(b"\n").replace(b"\n", b"\n  ")
        start = b",\n  "
    yield empty if start[:1] == b'"' else b"\n ]"
    yield rest


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
        "cases": [case_object(case, dataset) for case in cases],
        "sources": {
            name: _source(source) | {"quoted": quoted.get(name, dict(_UNQUOTED))}
            for name, source in dataset.used_sources.items()
        },
        "reviews": dict(sorted(dataset.reviews.items())),
        "corrections": [_change(change) for change in dataset.changes],
    }


def case_object(case: Case, dataset: Dataset) -> dict[str, object]:
    """One case as plain data, figures with their rows as in figures.csv."""
    return {
        "slug": case.slug,
        "region": case.region,
        "place": _text(dataset.place(case)),
        "title": _text(case.title),
        "topic": case.topic,
        "summary": _text(case.summary),
        "updated": case.updated,
        "version": version_of(case),
        "answers": list(answer_rows(case, dataset)),
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
        "class": "" if figure.formula else class_of(figure).key,
        "scope": figure.scope,
        "part_of": figure.part_of,
        "follows": figure.follows,
        "line": figure.line,
        "note": _text(figure.note),
        "corroborated_by": [_report(report) for report in figure.corroborated_by],
        "review": dataset.review(figure),
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
