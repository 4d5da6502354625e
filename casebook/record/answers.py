"""Answers of a case to each question, from its record or from its figures."""

from __future__ import annotations

from collections.abc import Mapping

from casebook.record.model import Answer, Case
from casebook.record.vocabulary import Vocabulary
from casebook.text import NO_TEXT, Text


def find_answer(case: Case, question: str, vocabulary: Vocabulary) -> Answer:
    """The answer of the record, or for a derived question what the figures say."""
    given = case.answers.get(question)
    if given is not None:
        return given
    if question == "amount":
        return _answer_amount(case, vocabulary)
    if question == "year":
        return _answer_year(case)
    return Answer(question=question, state="not_stated")


def _answer_amount(case: Case, vocabulary: Vocabulary) -> Answer:
    measures = [(figure, vocabulary.measures[figure.measure]) for figure in case.printed_figures]
    spending = [figure for figure, measure in measures if measure.spending]
    mixed = [figure for figure, measure in measures if measure.mixed]
    if spending:
        names = dict.fromkeys(vocabulary.measures[figure.measure].key for figure in spending)
        return Answer(question="amount", state="stated", text=_measure_names(names, vocabulary))
    if mixed:
        names = dict.fromkeys(vocabulary.measures[figure.measure].key for figure in mixed)
        return Answer(question="amount", state="partial", text=_measure_names(names, vocabulary))
    return Answer(question="amount", state="not_stated")


def _measure_names(keys: Mapping[str, None], vocabulary: Vocabulary) -> Text:
    names = [vocabulary.measures[key].name for key in keys]
    return Text(
        "、".join(name.zh for name in names), ", ".join(name.inside("en") for name in names)
    )


def _answer_year(case: Case) -> Answer:
    periods = [figure.period for figure in case.printed_figures]
    periods += [event.date for event in case.events]
    for state, lane in (("stated", "dated"), ("partial", "uncertain")):
        years = sorted({p.earliest.year for p in periods if p.lane == lane and p.earliest})
        if years:
            words = "、".join(str(year) for year in years)
            text = Text(words, words.replace("、", ", "))
            return Answer(
                question="year", state="stated" if state == "stated" else "partial", text=text
            )
    return Answer(question="year", state="not_stated", text=NO_TEXT)
