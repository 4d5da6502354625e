"""The timeline of all cases in three lanes."""

from __future__ import annotations

from collections.abc import Iterator

from casebook.dataset import Gap
from casebook.model import Text
from casebook.pages.base import LANGS, Page, PageType, Site
from casebook.pages.views import date_dataset, frame_chart, show_event


def make_timeline(site: Site) -> Iterator[Page]:
    """The timeline in both languages."""
    dataset = site.dataset
    timeline = dataset.timeline
    dated = tuple(
        entry if isinstance(entry, Gap) else show_event(entry, dataset) for entry in timeline.dated
    )
    for lang in LANGS:
        drawn = site.charts.get(("timeline", lang))
        yield Page(
            url="timeline/",
            lang=lang,
            template="timeline.html",
            title=Text("时间线", "Timeline"),
            description=Text(
                "有年份的、年份不确定的和没有注明日期的，分三组排开；没有记载的年份也写明。",
                "What has a year, what has an uncertain year and what has no date, in three "
                "groups; years without a record are named.",
            ),
            context={
                "dated": dated,
                "uncertain": tuple(show_event(item, dataset) for item in timeline.uncertain),
                "latest_only": tuple(show_event(item, dataset) for item in timeline.latest_only),
                "chart": frame_chart(drawn, dataset) if drawn else None,
            },
            lastmod=date_dataset(dataset),
        )


TIMELINE = PageType("timeline", make_timeline)
