"""Answers of a case to each question, from its record or from its figures."""

from __future__ import annotations

from casebook.record.model import Answer, AnswerState, Case
from casebook.record.vocabulary import Vocabulary
from casebook.text import ENUMERATION
from casebook.values.dates import Lane


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
    measures = [vocabulary.measures[figure.measure] for figure in case.printed_figures]
    if spending := {each.key: each.name for each in measures if each.spending}:
        text = ENUMERATION.join(spending.values())
        return Answer(question="amount", state="stated", text=text)
    if mixed := {each.key: each.name for each in measures if each.mixed}:
        return Answer(question="amount", state="partial", text=ENUMERATION.join(mixed.values()))
    return Answer(question="amount", state="not_stated")


def _answer_year(case: Case) -> Answer:
    periods = [figure.period for figure in case.printed_figures]
    periods += [event.date for event in case.events]
    lanes: tuple[tuple[AnswerState, Lane], ...] = (("stated", "dated"), ("partial", "uncertain"))
    for state, lane in lanes:
        years = sorted({p.earliest.year for p in periods if p.lane == lane and p.earliest})
        if years:
            text = ENUMERATION.join(str(year) for year in years)
            return Answer(question="year", state=state, text=text)
    return Answer(question="year", state="not_stated")
