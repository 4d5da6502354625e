"""The timeline of all cases in three lanes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from casebook.dataset import Gap, TimelineItem
from casebook.model import Text
from casebook.pages.base import LANGS, Page, PageType, Site
from casebook.pages.parts import cut_list, name_part
from casebook.pages.views import date_dataset, frame_chart, show_event


def make_timeline(site: Site) -> Iterator[Page]:
    """The timeline in both languages."""
    dataset = site.dataset
    timeline = dataset.timeline
    lanes: tuple[tuple[str, tuple[TimelineItem | Gap, ...]], ...] = (
        ("dated", timeline.dated),
        ("uncertain", timeline.uncertain),
        ("latest_only", timeline.latest_only),
    )
    entries = [
        (lane, entry if isinstance(entry, Gap) else show_event(entry, dataset))
        for lane, listed in lanes
        for entry in listed
    ]
    parts = cut_list(entries)
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
        for part in parts:
            named = name_part(page, part)
            shown = {
                lane: tuple(entry for of, entry in part.entries if of == lane) for lane, _ in lanes
            }
            yield replace(named, context={**named.context, **shown})


TIMELINE = PageType("timeline", make_timeline)
