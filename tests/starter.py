"""The files that the repository takes from the starter, filled in; run it to write them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from casebook.commands.init_command import fill_blanks, find_repository_words
from casebook.text import DEFAULT_LANGUAGES

ROOT = Path(__file__).resolve().parent.parent
STARTER = ROOT / "casebook" / "starter"


def files_of_the_repository() -> Iterator[tuple[str, str]]:
    """The path and the text of each file that a site and this repository both have."""
    known = find_repository_words(DEFAULT_LANGUAGES, checkout=True)
    for folder in ("github", "vscode", "devcontainer"):
        for path in sorted(one for one in (STARTER / folder).rglob("*") if one.is_file()):
            name = f".{path.relative_to(STARTER).as_posix()}"
            yield name, fill_blanks(path.read_text("utf-8"), known)


if __name__ == "__main__":
    for name, text in files_of_the_repository():
        (ROOT / name).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / name).write_text(text, encoding="utf-8")
