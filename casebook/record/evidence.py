"""Answers of a case, its main source, and how well the sources support its figures."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Literal

from casebook.record.agreement import support_of
from casebook.record.comparability import class_of
from casebook.record.model import Answer, AnswerState, Case, Elsewhere, Figure
from casebook.record.vocabulary import DERIVED_QUESTIONS, Source, Vocabulary
from casebook.text import ENUMERATION, Text
from casebook.values.dates import parse_period
from casebook.values.periods import Lane, Period, word_period

Review = Literal["single", "size", "corroborated", "contradicted", "primary", "computed"]


def find_answer(
    case: Case, question: str, vocabulary: Vocabulary, sources: Mapping[str, Source]
) -> Answer:
    """The answer of the record, or for a derived question the answer of its figures.

    In a case with a main source only its figures count; answers that only other sources give are in
    `elsewhere`.
    """
    given = case.answers.get(question)
    # A written answer comes first, as later evidence could blur what the main source says.
    if given is not None or question not in DERIVED_QUESTIONS:
        return given or Answer(question=question, state="not_stated")
    main = main_source(case, sources)
    if main is None:
        return _derive_answer(case, question, case.sources, vocabulary)
    answer = _derive_answer(case, question, (main.id,), vocabulary)
    if answer.state != "not_stated":
        return answer
    others = (name for name in case.sources if name != main.id)
    found = ((name, _derive_answer(case, question, (name,), vocabulary)) for name in others)
    elsewhere = (
        Elsewhere(text=other.text, source=name)
        for name, other in found
        if other.state != "not_stated"
    )
    return replace(answer, elsewhere=tuple(elsewhere))


def _derive_answer(
    case: Case, question: str, names: Collection[str], vocabulary: Vocabulary
) -> Answer:
    """The answer that the figures and events of some sources give."""
    figures = [figure for figure in case.printed_figures if figure.source in names]
    if question == "amount":
        return _answer_amount(figures, vocabulary)
    dates = [event.date for event in case.events if event.source in names]
    return _answer_year([*(figure.period for figure in figures), *dates])


def _answer_amount(figures: Iterable[Figure], vocabulary: Vocabulary) -> Answer:
    measures = [vocabulary.measures[figure.measure] for figure in figures]
    if spending := {each.key: each.name for each in measures if each.spending}:
        text = ENUMERATION.join(spending.values())
        return Answer(question="amount", state="stated", text=text)
    # Of a programme of mixed use, the part spent on purchases is unknown.
    if mixed := {each.key: each.name for each in measures if each.mixed}:
        return Answer(question="amount", state="partial", text=ENUMERATION.join(mixed.values()))
    return Answer(question="amount", state="not_stated")


def _answer_year(periods: Collection[Period]) -> Answer:
    # An inferred year is a partial answer; a latest date alone gives no year.
    lanes: tuple[tuple[AnswerState, Lane], ...] = (("stated", "dated"), ("partial", "uncertain"))
    for state, lane in lanes:
        if years := _list_years([period for period in periods if period.lane == lane]):
            return Answer(question="year", state=state, text=ENUMERATION.join(years))
    return Answer(question="year", state="not_stated")


def _list_years(periods: Iterable[Period]) -> list[Text]:
    """The years of periods, each once; a period of several years is worded as a whole."""
    single, longer = set(), set()
    for period in periods:
        first, last = period.earliest, period.latest
        if first and last and first.year == last.year:
            single.add(first.year)
        elif first:
            longer.add((first.year, last.year if last else first.year + 1, period.edtf))
    named = [(year, Text(str(year))) for year in single]
    for start, end, edtf in sorted(longer):
        # 2008 to 2013 adds nothing if each of its years is listed by itself.
        if not single.issuperset(range(start, end + 1)):
            whole = parse_period(re.sub(r"(?<=[0-9]{4})(?:-[0-9]{2})+", "", edtf))
            named.append((start, word_period(whole.edtf)))
    return list(dict.fromkeys(text for _, text in sorted(named, key=lambda pair: pair[0])))


def main_source(case: Case, sources: Mapping[str, Source]) -> Source | None:
    """The source of a case that is marked as a main one, or None."""
    found = (sources[name] for name in case.sources if name in sources)
    return next((source for source in found if source.main), None)


def review_figure(
    figure: Figure, case: Case, vocabulary: Vocabulary, sources: Mapping[str, Source]
) -> Review:
    """The kind of support that a figure has.

    Corroborated: another publication states the same, in a report beside the figure or as a figure
    of its own. Size: the words of another publication only allow the amount. Primary: a primary
    document states or confirms the figure.
    """
    if figure.formula:
        return "computed"
    # A contradiction outweighs any support.
    if any(figure.id in conflict.figures for conflict in case.conflicts):
        return "contradicted"
    supports = {r.source: support_of(figure, r, vocabulary.per) for r in figure.corroborated_by}
    confirming = {name for name, support in supports.items() if support == "confirms"}
    confirming |= {
        other.source
        for other in case.printed_figures
        if other.source != figure.source and _say_the_same(figure, other)
    }
    # A source kind that the vocabulary lacks is reported, and does not count as primary.
    primary = {key for key, kind in vocabulary.source_kinds.items() if kind.primary}
    # A repost may have changed a document, so it is not evidence of the original.
    seen = (sources[name] for name in {figure.source, *confirming} if not sources[name].repost)
    if any(source.kind in primary for source in seen):
        return "primary"
    if confirming:
        return "corroborated"
    return "size" if "size" in supports.values() else "single"


def _say_the_same(one: Figure, other: Figure) -> bool:
    return (
        one.quantity.statement == other.quantity.statement
        and one.period.edtf == other.period.edtf
        and class_of(one) == class_of(other)
    )
