"""Changes of published figures: the page that lists them, and the feed to follow them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from casebook.messages import say
from casebook.pages import CORRECTIONS_URL
from casebook.pages.feeds import FEED_LENGTH, FeedEntry, make_feed_pages
from casebook.pages.page import Page, PageType, Site, in_languages
from casebook.pages.rows import word_period
from casebook.record.dataset import Dataset
from casebook.record.model import Change, ChangeKind, Figure
from casebook.text import Text
from casebook.values.amounts import in_english, parse_quantity
from casebook.values.dates import parse_period
from casebook.values.errors import PeriodError, QuantityError
from casebook.values.words import QUALIFIERS

KINDS: dict[ChangeKind, Text] = {
    "correction": say("pages.corrections.correction"),
    "clarification": say("pages.corrections.clarification"),
    "update": say("pages.corrections.update"),
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
    """A former or later value in words: a qualifier, a period or an amount."""
    for qualifier, words in QUALIFIERS.items():
        if text == qualifier:
            return words.name
    # A bare year is a year before it is a number.
    with suppress(PeriodError):
        return word_period(parse_period(text))
    with suppress(QuantityError):
        return Text(text, in_english(parse_quantity(text)))
    return Text(text)


def make_corrections(site: Site) -> Iterator[Page]:
    """The page of all changes in both languages, the newest first."""
    changes = site.dataset.changes
    yield from in_languages(
        Page(
            url=CORRECTIONS_URL,
            template="corrections.html",
            title=say("pages.corrections"),
            description=say("pages.corrections.description"),
            context=partial(dict, changes=show_changes(changes, site.dataset)),
            lastmod=changes[0].date.edtf if changes else "",
        )
    )


def make_feed_of_corrections(site: Site) -> Iterator[Page]:
    """The Atom feed of changes in both languages, the newest first."""
    rows = show_changes(site.dataset.changes[:FEED_LENGTH], site.dataset)
    title = say("pages.corrections.feed", site=site.settings.name)
    summary = say("pages.corrections.description")
    yield from make_feed_pages("corrections", title, summary, list(map(_show_entry, rows)))


def _show_entry(row: ChangeRow) -> FeedEntry:
    change, figure = row.change, row.figure
    label = figure.label if figure is not None else Text(change.figure)
    return FeedEntry(
        name="/".join((change.case, change.figure, change.date.edtf, change.before, change.after)),
        path=f"cases/{change.case}/#figure-{change.figure}" if figure else CORRECTIONS_URL,
        title=say("pages.corrections.entry", kind=row.kind, place=row.place, label=label),
        summary=say(
            "pages.corrections.change",
            before=row.before,
            after=row.after or say("pages.corrections.taken_out"),
            why=change.why,
        ),
        updated=change.date.edtf,
    )


CORRECTIONS = PageType("corrections", make_corrections)
CORRECTIONS_FEED = PageType("feed of corrections", make_feed_of_corrections)
