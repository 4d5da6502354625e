"""What has been changed since it was published: a page, and a feed to follow it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from casebook.pages.feeds import FEED_LENGTH, FeedEntry, name_entry
from casebook.pages.page import Page, PageType, Site
from casebook.record.dataset import Dataset
from casebook.record.model import Change, ChangeKind, Figure
from casebook.text import LANGS, Lang, Text
from casebook.values.amounts import in_english, parse_quantity
from casebook.values.dates import parse_period
from casebook.values.errors import PeriodError, QuantityError
from casebook.values.words import QUALIFIERS

TITLE = Text("更正", "Corrections")
SUMMARY = Text(
    "已发布的数字改动过的，都记在这里：原来是什么，改成了什么，为什么改。",
    "Every published figure that has been changed: what it was, what it is now, and why.",
)
KINDS: dict[ChangeKind, Text] = {
    "correction": Text("更正", "Correction"),
    "clarification": Text("澄清", "Clarification"),
    "update": Text("更新", "Update"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """A change with the place and the name of its figure, which is None where it was taken out."""

    change: Change
    kind: Text
    place: Text
    figure: Figure | None
    before: Text
    after: Text


def show_changes(changes: Iterable[Change], dataset: Dataset) -> tuple[ChangeRow, ...]:
    """Changes as pages show them, in the order in which they came."""
    return tuple(
        ChangeRow(
            change=change,
            kind=KINDS[change.kind],
            place=dataset.place(dataset.by_slug[change.case]),
            figure=dataset.figures.get(f"{change.case}.{change.figure}"),
            before=_word(change.before),
            after=_word(change.after),
        )
        for change in changes
    )


def _word(text: str) -> Text:
    """What stood there, in words: a qualifier, a period or an amount."""
    for qualifier, words in QUALIFIERS.items():
        if text == qualifier:
            return words.name
    # A bare year is a year before it is a number.
    with suppress(PeriodError):
        period = parse_period(text)
        return Text(period.words("zh"), period.words("en"))
    try:
        return Text(text, in_english(parse_quantity(text)))
    except QuantityError:
        return Text(text)


def make_corrections(site: Site) -> Iterator[Page]:
    """The page of all changes in both languages, the newest first."""
    dataset = site.dataset
    changes = dataset.changes
    for lang in LANGS:
        yield Page(
            url="corrections/",
            lang=lang,
            template="corrections.html",
            title=TITLE,
            description=SUMMARY,
            context=partial(dict, changes=show_changes(changes, dataset)),
            lastmod=changes[0].date.edtf if changes else "",
        )


def make_feed_of_corrections(site: Site) -> Iterator[Page]:
    """The Atom feed of changes in both languages, the newest first."""
    dataset = site.dataset
    rows = show_changes(dataset.changes[:FEED_LENGTH], dataset)
    for lang in LANGS:
        yield Page(
            url="corrections.xml",
            lang=lang,
            template="feed.xml",
            title=Text(
                f"{TITLE.zh} · {site.settings.name.zh}",
                f"{TITLE.en} · {site.settings.name.inside('en')}",
            ),
            description=SUMMARY,
            context=partial(
                dict,
                feed_id=name_entry("corrections", lang),
                entries=tuple(_entry(row, lang) for row in rows),
                updated=rows[0].change.date.edtf if rows else "",
            ),
            indexed=False,
        )


def _entry(row: ChangeRow, lang: Lang) -> FeedEntry:
    change = row.change
    name = "/".join((change.case, change.figure, change.date.edtf, change.before, change.after))
    label = row.figure.label if row.figure is not None else Text(change.figure)
    after = row.after or Text("撤下", "taken out")
    zh, en = f"{row.before.zh} → {after.zh}", f"{row.before.inside('en')} → {after.inside('en')}"
    return FeedEntry(
        id=name_entry(name, lang),
        path="corrections/"
        if row.figure is None
        else f"cases/{change.case}/#figure-{change.figure}",
        title=Text(
            f"{row.kind.zh}：{row.place.zh}，{label.zh}",
            f"{row.kind.en}: {row.place.inside('en')}, {label.inside('en')}",
        ),
        summary=Text(
            f"{zh}。{change.why.zh}",
            f"{en}. {change.why.inside('en')}",
        ),
        updated=change.date.edtf,
    )


CORRECTIONS = PageType("corrections", make_corrections)
CORRECTIONS_FEED = PageType("feed of corrections", make_feed_of_corrections)
