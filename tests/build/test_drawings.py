"""A chart is drawn once for its content, and again if its code or its words change."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from chart_data import case, dataset, figure

from casebook.build import drawings
from casebook.build.cache import Cache, open_cache
from casebook.build.drawings import draw_charts, draw_pictures, tabulate_charts, warn_of_letters
from casebook.build.theme import CHART_ROLES, read_colours
from casebook.charts.chart import ChartTable, Drawn
from casebook.charts.standalone import Pictures
from casebook.messages import read_catalogue
from casebook.record.dataset import Dataset
from casebook.record.settings import Settings
from casebook.text import Lang

PROJECT = Path(__file__).parents[2]
COLOURS = dict.fromkeys(CHART_ROLES, "#123456") | {"paper": "#ffffff", "ink": "#000000"}


def data(summary: str = "摘要", amount: str = "约2万元") -> Dataset:
    made = case([figure("1万元", "2010", "a"), figure(amount, "2011", "b")])
    return dataset(replace(made, summary=replace(made.summary, zh=summary)))


def draw_files(records: Dataset) -> dict[tuple[str, Lang], Pictures]:
    tables, _ = tabulate_charts(records)
    return draw_pictures(tables, records, Cache(None), COLOURS)


def draw_all(records: Dataset, folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Draw all charts with the cache of a folder and return the names of those drawn anew."""
    drawn: list[str] = []
    draw_chart = drawings.draw_chart

    def draw(table: ChartTable) -> Drawn:
        drawn.append(table.name)
        return draw_chart(table)

    def draw_files(table: ChartTable, *_: object) -> Pictures:
        drawn.append(table.name)
        return Pictures(svg=b"<svg/>")

    with monkeypatch.context() as patch, open_cache(folder) as cache:
        patch.setattr(drawings, "draw_chart", draw)
        patch.setattr(drawings, "draw_standalone", draw_files)
        tables, _ = tabulate_charts(records)
        charts = draw_charts(tables, cache)
        pictures = draw_pictures(tables, records, cache, COLOURS)
    assert set(charts) == set(pictures) == {(table.name, table.lang) for table in tables}
    return drawn


def test_what_was_drawn_is_taken_from_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *others = (
        draw_all(records, tmp_path, monkeypatch)
        for records in (data(), data(), data(summary="改过"))
    )

    assert first.count("one-series") == 4
    assert others == [[], []]


def test_a_corrected_amount_draws_what_shows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw_all(data(), tmp_path, monkeypatch)

    again = draw_all(data(amount="约3万元"), tmp_path, monkeypatch)

    assert set(again) == {"one-series", "money"}


def test_a_better_word_of_a_chart_draws_it_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = drawings.digest_code()
    drawings.digest_code.cache_clear()
    monkeypatch.setitem(read_catalogue()["charts.bars.apart"], "zh", "另立")
    changed = drawings.digest_code()
    drawings.digest_code.cache_clear()

    assert changed != before


def test_pictures_have_the_colours_of_the_light_scheme() -> None:
    own = Settings(colours=(("accent", "#005a9c", "#7fb7e6"),))

    assert read_colours(PROJECT, own)["paper"] == "#faf6ee"
    assert read_colours(PROJECT, own)["accent"] == "#005a9c"


def test_a_character_that_pngs_lack_is_named_with_its_field(tmp_path: Path) -> None:
    figures = [figure("1万元", "2010", "a", label="名字😀"), figure("2万元", "2011", "b")]
    records = dataset(case(figures))

    pictures = draw_files(records)
    problems = warn_of_letters(pictures.values(), records)

    assert [(p.path, p.code, p.severity) for p in problems] == [
        ("data/cases/one.yaml", "W310", "warning")
    ]
    # A console of Chinese Windows cannot show the character itself.
    assert problems[0].message("zh").startswith("figures.a.label 里的字符“U+1F600”")
    assert "😀" in pictures["one-series", "zh"].svg.decode("utf-8")


def test_an_ordinary_text_causes_no_warning() -> None:
    records = data()

    pictures = draw_files(records)

    assert warn_of_letters(pictures.values(), records) == []


def test_of_very_many_charts_only_those_of_all_cases_have_files() -> None:
    figures = [figure("1万元", "2010", "a"), figure("约2万元", "2011", "b")]
    few, many = (
        dataset(
            *(
                case([replace(f, case=f"case-{n}") for f in figures], slug=f"case-{n}")
                for n in range(count)
            )
        )
        for count in (2, 201)
    )

    offered = [{t.name for t in tabulate_charts(data)[0] if t.offered} for data in (few, many)]

    assert offered[0] == {"disclosure", "money", "case-0-series", "case-1-series"}
    assert all("series" not in name for name in offered[1])
