"""The charts that texts embed as `[[chart:NAME]]` on a line of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from casebook.charts import NAMES_ACROSS, find_charts
from casebook.checks.content import read_content
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
    texts = read_content(project)
    in_texts = (name for _, text in texts for name in find_chart_names(text))
    return frozenset({*in_texts, *(name for case in dataset.summaries for name in case.charts)})


def check_embedded(project: Path, dataset: Dataset) -> list[Problem]:
    """The embedded charts that do not exist or do not stand alone, each with its line."""
    texts = [
        (text, start, case.path)
        for summary in dataset.summaries
        if summary.has_slots
        for case in [dataset.by_slug[summary.slug]]
        for _, text, start in case.stories
    ]
    texts += [(text, START, show_path(path, project)) for path, text in read_content(project)]
    written = [
        found for text, start, name in texts if "[[" in text for found in _find(text, start, name)
    ]
    names = list(NAMES_ACROSS)
    if not {name for _, _, name, *_ in written} <= set(names):
        # Only now: to know the charts of all cases takes a look at each of them. A site may
        # outgrow a chart of all its cases by one more file; that is no fault of the text.
        names = list(dict.fromkeys([*(chart.name for chart in find_charts(dataset)), *names]))
    problems = []
    for file, at, name, words, is_alone in written:
        # A case that cannot be read has charts of which nothing is known.
        if any(name.startswith(f"{slug}-") for slug in dataset.unread):
            continue
        if name not in names:
            hint = suggest(name, names)
            problems.append(problem("E252", file, at, hint=hint, written=words[:60]))
        elif not is_alone:
            problems.append(problem("E252.alone", file, at, name=name))
    return problems


def _find(text: str, start: Position, path: str) -> Iterator[tuple[str, Position, str, str, bool]]:
    """Each chart that is meant to be embedded: path, place, name, as written, alone on its line."""
    for number, line in enumerate(text.split("\n")):
        for match in _WRITTEN.finditer(line):
            # What is quoted as code is no chart.
            if line[: match.start()].count("`") % 2 == 0:
                at = Position(start.line + number, start.column + match.start())
                yield path, at, match[1].strip(), match[0], EMBEDDED.fullmatch(line) is not None
