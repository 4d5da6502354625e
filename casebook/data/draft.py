"""Text of a draft case: known fields filled in, the others blank with a remark."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from casebook.messages import say
from casebook.report import clean_line, display_width
from casebook.text import Lang
from casebook.yaml.edit import write_scalar

SCHEMA_LINE = "# yaml-language-server: $schema=../case.schema.json"
# The description of a tender may run to pages.
_LONGEST_REMARK = 320
_REMARK_COLUMN = 30


@dataclass(frozen=True, slots=True)
class Blank:
    """One field of a draft: its text, empty where the editor has to fill it in, and a remark."""

    name: str
    text: str = ""
    remark: str = ""


def write_head(origin: Iterable[str], fields: Iterable[Blank], lang: Lang) -> Iterator[str]:
    """The lines of a draft up to its state: where it comes from, and the fields of the case."""
    yield from (SCHEMA_LINE, "#")
    yield from (f"# {clean_remark(line)}" for line in origin)
    yield from (f"# {say('data.draft.blanks').inside(lang)}", "")
    yield from (write_field(blank, "") for blank in fields)
    yield write_field(Blank("state", "draft", say("data.draft.state").inside(lang)), "")


def write_figure(
    name: str, fields: Iterable[Blank], indent: str, *, remark: str = ""
) -> Iterator[str]:
    """The lines of one figure, its name first."""
    if remark:
        yield f"{indent}# {clean_remark(remark)}"
    yield f"{indent}{name}:"
    yield from (write_field(blank, indent + "  ") for blank in fields)


def write_item(fields: Iterable[Blank], indent: str) -> Iterator[str]:
    """The lines of one member of a list."""
    for number, blank in enumerate(fields):
        yield write_field(blank, indent + ("  " if number else "- "))


def write_field(blank: Blank, start: str) -> str:
    """The line of one field, with its remark as a comment."""
    line = f"{start}{blank.name}:"
    remark = blank.remark
    if blank.text:
        try:
            line += f" {write_scalar(blank.text)}"
        except ValueError:
            # No notation of YAML takes it, as with signs that cannot be seen.
            remark = f"{blank.text} {remark}".strip()
    if not remark:
        return line
    gap = max(2, _REMARK_COLUMN - display_width(line))
    return f"{line}{' ' * gap}# {clean_remark(remark)}"


def clean_remark(text: str) -> str:
    """Words from elsewhere as a comment of one line, without what a YAML file may not hold."""
    shown = clean_line(" ".join(text.split()))
    return shown if len(shown) <= _LONGEST_REMARK else shown[:_LONGEST_REMARK] + "…"


def clean_text(text: str) -> str:
    """Words from elsewhere as one line that a field can hold, without what cannot be seen."""
    return "".join(c for c in " ".join(text.split()) if c.isprintable())
