"""Every kind of chart with awkward data on one page to look at, which is never published.

python tests/chart_gallery.py FOLDER
"""

from __future__ import annotations

import html
import sys
from dataclasses import replace
from pathlib import Path

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).parent)]

from chart_data import case, dataset, event, figure

from casebook.charts import draw_chart, find_charts, tabulate_chart
from casebook.record.dataset import Dataset
from casebook.record.model import Answer, Case, Conflict, Figure
from casebook.text import Lang, Text
from casebook.values.dates import parse_period

PROJECT = Path(__file__).resolve().parents[1]
LONG = "极长的指标名称一直写到换行还没有写完"


def _answers(*modes: str) -> dict[str, Answer]:
    return {
        "purchaser": Answer(question="purchaser", state="stated", text=Text("某局", "A bureau")),
        "mode": Answer(question="mode", state="stated" if modes else "not_stated", terms=modes),
        "provider_type": Answer(
            question="provider_type", state="stated", terms=("agency", "company")
        ),
        "amount": Answer(question="amount", state="partial"),
    }


def _many(count: int) -> list[Figure]:
    return [figure(f"{n * 37}万元", str(1970 + n), f"f{n}") for n in range(1, count + 1)]


def _case_of_all_marks() -> Case:
    figures = [
        figure("1万元", "2001", "a"),
        figure("约2万元", "2002", "b"),
        figure("超过2万元", "2003", "c"),
        figure("不少于2万元", "2004", "d"),
        figure("不超过2万元", "2005", "e"),
        figure("1万元至2万元", "2006", "f"),
        figure("3万元", "2003", "h"),
        figure("0元", "2008", "zero"),
        figure("将突破4万元", "2009?", "g", status="planned"),
        figure("计划不超过3万元", "2009?", "planned_cap", status="planned"),
        figure("800元至1000元", "2006", "pay", measure="unit_price", per=("post",)),
        figure("约700元至900元", "2007", "pay_2", measure="unit_price", per=("post",)),
        figure("20万元至30万元", "2007", "tender", measure="unit_price", per=("year",)),
        figure("20万元", "2007", "cap", measure="payout_cap"),
        figure("3731万元", "2008", "mixed", measure="programme_total"),
        figure("6万元", "2007", "whole", measure="unit_price", per=("post", "year")),
        figure(
            "一万元左右", "2007", "p", measure="unit_price", per=("post", "year"), part_of="whole"
        ),
        figure("80%", "2007", "share", measure="share", part_of="whole"),
        figure(
            "7.2万元", "2008", "next", measure="unit_price", per=("post", "year"), follows="whole"
        ),
        figure("17项", "2010", "items", measure="count"),
        figure("130余项", "2011", "more_items", measure="count"),
        figure("逾百人", "[..2012-12-07]", "people", measure="count"),
    ]
    made = case(figures, [event("2001"), event("2009/.."), event("[..2012-12-07]")])
    conflict = Conflict(about=Text("2003年"), note=Text("注"), figures=("c", "h"))
    return replace(made, conflicts=(conflict,), answers=_answers("tender"))


def awkward() -> dict[str, Dataset]:
    """Data sets that are difficult for charts, by their difficulty."""
    hostile = "$5 and $\\bad$ %^_ <b>&amp;</b> ]]> {{ 7*7 }} 😀 "
    long_names = [
        figure("1万元", "2010", "a", label=LONG * 10),
        figure("约2万元", "2011", "b", label="Donaudampfschifffahrtsgesellschaft" * 4),
        figure("不少于12345678.9012万元", "2012", "c"),
    ]
    years = [
        event("1949-10-01"),
        event("1960/1965"),
        event("1998"),
        event("2012~", status="planned"),
        event("2012-12-07"),
        event("2012?"),
        event("2020/.."),
        event("[..2024]", LONG * 4),
    ]
    return {
        "nothing": dataset(),
        "a case without figures": dataset(case()),
        "one figure": dataset(case([figure()])),
        "two figures": dataset(case(_many(2))),
        "fifty figures": dataset(case(_many(50))),
        "thirty figures": dataset(case(_many(30))),
        "every mark": dataset(_case_of_all_marks()),
        "ten orders of magnitude": dataset(
            case([figure(f"{10**n}元", str(2000 + n), f"f{n}") for n in range(11)])
        ),
        "long names": dataset(
            case(long_names),
            place="名字特别特别长的一个地方",
            place_en="A place with a very long name indeed, Somewhere",
        ),
        "parts and a successor": dataset(
            case(
                [
                    figure("9.9999万元", id="w"),
                    figure("9.9998万元", id="p", part_of="w", label="几乎全部" * 20),
                    figure("10.5万元", id="n", follows="w"),
                ],
                [event("2009/.."), event("[..2012-12-07]"), event("1960", "很长的事" * 40)],
            ),
            case(slug="two", events=[event("2012-12-07"), event("2012?", status="planned")]),
        ),
        "hostile text": dataset(
            case([figure("1万元", "2010", "a", label=hostile), figure("2万元", "2011", "b")]),
            place="$x_1$<&>",
            place_en="$x_1$<&>",
        ),
        "many years": dataset(
            case(events=years, answers=_answers("tender", "posts")),
            case(
                slug="two", events=[replace(event("1985", case="two"), date=parse_period("1985~"))]
            ),
            case(slug="three", answers=_answers()),
        ),
    }


def write_gallery(folder: Path) -> dict[str, list[str]]:
    """Write the gallery and return the names of the charts of each data set."""
    styles = PROJECT / "theme/static/css"
    names = ["tokens.css", "base.css", "chart.css"]
    css = "\n".join((styles / name).read_text("utf-8") for name in names)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "gallery.css").write_text(css, "utf-8")
    shown: dict[str, list[str]] = {}
    for lang in ("zh", "en"):
        parts = []
        for title, data in awkward().items():
            drawn = [_draw(selected, data, lang) for selected in find_charts(data)]
            shown[title] = [name for name, _ in drawn]
            parts.append(f"<h2>{html.escape(title)}</h2>" + "".join(part for _, part in drawn))
        head = (
            '<!doctype html><meta charset="utf-8"><title>Gallery</title>'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
            'style-src \'self\'"><link rel="stylesheet" href="gallery.css">'
        )
        page = f'{head}<body class="embed">{"".join(parts)}'
        (folder / f"{lang}.html").write_text(page, "utf-8")
    return shown


def _draw(selected: object, data: Dataset, lang: Lang) -> tuple[str, str]:
    drawn = draw_chart(tabulate_chart(selected, data, lang))  # type: ignore[arg-type]
    panels = "".join(
        f'<p class="chart__panel-title">{html.escape(panel.title)}</p>'
        f'<div class="chart__wide">{panel.wide}</div>'
        f'<div class="chart__narrow">{panel.narrow}</div>'
        for panel in drawn.panels
    )
    legend = "".join(
        f'<li class="chart__legend-item">{item.swatch}<span>{item.words}</span></li>'
        for item in drawn.legend
    )
    return drawn.name, (
        f'<figure class="chart"><h3 class="chart__finding">{html.escape(drawn.finding)}</h3>'
        f'<p class="chart__subtitle">{html.escape(drawn.subtitle)}</p>'
        f'<div class="chart__panels">{panels}</div><ul class="chart__legend">{legend}</ul>'
        f'<p class="chart__note">{html.escape(drawn.description)}</p></figure>'
    )


if __name__ == "__main__":
    write_gallery(Path(sys.argv[1]))
