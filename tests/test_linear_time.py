"""A reader of 50,000 characters takes at most 1.3 times as long per character as for a quarter."""

from __future__ import annotations

import gc
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from conftest import PROJECT, make_tiny_project
from records import tiny_dataset, tiny_lists, written

from casebook.build.reading import read_dataset
from casebook.charts.text_layout import clean, shorten_text, width_px, wrap_text
from casebook.checks.limits import check_markdown
from casebook.checks.links import check_marks
from casebook.checks.numbers_in_text import find_mentions
from casebook.checks.rules import check_case
from casebook.data.import_table import read_table
from casebook.data.workbook import TableProblems
from casebook.pages.markdown import Renderer, mark_chinese, split_slots, typeset
from casebook.pages.search import split_sentences
from casebook.problems import START, WordingError
from casebook.record.dataset import Dataset
from casebook.record.description import FieldDescription, fields_of
from casebook.record.model import Case
from casebook.record.reader import read_case
from casebook.record.references import find_pictures, find_references
from casebook.record.slugs import judge_slug
from casebook.text import DEFAULT_LANGUAGES
from casebook.values.amounts import find_amounts, parse_quantity
from casebook.values.dates import parse_period
from casebook.values.formula import parse_formula
from casebook.values.urls import judge_url
from casebook.yaml.edit import fix_text
from casebook.yaml.encoding import decode
from casebook.yaml.nodes import read_tree

Work = Callable[[str], object]

MIXED = "第7７万 ({[“约2013年、nine 至"
RUNS = {
    "digits": "7",
    "scales": "万",
    "brackets": "[",
    "parentheses": "(",
    "braces": "{",
    "full-width brackets": "（",
    "blanks": " ",
    "full-width digits": "７",
    "ordinals": "第",
    "quotes": '"',
    "apostrophes": "'",
    "Han": "一",
    "Latin": "a",
    "years": "2013年",
    "thousands": "1,",
    "cells": "《,",
    "ranges": "7至",
    "English numerals": "hundred and ",
    "references": "{{",
    "mixed": MIXED,
}
# Runs of characters that have a meaning in Markdown.
MARKS = {
    "emphasis": "*a* ",
    "half emphasis": "**a*",
    "underlines": "_a",
    "ticks": "`",
    "headings": "# a\n",
    "headings apart": "# a\n\n",
    "rules": "***\n",
    "items": "- a\n",
    "paragraphs": "a\n\n",
    "definitions": "a\n: b\n",
    "definitions apart": "a\n: b\n\n",
    "quotations": "> ",
    "tables": "| a | b |\n|---|---|\n\n",
    "code": "    a\n",
    "escapes": "\\*",
    "tags": "<b>",
    "links": "<http://a> ",
}


def measure(work: Work, text: str) -> float:
    started = time.process_time()
    work(text)
    return time.process_time() - started


def growth(work: Work, run: str, small: int) -> float:
    """The ratio of the times for a text four times as long and for the text, each at its quickest.

    Other work of the machine can only lengthen a time, so a time that seems too long is measured
    again.
    """
    texts = [(run * (size // len(run) + 1))[:size] for size in (small, 4 * small)]
    times = [measure(work, text) for text in texts]
    for _ in range(9):
        if times[1] <= 5.2 * times[0]:
            break
        times = [min(best, measure(work, text)) for best, text in zip(times, texts, strict=True)]
    return times[1] / max(times[0], 1e-9)


def find_slow(work: Work, runs: Mapping[str, str] = RUNS, small: int = 12_500) -> dict[str, float]:
    """The runs of characters for which the time grows more than 1.3 times linearly.

    Quadratic time shows at every length, while the caches of a processor fill up only once.
    """
    gc.disable()
    try:
        return {
            name: found
            for name, run in runs.items()
            if (found := growth(work, run, small)) > 5.2
            and (found := growth(work, run, 4 * small)) > 5.2
        }
    finally:
        gc.enable()


def allowing(work: Work, *errors: type[Exception]) -> Work:
    def read(text: str) -> None:
        with suppress(*errors):
            work(text)

    return read


def drawn(text: str) -> None:
    for cached in (width_px, wrap_text, clean):
        cached.cache_clear()
    shorten_text(text, 300, 14)
    wrap_text(clean(text), 300, 14)


def lines_of(text: str) -> str:
    """The text in lines of the length that a story may have."""
    return "\n".join(text[start : start + 4_900] for start in range(0, len(text), 4_900))


def printed(lang: Any) -> Work:
    renderer = Renderer(lang)

    def render(text: str) -> None:
        # A text may not be longer.
        text = lines_of(text[:50_000]) if "\n" not in text else text[:50_000]
        if not any(check_markdown(written(text))):
            split_slots(renderer.render(text, tiny_dataset()))

    return render


def in_yaml(before: str, after: str = "\n") -> Work:
    return lambda text: read_tree((before + text + after).encode(), "x.yaml")


READERS: dict[str, Work] = {
    "an amount": allowing(parse_quantity, WordingError),
    "amounts in a quote": lambda text: list(find_amounts(text)),
    "a date": allowing(parse_period, WordingError),
    "a formula": allowing(parse_formula, WordingError),
    "an address": lambda text: judge_url(f"https://example.org/{text}"),
    "a host": lambda text: judge_url(f"https://{text}"),
    "a slug": judge_slug,
    "numbers in a text": find_mentions,
    "references": lambda text: list(find_references(text, START)),
    "pictures": lambda text: list(find_pictures(text, START)),
    "links": lambda text: list(check_marks(written(text))),
    "sentences": split_sentences,
    "quotation marks": typeset,
    "Chinese in English": mark_chinese.__wrapped__,
    "a label of a chart": drawn,
    "bytes": lambda text: decode(text.encode(), "x.yaml"),
    "bytes of another encoding": lambda text: decode(text.encode("gbk", "replace"), "x.yaml"),
    "YAML": in_yaml(""),
    "YAML behind a name": in_yaml("title: "),
    "YAML in quotes": in_yaml('title: "', '"\ntopic: reading\n'),
    "YAML in a list": in_yaml("mode:\n  - "),
    "YAML in a block": in_yaml("story: |\n  "),
    "slips of notation": lambda text: fix_text(f"title: {text}\n".encode(), "x.yaml"),
    "a table": lambda text: read_table(text.encode(), TableProblems("t.csv")),
    "the head of a table": lambda text: read_table(
        f"case,{text}\na,1\n".encode(), TableProblems("t.csv")
    ),
    "a cell of a table": lambda text: read_table(
        f"case,figure,amount\na,b,{text}\n".encode(), TableProblems("t.csv")
    ),
}


def test_every_pattern_takes_linear_time() -> None:
    # Patterns that are already compiled are not noted again, so this needs a new Python process.
    script = [sys.executable, str(PROJECT / "tests" / "pattern_growth.py"), "1000", "40"]
    done = subprocess.run(script, capture_output=True, text=True, check=False)

    assert json.loads(done.stdout or "0") == {"": []}, done.stderr


@pytest.mark.parametrize("reader", READERS)
def test_every_reader_takes_linear_time(reader: str) -> None:
    assert find_slow(READERS[reader]) == {}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_markdown_takes_linear_time_within_its_limits(lang: str) -> None:
    assert find_slow(printed(lang), RUNS | MARKS) == {}


# --- The fields of a record -----------------------------------------------------------------

# The value of a field by its kind, if its example does not fit.
SAMPLES = {
    "region": "330203",
    "amount": "120万元",
    "quote": "120万元",
    "period": "2013",
    "day": "2016-01-01",
    "iso_day": "2016-01-01",
    "source": "evening-2015-03-02",
    "number": "3",
    "flag": "yes",
    "figure_names": ["paid"],
    "file": "a.pdf",
    "picture": "a.jpg",
    "names": ["old-name"],
}
LEFT_OUT = ("figure_name", "formula", "gone_figure", "per", "text")
# The name of the only record in mappings of named records.
NAMED = {"figures": "paid", "answers": "purchaser"}
# A case without a main source has no answers elsewhere, and none of its figures is withdrawn.
NOT_WRITTEN = ("corroborated_by", "elsewhere")

Place = tuple[str | int, ...]


def list_fields(
    fields: tuple[FieldDescription, ...] = fields_of(Case), under: Place = ()
) -> Iterator[tuple[Place, FieldDescription]]:
    for one in fields:
        if one.holds_records:
            yield from list_fields(one.inner, (*under, one.name, NAMED.get(one.name, 0)))
        else:
            for name in one.names(DEFAULT_LANGUAGES):
                yield (*under, name), one


def sample_of(one: FieldDescription) -> object:
    if isinstance(one.words, str) and one.words:
        return next(iter(getattr(tiny_lists().vocabulary, one.words)))
    example = getattr(one.example, "zh", one.example)
    return one.words[0] if one.words else SAMPLES.get(one.kind, example or "海曙")


def write_record(
    fields: tuple[FieldDescription, ...] = fields_of(Case), holder: str = ""
) -> dict[str, Any]:
    written: dict[str, Any] = {}
    for one in fields:
        if one.holds_records and one.name not in NOT_WRITTEN and (holder or one.name != "history"):
            inner = write_record(one.inner, one.name)
            written[one.name] = {NAMED[one.name]: inner} if one.name in NAMED else [inner]
        elif not one.holds_records and one.kind not in LEFT_OUT and one.name != "qualifier":
            written |= dict.fromkeys(one.names(DEFAULT_LANGUAGES), sample_of(one))
    return written


RECORD = write_record()


def put(record: dict[str, Any], place: Place, text: str) -> bytes:
    """The record with a text in one place, and with the fields that the place needs."""
    changed = deepcopy(record)
    inside: Any = changed
    for name in place[:-1]:
        if isinstance(inside, list):
            inside = inside[0]
        else:
            named = isinstance(place[place.index(name) + 1], int)
            inside = inside.setdefault(name, [{}] if named else {})
    inside[place[-1]] = text
    return json.dumps(changed, ensure_ascii=False).encode()


def check(data: bytes) -> list[str]:
    """The codes of the errors of a record and of its texts."""
    lists = tiny_lists()
    case, problems = read_case(data, "data/cases/haishu.yaml", lists)
    if case is not None:
        dataset = Dataset(
            cases=(case,),
            vocabulary=lists.vocabulary,
            regions=lists.regions,
            sources=lists.sources,
        )
        problems += check_case(case, dataset)
    return [one.code for one in problems if one.severity == "error"]


def test_the_record_of_these_tests_is_read_to_its_end() -> None:
    assert check(json.dumps(RECORD, ensure_ascii=False).encode()) == []


FIELDS = {".".join(map(str, place)): (place, one) for place, one in list_fields()}


@pytest.mark.parametrize("name", FIELDS)
def test_every_field_is_read_and_checked_in_linear_time(name: str) -> None:
    place, _ = FIELDS[name]

    # A field has its own limit, beyond which no rule reads it.
    slow = find_slow(lambda text: check(put(RECORD, place, text)), {"mixed": MIXED}, 2_500)
    assert slow == {}


@pytest.mark.parametrize("name", ["story", "story_en"])
def test_a_story_is_checked_in_linear_time(name: str) -> None:
    runs = RUNS if name == "story" else {"mixed": MIXED, "numerals": "a hundred "}
    assert find_slow(lambda text: check(put(RECORD, (name,), text)), runs, 2_500) == {}


MANY = {
    "unknown fields": ("", "field_{n}: x\n"),
    "unknown questions": ("answers:\n", "  question_{n}: x\n"),
    "unknown fields of a figure": ("figures:\n  a:\n", "    field_{n}: x\n"),
    "figures without a value": ("figures:\n", "  f{n}:\n"),
    "figures": (
        "figures:\n",
        "  f{n}: {{label: 甲, amount: {n}元, measure: annual_total, period: 2013, quote: {n}元,"
        " status: reported, source: evening-2015-03-02, scope: city}}\n",
    ),
    "figures of full-width colons": ("figures:\n  a:\n", "    amount：{n}元\n"),
    "events": ("events:\n", "  - {{date: 2013, title: 甲, source: evening-2015-03-02}}\n"),
    "conflicts": ("conflicts:\n", "  - {{about: 甲, figures: [a{n}, b], note: 乙}}\n"),
    "unknown modes": ("answers:\n  mode:\n", "    - mode_{n}\n"),
}


@pytest.mark.parametrize("kind", MANY)
def test_a_record_is_read_in_time_linear_in_its_entries(kind: str, tmp_path: Path) -> None:
    head, entry = MANY[kind]
    make_tiny_project(tmp_path)
    shutil.rmtree(tmp_path / "data/cases")
    (tmp_path / "data/cases").mkdir()

    def read(text: str) -> None:
        entries = "".join(entry.format(n=n) for n in range(1, len(text) + 1))
        (tmp_path / "data/cases/a.yaml").write_text(head + entries, "utf-8")
        dataset, problems = read_dataset(tmp_path)
        assert problems or dataset.summaries

    assert find_slow(read, {kind: "x"}, 500) == {}
