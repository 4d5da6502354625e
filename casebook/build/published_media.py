"""Published pictures, reduced and without camera metadata, and files as they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from casebook.build.cache import find_version
from casebook.build.drawings import digest_code
from casebook.build.manifest import MANIFEST, list_files
from casebook.build.staged_output import StagedOutput
from casebook.build.state import BuildState
from casebook.charts.standalone import CardWords, draw_words
from casebook.data.formats import DataFile
from casebook.messages import problem
from casebook.packaged import SETTINGS
from casebook.problems import Problem
from casebook.record.model import Media
from casebook.record.settings import Settings
from casebook.values.digest import digest


def write_media(
    project: Path, media: Iterable[Media], tree: StagedOutput, state: BuildState
) -> None:
    """Write the pictures and files of a site; fresh ones stay as they are."""
    for one in media:

        def make(one: Media = one) -> Iterator[DataFile]:
            from casebook.checks.media import make_copies

            content = (project / "content" / one.name).read_bytes()
            return (DataFile(*copy) for copy in make_copies(one, content))

        key = f"{one.digest} {find_version('pillow')}"
        state.write_unit(f"media:{one.name}", key, tree, make)


def write_cards(
    cards: Iterable[tuple[str, CardWords]],
    colours: Mapping[str, str],
    tree: StagedOutput,
    state: BuildState,
) -> None:
    """Draw the cards of pages; cards with unchanged words stay as they are."""
    for path, card in cards:

        def make(path: str = path, card: CardWords = card) -> Iterator[DataFile]:
            yield DataFile(path, draw_words(card, colours))

        key = digest(repr((card, colours, digest_code())).encode())
        state.write_unit(f"card:{path}", key, tree, make)


def write_static(content: Path, settings: Settings, tree: StagedOutput) -> Iterator[Problem]:
    """Write the files that settings name, unchanged; warn of a file whose place is taken."""
    names = dict(settings.static_names)
    for root in settings.static_paths:
        top = content / root
        below = [f"{root}/{name}" for name in list_files(top)] if top.is_dir() else [root]
        for path in (name.strip("/") for name in below):
            is_left_out = any(
                path.startswith(f"{one.strip('/')}/") for one in settings.static_excludes
            )
            # Texts are already in the site as pages.
            if is_left_out or path.endswith(".md") or not (content / path).is_file():
                continue
            target = names.get(path, path)
            if target not in tree.listing and target != MANIFEST:
                tree.write(target, (content / path).read_bytes())
            # A picture that a case shows is already in the site, reduced.
            elif not target.startswith(("images/", "files/")):
                yield problem("W346", SETTINGS, settings.locate("STATIC_PATHS"), path=path)
