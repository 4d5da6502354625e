"""Grid of modes of purchase and kinds of provider, places in its cells, nothing counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, replace
from typing import Final

from casebook.charts.canvas import LEADING, Sheet, baseline, widest
from casebook.charts.chart import MOST_ROWS, Chart, ChartRecords, ChartTable, quote_all
from casebook.charts.text_layout import clean, shorten_text, width_px
from casebook.messages import say
from casebook.record.dataset import Dataset
from casebook.record.model import Figure
from casebook.record.vocabulary import Term
from casebook.text import ENUMERATION, Lang, Text, count_nouns

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


def find_across(dataset: Dataset) -> Iterator[tuple[Figure, ...]]:
    """The grid, where some case answers both questions and the cases fit into it."""
    known = any(case.modes and case.provider_types for case in dataset.summaries)
    if not known or len(dataset.cases) > MOST_ROWS:
        return
    chips = (len(case.modes or " ") * len(case.provider_types or " ") for case in dataset.summaries)
    if sum(chips) <= _MOST_CHIPS:
        yield ()


def tabulate(shown: ChartRecords) -> ChartTable:
    """The places by mode and kind of provider, once for each pair that one has."""
    dataset, lang = shown.dataset, shown.lang
    places: dict[tuple[str, str], list[Chip]] = {}
    who, how = dataset.who_and_how
    for case in dataset.cases:
        chip = (dataset.label(case).inside(lang), f"site:/cases/{case.slug}/")
        for mode in dataset.answer(case, how).terms or ("",):
            for provider in dataset.answer(case, who).terms or ("",):
                places.setdefault((mode, provider), []).append(chip)
    modes = _name_terms(dataset.vocabulary.modes, {mode for mode, _ in places}, lang)
    kinds = _name_terms(dataset.vocabulary.provider_types, {kind for _, kind in places}, lang)
    cells = tuple(tuple(tuple(places.get((mode, kind), ())) for kind in kinds) for mode in modes)
    columns = tuple(kinds.values())
    grid = Grid(rows=tuple(modes.values()), columns=columns, cells=cells, lang=lang)
    finding = _find_words(dataset, lang).inside(lang)
    return replace(
        shown.tabulate(finding, grid),
        subtitle=shown.say("charts.mode_provider.subtitle"),
        header=(shown.say("charts.mode_provider.mode"), *columns),
        rows=tuple(
            (name, *(ENUMERATION.inside(lang).join(place for place, _ in cell) for cell in line))
            for name, line in zip(grid.rows, cells, strict=True)
        ),
        notes=(shown.say("charts.mode_provider.note"),),
        by_column=True,
    )


def _name_terms(terms: Mapping[str, Term], used: Set[str], lang: Lang) -> dict[str, str]:
    """The names of the terms that are used, in their order, silence last."""
    names = {key: term.name.inside(lang) for key, term in terms.items() if key in used}
    silent = {"": say("charts.mode_provider.silent").inside(lang)} if "" in used else {}
    return names | silent


def _find_words(dataset: Dataset, lang: Lang) -> Text:
    """The places that say how they buy, the modes that they name, and those that are shared."""
    _, how = dataset.who_and_how
    found = [dataset.answer(case, how).terms for case in dataset.cases]
    used = Counter(term for terms in found for term in terms)
    shared = [term.name for key, term in dataset.vocabulary.modes.items() if used[key] > 1]
    counted = say(
        "charts.mode_provider.counted",
        places=len(found),
        stated=sum(map(bool, found)),
        modes=count_nouns(len(used), "mode"),
    )
    if not shared:
        return say("charts.mode_provider.none_shared", counted=counted)
    if len(shared) > 2:
        return say("charts.mode_provider.many_shared", counted=counted, count=len(shared))
    names = quote_all(name.inside(lang) for name in shared)
    is_one = len(shared) == 1
    key = "charts.mode_provider.one_shared" if is_one else "charts.mode_provider.two_shared"
    return say(key, counted=counted, names=names)


def _paint(grid: Grid, sheet: Sheet) -> None:
    """Write the grid as a list, which has no empty cells: mode, kind of provider, places."""
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
            bottom = sheet.paragraph(kinds_left, kind_top, kind, kind_width, role="ink-muted")
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
        start, end = (x + 0.5, top + 0.5), (x + width - 0.5, top + _CHIP - 0.5)
        sheet.rounded(start, end, 4, fill="surface", stroke="rule")
        y = top + (_CHIP - size * LEADING) / 2 + baseline(size)
        sheet.text(x + width / 2, y, place, size=size, anchor="middle")


CHART = Chart(name="mode-provider", tabulate=tabulate, paint=_paint, find_across=find_across)
