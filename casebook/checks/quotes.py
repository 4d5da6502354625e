"""The words that are quoted from each source: how many, and whether they stand there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from casebook.problems import START, Position, Problem
from casebook.record.dataset import Dataset
from casebook.record.model import Case, Report
from casebook.values.amounts import plain

_FULL_WIDTH = {0xFF01 + n: 0x21 + n for n in range(94)}
# More than this is no longer quoting. The law names no figure; this one is the site's own.
SHARE_LIMIT = Decimal("0.25")

_BLANK = re.compile(r"[\s\u3000\u00a0\u200b\ufeff]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Some words of a source with their line, and where the record has them."""

    text: str
    source: str
    line: int | None
    path: str
    at: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotedShare:
    """How much of one source is quoted, each passage counted once.

    `share` is None where the length of the source is not known.
    """

    source: str
    quotes: int
    characters: int
    share: Decimal | None


def list_quotes(dataset: Dataset) -> Iterator[Quote]:
    """Every quote of every case, in the order of the records."""
    for case in dataset.cases:
        for figure in case.figures.values():
            if figure.quote:
                yield Quote(
                    text=figure.quote,
                    source=figure.source,
                    line=figure.line,
                    path=case.path,
                    at=figure.at,
                )
            yield from _quotes_of(figure.corroborated_by, case)
        for event in case.events:
            if event.quote:
                yield Quote(
                    text=event.quote,
                    source=event.source,
                    line=event.line,
                    path=case.path,
                    at=event.at,
                )
        for conflict in case.conflicts:
            yield from _quotes_of(conflict.reports, case)


def _quotes_of(reports: tuple[Report, ...], case: Case) -> Iterator[Quote]:
    for report in reports:
        if report.quote:
            yield Quote(
                text=report.quote,
                source=report.source,
                line=report.line,
                path=case.path,
                at=report.at,
            )


def fold_text(text: str) -> str:
    """A text without regard to width and white space."""
    return _BLANK.sub("", text.translate(_FULL_WIDTH))


def measure_quotes(dataset: Dataset) -> tuple[QuotedShare, ...]:
    """How much of each source is quoted on the whole site, the most quoted first.

    A quote inside a longer one of the same line adds nothing.
    """
    passages: dict[str, dict[int | None, set[str]]] = {}
    for case in dataset.summaries:
        for passage in case.passages:
            lines = passages.setdefault(passage.source, {})
            lines.setdefault(passage.line, set()).add(fold_text(passage.words))
    shares = []
    for source, lines in passages.items():
        kept = [
            text
            for texts in lines.values()
            for text in texts
            if not any(text != other and text in other for other in texts)
        ]
        characters = sum(map(len, kept))
        length = dataset.sources[source].characters
        share = None
        if length:
            share = (Decimal(characters) / length).quantize(Decimal("0.001"), ROUND_HALF_EVEN)
        shares.append(
            QuotedShare(source=source, quotes=len(kept), characters=characters, share=share)
        )
    return tuple(sorted(shares, key=lambda share: (-share.characters, share.source)))


def check_shares(dataset: Dataset) -> list[Problem]:
    """The sources of which too much is quoted, taken together."""
    problems = []
    for measured in measure_quotes(dataset):
        if measured.share is not None and measured.share > SHARE_LIMIT:
            percent, most = (plain(share * 100) for share in (measured.share, SHARE_LIMIT))
            problems.append(
                Problem(
                    "data/sources.yaml",
                    START,
                    "E264",
                    f"全站引用 {measured.source} 共 {measured.characters} 字，占 {percent}%，"
                    f"最多 {most}%",
                    f"the site quotes {measured.characters} characters of {measured.source}, "
                    f"{percent}% of it; at most {most}% are allowed",
                    "请删短或删去一些 quote",
                    "Shorten some quotes or take them out",
                )
            )
    return problems


def check_quotes(dataset: Dataset, snapshots: Mapping[str, str]) -> list[Problem]:
    """The quotes that do not stand in the kept text of their source, on their line.

    `snapshots` are texts of sources by the ids of the sources; a source without one is not
    looked at.
    """
    lines = {name: [fold_text(line) for line in _lines(text)] for name, text in snapshots.items()}
    problems = []
    for quote in list_quotes(dataset):
        known = lines.get(quote.source)
        if known is None:
            continue
        folded = fold_text(quote.text)
        if quote.line is None:
            if folded not in "".join(known):
                problems.append(_report(quote, "不在这个来源里", "does not stand in the source"))
            continue
        if quote.line <= len(known) and folded in known[quote.line - 1]:
            continue
        elsewhere = [number for number, line in enumerate(known, 1) if folded in line]
        if elsewhere:
            where = "、".join(map(str, elsewhere[:3]))
            where_en = where.replace("、", ", ")
            zh = f"不在第 {quote.line} 行，在第 {where} 行"
            en = f"stands in line {where_en}, not in line {quote.line}"
        else:
            zh, en = "不在这个来源里", "does not stand in the source"
        problems.append(_report(quote, zh, en))
    return problems


def _lines(text: str) -> list[str]:
    # Only the ends of lines that an editor counts by: a form feed does not end a line.
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _report(quote: Quote, zh: str, en: str) -> Problem:
    return Problem(
        quote.path,
        quote.at,
        "E263",
        f"引文“{quote.text}”{zh}（{quote.source}）",
        f"the quote “{quote.text}” {en} ({quote.source})",
        "请与原文核对，空格和全角半角不计",
        "Compare it with the source; width and blanks do not count",
    )
