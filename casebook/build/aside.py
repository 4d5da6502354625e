"""Cases that a preview sets aside, so that a faulty case does not keep others from being shown."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from casebook.build.cache import Cache
from casebook.build.checking import load_checked
from casebook.build.reading import CaseCache
from casebook.build.state import Inputs
from casebook.build.workers import Executor
from casebook.checks.media import read_media
from casebook.messages import problem, say
from casebook.problems import START, Position, Problem
from casebook.record.dataset import Dataset, Whole
from casebook.record.description import FieldDescription, fields_of
from casebook.record.fields import EMPTY, Fields
from casebook.record.lists import Lists
from casebook.record.model import Case
from casebook.record.reader import CaseReader, is_draft
from casebook.record.regions import Regions
from casebook.record.slugs import judge_slug
from casebook.record.vocabulary import Region, Term
from casebook.text import ENUMERATION, Text
from casebook.yaml.encoding import decode
from casebook.yaml.files import CASES, read_bytes
from casebook.yaml.nodes import ListNode, MapNode, Node, Scalar, read_tree

if TYPE_CHECKING:
    from casebook.build.render import CaseJob
    from casebook.build.steps import BuildOptions


@dataclass(frozen=True, slots=True)
class Aside:
    """The problems of a case that is set aside, and the content that was read instead of it."""

    problems: tuple[Problem, ...]
    instead: bytes | None

    @property
    def is_draft(self) -> bool:
        """True if the case is a draft, which may have blanks."""
        return self.instead == b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A data set with its problems, and the cases that were set aside, by path."""

    dataset: Dataset
    problems: list[Problem]
    cases: CaseCache
    aside: Mapping[str, Aside] = field(default_factory=dict)

    @property
    def versions(self) -> Mapping[str, str]:
        """The digests of all files that were read, by path."""
        return self.cases.versions


def load_apart(options: BuildOptions, inputs: Inputs, cache: Cache, executor: Executor) -> Loaded:
    """The data set of a preview, in which a faulty case is replaced by its last built version.

    A faulty draft is left out, and so is a faulty case that was never built. Faults of all other
    files are among the problems.
    """
    instead: dict[str, bytes | None] = {}
    aside: dict[str, tuple[Problem, ...]] = {}
    while True:
        cases = CaseCache(cache, inputs.digests, instead)
        dataset, problems = load_checked(options.project, True, cases, executor, options.timings)
        faulty = {p.path for p in problems if p.severity == "error" and p.path.startswith(CASES)}
        # A case that is left out and still faulty, as with two names for one file, is a problem.
        fresh = sorted(path for path in faulty if instead.get(path, b"-"))
        if not fresh:
            set_aside = {path: Aside(found, instead[path]) for path, found in aside.items()}
            return Loaded(dataset=dataset, problems=problems, cases=cases, aside=set_aside)
        for path in fresh:
            aside.setdefault(path, tuple(found for found in problems if found.path == path))
            instead[path] = _find_substitute(path, options, path in instead)


def _find_substitute(path: str, options: BuildOptions, is_vain: bool) -> bytes | None:
    """The content instead of a faulty case: b"" for a draft, else the last built record or None."""
    if is_draft(read_bytes(options.project / path, options.project, [])):
        return b""
    slug = Path(path).stem
    # The site holds each record as it was built; `is_vain` if that is faulty by now as well.
    good = options.output / "cases" / slug / f"{slug}.yaml"
    return good.read_bytes() if good.is_file() and not is_vain else None


def make_sketches(loaded: Loaded, project: Path) -> Iterator[CaseJob]:
    """The cases that were left out, as far as they can be read, each as a separate job."""
    # Imported here so that a check does not load the chart and page code.
    from casebook.build.render import CaseJob

    dataset = loaded.dataset
    for path, aside in loaded.aside.items():
        slug = Path(path).stem
        if aside.instead or judge_slug(slug):
            continue
        data = read_bytes(project / path, project, [])
        case, own = sketch_case(data, path, dataset)
        part = replace(dataset, cases=(case,), vocabulary=own.vocabulary, regions=own.regions)
        counts, others = part.summaries[0].counts_site, part.summaries[0].named_figures
        named = dict.fromkeys(name for name, _ in others if name in dataset.positions)
        media, _ = read_media(project, part)
        pictures = tuple(one for one in case.pictures if one.file in media)
        documents = tuple(
            one if one.file in media else replace(one, file="") for one in case.documents
        )
        case = replace(case, pictures=pictures, documents=documents)
        yield CaseJob(
            slug=slug,
            record=data,
            own=None,
            embedded=(),
            uses={},
            dataset=replace(
                part,
                cases=(case, *(dataset.by_slug[name] for name in named)),
                whole=Whole(dataset.words if counts else {}, ()),
                media={**dataset.media, **media},
            ),
        )


# The key of the topic and the region in place of blank ones; no list has such a key.
STAND_IN: Final = "〔〕"
# Each round leaves out wrong parts; parts that depend on these are wrong in the next round.
_ROUNDS: Final = 6
_TEXTS: Final = frozenset({"bilingual", "line", "text"})
# The place of a field, or of a list member (True), which begins where its first field does.
Part = tuple[Position, bool]


def describe_blanks(path: str, blanks: Collection[Problem]) -> Problem:
    """The notice that a draft has blanks, which replaces the problems of a published case."""
    lines = sorted({blank.at.line for blank in blanks})
    joined = ENUMERATION.join(map(str, lines))
    return problem("W209", path, START, count=len(blanks), lines=joined)


def mark_blank(one: FieldDescription) -> Text:
    """The words in place of a blank field, which a preview marks on its page."""
    return say("record.blank_mark", name=one.label)


class _MarkingReader(CaseReader):
    """Reads a case with marks in place of missing texts and of a missing topic or region."""

    def read_values(
        self, described: tuple[FieldDescription, ...], fields: Fields
    ) -> dict[str, Any]:
        node = fields.node
        blanks = [one for one in described if one.required and not fields.has(one.name)]
        marks = {name: text for one in blanks for name, text in self.mark(one, node.at)}
        key_at = dict.fromkeys(marks, node.at) | node.key_at
        fields.node = MapNode(node.entries | marks, key_at, node.at)
        return super().read_values(described, fields)

    def mark(self, one: FieldDescription, at: Position) -> Iterator[tuple[str, Node]]:
        if one.kind in _TEXTS:
            words = mark_blank(one)
            for name, lang in zip(one.names(self.languages), self.languages, strict=False):
                yield name, Scalar(words.inside(lang), at)
        elif one.kind == "region" or one.words == "topics":
            yield one.name, Scalar(STAND_IN, at)


def sketch_case(data: bytes, path: str, known: Dataset) -> tuple[Case, Lists]:
    """The readable parts of a case, and the lists with a topic and region for its blanks."""
    lists = _add_stand_ins(known)
    node, _ = read_tree(data, path)
    text, _ = decode(data, path)
    lines = (text or "").split("\n")
    root = node if isinstance(node, MapNode) else EMPTY
    for _ in range(_ROUNDS):
        problems: list[Problem] = []
        case = _MarkingReader(lists).read_root(root, lines, path, problems)
        wrong = [one for one in problems if one.severity == "error"]
        if not wrong:
            return case, lists
        parts = sorted(_list_parts(root))
        # A problem belongs to the last part that begins at or before its place. At an unknown
        # field only the field is wrong.
        begins = {
            (one.at, False)
            if one.code == "E201"
            else parts[bisect_right(parts, (one.at, True)) - 1]
            for one in wrong
        }
        root = cast(MapNode, _leave_out(root, begins))
    return _MarkingReader(lists).read_root(EMPTY, [], path, []), lists


def _add_stand_ins(known: Dataset) -> Lists:
    """The lists of a site with a topic and a region for a case that lacks them."""
    marks = {one.name: mark_blank(one) for one in fields_of(Case)}
    topic, region = marks["topic"], marks["region"]
    topics = {**known.vocabulary.topics, STAND_IN: Term(key=STAND_IN, name=topic)}
    # The data set of a part of a site has only the regions of that part.
    is_standard = isinstance(known.regions, Regions) and known.regions.is_standard
    listed = dict(known.regions)
    listed[STAND_IN] = Region(code=STAND_IN, name=region, short=region, level="province")
    return Lists(
        vocabulary=replace(known.vocabulary, topics=topics),
        regions=Regions(listed, is_standard),
        sources=known.sources,
        languages=known.languages,
    )


def _list_parts(node: MapNode) -> Iterator[Part]:
    """The places where each field of a case and each record inside it begin."""
    for name, inner in node.entries.items():
        yield node.key_at[name], False
        if isinstance(inner, MapNode):
            yield from ((inner.key_at[key], False) for key in inner.entries)
        elif isinstance(inner, ListNode):
            yield from ((item.at, True) for item in inner.items)


def _leave_out(node: Node, parts: Collection[Part]) -> Node:
    """The tree without the fields and list members that begin at these places."""
    if isinstance(node, MapNode):
        named = node.entries.items()
        left = {key: one for key, one in named if (node.key_at[key], False) not in parts}
        return node._replace(entries={key: _leave_out(one, parts) for key, one in left.items()})
    if isinstance(node, ListNode):
        kept = (_leave_out(one, parts) for one in node.items if (one.at, True) not in parts)
        return node._replace(items=tuple(kept))
    return node
