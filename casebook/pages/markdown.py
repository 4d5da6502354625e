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

    def __init__(self, md: Markdown, dataset: Dataset | None, lang: Lang) -> None:
        super().__init__(REFERENCE.pattern, md)
        self.dataset = dataset
        self.lang = lang
        self.home: Case | None = None

    def handleMatch(  # type: ignore[override]  # narrower than the library's
        self, m: re.Match[str], data: str
    ) -> tuple[str | None, int | None, int | None]:
        case, name = split_key(m.group(1).strip())
        assert self.dataset is not None
        if case == SITE and name in (counts := self.dataset.counts):
            html = escape(str(counts[name]))
        else:
            figure = self.dataset.find_figure(case, name, self.home)
            if figure is None:
                # Rules refuse unknown references before anything is rendered.
                return None, None, None
            html = amount_html(figure, self.lang)
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
                self._mark_text(element)
            for child in list(element):
                self._mark_tail(element, child)

    def _mark_text(self, element: Element) -> None:
        first, *rest = _CHINESE.split(element.text or "")
        if rest:
            element.text = first
            element[:0] = self._spans(rest)

    def _mark_tail(self, parent: Element, child: Element) -> None:
        first, *rest = _CHINESE.split(child.tail or "")
        if rest:
            child.tail = first
            at = list(parent).index(child) + 1
            parent[at:at] = self._spans(rest)

    def _spans(self, pieces: list[str]) -> list[Element]:
        spans = []
        for words, after in zip(pieces[::2], pieces[1::2], strict=True):
            span = Element("span", {"lang": "zh-Hans"})
            span.text, span.tail = words, after
            spans.append(span)
        return spans


class CasebookMarkdown(Extension):
    """The site's Markdown: raw HTML shown as text, references resolved, links restricted."""

    def __init__(self, dataset: Dataset | None, lang: Lang) -> None:
        super().__init__()
        self.dataset = dataset
        self.lang = lang
        self.references: FigureReferences | None = None

    def forget_dataset(self) -> None:
        """Let go of the data set, where the Markdown instance may be kept for ever."""
        self.dataset = None
        if self.references is not None:
            self.references.dataset = None

    def extendMarkdown(self, md: Markdown) -> None:
        """Register the parts with a Markdown instance."""
        md.preprocessors.deregister("html_block")
        md.inlinePatterns.deregister("html")
        md.inlinePatterns.deregister("entity")
        self.references = FigureReferences(md, self.dataset, self.lang)
        # Before everything else, so that no other pattern sees the braces.
        md.inlinePatterns.register(self.references, "figure", 200)
        md.treeprocessors.register(SafeLinks(md), "safe_links", 0)
        if self.lang == "en":
            # After the inline patterns (20), while placeholders still hide what is stashed.
            md.treeprocessors.register(ChineseInEnglish(md), "chinese_in_english", 5)


EXTENSIONS = ("tables", "sane_lists", "def_list")


class Renderer:
    """Renders Markdown of one language; one instance serves many texts."""

    def __init__(self, lang: Lang) -> None:
        self.extension = CasebookMarkdown(None, lang)
        self.markdown = Markdown(extensions=[*EXTENSIONS, self.extension])

    def render(self, text: str, dataset: Dataset, home: Case | None = None) -> Markup:
        """The HTML of a text; `home` is the case whose figures need no prefix."""
        assert self.extension.references is not None
        self.extension.references.dataset = dataset
        self.extension.references.home = home
        self.markdown.reset()
        html = self.markdown.convert(text)
        # A renderer outlives the data set, and a preview builds all day.
        self.extension.references.dataset = self.extension.references.home = None
        return Markup(html)


def split_slots(html: str) -> list[str | tuple[str]]:
    """Pieces of rendered HTML, with each paragraph that is only `[[name]]` as a 1-tuple."""
    pieces: list[str | tuple[str]] = []
    position = 0
    for match in re.finditer(rf"<p>{SLOT.pattern}</p>\n?", html):
        if html[position : match.start()].strip():
            pieces.append(html[position : match.start()])
        pieces.append((match.group(1),))
        position = match.end()
    if html[position:].strip():
        pieces.append(html[position:])
    return pieces
