"""The page of a figure: small, whole, and the place that every link to the figure leads to."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from records import dataset_of, figure, record, tiny_dataset
from test_pages import site_of

from casebook.pages.case_pages import find_uses, make_figures
from casebook.pages.page import Page, Use
from casebook.pages.rows import link_case

# Pages of figures that sources do not agree about hold the rival figures too.
LARGEST = 12_000
USUAL = 9_000


def shown_of(pages: list[Page], key: str) -> Mapping[str, Any]:
    return next(page for page in pages if page.url == f"figures/{key}/").show()


def test_every_figure_has_a_page_in_both_languages(built_site: Path) -> None:
    with (built_site / "data" / "figures.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))

    assert len(rows) > 40
    for row in rows:
        key = f"{row['case']}.{row['figure']}"
        page = (built_site / "figures" / key / "index.html").read_text(encoding="utf-8")
        english = (built_site / "en" / "figures" / key / "index.html").read_text(encoding="utf-8")
        words = re.sub(r"<[^>]+>", "", page)
        assert row["amount"] in words
        assert row["label"] in words
        assert row["quote"] in words
        assert row["amount"] in english


def test_the_page_of_a_figure_is_small(built_site: Path) -> None:
    sizes = sorted(
        path.stat().st_size
        for folder in ("figures", "en/figures")
        for path in (built_site / folder).glob("*/index.html")
    )

    assert sizes[len(sizes) // 2] < USUAL
    assert sizes[-1] < LARGEST


def test_every_link_to_a_figure_leads_to_its_page(built_site: Path) -> None:
    for page in built_site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        for target in re.findall(r'<a class="figure" href="([^"]+)"', text):
            assert (page.parent / target / "index.html").is_file(), (page, target)


def test_a_page_names_the_figures_that_it_may_be_compared_with_and_no_other() -> None:
    dataset = dataset_of(
        record(
            figure(),
            figure("later", period="2014"),
            figure("price", measure="unit_price"),
        )
    )
    pages = list(make_figures(dataset.cases[0], site_of(dataset)))

    assert [row.figure.id for row in shown_of(pages, "case-1.paid")["peers"]] == ["later"]
    assert shown_of(pages, "case-1.price")["peers"] == ()


def test_a_page_tells_where_the_figure_is_shown() -> None:
    dataset = tiny_dataset()
    pages = list(make_figures(dataset.by_slug["haishu"], site_of(dataset)))

    assert [use.url for use in shown_of(pages, "haishu.paid_2013")["uses"]] == [
        "cases/haishu/#figure-paid_2013",
        "cases/haishu/#story",
    ]


def test_a_story_of_another_case_is_a_use_of_the_figure() -> None:
    told = record(figure(), rest="story: |\n  甲地花了{{case-1.paid}}。\n")
    dataset = dataset_of(record(figure()), told)
    name = link_case(dataset.by_slug["case-2"], dataset).name

    assert find_uses(dataset, (), ()) == {"case-1.paid": (Use("cases/case-2/#story", name),)}
