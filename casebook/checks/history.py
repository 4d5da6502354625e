"""Check that each difference from the published facts has a reason in the record."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

from casebook.checks.published import (
    FactName,
    PublishedCase,
    key_of,
    list_facts,
    name_records,
    write_quantity,
)
from casebook.messages import problem, say
from casebook.problems import START, Problem, WordingError
from casebook.record.dataset import Dataset
from casebook.record.description import texts_of
from casebook.record.lists import find_list_places
from casebook.record.model import Case, Change
from casebook.record.summary import CaseSummary, pair_wordings
from casebook.text import LANGS, Lang, Text
from casebook.values.amounts import parse_quantity
from casebook.values.dates import parse_period

_STATE: Final = ("value", "min", "max", "unit", "qualifier", "planned")
_TWINS: Final = {
    name: [f"{name}_{lang}" for lang in LANGS]
    for name in ("about", "issuer", "label", "text", "title")
}
_TRANSLATED: Final = frozenset(column for columns in _TWINS.values() for column in columns)
# The columns compared of a computed figure; the others follow figures with their own changes.
_OF_COMPUTED: Final = frozenset({"derived", "measure", "scope", "label", *_TWINS["label"]})
# The lists of the vocabulary by the columns that hold their keys.
_LISTS: Final = {
    "measure": "measures",
    "status": "statuses",
    "scope": "scopes",
    "per": "per",
    "state": "document_states",
}
# A quote changes with the columns that it proves, a translation with its text.
_FOLLOWED: Final = {
    "quote": ("amount", "source", "per", "status", "qualifier"),
    **dict.fromkeys(_TWINS["label"], ("label",)),
    **dict.fromkeys(_TWINS["text"], ("answer",)),
}
# What an editor writes for a value that did not exist before or does not exist now.
_NOTHING: Final = frozenset({"", "无", "none", "-", "–"})

Cells = Mapping[str, str]
# The recorded digests of the parts of records and texts, by file and part.
Translated = Mapping[tuple[str, str], Text]


class Difference(NamedTuple):
    """A column of a fact that differs from what was published."""

    column: str
    before: str
    after: str


def compare_cells(was: Cells, now: Cells) -> Iterator[Difference]:
    """The differences of one fact; a column that the ledger lacks counts as unchanged."""
    computed = bool(was.get("derived") and now.get("derived"))
    differing = [name for name, cell in now.items() if was.get(name, cell) != cell]
    for column in differing:
        if computed and column not in _OF_COMPUTED:
            continue
        # A new value and its wording are one difference; a new wording of the same value is none.
        if column in _STATE and "amount" in differing:
            continue
        if column == "amount" and not {*_STATE} & {*differing}:
            continue
        # A column changes with the one that it follows; a new translation misled nobody before.
        if {*_FOLLOWED.get(column, ())} & {*differing}:
            continue
        if was[column] or column not in _TRANSLATED:
            yield Difference(column, was[column], now[column])


def check_history(
    dataset: Dataset, published: Mapping[str, PublishedCase], translated: Translated, today: date
) -> list[Problem]:
    """Unexplained differences from the published facts, and changes that explain no difference."""
    problems: list[Problem] = []
    for slug, was in published.items():
        name = dataset.aliases.get(slug, slug)
        if name in dataset.positions:
            check = _CaseCheck(dataset.by_slug[name], was, dataset)
            problems += check.find_problems(translated)
            problems += check_days(check.case, was.since, today)
        elif not (slug in dataset.unread or f"cases/{slug}/" in dataset.gone):
            problems.append(problem("W239", f"data/cases/{slug}.yaml", START, slug=slug))
    return problems


def list_unexplained(
    case: Case, was: PublishedCase, dataset: Dataset
) -> list[tuple[FactName, Difference]]:
    """The differences of a case from the published facts that its record does not explain.

    The column of a removed fact is empty.
    """
    return list(_CaseCheck(case, was, dataset).find_unexplained())


def check_unpublished(dataset: Dataset, known: Collection[str]) -> list[Problem]:
    """The problems of changes in cases never published, in which nothing can have changed."""
    named = {dataset.aliases.get(slug, slug) for slug in known}
    return [
        problem("E238.unpublished", case.path, change.at)
        for case in dataset.summaries
        if case.slug not in named
        for change in case.changes
    ]


def check_updated(dataset: Dataset, today: date) -> Iterator[Problem]:
    """The problems of cases last changed after tomorrow, which has begun for editors far east."""
    latest = (today + timedelta(days=1)).isoformat()
    for case in dataset.summaries:
        if case.date > latest:
            at = dataset.by_slug[case.slug].place_by_path["updated"]
            yield problem("E225.future", case.path, at, day=case.date, today=today)


def check_days_of_sources(project: Path, dataset: Dataset, today: date) -> Iterator[Problem]:
    """The problems of sources that are dated, or were read, after tomorrow."""
    latest = (today + timedelta(days=1)).isoformat()
    for source in dataset.sources.values():
        published = source.published.earliest if source.published else None
        days = {
            "published": published.isoformat() if published else "",
            "accessed": source.accessed,
        }
        for name in (name for name, day in days.items() if day > latest):
            at = find_list_places(project, "sources").get(f"{source.id}.{name}", START)
            said: dict[str, Any] = {"source": source.id, "field": name, "day": days[name]}
            yield problem("E225.source", "data/sources.yaml", at, today=today, **said)


def check_days(case: Case | CaseSummary, since: str, today: date) -> Iterator[Problem]:
    """The problems of changes dated after today or before the case was published."""
    for change in case.changes:
        day = change.date.edtf
        if day > today.isoformat():
            yield problem("E238.future", case.path, change.at, day=day, today=today)
        elif day < since:
            yield problem("E238.antedated", case.path, change.at, day=day, since=since)


class _CaseCheck:
    """The check of one case; `used` holds the changes that explain a difference."""

    def __init__(self, case: Case, was: PublishedCase, dataset: Dataset) -> None:
        self.case = case
        self.was = was
        self.dataset = dataset
        self.new = [change for change in case.changes if key_of(change) not in was.changes]
        self.used: list[Change] = []
        # The kinds of facts with a different translation, which is judged with the other columns.
        self.translated: set[str] = set()

    def find_problems(self, recorded: Translated) -> Iterator[Problem]:
        """The problems of the case: first the differences, in the order of the ledger."""
        path, nothing = self.case.path, say("checks.nothing")
        yield from (self._report(*fact, found) for fact, found in self.find_unexplained())
        for lang in self.dataset.languages.others:
            yield from self._check_translation(lang, recorded)
        yield from (
            problem("E238.bogus", path, change.at) for change in self.new if change not in self.used
        )
        erased = self.was.changes - {key_of(change) for change in self.case.changes}
        for name, day, _, before, after in sorted(erased):
            yield problem(
                "E238.erased",
                path,
                START,
                name=name,
                day=day,
                before=before,
                after=after or nothing,
            )

    def find_unexplained(self) -> Iterator[tuple[FactName, Difference]]:
        """The differences that no change explains, by fact; a removed fact has an empty column."""
        facts = list_facts(self.case, self.dataset.languages)
        for (kind, name), was in self.was.facts.items():
            now_called = name if (kind, name) in facts else self._find_renamed(kind, name, facts)
            changes = self._changes_of(kind, name, now_called or name)
            if not now_called:
                gone = [change for change in changes if not change.after]
                self.used += gone
                if not gone:
                    yield (kind, name), Difference("", was.get("amount") or name, "")
                continue
            now = facts[kind, now_called]
            for difference in compare_cells(was, now):
                self.translated |= {kind} if difference.column in _TRANSLATED else set()
                if not self._is_explained(difference, changes, (was, now)):
                    yield (kind, now_called), difference

    def _changes_of(self, kind: str, *names: str) -> list[Change]:
        figure = self.case.figures.get(names[0]) if kind == "figures" else None
        if figure is not None:
            return [change for change in figure.history if change in self.new]
        return [change for change in self.new if change.name in names]

    def _find_renamed(self, kind: str, name: str, facts: Collection[FactName]) -> str:
        """The new title of a fact that a change renames, empty if there is none."""
        for change in self.new:
            if change.before == name and (kind, change.after) in facts and kind != "figures":
                self.used.append(change)
                return change.after
        return ""

    def _is_explained(
        self, difference: Difference, changes: list[Change], cells: tuple[Cells, Cells]
    ) -> bool:
        """True if a chain of changes leads from the published value to the present one."""
        for read, before, after in self._list_readings(difference, *cells):
            at, steps = before, list[Change]()
            while at != after or not steps:
                nexts = (c for c in changes if c not in steps and read(c.before) == at)
                step = next(nexts, None)
                if step is None:
                    break
                steps.append(step)
                at = read(step.after)
            else:
                self.used += steps
                return True
        return False

    def _list_readings(
        self, difference: Difference, was: Cells, now: Cells
    ) -> Iterator[tuple[Callable[[str], object], object, object]]:
        """The ways to read a difference in a change, each with the old and the new value."""
        column = difference.column
        if column in ("amount", *_STATE):
            yield _read_amounts(was, now), _state_of(was), _state_of(now)
        if column in ("period", "date"):
            yield _read_period, difference.before, difference.after
        elif column != "amount":
            yield self._read_words(column), difference.before, difference.after

    def _read_words(self, column: str) -> Callable[[str], str]:
        """A reader of the words of a column: words of a list as their keys, others unchanged."""
        terms = getattr(self.dataset.vocabulary, _LISTS.get(column, ""), {})
        keys = {name: key for key, term in terms.items() for name in (term.name.zh, term.name.en)}

        def read(text: str) -> str:
            words = [keys.get(word.strip(), word.strip()) for word in text.split("/")]
            if terms and {*words} <= {*terms}:
                return "/".join(sorted(words, key=list(terms).index))
            return "" if text.strip() in _NOTHING else text.strip()

        return read

    def _check_translation(self, lang: Lang, recorded: Translated) -> Iterator[Problem]:
        """The problems of parts in which only the translation differs from what was published."""
        languages = self.dataset.languages
        first = languages.first
        for part, pair in pair_wordings(self.case):
            was = recorded.get((self.case.path, part), pair)
            same = pair.own(lang) == was.own(lang)
            if pair.own(first) != was.own(first) or same or part in self.translated:
                continue
            words = "\n".join(one.text.own(lang) for one in texts_of(self.case) if one.part == part)
            told = [
                change
                for change in self.new
                # The former text is kept as a digest only, so the text now has to fit the change.
                if change.name == part and change.after in words and change.before not in words
            ]
            self.used += told
            if not told:
                path = self.case.path
                at = self.case.place_by_path.get(languages.name(part, lang), START)
                own, other = (say(f"languages.{each}") for each in (first, lang))
                yield problem(
                    "E238.translation", path, at, part=part, own=own, other=other, path=path
                )

    def _report(self, kind: str, name: str, difference: Difference) -> Problem:
        path, nothing = self.case.path, say("checks.nothing")
        if not difference.column and kind == "figures":
            amount = difference.before
            return problem("E238.withdrawn", path, START, figure=name, amount=amount, path=path)
        if not difference.column:
            what = say(f"checks.published.{kind}")
            return problem("E238.gone", path, START, name=name, what=what, path=path)
        return problem(
            "E238.changed" if kind == "figures" else "E238.fact",
            path,
            name_records(self.case, self.dataset.languages.first)[kind, name].at,
            name=name,
            what=_name_column(difference.column),
            before=difference.before or nothing,
            after=difference.after or nothing,
            path=path,
        )


def _name_column(column: str) -> Text:
    if column not in _TRANSLATED:
        return say(f"checks.published.{column}")
    name, _, lang = column.partition("_")
    what, language = say(f"checks.published.{name}"), say(f"languages.{lang}")
    return say("checks.published.translated", what=what, language=language)


def _state_of(cells: Cells) -> tuple[str, ...]:
    """The cells that decide whether two amounts are the same."""
    return tuple(cells.get(name, "") for name in _STATE)


def _read_amounts(was: Cells, now: Cells) -> Callable[[str], object]:
    """A reader of the old or the new amount in any notation."""

    def read(text: str) -> object:
        for cells in (was, now):
            # The cells may say more than the wording; equal wordings do not tell which cells apply.
            if text == cells.get("amount") and was.get("amount") != now["amount"]:
                return _state_of(cells)
        try:
            found = write_quantity(parse_quantity(text))
        except WordingError:
            return text
        return _state_of({**found, "unit": found["unit"] or was.get("unit", "")})

    return read


def _read_period(text: str) -> str:
    if text.strip() in _NOTHING:
        return ""
    try:
        return parse_period(text).edtf
    except WordingError:
        return text
