"""The charts that texts embed as `[[chart:NAME]]` on a line of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from casebook.charts import NAMES_ACROSS, find_charts
from casebook.checks.content import find_content_files
from casebook.messages import problem
from casebook.problems import START, Position, Problem
from casebook.record.dataset import Dataset
from casebook.record.fields import suggest
from casebook.record.references import EMBEDDED, find_chart_names
from casebook.yaml.files import show_path

# Looser than what is rendered, so that a mistake is named instead of printed.
_WRITTEN = re.compile(r"\[\[\s*chart\s*[:：]([^\[\]\n]*)\]\]", re.IGNORECASE)


def find_embedded(project: Path, dataset: Dataset) -> frozenset[str]:
    """The names of all charts that any text embeds."""
    texts = [path.read_text("utf-8", "replace") for path in find_content_files(project)]
    in_texts = (name for text in texts for name in find_chart_names(text))
    return frozenset({*in_texts, *(name for case in dataset.summaries for name in case.charts)})


def check_embedded(project: Path, dataset: Dataset) -> list[Problem]:
    """The embedded charts that do not exist or do not stand alone, each with its line."""
    texts = [
        (text, start, case.path)
        for summary in dataset.summaries
        if summary.has_slots
        for case in [dataset.by_slug[summary.slug]]
        for text, start in zip((case.story.zh, case.story.en), case.story_at, strict=True)
    ]
    for path in find_content_files(project):
        # What cannot be read is a problem of its own.
        text = path.read_bytes().decode("utf-8", "replace")
        texts.append((text, START, show_path(path, project)))
    texts = [found for found in texts if "[[" in found[0] and _WRITTEN.search(found[0])]
    if not texts:
        return []
    written = [match[1].strip() for text, _, _ in texts for match in _WRITTEN.finditer(text)]
    names: list[str] = []
    if not set(written) <= set(NAMES_ACROSS):
        # Only now: to know the charts of all cases takes a look at each of them.
        names += [selected.name for selected in find_charts(dataset)]
    # A site may outgrow a chart of all its cases by one more file; that is no fault of the text.
    names += [name for name in NAMES_ACROSS if name not in names]
    return [
        found
        for text, start, path in texts
        for found in _check_text(text, start, path, names, dataset)
    ]


def _check_text(
    text: str, start: Position, path: str, names: list[str], dataset: Dataset
) -> Iterator[Problem]:
    for number, line in enumerate(text.split("\n")):
        for match in _WRITTEN.finditer(line):
            at = Position(start.line + number, start.column + match.start())
            name = match[1].strip()
            if line[: match.start()].count("`") % 2:
                continue
            # A case that cannot be read has charts of which nothing is known.
            if any(name.startswith(f"{slug}-") for slug in dataset.unread):
                continue
            if name not in names:
                offer = suggest(name, names)
                yield problem("E252", path, at, hint=offer, written=match[0][:60])
            elif EMBEDDED.fullmatch(line) is None:
                yield problem("E252.alone", path, at, name=name)
