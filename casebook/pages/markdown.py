"""Markdown to HTML: figure references, slots, marked Chinese, no raw HTML, only safe links."""

from __future__ import annotations

import re
from functools import lru_cache
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor
from markupsafe import Markup, escape

from casebook.pages.page import Slot
from casebook.pages.rows import amount_html
from casebook.record.dataset import Dataset
from casebook.record.model import Case
from casebook.record.references import REFERENCE, SITE, SLOT, split_key
from casebook.text import Lang

# Chinese characters with the Chinese punctuation between and around them.
_CHINESE = re.compile(
    "([\u3000-\u303f\uff00-\uffef]*[\u3400-\u9fff][\u3000-\u303f\u3400-\u9fff\uff00-\uffef]*)"
)
_SAFE_LINK = re.compile(r"(?:https?://|site:/|zh:/|en:/|figure:|asset:/|#|mailto:)\S*")


class FigureReferences(InlineProcessor):
    """Turns `{{figure}}` into the wording of the figure, linked to it."""

    def __init__(self, md: Markdown, owner: CasebookMarkdown) -> None:
        super().__init__(REFERENCE.pattern, md)
        self.owner = owner

    def handleMatch(  # type: ignore[override]  # narrower than the library's
        self, m: re.Match[str], data: str
    ) -> tuple[str | None, int | None, int | None]:
        case, name = split_key(m.group(1).strip())
        dataset = self.owner.dataset
        assert dataset is not None
        if case == SITE and name in (counts := dataset.counts):
            html = escape(str(counts[name]))
        else:
            figure = dataset.find_figure(case, name, self.owner.home)
            if figure is None:
                # Rules refuse unknown references before anything is rendered.
                return None, None, None
            html = amount_html(figure, self.owner.lang)
        return self.md.htmlStash.store(str(html)), m.start(0), m.end(0)


class SafeLinks(Treeprocessor):
    """Takes the address from links and images that do not lead to the web or the site."""

    def run(self, root: Element) -> None:
        for element in root.iter():
            for name in ("href", "src"):
                address = element.get(name)
                if address is not None and not _SAFE_LINK.fullmatch(address):
                    del element.attrib[name]
            if element.tag == "a" and str(element.get("href", "")).startswith("http"):
                element.set("rel", "noopener")


# The labels and words of a site come again on thousands of pages.
@lru_cache(maxsize=8192)
def mark_chinese(words: str) -> Markup:
    """English words with every run of Chinese in them marked as Chinese."""
    if words.isascii():
        return escape(words)
    pieces = _CHINESE.split(words)
    marked = (
        Markup('<span lang="zh-Hans">{}</span>').format(piece) if number % 2 else escape(piece)
        for number, piece in enumerate(pieces)
    )
    return Markup("").join(marked)


class ChineseInEnglish(Treeprocessor):
    """Marks every run of Chinese in English prose, so that it is read and set as Chinese."""

    def run(self, root: Element) -> None:
        for element in list(root.iter()):
            if element.tag != "code":
                element.text, spans = _mark_runs(element.text)
                element[:0] = spans
            for child in list(element):
                child.tail, spans = _mark_runs(child.tail)
                at = list(element).index(child) + 1
                element[at:at] = spans


def _mark_runs(words: str | None) -> tuple[str | None, list[Element]]:
    """The words before the first run of Chinese, and an element of each run."""
    first, *rest = _CHINESE.split(words or "")
    spans = []
    for chinese, after in zip(rest[::2], rest[1::2], strict=True):
        span = Element("span", {"lang": "zh-Hans"})
        span.text, span.tail = chinese, after
        spans.append(span)
    return first if rest else words, spans


class CasebookMarkdown(Extension):
    """The site's Markdown: raw HTML shown as text, references resolved, links restricted.

    The figures are those of `dataset`, which may be taken away where an instance is kept for ever;
    those of the case `home` need no prefix.
    """

    def __init__(self, dataset: Dataset | None, lang: Lang) -> None:
        super().__init__()
        self.dataset = dataset
        self.home: Case | None = None
        self.lang = lang

    def extendMarkdown(self, md: Markdown) -> None:
        """Register the parts with a Markdown instance."""
        md.preprocessors.deregister("html_block")
        md.inlinePatterns.deregister("html")
        md.inlinePatterns.deregister("entity")
        # Before everything else, so that no other pattern sees the braces.
        md.inlinePatterns.register(FigureReferences(md, self), "figure", 200)
        md.treeprocessors.register(SafeLinks(md), "safe_links", 0)
        if self.lang == "en":
            # After the inline patterns (20), while placeholders still hide what is stashed.
            md.treeprocessors.register(ChineseInEnglish(md), "chinese_in_english", 5)


EXTENSIONS = ("tables", "sane_lists", "def_list")


class Renderer:
    """Renders Markdown of one language; one instance serves many texts."""

    def __init__(self, lang: Lang) -> None:
        self.own = CasebookMarkdown(None, lang)
        self.markdown = Markdown(extensions=[*EXTENSIONS, self.own])

    def render(self, text: str, dataset: Dataset, home: Case | None = None) -> Markup:
        """The HTML of a text; `home` is the case whose figures need no prefix."""
        self.own.dataset, self.own.home = dataset, home
        self.markdown.reset()
        html = self.markdown.convert(text)
        # A renderer outlives the data set, and a preview builds all day.
        self.own.dataset = self.own.home = None
        return Markup(html)


def split_slots(html: str) -> list[Markup | Slot]:
    """Pieces of rendered HTML, with a slot for each paragraph that is only `[[name]]`."""
    pieces: list[Markup | Slot] = []
    for number, piece in enumerate(re.split(rf"<p>{SLOT.pattern}</p>\n?", html)):
        if number % 2:
            pieces.append(Slot(piece))
        elif piece.strip():
            pieces.append(Markup(piece))
    return pieces
