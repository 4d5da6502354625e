"""Adapter of Pelican: its settings, the texts that it reads, and the run that calls our writing."""

from __future__ import annotations

import copy
import logging
import pickle
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from logging.handlers import BufferingHandler
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from casebook.build.cache import digest_program, find_version
from casebook.build.manifest import MANIFEST, list_files
from casebook.build.templates import ENVIRONMENT_OPTIONS
from casebook.checks.content import find_content_files, language_of, read_content
from casebook.messages import failure, problem
from casebook.packaged import SETTINGS, find_packaged
from casebook.pages.markdown import EXTENSIONS, CasebookMarkdown, split_slots
from casebook.pages.page import Prose, Section, Slot
from casebook.pages.rows import find_named
from casebook.plugin import OWN_PLUGIN, OWN_RUN
from casebook.problems import START, ContentError, Problem
from casebook.record.dataset import Dataset
from casebook.record.settings import EFFECTIVE, Settings, run_settings
from casebook.record.settings_reader import fixed_settings
from casebook.text import Lang
from casebook.values.digest import digest
from casebook.yaml.files import temporary_folder

if TYPE_CHECKING:
    from casebook.build.site import BuildContext
    from casebook.build.staged_output import StagedOutput
    from casebook.build.steps import BuildOptions

_BETWEEN_PARAGRAPHS = re.compile(r"\n(?=<p>)")
_HEADING = re.compile(r"<h2[^<>]*>((?:(?!<h2).)*?)</h2>\n?")
_EMPTY_LINE = re.compile(r"\n\s*\n")
# There are no articles, and our own writing of pages sends no signals.
_NEVER_SENT = frozenset(
    {
        "article_generator_context",
        "article_generator_finalized",
        "article_generator_preread",
        "article_generator_pretaxonomy",
        "article_generator_write_article",
        "article_writer_finalized",
        "content_written",
        "feed_generated",
        "feed_written",
        "page_generator_write_page",
        "static_generator_context",
        "static_generator_finalized",
        "static_generator_preread",
    }
)


# The packages that the reading of texts depends on, beside the texts and the program.
_READERS = ("pelican", "markdown", "docutils")

# The editors' texts, by slug and language.
Texts = Mapping[tuple[str, Lang], Prose]


def with_texts(
    context: BuildContext, write: Callable[[Texts], None], tree: StagedOutput | None = None
) -> list[Problem]:
    """Call `write` with the editors' texts, and return the warnings about plugins.

    The texts are cached, because importing Pelican takes longer than building most edits, and
    Pelican reads the same texts in the same way.
    """
    options, cache, dataset = context.options, context.cache, context.dataset
    key = _find_texts_key(options.project, context.inputs, dataset)
    known = cache.get(key) if key else None
    if known is not None:
        write(pickle.loads(known))
        return []

    def keep(prose: Texts) -> None:
        write(prose)
        if key:
            cache.put(key, pickle.dumps(prose))
            cache.prune("record:texts:")

    # Not in the tree: its files are links to the published files, so a plugin that writes into
    # one of them would change the published site.
    with temporary_folder(options.project) as folder:
        problems = run_pelican(options, folder, dataset, keep)
        if tree is not None:
            problems += _adopt_files(folder, tree, dataset.settings)
    return problems


def _adopt_files(folder: Path, tree: StagedOutput, settings: Settings) -> Iterator[Problem]:
    """Copy the files that plugins wrote into the tree, and warn of each file."""
    at = settings.locate("PLUGINS")
    for path in list_files(folder):
        if path in tree.listing or path == MANIFEST:
            yield problem("W344.taken", SETTINGS, at, path=path)
        elif (folder / path).is_symlink() or not (folder / path).is_file():
            yield problem("W344.no_file", SETTINGS, at, path=path)
        else:
            tree.write(path, (folder / path).read_bytes())
            yield problem("W344", SETTINGS, at, path=path)


def _find_texts_key(project: Path, inputs: Mapping[str, str], dataset: Dataset) -> str:
    """The cache key of the texts as Pelican reads them.

    Empty if there are plugins: Pelican then has to run at every build, as they may do anything.
    """
    path = project / SETTINGS
    source = path.read_bytes() if path.is_file() else b""
    plugins = run_settings(source, str(path)).get("PLUGINS") or ()
    # A module that the settings import may connect itself to Pelican like a plugin.
    if b"import" in source or any(plugin != OWN_PLUGIN for plugin in plugins):
        return ""
    files = [(name, inputs.get(name)) for name in inputs if name.startswith("content/")]
    named = [find_named(text, dataset) for _, text in read_content(project)]
    versions = [find_version(name) for name in _READERS]
    told = (source, dataset.settings, dataset.languages, dataset.words, named)
    key = digest(repr((digest_program(), sys.version, versions, files, told)).encode())
    return f"record:texts:{key}"


def run_pelican(
    options: BuildOptions, output: Path, dataset: Dataset, write: Callable[[Texts], None]
) -> list[Problem]:
    """Have Pelican read settings and texts, run `write` as its only generator, and warn of plugins.

    Plugins write into `output`. Raises ContentError if Pelican logs an error or a warning, because
    it leaves out a faulty text and goes on.
    """
    from pelican import Pelican, signals
    from pelican.generators import Generator

    project = options.project
    settings = _read_settings(options, dataset, output)

    class CasebookGenerator(Generator):  # type: ignore[misc]  # pelican ships no types
        """A generator that passes on what Pelican read, and writes no page itself."""

        def generate_output(self, _writer: object) -> None:
            # If Pelican could not read a text, the text is missing from its pages.
            if logged:
                return
            pages = self.context["pages"]
            refuse_missing(project, pages)
            texts = (read_prose(page, dataset) for page in pages)
            write({(text.slug, text.lang): text for text in texts})

    with (
        errors_of_pelican() as logged,
        signals.get_generators.connected_to(lambda _pelican: CasebookGenerator),
        signals.readers_init.connected_to(lambda readers: add_reader(readers, dataset)),
        _own_receivers(),
    ):
        pelican = Pelican(settings)
        pelican.run()
        problems = _name_idle_plugins(pelican.plugins, dataset)
    if logged:
        raise ContentError([describe_record(record, project) for record in logged])
    return problems


@contextmanager
def _own_receivers() -> Iterator[None]:
    """Disconnect the receivers of plugins at the end, because the next run may not have them."""
    from blinker import Signal
    from pelican.plugins import signals

    found = [signal for signal in vars(signals).values() if isinstance(signal, Signal)]
    before = [list(signal.receivers_for(None)) for signal in found]
    try:
        yield
    finally:
        for signal, known in zip(found, before, strict=True):
            for receiver in list(signal.receivers_for(None)):
                if receiver not in known:
                    signal.disconnect(receiver)


def _read_settings(options: BuildOptions, dataset: Dataset, output: Path) -> dict[str, Any]:
    """The settings of a run: those of the project, overridden where the program needs a value."""
    from pelican.settings import DEFAULT_CONFIG, read_settings

    overrides = {
        # A setting that has no effect here keeps Pelican's default.
        **copy.deepcopy({k: v for k, v in DEFAULT_CONFIG.items() if k not in EFFECTIVE}),
        **fixed_settings(),
        "PATH": str(options.project / "content"),
        "THEME": find_packaged("theme"),
        "OUTPUT_PATH": str(output),
        "SITEURL": dataset.settings.siteurl,
        # Without a time zone Pelican would warn in its own words.
        "TIMEZONE": dataset.settings.timezone or "UTC",
        # The program itself handles static files, overridden templates and their functions.
        "STATIC_PATHS": [],
        "EXTRA_PATH_METADATA": {},
        "THEME_TEMPLATES_OVERRIDES": [],
        "JINJA_ENVIRONMENT": dict(ENVIRONMENT_OPTIONS),
        OWN_RUN: True,
    }
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        # Pelican imports the file, which would leave a __pycache__ among the editor's files.
        settings: dict[str, Any] = read_settings(
            str(options.project / SETTINGS), override=overrides
        )
    finally:
        sys.dont_write_bytecode = before
    # Without a value Pelican would load every installed plugin.
    settings["PLUGINS"] = settings["PLUGINS"] or []
    return settings


def _name_idle_plugins(plugins: Iterable[Any], dataset: Dataset) -> list[Problem]:
    """A warning for each plugin that is connected to a signal that is never sent here."""
    from pelican.plugins import signals
    from pelican.plugins._utils import get_plugin_name

    names = [get_plugin_name(plugin) for plugin in plugins]
    waiting = {
        (name, signal.name)
        for signal in vars(signals).values()
        if getattr(signal, "name", "") in _NEVER_SENT
        for receiver in signal.receivers_for(None)
        for name in names
        if f"{receiver.__module__}.".startswith(f"{name}.")
    }
    at = dataset.settings.locate("PLUGINS")
    return [
        problem("W345", SETTINGS, at, plugin=name, signal=signal)
        for name, signal in sorted(waiting)
    ]


def add_reader(readers: Any, dataset: Dataset) -> None:
    """Give Pelican's reader of Markdown the site's own extension."""
    from pelican.readers import MarkdownReader

    class CaseMarkdownReader(MarkdownReader):  # type: ignore[misc]  # pelican ships no types
        def read(self, source_path: str) -> tuple[str, dict[str, Any]]:
            own = CasebookMarkdown(dataset, language_of(Path(source_path), dataset.languages))
            self.settings: dict[str, Any] = self.settings | {
                "MARKDOWN": {
                    "extensions": [*EXTENSIONS, "markdown.extensions.meta", own],
                    "extension_configs": {},
                }
            }
            result: tuple[str, dict[str, Any]] = super().read(source_path)
            # The Markdown object outlives the build, and would keep each data set of a preview.
            own.dataset = None
            return result

    for extension in MarkdownReader.file_extensions:
        readers.reader_classes[extension] = CaseMarkdownReader


@contextmanager
def errors_of_pelican() -> Iterator[list[logging.LogRecord]]:
    """Collect what Pelican logs as a warning or an error, and keep it off the terminal."""
    from pelican import log

    collector = BufferingHandler(sys.maxsize)
    collector.setLevel(logging.WARNING)
    logger = logging.getLogger("pelican")
    before = logger.handlers, logger.propagate, log.console.quiet
    log.console.quiet = True
    logger.addHandler(collector)
    logger.propagate = False
    try:
        yield collector.buffer
    finally:
        logger.removeHandler(collector)
        logger.handlers, logger.propagate, log.console.quiet = before


def describe_record(record: logging.LogRecord, project: Path) -> Problem:
    """The problem for a record of Pelican's log, at the text that the record names."""
    message = re.sub(r"\s+", " ", record.getMessage()).strip()
    path = "content"
    for file in find_content_files(project):
        name = file.relative_to(project).as_posix()
        if name in message or str(file) in message or file.name in message:
            path = name
    return problem("E300", path, START, message=message.replace(f"{project}/", ""))


def refuse_missing(project: Path, read: Iterable[Any]) -> None:
    """Raise CasebookError if Pelican left out a text, as it does in folders that it cannot list."""
    given = {Path(content.source_path).resolve() for content in read}
    for path in find_content_files(project):
        if path.resolve() not in given:
            raise failure("build.text_not_read", path=path.relative_to(project).as_posix())


def read_prose(content: Any, dataset: Dataset) -> Prose:
    """A text that Pelican read, divided at its headings and slots."""
    body: str = content.content
    written = Path(content.source_path).read_text(encoding="utf-8-sig")
    # The header ends at the first empty line.
    named = find_named("".join(_EMPTY_LINE.split(written, maxsplit=1)[1:]), dataset)
    pieces = _HEADING.split(body)
    before = split_slots(pieces[0])
    is_text = before and not isinstance(before[0], Slot)
    opening = str(before.pop(0)).strip() if is_text else ""
    sections = [
        Section(f"section-{number}", Markup(title).striptags(), tuple(split_slots(rest)))
        for number, (title, rest) in enumerate(zip(pieces[1::2], pieces[2::2], strict=True), 1)
    ]
    # The rest of the opening, from its first slot on, is a section without a heading.
    if before:
        sections.insert(0, Section("section-0", "", tuple(before)))
    return Prose(
        slug=content.slug,
        lang=language_of(Path(content.source_path), dataset.languages),
        title=content.title,
        summary=content.metadata.get("summary", ""),
        body=Markup(body),
        sections=tuple(sections),
        standfirst=tuple(map(Markup, _BETWEEN_PARAGRAPHS.split(opening))),
        figures=tuple(figure.key for figure in named),
        published=f"{content.date:%Y-%m-%d}" if "date" in content.metadata else "",
    )
