"""Text of a draft case: known fields filled in, the others blank with a remark."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from casebook.messages import say
from casebook.report import clean_line, display_width
from casebook.text import Lang, Text
from casebook.yaml.edit import write_scalar

SCHEMA_LINE = "# yaml-language-server: $schema=../case.schema.json"
_LONGEST_REMARK = 320
_REMARK_COLUMN = 30


@dataclass(frozen=True, slots=True)
class Blank:
    """One field of a draft: its text, empty where the editor has to fill it in, and a remark."""

    name: str
    text: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class DraftFigure:
    """One figure of a draft."""

    name: str
    fields: Sequence[Blank]
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A case that is yet to be finished, as far as its origin goes."""

    origin: Sequence[str]
    head: Sequence[Blank]
    answers: Sequence[Blank] = ()
    figures: Sequence[DraftFigure] = ()
    events: Sequence[Sequence[Blank]] = ()


def write_draft(draft: Draft, lang: Lang) -> str:
    """The draft as the text of a case file."""
    return "\n".join(_draft_lines(draft, lang)) + "\n"


def _draft_lines(draft: Draft, lang: Lang) -> Iterator[str]:
    yield SCHEMA_LINE
    yield "#"
    for line in draft.origin:
        yield f"# {clean_remark(line)}"
    yield f"# {say('data.draft.blanks').inside(lang)}"
    yield ""
    for blank in draft.head:
        yield write_field(blank, "")
    yield write_field(Blank("state", "draft", say("data.draft.state").inside(lang)), "")
    if draft.answers:
        yield ""
        yield "answers:"
        for blank in draft.answers:
            if blank.text:
                yield write_field(blank, "  ")
            else:
                # An answer that is left out counts as not stated; this one has to be given.
                yield f"  {blank.name}:"
                yield write_field(Blank("value", "", blank.remark), "    ")
    if draft.figures:
        yield ""
        yield "figures:"
        for figure in draft.figures:
            yield from write_figure(figure, "  ")
    if draft.events:
        yield ""
        yield "events:"
        for event in draft.events:
            for number, blank in enumerate(event):
                yield write_field(blank, "    " if number else "  - ")


def write_figure(figure: DraftFigure, indent: str) -> Iterator[str]:
    """The lines of one figure, its name first."""
    if figure.remark:
        yield f"{indent}# {clean_remark(figure.remark)}"
    yield f"{indent}{figure.name}:"
    for blank in figure.fields:
        yield write_field(blank, indent + "  ")


def write_field(blank: Blank, start: str) -> str:
    """The line of one field, with its remark as a comment."""
    line = f"{start}{blank.name}:"
    remark = blank.remark
    if blank.text:
        try:
            line += f" {write_scalar(blank.text)}"
        except ValueError:
            remark = f"{blank.text} {remark}".strip()
    if not remark:
        return line
    gap = max(2, _REMARK_COLUMN - display_width(line))
    return f"{line}{' ' * gap}# {clean_remark(remark)}"


def clean_remark(text: str) -> str:
    """Words from elsewhere as a comment of one line, without what a YAML file may not hold."""
    line = " ".join(text.split())
    shown = clean_line(line)
    return shown if len(shown) <= _LONGEST_REMARK else shown[:_LONGEST_REMARK] + "…"


def clean_text(text: str) -> str:
    """Words from elsewhere as one line that a field can hold, without what cannot be seen."""
    line = " ".join(text.split())
    return "".join(c for c in line if c.isprintable())


def list_choices(words: Iterable[str], lang: Lang) -> str:
    """The words that a field may hold, for a remark."""
    listed = list(words)
    return say("data.draft.choices", words=Text("、".join(listed), ", ".join(listed))).inside(lang)
