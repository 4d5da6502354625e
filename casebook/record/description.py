"""Descriptions of the fields of a record, from which all that knows the fields follows.

A field is declared once, in the class that holds it. Reading, both JSON Schemas, the dump, limits,
language pairs, the blank case and the guide's tables are made from its description.
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

# What a text is on the site, which decides whether its words are held to the records: our own
# words are, what is copied as others wrote it is not. A word is read by a grammar of its own.
Role = Literal["", "heading", "prose", "note", "name", "official_title", "quote", "word"]
OWN_WORDS: Final = frozenset({"heading", "prose", "note"})

MAX_NAME: Final = 200
MAX_TEXT: Final = 2_000
# So few that what is quoted stays a proof of the figure and never a copy of the source.
QUOTE_LIMIT: Final = 12
# Names are in headings and in drawings. Forty labels of 2,000 characters were drawn once: a PNG
# of 190,000 rows, for which a build took 4.7 GB.
_LIMITS: Final[dict[Role, int]] = {"heading": MAX_NAME, "name": MAX_NAME}
_TEXTS: Final = frozenset({"bilingual", "block", "line", "quote", "text", "things"})
_TRANSLATED: Final = frozenset({"bilingual", "block"})
_KEY: Final = "described"
_NO_PLACES: Final[Mapping[str, Position]] = {}
T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])


def compute_once(function: F) -> F:
    """Remember the result of a function for each class or description that it is given."""
    # To mypy a class of unhashable records is unhashable itself, so that @cache alone is refused.
    return cast(F, cache(function))


@dataclass(frozen=True, eq=False, kw_only=True)
class FieldDescription:
    """One field of a record as it is declared.

    The method `read_<kind>` of a reader reads it. `name` is its name in the file, `attribute` its
    name in the class `holder`. `words` are the words that it may hold, or the list of the
    vocabulary that they are in. `items` is the class of the records inside it, which may not have
    the fields `without` and need not have those of `optional`; members of a list are told apart by
    those of `key`. Only a figure that a source prints has a `printed` field; `dumped` ones are in
    cases.json, `blank` ones in a new case, where `shown` ones are to be filled in by most and
    `filled` is there already.
    """

    kind: str
    default: object = None
    holder: str = ""
    attribute: str = ""
    # A field may not be called `from` in a class, nor `amount` where it is a quantity.
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
        """The characters that the text, or the records that the field, may have at most."""
        return self.limit or (_LIMITS.get(self.role, MAX_TEXT) if self.role else 0)

    @property
    def note_key(self) -> str:
        """The key of its note in messages.yaml; fields of several classes may share one."""
        own = f"fields.{self.holder}.{self.name}"
        return own if own in read_catalogue() else f"fields.{self.name}"

    @property
    def note(self) -> Text:
        """The words that explain it to editors."""
        return say(self.note_key, most=self.most)

    @cached_property
    def example(self) -> Text:
        """An example of what it may hold, or nothing."""
        words = read_catalogue().get(self.note_key, {})
        zh = words.get("example_zh", words.get("example", ""))
        return Text(zh, words.get("example_en", ""))

    @property
    def called(self) -> str:
        """The word that Chinese editors have for it, empty where that is not known."""
        return read_catalogue().get(self.note_key, {}).get("called", "")

    @property
    def label_key(self) -> str:
        """The key of its name for people, its class's own or that of all classes; or nothing."""
        keys = (f"labels.{self.holder}.{self.name}", f"labels.{self.name}")
        return next((key for key in keys if key in read_catalogue()), "")

    @property
    def label(self) -> Text:
        """Its name for people, or its name in the file where it has no other."""
        return say(self.label_key) if self.label_key else Text(self.name)

    @property
    def is_translated(self) -> bool:
        """True of a field that a site has once in each of its languages."""
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
        """True of a field that takes several lines: records inside, or a text of Markdown."""
        return self.holds_records or self.kind == "block"

    @property
    def holds_records(self) -> bool:
        """True of a field with records inside."""
        return self.items is not object


def measure_quote(text: str, lang: Lang) -> int:
    """The length of a quote on a site of a first language: of characters, in English of words.

    Twelve letters of English are no quote; a word of more than these counts as several.
    """
    if lang == "zh" or re.search("[\u3040-\u9fff]", text):
        return len(text)
    return sum(-(-len(word) // 12) for word in text.split())


def described(
    kind: str, *, default: Any = MISSING, default_factory: Any = MISSING, **options: Any
) -> Any:
    """A field of a record with the parts of its description.

    It is required where it has no default, unless records are inside. Its note is in the
    catalogue, under `fields.<class>.<name>` or `fields.<name>`, with an `example` and what Chinese
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

    It has no slots: thousands of records are read back from the cache, and without slots that
    takes a third of the time.
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
    """The names that the fields have in a file of a site."""
    return frozenset(name for one in descriptions for name in one.names(languages))


def records_inside(record: Any, path: str = "") -> list[tuple[str, Any]]:
    """Every record inside a record, each before those inside it, with its path and a dot."""
    found = []
    for one in _lists_of(type(record)):
        held = getattr(record, one.attribute)
        is_list = isinstance(held, tuple)
        for key, inner in enumerate(held, 1) if is_list else held.items():
            own = f"{path}{one.name}[{key}]." if is_list else f"{path}{one.name}.{key}."
            found += [(own, inner), *records_inside(inner, own)]
    return found


def values_inside(inside: Iterable[tuple[str, Any]], kind: str) -> Iterator[tuple[Any, Any]]:
    """Every value of a kind in records as `records_inside` lists them, with the one that has it."""
    for _, inner in inside:
        for name in _attributes_of_kind(type(inner), kind):
            if value := getattr(inner, name):
                yield inner, value


class WrittenText(NamedTuple):
    """A text in one language, and where it begins in its file.

    Every line is taken to begin in the column of the first. A text with a head begins with lines
    of `Name: value`.
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
        """The field of the case that it is in."""
        return self.path.partition(".")[0].partition("[")[0]

    def by_language(self, path: str) -> tuple[WrittenText, ...]:
        """The text in each language in which there are words, in the file of this path."""
        return tuple(
            WrittenText(words=words, lang=lang, path=path, at=at)
            for lang, words, at in zip(LANGS, (self.text.zh, self.text.en), self.at, strict=True)
            if words
        )


def texts_of(
    record: Any, places: Mapping[str, Position] = _NO_PLACES, under: str = ""
) -> Iterator[PlacedText]:
    """Every text of a record, then those of the records inside it.

    `places` are those of the parts of its file by path, which may be fewer than the texts; `under`
    is the path of the record there, with a dot.
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
                    yield PlacedText(one, found, text, at)


@compute_once
def _texts_of_class(cls: type) -> tuple[FieldDescription, ...]:
    return tuple(one for one in fields_of(cls) if one.role not in ("", "word"))


@compute_once
def _lists_of(cls: type) -> tuple[FieldDescription, ...]:
    return tuple(one for one in fields_of(cls) if one.holds_records)


@compute_once
def _attributes_of_kind(cls: type, kind: str) -> tuple[str, ...]:
    return tuple(one.attribute for one in fields_of(cls) if one.kind == kind)
