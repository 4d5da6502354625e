"""Builders of records: each fills in the details that a test is not about."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from casebook.build.reading import read_dataset
from casebook.checks.rules import RULES, check_case
from casebook.data.export import export_case, list_offers, write_cases
from casebook.data.formats import DataFile
from casebook.problems import START, Position, Problem
from casebook.record.dataset import Dataset, order_cases
from casebook.record.description import QUOTE_LIMIT, WrittenText
from casebook.record.lists import Lists, read_lists
from casebook.record.model import Case
from casebook.record.reader import read_case
from casebook.text import Lang

TINY = Path(__file__).parent / "tiny_site"

FIGURE = {
    "label": "购买金额",
    "amount": "120万元",
    "measure": "annual_total",
    "period": "2013",
    "status": "reported",
    "source": "evening-2015-03-02",
}

RECORD = """\
title: 海曙：读书会由谁来办
region: 330203
topic: reading
summary: 一句话。
answers:
  purchaser: 海曙区
  provider_type: library
  mode: tender
"""


@cache
def tiny_lists() -> Lists:
    """The vocabulary, regions and sources of the tiny site."""
    problems: list[Problem] = []
    lists = read_lists(TINY, problems)
    assert not problems
    return lists


@cache
def tiny_dataset() -> Dataset:
    """The data set of the tiny site."""
    dataset, problems = read_dataset(TINY)
    assert not problems
    return dataset


def record(*figures: str, rest: str = "") -> str:
    """A sound record with the given figures, each as YAML, and further fields."""
    lines = [RECORD]
    if figures:
        lines.append("figures:\n")
        lines.extend(figures)
    # `updated` comes last, so that the line numbers of other fields stay the same.
    return "".join(lines) + rest + ("" if "updated:" in rest else "updated: 2026-01-05\n")


def figure(name: str = "paid", **fields: str | None) -> str:
    """One figure as YAML, with its amount as quote, a total with a scope; None omits a field."""
    given = FIGURE | fields
    if given["amount"] is not None and "wording" not in fields:
        words = "/".join(filter(None, (given["amount"], given.get("per"))))
        fitting = (quote for quote in (words, given["amount"]) if len(quote) <= QUOTE_LIMIT)
        given.setdefault("quote", next(fitting, None))
    if given["measure"] in ("annual_total", "programme_total", "count"):
        given.setdefault("scope", "city")
    merged = {key: value for key, value in given.items() if value is not None}
    return f"  {name}:\n" + "".join(f"    {key}: {value}\n" for key, value in merged.items())


def read(text: str, slug: str = "haishu") -> tuple[Case | None, list[Problem]]:
    """The case and the problems of a record given as text."""
    return read_case(text.encode(), f"data/cases/{slug}.yaml", tiny_lists())


def case_of(text: str, slug: str = "haishu") -> Case:
    """The case of a record that must be sound."""
    case, problems = read(text, slug)
    assert case is not None, problems
    return case


def dataset_of(*texts: str) -> Dataset:
    """A data set of sound records, named case-1, case-2 and so on."""
    cases = [case_of(text, f"case-{number}") for number, text in enumerate(texts, 1)]
    lists = tiny_lists()
    return Dataset(
        cases=order_cases(cases),
        vocabulary=lists.vocabulary,
        regions=lists.regions,
        sources=lists.sources,
    )


def written(words: str, lang: Lang = "zh", path: str = "x.md", at: Position = START) -> WrittenText:
    """A text that begins at a place in a file."""
    return WrittenText(words=words, lang=lang, path=path, at=at)


def shown(problems: list[Problem]) -> list[str]:
    """Problems as `line:column CODE`, sorted."""
    return [f"{p.at.line}:{p.at.column} {p.code}" for p in sorted(problems)]


def export_dataset(dataset: Dataset) -> tuple[DataFile, ...]:
    """Every file of open data, for the whole site and for each case."""
    cases = write_cases(dataset)
    offers = list_offers(dataset)
    files = [DataFile(f"data/{offer.name}", b"".join(cases.write(offer))) for offer in offers]
    return (*files, *(file for case in dataset.cases for file in export_case(case, dataset)))


def check_rules(dataset: Dataset) -> list[Problem]:
    """The problems that the rules find in a data set, in no particular order."""
    problems = [problem for rule in RULES for problem in rule(dataset)]
    return problems + [one for case in dataset.cases for one in check_case(case, dataset)]
