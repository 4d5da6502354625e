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
    VOCABULARY,
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
from casebook.record.vocabulary import Measure, Question, Source
from casebook.text import LANGS, Lang, Languages, Text
from casebook.values.amounts import plain
from casebook.values.dates import Period
from casebook.values.digest import digest

# Enough to tell all versions apart, and short enough to cite.
VERSION_DIGITS: Final = 12
# What a figure of a case is told of its source in one row.
_OF_SOURCE: Final = ("title", "publisher", "url")


def list_rows(table: DataTable, dataset: Dataset) -> Iterator[Row]:
    """Every row of a table, case after case where cases have them."""
    if table is SOURCES:
        sources = dataset.used_sources.values()
        return (source_row(source, dataset.languages) for source in sources)
    if table is VOCABULARY:
        return vocabulary_rows(dataset)
    return (row for case in dataset.cases for row in CASE_TABLES[table](case, dataset))


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


def figure_row(
    figure: Figure, languages: Languages, table: DataTable = FIGURES, **joined: object
) -> dict[str, str]:
    """One row of figures.csv, or of a table that joins more to it.

    Amounts are plain decimals in base units.
    """
    return _write_row(
        table,
        languages,
        figure,
        **joined,
        **write_quantity(figure.quantity),
        figure=figure.id,
        derived=figure.formula,
        wording="" if figure.wording == "printed" else figure.wording,
    )


def case_figure_rows(case: Case, dataset: Dataset) -> Iterator[dict[str, str]]:
    """The figures of one case, each with its place and what is known of its source."""
    for figure in case.figures.values():
        source = dataset.sources.get(figure.source)
        joined = {f"source_{name}": getattr(source, name, "") for name in _OF_SOURCE}
        place = dataset.place(case)
        yield figure_row(figure, dataset.languages, CASE_FIGURES, place=place, **joined)


def event_row(event: Event, languages: Languages) -> dict[str, str]:
    """One row of events.csv; an open end of a period is left empty."""
    ends = {"earliest": event.date.earliest, "latest": event.date.latest}
    return _write_row(EVENTS, languages, event, precision=event.date.precision, **ends)


def answer_rows(case: Case, dataset: Dataset) -> Iterator[dict[str, str]]:
    """The rows of answers.csv of one case, one a question."""
    for question in dataset.vocabulary.questions:
        answer = dataset.answer(case, question)
        elsewhere = list(map(_word, answer.elsewhere))
        yield _write_row(
            ANSWERS,
            dataset.languages,
            answer,
            case=case.slug,
            value=_word(answer),
            elsewhere=Text(*("|".join(text.own(lang) for text in elsewhere) for lang in LANGS)),
            elsewhere_source="|".join(one.source for one in answer.elsewhere),
        )


def _word(said: Answer | Elsewhere) -> Text:
    """The words of an answer: the terms by their keys, or its text."""
    terms = "|".join(said.terms)
    return Text(terms, terms) if terms else said.text


def case_row(case: Case, dataset: Dataset) -> dict[str, str]:
    """One row of cases.csv."""
    return _write_row(
        CASES,
        dataset.languages,
        case,
        case=case.slug,
        place=dataset.place(case),
        version=version_of(case),
        same_as=dataset.regions[case.region].same_as,
    )


def version_of(case: Case) -> str:
    """The version of a record, which changes with that record only."""
    return case.digest[:VERSION_DIGITS]


def version_of_all(dataset: Dataset) -> str:
    """The version of the whole data set, which changes with any record."""
    versions = "\n".join(f"{case.slug} {case.version}" for case in dataset.summaries)
    return digest(versions.encode())[:VERSION_DIGITS]


def source_row(source: Source, languages: Languages) -> dict[str, str]:
    """One row of sources.csv."""
    return _write_row(SOURCES, languages, source, source=source.id)


def comparability_rows(case: Case, dataset: Dataset) -> Iterator[dict[str, str]]:
    """The rows of comparability.csv of one case, one a figure."""
    for figure in case.figures.values():
        others = dict.fromkeys(
            name
            for conflict in case.conflicts
            if figure.id in conflict.figures
            for name in conflict.figures
            if name != figure.id
        )
        made = {
            "class": "" if figure.formula else class_of(figure).key,
            "conflicts_with": "|".join(others),
            "review": dataset.review(figure),
        }
        yield _write_row(COMPARABILITY, dataset.languages, figure, figure=figure.id, **made)


def evidence_rows(case: Case, dataset: Dataset) -> Iterator[dict[str, str]]:
    """The rows of evidence.csv of one case: each figure with each source that speaks of it."""
    found: list[tuple[str, str, str, Figure | Report]] = []
    for figure in case.figures.values():
        found.append((figure.id, figure.source, "rests_on", figure))
        for report in figure.corroborated_by:
            support = support_of(figure, report, dataset.vocabulary.per)
            found.append((figure.id, report.source, support, report))
    for conflict in case.conflicts:
        for name in conflict.figures:
            found += [(name, report.source, "disagrees", report) for report in conflict.reports]
    for name, source, relation, words in found:
        known = {"case": case.slug, "figure": name, "source": source, "relation": relation}
        yield _write_row(EVIDENCE, dataset.languages, words, **known)


def vocabulary_rows(dataset: Dataset) -> Iterator[dict[str, str]]:
    """The rows of vocabulary.csv: every word of every closed list."""
    for name, words in list_words(dataset.vocabulary).items():
        for word in words:
            yield _write_row(VOCABULARY, dataset.languages, word, list=name, note=_explain(word))


def _explain(word: Word) -> Text:
    if isinstance(word, Measure):
        return word.compare
    return word.ask if isinstance(word, Question) else word.note


# The tables that have rows of cases, with what gives those of one case.
CASE_TABLES: Final[Mapping[DataTable, Callable[[Case, Dataset], Iterable[Row]]]] = {
    FIGURES: lambda case, dataset: (
        figure_row(figure, dataset.languages) for figure in case.figures.values()
    ),
    EVENTS: lambda case, dataset: (event_row(event, dataset.languages) for event in case.events),
    ANSWERS: answer_rows,
    DOCUMENTS: lambda case, dataset: (
        _write_row(DOCUMENTS, dataset.languages, one, case=case.slug) for one in case.documents
    ),
    PICTURES: lambda case, dataset: (
        _write_row(PICTURES, dataset.languages, one, case=case.slug) for one in case.pictures
    ),
    CASES: lambda case, dataset: (case_row(case, dataset),),
    COMPARABILITY: comparability_rows,
    EVIDENCE: evidence_rows,
}
