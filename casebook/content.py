"""The prose of content/: which files there are, and what is wrong with their references."""

from __future__ import annotations

from pathlib import Path

from casebook.dataset import Dataset
from casebook.errors import Position, Problem
from casebook.reader import read_bytes, show_path
from casebook.rules import check_references
from casebook.tree import decode


def find_content_files(project: Path) -> list[Path]:
    """The Markdown files of content/, in the order of their names."""
    return sorted((project / "content").rglob("*.md"))


def check_content(project: Path, dataset: Dataset) -> list[Problem]:
    """The problems of the prose: encoding, and references that name nothing."""
    problems: list[Problem] = []
    for path in find_content_files(project):
        shown = show_path(path, project)
        text, found = decode(read_bytes(path, project, problems), shown)
        problems += found
        if text is not None:
            problems += check_references(text, Position(1, 1), shown, None, dataset)
    return problems
