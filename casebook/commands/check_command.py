"""`check`: every problem of the records and the prose, without a build."""

from __future__ import annotations

import argparse
import io
import subprocess
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence, Set
from pathlib import Path
from zipfile import ZipFile

from casebook.build.aside import describe_blanks
from casebook.build.checking import check_project, load_checked
from casebook.build.last_build import list_sources
from casebook.build.reading import read_dataset
from casebook.charts import find_charts
from casebook.checks.content import find_addresses, list_prose
from casebook.commands.command import print_lines, print_message, require_file
from casebook.data.releases import Figures, ReleaseDifference, compare_figures, read_figures
from casebook.data.tables import figure_row
from casebook.messages import failure, say
from casebook.packaged import SETTINGS
from casebook.pages.search import split_sentences
from casebook.problems import Exit, Problem
from casebook.record.dataset import Dataset
from casebook.record.description import texts_of
from casebook.record.model import Figure
from casebook.record.reader import is_draft
from casebook.record.references import find_references
from casebook.report import print_problems
from casebook.text import Lang
from casebook.values.periods import Period
from casebook.values.quantity import plain
from casebook.yaml.edit import diff_files, fix_text
from casebook.yaml.files import (
    find_case_files,
    read_bytes,
    replace_file,
    show_path,
    temporary_folder,
)

_COLUMNS = ("amount", "value", "min", "max", "unit", "qualifier", "period", "derived")
_NAMES = {"min": "low", "max": "high"}


def run_check(options: argparse.Namespace, project: Path, lang: Lang) -> Exit:
    """Check the records without building, and print every problem."""
    wanted = find_wanted(options.files, project)
    if options.fix:
        fix_files(wanted, project, lang)
    problems = check_project(project)
    problems += check_drafts(project, problems)
    shown = {show_path(path, project) for path in wanted}
    if shown:
        problems = [problem for problem in problems if problem.path in shown]
    if options.explain:
        print_lines(explain_cases(project, shown, lang))
    if options.since is not None:
        print_lines(describe_impact(project, options.since, lang))
    failed = any(problem.severity == "error" for problem in problems)
    # Programs read standard output; a person may pipe away the output of `--explain`.
    stream = sys.stderr if options.format == "text" else sys.stdout
    print_problems(problems, lang, project, stream, options.format)
    if not problems and options.format == "text":
        print_message("commands.no_problems", lang)
    return Exit.CONTENT if failed else Exit.DONE


def find_wanted(names: Iterable[str], project: Path) -> list[Path]:
    """The files that are named or lie in a named folder; empty if the project itself is named.

    Raises CasebookError if a file does not exist, or is not among the files that are read.
    """
    sources = [project.resolve() / name for name in (SETTINGS, *list_sources(str(project)))]
    wanted = []
    for path in map(require_file, names):
        if any(path in source.parents for source in sources):
            return []
        if not any(source in (path, *path.parents) for source in sources):
            raise failure("commands.not_read", status=Exit.USAGE, path=path)
        wanted += [path, *(sorted(path.rglob("*")) if path.is_dir() else ())]
    return wanted


def check_drafts(project: Path, known: Collection[Problem]) -> list[Problem]:
    """The problems of the drafts, which a build leaves out."""
    # Most projects have no drafts, and then nothing has to be checked a second time.
    if not any(b"draft" in read_bytes(path, project, []) for path in find_case_files(project)):
        return []
    _, problems = load_checked(project, drafts=True)
    blanks: dict[str, list[Problem]] = {}
    left = []
    for found in problems:
        if found.code == "E202" and is_draft(read_bytes(project / found.path, project, [])):
            blanks.setdefault(found.path, []).append(found)
        elif found not in known:
            left.append(found)
    # A draft is meant to be filled in, so its blanks are one notice and not errors.
    return left + [describe_blanks(path, found) for path, found in blanks.items()]


def fix_files(wanted: Sequence[Path], project: Path, lang: Lang) -> None:
    """Make the safe fixes of the files, or of all of data/, and print them."""
    for path in wanted or sorted((project / "data").rglob("*.yaml")):
        # Not links: writing a new file would replace the link, and its target may lie elsewhere.
        if path.suffix != ".yaml" or path.is_symlink() or not path.is_file():
            continue
        before, shown = path.read_bytes(), show_path(path, project)
        after, lines = fix_text(before, shown)
        if not lines:
            continue
        copy = show_path(replace_file(path, before, after), project)
        print_lines(diff_files(before, after, shown))
        print_message("commands.fixed", lang, path=shown, lines=lines, copy=copy)


def explain_cases(project: Path, shown: Collection[str], lang: Lang) -> Iterator[str]:
    """The readings of all amounts and dates in the shown files, or in all cases."""
    dataset, _ = read_dataset(project, drafts=True)
    measures, statuses = dataset.vocabulary.measures, dataset.vocabulary.statuses
    for case in dataset.cases:
        if shown and case.path not in shown:
            continue
        for figure in case.figures.values():
            place = f"{case.path}:{figure.at.line}"
            amount = figure.quantity.text + (f" ({figure.formula})" if figure.formula else "")
            yield f"{place}: {figure.id}  {amount} = {explain_amount(figure)}"
            terms = (measures[figure.measure], statuses.get(figure.status))
            names = ", ".join(term.name.inside(lang) for term in terms if term)
            yield f"    {explain_period(figure.period, lang)}; {names}"
        for event in case.events:
            title = event.title.inside(lang)
            yield f"{case.path}:{event.at.line}: {explain_period(event.date, lang)}  {title}"


def explain_amount(figure: Figure) -> str:
    """An amount as plain decimals in base units, with its unit, its qualifier and its `per`."""
    quantity = figure.quantity
    numbers = (quantity.low, quantity.high) if quantity.value is None else (quantity.value,)
    shown = "..".join("" if number is None else plain(number) for number in numbers)
    parts = [f"{shown} {quantity.unit}".rstrip(), quantity.qualifier]
    parts += ["per " + "/".join(figure.per)] if figure.per else []
    parts += ["planned"] if quantity.planned else []
    return ", ".join(parts)


def explain_period(period: Period, lang: Lang) -> str:
    """A date as EDTF, with the first and last day that it may mean."""
    ends = [end.isoformat() if end else ".." for end in (period.earliest, period.latest)]
    return f"{period.edtf} ({ends[0]} / {ends[1]}, {period.words(lang)})"


def describe_impact(project: Path, since: str, lang: Lang) -> Iterator[str]:
    """The lines about figures that differ from an earlier state, and about all that shows them.

    Raises CasebookError if `since` names no earlier state.
    """
    dataset, _ = read_dataset(project)
    earlier, before = read_earlier(project, since)
    differences = compare_figures(earlier, _list_rows(dataset), _COLUMNS)
    changed = {one.key: _describe_difference(one, lang) for one in differences}
    mentions = [one for one in find_mentions(project, dataset) if one[0] in changed]
    shown = (
        chart for chart in find_charts(dataset) if not changed.keys().isdisjoint(chart.figures)
    )
    charts = list(dict.fromkeys(chart.name for chart in shown))
    texts = list(list_translations(dataset, before)) if before is not None else []
    if not (changed or texts):
        yield say("commands.since_same").inside(lang)
        return
    addresses = find_addresses(project, dataset)
    naming = [addresses[path] for _, path, _ in mentions if path in addresses]
    groups = {
        "commands.changed_figures": list(changed.values()),
        "commands.changed_sentences": [sentence for _, _, sentence in mentions],
        "commands.changed_charts": charts,
        "commands.changed_pages": list(list_pages(dataset, changed.keys(), naming, charts)),
        "commands.changed_texts": texts,
    }
    for key, lines in groups.items():
        if lines:
            yield say(key, count=len(lines)).inside(lang)
            yield from (f"  {line}" for line in lines)


def _describe_difference(found: ReleaseDifference, lang: Lang) -> str:
    if found.kind == "changed":
        changes = (
            f"{_NAMES.get(one.column, one.column)} {one.before or '-'} > {one.now or '-'}"
            for one in found.changes
        )
        return f"{found.key}: {'; '.join(changes)}"
    message = "commands.figure_new" if found.kind == "added" else "commands.figure_gone"
    return say(message, name=found.key, amount=found.amount).inside(lang)


def find_mentions(project: Path, dataset: Dataset) -> Iterator[tuple[str, str, str]]:
    """Every reference to a figure in a text: its key, the file, and the sentence."""
    for text in list_prose(project, dataset.cases, dataset.languages):
        lines = text.words.split("\n")
        for reference in find_references(text.words, text.at):
            line = lines[reference.at.line - text.at.line].strip()
            said = (one for one in split_sentences(line) if reference.written in one)
            sentence = f"{text.path}:{reference.at.line}: {next(said, line)}"
            yield f"{reference.case or Path(text.path).stem}.{reference.name}", text.path, sentence


def list_pages(
    dataset: Dataset, keys: Set[str], texts: Iterable[str], charts: Iterable[str]
) -> Iterator[str]:
    """The addresses, in every language, of the pages that show the figures.

    `texts` are the addresses of the pages whose texts refer to a changed figure.
    """
    slugs = tuple(case.slug for case in dataset.cases)
    changed = (key.partition(".")[0] for key in sorted(keys))
    shown = [f"cases/{slug}/" for slug in changed if slug in slugs]
    shown += [*texts, *("" for name in charts if not name.startswith(slugs))]
    for address in dict.fromkeys(shown):
        yield from (dataset.languages.address(address, lang) for lang in dataset.languages)


def list_translations(dataset: Dataset, before: Dataset) -> Iterator[str]:
    """The places of translations that did not change although the first language did."""
    languages = dataset.languages
    for case in dataset.cases:
        old = before.by_slug.get(case.slug)
        texts = {placed.path: placed.text for placed in texts_of(old)} if old is not None else {}
        for placed in texts_of(case):
            was, now = texts.get(placed.path, placed.text), placed.text
            if was.own(languages.first) != now.own(languages.first) != "":
                for lang in languages.others:
                    if was.own(lang) == now.own(lang):
                        yield f"{case.path}: {languages.name(placed.path, lang)}"


def read_earlier(project: Path, since: str) -> tuple[Figures, Dataset | None]:
    """The figures of a published site, given by its manifest or figures.csv, or of a git revision.

    For a revision also its data set. Raises CasebookError if `since` is neither.
    """
    place = Path(since)
    if place.exists():
        folder = place if place.is_dir() else place.parent
        named = place if place.suffix == ".csv" else folder / "data" / "figures.csv"
        try:
            content = named.read_bytes()
        except OSError:
            raise failure("commands.since_unread", status=Exit.USAGE, path=named) from None
        return read_figures(content), None
    # The records of a revision are read as a separate project.
    with temporary_folder(project) as folder:
        _copy_revision(project, since, folder)
        dataset, _ = read_dataset(folder)
    return _list_rows(dataset), dataset


def _list_rows(dataset: Dataset) -> Figures:
    figures = (figure for case in dataset.cases for figure in case.figures.values())
    return {figure.key: figure_row(figure, dataset.languages) for figure in figures}


def _copy_revision(project: Path, revision: str, folder: Path) -> None:
    """Write the data of a git revision into an empty folder."""
    asked = ["git", "-C", str(project), "archive", "--format=zip", revision, "data/"]
    try:
        # git would read a revision that begins with a hyphen as an option.
        is_option = revision.startswith("-")
        done = None if is_option else subprocess.run(asked, capture_output=True, check=False)
    except FileNotFoundError:
        raise failure("commands.no_git") from None
    if done is None or done.returncode:
        raise failure("commands.since_unknown", status=Exit.USAGE, since=revision)
    # Extracting a zip makes no links and writes nothing outside the folder.
    with ZipFile(io.BytesIO(done.stdout)) as archive:
        archive.extractall(folder, [one for one in archive.namelist() if one.endswith(".yaml")])
