"""Checks of quotes: their share of each source, and their presence in its text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from typing import NamedTuple

from casebook.messages import problem
from casebook.problems import START, Problem
from casebook.record.dataset import Dataset
from casebook.record.description import values_inside
from casebook.record.model import Event, Figure, Report
from casebook.text import ENUMERATION
from casebook.values.numerals import fold_text
from casebook.values.quantity import plain

# The largest share that is still quoting. The law states none; this one is the site's own.
SHARE_LIMIT = Decimal("0.25")


class QuotedShare(NamedTuple):
    """The part of one source that is quoted, each passage counted once.

    `share` is None if the length of the source is not known.
    """

    source: str
    quotes: int
    characters: int
    share: Decimal | None


def list_quotes(dataset: Dataset) -> Iterator[tuple[str, Figure | Event | Report]]:
    """Every record with a quote inside a case, with the path of the case."""
    for case in dataset.cases:
        yield from ((case.path, record) for record, _ in values_inside(case.inside, "quote"))


def measure_quotes(dataset: Dataset) -> tuple[QuotedShare, ...]:
    """The part of each source that the whole site quotes, the most quoted first.

    A quote inside a longer one of the same line adds nothing.
    """
    return dataset.once(_measure_quotes)


def _measure_quotes(dataset: Dataset) -> tuple[QuotedShare, ...]:
    passages: dict[str, dict[int | None, set[str]]] = {}
    for passage in (passage for case in dataset.summaries for passage in case.passages):
        lines = passages.setdefault(passage.source, {})
        lines.setdefault(passage.line, set()).add(passage.words)
    shares = []
    for source, lines in passages.items():
        kept = [
            text
            for texts in lines.values()
            for text in texts
            if len(texts) == 1 or not any(text != other and text in other for other in texts)
        ]
        characters = sum(map(len, kept))
        length = dataset.sources[source].characters
        part = Decimal(characters) / length if length else None
        share = None if part is None else part.quantize(Decimal("0.001"), ROUND_HALF_EVEN)
        shares.append(
            QuotedShare(source=source, quotes=len(kept), characters=characters, share=share)
        )
    return tuple(sorted(shares, key=lambda share: (-share.characters, share.source)))


def check_shares(dataset: Dataset) -> list[Problem]:
    """The problems of sources from which all quotes together take too large a share."""
    return [
        problem(
            "E264",
            "data/sources.yaml",
            START,
            source=one.source,
            count=one.characters,
            percent=plain(one.share * 100),
            most=plain(SHARE_LIMIT * 100),
        )
        for one in measure_quotes(dataset)
        if one.share is not None and one.share > SHARE_LIMIT
    ]


def check_quotes(dataset: Dataset, snapshots: Mapping[str, str]) -> Iterator[Problem]:
    """The problems of quotes that the kept text of their source lacks on the given line.

    `snapshots` are the kept texts by the ids of the sources; a source without one is not checked.
    """
    # Split at the line ends that an editor counts: a form feed does not end a line.
    lines = {
        name: [fold_text(line) for line in re.split("\r\n?|\n", text)]
        for name, text in snapshots.items()
    }
    for path, quote in list_quotes(dataset):
        known = lines.get(quote.source)
        if known is None:
            continue
        folded = fold_text(quote.quote)
        if folded in "".join(known if quote.line is None else known[quote.line - 1 : quote.line]):
            continue
        elsewhere = [str(number) for number, line in enumerate(known, 1) if folded in line][:3]
        yield problem(
            "E263.elsewhere" if quote.line and elsewhere else "E263.missing",
            path,
            quote.at,
            quote=quote.quote,
            line=quote.line,
            lines=ENUMERATION.join(elsewhere),
            source=quote.source,
        )
