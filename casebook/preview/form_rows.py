"""Rows of a form: as a browser posts them, and as its buttons change them."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress

from casebook.data.record_rows import JOINED, NAMED, Fields, TypedRow, clean_text
from casebook.record.description import FieldDescription
from casebook.record.lists import Lists
from casebook.record.new_case import find_regions
from casebook.record.reader import SILENT
from casebook.text import LANGS, Languages

# Beside the fields of a row are its own name and where it comes from, which no field is called.
NAME, ORIGIN = "@name", "@origin"
# The sites of a form are few; whoever posts more means to fill the memory.
_MOST_ROWS = 2_000


def read_posted(
    pairs: Iterable[tuple[str, str]], described: Fields, languages: Languages
) -> TypedRow:
    """The record that a form gives, by the names of its controls: `figures.0.amount`.

    What is named and is no field is left out.
    """
    several: dict[str, list[str]] = {}
    for name, text in pairs:
        several.setdefault(name, []).append(text)
    root = TypedRow()
    numbered: dict[str, TypedRow] = {}
    for name, texts in several.items():
        where, _, called = name.rpartition(".")
        found = _find_posted(root, where, described, numbered)
        if found is None:
            continue
        own, fields = found
        if called == NAME:
            own.name = texts[-1].strip()
        elif called == ORIGIN:
            own.origin = texts[-1]
        elif one := _find_field(fields, called, languages):
            own.texts[called] = clean_text(JOINED.join(filter(None, texts)), one)
    return root


def _find_posted(
    root: TypedRow, where: str, described: Fields, numbered: dict[str, TypedRow]
) -> tuple[TypedRow, Fields] | None:
    """The row at a place such as `figures.0.history.1`, made where it is the first of its name."""
    own = root
    parts = where.split(".") if where else []
    for at in range(0, len(parts) - 1, 2):
        one = _find_list(described, parts[at])
        if one is None or len(numbered) > _MOST_ROWS:
            return None
        place = ".".join(parts[: at + 2])
        if place not in numbered:
            numbered[place] = TypedRow(name=parts[at + 1] if one.kind == "answers" else "")
            own.rows.setdefault(one.name, []).append(numbered[place])
        own, described = numbered[place], one.inner
    return (own, described) if len(parts) % 2 == 0 else None


def _find_list(described: Fields, name: str) -> FieldDescription | None:
    return next((one for one in described if one.holds_records and one.name == name), None)


def _find_field(described: Fields, called: str, languages: Languages) -> FieldDescription | None:
    fitting = (one for one in described if not one.holds_records and called in one.names(languages))
    return next(fitting, None)


def complete(row: TypedRow, before: TypedRow, described: Fields) -> None:
    """Put into a posted row what the form did not hold, as it was before.

    A row that says to be one that there is not, or that is here twice, is a new one.
    """
    for name, text in before.texts.items():
        given = row.texts.setdefault(name, text)
        # Boxes are sent in the order of their list, whatever that of the file is.
        if {*given.split(JOINED)} == {*text.split(JOINED)}:
            row.texts[name] = text
    for one in described:
        if not one.holds_records:
            continue
        known = {inner.origin or inner.name: inner for inner in before.rows.get(one.name, ())}
        rows = row.rows.setdefault(one.name, [])
        for inner in rows:
            old = known.pop(inner.name if one.kind == "answers" else inner.origin, None)
            inner.origin = old.origin if old is not None else ""
            complete(inner, old or TypedRow(), one.inner)
            if one.kind == "answers" and inner.texts.get("state") in SILENT:
                is_new = inner.texts.get("value") and not (old and old.texts.get("value"))
                # Whoever has just written an answer need not say that it is no silence.
                inner.texts["state"] = "" if is_new else inner.texts["state"]
        if one.kind == "answers":
            rows += known.values()


def find_row(root: TypedRow, place: str) -> TypedRow | None:
    """The row at a place by the numbers of rows, or by the names of answers."""
    own: TypedRow | None = root
    parts = place.split(".") if place else []
    for name, key in zip(parts[::2], parts[1::2], strict=False):
        rows = own.rows.get(name, []) if own is not None else []
        if key.isascii() and key.isdigit():
            own = rows[int(key)] if int(key) < len(rows) else None
        else:
            own = next((row for row in rows if row.name == key), None)
    return own


def _add(root: TypedRow, place: str) -> None:
    outer, _, name = place.rpartition(".")
    if (own := find_row(root, outer)) is not None:
        own.rows.setdefault(name, []).append(TypedRow())


def _set(root: TypedRow, given: str) -> None:
    place, _, text = given.partition("=")
    outer, _, name = place.rpartition(".")
    if (own := find_row(root, outer)) is not None and name in own.texts:
        words = own.texts[name].split(JOINED)
        # Of several words the one that is likest to the new one was meant.
        like = difflib.get_close_matches(text, words, n=1, cutoff=0)
        own.texts[name] = JOINED.join(text if word in like else word for word in words)


def _move(root: TypedRow, place: str, by: int) -> None:
    outer, _, key = place.rpartition(".")
    outer, _, name = outer.rpartition(".")
    own = find_row(root, outer)
    rows = own.rows.get(name, []) if own is not None else []
    with suppress(ValueError):
        at = int(key)
        if by == 0 and at < len(rows):
            del rows[at]
        elif 0 <= at + by < len(rows) and at < len(rows):
            rows[at], rows[at + by] = rows[at + by], rows[at]


# The buttons that change the rows of a form and nothing else.
ACTIONS: Mapping[str, Callable[[TypedRow, str], None]] = {
    "add": _add,
    "set": _set,
    "remove": lambda root, place: _move(root, place, 0),
    "up": lambda root, place: _move(root, place, -1),
    "down": lambda root, place: _move(root, place, 1),
}


def resolve(row: TypedRow, described: Fields, lists: Lists) -> None:
    """Put the keys of places and sources where their names are typed, if these mean just one."""
    for one in described:
        if one.holds_records:
            for inner in row.rows.get(one.name, ()):
                resolve(inner, one.inner, lists)
        elif (text := row.texts.get(one.name, "")) and one.kind in _SEARCHED:
            row.texts[one.name] = _SEARCHED[one.kind](text, lists)


def _resolve_region(text: str, lists: Lists) -> str:
    if text in lists.regions:
        return text
    found = find_regions(text, lists.regions)
    return found[0].code if len(found) == 1 else text


def _resolve_source(text: str, lists: Lists) -> str:
    if text in lists.sources:
        return text
    titles = {key: one.title for key, one in lists.sources.items()}
    found = [key for key, title in titles.items() if any(text in title.own(n) for n in LANGS)]
    return found[0] if len(found) == 1 else text


_SEARCHED: Mapping[str, Callable[[str, Lists], str]] = {
    "region": _resolve_region,
    "source": _resolve_source,
}


def find_wrong_names(row: TypedRow, described: Fields, place: str = "") -> dict[str, str]:
    """The keys of what is wrong with names of rows, by their controls."""
    wrong: dict[str, str] = {}
    for one in described:
        seen: set[str] = set()
        for number, inner in enumerate(row.rows.get(one.name, ()) if one.holds_records else ()):
            own = f"{place}{one.name}.{number}."
            if one.kind in NAMED and one.kind != "answers":
                if not inner.name or inner.name in seen:
                    wrong[own + NAME] = "form.name_twice" if inner.name else "form.name_blank"
                seen.add(inner.name)
            wrong |= find_wrong_names(inner, one.inner, own)
    return wrong
