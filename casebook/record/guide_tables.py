"""Tables of fields in the editors' guide, kept in step with the descriptions of the fields."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from casebook.messages import say
from casebook.record.description import FieldDescription, fields_of
from casebook.record.model import Case
from casebook.text import Lang, Text

# The guide in each language, by its path in the project.
GUIDES: Final[dict[str, Lang]] = {"docs/editing.zh.md": "zh"}
# A line that names what the fields belong to, and the table below it.
_TABLE: Final = re.compile(r"(<!-- fields: ([a-z_]+) -->\n\n)((?:\|.*\n)*)")


def fill_tables(guide: str, lang: Lang) -> str:
    """A guide with the table below each `<!-- fields: … -->` as the fields are described now."""
    return _TABLE.sub(lambda found: found[1] + "".join(_write_table(found[2], lang)), guide)


def _write_table(name: str, lang: Lang) -> Iterator[str]:
    """The table of the fields of a case, or of the records in one of its fields."""
    yield say("record.guide_head").inside(lang) + "\n"
    yield "|---|---|---|\n"
    for one in _find_fields(name):
        names = "、".join(f"`{part}`" for part in one.names)
        example = f"`{one.example}`" if one.example else ""
        yield f"| {names} | {''.join(_explain(one, lang))} | {example} |\n"


def _find_fields(name: str) -> tuple[FieldDescription, ...]:
    own = fields_of(Case)
    if name == "case":
        return tuple(one for one in own if not one.is_long)
    parts = (*own, *(inner for part in own for inner in part.inner))
    one = next(part for part in parts if part.name == name and part.holds_records)
    return one.inner


def _explain(one: FieldDescription, lang: Lang) -> Iterator[str]:
    space = "" if lang == "zh" else " "
    yield one.note.inside(lang)
    if one.required:
        yield space + say("record.guide_required").inside(lang)
    if isinstance(one.words, str):
        yield space + say("record.guide_words", words=one.words).inside(lang)
    elif one.words:
        quoted = [f"`{word}`" for word in one.words]
        words = Text("、".join(quoted), ", ".join(quoted))
        yield space + say("record.guide_one_of", words=words).inside(lang)
