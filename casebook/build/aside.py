"""Cases that a preview sets aside, so that a faulty case does not keep others from being shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from casebook.build.cache import Cache
from casebook.build.checking import load_checked
from casebook.build.reading import CaseCache
from casebook.build.state import Inputs
from casebook.build.workers import Executor
from casebook.checks.media import read_media
from casebook.problems import Problem
from casebook.record.dataset import Dataset, Whole
from casebook.record.reader import is_draft
from casebook.record.references import judge_slug
from casebook.record.sketch import sketch_case
from casebook.yaml.files import CASES, read_bytes

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
