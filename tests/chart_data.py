"""Small data sets for the tests of charts: a builder fills in details that a test is not about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from casebook.charts import find_charts, paint_panel, tabulate_chart
from casebook.charts.canvas import NARROW, WIDE, Sheet, Words
from casebook.charts.chart import ChartTable
from casebook.charts.text_layout import width_px
from casebook.record.dataset import Dataset
from casebook.record.model import Answer, Case, Event, Figure
from casebook.record.vocabulary import Measure, Question, Region, Source, Term, Vocabulary
from casebook.text import LANGS, Lang, Text
from casebook.values.amounts import parse_quantity
from casebook.values.dates import parse_period

STYLES = (WIDE, NARROW)


def terms(*keys: str) -> dict[str, Term]:
    return {key: Term(key=key, name=Text(f"词{key}", f"Term {key}")) for key in keys}


def vocabulary() -> Vocabulary:
    measures = {
        "annual_total": Measure(
            key="annual_total",
            name=Text("年度总额", "Annual total"),
            kind="money",
            compare=Text("甲", "A"),
            spending=True,
        ),
        "unit_price": Measure(
            key="unit_price",
            name=Text("单价", "Unit price"),
            kind="money",
            compare=Text("乙", "B"),
            spending=True,
        ),
        "payout_cap": Measure(
            key="payout_cap",
            name=Text("赔付上限", "Ceiling"),
            kind="money",
            compare=Text("丙", "C"),
            cap=True,
        ),
        "programme_total": Measure(
            key="programme_total",
            name=Text("混合资金", "Mixed"),
            kind="money",
            compare=Text("丁", "D"),
            mixed=True,
        ),
        "share": Measure(
            key="share", name=Text("占比", "Share"), kind="share", compare=Text("戊", "E")
        ),
        "count": Measure(
            key="count", name=Text("数量", "Count"), kind="count", compare=Text("己", "F")
        ),
    }
    questions = {
        "purchaser": Question(
            key="purchaser", name=Text("谁在买", "Who buys"), ask=Text("谁？", "Who?")
        ),
        "mode": Question(
            key="mode", name=Text("怎样买", "How"), ask=Text("？", "?"), terms="modes"
        ),
        "provider_type": Question(
            key="provider_type",
            name=Text("承接方", "From whom"),
            ask=Text("？", "?"),
            terms="provider_types",
        ),
        "amount": Question(
            key="amount", name=Text("金额", "Amount"), ask=Text("？", "?"), derived=True
        ),
    }
    return Vocabulary(
        questions=questions,
        topics=terms("topic"),
        provider_types=terms("agency", "company"),
        modes=terms("tender", "posts"),
        measures=measures,
        statuses=terms("reported", "planned", "set"),
        scopes=terms("city", "fund"),
        per=terms("post", "year"),
        document_states=terms("issued"),
        source_kinds=terms("report"),
        disclosure_items={},
    )


def figure(
    amount: str = "100万元",
    period: str = "2010",
    id: str = "f1",
    case: str = "one",
    measure: str = "annual_total",
    status: str = "reported",
    label: str = "金额",
    **more: str | tuple[str, ...],
) -> Figure:
    return Figure(
        id=id,
        case=case,
        label=Text(label, f"Label {id}"),
        quantity=parse_quantity(amount),
        measure=measure,
        per=tuple(more.get("per", ())),
        period=parse_period(period),
        status=status,
        source="s",
        scope=str(more.get("scope", "")),
        part_of=str(more.get("part_of", "")),
        follows=str(more.get("follows", "")),
    )


def event(date: str, title: str = "发生了一件事", case: str = "one", status: str = "") -> Event:
    return Event(
        case=case,
        date=parse_period(date),
        title=Text(title, "Something happened"),
        source="s",
        status=status,
    )


def case(
    figures: Sequence[Figure] = (),
    events: Sequence[Event] = (),
    slug: str = "one",
    answers: Mapping[str, Answer] | None = None,
) -> Case:
    return Case(
        slug=slug,
        path=f"data/cases/{slug}.yaml",
        title=Text("题"),
        region="110000",
        topic="topic",
        summary=Text("摘要"),
        answers=answers or {},
        figures={figure.id: figure for figure in figures},
        events=tuple(events),
    )


def dataset(*cases: Case, place: str = "甲地", place_en: str = "Placeham") -> Dataset:
    region = Region(code="110000", name=Text("甲省"), short=Text(place, place_en), level="province")
    source = Source(
        id="s", title=Text("来源", "Source"), publisher=Text("社", "Press"), kind="report"
    )
    return Dataset(
        cases=cases, vocabulary=vocabulary(), regions={"110000": region}, sources={"s": source}
    )


def two_years() -> Dataset:
    """A case with amounts of two years and an event in each."""
    figures = [figure("1万元", "2010", "a"), figure("约2万元", "2011", "b")]
    return dataset(case(figures, [event("2010"), event("2011")]))


def table_of(name: str, data: Dataset, lang: Lang = "zh") -> ChartTable:
    """The table of the chart of a name."""
    selected = next(found for found in find_charts(data) if found.name == name)
    return tabulate_chart(selected, data, lang)


def tables_of(data: Dataset) -> list[ChartTable]:
    """The tables of all charts in both languages."""
    return [tabulate_chart(found, data, lang) for found in find_charts(data) for lang in LANGS]


def find_faults(data: Dataset) -> list[str]:
    """The texts that are cut or covered in any drawing of any chart."""
    return [
        f"{table.name} {table.lang} {style.width:.0f}: {fault}"
        for table in tables_of(data)
        for panel in table.panels
        for style in STYLES
        for fault in faults_of(paint_panel(table, panel, style))
    ]


# The height of letters above their baseline, and their depth below it, in em.
ASCENT, DESCENT = 0.86, 0.2


def room_of(words: Words) -> tuple[float, float, float, float]:
    """The left, top, right and bottom edge of a line of text."""
    width = width_px(words.text, words.size, words.bold)
    back = {"start": 0.0, "middle": width / 2, "end": width}[words.anchor]
    above, below = words.size * ASCENT, words.size * DESCENT
    return words.x - back, words.y - above, words.x - back + width, words.y + below


def faults_of(sheet: Sheet) -> list[str]:
    """Messages about texts that leave the sheet or cover each other."""
    found = []
    rooms = [(words.text, *room_of(words)) for words in sheet.words]
    for index, (text, left, top, right, bottom) in enumerate(rooms):
        if left < -0.6 or top < -0.6 or right > sheet.width + 0.6 or bottom > sheet.height + 0.6:
            found.append(f"{text!r} leaves the sheet")
        for other, start, above, end, below in rooms[index + 1 :]:
            if left < end and start < right and top < below and above < bottom:
                found.append(f"{text!r} covers {other!r}")
    return found
