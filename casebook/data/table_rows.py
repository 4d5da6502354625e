"""Rows of the tables of open data, each as the text of its cells."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Final

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
    Word,
    list_words,
    table_in,
)
from casebook.record.agreement import support_of
from casebook.record.comparability import class_of
from casebook.record.dataset import Dataset
from casebook.record.model import Answer, Case, Elsewhere, Event, Figure, Report
from casebook.record.vocabulary import Measure, Question, Source
from casebook.text import Lang, Languages, Text
from casebook.values.amounts import plain
from casebook.values.dates import Period
from casebook.values.digest import digest

# Enough to tell all versions apart, and short enough to cite.
VERSION_DIGITS: Final = 12

Row = Mapping[str, str]


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
    suffixes = {f"_{lang}": lang for lang in languages.others}
    row = {}
    for column in table_in(table, languages).names:
        # The translation of a text has a column of its own.
        lang = suffixes.get(column[-3:], languages.first)
        name = column if lang == languages.first else column[:-3]
        value = given[name] if name in given else getattr(record, name)
        row[column] = _write_cell(value, lang)
    return row


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
    # A tuple is of words of a closed list, or nothing at all.
    return "/".join(value) if isinstance(value, tuple) else ""


def figure_row(
    figure: Figure, languages: Languages, table: DataTable = FIGURES, **joined: object
) -> dict[str, str]:
    """One row of figures.csv, or of a table that joins more to it.

    Amounts are plain decimals in base units.
    """
    quantity = figure.quantity
    return _write_row(
        table,
        languages,
        figure,
        **joined,
        figure=figure.id,
        amount=quantity.text,
        value=quantity.value,
        min=quantity.low,
        max=quantity.high,
        unit=quantity.unit,
        qualifier=quantity.qualifier,
        derived=figure.formula,
        wording="" if figure.wording == "printed" else figure.wording,
    )


def case_figure_rows(case: Case, dataset: Dataset) -> Iterator[dict[str, str]]:
    """The figures of one case, each with its place and what is known of its source."""
    for figure in case.figures.values():
        source = dataset.sources.get(figure.source)
        joined = {
            "place": dataset.place(case),
            "source_title": source.title if source else "",
            "source_publisher": source.publisher if source else "",
            "source_url": source.url if source else "",
        }
        yield figure_row(figure, dataset.languages, CASE_FIGURES, **joined)


def event_row(event: Event, languages: Languages) -> dict[str, str]:
    """One row of events.csv; an open end of a period is left empty."""
    ends = {"earliest": event.date.earliest, "latest": event.date.latest}
    return _write_row(EVENTS, languages, event, precision=event.date.precision, **ends)


def list_members(
    table: DataTable, members: Iterable[object], case: Case, dataset: Dataset
) -> Iterator[Row]:
    """The rows of the documents or the pictures of one case."""
    return (_write_row(table, dataset.languages, one, case=case.slug) for one in members)


def answer_rows(case: Case, dataset: Dataset) -> Iterator[dict[str, str]]:
    """The rows of answers.csv of one case, one a question."""
    languages = dataset.languages
    for question in dataset.vocabulary.questions:
        answer = dataset.answer(case, question)
        row = {"case": case.slug, "question": question, "state": answer.state}
        row["elsewhere_source"] = "|".join(one.source for one in answer.elsewhere)
        for lang in languages:
            row[languages.name("value", lang)] = _name_said(answer, lang)
            said = (_name_said(one, lang) for one in answer.elsewhere)
            row[languages.name("elsewhere", lang)] = "|".join(said)
        yield {name: row[name] for name in table_in(ANSWERS, languages).names}


def _name_said(said: Answer | Elsewhere, lang: Lang) -> str:
    """The words of an answer: the terms by their keys, or its text."""
    return "|".join(said.terms) or said.text.own(lang)


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
        compared = {"class": "" if figure.formula else class_of(figure).key}
        review, conflicts = dataset.review(figure), "|".join(others)
        made = compared | {"figure": figure.id, "conflicts_with": conflicts, "review": review}
        yield _write_row(COMPARABILITY, dataset.languages, figure, **made)


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
        yield {
            "case": case.slug,
            "figure": name,
            "source": source,
            "relation": relation,
            "quote": words.quote,
            "line": "" if words.line is None else str(words.line),
        }


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
    DOCUMENTS: lambda case, dataset: list_members(DOCUMENTS, case.documents, case, dataset),
    PICTURES: lambda case, dataset: list_members(PICTURES, case.pictures, case, dataset),
    CASES: lambda case, dataset: (case_row(case, dataset),),
    COMPARABILITY: comparability_rows,
    EVIDENCE: evidence_rows,
}
