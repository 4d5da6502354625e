"""Descriptions of the fields of a record.

A field is declared once, in the class that holds it. Reading, both JSON Schemas, the dump, limits,
language pairs, the blank case and the guide's tables all follow from its description.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from functools import cache, cached_property
from typing import Any, Final, Literal, NamedTuple, TypeVar, cast, dataclass_transform

from casebook.messages import read_catalogue, say
from casebook.problems import START, Position
from casebook.record.places import places_of
from casebook.text import LANGS, Lang, Languages, Text

# The role of a text on the site decides whether it is checked against the records: the site's own
# words are, copied words are not. A text of role `word` is read by a grammar of its own.
Role = Literal["", "heading", "prose", "note", "name", "official_title", "quote", "word"]
OWN_WORDS: Final = frozenset({"heading", "prose", "note"})

MAX_NAME: Final = 200
MAX_TEXT: Final = 2_000
# So few that a quote is evidence for a figure and never a copy of the source.
QUOTE_LIMIT: Final = 12
# Names appear in headings and drawings. Forty labels of 2,000 characters once made a PNG of 190,000
# rows, for which a build took 4.7 GB.
_LIMITS: Final[dict[Role, int]] = {"heading": MAX_NAME, "name": MAX_NAME}
_TEXTS: Final = frozenset({"bilingual", "block", "line", "quote", "text", "things"})
_TRANSLATED: Final = frozenset({"bilingual", "block"})
_KEY: Final = "described"
_NO_PLACES: Final[Mapping[str, Position]] = {}
T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])


def compute_once(function: F) -> F:
    """Cache the results of a function of a class or a description."""
    # mypy refuses @cache alone, as it takes a class of unhashable records to be unhashable itself.
    return cast(F, cache(function))


@dataclass(frozen=True, eq=False, kw_only=True)
class FieldDescription:
    """One field of a record as it is declared.

    The method `read_<kind>` of a reader reads it. `name` is its name in the file, `attribute` its
    name in the class `holder`. `words` are its allowed words, or the name of their list in the
    vocabulary. `items` is the class of the records inside it, which may not have the fields
    `without` and need not have the fields `optional`; the fields `key` identify a member of a list.
    Only a figure that a source prints has `printed` fields. Only `dumped` fields are in cases.json.
    Only `blank` fields are in a new case: most editors fill in the `shown` ones, and `filled` is a
    value that is already there.
    """

    kind: str
    default: object = None
    holder: str = ""
    attribute: str = ""
    # The name may differ from the attribute: `from` is a keyword, and `amount` holds a quantity.
    name: str = ""
    required: bool = False
    role: Role = ""
    limit: int = 0
    words: str | tuple[str, ...] = ()
    items: type = object
    without: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    shown: bool = False
    printed: bool = False
    dumped: bool = True
    blank: bool = True
    filled: str = ""

    @property
    def most(self) -> int:
        """The most characters of a text, or the most records of a field; 0 for no limit."""
        return self.limit or (_LIMITS.get(self.role, MAX_TEXT) if self.role else 0)

    @property
    def note_key(self) -> str:
        """The key of the note in messages.yaml, which fields of several classes may share."""
        own = f"fields.{self.holder}.{self.name}"
        return own if own in read_catalogue() else f"fields.{self.name}"

    @property
    def note(self) -> Text:
        """The note that explains the field to editors."""
        return say(self.note_key, most=self.most)

    @cached_property
    def example(self) -> Text:
        """An example of a value, or an empty text."""
        words = read_catalogue().get(self.note_key, {})
        zh = words.get("example_zh", words.get("example", ""))
        return Text(zh, words.get("example_en", ""))

    @property
    def called(self) -> str:
        """The word that Chinese editors use for the field, or ""."""
        return read_catalogue().get(self.note_key, {}).get("called", "")

    @property
    def label_key(self) -> str:
        """The key of the label for its class, else of the label for all classes, else ""."""
        keys = (f"labels.{self.holder}.{self.name}", f"labels.{self.name}")
        return next((key for key in keys if key in read_catalogue()), "")

    @property
    def label(self) -> Text:
        """The name of the field for people, or its name in the file if it has no other."""
        return say(self.label_key) if self.label_key else Text(self.name)

    @property
    def is_translated(self) -> bool:
        """True if a site has the field once in each of its languages."""
        return self.kind in _TRANSLATED

    @compute_once
    def names(self, languages: Languages) -> tuple[str, ...]:
        """The name of the field in each language of a site, or its only one."""
        own = languages if self.is_translated else languages[:1]
        return tuple(languages.name(self.name, lang) for lang in own)

    @cached_property
    def inner(self) -> tuple[FieldDescription, ...]:
        """The fields of the records inside this one."""
        return tuple(
            replace(one, required=False) if one.name in self.optional else one
            for one in (fields_of(self.items) if self.holds_records else ())
            if one.name not in self.without
        )

    @property
    def is_long(self) -> bool:
        """True if the field takes several lines: records inside, or a text of Markdown."""
        return self.holds_records or self.kind == "block"

    @property
    def holds_records(self) -> bool:
        """True if the field has records inside."""
        return self.items is not object


def measure_quote(text: str, lang: Lang) -> int:
    """The length of a quote in characters if the site or the quote is Chinese, else in words.

    Twelve English letters are too few for a quote; a word of more than twelve counts as several.
    """
    if lang == "zh" or re.search("[\u3040-\u9fff]", text):
        return len(text)
    return sum(-(-len(word) // 12) for word in text.split())


def described(
    kind: str, *, default: Any = MISSING, default_factory: Any = MISSING, **options: Any
) -> Any:
    """A field of a record with the parts of its description.

    A field without a default is required, unless records are inside. Its note is in the catalogue
    under `fields.<class>.<name>` or `fields.<name>`, with an `example` and the word that Chinese
    editors have `called` it.
    """
    if kind == "quote":
        options = {"role": "quote", "limit": QUOTE_LIMIT} | options
    if kind in _TEXTS and "role" not in options:
        raise TypeError(f"a field of the kind {kind} needs a role, by which its text is checked")
    one = FieldDescription(
        kind=kind,
        default=None if default is MISSING else default,
        required=default is default_factory is MISSING and "items" not in options,
        **options,
    )
    return field(default=default, default_factory=default_factory, metadata={_KEY: one})


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(described, field))
def described_class(cls: type[T]) -> type[T]:
    """Make a class of frozen records out of its declared fields.

    The class has no slots, because reading thousands of records from the cache takes a third of the
    time without slots.
    """
    return dataclass(frozen=True, kw_only=True)(cls)


@compute_once
def fields_of(cls: type) -> tuple[FieldDescription, ...]:
    """The described fields of a class, in the order of their declaration."""
    found = ((one.name, one.metadata.get(_KEY)) for one in fields(cls))
    return tuple(
        replace(
            description,
            holder=cls.__name__.lower(),
            attribute=attribute,
            name=description.name or attribute,
        )
        for attribute, description in found
        if description is not None
    )


@compute_once
def known_names(descriptions: tuple[FieldDescription, ...], languages: Languages) -> frozenset[str]:
    """The names of the fields in a file of a site with these languages."""
    return frozenset(name for one in descriptions for name in one.names(languages))


def records_inside(record: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every record inside a record, outer ones first, with its path and a final dot."""
    for one in _lists_of(type(record)):
        held = getattr(record, one.attribute)
        is_list = isinstance(held, tuple)
        for key, inner in enumerate(held, 1) if is_list else held.items():
            own = f"{path}{one.name}[{key}]." if is_list else f"{path}{one.name}.{key}."
            yield own, inner
            yield from records_inside(inner, own)


def values_inside(inside: Iterable[tuple[str, Any]], kind: str) -> Iterator[tuple[Any, Any]]:
    """Every value of a kind in the records that `records_inside` lists, each after its record."""
    for _, inner in inside:
        for name in _attributes_of_kind(type(inner), kind):
            if value := getattr(inner, name):
                yield inner, value


class WrittenText(NamedTuple):
    """A text in one language, and where it begins in its file.

    Every line is assumed to begin in the column of the first line. A text with a head begins with
    lines of `Name: value`.
    """

    words: str
    lang: Lang
    path: str
    at: Position
    has_head: bool = False


class PlacedText(NamedTuple):
    """A text of a record: its field, its path in the record, and where it begins in its file."""

    field: FieldDescription
    path: str
    text: Text
    at: tuple[Position, Position]

    @property
    def part(self) -> str:
        """The field of the case that contains the text."""
        return self.path.partition(".")[0].partition("[")[0]

    def by_language(self, path: str) -> tuple[WrittenText, ...]:
        """The text in each language that has words; `path` is the path of its file."""
        return tuple(
            WrittenText(words=words, lang=lang, path=path, at=at)
            for lang, words, at in zip(LANGS, (self.text.zh, self.text.en), self.at, strict=True)
            if words
        )


def texts_of(
    record: Any, places: Mapping[str, Position] = _NO_PLACES, under: str = ""
) -> Iterator[PlacedText]:
    """Every text of a record, then every text of the records inside it.

    `places` holds places in the file by path, and may lack some of the texts; `under` is the path
    of the record in the file, with a final dot.
    """
    for path, inner in ((under, record), *records_inside(record, under)):
        for one in _texts_of_class(type(inner)):
            value = getattr(inner, one.attribute)
            texts = {"": value} if isinstance(value, (str, Text)) else value
            for key, words in texts.items():
                text = Text(words) if isinstance(words, str) else words
                if text:
                    found = path + one.name + (f".{key}" if key else "")
                    at = places_of(found, places) if places else (START, START)
                    yield PlacedText(field=one, path=found, text=text, at=at)


@compute_once
def _texts_of_class(cls: type) -> tuple[FieldDescription, ...]:
    return tuple(one for one in fields_of(cls) if one.role not in ("", "word"))


@compute_once
def _lists_of(cls: type) -> tuple[FieldDescription, ...]:
    return tuple(one for one in fields_of(cls) if one.holds_records)


@compute_once
def _attributes_of_kind(cls: type, kind: str) -> tuple[str, ...]:
    return tuple(one.attribute for one in fields_of(cls) if one.kind == kind)
