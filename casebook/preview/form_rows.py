"""Rows of a form: how a browser posts them, how buttons change them, and their problems."""

from __future__ import annotations

import difflib
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path

from casebook.build.cache import open_cache
from casebook.build.checking import check_published, load_checked
from casebook.build.reading import CaseCache
from casebook.build.state import read_inputs
from casebook.checks.history import Difference, list_unexplained
from casebook.checks.published import FactName, PublishedCase, read_published
from casebook.data.record_edit import RecordFile, open_cases, write_record
from casebook.data.record_rows import (
    CASE,
    JOINED,
    NAMED,
    SOURCES,
    Fields,
    TypedRow,
    clean_text,
    read_row,
)
from casebook.messages import problem
from casebook.problems import START, Problem
from casebook.record.dataset import Dataset
from casebook.record.lists import ListReader, Lists
from casebook.record.model import Case, Figure
from casebook.record.reader import SILENT, read_case
from casebook.record.regions import find_regions
from casebook.record.vocabulary import Source
from casebook.text import ENUMERATION, Languages
from casebook.yaml.nodes import read_tree

Unexplained = Sequence[tuple[FactName, Difference]]
# The controls for the name and the origin of a row; no field has one of these names.
NAME, ORIGIN = "@name", "@origin"
# A form has fewer rows than this; a request with more is meant to fill the memory.
_MOST_ROWS = 2_000


def read_posted(
    pairs: Iterable[tuple[str, str]], described: Fields, languages: Languages
) -> TypedRow:
    """The record that a form posts, by the names of its controls, such as `figures.0.amount`.

    Names that are not those of fields are left out.
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
        for one in fields:
            if called in one.names(languages) and not one.holds_records:
                own.texts[called] = clean_text(JOINED.join(filter(None, texts)), one)
    return root


def _find_posted(
    root: TypedRow, where: str, described: Fields, numbered: dict[str, TypedRow]
) -> tuple[TypedRow, Fields] | None:
    """The row at a place such as `figures.0.history.1`, made if it is new, and its fields."""
    own = root
    parts = where.split(".") if where else []
    for at in range(0, len(parts) - 1, 2):
        lists = (one for one in described if one.holds_records and one.name == parts[at])
        one = next(lists, None)
        if one is None or len(numbered) > _MOST_ROWS:
            return None
        place = ".".join(parts[: at + 2])
        if place not in numbered:
            numbered[place] = TypedRow(name=parts[at + 1] if one.kind == "answers" else "")
            own.rows.setdefault(one.name, []).append(numbered[place])
        own, described = numbered[place], one.inner
    return (own, described) if len(parts) % 2 == 0 else None


def complete(row: TypedRow, before: TypedRow, described: Fields) -> None:
    """Complete a posted row with the values of `before` that the form did not hold.

    A row whose origin does not exist, or is the origin of an earlier row too, is a new row.
    """
    row.read, row.origin = before, before.origin
    for name, text in before.texts.items():
        given = row.texts.setdefault(name, text)
        # A browser sends boxes in the order of their list; the file may have another order.
        if {*given.split(JOINED)} == {*text.split(JOINED)}:
            row.texts[name] = text
    for one in described:
        if not one.holds_records:
            continue
        known = {inner.origin or inner.name: inner for inner in before.rows.get(one.name, ())}
        rows = row.rows.setdefault(one.name, [])
        for inner in rows:
            old = known.pop(inner.name if one.kind == "answers" else inner.origin, None)
            complete(inner, old or TypedRow(), one.inner)
            if one.kind == "answers" and inner.texts.get("state") in SILENT:
                is_new = inner.texts.get("value") and not (old and old.texts.get("value"))
                # An editor who has just written an answer need not change its state as well.
                inner.texts["state"] = "" if is_new else inner.texts["state"]
        if one.kind == "answers":
            rows += [left.copy() for left in known.values()]


def find_row(root: TypedRow, place: str) -> TypedRow | None:
    """The row at a place, which gives the numbers of rows, or the names of answers."""
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
        # Of several words the one most similar to the new word is replaced.
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


# The buttons that only change the rows of a form.
ACTIONS: Mapping[str, Callable[[TypedRow, str], None]] = {
    "add": _add,
    "set": _set,
    "remove": lambda root, place: _move(root, place, 0),
    "up": lambda root, place: _move(root, place, -1),
    "down": lambda root, place: _move(root, place, 1),
}


def resolve(row: TypedRow, described: Fields, lists: Lists) -> None:
    """Replace each typed name of a region or source by its key, if the name has one meaning."""
    for one in described:
        if one.holds_records:
            for inner in row.rows.get(one.name, ()):
                resolve(inner, one.inner, lists)
        elif text := row.texts.get(one.name, ""):
            row.texts[one.name] = _find_key(text, one.kind, lists)


def _find_key(text: str, kind: str, lists: Lists) -> str:
    """The key of the only region or source that a text may mean, else the text itself."""
    found: list[str] = []
    if kind == "region" and text not in lists.regions:
        found = [region.code for region in find_regions(text, lists.regions)]
    elif kind == "source" and text not in lists.sources:
        titles = {key: source.title for key, source in lists.sources.items()}
        found = [key for key, title in titles.items() if text in f"{title.zh}\n{title.en}"]
    return found[0] if len(found) == 1 else text


def find_wrong_names(
    row: TypedRow, described: Fields, place: str = ""
) -> Iterator[tuple[str, Problem]]:
    """The problems of missing and repeated names of rows, each with the name of its control."""
    for one in described:
        seen: set[str] = set()
        for number, inner in enumerate(row.rows.get(one.name, ()) if one.holds_records else ()):
            own = f"{place}{one.name}.{number}."
            if one.kind in NAMED and one.kind != "answers":
                if not inner.name or inner.name in seen:
                    key = "E130.name" if inner.name else "E202.name"
                    yield own + NAME, problem(key, "", START)
                seen.add(inner.name)
            yield from find_wrong_names(inner, one.inner, own)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The problems of a record by the names of their controls.

    Problems of the whole record are under an empty name. `figures` are the figures that could be
    read, and `unexplained` are the changes to published facts for which no reason is given.
    """

    problems: Mapping[str, Sequence[Problem]]
    figures: Mapping[str, Figure] = field(default_factory=dict)
    unexplained: Unexplained = ()

    @property
    def errors(self) -> int:
        """The number of errors."""
        found = (one for group in self.problems.values() for one in group)
        return sum(one.severity == "error" for one in found)


def check_record(file: RecordFile) -> Checked:
    """Check a record as its file would hold it, and an existing case also within the whole site."""
    described = file.described
    # With a blank for every field, so that a missing value has a line of its own. The first line is
    # left empty, because problems of the whole file have its number.
    record = write_record(_name_all(file.row, described), described, file.lists, every=True)
    data = f"\n{record}".encode()
    if described is SOURCES:
        found = [*_check_sources(file, data), *_find_missed(file)]
        return Checked(problems=_place(data, found, file))
    case, found = read_case(data, file.shown, file.lists)
    unexplained: Unexplained = ()
    if case is not None and file.path.is_file():
        dataset, found = _check_in_site(file.project, file.shown, data)
        if case.state == "published" and case.slug in dataset.positions:
            unexplained = _check_published(file.project, dataset, case, found)
    found = [one for one in found if one.path == file.shown]
    return Checked(
        problems=_place(data, found, file),
        figures=case.figures if case is not None else {},
        unexplained=unexplained,
    )


def _check_in_site(project: Path, shown: str, data: bytes) -> tuple[Dataset, list[Problem]]:
    """The data set with `data` in the place of the file, and its problems."""
    with open_cache(project / ".cache") as cache:
        digests = read_inputs(project, cache).digests
        dataset, found = load_checked(project, True, CaseCache(cache, digests, {shown: data}))
        # The cache closes here, so a record that is loaded later is read again.
        return (dataset, found)


def _check_published(
    project: Path, dataset: Dataset, case: Case, problems: list[Problem]
) -> Unexplained:
    """Add the problems of a case by today's date and against what was published of it."""
    others = frozenset(dataset.positions) - {case.slug}
    problems += check_published(project, dataset, dataset.settings.today(), unpublished=others)
    if not any(one.code == "E238" for one in problems):
        return ()
    was = read_published(project, others).get(case.slug, PublishedCase(since=""))
    return list_unexplained(case, was, dataset)


def _check_sources(file: RecordFile, data: bytes) -> list[Problem]:
    """The problems of a list of sources that is read in place of the project's list."""
    problems: list[Problem] = []
    reader = ListReader(file.project, "sources", problems, data)
    reader.words = vars(file.lists.vocabulary)
    reader.read_records(Source, "id")
    return problems


def _find_missed(file: RecordFile) -> Iterator[Problem]:
    """A problem if sources that cases refer to were removed or renamed."""
    before, after = ({row.name for row in one.rows["sources"]} for one in (file.before, file.row))
    missed: set[str] = set()
    paths = []
    for _, case in open_cases(file.project, file.lists) if before - after else ():
        if used := (before - after) & {*_list_sources(case.before, CASE)}:
            missed |= used
            paths.append(case.shown)
    if missed:
        names, cases = (ENUMERATION.join(sorted(each)) for each in (missed, paths))
        yield problem("E261.used", file.shown, START, names=names, cases=cases)


def _list_sources(row: TypedRow, described: Fields) -> Iterator[str]:
    for one in described:
        for inner in row.rows.get(one.name, ()) if one.holds_records else ():
            yield from _list_sources(inner, one.inner)
        if one.kind == "source":
            yield row.texts.get(one.name, "")


def _name_all(row: TypedRow, described: Fields) -> TypedRow:
    """A copy of a row in which every unnamed inner row has a name, so that it can be read."""
    rows = {}
    for one in described:
        inner = [_name_all(each, one.inner) for each in row.rows.get(one.name, ())]
        seen: set[str] = set()
        for number, each in enumerate(inner if one.kind in NAMED else ()):
            if not each.name or each.name in seen:
                each.name = f"unnamed_{number}"
            seen.add(each.name)
        rows[one.name] = inner
    return TypedRow(name=row.name, texts=row.texts, rows=rows)


def _place(data: bytes, found: Iterable[Problem], file: RecordFile) -> dict[str, list[Problem]]:
    """The problems by control, which is found by line; each field has lines of its own."""
    written = read_row(read_tree(data, "")[0], file.described, file.lists)
    controls = sorted(_list_controls(written, file.described), key=itemgetter(0))
    lines = [line for line, _ in controls]
    placed: dict[str, list[Problem]] = {}
    for one in sorted({*found}):
        at = bisect_right(lines, one.at.line) - 1
        placed.setdefault(controls[at][1] if at >= 0 else "", []).append(one)
    for control, one in find_wrong_names(file.row, file.described):
        placed.setdefault(control, []).append(one)
    return placed


def _list_controls(row: TypedRow, described: Fields, place: str = "") -> Iterator[tuple[int, str]]:
    """The first line and the control of each field, list and row."""
    yield from ((line, f"{place}{name}") for name, line in row.lines.items() if name)
    for one in described:
        rows = row.rows.get(one.name, ()) if one.holds_records else ()
        # An answer that is not in the file has no line.
        for number, inner in enumerate(inner for inner in rows if inner.origin):
            is_answer = one.kind == "answers"
            own = f"{place}{one.name}.{inner.name if is_answer else number}"
            is_named = one.kind in NAMED and not is_answer
            yield inner.lines[""], f"{own}.{NAME}" if is_named else own
            yield from _list_controls(inner, one.inner, f"{own}.")
