"""Checks of a record as a form holds it: every problem at the control that it is about."""

from __future__ import annotations

import shutil
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from casebook.build.cache import open_cache
from casebook.build.checking import load_checked
from casebook.build.reading import CaseCache
from casebook.build.state import read_inputs
from casebook.checks.history import Difference, check_history, list_unexplained
from casebook.checks.published import FactName, PublishedCase, has_ledger, read_published
from casebook.checks.translations import read_recorded
from casebook.data.record_edit import write_record
from casebook.data.record_rows import CASE, NAMED, SOURCE_FILE, SOURCES, Fields, TypedRow
from casebook.packaged import SETTINGS
from casebook.preview.form_rows import NAME
from casebook.problems import ContentError, Problem
from casebook.record.dataset import Dataset
from casebook.record.lists import Lists, read_lists
from casebook.record.model import Case, Figure
from casebook.record.reader import read_case
from casebook.record.sketch import Way, find_spots
from casebook.yaml.files import temporary_folder
from casebook.yaml.nodes import read_tree

Unexplained = Sequence[tuple[FactName, Difference]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The problems of a record by the names of the controls that they are about.

    Those of the whole record are under an empty name. `figures` are those that could be read, and
    `unexplained` is what differs from what was published without a reason.
    """

    problems: Mapping[str, Sequence[Problem]]
    figures: Mapping[str, Figure] = field(default_factory=dict)
    unexplained: Unexplained = ()

    @property
    def errors(self) -> int:
        """The number of problems that are more than warnings."""
        found = (one for group in self.problems.values() for one in group)
        return sum(one.severity == "error" for one in found)


def check_row(
    project: Path, shown: str, row: TypedRow, lists: Lists, quick: bool = False
) -> Checked:
    """Check a record as it would be in its file; a `quick` check looks at the record alone."""
    described = SOURCES if shown == SOURCE_FILE else CASE
    # With a blank for every field, so that what is missing has a place of its own.
    data = write_record(_name_all(row, described), described, lists, every=True).encode()
    if shown == SOURCE_FILE:
        found = _check_sources(project, data)
        return Checked(problems=_place(data, found, row, described))
    case, found = read_case(data, shown, lists)
    unexplained: Unexplained = ()
    if case is not None and not quick and (project / shown).is_file():
        dataset, found = _check_in_site(project, shown, data)
        if case.state == "published" and case.slug in dataset.positions:
            unexplained = _check_published(project, dataset, case, found)
    found = [one for one in found if one.path == shown]
    return Checked(
        problems=_place(data, found, row, described),
        figures=case.figures if case is not None else {},
        unexplained=unexplained,
    )


def _check_in_site(project: Path, shown: str, data: bytes) -> tuple[Dataset, list[Problem]]:
    """The whole site with this record in the place of its file."""
    with open_cache(project / ".cache") as cache:
        digests = read_inputs(project, cache).digests
        dataset, found = load_checked(project, True, CaseCache(cache, digests, {shown: data}))
        # Records are loaded from the cache, which closes here.
        return (dataset, found)


def _check_published(
    project: Path, dataset: Dataset, case: Case, problems: list[Problem]
) -> Unexplained:
    """Add what is wrong with a case beside what was published of it."""
    if not has_ledger(project):
        return ()
    others = frozenset(dataset.positions) - {case.slug}
    try:
        published = read_published(project, others)
    except ContentError as error:
        problems += error.problems
        return ()
    recorded = read_recorded(project, dataset.languages)
    problems += check_history(dataset, published, recorded, date.today())
    was = published.get(case.slug, PublishedCase(since=""))
    return list_unexplained(case, was, dataset)


def _check_sources(project: Path, data: bytes) -> list[Problem]:
    """The problems of a list of sources, read in the place of the one of the project."""
    problems: list[Problem] = []
    with temporary_folder(project) as copy:
        (copy / "data").mkdir()
        for name in (SETTINGS, "data/vocabulary.yaml", "data/regions.yaml"):
            if (project / name).is_file():
                shutil.copyfile(project / name, copy / name)
        (copy / SOURCE_FILE).write_bytes(data)
        read_lists(copy, problems)
    return [one for one in problems if one.path == SOURCE_FILE]


def _name_all(row: TypedRow, described: Fields) -> TypedRow:
    """A row with a name for each that has to have one, so that the rest of it can be read."""
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


def _place(
    data: bytes, found: Iterable[Problem], row: TypedRow, described: Fields
) -> dict[str, list[Problem]]:
    """Problems by the controls in whose lines they are."""
    node, _ = read_tree(data, "")
    spots = sorted(find_spots(node, ())) if node is not None else []
    places = [at for at, _ in spots]
    placed: dict[str, list[Problem]] = {}
    for one in sorted({*found}):
        way = spots[max(0, bisect_right(places, one.at) - 1)][1] if spots else ()
        placed.setdefault(_find_control(way, row, described), []).append(one)
    return placed


def _find_control(way: Way, row: TypedRow, described: Fields) -> str:
    """The name of the control of a part of a record, or of the row or list that it is."""
    name = ""
    steps = [*way]
    if steps and described is SOURCES:
        steps.insert(0, described[0].name)
    while steps:
        one = next((one for one in described if one.name == steps[0]), None)
        if one is None or not one.holds_records:
            return f"{name}{steps[0]}"
        name += one.name
        if len(steps) == 1:
            return name
        rows = row.rows.get(one.name, [])
        numbers = (number for number, each in enumerate(rows) if each.name == steps[1])
        at = next(numbers, len(rows)) if isinstance(steps[1], str) else steps[1]
        if at >= len(rows):
            return name
        name += f".{steps[1] if one.kind == 'answers' else at}"
        if len(steps) == 2:
            return f"{name}.{NAME}" if one.kind in NAMED and one.kind != "answers" else name
        row, described, steps, name = rows[at], one.inner, steps[2:], f"{name}."
    return name
