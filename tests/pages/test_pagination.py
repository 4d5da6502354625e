"""Long lists are cut into pages that link to each other; each entry is on exactly one page."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from records import case_of, figure, record, tiny_lists

from casebook.pages.case_pages import list_tiles, make_index
from casebook.pages.compare import make_compare, make_timeline
from casebook.pages.home import list_comparables, make_home
from casebook.pages.long_lists import MOST_LISTED, address_part, cut_list
from casebook.pages.page import Page, Site
from casebook.record.dataset import MOST_NAMED, Dataset, order_cases
from casebook.text import Text

EVENTS = """events:
  - date: 2013
    title: 开始购买
    source: evening-2015-03-02
"""


@cache
def many_cases(count: int) -> Dataset:
    """`count` equal cases, half of them in another province."""
    one = case_of(record(figure(), rest=EVENTS))
    cases = [
        replace(
            one,
            slug=f"case-{number:04}",
            region="330203" if number < count // 2 else "440100",
            figures={
                name: replace(known, case=f"case-{number:04}")
                for name, known in one.figures.items()
            },
        )
        for number in range(count)
    ]
    lists = tiny_lists()
    return Dataset(
        cases=order_cases(cases),
        vocabulary=lists.vocabulary,
        regions=lists.regions,
        sources=lists.sources,
    )


def site_of(dataset: Dataset) -> Site:
    return Site(
        dataset=dataset,
        charts={},
        prose={},
    )


def in_chinese(pages: list[Page]) -> list[Page]:
    return [page for page in pages if page.lang == "zh"]


@pytest.mark.parametrize(
    ("length", "sizes"),
    [
        pytest.param(0, [0], id="an empty list"),
        pytest.param(1, [1], id="one entry"),
        pytest.param(200, [200], id="one full page"),
        pytest.param(201, [200, 1], id="one entry more"),
        pytest.param(600, [200, 200, 200], id="three full pages"),
    ],
)
def test_a_list_is_cut_into_parts_of_at_most_two_hundred(length: int, sizes: list[int]) -> None:
    parts = cut_list(range(length))

    assert [len(part.entries) for part in parts] == sizes
    assert [entry for part in parts for entry in part.entries] == list(range(length))
    assert [part.number for part in parts] == list(range(1, len(sizes) + 1))
    assert parts[-1].last == length


def test_the_first_part_stands_at_the_address_of_the_list() -> None:
    assert address_part("cases/", 1) == "cases/"
    assert address_part("cases/", 3) == "cases/page/3/"


def test_the_index_of_cases_has_a_page_for_every_two_hundred() -> None:
    pages = in_chinese(list(make_index(site_of(many_cases(401)))))
    slugs = [
        link.slug
        for page in pages
        for _, links in page.show()["groups"]  # type: ignore[attr-defined]
        for link in links
    ]

    assert [page.url for page in pages] == ["cases/", "cases/page/2/", "cases/page/3/"]
    assert [page.title.zh for page in pages] == ["案例", "案例（第2页）", "案例（第3页）"]
    assert [page.indexed for page in pages] == [True, False, False]
    assert slugs == [case.slug for case in many_cases(401).cases]


def test_a_short_index_has_one_page() -> None:
    pages = in_chinese(list(make_index(site_of(many_cases(3)))))

    assert [page.url for page in pages] == ["cases/"]


def test_a_tile_leads_to_the_page_on_which_its_cases_begin() -> None:
    tiles = {region.code: start for region, _, start in list_tiles(many_cases(802))}

    assert tiles["330000"] == "cases/#region-330000"
    assert tiles["440000"] == "cases/page/3/#region-440000"


def test_the_timeline_keeps_its_lanes_on_every_page() -> None:
    pages = in_chinese(list(make_timeline(site_of(many_cases(401)))))
    lengths = [len(page.show()["dated"]) for page in pages]  # type: ignore[arg-type]

    assert [page.url for page in pages][:2] == ["timeline/", "timeline/page/2/"]
    assert sum(lengths) == sum(entry.lane == "dated" for entry in many_cases(401).timeline)
    assert max(lengths) <= MOST_LISTED


def test_a_comparison_keeps_its_headings_on_every_page() -> None:
    pages = [
        page
        for page in in_chinese(list(make_compare(site_of(many_cases(401)))))
        if page.show()["order"] == "class"
    ]
    rows = [
        (table, group.name.zh, row.link.slug)
        for page in pages
        for table, groups in page.show()["tables"].items()  # type: ignore[attr-defined]
        for group in groups
        for row in group.rows
    ]

    assert [page.url for page in pages] == ["compare/", "compare/page/2/", "compare/page/3/"]
    assert len(rows) == len(set(rows)) == 401
    assert len({(table, name) for table, name, _ in rows}) == 1


def test_home_shows_a_part_of_many_cases_and_says_how_many_there_are() -> None:
    page = next(iter(make_home(site_of(many_cases(401)))))
    shown = dict(block for _, blocks in page.show()["sections"] for block in blocks)  # type: ignore[attr-defined]

    provinces, listed, total = shown["overview"]
    assert sum(len(rows) for _, rows in provinces) == 200
    assert (listed, total) == (200, 401)
    assert shown["cases"]["links"] == ()
    assert [(region.short.zh, count, at) for region, count, at in shown["cases"]["provinces"]] == [
        ("浙江", 200, "cases/#region-330000"),
        ("广东", 201, "cases/page/2/#region-440000"),
    ]


def test_home_links_to_each_of_a_few_cases() -> None:
    few, more = (
        dict(
            block
            for _, blocks in next(iter(make_home(site_of(many_cases(count))))).show()["sections"]  # type: ignore[attr-defined]
            for block in blocks
        )["cases"]
        for count in (40, 41)
    )

    assert (len(few["links"]), few["provinces"]) == (40, ())
    assert (more["links"], len(more["provinces"])) == ((), 2)


@pytest.mark.parametrize(("count", "expected"), [(20, []), (21, ["浙江", "广东"])])
def test_a_long_page_leads_to_where_its_parts_begin(count: int, expected: list[str]) -> None:
    context = next(iter(make_index(site_of(many_cases(count))))).show()

    assert [name.zh for _, name in context["targets"]] == expected  # type: ignore[attr-defined]


def test_each_part_of_a_list_leads_to_all_of_it() -> None:
    parts = in_chinese(list(make_index(site_of(many_cases(401)))))
    reached = [[at for at, _ in page.show()["targets"]] for page in parts]  # type: ignore[attr-defined]
    near, far = "#region-330000", "#region-440000"

    assert reached == [
        [near, f"site:/cases/page/2/{far}"],
        [f"site:/cases/{near}", far],
        [f"site:/cases/{near}", f"site:/cases/page/2/{far}"],
    ]


def test_the_index_is_a_table_where_the_cases_fit_on_one_page_and_else_a_list() -> None:
    few, many = (next(iter(make_index(site_of(many_cases(count))))).show() for count in (200, 201))

    assert few["overview"][1:] == (200, 200)  # type: ignore[index]
    assert many["overview"] is None
    assert sum(len(links) for _, links in many["groups"]) == 200  # type: ignore[attr-defined]


def test_many_places_are_named_in_part_and_counted_in_full() -> None:
    few = many_cases(401)
    region = few.regions["330000"]
    regions = {f"{n}": replace(region, code=f"{n}", short=Text(f"省{n}")) for n in range(401)}
    named = replace(few, regions=regions).name_places(dict.fromkeys(regions, 1))

    assert named.zh.count("、") == MOST_NAMED - 1
    assert named.zh.endswith("等401个地方")
    assert named.en.endswith("; and 361 more")


def test_a_place_with_several_cases_is_named_once() -> None:
    dataset = many_cases(5)

    assert dataset.name_places(dataset.cases_in).zh == "宁波海曙（2例）、广州（3例）"
    assert dataset.label(dataset.cases[0]).zh == "宁波海曙（读书会由谁来办）"
    assert many_cases(2).label(many_cases(2).cases[0]).zh == "宁波海曙"


def test_figures_of_one_class_are_listed_in_part_and_counted_in_full() -> None:
    found = list_comparables(many_cases(401))

    assert [(len(group["figures"]), group["more"]) for group in found] == [(12, 389)]
