"""Backlinks of figures: the pages beyond those of their own case that show them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from casebook.charts import title_of
from casebook.checks.content import LEAD
from casebook.messages import say
from casebook.pages.page import Prose, Use, Uses
from casebook.pages.rows import link_case
from casebook.record.dataset import Dataset
from casebook.text import Text

if TYPE_CHECKING:
    from casebook.charts.chart import Drawn


def find_uses(dataset: Dataset, charts: Iterable[Drawn], prose: Iterable[Prose]) -> Uses:
    """The pages that show each figure beside those of its case: texts, charts, other stories."""
    found: dict[str, dict[Use, None]] = {}
    for key, use in (*_in_prose(prose), *_in_charts(charts), *_in_stories(dataset)):
        found.setdefault(key, {}).setdefault(use)
    return {key: tuple(uses) for key, uses in found.items()}


def _in_prose(prose: Iterable[Prose]) -> Iterator[tuple[str, Use]]:
    titles: dict[str, dict[str, str]] = {}
    keys: dict[str, dict[str, None]] = {}
    for text in prose:
        titles.setdefault(text.slug, {})[text.lang] = text.title
        keys.setdefault(text.slug, {}).update(dict.fromkeys(text.figures))
    for slug, found in keys.items():
        named = titles[slug]
        title = Text(named.get("zh") or named["en"], named.get("en", ""))
        use = Use("", say("pages.uses.lead")) if slug == LEAD else Use(f"{slug}/", title)
        yield from ((key, use) for key in found)


def _in_charts(charts: Iterable[Drawn]) -> Iterator[tuple[str, Use]]:
    for drawn in charts:
        if drawn.offered and not drawn.case:
            # A finding changes with every case that a chart shows; the page of a figure may not.
            use = Use(f"charts/{drawn.name}/", title_of(drawn))
            yield from ((key, use) for key in drawn.figures)


def _in_stories(dataset: Dataset) -> Iterator[tuple[str, Use]]:
    for case in dataset.summaries:
        for owner, figure in case.named_figures:
            key = f"{owner}.{figure}"
            if key in dataset.figures:
                name = link_case(dataset.by_slug[case.slug], dataset).name
                yield key, Use(f"cases/{case.slug}/#story", name)
