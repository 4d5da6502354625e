"""The stages in order: load, check, draw, write and publish."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from casebook.content import check_content
from casebook.dataset import Dataset
from casebook.errors import ContentError, Problem
from casebook.reader import read_dataset
from casebook.rules import check_rules
from casebook.swap import check_output, staged_tree


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """What a build is asked for; `siteurl` None means the one of pelicanconf.py.

    `drafts` is for the preview: a build that is published leaves no byte of a draft.
    """

    project: Path
    output: Path
    siteurl: str | None = None
    jobs: int = 1
    use_cache: bool = True
    drafts: bool = False


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build made."""

    cases: int
    files: int
    warnings: tuple[Problem, ...]


def load_checked(project: Path, drafts: bool = False) -> tuple[Dataset, list[Problem]]:
    """The data set with every problem of the records and the prose."""
    dataset, problems = read_dataset(project, drafts)
    problems += check_rules(dataset)
    problems += check_content(project, dataset)
    return dataset, problems


def check_project(project: Path) -> list[Problem]:
    """Every problem that a build would refuse or warn of."""
    return load_checked(project)[1]


def build_site(options: BuildOptions) -> BuildResult:
    """Build the whole site and swap it in.

    Raises ContentError, with nothing changed, where the content has errors.
    """
    check_output(options.output, options.project)
    dataset, problems = load_checked(options.project, options.drafts)
    if any(problem.severity == "error" for problem in problems):
        raise ContentError(problems)
    # Only now: a check, and a build that stops at a problem, must not pay for these imports.
    from casebook.drawing import draw_charts
    from casebook.publish import write_site
    from casebook.store import open_store

    with open_store(options.project / ".cache", enabled=options.use_cache) as store:
        charts = draw_charts(dataset, store)
    with staged_tree(options.output) as staging:
        files = write_site(options.project, dataset, charts, staging, options.siteurl)
    return BuildResult(len(dataset.cases), files, tuple(problems))
