"""How services are bought, and from whom: which place stands where, nothing counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from casebook.charts.canvas import LEADING, Sheet, baseline, height_of, widest
from casebook.charts.chart import MOST_ROWS, Chart, ChartTable, PanelTable, Selected
from casebook.charts.text_layout import clean, shorten_text, width_px
from casebook.record.dataset import Dataset
from casebook.record.model import Answer, Case
from casebook.text import Lang

_CHIP: Final = 26.0
_GAP: Final = 6.0
_MOST_CHIPS: Final = 400

Chip = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Rows of modes, columns of kinds of provider, and the places where they meet."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[tuple[Chip, ...], ...], ...]
    lang: Lang


def find_across(dataset: Dataset) -> Iterator[Selected]:
    """The grid, where some case answers both questions and the cases fit into it."""
    known = any(case.modes and case.provider_types for case in dataset.summaries)
    if not known or len(dataset.cases) > MOST_ROWS:
        return
    chips = (len(case.modes or " ") * len(case.provider_types or " ") for case in dataset.summaries)
    if sum(chips) <= _MOST_CHIPS:
        yield Selected(chart=CHART.name, name="mode-provider")


def tabulate(selected: Selected, dataset: Dataset, lang: Lang) -> ChartTable:
    """What the grid says and shows."""
    zh = lang == "zh"
    vocabulary = dataset.vocabulary
    silent = "未说明" if zh else "Not stated"
    places: dict[tuple[str, str], list[Chip]] = {}
    for case in dataset.cases:
        chip = (dataset.place(case).inside(lang), f"site:/cases/{case.slug}/")
        for mode in _terms(dataset.answer(case, "mode")):
            for provider in _terms(dataset.answer(case, "provider_type")):
                places.setdefault((mode, provider), []).append(chip)
    modes = [key for key in (*vocabulary.modes, "") if any(mode == key for mode, _ in places)]
    kinds = [
        key for key in (*vocabulary.provider_types, "") if any(kind == key for _, kind in places)
    ]
    mode_names = [vocabulary.modes[key].name.inside(lang) if key else silent for key in modes]
    kind_names = [
        vocabulary.provider_types[key].name.inside(lang) if key else silent for key in kinds
    ]
    cells = tuple(tuple(tuple(places.get((mode, kind), ())) for kind in kinds) for mode in modes)
    joined = "、" if zh else ", "
    rows = tuple(
        (name, *(joined.join(place for place, _ in cell) for cell in line))
        for name, line in zip(mode_names, cells, strict=True)
    )
    finding = _finding(dataset.cases, dataset, lang)
    subtitle = (
        "行是怎样购买，列是承接方类型；一个地方可以有几种，格子里不计数"
        if zh
        else "Rows are modes, columns kinds of provider; a place may have several, and nothing is"
        " counted"
    )
    return ChartTable(
        chart=CHART.name,
        name=selected.name,
        case="",
        lang=lang,
        finding=finding,
        subtitle=subtitle,
        header=("怎样购买" if zh else "How it is bought", *kind_names),
        rows=rows,
        panels=(
            PanelTable(
                "",
                finding,
                Grid(rows=tuple(mode_names), columns=tuple(kind_names), cells=cells, lang=lang),
            ),
        ),
        notes=(
            "一个案例列出几种方式、几类承接方时，来源未必说明哪种方式对应哪类，格子按全部组合放置。"
            if zh
            else "Where a case lists several modes and several kinds of provider, the sources may"
            " not say which goes with which; it stands in every combination.",
        ),
    )


def _terms(answer: Answer) -> tuple[str, ...]:
    return answer.terms or ("",)


def _finding(cases: Sequence[Case], dataset: Dataset, lang: Lang) -> str:
    """How many places say how they buy, in how many modes, and which of these are shared."""
    used: dict[str, int] = {key: 0 for key in dataset.vocabulary.modes}
    stated = 0
    for case in cases:
        terms = dataset.answer(case, "mode").terms
        stated += bool(terms)
        for term in terms:
            used[term] += 1
    names = {key: dataset.vocabulary.modes[key].name.inside(lang) for key in used}
    modes = sum(1 for count in used.values() if count)
    shared = [names[key] for key, count in used.items() if count > 1]
    if lang == "zh":
        found = f"{len(cases)}个地方里，{stated}个写明怎样购买，共{modes}种方式"
        if not shared:
            return found + "，没有两个地方相同"
        if len(shared) > 2:
            return found + f"，其中{len(shared)}种不止一个地方在用"
        return found + f"，只有{'、'.join(f'“{name}”' for name in shared)}不止一个地方在用"
    found = f"{stated} of {len(cases)} places say how they buy, in {modes} "
    found += "mode" if modes == 1 else "modes"
    if not shared:
        return found + ", no two alike"
    if len(shared) > 2:
        return found + f", {len(shared)} of them found in more than one place"
    named = " and ".join(f"“{name}”" for name in shared)
    return found + f"; only {named} {'is' if len(shared) == 1 else 'are'} found in more than one"


def _paint(grid: Grid, sheet: Sheet) -> None:
    style = sheet.style
    chips = [place for line in grid.cells for cell in line for place, _ in cell]
    label = min(widest(grid.rows, style.small), 120.0)
    column = (style.width - label - 12) / len(grid.columns)
    fits = widest(chips, style.small) + 14 + _GAP <= column
    heads_fit = (
        all(
            width_px(word, style.small) <= column - 8
            for name in grid.columns
            for word in name.split()
        )
        or grid.lang == "zh"
    )
    if not style.is_narrow and fits and heads_fit:
        _paint_grid(grid, sheet, label, column)
    else:
        _paint_list(grid, sheet)


def _paint_grid(grid: Grid, sheet: Sheet, label: float, column: float) -> None:
    style = sheet.style
    left = label + 12
    heights = [height_of(name, column - 8, style.small) for name in grid.columns]
    top = 2 + max(heights)
    for index, name in enumerate(grid.columns):
        sheet.paragraph(
            left + index * column + 4,
            top - heights[index],
            name,
            column - 8,
            size=style.small,
            role="ink-muted",
        )
    top += 6
    sheet.line((0, top), (style.width, top), stroke="ink-muted")
    first = top
    for name, line in zip(grid.rows, grid.cells, strict=True):
        rows = max(1, *(len(cell) for cell in line))
        height = max(rows * (_CHIP + 4) + 8, height_of(name, label, style.small) + 10)
        sheet.paragraph(
            0, top + 4 + (_CHIP + 4 - style.small * LEADING) / 2, name, label, size=style.small
        )
        for index, cell in enumerate(line):
            y = top + 6
            for place, href in cell:
                _paint_chip(place, href, sheet, left + index * column + 4, y)
                y += _CHIP + 4
        top += height
        sheet.line((0, top), (style.width, top), stroke="grid")
    for index in range(len(grid.columns)):
        x = left + index * column - 2
        sheet.line((x, first), (x, top), stroke="grid")
    sheet.height = round(top + 4)


def _paint_list(grid: Grid, sheet: Sheet) -> None:
    """Write the grid as a list, which needs no columns: mode, kind of provider, places."""
    style = sheet.style
    kinds_left = 0.0 if style.is_narrow else 220.0
    widest_chip = widest([p for line in grid.cells for cell in line for p, _ in cell], style.small)
    chips_left = kinds_left + widest(grid.columns, style.small) + 14
    # The names of kinds may take several lines; a chip is one line, cut only where it has to be.
    chips_left = max(min(chips_left, style.width - widest_chip - 16), kinds_left + 110)
    kind_width = chips_left - kinds_left - 14
    top = 2.0
    for name, line in zip(grid.rows, grid.cells, strict=True):
        if style.is_narrow:
            top = sheet.paragraph(0, top, name, style.width, bold=True) + 2
            reached = top
        else:
            reached = sheet.paragraph(0, top + 2, name, kinds_left - 14, bold=True)
        for kind, cell in zip(grid.columns, line, strict=True):
            if not cell:
                continue
            kind_top = top + (_CHIP - style.small * LEADING) / 2
            bottom = sheet.paragraph(
                kinds_left, kind_top, kind, kind_width, size=style.small, role="ink-muted"
            )
            x = chips_left
            for place, href in cell:
                place = shorten_text(clean(place), style.width - chips_left - 15, style.small)
                needed = width_px(place, style.small) + 14
                if x > chips_left and x + needed > style.width:
                    x, top = chips_left, top + _CHIP + 4
                _paint_chip(place, href, sheet, x, top)
                x += needed + _GAP
            top = max(top + _CHIP + 6, bottom + 2)
        top = max(top, reached + 4)
        sheet.line((0, top), (style.width, top), stroke="rule")
        top += 6
    sheet.height = round(top)


def _paint_chip(place: str, href: str, sheet: Sheet, x: float, top: float) -> None:
    size = sheet.style.small
    width = width_px(clean(place), size) + 14
    with sheet.link(href, place):
        sheet.rounded(x + 0.5, top + 0.5, width - 1, _CHIP - 1, fill="surface", stroke="rule")
        y = top + (_CHIP - size * LEADING) / 2 + baseline(size)
        sheet.text(x + width / 2, y, place, size=size, anchor="middle")


CHART = Chart(name="mode-provider", tabulate=tabulate, paint=_paint, find_across=find_across)
