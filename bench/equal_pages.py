"""Peers that write as many pages as Casebook, of the same size: four for each case.

Their templates are pages made by Casebook, with placeholders for title, summary, amount, slug and
text. Everything else is fixed text in the template, which costs a peer nothing.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bench.cases import Made, make_case, make_cases, write_project
from bench.measure import measure_process

ROOT = Path(__file__).resolve().parent.parent
LANGS = ("zh", "en")
_MARK = re.compile("\0(title|summary|amount|slug|content)\0")
_STORY = re.compile(r'(<div class="prose">).*?(</div>)', re.DOTALL)

_PELICAN = """SITENAME = "peer"
AUTHOR = "peer"
PATH = "content"
TIMEZONE = "UTC"
DEFAULT_LANG = "zh"
PLUGINS = []
THEME = "theme"
DIRECT_TEMPLATES = ["index"]
DEFAULT_PAGINATION = 200
FEED_ALL_ATOM = CATEGORY_FEED_ATOM = TRANSLATION_FEED_ATOM = None
AUTHOR_SAVE_AS = CATEGORY_SAVE_AS = TAG_SAVE_AS = ""
"""
_PELICAN_INDEX = """<!doctype html><title>peer</title>{% for article in articles_page.object_list %}
<h2><a href="/{{ article.url }}">{{ article.title }}</a></h2>{{ article.summary }}{% endfor %}
"""
_HUGO = """baseURL = "/"
title = "peer"
disableKinds = ["taxonomy", "term", "RSS"]
[pagination]
pagerSize = 200
"""
_HUGO_INDEX = """<!doctype html><title>peer</title>
{{ range (.Paginate (where site.RegularPages "Section" "cases")).Pages }}
<h2><a href="{{ .RelPermalink }}">{{ .Title }}</a></h2><p>{{ .Params.summary }}</p>{{ end }}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerPage:
    """A page of a peer: the kind of its template, its address, and the values for it."""

    kind: str
    address: str
    title: str
    summary: str
    slug: str
    amount: str = ""
    body: str = ""


def list_pages(made: Made) -> Iterator[PeerPage]:
    """The page of a case and the page of its figures in both languages."""
    for lang in LANGS:
        front = "" if lang == "zh" else "en/"
        yield PeerPage(
            kind=f"case_{lang}",
            address=f"{front}cases/{made.slug}/",
            title=made.title,
            summary=made.summary,
            slug=made.slug,
            body=made.body,
        )
        yield PeerPage(
            kind=f"figures_{lang}",
            address=f"{front}figures/{made.slug}/",
            title=made.title,
            summary=made.summary,
            slug=made.slug,
            amount=f"{made.amounts[0][1]}万元",
        )


@cache
def make_templates() -> dict[str, list[str]]:
    """Casebook's pages by kind, as lists in which fixed text and placeholder names alternate."""
    made = make_case(0)
    _, amount = made.amounts[0]
    with tempfile.TemporaryDirectory(prefix="casebook-bench-") as folder:
        project = Path(folder) / "project"
        write_project(ROOT, project, 1)
        options = ["--quiet", "--project", str(project), "--output", str(project / "site")]
        command = [sys.executable, "-P", "-m", "casebook", "build", *options]
        measure_process(command, project, ROOT)
        found = {}
        for lang in LANGS:
            site = project / "site" / ("" if lang == "zh" else "en")
            case = (site / "cases" / made.slug / "index.html").read_text("utf-8")
            figures = site / "figures" / made.slug / "index.html"
            found[f"case_{lang}"] = _STORY.sub("\\1\0content\0\\2", case, count=1)
            found[f"figures_{lang}"] = figures.read_text("utf-8")
    marks = {made.title: "title", made.summary: "summary", f"{amount}万元": "amount"}
    marks[made.slug] = "slug"
    for words, name in marks.items():
        found = {kind: page.replace(words, f"\0{name}\0") for kind, page in found.items()}
    return {kind: _MARK.split(page) for kind, page in found.items()}


def write_pelican(folder: Path, count: int) -> None:
    """Write a site for Pelican: pages of cases are articles, pages of figures are pages."""
    templates = folder / "theme" / "templates"
    templates.mkdir(parents=True)
    (folder / "theme" / "static").mkdir()
    (folder / "pelicanconf.py").write_text(_PELICAN, encoding="utf-8")
    (templates / "index.html").write_text(_PELICAN_INDEX, encoding="utf-8")
    for kind, pieces in make_templates().items():
        content = "article" if kind.startswith("case") else "page"
        text = _fill(
            pieces, lambda fixed: f"{{% raw %}}{fixed}{{% endraw %}}", f"{{{{ {content}.%s }}}}"
        )
        (templates / f"{kind}.html").write_text(text, encoding="utf-8")
    _write_pages(
        folder,
        count,
        lambda page: "cases" if page.kind.startswith("case") else "pages",
        lambda page: (
            f"Title: {page.title}\nSlug: {page.slug}\nDate: 2026-01-01\nLang: {page.kind[-2:]}\n"
            f"Summary: {page.summary}\nTemplate: {page.kind}\nAmount: {page.amount}\n"
            f"URL: {page.address}\nSave_as: {page.address}index.html\n\n{page.body}"
        ),
    )


def write_hugo(folder: Path, count: int) -> None:
    """Write a site for Hugo with a layout for each kind of page."""
    layouts = folder / "layouts" / "_default"
    layouts.mkdir(parents=True)
    (folder / "hugo.toml").write_text(_HUGO, encoding="utf-8")
    (folder / "layouts" / "index.html").write_text(_HUGO_INDEX, encoding="utf-8")
    names = {"title": ".Title", "content": ".Content"}
    for kind, pieces in make_templates().items():
        named = [names.get(p, f".Params.{p}") if at % 2 else p for at, p in enumerate(pieces)]
        text = _fill(named, lambda fixed: fixed.replace("{{", '{{ "{{" }}'), "{{ %s }}")
        (layouts / f"{kind}.html").write_text(text, encoding="utf-8")
    _write_pages(
        folder,
        count,
        lambda page: "cases" if page.kind == "case_zh" else "others",
        lambda page: (
            f"---\ntitle: {page.title}\nsummary: {page.summary}\ndate: 2026-01-01\n"
            f"layout: {page.kind}\nslug: {page.slug}\namount: {page.amount}\n"
            f"url: /{page.address}\n---\n{page.body}"
        ),
    )


def edit_page(folder: Path, count: int, round_: int) -> None:
    """Change the text of one case in the Markdown of both languages."""
    made = make_case((count // 2 + round_) % count)
    for path in (folder / "content").glob(f"*/*cases-{made.slug}-.md"):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("这是测量用的测例", "这是测量用的一个测例"), encoding="utf-8")


def _write_pages(
    folder: Path,
    count: int,
    place: Callable[[PeerPage], str],
    write: Callable[[PeerPage], str],
) -> None:
    """Write the Markdown of every page into the folder that `place` gives."""
    for page in (page for made in make_cases(count) for page in list_pages(made)):
        path = folder / "content" / place(page) / f"{page.address.replace('/', '-')}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(write(page), encoding="utf-8")


def _fill(pieces: list[str], write: Callable[[str], str], place: str) -> str:
    """A template from its pieces: fixed text through `write`, names inserted into `place`."""
    return "".join(place % one if at % 2 else write(one) for at, one in enumerate(pieces))
