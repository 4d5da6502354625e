"""Parts of a form as its template shows them: choices, readings and problems of each field."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Final, cast

from casebook.data.edit_tables import list_choices
from casebook.data.record_rows import CASE, JOINED, NAMED, SEVERAL, SOURCES, Fields, TypedRow
from casebook.data.tables import list_words
from casebook.messages import read_catalogue, say
from casebook.preview.form_rows import Checked, find_row
from casebook.problems import Problem, WordingError
from casebook.record.description import MAX_NAME, FieldDescription
from casebook.record.lists import Lists
from casebook.record.regions import find_regions
from casebook.text import LANGUAGE_TAGS, Lang, Text
from casebook.values.amounts import parse_quantity
from casebook.values.dates import parse_period
from casebook.values.quantity import Quantity, plain, with_reading
from casebook.values.words import CURRENCIES, QUALIFIERS, Qualifier

_LISTS_BY_KIND: Final = {
    "source": "sources",
    "region": "regions",
    "per": "per",
    "figure_name": "figures",
}
# Kinds of fields that can also be typed by name; `resolve` replaces the name by the key.
_FOUND_BY_NAME: Final = frozenset({"region", "source"})
# The most regions in the list of a field, and as buttons beside an ambiguous name.
_MOST_REGIONS, _MOST_OFFERED = 50, 6
# Quoted text is the editor's own, and a word between words of Latin letters belongs to a sentence;
# a whole path counts as one word.
_WORD: Final = re.compile(
    r"“[^“”]*”|(?<![\w./-])(?:(?>[a-z]+_[\w./-]*\w)|(?<![A-Za-z] )(?>[\w./-]*\w)(?! [A-Za-z]))",
    re.ASCII,
)
_TWICE: Final = re.compile(r"(“([^“”]{1,40})”) \2")
_TEXTS_OF_LINES: Final = frozenset({"prose", "note"})


@dataclass(frozen=True, kw_only=True)
class FormView:
    """View of a form for its template, in the language of the editor."""

    lists: Lists
    lang: Lang
    checked: Checked
    joined: str = JOINED
    several: frozenset[str] = SEVERAL
    named: frozenset[str] = NAMED

    def say(self, key: str, **values: object) -> str:
        """A message in the language of the editor."""
        return say(key, **values).inside(self.lang)

    def both(self, text: Text) -> str:
        """A name in the languages of the site, the language of the editor first."""
        others = (lang for lang in self.lists.languages if lang != self.lang)
        own = [text.inside(self.lang), *(text.own(lang) for lang in others)]
        return " / ".join(dict.fromkeys(filter(None, own)))

    def label(self, one: FieldDescription) -> str:
        """The name of a field; the field of sources has the name of their file."""
        return self.say("form.sources") if one.kind == "entries" else one.label.inside(self.lang)

    def question(self, name: str) -> str:
        """The words of a question of the vocabulary, in the languages of the site."""
        return self.both(self.lists.vocabulary.questions[name].name)

    def is_asked(self, one: FieldDescription, row: TypedRow) -> bool:
        """True if figures do not answer a question, or if its row is filled in or has problems."""
        is_derived = self.lists.vocabulary.questions[row.name].derived
        return not (is_derived and row.is_empty) or self.has_problems(f"{one.name}.{row.name}")

    def title(self, one: FieldDescription, row: TypedRow) -> str:
        """The words that identify a row: its name, the first of its texts, and its amount."""
        texts = (row.texts.get(inner.name, "") for inner in one.inner if not inner.is_long)
        first = next(filter(None, texts), "")
        amount = row.texts.get("amount", "")
        return " · ".join(filter(None, (row.name, first, amount)))

    def note(self, one: FieldDescription) -> str:
        """The note that explains a field, empty if it has none."""
        if one.note_key not in read_catalogue():
            return ""
        told = self._name_fields(one.note.inside(self.lang), one)
        # A word and its meaning may be the same in this language.
        told = _TWICE.sub(r"\1", told)
        gap = "" if self.lang == "zh" else " "
        return told + gap + self.say("form.searched") if one.kind in _FOUND_BY_NAME else told

    def controls(self, one: FieldDescription) -> Iterator[tuple[str, str, str, bool]]:
        """The controls of a field: name, language tag, label, and True if it may be left blank."""
        languages = self.lists.languages
        own = languages if one.is_translated else languages[:1]
        for name, lang in zip(one.names(languages), own, strict=True):
            label = one.label.inside(self.lang)
            if one.is_translated and len(own) > 1:
                label += f" · {self.say(f'languages.{lang}')}"
            tag = LANGUAGE_TAGS[lang] if one.is_translated else ""
            yield name, tag, label, lang != languages.first

    def is_main(self, one: FieldDescription, row: TypedRow) -> bool:
        """True if a field is required, is one that most editors fill in, or has a value."""
        written = any(row.texts.get(name) for name in one.names(self.lists.languages))
        return one.required or one.shown or written

    def is_long(self, one: FieldDescription) -> bool:
        """True if a text takes several lines of a form."""
        return one.kind == "block" or (one.role in _TEXTS_OF_LINES and one.most > MAX_NAME)

    def choices(self, one: FieldDescription) -> Sequence[tuple[str, str]]:
        """The keys of the words in the closed list of a field, each with its names."""
        # A `per` may hold several words, so it has no closed list.
        words = () if one.kind == "per" else list_choices(one, self.lists.vocabulary)
        return [(word.key, self.both(word.name)) for word in words]

    def terms(self, question: str) -> Sequence[tuple[str, str]]:
        """The keys and names of the words that answer a question, empty if any text may."""
        asked = self.lists.vocabulary.questions.get(question)
        words = list_words(self.lists.vocabulary).get(asked.terms, ()) if asked else ()
        return [(word.key, self.both(word.name)) for word in words]

    def list_name(self, one: FieldDescription) -> str:
        """The name of the list that a field is searched in, empty if there is none."""
        return _LISTS_BY_KIND.get(one.kind, "")

    def options(self, row: TypedRow) -> Iterator[tuple[str, list[tuple[str, str]]]]:
        """The lists that fields are searched in, by their names."""
        figures = row.rows.get("figures", [])
        yield "sources", [(key, self.both(one.title)) for key, one in self.lists.sources.items()]
        yield "per", [(one.name.zh, one.name.en) for one in self.lists.vocabulary.per.values()]
        yield "figures", [(one.name, one.texts.get("label", "")) for one in figures if one.name]
        # Only regions that may be meant: all 3,500 would be longer than the rest of the page.
        yield "regions", [*self._list_regions(row.texts.get("region", ""), _MOST_REGIONS)]

    def _list_regions(self, asked: str, most: int) -> Iterator[tuple[str, str]]:
        """The codes of the regions that a text may mean, each with its name and its parent's."""
        for region in find_regions(asked, self.lists.regions)[:most]:
            parent = self.lists.regions.get(region.parent)
            within = f" · {parent.name.inside(self.lang)}" if parent is not None else ""
            yield region.code, f"{self.both(region.name)}{within}"

    def reading(self, one: FieldDescription, row: TypedRow) -> str:
        """The understood value of a text in words, empty if the text is not understood."""
        text = row.texts.get(one.name, "")
        with suppress(WordingError, KeyError):
            match one.kind if text else "":
                case "amount":
                    return self._read_amount(text, row)
                case "formula":
                    return self.tell(self.checked.figures[row.name].quantity)
                case "period" | "day" | "iso_day":
                    period = parse_period(text)
                    return f"{period.edtf} · {period.words(self.lang)}"
                case "region":
                    return self.both(self.lists.regions[text].name)
                case "source":
                    return self.lists.sources[text].title.inside(self.lang)
        return ""

    def _read_amount(self, text: str, row: TypedRow) -> str:
        quantity = parse_quantity(text)
        qualifier, unit = row.texts.get("qualifier", ""), row.texts.get("unit", "")
        with suppress(WordingError):
            quantity = with_reading(quantity, cast(Qualifier, qualifier) or None, unit or None)
        return self.tell(quantity, row.texts.get("per", ""))

    def tell(self, quantity: Quantity, per: str = "") -> str:
        """An amount in words: its number, its unit, its qualifier and its `per`."""
        bounds = [quantity.low, quantity.high] if quantity.value is None else [quantity.value]
        numbers = "–".join("…" if n is None else f"{Decimal(plain(n)):,f}" for n in bounds)
        if quantity.unit == "ratio" and quantity.value is not None:
            numbers = f"{plain(quantity.value * 100)}%"
        unit = "" if quantity.unit == "ratio" else quantity.unit
        if unit in CURRENCIES:
            unit = CURRENCIES[unit].name.inside(self.lang)
        names = self.lists.vocabulary.per
        by_word = {one.name.zh: one for one in names.values()} | dict(names)
        each = [word for word in (*quantity.per, *per.split("/")) if word]
        parts = [f"{numbers} {unit}".rstrip() or numbers]
        parts.append(QUALIFIERS[quantity.qualifier].name.inside(self.lang))
        if each:
            words = "/".join(
                by_word[w].name.inside(self.lang) if w in by_word else w
                for w in dict.fromkeys(each)
            )
            parts.append(self.say("form.per", words=words))
        if quantity.planned:
            parts.append(self.say("form.planned"))
        return self.say(
            "form.read_as", words="；".join(parts) if self.lang == "zh" else "; ".join(parts)
        )

    def problems(
        self, name: str, one: FieldDescription | None = None, text: str = ""
    ) -> Iterator[dict[str, object]]:
        """The problems of a control, with the buttons that remedy them."""
        # No button for a free text: it would replace the whole text, not only the fault.
        replaced = None if one is None or one.role or one.kind == "region" else one
        meant = self._list_regions(text, _MOST_OFFERED) if one and one.kind == "region" else ()
        places = [(f"set {name}={code}", self.say("form.use", word=told)) for code, told in meant]
        for found in self.checked.problems.get(name, ()):
            yield {
                "text": self._tell(found, one, found.message(self.lang)),
                "code": found.code,
                "severity": found.severity,
                "remedies": [*self._list_remedies(name, found, replaced), *places],
            }

    def _tell(self, found: Problem, one: FieldDescription | None, told: str) -> str:
        """A problem in the words of the form, which are few for a blank that everybody can see."""
        if one is None or found.text != say("E202", name=one.name):
            return self._name_fields(told, one)
        example = one.example.inside(self.lang)
        return self.say("form.blank_as" if example else "form.blank", example=example)

    def _list_remedies(
        self, name: str, found: Problem, one: FieldDescription | None
    ) -> Iterator[tuple[str, str]]:
        if one is not None and (word := found.offered):
            called = dict(self.choices(one)).get(word, word)
            yield f"set {name}={word}", self.say("form.use", word=called)
        if found.code == "E238" and self.checked.unexplained:
            yield "explain", self.say("form.explain")
        if found.code == "W208":
            today = date.today().isoformat()
            yield f"set {name}={today}", self.say("form.use", word=today)
        if found.code == "W206":
            yield f"set {name}.state=not_stated", self.say("form.not_stated")

    def is_wrong(self, name: str) -> bool:
        """True if a control has an error."""
        return any(one.severity == "error" for one in self.checked.problems.get(name, ()))

    def has_problems(self, place: str) -> bool:
        """True if any part of a row has problems."""
        return any(f"{name}.".startswith(f"{place}.") for name in self.checked.problems)

    def count_problems(self) -> str:
        """The numbers of errors and of warnings, in words."""
        errors = self.checked.errors
        warnings = sum(map(len, self.checked.problems.values())) - errors
        key = "form.count" if errors or warnings else "form.clean"
        return self.say(key, errors=errors, warnings=warnings)

    def list_problems(self, row: TypedRow, described: Fields) -> Iterator[tuple[str, str, str]]:
        """Every problem in short: the name of its control, its place in words, and its text."""
        for name, found in self.checked.problems.items():
            place, one = self._find_control(name, row, described)
            for each in found:
                yield name, place, self._tell(each, one, each.text.inside(self.lang))

    def _find_control(
        self, name: str, row: TypedRow, described: Fields
    ) -> tuple[str, FieldDescription | None]:
        """A control in the words of the form, as 数字 · paid_2011 · 金额, and its field."""
        one = None
        parts, own, fields = [], row, described
        steps = iter(name.split("."))
        for step in steps:
            one = next((one for one in fields if step in one.names(self.lists.languages)), None)
            if one is None:
                break
            parts.append(self.label(one))
            key = next(steps, None) if one.holds_records else None
            inner = find_row(own, f"{one.name}.{key}") if key is not None else None
            if inner is not None:
                is_answer = one.kind == "answers"
                called = self.question(inner.name) if is_answer else inner.name
                parts.append(called or str(int(str(key)) + 1))
                own, fields = inner, one.inner
        return " · ".join(parts), one

    def _name_fields(self, told: str, one: FieldDescription | None) -> str:
        """A message with the form's names of fields instead of those in the file."""
        own = {each.name: each for each in self._fields if one and each.holder == one.holder}
        listed = (one, *one.inner) if one else ()
        words = {
            word.key: word.name
            for each in listed
            for word in list_choices(each, self.lists.vocabulary)
        }

        def name(found: re.Match[str]) -> str:
            called = found[0]
            field = own.get(called) or self._fields_by_name.get(called)
            meant = words.get(called) or (field.label if field else None)
            # The English name of a field may be an ordinary word of an English sentence as well.
            is_other = self.lang == "zh" or "_" in called
            return f"“{meant.inside(self.lang)}”" if meant and is_other else called

        return _WORD.sub(name, told)

    @cached_property
    def _fields(self) -> tuple[FieldDescription, ...]:
        inner = (one for outer in (*CASE, *SOURCES) for one in outer.inner)
        deepest = (one for outer in CASE for inner in outer.inner for one in inner.inner)
        return (*CASE, *inner, *deepest)

    @cached_property
    def _fields_by_name(self) -> dict[str, FieldDescription]:
        return {one.name: one for one in reversed(self._fields)}
