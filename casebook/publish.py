"""The one home of Pelican: reads the prose, renders every page, writes the tree of the site."""

from __future__ import annotations

import json
import logging
import re
import traceback
from collections.abc import Collection, Mapping, MutableMapping
from importlib.metadata import version
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from casebook import __version__
from casebook.amounts import amount_html
from casebook.content import find_content_files
from casebook.dataset import Dataset
from casebook.dates import Period
from casebook.errors import START, ContentError, Lang, Position, Problem
from casebook.exports import export_dataset
from casebook.markdown import EXTENSIONS, CasebookMarkdown, Renderer, mark_chinese, split_slots
from casebook.model import Case, Figure, Text
from casebook.pages import PAGES
from casebook.pages.base import LANGS, Page, Prose, Section, Site, SiteSettings, Slot
from casebook.pages.charts import find_card, make_chart_files
from casebook.pages.views import frame_chart
from casebook.store import digest
from casebook.swap import MANIFEST, NewTree

if TYPE_CHECKING:
    from casebook.charts import Drawn
    from casebook.charts.picture import Pictures

# Begun with a literal the search goes through a page four times as fast.
_LINK = re.compile(r'="(?:(?<=\bhref=")|(?<=\bsrc="))(site|zh|en|figure|asset):([^"]*)"')
_HEADING = re.compile(r"<h2>(.*?)</h2>\n?")
_PARAGRAPH = re.compile(r"<p>.*?</p>", re.DOTALL)
# Styles that others build on come first, the rest by name.
_FIRST_STYLES = ("tokens.css", "base.css")


def write_site(
    project: Path,
    dataset: Dataset,
    charts: Mapping[tuple[str, Lang], Drawn],
    pictures: Mapping[tuple[str, Lang], Pictures],
    writer: NewTree,
    inputs: Mapping[str, str],
    siteurl: str | None = None,
    kept_templates: MutableMapping[str, tuple[str, CodeType]] | None = None,
) -> int:
    """Write the whole site into an empty tree and give the number of files.

    `inputs` are the digests of what the site is made from, for the manifest.

    Raises ContentError where Pelican or a template reports anything as wrong.
    """
    stylesheet, assets = _write_assets(project / "theme" / "static", writer)
    build_id = digest(json.dumps([__version__, dict(inputs)]).encode())[:12]
    site = _run_pelican(
        project, dataset, charts, writer, stylesheet, assets, siteurl, kept_templates
    )
    for file in make_chart_files(site, pictures):
        writer.write(file.path, file.content)
    for file in export_dataset(dataset):
        writer.write(file.path, file.content)
    for case in dataset.cases:
        source = (project / case.path).read_bytes()
        writer.write(f"cases/{case.slug}/{case.slug}.yaml", source)
    manifest = {
        "generator": "casebook",
        "build": build_id,
        "versions": _versions(),
        "inputs": dict(inputs),
        "outputs": dict(sorted(writer.digests.items())),
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
    writer.write(MANIFEST, text.encode("utf-8"))
    return len(writer.digests)


def _versions() -> dict[str, str]:
    names = ("pelican", "jinja2", "markdown", "matplotlib", "pyyaml")
    return {"casebook": __version__} | {name: version(name) for name in names}


def _write_assets(static: Path, writer: NewTree | _Pages) -> tuple[str, dict[str, str]]:
    """Write the style sheet and the other static files; give their paths, the latter by name.

    Every name holds a digest of the content, so that a cache may keep the file for ever.
    """
    styles = sorted(
        (static / "css").glob("*.css"),
        key=lambda path: (
            _FIRST_STYLES.index(path.name) if path.name in _FIRST_STYLES else len(_FIRST_STYLES),
            path.name,
        ),
    )
    css = b"\n".join(path.read_bytes().strip() for path in styles) + b"\n"
    name = f"assets/casebook.{digest(css)[:10]}.css"
    writer.write(name, css)
    assets = {}
    for path in sorted(static.rglob("*")):
        if path.is_file() and path.suffix != ".css":
            content = path.read_bytes()
            kept = path.relative_to(static)
            marked = kept.with_name(f"{kept.stem}.{digest(content)[:10]}{kept.suffix}").as_posix()
            writer.write(f"assets/{marked}", content)
            assets[kept.as_posix()] = f"/assets/{marked}"
    return f"/{name}", assets


class _ErrorCollector(logging.Handler):
    """Keeps what Pelican logs as an error, for Pelican itself carries on and exits with 0."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


class _Pages:
    """Files that are kept in memory, for a preview that cannot wait for the whole site."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.contents: dict[str, bytes] = {}

    def write(self, path: str, content: bytes) -> None:
        self.contents[path] = content


def render_pages(
    project: Path,
    dataset: Dataset,
    charts: Mapping[tuple[str, Lang], Drawn],
    wanted: Collection[str],
    siteurl: str | None = None,
    kept_templates: MutableMapping[str, tuple[str, CodeType]] | None = None,
) -> dict[str, bytes]:
    """The wanted pages, by their paths in the site, with the static files that they may name."""
    pages = _Pages(project / ".cache")
    stylesheet, assets = _write_assets(project / "theme" / "static", pages)
    _run_pelican(
        project, dataset, charts, pages, stylesheet, assets, siteurl, kept_templates, wanted
    )
    return pages.contents


def _run_pelican(
    project: Path,
    dataset: Dataset,
    charts: Mapping[tuple[str, Lang], Drawn],
    writer: NewTree | _Pages,
    stylesheet: str,
    assets: Mapping[str, str],
    siteurl: str | None,
    kept_templates: MutableMapping[str, tuple[str, CodeType]] | None,
    wanted: Collection[str] | None = None,
) -> Site:
    """Write every page, or the wanted ones alone, and give the site that they were made from."""
    from jinja2 import StrictUndefined
    from pelican import Pelican, signals
    from pelican import log as pelican_log
    from pelican.generators import Generator
    from pelican.settings import read_settings

    overrides: dict[str, Any] = {
        "PATH": str(project / "content"),
        "THEME": str(project / "theme"),
        "OUTPUT_PATH": str(writer.folder),
        "JINJA_ENVIRONMENT": {
            "autoescape": True,
            "undefined": StrictUndefined,
            "trim_blocks": True,
            "lstrip_blocks": True,
            "extensions": [],
        },
    }
    if kept_templates is not None:
        overrides["JINJA_ENVIRONMENT"]["bytecode_cache"] = _keep_templates(kept_templates)
    if siteurl is not None:
        overrides["SITEURL"] = siteurl.rstrip("/")
    settings = read_settings(str(project / "pelicanconf.py"), override=overrides)
    build = _SiteBuild(dataset, charts, writer, stylesheet, assets, settings, wanted)

    class CasebookGenerator(Generator):  # type: ignore[misc]  # pelican ships no types
        """Writes every page of the site from the records and the prose that Pelican read."""

        def generate_output(self, _writer: object) -> None:
            # A text that Pelican could not read is missing from what it hands over.
            if not collector.records:
                build.write_pages(self.env, self.context)

    def offer_generator(_pelican: object) -> type:
        return CasebookGenerator

    collector = _ErrorCollector()
    pelican_logger = logging.getLogger("pelican")
    handlers, propagate = pelican_logger.handlers, pelican_logger.propagate
    quiet = pelican_log.console.quiet
    pelican_log.console.quiet = True
    pelican_logger.addHandler(collector)
    pelican_logger.propagate = False
    try:
        with (
            signals.get_generators.connected_to(offer_generator),
            signals.readers_init.connected_to(build.add_reader),
        ):
            Pelican(settings).run()
    except _template_errors() as error:
        raise ContentError([_describe_template_error(error, project)]) from error
    finally:
        pelican_logger.removeHandler(collector)
        pelican_logger.handlers, pelican_logger.propagate = handlers, propagate
        pelican_log.console.quiet = quiet
    problems = [_describe_record(record, project) for record in collector.records]
    if problems:
        raise ContentError(problems)
    return build.site


def _keep_templates(kept: MutableMapping[str, tuple[str, CodeType]]) -> Any:
    """A cache of compiled templates in memory: code that is read from a file could be planted."""
    from jinja2 import BytecodeCache
    from jinja2.bccache import Bucket

    class MemoryCache(BytecodeCache):
        def load_bytecode(self, bucket: Bucket) -> None:
            checksum, code = kept.get(bucket.key, ("", None))
            if checksum == bucket.checksum:
                bucket.code = code

        def dump_bytecode(self, bucket: Bucket) -> None:
            if bucket.code is not None:
                kept[bucket.key] = (bucket.checksum, bucket.code)

    return MemoryCache()


def _template_errors() -> tuple[type[Exception], ...]:
    from jinja2 import TemplateError
    from pelican.generators import PelicanTemplateNotFound

    return (TemplateError, PelicanTemplateNotFound)


def _describe_template_error(error: Exception, project: Path) -> Problem:
    """The problem of a template, at the innermost line of the theme that was running."""
    theme = str(project / "theme")
    path, line = "theme/templates", 1
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename.startswith(theme):
            path, line = Path(frame.filename).relative_to(project).as_posix(), frame.lineno or 1
    number = getattr(error, "lineno", None)
    name = getattr(error, "filename", None)
    if number is not None and name is not None and str(name).startswith(theme):
        path, line = Path(name).relative_to(project).as_posix(), number
    return Problem(path, Position(line, 1), "E320", f"模板出错：{error}", f"template: {error}")


def _describe_record(record: logging.LogRecord, project: Path) -> Problem:
    message = re.sub(r"\s+", " ", record.getMessage()).strip()
    path = "content"
    for file in find_content_files(project):
        name = file.relative_to(project).as_posix()
        if name in message or str(file) in message or file.name in message:
            path = name
    message = message.replace(str(project) + "/", "")
    return Problem(path, START, "E300", f"读取正文出错：{message}", f"reading prose: {message}")


class _SiteBuild:
    """One run: renders the pages with Pelican's environment and writes them."""

    def __init__(
        self,
        dataset: Dataset,
        charts: Mapping[tuple[str, Lang], Drawn],
        writer: NewTree | _Pages,
        stylesheet: str,
        assets: Mapping[str, str],
        settings: Mapping[str, Any],
        wanted: Collection[str] | None,
    ) -> None:
        self.wanted = wanted
        self.dataset = dataset
        self.charts = charts
        self.writer = writer
        self.renderers = {lang: Renderer(dataset, lang) for lang in LANGS}
        self.site: Site
        self.settings = SiteSettings(
            Text(settings["SITENAME"], settings["SITENAME_EN"]),
            Text(settings["TAGLINE"], settings["TAGLINE_EN"]),
            settings["SITEURL"],
            stylesheet,
            assets,
        )

    def add_reader(self, readers: Any) -> None:
        """Give Pelican's reader of Markdown the site's own extension."""
        from pelican.readers import MarkdownReader

        dataset = self.dataset

        class CaseMarkdownReader(MarkdownReader):  # type: ignore[misc]  # pelican ships no types
            def read(self, source_path: str) -> tuple[str, dict[str, Any]]:
                # A file name ends in .en.md where the text is English.
                lang: Lang = "en" if source_path.endswith(".en.md") else "zh"
                own = CasebookMarkdown(dataset, lang)
                self.settings: dict[str, Any] = self.settings | {
                    "MARKDOWN": {
                        "extensions": [*EXTENSIONS, "markdown.extensions.meta", own],
                        "extension_configs": {},
                    }
                }
                result: tuple[str, dict[str, Any]] = super().read(source_path)
                return result

        for extension in MarkdownReader.file_extensions:
            readers.reader_classes[extension] = CaseMarkdownReader

    def write_pages(self, env: Any, context: Mapping[str, Any]) -> None:
        """Render and write every page of every type."""
        prose = {(text.slug, text.lang): text for text in map(read_prose, context["pages"])}
        site = self.site = Site(self.dataset, self.charts, prose, self.settings)
        for page_type in PAGES:
            for page in page_type.make(site):
                path = file_of(page)
                if self.wanted is not None and path not in self.wanted:
                    continue
                html = env.get_template(page.template).render(self.context_of(page, site, env))
                text = resolve_links(html, page, self.settings.siteurl)
                self.writer.write(path, text.encode("utf-8"))

    def context_of(self, page: Page, site: Site, env: Any) -> dict[str, Any]:
        """Everything that a template is given."""
        lang = page.lang

        def choose(zh: str, en: str) -> str:
            return en if lang == "en" else zh

        def text(value: Text) -> Markup:
            if lang == "zh":
                return escape(value.zh)
            if value.en:
                return mark_chinese(value.en)
            words = escape(value.zh)
            return Markup(f'<span lang="zh-Hans">{words}</span>') if words else words

        def amount(figure: Figure, link: bool = True) -> Markup:
            return amount_html(figure, lang, link)

        def charted(body: Markup) -> Markup:
            pieces = split_slots(body)
            if all(isinstance(piece, str) for piece in pieces):
                return body
            draw = env.get_template("macros/chart.html").make_module(given).chart
            done = []
            for piece in pieces:
                name = "" if isinstance(piece, str) else piece[0].removeprefix("chart:")
                drawn = site.charts.get((name, lang))
                if drawn is not None:
                    done.append(Markup(draw(frame_chart(drawn, site.dataset))))
                elif isinstance(piece, str):
                    done.append(Markup(piece))
            return Markup("\n").join(done)

        def story(case: Case) -> Markup:
            written = case.story
            if not written.inside(lang):
                return Markup("")
            if written.lang(lang) == "en":
                return charted(self.renderers["en"].render(written.en, case))
            body = charted(self.renderers["zh"].render(written.zh, case))
            return body if lang == "zh" else Markup('<div lang="zh-Hans">{}</div>').format(body)

        given = {
            **page.context,
            "page": page,
            "card": find_card(page, site),
            "site": site,
            "lang": lang,
            "dataset": site.dataset,
            "vocabulary": site.dataset.vocabulary,
            "L": choose,
            "text": text,
            "amount": amount,
            "period": lambda value: period_html(value, lang),
            "story": story,
            "charted": charted,
            "absolute": lambda path: self.settings.siteurl + path,
        }
        return given


def read_prose(content: Any) -> Prose:
    """A text that Pelican read, cut at its headings and at its slots."""
    lang: Lang = "en" if content.lang == "en" else "zh"
    body: str = content.content
    pieces = _HEADING.split(body)
    standfirst = tuple(Markup(match) for match in _PARAGRAPH.findall(pieces[0]))
    sections = []
    for number, (title, rest) in enumerate(zip(pieces[1::2], pieces[2::2], strict=True), 1):
        parts = tuple(
            Slot(piece[0]) if isinstance(piece, tuple) else Markup(piece)
            for piece in split_slots(rest)
        )
        sections.append(Section(f"section-{number}", Markup(title).striptags(), parts))
    return Prose(
        content.slug,
        lang,
        content.title,
        content.metadata.get("summary", ""),
        Markup(body),
        tuple(sections),
        standfirst,
    )


def period_html(period: Period, lang: Lang) -> Markup:
    """A date in words, as HTML's time element where it is one whole day, month or year."""
    words = escape(period.words(lang))
    if day := period.datetime_attribute:
        return Markup(f'<time datetime="{escape(day)}">{words}</time>')
    return Markup(f'<span class="date">{words}</span>')


def file_of(page: Page) -> str:
    """The path of a page's file in the site."""
    prefix = "" if page.lang == "zh" else f"{page.lang}/"
    name = "index.html" if page.url == "" or page.url.endswith("/") else ""
    return prefix + page.url + name


def resolve_links(html: str, page: Page, siteurl: str) -> str:
    """The page with its links, which name pages, figures and files, made relative to it."""
    folder = file_of(page).split("/")[:-1]
    # The page for unknown addresses is shown at any depth, so its links start at the root.
    is_anywhere = page.url == "404.html"
    root = "/" + siteurl.partition("://")[2].partition("/")[2]
    up = root.rstrip("/") + "/" if is_anywhere else "../" * len(folder) or "./"

    def resolve(match: re.Match[str]) -> str:
        scheme, rest = match.groups()
        lang = scheme if scheme in ("zh", "en") else page.lang
        if scheme == "figure":
            case, _, name = rest.partition(".")
            rest = f"/cases/{case}/#figure-{name}"
        prefix = "" if scheme == "asset" or lang == "zh" else f"{lang}/"
        return f'="{up}{prefix}{rest.lstrip("/")}"'

    return _LINK.sub(resolve, html)
