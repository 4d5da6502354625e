"""The search page, and the index that it loads on first use."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from markupsafe import Markup

from casebook.checks.content import LEAD
from casebook.data.formats import DataStream, ReadTexts
from casebook.pages.long_lists import with_cases
from casebook.pages.page import Page, Site, in_languages, section_page
from casebook.pages.rows import link_case, list_facts, list_sources, word_figure
from casebook.record.dataset import Dataset
from casebook.record.model import Case, Figure
from casebook.record.references import REFERENCE, SITE, SLOT, split_key
from casebook.record.summary import name_years
from casebook.record.vocabulary import Vocabulary
from casebook.text import COLON, NO_TEXT, Lang, Text
from casebook.values.periods import word_period
from casebook.values.quantity import plain, word_quantity

# With more cases than this the index leaves out stories, so that readers can load it.
STORIES_LIMIT = 500

# Sections of the site that are found by their names.
_LISTS: Final = ("compare", "timeline", "charts", "data", "figures", "corrections")

# The names of the index entries of a case among its texts of lists, by language.
ENTRY: Mapping[Lang, str] = {"zh": "search-zh", "en": "search-en"}


_LINK = re.compile(r"\[([^\[\]]*)\]\([^)\s\[]*\)")
_MARKS = re.compile(r"[*_`]+|^[#>\-|:\s]+", re.MULTILINE)
_END_OF_SENTENCE = re.compile(r"(?<=[。！？])|(?<=[.!?])\s+|\n+")
_END_OF_BLOCK = re.compile(r"</(?:p|li|dd|dt|h[1-6]|td|th|blockquote)>")


class SearchPassage(NamedTuple):
    """A passage that can be found: its place in the page, its words, and the numbers in it.

    Each of `numbers` is a value in plain digits with its wording. `also` are the words in the other
    languages, which are searched but not shown; `years` are the first and the last year.
    """

    anchor: str
    words: str
    numbers: tuple[tuple[str, str], ...] = ()
    also: str = ""
    years: tuple[int, int] | tuple[()] = ()


class Indexed(NamedTuple):
    """A page with its passages; `names` are further words by which readers look for it."""

    url: str
    title: str
    names: str
    passages: tuple[SearchPassage, ...]


def make_search(site: Site) -> Iterator[Page]:
    """The search page in both languages."""
    yield from in_languages(with_cases(section_page("search"), site), site)


def make_index_files(site: Site, read: ReadTexts | None = None) -> Iterator[DataStream]:
    """The index of each language as a script, streamed because it has words of every case.

    `read` gives the entries of all cases by their name, in UTF-8, if they were made before.
    """
    for lang in site.languages:
        path = site.languages.address("search/index.js", lang).removeprefix("/")
        same = list_synonyms(site.dataset.vocabulary)
        yield DataStream(path, write_index(list_search_entries(site, lang, read), same))


def list_synonyms(vocabulary: Vocabulary) -> list[list[str]]:
    """Groups of synonyms: those that editors listed, and the names of terms in both languages."""
    listed = [re.split("[、，,;；]", line) for line in vocabulary.synonyms]
    terms = (vocabulary.topics, vocabulary.provider_types, vocabulary.modes, vocabulary.measures)
    listed += [[term.name.zh, term.name.en] for group in terms for term in group.values()]
    groups = (dict.fromkeys(filter(None, map(str.strip, group))) for group in listed)
    return [list(group) for group in groups if len(group) > 1]


def write_index(entries: Iterable[bytes], same: list[list[str]]) -> Iterator[bytes]:
    """The index as a script, in pieces: groups of synonyms, and all pages.

    `entries` already contain the commas between them.
    """
    yield b'window.casebookIndex = {"same":' + _write_json(same).encode("utf-8") + b',"pages":['
    yield from entries
    yield b"]};"


def write_entry(page: Indexed) -> bytes:
    """The entry of a page as JSON: its address, title and other names, and its passages."""
    passages = []
    for passage in page.passages:
        *known, also, years = passage
        passages.append((*known, also, years) if years else (*known, also) if also else known)
    return _write_json((*page[:-1], passages)).encode()


def _write_json(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    # In old browsers these characters end a line of a script.
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def has_stories(dataset: Dataset) -> bool:
    """True if the site is small enough for its stories to be searched, sentence by sentence."""
    return len(dataset.cases) <= STORIES_LIMIT


def list_search_entries(site: Site, lang: Lang, read: ReadTexts | None = None) -> Iterator[bytes]:
    """The entries of all pages of a language with commas; `read` gives those of cases if made."""
    dataset, stories = site.dataset, has_stories(site.dataset)
    if read is not None:
        yield from read(ENTRY[lang], b",")
    else:
        cases = (write_entry(index_case(case, lang, dataset, stories)) for case in dataset.cases)
        yield b",".join(cases)
    between = b"," if dataset.summaries else b""
    for entry in _index_others(site, lang):
        yield between + write_entry(entry)
        between = b","


def index_case(case: Case, lang: Lang, dataset: Dataset, stories: bool) -> Indexed:
    """The page of a case in a language with its passages, including its story if `stories`."""
    link = link_case(case, dataset)
    region = dataset.regions[case.region]
    names = (link.place.zh, link.place.en, region.name.zh, region.name.en, region.pinyin)
    return Indexed(
        url=f"cases/{case.slug}/",
        title=link.name.inside(lang),
        names=" ".join(dict.fromkeys(filter(None, names))),
        passages=tuple(_list_passages(case, lang, dataset, stories=stories)),
    )


def _index_others(site: Site, lang: Lang) -> Iterator[Indexed]:
    """The other pages of a language: texts, charts and lists."""
    for (slug, written), prose in site.prose.items():
        # The lead names every case, and would be the first result of each search.
        if written == lang and slug != LEAD:
            text = SLOT.sub("", str(prose.body))
            blocks = _END_OF_BLOCK.sub("\n", text).split("\n")
            words = "\n".join(Markup(block).striptags() for block in blocks)
            passages = [SearchPassage("", prose.summary)] if prose.summary else []
            passages += [SearchPassage("", sentence) for sentence in split_sentences(words)]
            yield Indexed(url=f"{slug}/", title=prose.title, names="", passages=tuple(passages))
    names = " ".join(map(section_page("charts").title.inside, site.languages))
    for (name, written), drawn in site.charts.items():
        if written == lang:
            said = (drawn.subtitle, *drawn.notes, drawn.description)
            told = dict.fromkeys(sentence for text in said for sentence in split_sentences(text))
            found = tuple(SearchPassage("", sentence) for sentence in told)
            yield Indexed(url=f"charts/{name}/", title=drawn.finding, names=names, passages=found)
    for page in map(section_page, _LISTS):
        names = " ".join(map(page.title.inside, site.languages))
        passage = SearchPassage("", page.description.inside(lang))
        title = page.title.inside(lang)
        yield Indexed(url=page.url, title=title, names=names, passages=(passage,))


def _list_passages(
    case: Case, lang: Lang, dataset: Dataset, *, stories: bool
) -> Iterator[SearchPassage]:
    others = tuple(other for other in dataset.languages if other != lang)

    def translate(*texts: Text) -> str:
        # On a site of many cases, translations would double the size of the index.
        said = (text.own(other) for text in texts for other in others if stories)
        return " · ".join(filter(None, said))

    # The first passage makes the title, which stands above it, findable in other languages.
    also = translate(case.title, case.summary)
    yield SearchPassage("", case.summary.inside(lang), also=also)
    for figure in case.figures.values():
        measure = dataset.vocabulary.measures[figure.measure].name
        told = [word_figure(figure, dataset), figure.label, measure]
        # A latest date is that of the report; nobody searches for it as the year of the figure.
        if figure.period.lane != "latest_only":
            told.append(word_period(figure.period.edtf))
        yield SearchPassage(
            f"figure-{figure.id}",
            " · ".join(text.inside(lang) for text in told),
            numbers=number_figure(figure, lang),
            also=translate(*told[1:]),
            years=name_years(figure.period) or (),
        )
    if stories:
        yield from _list_story(case, lang, dataset)
    for fact in list_facts(case, dataset):
        for said in (fact.text, *(text for text, _ in fact.elsewhere)):
            if said:
                words = COLON.join((fact.question.name, said)).inside(lang)
                yield SearchPassage("facts", words, also=translate(fact.question.name, said))
    for event in case.events:
        words = event.title.inside(lang)
        if event.date.lane != "latest_only":
            words = f"{event.date.words(lang)} · {words}"
        years = name_years(event.date) or ()
        yield SearchPassage("events", words, also=translate(event.title), years=years)
    for document in case.documents:
        also = translate(document.title)
        yield SearchPassage("documents", document.title.inside(lang), also=also)
    for conflict in case.conflicts:
        words = f"{conflict.about.inside(lang)} · {conflict.note.inside(lang)}"
        yield SearchPassage("disputes", words)
    for source in list_sources(case, dataset):
        words = f"{source.title.inside(lang)} · {source.publisher.inside(lang)}"
        yield SearchPassage(f"source-{source.id}", words)


def _list_story(case: Case, lang: Lang, dataset: Dataset) -> Iterator[SearchPassage]:
    named: list[Figure] = []
    written = case.story.written(lang)
    words = dataset.words if f"{{{{{SITE}." in case.story.inside(lang) else {}

    def word(match: re.Match[str]) -> str:
        owner, name = split_key(match.group(1).strip())
        figure = dataset.find_figure(owner, name, case)
        if figure is None:
            return words.get(name, NO_TEXT).inside(written)
        named.append(figure)
        return word_quantity(figure.quantity).inside(written)

    # Sentences are indexed as printed, so that a number is found in any notation.
    text = SLOT.sub("", case.story.inside(lang))
    text = _MARKS.sub("", _LINK.sub(r"\1", REFERENCE.sub(word, text)))
    pairs = dict.fromkeys(pair for figure in named for pair in number_figure(figure, written))
    for sentence in split_sentences(text):
        numbers = tuple(pair for pair in pairs if pair[1] in sentence)
        yield SearchPassage("story", sentence, numbers)


def number_figure(figure: Figure, lang: Lang) -> tuple[tuple[str, str], ...]:
    """The values of a figure in plain digits, each with its wording; a range has two."""
    quantity = figure.quantity
    # None for rough numbers: a reader who searches for 20000 does not mean 数万.
    ends = () if quantity.is_rough else (quantity.low, quantity.high)
    values = (quantity.value, *ends)
    words = word_quantity(quantity).inside(lang)
    return tuple(dict.fromkeys((plain(value), words) for value in values if value is not None))


def split_sentences(text: str) -> list[str]:
    """The sentences of plain text that contain a word character."""
    sentences = (piece.strip() for piece in _END_OF_SENTENCE.split(text))
    return [sentence for sentence in sentences if re.search(r"\w", sentence)]
