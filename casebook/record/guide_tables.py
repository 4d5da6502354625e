"""The tables of fields in the guides for editors, made from the descriptions of the fields."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from casebook.messages import say
from casebook.record.description import FieldDescription, fields_of
from casebook.record.model import Case
from casebook.text import DEFAULT_LANGUAGES, ENUMERATION, Lang

# The guide in each language, by its path in the project.
GUIDES: Final[dict[str, Lang]] = {"docs/editing.zh.md": "zh", "docs/editing.md": "en"}
SETTINGS_GUIDE: Final = "docs/settings.md"
# The rows that both guides share, so that both list the same codes and forms.
SHARED_TABLES: Final = "docs/guide.yaml"
# A marker line that names a record or a shared table, and the table below it.
_TABLE: Final = re.compile(r"(<!-- (fields|rows): ([a-z_]+) -->\n\n)((?:\|.*\n)*)")
# The roles of texts that are not checked as claims, and the message about each for editors.
_EXEMPT: Final = {"name": "record.guide_name", "official_title": "record.guide_title"}


def fill_tables(guide: str, lang: Lang, shared: Mapping[str, Any]) -> str:
    """A guide with its tables of fields and its shared tables filled in anew."""

    def write(found: re.Match[str]) -> str:
        is_shared = found[2] == "rows"
        table = _write_rows(shared[found[3]], lang) if is_shared else _write_table(found[3], lang)
        return found[1] + "".join(table)

    return _TABLE.sub(write, guide)


def _write_rows(table: Mapping[str, Any], lang: Lang) -> Iterator[str]:
    yield f"| {table['head'][lang]} |\n"
    yield "|" + "---|" * (table["head"][lang].count(" | ") + 1) + "\n"
    between = ENUMERATION.inside(lang)
    for row in table["rows"]:
        # The English guide lists the same codes and forms with English separators.
        same = row.get("both", "").replace("`、`", f"`{between}`")
        yield f"| {' | '.join(filter(None, (same, row[lang])))} |\n"


def _write_table(name: str, lang: Lang) -> Iterator[str]:
    """The table of the fields of a case, or of the records in one of its fields."""
    yield say("record.guide_head").inside(lang) + "\n"
    yield "|---|---|---|\n"
    for one in _find_fields(name):
        quoted = (f"`{part}`" for part in one.names(DEFAULT_LANGUAGES))
        names = ENUMERATION.inside(lang).join(quoted)
        example = f"`{one.example.inside(lang)}`" if one.example else ""
        yield f"| {names} | {''.join(_explain(one, lang))} | {example} |\n"


def _find_fields(name: str) -> tuple[FieldDescription, ...]:
    own = fields_of(Case)
    if name == "case":
        return tuple(one for one in own if not one.is_long)
    parts = (*own, *(inner for part in own for inner in part.inner))
    return next(part.inner for part in parts if part.name == name and part.holds_records)


def _explain(one: FieldDescription, lang: Lang) -> Iterator[str]:
    space = "" if lang == "zh" else " "
    yield one.note.inside(lang)
    if one.role in _EXEMPT:
        yield space + say(_EXEMPT[one.role]).inside(lang)
    if one.required:
        yield space + say("record.guide_required").inside(lang)
    if isinstance(one.words, str):
        yield space + say("record.guide_words", words=one.words).inside(lang)
    elif one.words:
        quoted = [f"`{word}`" for word in one.words]
        words = ENUMERATION.join(quoted)
        yield space + say("record.guide_one_of", words=words).inside(lang)
