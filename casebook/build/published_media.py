"""Published pictures, smaller and without what a camera wrote, and files as they are."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from casebook.build.staged_output import StagedOutput
from casebook.build.state import BuildState
from casebook.record.model import Media


def write_media(
    project: Path, media: Iterable[Media], tree: StagedOutput, state: BuildState
) -> None:
    """Write the pictures and files of a site; those that are fresh stay as they are."""
    for one in media:
        unit, key = f"media:{one.name}", f"{one.digest} {version('pillow')}"
        if state.keep_unit(unit, key, tree) is None:
            from casebook.checks.pictures import make_copies

            content = (project / "content" / one.name).read_bytes()
            made = [(path, tree.write(path, copy)) for path, copy in make_copies(one, content)]
            state.note_unit(unit, key, tree, made)
