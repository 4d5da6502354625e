"""The timeline of all cases in three lanes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from casebook.charts.chart import Drawn
from casebook.messages import say
from casebook.pages.page import Page, PageType, Site
from casebook.pages.pagination import ListPart, cut_page
from casebook.pages.rows import date_dataset, frame_chart, show_event
from casebook.record.dataset import Dataset
from casebook.record.lanes import LANES, Gap, TimelineEntry
from casebook.text import LANGS

URL = "timeline/"


def make_timeline(site: Site) -> Iterator[Page]:
    """The timeline in both languages."""
    dataset = site.dataset
    found = dataset.lanes
    lanes = zip(LANES, (found.dated, found.uncertain, found.latest_only), strict=True)
    lastmod = date_dataset(dataset)
    charts = {lang: site.charts.get(("timeline", lang)) for lang in LANGS}
    pages = [
        Page(
            url=URL,
            lang=lang,
            template="timeline.html",
            title=say("pages.timeline"),
            description=say("pages.timeline.description"),
            context=partial(_show_chart, drawn, dataset),
            lastmod=lastmod,
            key=site.key(drawn),
        )
        for lang, drawn in charts.items()
    ]
    entries = [(lane, entry) for lane, listed in lanes for entry in listed]
    yield from cut_page(
        pages, entries, partial(_show_part, dataset), partial(_sign_entry, site), site
    )


def _show_chart(drawn: Drawn | None, dataset: Dataset) -> Mapping[str, object]:
    return {"chart": frame_chart(drawn, dataset) if drawn else None}


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


TIMELINE = PageType("timeline", make_timeline, (URL,))
