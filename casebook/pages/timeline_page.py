"""The timeline of all cases in three lanes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from casebook.messages import say
from casebook.pages import TIMELINE_URL
from casebook.pages.long_lists import ListPart, cut_page
from casebook.pages.page import Page, PageType, Site, in_languages
from casebook.pages.rows import date_dataset, frame_chart, show_event
from casebook.record.dataset import Dataset
from casebook.record.lanes import LANES, Gap, TimelineEntry
from casebook.text import LANGS


def make_timeline(site: Site) -> Iterator[Page]:
    """The timeline in both languages."""
    dataset = site.dataset
    charts = {lang: site.charts.get(("timeline", lang)) for lang in LANGS}
    page = Page(
        url=TIMELINE_URL,
        template="timeline.html",
        title=say("pages.timeline"),
        description=say("pages.timeline.description"),
        lastmod=date_dataset(dataset),
        key=site.key(*charts.values()),
    )
    frames = {lang: drawn and frame_chart(drawn, dataset) for lang, drawn in charts.items()}
    pages = in_languages(page, lambda lang: {"chart": frames[lang]})
    show, sign = partial(_show_part, dataset), partial(_sign_entry, site)
    yield from cut_page(pages, dataset.timeline, show, sign, site)


def _show_part(dataset: Dataset, part: ListPart[TimelineEntry | Gap]) -> Mapping[str, object]:
    """The entries of a part by lane."""
    lanes: dict[str, list[object]] = {lane: [] for lane in LANES}
    for entry in part.entries:
        lanes[entry.lane].append(
            entry if isinstance(entry, Gap) else show_event(dataset.item_of(entry), dataset)
        )
    return {lane: tuple(entries) for lane, entries in lanes.items()}


def _sign_entry(site: Site, entry: TimelineEntry | Gap) -> tuple[object, ...]:
    """All that an entry shows, by the version of its case and its place there."""
    if isinstance(entry, Gap):
        return (entry.lane, repr(entry))
    if not entry.slug:
        return (entry.lane, repr(site.dataset.sources[entry.summary.source]))
    return (entry.lane, site.versions.get(entry.slug), entry.number)


TIMELINE = PageType("timeline", make_timeline)
