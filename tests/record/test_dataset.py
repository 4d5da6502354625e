"""The results that follow from all cases together."""

from __future__ import annotations

from dataclasses import replace

import pytest
from conftest import TEN_CASES
from records import case_of, dataset_of, figure, record, tiny_dataset

from casebook.problems import Problem
from casebook.record.dataset import Dataset
from casebook.record.lanes import Gap, TimelineItem
from casebook.record.lists import read_lists
from casebook.record.vocabulary import Term
from casebook.text import Text


def event(date: str, source: str = "evening-2015-03-02", status: str = "") -> str:
    line = f"  - {{date: '{date}', title: 一件事, source: {source}"
    return line + (f", status: {status}}}\n" if status else "}\n")


def events(*lines: str) -> str:
    return "events:\n" + "".join(lines)


def dates_in(dataset: Dataset, lane: str = "dated") -> list[str]:
    return [
        f"{entry.first}-{entry.last}"
        if isinstance(entry, Gap)
        else dataset.item_of(entry).event.date.edtf
        for entry in dataset.timeline
        if entry.lane == lane
    ]


def test_an_event_stands_in_the_lane_that_its_date_allows() -> None:
    story = events(event("2013"), event("2012?"), event("[..2015-03-02]"), event("2010/.."))
    dataset = dataset_of(record(rest=story))

    assert dates_in(dataset, "dated") == ["2010/..", "2013"]
    assert dates_in(dataset, "uncertain") == ["2012?"]
    assert dates_in(dataset, "latest_only") == ["[..2015-03-02]"]


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        pytest.param(["1998", "2009"], ["1998", "1999-2008", "2009"], id="ten silent years"),
        pytest.param(["1998", "2004"], ["1998", "1999-2003", "2004"], id="five silent years"),
        pytest.param(["1998", "2003"], ["1998", "2003"], id="four silent years are no gap"),
        pytest.param(["1995/2003", "2009"], ["1995/2003", "2004-2008", "2009"], id="an end counts"),
        pytest.param(
            ["1995", "1996/..", "2009"], ["1995", "1996/..", "1997-2008", "2009"], id="open"
        ),
        pytest.param(["1995", "1995"], ["1995", "1995"], id="same year"),
    ],
)
def test_long_silence_is_named(dates: list[str], expected: list[str]) -> None:
    dataset = dataset_of(record(rest=events(*map(event, dates))))

    assert dates_in(dataset) == expected


def test_a_gap_is_of_the_shared_source_and_counts_what_others_say() -> None:
    shared = record(rest=events(event("1998"), event("2009"), event("2003", "gazette-2016")))
    dataset = dataset_of(shared, record(rest=events(event("2010"))))

    gaps = [item for item in dataset.timeline if isinstance(item, Gap)]

    assert gaps == [Gap(1999, 2008, 1)]


def test_a_source_that_cases_share_is_an_entry_of_its_own() -> None:
    dataset = tiny_dataset()
    items = [dataset.item_of(each) for each in dataset.timeline if not isinstance(each, Gap)]
    marks = {item.event.source: item.marker for item in items if item.case is None}

    assert marks == {"evening-2015-03-02": "publication"}


@pytest.mark.parametrize(
    ("date", "status", "marker"),
    [
        pytest.param("2013", "", "known", id="dated"),
        pytest.param("2013", "planned", "known", id="a plan of a known year"),
        pytest.param("2012?", "planned", "uncertain", id="a plan of an uncertain year"),
        pytest.param("[..2015-03-02]", "", "latest_only", id="no later than"),
    ],
)
def test_the_marker_tells_how_well_a_date_is_known(date: str, status: str, marker: str) -> None:
    case = case_of(record(rest=events(event(date, status=status))))

    item = TimelineItem(case.events[0], case)

    assert (item.marker, item.is_planned) == (marker, status == "planned")


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        pytest.param({}, "stated", id="a yearly total is an amount"),
        pytest.param({"measure": "programme_total"}, "partial", id="a mixed programme is part"),
        pytest.param({"measure": "payout_cap"}, "not_stated", id="a cap is no expense"),
        pytest.param({"measure": "count", "amount": "300项"}, "not_stated", id="a count is none"),
    ],
)
def test_whether_a_case_has_an_amount_follows_from_its_measures(
    fields: dict[str, str], state: str
) -> None:
    dataset = dataset_of(record(figure(**fields)))

    assert dataset.answer(dataset.cases[0], "amount").state == state


@pytest.mark.parametrize(
    ("period", "state", "years"),
    [
        pytest.param("2013", "stated", "2013", id="a year"),
        pytest.param("2012?", "partial", "2012", id="an uncertain year is part"),
        pytest.param("[..2015-03-02]", "not_stated", "", id="a latest date is no year"),
    ],
)
def test_whether_a_case_has_a_year_follows_from_its_periods(
    period: str, state: str, years: str
) -> None:
    dataset = dataset_of(record(figure(period=f"'{period}'")))

    answer = dataset.answer(dataset.cases[0], "year")

    assert (answer.state, answer.text.zh) == (state, years)


def test_a_place_is_named_with_the_region_above_a_county() -> None:
    dataset = tiny_dataset()

    assert dataset.place(dataset.by_slug["haishu"]).zh == "宁波海曙"
    assert dataset.place(dataset.by_slug["haishu"]).en == "Haishu, Ningbo"
    assert dataset.place(dataset.by_slug["guangzhou"]).zh == "广州"


def test_neighbours_follow_the_administrative_order() -> None:
    dataset = tiny_dataset()
    haishu, guangzhou = dataset.cases

    assert dataset.neighbours(haishu) == (None, guangzhou)
    assert dataset.neighbours(guangzhou) == (haishu, None)


# The items of 财预〔2017〕87号, part 5, in its order.
MUST_BE_PUBLISHED = (
    *("购买内容", "购买方式", "承接主体", "合同金额"),
    *("分年财政资金安排", "合同期限", "绩效评价"),
)


def test_every_question_asks_for_an_item_that_must_be_published() -> None:
    problems: list[Problem] = []
    vocabulary = read_lists(TEN_CASES, problems).vocabulary
    names = tuple(item.name.zh for item in vocabulary.disclosure_items.values())
    asked = {item for question in vocabulary.questions.values() for item in question.items}

    assert problems == []
    assert names == MUST_BE_PUBLISHED
    assert asked == set(vocabulary.disclosure_items)
    assert all(question.items for question in vocabulary.questions.values())


REPORT = "[{source: gazette-2016, says: 同样。, quote: 120万元}]"
ANOTHER = "[{source: gazette-2016, says: 说的是另一处。, confirms: no}]"
DISPUTE = "conflicts:\n  - about: 金额\n    figures: [paid, said]\n    note: 并列。\n"


@pytest.mark.parametrize(
    ("fields", "second", "rest", "primary", "expected"),
    [
        pytest.param({}, None, "", "", "single", id="one report"),
        pytest.param(
            {"corroborated_by": REPORT}, None, "", "", "corroborated", id="another report"
        ),
        pytest.param({"corroborated_by": ANOTHER}, None, "", "", "single", id="of another thing"),
        pytest.param({}, {"source": "gazette-2016"}, "", "", "corroborated", id="another figure"),
        pytest.param({}, {"amount": "130万元"}, DISPUTE, "", "contradicted", id="a conflict"),
        pytest.param(
            {"corroborated_by": REPORT},
            {"amount": "130万元"},
            DISPUTE,
            "notice",
            "contradicted",
            id="a conflict weighs more",
        ),
        pytest.param({}, None, "", "news_report", "primary", id="in a document"),
        pytest.param(
            {"corroborated_by": REPORT}, None, "", "notice", "primary", id="confirmed by a document"
        ),
        pytest.param(
            {"corroborated_by": ANOTHER}, None, "", "notice", "single", id="a document of another"
        ),
    ],
)
def test_a_figure_is_as_well_supported_as_its_sources(
    fields: dict[str, str], second: dict[str, str] | None, rest: str, primary: str, expected: str
) -> None:
    figures = [figure(**fields)] + ([figure("said", **second)] if second else [])
    dataset = dataset_of(record(*figures, rest=rest))
    kinds = {
        kind: Term(key=kind, name=Text(kind), primary=kind == primary)
        for kind in ("news_report", "notice")
    }
    gazette = replace(dataset.sources["gazette-2016"], kind="notice")
    dataset = replace(
        dataset,
        vocabulary=replace(dataset.vocabulary, source_kinds=kinds),
        sources={**dataset.sources, "gazette-2016": gazette},
    )

    assert dataset.review(dataset.figures["case-1.paid"]) == expected


def test_a_computed_figure_is_no_amount_of_a_source() -> None:
    more = figure(
        "more", amount=None, period=None, status=None, source=None, formula="later - paid"
    )
    dataset = dataset_of(record(figure(), figure("later", amount="150万元", period="2014"), more))
    case = dataset.by_slug["case-1"]

    assert dataset.review(dataset.figures["case-1.more"]) == "computed"
    assert [f.id for f in dataset.money_figures(case)] == ["paid", "later"]
    assert all(
        not dataset.figures[key].formula for keys in dataset.classes.values() for key in keys
    )
