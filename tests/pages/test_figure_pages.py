"""The page of a case's figures holds them all, and links to figures lead to their places."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, cast

from records import dataset_of, figure, record, tiny_dataset
from test_pages import site_of

from casebook.build.render import PageRenderer
from casebook.build.theme import read_theme
from casebook.pages.figure_pages import find_uses, make_figures
from casebook.pages.page import Page, Use
from casebook.pages.rows import link_case

PROJECT = Path(__file__).resolve().parents[2]
# Bytes; a case, and so its page, has at most two hundred figures.
MOST_PER_FIGURE = 6_000


def sheets_of(pages: list[Page]) -> Mapping[str, Any]:
    """The sheet of each figure on the page in the first language, by the figure's id."""
    sheets: Any = pages[0].show()["sheets"]
    return {sheet["row"].figure.id: sheet for sheet in sheets}


def test_every_figure_is_explained_at_its_address_in_both_languages(built_site: Path) -> None:
    with (built_site / "data" / "figures.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))

    assert len(rows) > 40
    for row in rows:
        place = f'<article class="sheet" id="figure-{row["figure"]}">'
        path = Path("figures", row["case"], "index.html")
        page = (built_site / path).read_text(encoding="utf-8")
        english = (built_site / "en" / path).read_text(encoding="utf-8")
        words, said = (one.split(place)[1].split("</article>")[0] for one in (page, english))
        plain = re.sub(r"<[^>]+>", "", words)
        assert row["amount"] in plain
        assert row["label"] in plain
        assert row["quote"] in plain
        assert row["amount"] in said


def test_the_page_of_the_figures_of_a_case_grows_by_little_for_each(built_site: Path) -> None:
    pages = [
        path for path in built_site.glob("figures/*/index.html") if "." not in path.parent.name
    ]

    assert len(pages) == 10
    for path in pages:
        text = path.read_text(encoding="utf-8")
        assert len(text.encode()) < 8_000 + MOST_PER_FIGURE * text.count('class="sheet"'), path


def test_every_link_to_a_figure_leads_to_its_place(built_site: Path) -> None:
    read = cache(lambda path: path.read_text(encoding="utf-8"))
    for page in built_site.rglob("*.html"):
        for target in re.findall(r'<a class="figure" href="([^"]+)"', read(page)):
            folder, _, place = target.partition("#")
            text = read((page.parent / folder / "index.html").resolve())
            assert f'id="{place}"' in text, (page, target)


def test_the_page_of_a_case_leads_to_that_of_its_figures(built_site: Path) -> None:
    page = (built_site / "en/cases/beijing/index.html").read_text(encoding="utf-8")

    assert 'href="../../../en/figures/beijing/"' in page


def test_an_address_that_a_figure_had_leads_to_its_place(built_site: Path) -> None:
    old = built_site / "en" / "figures" / "beijing.paid_2011" / "index.html"
    redirects = (built_site / "_redirects").read_text(encoding="utf-8").splitlines()

    assert 'content="0; url=../../figures/beijing/index.html#figure-paid_2011"' in old.read_text(
        encoding="utf-8"
    )
    assert "/figures/beijing.paid_2011/ /figures/beijing/#figure-paid_2011 301" in redirects


def test_a_figure_that_was_taken_out_says_why_where_it_stood() -> None:
    gone = (
        "history:\n"
        "  - {figure: more, date: 2026-11-22, kind: correction, from: 2元, to: 1元, why: 数错}\n"
        "  - {figure: more, date: 2026-11-23, kind: correction, from: 1元, why: 误录}\n"
    )
    dataset = dataset_of(record(figure(), rest=gone))
    (first, *_) = make_figures(dataset.cases[0], site_of(dataset))

    (changes,) = cast(Any, first.show()["withdrawn"])
    assert [row.change.why.zh for row in changes] == ["数错", "误录"]


def test_a_list_of_figures_tells_which_are_only_planned(built_site: Path) -> None:
    page = (built_site / "en/figures/beijing/index.html").read_text(encoding="utf-8")
    listed = page.split('<ul class="index">')[1].split("</ul>")[0]

    assert re.search(r'#figure-plan_2012">.*\(another report\), planned</span>', listed)


def test_a_figure_that_a_link_leads_to_says_of_which_place_it_is(built_site: Path) -> None:
    page = (built_site / "en/figures/beijing/index.html").read_text(encoding="utf-8")

    sheets = page.split('<article class="sheet"')[1:]
    assert all(">Beijing</a>" in sheet.split("<h2")[0] for sheet in sheets)


def test_a_page_names_the_figures_that_it_may_be_compared_with_and_no_other() -> None:
    dataset = dataset_of(
        record(
            figure(),
            figure("later", period="2014"),
            figure("price", measure="unit_price"),
        )
    )
    pages = list(make_figures(dataset.cases[0], site_of(dataset)))

    assert [row.figure.id for row in sheets_of(pages)["paid"]["peers"]] == ["later"]
    assert sheets_of(pages)["price"]["peers"] == ()


def test_a_figure_of_the_same_class_that_is_only_planned_says_so() -> None:
    dataset = dataset_of(record(figure(), figure("later", period="2014", status="planned")))
    site = replace(site_of(dataset), assets=defaultdict(str))
    (first, *_) = make_figures(dataset.cases[0], site)
    renderer = PageRenderer(read_theme(PROJECT, site.settings), site.languages)
    html = renderer.print_page(first, site).content.decode()

    assert re.search("口径相同的：.*2014年.*，计划</p>", html)


def test_a_page_tells_where_the_figure_is_shown() -> None:
    dataset = tiny_dataset()
    pages = list(make_figures(dataset.by_slug["haishu"], site_of(dataset)))

    assert [use.url for use in sheets_of(pages)["paid_2013"]["uses"]] == [
        "cases/haishu/#figure-paid_2013",
        "cases/haishu/#story",
    ]


def test_a_story_of_another_case_is_a_use_of_the_figure() -> None:
    told = record(figure(), rest="story: |\n  甲地花了{{case-1.paid}}。\n")
    dataset = dataset_of(record(figure()), told)
    name = link_case(dataset.by_slug["case-2"], dataset).name

    assert find_uses(dataset, (), ()) == {"case-1.paid": (Use("cases/case-2/#story", name),)}
