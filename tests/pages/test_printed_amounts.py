"""Amounts on pages keep every word of the source and mark the editor's readings."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from conftest import TEN_CASES
from records import dataset_of, figure, record

from casebook.build.reading import read_dataset
from casebook.checks.known_numbers import KnownNumbers
from casebook.checks.text_claims import check_passage
from casebook.pages.markdown import Renderer
from casebook.pages.rows import quantity_html, word_date, word_figure
from casebook.pages.search import index_case
from casebook.pages.sharing import describe_figure
from casebook.problems import START
from casebook.record.dataset import Dataset
from casebook.record.description import WrittenText
from casebook.record.model import Case
from casebook.record.references import REFERENCE, SITE, split_key
from casebook.text import LANGS, Lang, Text
from casebook.values.amounts import parse_quantity
from casebook.values.quantity import in_english, with_reading, word_quantity
from casebook.values.words import Qualifier


@cache
def real_dataset() -> Dataset:
    dataset, problems = read_dataset(TEN_CASES)
    assert not problems
    return dataset


def expand(text: str, lang: Lang, home: Case | None) -> str:
    """A text in which references to figures are replaced by the amounts that pages print."""

    def word(written: str, owner: str, name: str) -> str:
        if owner == SITE:
            return written
        figure = real_dataset().find_figure(owner, name, home)
        assert figure is not None
        if lang == "en":
            return in_english(figure.quantity, marks_plan=False)
        return word_quantity(figure.quantity).zh

    return REFERENCE.sub(lambda found: word(found[0], *split_key(found[1].strip())), text)


def texts() -> list[tuple[str, str, Lang, Case | None]]:
    found = [
        (f"{case.slug} {part} {lang}", words.inside(lang), lang, case)
        for case in real_dataset().cases
        for part, words in (("summary", case.summary), ("story", case.story))
        for lang in LANGS
    ]
    for path in sorted((TEN_CASES / "content").rglob("*.md")):
        lang: Lang = "en" if path.name.endswith(".en.md") else "zh"
        found.append((path.name, path.read_text(encoding="utf-8"), lang, None))
    return found


@pytest.mark.parametrize(
    ("text", "lang", "home"), [pytest.param(*rest, id=name) for name, *rest in texts()]
)
def test_a_text_as_it_is_printed_claims_nothing_that_the_records_do_not_hold(
    text: str, lang: Lang, home: Case | None
) -> None:
    printed = expand(text, lang, home)
    written = WrittenText(words=printed, lang=lang, path="text.md", at=START, has_head=home is None)
    found = check_passage((written,), KnownNumbers(home, real_dataset()))

    assert [f"{one.code} {one.message('en')}" for one in found] == []


@pytest.mark.parametrize(
    ("amount", "reading", "zh", "en"),
    [
        pytest.param("5类", "at_least", "至少5类", "at least 5", id="at least"),
        pytest.param("10万元", "at_most", "至多10万元", "up to 100,000 yuan", id="at most"),
        pytest.param(
            "也达20万元", "at_most", "至多20万元", "up to 200,000 yuan", id="至多 replaces 达"
        ),
        pytest.param(
            "每年560万元", "approx", "每年约560万元", "about 5.6 million yuan a year", id="每年"
        ),
        pytest.param(
            "超过5000万元", None, "超过5000万元", "more than 50 million yuan", id="printed"
        ),
    ],
)
def test_a_qualifier_that_is_read_is_printed_in_both_languages(
    amount: str, reading: Qualifier | None, zh: str, en: str
) -> None:
    words = word_quantity(with_reading(parse_quantity(amount), reading))

    assert (words.zh, words.en) == (zh, en)


def test_a_reading_is_marked_and_a_printed_qualifier_is_not() -> None:
    read, printed = with_reading(parse_quantity("5类"), "at_least"), parse_quantity("至少5类")

    assert '<span class="amount__reading" title="编者的读法">至少</span>' in quantity_html(
        read, "zh"
    )
    assert '<span class="amount__reading" title="the editor&#39;s reading">at least</span> 5' in (
        quantity_html(read, "en")
    )
    assert "amount__reading" not in quantity_html(printed, "zh")
    assert "amount__reading" not in quantity_html(printed, "en")


def test_a_plan_differs_from_a_fact_in_english_only_by_its_word() -> None:
    plan, fact = parse_quantity("每年将出资560万元"), parse_quantity("每年出资560万元")

    assert word_quantity(plan).en == "5.6 million yuan a year (planned)"
    assert word_quantity(fact).en == "5.6 million yuan a year"


@pytest.mark.parametrize(
    ("label", "fields", "zh", "en"),
    [
        pytest.param("投入", {"period": "2010"}, "2010年", "2010", id="not in the label"),
        pytest.param("2010年的投入", {"period": "2010"}, "", "2010", id="in the Chinese label"),
        pytest.param(
            "2010年为2011年安排的数", {"period": "2010"}, "2010年", "2010", id="among other years"
        ),
        pytest.param(
            "报酬",
            {"period": '"[..2012-12-07]"', "status": "planned"},
            "未注明日期",
            "no date given",
            id="an undated plan has no deadline",
        ),
        pytest.param(
            "报酬",
            {"period": '"[..2012-12-07]"', "status": "reported"},
            "不晚于2012年12月7日",
            "no later than 7 December 2012",
            id="an undated report has a latest date",
        ),
    ],
)
def test_a_date_beside_a_label_repeats_nothing_and_is_no_deadline(
    label: str, fields: dict[str, str], zh: str, en: str
) -> None:
    (found,) = dataset_of(record(figure(label=label, **fields))).figures.values()

    assert word_date(replace(found, label=Text(label, "Outlay"))) == Text(zh, en)


def test_a_text_says_once_that_an_amount_is_a_plan() -> None:
    plan = figure(amount="每年将出资560万元", status="planned")
    dataset = dataset_of(record(plan))
    (key,) = dataset.figures
    html = str(Renderer("en").render(f"The district is to pay {{{{{key}}}}}.", dataset))

    assert "(planned)" not in html
    assert "5.6 million yuan a year</span>" in html


@pytest.mark.parametrize(
    ("fields", "zh", "en"),
    [
        pytest.param(
            {"amount": "6万元", "measure": "unit_price", "per": "post/year", "note": "每岗位每年"},
            "6万元（每岗位每年）",
            "60,000 yuan per post per year",
            id="per",
        ),
        pytest.param(
            {
                "amount": "800元至1000元",
                "per": "person/month",
                "status": "planned",
                "note": "每人每月",
            },
            "800元至1000元（每人每月，计划）",
            "800 to 1,000 yuan per person per month (planned)",
            id="a plan",
        ),
        pytest.param(
            {"amount": "每年将出资560万元", "status": "planned"},
            "每年将出资560万元",
            "5.6 million yuan a year (planned)",
            id="a plan by its wording is marked once",
        ),
    ],
)
def test_an_amount_by_itself_says_what_it_is_per_and_that_it_is_planned(
    fields: dict[str, str], zh: str, en: str
) -> None:
    dataset = dataset_of(record(figure(**fields)))
    (found,) = dataset.figures.values()
    words = word_figure(found, dataset)
    described = describe_figure(found, "en", dataset)
    passages = index_case(dataset.cases[0], "en", dataset, stories=False).passages

    assert (words.zh, words.en) == (zh, en)
    assert str(described["description"]).startswith(en)
    assert any(passage.words.startswith(en) for passage in passages)
