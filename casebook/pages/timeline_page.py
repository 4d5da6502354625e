"""The timeline of all cases in three lanes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache, partial

from casebook.pages.page import LANGS, Page, PageType, Site
from casebook.pages.pagination import ListPart, cut_list, name_part
from casebook.pages.rows import date_dataset, frame_chart, show_event
from casebook.record.dataset import LANES, Dataset, Gap, TimelineEntry
from casebook.text import Text


def make_timeline(site: Site) -> Iterator[Page]:
    """The timeline in both languages."""
    dataset = site.dataset
    found = dataset.lanes
    lanes: tuple[tuple[str, tuple[TimelineEntry | Gap, ...]], ...] = tuple(
        zip(LANES, (found.dated, found.uncertain, found.latest_only), strict=True)
    )
    lastmod = date_dataset(dataset)
    pages = []
    for lang in LANGS:
        drawn = site.charts.get(("timeline", lang))
        page = Page(
            url="timeline/",
            lang=lang,
            template="timeline.html",
            title=Text("时间线", "Timeline"),
            description=Text(
                "有年份的、年份不确定的和没有注明日期的，分三组排开；没有记载的年份也写明。",
                "What has a year, what has an uncertain year and what has no date, in three "
                "groups; years without a record are named.",
            ),
            context={"chart": frame_chart(drawn, dataset) if drawn else None},
            lastmod=lastmod,
        )
        pages.append((page, site.key(drawn)))
    for part in cut_list([(lane, entry) for lane, listed in lanes for entry in listed]):
        key = site.key([part.number, part.count, *(_sign(*entry, site) for entry in part.entries)])
        # Both languages show the same entries, which are let go behind them.
        fill = cache(partial(_fill, part, dataset))
        for page, strip in pages:
            yield replace(name_part(page, part), fill=fill, key=site.key(key, strip))


def _fill(
    part: ListPart[tuple[str, TimelineEntry | Gap]], dataset: Dataset
) -> Mapping[str, object]:
    """The entries of a part by lane."""
    lanes: dict[str, list[object]] = {lane: [] for lane in LANES}
    for lane, entry in part.entries:
        if isinstance(entry, Gap):
            lanes[lane].append(entry)
        else:
            lanes[lane].append(show_event(dataset.item_of(entry), dataset))
    return {lane: tuple(entries) for lane, entries in lanes.items()}


def _sign(lane: str, entry: TimelineEntry | Gap, site: Site) -> tuple[object, ...]:
    """What an entry says, told by the version of its case and its place there."""
    if isinstance(entry, Gap):
        return (lane, repr(entry))
    if not entry.slug:
        return (lane, repr(site.dataset.sources[entry.summary.source]))
    return (lane, site.versions.get(entry.slug), entry.number)


TIMELINE = PageType("timeline", make_timeline)
