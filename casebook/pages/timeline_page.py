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
    lanes = zip(LANES, dataset.lanes, strict=True)
    charts = {lang: site.charts.get(("timeline", lang)) for lang in LANGS}
    page = Page(
        url=TIMELINE_URL,
        template="timeline.html",
        title=say("pages.timeline"),
        description=say("pages.timeline.description"),
        lastmod=date_dataset(dataset),
        key=site.key(*charts.values()),
    )
    entries = [(lane, entry) for lane, listed in lanes for entry in listed]
    frames = {lang: drawn and frame_chart(drawn, dataset) for lang, drawn in charts.items()}
    pages = in_languages(page, lambda lang: {"chart": frames[lang]})
    show, sign = partial(_show_part, dataset), partial(_sign_entry, site)
    yield from cut_page(pages, entries, show, sign, site)


def _show_part(
    dataset: Dataset, part: ListPart[tuple[str, TimelineEntry | Gap]]
) -> Mapping[str, object]:
    """The entries of a part by lane."""
    lanes: dict[str, list[object]] = {lane: [] for lane in LANES}
    for lane, entry in part.entries:
        if isinstance(entry, Gap):
            lanes[lane].append(entry)
        else:
            lanes[lane].append(show_event(dataset.item_of(entry), dataset))
    return {lane: tuple(entries) for lane, entries in lanes.items()}


def _sign_entry(site: Site, placed: tuple[str, TimelineEntry | Gap]) -> tuple[object, ...]:
    """All that an entry shows, by the version of its case and its place there."""
    lane, entry = placed
    if isinstance(entry, Gap):
        return (lane, repr(entry))
    if not entry.slug:
        return (lane, repr(site.dataset.sources[entry.summary.source]))
    return (lane, site.versions.get(entry.slug), entry.number)


TIMELINE = PageType("timeline", make_timeline)
