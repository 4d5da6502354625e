"""Changes of published content, and the feeds of changes and new cases."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from casebook.checks.content import LEAD
from casebook.data.tables import list_words
from casebook.messages import say
from casebook.pages import HOME_URL
from casebook.pages.page import Page, Site, in_languages, section_page
from casebook.pages.rows import link_case
from casebook.problems import WordingError
from casebook.record.dataset import Dataset
from casebook.record.model import Case, Change, Figure
from casebook.text import Lang, Text
from casebook.values.amounts import parse_quantity
from casebook.values.dates import parse_period
from casebook.values.formula import names_of, parse_formula
from casebook.values.periods import word_period
from casebook.values.quantity import word_quantity

FEED_LENGTH = 50
# The lists of the vocabulary whose keys may stand in a change.
_LISTS = ("statuses", "measures", "scopes", "per", "document_states", "qualifiers", "answer_states")

# A namespace of our own keeps ids the same if the address of the site changes.
_IDS = uuid.uuid5(uuid.NAMESPACE_URL, "casebook")


def name_entry(name: str, lang: Lang) -> str:
    """The stable id of an entry, or of a feed, in one language."""
    return uuid.uuid5(_IDS, f"{lang}/{name}").urn


def make_feed(site: Site) -> Iterator[Page]:
    """The Atom feed of the article and of cases in both languages, newest first.

    Cases without a date are left out, because the format requires one.
    """
    dataset = site.dataset
    dated = (case for case in dataset.summaries if case.date)
    # Readers of feeds want the newest entries, not the administrative order.
    newest = sorted(dated, key=lambda case: case.date, reverse=True)[:FEED_LENGTH]
    entries = [*_show_article(site), *(_show_case(dataset.by_slug[c.slug], site) for c in newest)]
    named = {slug for case in newest for slug, _ in case.named_figures}
    shown = sorted({case.slug for case in newest} | named)
    lead = [site.prose.get((LEAD, lang)) for lang in site.languages]
    positions = [dataset.positions[slug] for slug in shown if slug in dataset.positions]
    told = (dataset.summaries[position] for position in positions)
    signed = [(case.version, site.versions.get(case.slug)) for case in told]
    feed = Page(
        url="feed.xml",
        template="feed.xml",
        title=site.settings.name,
        description=site.settings.tagline,
        key=site.key(lead, signed, dataset.words),
    )
    yield from _make_feed(feed, entries, HOME_URL, site)


def _show_article(site: Site) -> Iterator[dict[str, object]]:
    """The article of the home page, if the editors have written one."""
    found = {lang: site.prose.get((LEAD, lang)) for lang in site.languages}
    leads = {lang: lead for lang, lead in found.items() if lead is not None}
    updated = site.dataset.updated
    if first := leads.get(site.languages.first):
        yield {
            "name": LEAD,
            "path": HOME_URL,
            "title": Text(**{lang: lead.title for lang, lead in leads.items()}),
            "summary": Text(**{lang: lead.summary for lang, lead in leads.items()}),
            "published": first.published,
            "updated": max(updated, first.published),
            "texts": {lang: leads.get(lang, first).body for lang in site.languages},
        }


def _show_case(case: Case, site: Site) -> dict[str, object]:
    link = link_case(case, site.dataset)
    return {
        "name": link.slug,
        "path": f"cases/{link.slug}/",
        "title": link.name,
        "summary": link.summary,
        "published": case.published,
        "updated": case.updated,
        "case": case,
    }


def _make_feed(
    feed: Page, entries: Sequence[Mapping[str, object]], url: str, site: Site
) -> Iterator[Page]:
    """An Atom feed of a page in each language; the first entry is the newest.

    An entry has its `name` in the feed, a `path` below the language's root, `title`, `summary` and
    the day `updated`; optional are the day `published`, and its `case` or `texts`.
    """
    page = feed.showing(
        feed_name=feed.url.removesuffix(".xml"),
        feed_of=url,
        name_entry=name_entry,
        entries=tuple(entries),
        updated=entries[0]["updated"] if entries else site.dataset.updated,
    )
    yield from in_languages(replace(page, indexed=False), site)


def make_corrections(site: Site) -> Iterator[Page]:
    """The page of all changes in both languages, the newest first."""
    changes = site.dataset.changes
    page = section_page("corrections").showing(changes=show_changes(changes, site.dataset))
    lastmod = changes[0].date.edtf if changes else ""
    yield from in_languages(replace(page, lastmod=lastmod), site)


def make_feed_of_corrections(site: Site) -> Iterator[Page]:
    """The Atom feed of changes in both languages, the newest first."""
    rows = show_changes(site.dataset.changes[:FEED_LENGTH], site.dataset)
    feed = Page(
        url="corrections.xml",
        template="feed.xml",
        title=say("pages.corrections.feed", site=site.settings.name),
        description=say("pages.corrections.description"),
    )
    yield from _make_feed(feed, [_show_entry(row) for row in rows], "corrections/", site)


def _show_entry(row: ChangeRow) -> dict[str, object]:
    change = row.change
    after = row.after or say("pages.corrections.taken_out")
    return {
        "name": "/".join((change.case, change.name, change.date.edtf, change.before, change.after)),
        "path": f"cases/{change.case}/#figure-{change.figure}" if row.figure else "corrections/",
        "title": say("pages.corrections.entry", kind=row.kind, place=row.place, label=row.name),
        "summary": say("pages.corrections.change", before=row.before, after=after, why=change.why),
        "updated": change.date.edtf,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """A change with its place and a name; `figure` is None if the change is not of a figure."""

    change: Change
    kind: Text
    place: Text
    figure: Figure | None
    name: Text
    before: Text
    after: Text


def find_changes(keys: Iterable[str], dataset: Dataset) -> tuple[Change, ...]:
    """The changes of figures and of the figures in their formulas, newest first."""
    if not dataset.changes:
        return ()
    traced, waiting = set[str](), list(keys)
    while waiting:
        key = waiting.pop()
        figure = dataset.figures.get(key)
        if key not in traced and figure is not None and figure.formula:
            names = names_of(parse_formula(figure.formula))
            waiting += [f"{figure.case}.{name.id}" for name in names]
        traced.add(key)
    return tuple(one for one in dataset.changes if f"{one.case}.{one.figure}" in traced)


def show_changes(changes: Iterable[Change], dataset: Dataset) -> tuple[ChangeRow, ...]:
    """The rows of changes for a page, in the given order."""
    rows, questions = [], dataset.vocabulary.questions
    for change in changes:
        figure = dataset.figures.get(f"{change.case}.{change.figure}")
        asked = questions[change.about].name if change.about in questions else Text(change.name)
        row = ChangeRow(
            change=change,
            kind=say(f"pages.corrections.{change.kind}"),
            place=dataset.place(dataset.by_slug[change.case]),
            figure=figure,
            name=figure.label if figure is not None else asked,
            before=_word(change.before, dataset),
            after=_word(change.after, dataset),
        )
        rows.append(row)
    return tuple(rows)


def _word(text: str, dataset: Dataset) -> Text:
    """A value before or after a change in words: a term, a period, an amount or a title."""
    listed = list_words(dataset.vocabulary)
    for name in _LISTS:
        for word in listed[name]:
            if text == word.key:
                return word.name
    # Periods first, so that a bare year is read as a year and not as a number.
    with suppress(WordingError):
        return word_period(parse_period(text).edtf)
    with suppress(WordingError):
        return word_quantity(parse_quantity(text))
    return Text(text)
