"""The timeline of all cases in three lanes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

from casebook.dataset import Dataset, Gap, TimelineItem
from casebook.model import Text
from casebook.pages.base import LANGS, Page, PageType, Site
from casebook.pages.parts import Part, cut_list, name_part
from casebook.pages.views import date_dataset, frame_chart, show_event

LANES = ("dated", "uncertain", "latest_only")


def make_timeline(site: Site) -> Iterator[Page]:
    """The timeline in both languages."""
    dataset = site.dataset
    timeline = dataset.timeline
    lanes: tuple[tuple[str, tuple[TimelineItem | Gap, ...]], ...] = tuple(
        zip(LANES, (timeline.dated, timeline.uncertain, timeline.latest_only), strict=True)
    )
    parts = [
        (
            part,
            site.key([part.number, part.count, *(_sign(*entry, site) for entry in part.entries)]),
        )
        for part in cut_list([(lane, entry) for lane, listed in lanes for entry in listed])
    ]
    lastmod = date_dataset(dataset)
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
        strip = site.key(drawn)
        for part, key in parts:
            fill = partial(_fill, part, dataset)
            yield replace(name_part(page, part), fill=fill, key=site.key(key, strip))


def _fill(part: Part[tuple[str, TimelineItem | Gap]], dataset: Dataset) -> Mapping[str, object]:
    """The entries of a part by lane."""
    lanes: dict[str, list[object]] = {lane: [] for lane in LANES}
    for lane, entry in part.entries:
        lanes[lane].append(entry if isinstance(entry, Gap) else show_event(entry, dataset))
    return {lane: tuple(entries) for lane, entries in lanes.items()}


def _sign(lane: str, entry: TimelineItem | Gap, site: Site) -> tuple[object, ...]:
    """What an entry says, told by the version of its case and its place there."""
    if isinstance(entry, Gap) or entry.case is None:
        return (lane, repr(entry))
    return (lane, site.versions.get(entry.case.slug), entry.event.at, entry.event.date.edtf)


TIMELINE = PageType("timeline", make_timeline)
