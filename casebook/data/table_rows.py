"""Rows of the tables of open data, each as the text of its cells."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Final

from casebook.checks.published import write_quantity
from casebook.data.tables import (
    ANSWERS,
    CASE_FIGURES,
    CASES,
    COMPARABILITY,
    DOCUMENTS,
    EVENTS,
    EVIDENCE,
    FIGURES,
    PICTURES,
    SOURCES,
    DataTable,
    Row,
    Word,
    list_words,
    table_in,
)
from casebook.record.agreement import support_of
from casebook.record.comparability import class_of
from casebook.record.dataset import Dataset
from casebook.record.model import Answer, Case, Elsewhere, Event, Figure, Report
from casebook.record.vocabulary import Measure, Question
from casebook.text import LANGS, Lang, Languages, Text
from casebook.values.amounts import plain
from casebook.values.dates import Period
from casebook.values.digest import digest

# Enough to tell all versions apart, and short enough to cite.
VERSION_DIGITS: Final = 12
# What a figure of a case is told of its source in one row.
_OF_SOURCE: Final = ("title", "publisher", "url")
# The records of a table, each with the columns that are no fields of it.
_Rows = Iterable[tuple[object, Mapping[str, object]]]


def list_rows(table: DataTable, dataset: Dataset) -> Iterator[Row]:
    """Every row of a table, case after case where cases have them."""
    if table in CASE_TABLES:
        return (row for case in dataset.cases for row in rows_of_case(table, case, dataset))
    rows = _list_sources(dataset) if table is SOURCES else _list_words(dataset)
    return (_write_row(table, dataset.languages, record, **given) for record, given in rows)


def rows_of_case(table: DataTable, case: Case, dataset: Dataset) -> Iterator[dict[str, str]]:
    """The rows of one case in a table."""
    for record, given in CASE_TABLES[table](case, dataset):
        yield _write_row(table, dataset.languages, record, case=case.slug, **given)


def _write_row(
    table: DataTable, languages: Languages, record: object, /, **given: object
) -> dict[str, str]:
    """One row of a table: what is given by the names of columns, else fields of the record."""
    return {
        column: _write_cell(given[name] if name in given else getattr(record, name), lang)
        for column, name, lang in _list_cells(table, languages)
    }


@cache
def _list_cells(table: DataTable, languages: Languages) -> Sequence[tuple[str, str, Lang]]:
    """The columns of a table, each with the name of its value and the language of its words."""
    suffixes = {f"_{lang}": lang for lang in languages.others}
    # The translation of a text has a column of its own.
    return [
        (column, column[:-3], suffixes[column[-3:]])
        if column[-3:] in suffixes
        else (column, column, languages.first)
        for column in table_in(table, languages).names
    ]


def _write_cell(value: object, lang: Lang) -> str:
    match value:
        case str():
            return value
        case Text():
            return value.own(lang)
        case Decimal():
            return plain(value)
        case Period():
            return value.edtf
        case date():
            return value.isoformat()
        case int():
            return str(value)
        case tuple():
            # Words of a closed list.
            return "/".join(value)
    return ""


def figure_row(figure: Figure, languages: Languages) -> dict[str, str]:
    """One row of figures.csv; amounts are plain decimals in base units."""
    return _write_row(FIGURES, languages, figure, **_describe_figure(figure))


def case_figure_rows(case: Case, dataset: Dataset) -> Iterator[dict[str, str]]:
    """The figures of one case, each with its place and what is known of its source."""
    for figure in case.figures.values():
        source = dataset.sources.get(figure.source)
        joined = {f"source_{name}": getattr(source, name, "") for name in _OF_SOURCE}
        joined |= {"place": dataset.place(case), **_describe_figure(figure)}
        yield _write_row(CASE_FIGURES, dataset.languages, figure, **joined)


def event_row(event: Event, languages: Languages) -> dict[str, str]:
    """One row of events.csv; an open end of a period is left empty."""
    return _write_row(EVENTS, languages, event, **_describe_event(event))


def version_of(case: Case) -> str:
    """The version of a record, which changes with that record only."""
    return case.digest[:VERSION_DIGITS]


def version_of_all(dataset: Dataset) -> str:
    """The version of the whole data set, which changes with any record."""
    versions = "\n".join(f"{case.slug} {case.version}" for case in dataset.summaries)
    return digest(versions.encode())[:VERSION_DIGITS]


def _describe_figure(figure: Figure) -> dict[str, object]:
    return {
        **write_quantity(figure.quantity),
        "figure": figure.id,
        "derived": figure.formula,
        "wording": "" if figure.wording == "printed" else figure.wording,
    }


def _describe_event(event: Event) -> dict[str, object]:
    date = event.date
    return {"precision": date.precision, "earliest": date.earliest, "latest": date.latest}


def _list_answers(case: Case, dataset: Dataset) -> _Rows:
    """The answers of one case, one a question."""
    for question in dataset.vocabulary.questions:
        answer = dataset.answer(case, question)
        elsewhere = list(map(_word, answer.elsewhere))
        yield (
            answer,
            {
                "value": _word(answer),
                "elsewhere": Text(
                    *("|".join(text.own(lang) for text in elsewhere) for lang in LANGS)
                ),
                "elsewhere_source": "|".join(one.source for one in answer.elsewhere),
            },
        )


def _word(said: Answer | Elsewhere) -> Text:
    """The words of an answer: the terms by their keys, or its text."""
    terms = "|".join(said.terms)
    return Text(terms, terms) if terms else said.text


def _describe_case(case: Case, dataset: Dataset) -> dict[str, object]:
    same_as = dataset.regions[case.region].same_as
    return {"place": dataset.place(case), "version": version_of(case), "same_as": same_as}


def _list_comparable(case: Case, dataset: Dataset) -> _Rows:
    """The figures of one case, each with its class of what may be compared."""
    for figure in case.figures.values():
        groups = [one.figures for one in case.conflicts if figure.id in one.figures]
        others = dict.fromkeys(name for group in groups for name in group if name != figure.id)
        yield (
            figure,
            {
                "figure": figure.id,
                "class": "" if figure.formula else class_of(figure).key,
                "conflicts_with": "|".join(others),
                "review": dataset.review(figure),
            },
        )


def _list_evidence(case: Case, dataset: Dataset) -> _Rows:
    """Each figure of one case with each source that speaks of it."""
    found: list[tuple[str, str, Figure | Report]] = []
    for figure in case.figures.values():
        found.append((figure.id, "rests_on", figure))
        for report in figure.corroborated_by:
            found.append((figure.id, support_of(figure, report, dataset.vocabulary.per), report))
    for conflict in case.conflicts:
        for name in conflict.figures:
            found += [(name, "disagrees", report) for report in conflict.reports]
    return ((words, {"figure": name, "relation": how}) for name, how, words in found)


def _list_sources(dataset: Dataset) -> _Rows:
    return ((source, {"source": source.id}) for source in dataset.used_sources.values())


def _list_words(dataset: Dataset) -> _Rows:
    """Every word of every closed list."""
    for name, words in list_words(dataset.vocabulary).items():
        for word in words:
            yield word, {"list": name, "note": _explain(word)}


def _explain(word: Word) -> Text:
    if isinstance(word, Measure):
        return word.compare
    return word.ask if isinstance(word, Question) else word.note


# The tables that have rows of cases, with what gives those of one case.
CASE_TABLES: Final[Mapping[DataTable, Callable[[Case, Dataset], _Rows]]] = {
    FIGURES: lambda case, _: ((one, _describe_figure(one)) for one in case.figures.values()),
    EVENTS: lambda case, _: ((one, _describe_event(one)) for one in case.events),
    ANSWERS: _list_answers,
    DOCUMENTS: lambda case, _: ((one, {}) for one in case.documents),
    PICTURES: lambda case, _: ((one, {}) for one in case.pictures),
    CASES: lambda case, dataset: ((case, _describe_case(case, dataset)),),
    COMPARABILITY: _list_comparable,
    EVIDENCE: _list_evidence,
}
