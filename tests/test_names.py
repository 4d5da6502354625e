"""The program contains no name of a place, topic or source of the ten cases, which are data."""

from __future__ import annotations

import re
from collections.abc import Iterator

from conftest import PROJECT, TEN_CASES

from casebook.build.reading import read_dataset

SUFFIXES = {".py", ".yaml", ".html", ".xml", ".txt", ".md", ".css", ".js"}


def list_names() -> Iterator[str]:
    """The names of the places, topics and sources of the ten cases."""
    dataset, _ = read_dataset(TEN_CASES)
    for case in dataset.cases:
        region = dataset.regions[case.region]
        yield from (case.slug, region.name.zh, region.name.en, region.short.zh, region.short.en)
    for key, topic in dataset.vocabulary.topics.items():
        yield from (topic.name.zh, topic.name.en, *([key] if "_" in key else []))
    for key, source in dataset.sources.items():
        yield from (key, source.title.zh, source.title.en)


def list_files() -> Iterator[tuple[str, str]]:
    """The path and the text of each module, word list, message file, template, style and script."""
    for folder in ("casebook", "theme"):
        for path in sorted((PROJECT / folder).rglob("*")):
            name = path.relative_to(PROJECT).as_posix()
            # This file has the tiles of all 34 provinces, for a new site in China.
            if path.suffix in SUFFIXES and name != "casebook/starter/data/regions.yaml":
                yield name, path.read_text(encoding="utf-8")


def test_the_program_names_nothing_of_the_ten_cases() -> None:
    # Chinese has no blanks between words, but an English word inside another one is another word.
    words = sorted({name for name in list_names() if name}, key=len, reverse=True)
    ascii_words = "|".join(re.escape(word) for word in words if word.isascii())
    others = "|".join(re.escape(word) for word in words if not word.isascii())
    pattern = re.compile(rf"(?<![\w-])(?:{ascii_words})(?![\w-])|{others}")

    found = {
        f"{name}: {line.strip()[:80]}"
        for name, text in list_files()
        for line in text.splitlines()
        if pattern.search(line)
    }

    assert len(words) > 60
    assert found == set()
