"""Markdown to HTML: figure references, slots, marked Chinese, no raw HTML, only safe links."""

from __future__ import annotations

import re
from functools import lru_cache
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.footnotes import FootnoteExtension
from markdown.extensions.toc import slugify_unicode, unique
from markdown.inlinepatterns import InlineProcessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markupsafe import Markup, escape

from casebook.pages.page import Slot
from casebook.pages.rows import amount_html
from casebook.record.dataset import Dataset
from casebook.record.model import Case
from casebook.record.references import REFERENCE, SITE, SLOT, split_key
from casebook.text import LANGS, Lang, typeset

# Chinese characters with the Chinese punctuation between and around them. The match may only begin
# at the first of several marks, because trying each of a long row of marks would be slow.
CHINESE = re.compile(
    "((?<![\u3000-\u303f\uff00-\uffef])[\u3000-\u303f\uff00-\uffef]*[\u3400-\u9fff]"
    "[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]*)"
)
_SAFE_LINK = re.compile(r"(?:https?://|site:/|zh:/|en:/|figure:|asset:/|#|mailto:)\S*")
# Lines that begin or end with Chinese, also inside marks of Markdown.
_HAN = "[\u3001-\u303f\u3400-\u9fff\uff00-\uff60]"
_BEGINSCHINESE = re.compile(rf"[*_`\[“‘]{{0,4}}{_HAN}")
_ENDSCHINESE = re.compile(rf".*{_HAN}[*_`\])”’]{{0,4}}")
_ITEM = re.compile(r"( *)((?:[*+-]|\d{1,9}[.)]) +)\S")


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
        if case == SITE and name in (words := dataset.words):
            html = escape(words[name].inside(self.owner.lang))
        else:
            figure = dataset.find_figure(case, name, self.owner.home)
            if figure is None:
                # Rules refuse unknown references before anything is rendered.
                return None, None, None
            # A rule requires a word for the plan in the sentence; (planned) after the amount would
            # then read like a plan of a plan.
            html = amount_html(figure, self.owner.lang, marks_plan=False)
        return self.md.htmlStash.store(str(html)), m.start(0), m.end(0)


class NestedLists(Preprocessor):
    """Indents lists by four spaces a level, as the library requires, where editors write two."""

    def run(self, lines: list[str]) -> list[str]:
        done: list[str] = []
        # The indents of the open items, and of the text in the innermost one.
        open_items: list[int] = []
        inside = 0
        is_paragraph = False
        for line in lines:
            indent = len(line) - len(line.lstrip(" "))
            item = _ITEM.match(line)
            if item is not None and (open_items or indent < 4):
                while open_items and indent < open_items[-1] + 2:
                    open_items.pop()
                line = "    " * len(open_items) + line[indent:]
                open_items.append(indent)
                inside = item.end(2)
                # Without a blank line the library reads the item as a line of the paragraph above.
                if is_paragraph and done[-1].strip():
                    done.append("")
                is_paragraph = False
            elif line.strip() and open_items:
                if indent < 2 and not (done and done[-1].strip()):
                    open_items = []
                elif indent >= 2:
                    while len(open_items) > 1 and indent < open_items[-1] + 2:
                        inside = open_items.pop() + 2
                    extra = max(0, indent - max(inside, 4 * len(open_items)))
                    line = " " * (4 * len(open_items) + extra) + line[indent:]
                    is_paragraph = is_paragraph or not done[-1].strip()
            done.append(line)
        return done


class ChineseLines(Preprocessor):
    """Joins lines that break between Chinese characters, because browsers would show a space."""

    def run(self, lines: list[str]) -> list[str]:
        done: list[list[str]] = []
        before = ""
        for line in lines:
            # Rows of a table and headings are not joined with the next line.
            is_prose = not ("|" in line or "|" in before or before.lstrip().startswith("#"))
            words = line.lstrip(" ")
            if is_prose and _BEGINSCHINESE.match(words) and _ENDSCHINESE.fullmatch(before):
                done[-1].append(words)
            else:
                done.append([line])
            before = line
        return ["".join(parts) for parts in done]


class Headings(Treeprocessor):
    """Gives every heading an anchor, and makes h1 h2, because the page already has its h1."""

    def run(self, root: Element) -> None:
        used: set[str] = set()
        # Numbers continue from the last heading of a name; `unique` alone would start at the first.
        last: dict[str, str] = {}
        for element in root.iter():
            if re.fullmatch("h[1-6]", element.tag):
                element.tag = "h2" if element.tag == "h1" else element.tag
                slug = slugify_unicode("".join(element.itertext()), "-")
                last[slug] = unique(last.get(slug, f"h-{slug}"), used)
                element.set("id", last[slug])


class SafeLinks(Treeprocessor):
    """Removes unsafe links, and reads addresses that begin with / as those of the site."""

    def run(self, root: Element) -> None:
        for element in root.iter():
            for name in ("href", "src"):
                address = element.get(name)
                if address is not None and address.startswith("/"):
                    element.set(name, locate(address))
                elif address is not None and not _SAFE_LINK.fullmatch(address):
                    del element.attrib[name]
            if element.tag == "a" and str(element.get("href", "")).startswith("http"):
                element.set("rel", "noopener")


def locate(address: str) -> str:
    """An address of the site as in a browser's address bar, with the scheme of our links."""
    if "." in address.partition("#")[0].rpartition("/")[2]:
        return f"asset:{address}"
    lang = next((lang for lang in LANGS if address.startswith(f"/{lang}/")), "")
    return f"{lang}:{address[1 + len(lang) :]}" if lang else f"site:{address}"


# Cached because labels and words of a site are repeated on thousands of pages.
@lru_cache(maxsize=8192)
def mark_chinese(words: str) -> Markup:
    """English words with curly quotes, each run of Chinese in them marked as Chinese."""
    words = typeset(words)
    if words.isascii():
        return escape(words)
    marked = (
        Markup('<span lang="zh-Hans">{}</span>').format(piece) if number % 2 else escape(piece)
        for number, piece in enumerate(CHINESE.split(words))
    )
    return Markup("").join(marked)


class ChineseInEnglish(Treeprocessor):
    """Marks every run of Chinese in English prose, so that browsers treat it as Chinese."""

    def run(self, root: Element) -> None:
        for element in list(root.iter()):
            children: list[Element] = []
            # Code is shown as typed, so it gets no spans.
            if element.tag != "code":
                element.text, children = _mark_runs(typeset(element.text or ""))
            for child in element:
                child.tail, spans = _mark_runs(typeset(child.tail or "", is_open=False))
                children += [child, *spans]
            element[:] = children


def _mark_runs(words: str | None) -> tuple[str | None, list[Element]]:
    """The words before the first run of Chinese, and an element for each run."""
    first, *rest = CHINESE.split(words or "")
    spans = []
    for chinese, after in zip(rest[::2], rest[1::2], strict=True):
        span = Element("span", {"lang": "zh-Hans"})
        span.text, span.tail = chinese, after
        spans.append(span)
    return first if rest else words, spans


class CasebookMarkdown(Extension):
    """The site's Markdown: raw HTML shown as text, references resolved, links restricted.

    References are to figures of `dataset`, which is None while a kept instance renders nothing;
    figures of the case `home` need no prefix.
    """

    def __init__(self, dataset: Dataset | None, lang: Lang) -> None:
        super().__init__()
        self.dataset = dataset
        self.home: Case | None = None
        self.lang = lang

    def extendMarkdown(self, md: Markdown) -> None:
        """Register the parts with a Markdown instance."""
        # An editor's < is a character, and pasted text may contain a script.
        md.preprocessors.deregister("html_block")
        md.inlinePatterns.deregister("html")
        md.inlinePatterns.deregister("entity")
        # First, so that no other pattern sees the braces.
        md.inlinePatterns.register(FigureReferences(md, self), "figure", 200)
        # After tabs have become spaces (30).
        md.preprocessors.register(NestedLists(md), "nested_lists", 28)
        md.preprocessors.register(ChineseLines(md), "chinese_lines", 27)
        md.treeprocessors.register(SafeLinks(md), "safe_links", 0)
        # Below the library's footnotes (50) and inline patterns (20).
        md.treeprocessors.register(Headings(md), "headings", 1)
        back = "回到正文" if self.lang == "zh" else "Back to the text"
        FootnoteExtension(BACKLINK_TITLE=back).extendMarkdown(md)
        if self.lang == "en":
            # After the inline patterns (20), while placeholders still hide stashed HTML.
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
        # A renderer outlives the data set, and would keep it in memory in a long preview.
        self.own.dataset = self.own.home = None
        return Markup(html)


def split_slots(html: str) -> list[Markup | Slot]:
    """Pieces of rendered HTML, with a Slot for each paragraph that is only `[[name]]`."""
    pieces: list[Markup | Slot] = []
    for number, piece in enumerate(re.split(rf"<p>{SLOT.pattern}</p>\n?", html)):
        if number % 2:
            pieces.append(Slot(piece))
        elif piece.strip():
            pieces.append(Markup(piece))
    return pieces
