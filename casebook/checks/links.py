"""Checks of links, references, slots and other marks, so that none is lost unnoticed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from html import unescape
from typing import Final, NamedTuple

from casebook.messages import problem, say
from casebook.problems import Position, Problem, find_in_lines, make_visible
from casebook.record.dataset import Dataset
from casebook.record.description import WrittenText
from casebook.record.model import Case
from casebook.record.references import (
    REFERENCE,
    SITE,
    SLOTS,
    find_broken_references,
    find_references,
    find_slots,
)
from casebook.record.slugs import figure_address
from casebook.record.suggestions import nearest, suggest
from casebook.text import NO_TEXT, Text

_LINK: Final = re.compile(r"(!?)\[[^\[\]\n]*\]\(([^()\n]*(?:\([^()\n]*\)[^()\n]*)*)\)")
# A link with full-width brackets from an input method, or with a blank between its brackets.
_BROKEN_LINK: Final = re.compile(
    r"[\[［【][^\[\]［］【】\n]{1,200}[\]］】] ?"
    r"[(（](?:/|https?:|www\.|figure:|mailto:)[^()（）\n]{0,400}[)）]"
)
_WIDE_HEADING: Final = re.compile(r"^ {0,3}#{0,6}＃[＃#]{0,6}[ \u3000]*[^\s＃#].{0,20}")
_WIDE_ITEM: Final = re.compile(r"^ {0,3}[•●■◆▪▶➢－][ \u3000]*[^\s•●■◆▪▶➢－].{0,20}")
_DEFINED: Final = re.compile(r"^ {0,3}\[(?!\^)[^\[\]\n]+\]:\s*(\S+)")
_NOTE: Final = re.compile(r"\[\^([^\[\]\s]+)\](:?)")
_CODE: Final = re.compile(r"`[^`\n]*`")
_ELSEWHERE: Final = ("http://", "https://", "mailto:", "figure:", "#")
_OF_SITE: Final = re.compile(
    r"(?:(?:site|zh|en|asset):)?/(?:(?:zh|en)/)?(?P<address>[^#?]*)[^#]*(?:#(?P<place>.*))?"
)
# HTML entities and Markdown marks, which are printed as typed in a text that is not Markdown.
_ENTITY: Final = re.compile(r"&(?:#[0-9]{1,7}|#x[0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,7});")
_MARKS: Final = re.compile(r"\*\*[^*\n]+\*\*|!?\[[^\[\]\n]+\]\([^()\n]*\)")


class TextLink(NamedTuple):
    """A link or a picture of a text: its address and its place in the file."""

    address: str
    is_picture: bool
    at: Position


def find_links(text: WrittenText) -> Iterator[TextLink]:
    """The links and pictures of a text."""
    words = _blank_code(text.words)
    for found, at in find_in_lines(_LINK, words, text.at):
        address = (found[2].split() or [""])[0].strip("<>")
        yield TextLink(address=address, is_picture=bool(found[1]), at=at)
    for found, at in find_in_lines(_DEFINED, words, text.at):
        address = found[1].strip("<>")
        yield TextLink(address=address, is_picture=False, at=at.inside(found.start(1)))


def check_marks(text: WrittenText) -> Iterator[Problem]:
    """The problems of links with a wrong form, of pictures, of marks as typed and of footnotes."""
    for link in find_links(text):
        # A picture is declared in the record, which states its words, its owner and its licence.
        if link.is_picture:
            yield problem("E307", text.path, link.at, address=link.address[:60])
        elif not (link.address.startswith(_ELSEWHERE) or _OF_SITE.fullmatch(link.address)):
            is_web = link.address.startswith("www.")
            hint = say("checks.link_web", address=link.address[:60]) if is_web else None
            yield problem("E306", text.path, link.at, hint=hint, address=link.address[:60])
    yield from _check_typed(text)
    yield from _check_notes(text)


def check_references(text: WrittenText, home: Case | None, dataset: Dataset) -> Iterator[Problem]:
    """The problems of references and slots that name nothing, each with the nearest name."""
    words = dataset.words
    for broken, is_sure in find_broken_references(text.words, text.at):
        named = broken.name and dataset.find_figure(broken.case, broken.name, home)
        if is_sure or named:
            meant = f"{broken.case}.{broken.name}" if broken.case else broken.name
            wanted, written = f"{{{{{meant or '…'}}}}}", broken.written[:60]
            yield problem("E250.braces", text.path, broken.at, written=written, reference=wanted)
    yield from _check_slots(text, home, dataset)
    for reference in find_references(text.words, text.at):
        if reference.case in dataset.unread:
            continue
        if reference.case == SITE and reference.name in words:
            continue
        if reference.name and dataset.find_figure(reference.case, reference.name, home):
            continue
        known = list(dataset.figures) + [f"{SITE}.{name}" for name in words]
        if home is not None:
            known += list(home.figures)
        word = f"{reference.case}.{reference.name}" if reference.case else reference.name
        word = word or reference.written.strip("{} ")
        yield problem(
            "E250", text.path, reference.at, hint=suggest(word, known), name=reference.written[:60]
        )


def _check_slots(text: WrittenText, home: Case | None, dataset: Dataset) -> Iterator[Problem]:
    """The problems of slots that a page would print unchanged or does not know."""
    for slot in find_slots(text.words, text.at):
        written, hint = slot.written[:60], None
        is_known = slot.kind in (*SLOTS, "chart", "picture", "refusal")
        if slot.kind in ("chart", "picture"):
            # Charts and pictures have checks of their own, which know plain brackets only.
            key = "" if slot.written.startswith("[[") else "E252.brackets"
        elif is_known and not slot.stands_alone:
            key = "E252.brackets"
        elif is_known and home is not None:
            key = "E252.story"
        elif slot.kind == "refusal":
            names = [refusal.id for refusal in dataset.refusals]
            key, hint = "" if slot.name in names else "E252.slot", suggest(slot.name, names)
        else:
            key = "E252.slot" if slot.stands_alone and not is_known else ""
            known = Text("、".join(SLOTS), ", ".join(SLOTS))
            hint = suggest(slot.kind, SLOTS) or say("checks.known_slots", slots=known)
        if key:
            yield problem(key, text.path, slot.at, hint=hint, written=written)


def check_links(text: WrittenText, made: Collection[str], dataset: Dataset) -> Iterator[Problem]:
    """The problems of links to missing pages; `made` are the addresses of the site."""
    for link in find_links(text):
        of_site = _OF_SITE.fullmatch(link.address)
        if link.address.startswith("figure:"):
            address, _, place = figure_address(link.address.removeprefix("figure:")).partition("#")
        elif of_site is None or link.is_picture:
            continue
        else:
            address, place = of_site["address"], of_site["place"] or ""
        name = place.removeprefix("figure-")
        case = _find_case(address, dataset) if name != place else None
        # The many files of data and charts are not checked: they are known once the site is built.
        is_file = "." in address.rpartition("/")[2] and not address.startswith("figures/")
        is_made = is_file or address in made or address in dataset.ledger
        is_known = is_made or _is_chart(address, dataset) or _is_unread(address, dataset)
        if is_known and _has_place(case, name, address):
            continue
        if case is not None:
            address += f"#{place}"
            near = nearest(name, case.figures)
            meant = figure_address(f"{case.slug}.{near}") if near else ""
        elif (key := address.removeprefix("figures/").strip("/")) in dataset.figures:
            meant = figure_address(key)
        else:
            meant = nearest(address, made)
        hint = offer_address(meant)
        yield problem("E306.page", text.path, link.at, hint=hint, address=f"/{address}"[:60])


def offer_address(meant: str) -> Text:
    """The hint “did you mean …” with an address of the site, empty if there is none."""
    return say("checks.did_you_mean_address", address=meant) if meant else NO_TEXT


def _find_case(address: str, dataset: Dataset) -> Case | None:
    """The case of an address under cases/ or figures/, else None."""
    folder, slug, *_ = (*address.split("/"), "")
    slug = dataset.aliases.get(slug, slug)
    return dataset.by_slug.get(slug) if folder in ("cases", "figures") else None


def _is_unread(address: str, dataset: Dataset) -> bool:
    """True for a page of a case that cannot be read, which is a problem of its own."""
    pages = ("cases/{}/", "figures/{}/", "figures/{}.", "charts/{}-")
    return any(address.startswith(one.format(slug)) for slug in dataset.unread for one in pages)


def _has_place(case: Case | None, figure: str, address: str) -> bool:
    """False if a page of a case lacks a figure; the page of figures has removed ones as well."""
    if case is None or figure in case.figures:
        return True
    is_of_figures = address.startswith("figures/")
    return is_of_figures and any(change.figure == figure for change in case.taken_out)


def plain_texts_hold_no_marks(case: Case, dataset: Dataset) -> Iterator[Problem]:
    """A text that is printed as it is typed holds no marks of Markdown."""
    for placed in case.texts:
        if placed.field.kind == "block":
            continue
        for text in placed.by_language(case.path):
            yield from _check_entities(text)
            # A quick test first: most texts have no such marks.
            is_marked = "**" in text.words or "](" in text.words
            if is_marked and (found := _MARKS.search(REFERENCE.sub("", text.words))):
                marks = found[0][:40]
                yield problem("E309", text.path, text.at, field=placed.path, marks=marks)


def _check_entities(text: WrittenText) -> Iterator[Problem]:
    """The problems of HTML entities, such as &nbsp; pasted from a web page."""
    for found, at in find_in_lines(_ENTITY, text.words, text.at) if "&" in text.words else ():
        if (meant := unescape(found[0])) != found[0]:
            meant = " " if meant.isspace() else make_visible(meant)
            yield problem("E309.entity", text.path, at, marks=found[0], meant=meant)


def _check_typed(text: WrittenText) -> Iterator[Problem]:
    """The problems of entities, links, headings and list items that would be printed as typed."""
    words = _blank_code(text.words)
    yield from _check_entities(text._replace(words=words))
    for found, at in find_in_lines(_BROKEN_LINK, words, text.at):
        if not _LINK.fullmatch(found[0]):
            yield problem("E309.link", text.path, at, marks=found[0][:40])
    for found, at in find_in_lines(_WIDE_HEADING, words, text.at):
        yield problem("E309.heading", text.path, at, marks=found[0].strip()[:20])
    for found, at in find_in_lines(_WIDE_ITEM, words, text.at):
        yield problem("E309.item", text.path, at, marks=found[0].strip()[:20])


def _check_notes(text: WrittenText) -> Iterator[Problem]:
    notes: dict[str, list[tuple[bool, Position]]] = {}
    path = text.path
    for found, at in find_in_lines(_NOTE, _blank_code(text.words), text.at):
        is_text = bool(found[2]) and not found.string[: found.start()].strip()
        notes.setdefault(found[1], []).append((is_text, at))
    for name, places in notes.items():
        kinds = Counter(is_text for is_text, _ in places)
        at = places[0][1]
        if not kinds[True]:
            yield problem("E308", path, at, name=name[:20])
        elif not kinds[False]:
            yield problem("E308.unused", path, at, name=name[:20])
        elif kinds[True] > 1:
            yield problem("E308.twice", path, places[-1][1], name=name[:20])


def _is_chart(address: str, dataset: Dataset) -> bool:
    """True if an address may be a chart's; only the charts know their exact names."""
    name = address.removeprefix("charts/")
    return name != address and any(name.startswith(f"{slug}-") for slug in dataset.positions)


def _blank_code(text: str) -> str:
    # A link in a code span is printed as it is typed.
    return _CODE.sub(lambda found: " " * len(found.group()), text)
