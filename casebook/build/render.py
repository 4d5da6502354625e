"""Rendering of pages to the bytes of their files, with relative links, and all files of a case."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from operator import attrgetter
from typing import Any

from jinja2 import Environment
from markupsafe import Markup, escape

from casebook.build.drawings import draw_own
from casebook.build.templates import CompiledTemplates, explaining_templates, make_environment
from casebook.build.theme import Theme
from casebook.build.timings import Spent, Timings
from casebook.charts.chart import Drawn
from casebook.data.export import export_case, write_case_texts
from casebook.data.formats import DataFile
from casebook.pages.markdown import CHINESE, Renderer, mark_chinese, split_slots
from casebook.pages.page import Page, Site, Slot, Uses, name_document, write_policy
from casebook.pages.register import CASE_PAGES
from casebook.pages.rows import amount_html, word_date
from casebook.pages.search import ENTRY, index_case, write_entry
from casebook.pages.sharing import describe_trail, find_card
from casebook.record.dataset import Dataset
from casebook.record.model import Case, Figure
from casebook.record.settings import make_functions
from casebook.record.slugs import figure_address
from casebook.text import (
    COMMA,
    DEFAULT_LANGUAGES,
    LANGS,
    LANGUAGE_TAGS,
    Lang,
    Languages,
    Text,
    find_tag,
    typeset,
)
from casebook.values.periods import Period
from casebook.values.quantity import is_translated
from casebook.values.words import use_currency

# The pattern begins with a literal, which makes the search through a page four times as fast.
_LINK = re.compile(
    r'="(?:(?<=\bhref=")|(?<=\bsrc=")|(?<=\bsrcset="))(?:(site|zh|en|asset):/*|figure:([^"]*))'
)

_BEFORE_DATE = re.compile("(不晚于|至)")
# No number is longer than 30 digits; the limit keeps a long row of digits from slowing the search.
# An opening mark stays with the date that follows it.
_SPAN = re.compile(
    r"“[^“”]{1,12}”|\d{1,30}—\d+年?|[“（《]?\d{4}年(?:\d{1,2}月(?:\d{1,2}日)?)?"
    r"|约?\d[\d.,]{0,30}(?:[万亿]元?|元)"
)
# Chinese words in an English drawing, which have no English translation.
_CHINESE_LABEL = re.compile(r"<(title|text)((?:\s[^<>]*)?>[^<>\u3400-\u9fff]*[\u3400-\u9fff])")
# The texts between tags of a drawing that have quotation marks.
_QUOTING = re.compile(r"""(?<=>)[^<>"']*["'][^<>]*(?=<)""")


class PageRenderer:
    """Renderer of pages, with one environment of templates for each language."""

    def __init__(self, theme: Theme, languages: Languages = DEFAULT_LANGUAGES) -> None:
        self.compiled = CompiledTemplates()
        self.environments: Mapping[Lang, Environment] = {
            lang: make_environment(theme.sources, lang, self.compiled) for lang in languages
        }
        self.renderers = {lang: Renderer(lang) for lang in languages}
        for lang, environment in self.environments.items():
            own = make_functions(theme.functions)
            environment.globals |= {**own["globals"], **words_of(lang, languages)}
            environment.filters |= own["filters"]
            environment.tests |= own["tests"]

    def print_page(self, page: Page, site: Site) -> DataFile:
        """The file of a page, with its path in the site."""
        template = self.environments[page.lang].get_template(page.template)
        text = resolve_links(template.render(self.context_of(page, site)), page, site)
        return DataFile(file_of(page, site.languages), text.encode("utf-8"))

    def context_of(self, page: Page, site: Site) -> dict[str, Any]:
        """All values that a template is given, beside the functions of its language."""
        lang = page.lang

        def charted(body: Markup, case: Case | None = None) -> Markup:
            pieces = split_slots(body)
            if not any(isinstance(piece, Slot) for piece in pieces):
                return body
            environment = self.environments[lang]
            macros: Any = environment.get_template("macros/chart.html").module
            of_media: Any = environment.get_template("macros/media.html").module
            pictures = {p.file: p for p in case.pictures} if case else {}
            done = []
            for piece in pieces:
                if not isinstance(piece, Slot):
                    done.append(piece)
                elif picture := pictures.get(piece.name.replace("picture:", "images/", 1)):
                    media = site.dataset.media[picture.file]
                    done.append(Markup(of_media.picture_of(picture, media)))
                elif drawn := site.charts.get((piece.name.removeprefix("chart:"), lang)):
                    done.append(Markup(macros.chart(drawn)))
            return Markup("\n").join(done)

        def worded(body: Markup, _case: Case | None = None) -> Markup:
            return Markup("").join(one for one in split_slots(body) if not isinstance(one, Slot))

        def story(case: Case, show: Callable[[Markup, Case], Markup] = charted) -> Markup:
            words, written = case.story.inside(lang), case.story.written(lang)
            if not words:
                return Markup("")
            body = show(self.renderers[written].render(words, site.dataset, case), case)
            tag = LANGUAGE_TAGS[written]
            return body if written == lang else Markup('<div lang="{}">{}</div>').format(tag, body)

        return {
            **page.show(),
            "page": page,
            "card": find_card(page, site),
            "site": site,
            "dataset": site.dataset,
            "vocabulary": site.dataset.vocabulary,
            "story": story,
            "charted": charted,
            "worded": worded,
            "trail": describe_trail(page, site),
            "policy": write_policy(site.dataset.settings.trusted_hosts),
            "absolute": lambda path: site.settings.siteurl + path,
        }


def words_of(lang: Lang, languages: Languages) -> dict[str, Any]:
    """The functions and constants of templates and macros for one language of a site."""

    def text(value: Text) -> Markup:
        words, written = value.inside(lang), value.written(lang)
        # A sign or a number belongs to no language, so it needs no tag.
        if written == lang or not CHINESE.search(words):
            return mark_chinese(words) if lang == "en" else escape(words)
        marked = escape(words)
        tag = LANGUAGE_TAGS[written]
        return Markup(f'<span lang="{tag}">{marked}</span>') if marked else marked

    return {
        "lang": lang,
        "languages": languages,
        "tag_of": partial(find_tag, first=languages.first),
        "tags": LANGUAGE_TAGS,
        "L": lambda zh, en: en if lang == "en" else zh,
        "name_document": name_document,
        "words": lambda words: tag_words(words, lang),
        "drawing": lambda drawing: tag_drawing(drawing, lang),
        # Every text has words in the first language, and text inside Chinese needs no tags.
        "text": attrgetter("zh") if lang == languages.first == "zh" else text,
        "code": write_code,
        # For macros that print the same on many pages, so that each runs once.
        "once": lru_cache(maxsize=256)(lambda macro, *given: macro(*given)),
        "amount": lambda figure, link=True: amount_html(figure, lang, link),
        "translated": lambda figure: is_translated(figure.quantity, lang),
        "period": lambda value: period_html(value, lang),
        "dated": lambda figure: date_html(figure, lang),
    }


def write_code(text: str) -> Markup:
    """A text of code, escaped for a place between tags."""
    # Between tags a quotation mark needs no entity, which would be five times as long. A RIS entry
    # ends with a blank, which editors and proxies that trim lines would remove; an entity stays.
    return Markup(html.escape(text, quote=False).replace(" \n", "&#32;\n"))


# A process keeps the renderer of the last theme that it used.
open_renderer = lru_cache(maxsize=1)(PageRenderer)


# The same statuses and places appear in the tables of thousands of charts.
@lru_cache(maxsize=4096)
def tag_words(words: str, lang: Lang) -> Markup:
    """The words of a chart: dates, amounts and names in quotation marks stay whole."""
    marked = mark_chinese(words) if lang == "en" else escape(words)
    return Markup(_SPAN.sub(r'<wbr><span class="unbroken">\g<0></span>', str(marked)))


def tag_drawing(drawing: str, lang: Lang) -> Markup:
    """A drawing for a page; on an English page its Chinese words are marked as Chinese."""
    if lang == "en":
        printed = _QUOTING.sub(lambda words: typeset(words[0]), str(drawing))
        drawing = _CHINESE_LABEL.sub(r'<\1 lang="zh-Hans"\2', printed)
    return Markup(drawing)


@lru_cache(maxsize=4096)
def period_html(period: Period, lang: Lang) -> Markup:
    """A date in words, as HTML's time element if it is one whole day, month or year."""
    words = escape(period.words(lang))
    if lang == "zh":
        # A date stays whole on a line; the line may break before it.
        words = Markup(_BEFORE_DATE.sub(r"\1<wbr>", str(words)))
    if day := period.datetime_attribute:
        return Markup(f'<time datetime="{escape(day)}">{words}</time>')
    return Markup(f'<span class="date">{words}</span>')


def date_html(figure: Figure, lang: Lang) -> Markup:
    """The date of a figure after a comma, to follow its label; empty if the label has the date."""
    words = word_date(figure).own(lang)
    if not words:
        return Markup("")
    date = words if words != figure.period.words(lang) else period_html(figure.period, lang)
    return escape(COMMA.inside(lang)) + date


def file_of(page: Page, languages: Languages) -> str:
    """The path of a page's file in the site."""
    name = "index.html" if page.url == "" or page.url.endswith("/") else ""
    return languages.prefix(page.lang) + page.url + name


def resolve_links(html: str, page: Page, site: Site) -> str:
    """The HTML of a page with its links to pages, figures and files made relative to the page."""
    languages = site.languages
    folder = file_of(page, languages).split("/")[:-1]
    # The page for unknown addresses is shown at any depth, so its links begin at the root.
    is_anywhere = page.url == "404.html"
    root = "/" + site.settings.siteurl.partition("://")[2].partition("/")[2]
    up = root.rstrip("/") + "/" if is_anywhere else "../" * len(folder) or "./"
    if page.template == "feed.xml" and site.settings.siteurl:
        # Some feed readers do not resolve relative addresses.
        up = f"{site.settings.siteurl}/"

    own = up + languages.prefix(page.lang)
    starts = {"site": f'="{own}', "asset": f'="{up}'}
    starts |= {lang: f'="{up}{languages.prefix(lang)}' for lang in LANGS}
    # Text, scheme and figure in turn: splitting a page of many links is faster than substituting.
    pieces: list[Any] = _LINK.split(html)
    for at in range(1, len(pieces), 3):
        scheme, figure = pieces[at], pieces[at + 1]
        pieces[at] = f'="{own}{figure_address(figure)}' if scheme is None else starts[scheme]
        pieces[at + 1] = ""
    return "".join(pieces)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseContext:
    """Inputs that all cases of a build share; `key` is a digest of all that shapes their files.

    Of the editors' texts `make_site` knows only that they exist. `has_stories` is True if the
    sentences of stories can be searched. `theme` holds the sources of all templates, because the
    machine that makes the pages need not have the project. `compiled` are the templates compiled so
    far, which a process need not compile again.
    """

    theme: Theme
    make_site: Callable[..., Site]
    has_stories: bool
    key: str
    compiled: tuple[str, bytes] = ("", b"")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseJob:
    """One case to be made: all that it shows, the bytes of its record, and existing drawings.

    `own` are the drawings of the case, None if they are still to be made; `embedded` are other
    drawings that its story shows; `uses` are the other pages that show its figures.
    """

    slug: str
    dataset: Dataset
    record: bytes
    own: tuple[Drawn, ...] | None
    embedded: tuple[Drawn, ...]
    uses: Uses


# The files of a case, its texts for lists of the whole site, and the time by type of page.
CaseResult = tuple[list[DataFile], dict[str, bytes], dict[str, Spent]]


def make_case_files(job: CaseJob, context: CaseContext, renderer: PageRenderer) -> CaseResult:
    """All results of making one case."""
    dataset = job.dataset
    use_currency(dataset.vocabulary.currency)
    case = dataset.by_slug[job.slug]
    timings = Timings()
    with timings.measure("drawings of cases"):
        own = draw_own(case, dataset) if job.own is None else job.own
    charts = {(drawn.name, drawn.lang): drawn for drawn in (*own, *job.embedded)}
    site = context.make_site(dataset=dataset, charts=charts, uses=job.uses)
    files: list[DataFile] = []
    for kind in CASE_PAGES:
        with timings.measure(kind.name) as spent:
            pages = [renderer.print_page(page, site) for page in kind.make(case, site)]
            spent.made += len(pages)
        files += pages
    described, *others = export_case(case, dataset)
    files += [described, *others]
    files.append(DataFile(f"cases/{case.slug}/{case.slug}.yaml", job.record))
    texts = write_case_texts(case, dataset, described.content)
    for lang in dataset.languages:
        texts[ENTRY[lang]] = write_entry(index_case(case, lang, dataset, context.has_stories))
    return files, texts, timings.types


def make_batch(context: CaseContext, batch: Sequence[CaseJob]) -> list[CaseResult]:
    """The results of making several cases."""
    renderer = open_renderer(context.theme, batch[0].dataset.languages)
    renderer.compiled.unpack(*context.compiled)
    with explaining_templates(context.theme):
        return [make_case_files(job, context, renderer) for job in batch]
