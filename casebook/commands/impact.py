"""Impact of an edit: the figures that differ from an earlier state, and all that shows them."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from casebook.build.reading import read_dataset
from casebook.charts import find_charts
from casebook.checks.content import find_content_files
from casebook.checks.history import Published, parse_published, publish_figure
from casebook.messages import failure, say
from casebook.problems import START, Exit, Position
from casebook.record.dataset import Dataset
from casebook.record.description import texts_of
from casebook.record.references import find_references
from casebook.text import Lang
from casebook.yaml.encoding import decode
from casebook.yaml.files import read_bytes, show_path

_COLUMNS = ("amount", "value", "low", "high", "unit", "qualifier", "period", "derived")


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier state: its figures, and all its records where they are to be had."""

    figures: Mapping[str, Published]
    dataset: Dataset | None


@dataclass(frozen=True, slots=True)
class Changed:
    """A figure that is new, gone, or no longer what it was."""

    key: str
    before: Published | None
    now: Published | None

    def words(self, lang: Lang) -> str:
        """The change in one line."""
        if self.before is None or self.now is None:
            key = "commands.figure_new" if self.now else "commands.figure_gone"
            state = self.now or self.before
            return say(key, name=self.key, amount=state.amount if state else "").inside(lang)
        told = [
            f"{name} {getattr(self.before, name) or '-'} > {getattr(self.now, name) or '-'}"
            for name in _COLUMNS
            if getattr(self.before, name) != getattr(self.now, name)
        ]
        return f"{self.key}: {'; '.join(told)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureMention:
    """A sentence that shows a figure, and its place."""

    path: str
    at: Position
    key: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """Everything that an edit touches."""

    changed: tuple[Changed, ...]
    mentions: tuple[FigureMention, ...]
    charts: tuple[str, ...]
    pages: tuple[str, ...]
    translations: tuple[str, ...]


def find_impact(project: Path, dataset: Dataset, earlier: Earlier) -> Impact:
    """The difference between an earlier state and the data set, and all that shows it."""
    now = {key: publish_figure(figure) for key, figure in dataset.figures.items()}
    changed = tuple(
        Changed(key, earlier.figures.get(key), now.get(key))
        for key in dict.fromkeys([*earlier.figures, *now])
        if earlier.figures.get(key) != now.get(key)
    )
    keys = {change.key for change in changed}
    mentions = tuple(m for m in find_figure_mentions(project, dataset) if m.key in keys)
    charts = find_charts_of_figures(dataset, keys)
    return Impact(
        changed=changed,
        mentions=mentions,
        charts=charts,
        pages=tuple(list_pages(dataset, keys, mentions, charts)),
        translations=tuple(list_translations(dataset, earlier.dataset)) if earlier.dataset else (),
    )


def find_figure_mentions(project: Path, dataset: Dataset) -> Iterator[FigureMention]:
    """Every reference to a figure in the stories and in the prose."""
    for case in dataset.cases:
        for text, start in zip((case.story.zh, case.story.en), case.story_at, strict=True):
            yield from _mentions_in(text, start, case.path, case.slug)
    for path in find_content_files(project):
        shown = show_path(path, project)
        content, _ = decode(read_bytes(path, project, []), shown)
        if content is not None:
            yield from _mentions_in(content, START, shown, "")


def _mentions_in(text: str, start: Position, path: str, home: str) -> Iterator[FigureMention]:
    lines = text.split("\n")
    for reference in find_references(text, start):
        line = lines[reference.at.line - start.line].strip()
        key = f"{reference.case or home}.{reference.name}"
        yield FigureMention(
            path=path, at=reference.at, key=key, sentence=_cut(line, reference.written)
        )


def _cut(line: str, reference: str) -> str:
    """The sentence of a line that holds a reference."""
    place = line.find(reference)
    ends = [line.rfind(mark, 0, place) + len(mark) for mark in "。！？.!?" if mark in line[:place]]
    stops = [line.find(mark, place) + 1 for mark in "。！？" if mark in line[place:]]
    return line[max(ends, default=0) : min(stops, default=len(line))].strip()


def find_charts_of_figures(dataset: Dataset, keys: set[str]) -> tuple[str, ...]:
    """The names of the charts that show any of the figures."""
    shown = (chart for chart in find_charts(dataset) if not keys.isdisjoint(chart.figures))
    return tuple(dict.fromkeys(chart.name for chart in shown))


def list_pages(
    dataset: Dataset, keys: set[str], mentions: Iterable[FigureMention], charts: Iterable[str]
) -> Iterator[str]:
    """The addresses of the pages that show the figures, in both languages."""
    shown: dict[str, None] = {}
    for key in sorted(keys):
        slug = key.partition(".")[0]
        if slug in dataset.by_slug:
            shown.setdefault(f"cases/{slug}/")
    of_cases = {case.path: f"cases/{case.slug}/" for case in dataset.cases}
    for mention in mentions:
        name = Path(mention.path).name.partition(".")[0]
        shown.setdefault(of_cases.get(mention.path) or ("" if name == "lead" else f"{name}/"))
    own = {case.slug for case in dataset.cases}
    if any(not any(name.startswith(slug) for slug in own) for name in charts):
        shown.setdefault("")
    for address in shown:
        yield f"/{address}"
        yield f"/en/{address}"


def list_translations(dataset: Dataset, before: Dataset) -> Iterator[str]:
    """The texts whose Chinese changed and whose English did not, each by its place."""
    for case in dataset.cases:
        old = before.by_slug.get(case.slug)
        if old is None:
            continue
        texts = {placed.path: placed.text for placed in texts_of(old)}
        for placed in texts_of(case):
            was = texts.get(placed.path, placed.text)
            if was.zh != placed.text.zh and placed.text.zh and was.en == placed.text.en:
                yield f"{case.path}: {placed.path}_en"


def read_earlier(project: Path, since: str) -> Earlier:
    """The state of a published site, named by its manifest or figures, or of a git revision.

    Raises CasebookError where it is neither.
    """
    place = Path(since)
    if place.exists():
        folder = place if place.is_dir() else place.parent
        named = place if place.suffix == ".csv" else folder / "data" / "figures.csv"
        try:
            content = named.read_bytes()
        except OSError:
            raise failure("commands.since_unread", status=Exit.USAGE, path=named) from None
        rows = parse_published(content)
        return Earlier({f"{row.case}.{row.figure}": row for row in rows}, None)
    with tempfile.TemporaryDirectory(prefix="casebook-") as folder_name:
        folder = Path(folder_name)
        _copy_revision(project, since, folder)
        dataset, _ = read_dataset(folder)
    figures = {key: publish_figure(figure) for key, figure in dataset.figures.items()}
    return Earlier(figures, dataset)


def _copy_revision(project: Path, revision: str, folder: Path) -> None:
    """Write the data of a git revision into an empty folder."""
    # A revision that starts with a hyphen would be taken for an option.
    names = [] if revision.startswith("-") else _git(project, "ls-tree", "-rz", revision, "data/")
    if not names:
        raise failure("commands.since_unknown", status=Exit.USAGE, since=revision)
    for entry in names:
        head, _, name = entry.partition("\t")
        mode, _, blob = head.split(" ")
        if mode == "100644" and name.endswith(".yaml") and ".." not in Path(name).parts:
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(_run_git(project, "cat-file", "blob", blob))


def _git(project: Path, *arguments: str) -> list[str]:
    listed = _run_git(project, *arguments).decode("utf-8", errors="surrogateescape")
    return [name for name in listed.split("\0") if name]


def _run_git(project: Path, *arguments: str) -> bytes:
    try:
        done = subprocess.run(
            ["git", "-C", str(project), *arguments], capture_output=True, check=False
        )
    except FileNotFoundError:
        raise failure("commands.no_git") from None
    return done.stdout if done.returncode == 0 else b""


def describe_impact(impact: Impact, lang: Lang) -> Iterator[str]:
    """The impact as lines for a person."""
    if not (impact.changed or impact.translations):
        yield say("commands.since_same").inside(lang)
        return
    sentences = [f"{one.path}:{one.at.line}: {one.sentence}" for one in impact.mentions]
    groups: Mapping[str, Sequence[str]] = {
        "commands.changed_figures": [change.words(lang) for change in impact.changed],
        "commands.changed_sentences": sentences,
        "commands.changed_charts": impact.charts,
        "commands.changed_pages": impact.pages,
        "commands.changed_texts": impact.translations,
    }
    for key, lines in groups.items():
        if lines:
            yield say(key, count=len(lines)).inside(lang)
            yield from (f"  {line}" for line in lines)
