"""Preview of a site: rebuilt when its sources change, with additions for the browser.

The additions are in no built file.
"""

from __future__ import annotations

import json
import os
import re
import sys
import threading
import time
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from html import escape
from itertools import islice
from mimetypes import MimeTypes
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

from casebook.build.aside import describe_blanks
from casebook.build.last_build import list_sources
from casebook.build.steps import BuildOptions, BuildResult, build_pages, build_site
from casebook.messages import say
from casebook.packaged import SETTINGS, find_packaged
from casebook.problems import CasebookError, ContentError, Problem
from casebook.report import MOST_SHOWN, list_parts, print_problems, show_source
from casebook.text import Lang

# If an editor saves again within these seconds, the build of the whole site is skipped.
_PAUSE = 0.2
# The watch wakes up every so many milliseconds to check if a watched folder was replaced.
_WAKE = 100

# A problem in the form that the script of the preview reads.
Shown = dict[str, object]


class ShownProblems(NamedTuple):
    """The first problems of one or several files as browsers show them, and the number of all."""

    first: Sequence[Shown] = ()
    number: int = 0

    def __bool__(self) -> bool:
        return self.number > 0


_NONE = ShownProblems()


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewState:
    """Counts of built sites, and the problems that prevent the next one.

    `step` counts every change of the state, `generation` only successful builds. `built` is the
    generation of the site on disk; while it is older, `fresh` holds the newer pages that are open.
    `faults` are the problems of published cases by slug; these cases are shown as they were before.
    `open_drafts` are the problems of unfinished drafts, which are shown as far as they can be read.
    """

    step: int = 0
    generation: int = 0
    built: int = 0
    fresh: Mapping[str, bytes] = field(default_factory=dict)
    problems: ShownProblems = _NONE
    drafts: tuple[str, ...] = ()
    faults: Mapping[str, ShownProblems] = field(default_factory=dict)
    open_drafts: Mapping[str, ShownProblems] = field(default_factory=dict)

    def problems_of(self, slug: str | None) -> ShownProblems:
        """The problems that a page shows: those of its case, or of all cases if `slug` is None."""
        own = self.faults.values() if slug is None else [self.faults.get(slug, _NONE)]
        groups = [self.problems, *own]
        first = (one for group in groups for one in group.first)
        return ShownProblems([*islice(first, MOST_SHOWN)], sum(group.number for group in groups))


class Preview:
    """The last good site of a project, and the state of the next build."""

    def __init__(self, project: Path, site: Path, lang: Lang) -> None:
        self.project = project
        self.site = site
        self.lang: Lang = lang
        self.state = PreviewState()
        self._built_from: Mapping[str, str] = {}
        self._shown_from: Mapping[str, str] = {}
        self._memory: dict[str, Any] = {}
        self._told: Collection[Problem] = ()
        self._changed = threading.Condition()
        self._open: Counter[str] = Counter()

    def rebuild(self, changed: threading.Event | None = None) -> None:
        """Build the site with its drafts; if the build fails, the last good site stays.

        The pages that are open in browsers are built first. If sources change again soon after,
        the other pages are left to the next call.
        """
        try:
            self._build(changed)
        except ContentError as error:
            if changed is not None and all(one.code == "E145" for one in error.problems):
                # A file written during the build is no error; the next build reads it whole.
                changed.set()
                return
            print_problems(error.problems, self.lang, self.project, sys.stderr)
            shown = [p for p in error.problems if p.severity == "error"] or error.problems
            self._change(problems=self._describe(shown))
        except CasebookError as error:
            self._fail(error.message(self.lang))
        except Exception as error:
            fault = say("preview.fault", kind=type(error).__name__, error=error)
            self._fail(fault.inside(self.lang)[:400])

    def _build(self, changed: threading.Event | None) -> None:
        started = time.perf_counter()
        options = BuildOptions(
            project=self.project,
            output=self.site,
            siteurl="",
            drafts=True,
            built_from=self._built_from,
            memory=self._memory,
        )
        open_pages = {*self._open} if self.state.built else set()
        if open_pages:
            result = build_pages(options, open_pages)
            if result.built_from != self._built_from:
                self._show(result, fresh=result.pages)
                if changed is not None and changed.wait(_PAUSE):
                    return
        result = build_site(options)
        if result.built_from != self._built_from:
            seconds = f"{time.perf_counter() - started:.2f}"
            done = say("preview.built", cases=result.cases, files=result.files, seconds=seconds)
            print(done.inside(self.lang), flush=True)
        self._built_from = result.built_from
        self._show(result, fresh={}, built=self._count(result))

    def _count(self, result: BuildResult) -> int:
        """The generation of a build: the current one if pages show the same, else the next one."""
        is_stopped = bool(self.state.problems or self.state.faults)
        is_shown = result.built_from == self._shown_from and (result.aside or not is_stopped)
        return self.state.generation + (not is_shown)

    def _show(self, result: BuildResult, **values: Any) -> None:
        """Show the result of a build, and print the problems of the cases that it set aside."""
        generation = self._count(result)
        self._shown_from = result.built_from
        told = list(result.warnings)
        faults: dict[str, ShownProblems] = {}
        open_drafts: dict[str, ShownProblems] = {}
        for path, aside in result.aside.items():
            found = sorted(one for one in aside.problems if one.severity == "error")
            shown = open_drafts if aside.is_draft else faults
            shown[Path(path).stem] = self._describe(found)
            # All blanks of a draft are printed as one notice.
            blanks = [one for one in aside.problems if one.code == "E202" and aside.is_draft]
            told += [describe_blanks(path, blanks)] if blanks else []
            told += [one for one in aside.problems if one not in blanks]
        if told and {*told} != {*self._told}:
            print_problems(told, self.lang, self.project, sys.stderr)
        self._told = told
        self._change(
            generation=generation,
            problems=_NONE,
            drafts=result.drafts,
            faults=faults,
            open_drafts=open_drafts,
            **values,
        )

    @contextmanager
    def watched(self, page: str) -> Iterator[None]:
        """Count a page as open during a block."""
        with self._changed:
            self._open[page] += 1
        try:
            yield
        finally:
            with self._changed:
                self._open[page] -= 1
                self._open += Counter()

    def wait_for_step(self, after: int, seconds: float) -> PreviewState | None:
        """The state as soon as its step is not `after`, or None if that takes too many seconds."""
        with self._changed:
            if self._changed.wait_for(lambda: self.state.step != after, seconds):
                return self.state
        return None

    def _describe(self, problems: Sequence[Problem]) -> ShownProblems:
        first = [
            list_parts(one, self.lang) | {"source": "\n".join(show_source(one, self.project))}
            for one in problems[:MOST_SHOWN]
        ]
        return ShownProblems(first, len(problems))

    def _fail(self, message: str) -> None:
        print(message, file=sys.stderr, flush=True)
        # Browsers get only paths inside the project, and nothing else about the machine.
        shown = message.replace(f"{self.project}{os.sep}", "")
        self._change(problems=ShownProblems([{"path": "", "message": shown, "code": ""}], 1))

    def _change(self, **values: Any) -> None:
        with self._changed:
            self.state = replace(self.state, step=self.state.step + 1, **values)
            self._changed.notify_all()


def start_watching(project: Path) -> threading.Event:
    """An event that is set after every burst of changes to the sources of the site.

    The watch has begun when the function returns, so that later changes are not missed.
    """
    ready, changed = threading.Event(), threading.Event()
    threading.Thread(target=_watch, args=(project, ready, changed), daemon=True).start()
    ready.wait(5)
    return changed


def _watch(project: Path, ready: threading.Event, changed: threading.Event) -> None:
    from watchfiles import DefaultFilter, watch

    class SourceFilter(DefaultFilter):
        ignore_entity_patterns = (*DefaultFilter.ignore_entity_patterns, r"\.bak$", r"^\.", r"~$")

    seen = _identify(project)
    while True:
        named = (project / name for name in list_sources(str(project)))
        folders = {folder for folder in named if folder.is_dir()}
        folders.add(Path(find_packaged("theme")))
        bursts = watch(
            *folders,
            watch_filter=SourceFilter(),
            debounce=200,
            step=15,
            rust_timeout=_WAKE,
            yield_on_timeout=True,
            raise_interrupt=False,
        )
        try:
            for burst in bursts:
                ready.set()
                before, seen = seen, _identify(project)
                if burst or seen != before:
                    changed.set()
                if seen[:-1] != before[:-1]:
                    # A folder was replaced; the watch still holds the old one.
                    break
        except OSError:
            # A folder was removed after it was listed and before the watch began.
            time.sleep(_WAKE / 1000)


def _identify(project: Path) -> tuple[object, ...]:
    """The device and inode of each watched folder, and last the stamp of the settings."""
    found: list[object] = []
    for name in (*list_sources(str(project)), SETTINGS):
        at = None
        with suppress(OSError):
            status = (project / name).stat()
            stamp, identity = (status.st_mtime_ns, status.st_size), (status.st_dev, status.st_ino)
            at = stamp if name == SETTINGS else identity
        found.append(at)
    return tuple(found)


# The address of the preview's events and of the files below, which are beside this module.
ADDED = "/__casebook__/"
ADDED_FILES = (SCRIPT, STYLE, *_) = ("reload.js", "overlay.css", "form.js", "form.css")
EVENTS = f"{ADDED}events"

# No page of a site has a longer path, and the system refuses longer paths.
_LONGEST_PATH, _LONGEST_NAME = 1_000, 255
# The seconds that a page may be missing during the exchange of two sites.
_PATIENCE = 1.0
# An own table of media types, without the additions of the machine.
_TYPES = MimeTypes()
_TYPES.add_type("application/yaml", ".yaml")
_POLICY = re.compile(
    r'(<meta http-equiv="Content-Security-Policy" content=")([^"]*)(")', re.IGNORECASE
)
_BODY = re.compile(r"<body\b[^>]*>", re.IGNORECASE)
_CASE_PAGE = re.compile(r"(?:(?:en|zh)/)?(?:cases|figures)/([a-z0-9-]+)/index\.html")
# A sketch's mark for a blank, or a reference that leads nowhere. Elements that cannot hold a mark
# are matched before them, and so are tags, whose attributes may have the same words.
_BLANK = re.compile(
    r"<(svg|title|script|style|pre|textarea)\b.*?(?:</\1>|\Z)|<[^>]*(?:>|\Z)|(〔[^〔〕<>]*〕|\{\{[^{}<>]*\}\})",
    re.DOTALL,
)


def find_case(path: str) -> str:
    """The slug of the case that a page of the site is about, empty if there is none."""
    found = _CASE_PAGE.fullmatch(path)
    return found[1] if found is not None else ""


def inject_preview(html: str, path: str, generation: int, state: PreviewState, lang: Lang) -> str:
    """A built page with the script, the style and the marks of the preview."""
    # The script itself fills in the count.
    words = {
        "problems": say("preview.problems", count="{count}").inside(lang),
        "more": say("preview.more", count="{count}").inside(lang),
        "draft": say("preview.draft").inside(lang),
        "fault": say("preview.fault_mark").inside(lang),
    }
    added = (
        f'<link rel="stylesheet" href="{ADDED}{STYLE}">'
        f'<script defer src="{ADDED}{SCRIPT}" data-generation="{generation}" '
        f'data-words="{escape(json.dumps(words))}"></script>'
    )
    html = _POLICY.sub(lambda found: found[1] + open_policy(found[2]) + found[3], html)
    html = html.replace("</head>", f"{added}</head>", 1) if "</head>" in html else added + html
    slug = find_case(path)
    head = "".join(_write_mark(slug, state, lang))
    if slug in state.open_drafts or slug in state.faults:
        html = _BLANK.sub(_mark_blank, html)
    return _BODY.sub(lambda found: found[0] + head, html, count=1)


def _mark_blank(found: re.Match[str]) -> str:
    return f'<mark class="casebook-blank">{found[2]}</mark>' if found[2] else found[0]


def _write_mark(slug: str, state: PreviewState, lang: Lang) -> Iterator[str]:
    """The link to the form, the mark of a draft, and the list of its problems."""
    edit = escape(say("form.edit").inside(lang))
    place = f"/edit/{slug}/" if slug else "/edit/"
    # The page may be shown in a frame beside its form, so the link leaves the frame.
    yield f'<p class="casebook-edit"><a href="{place}" target="_top">{edit}</a></p>'
    if slug in state.drafts:
        note = escape(say("preview.draft_note").inside(lang))
        yield f'<p class="casebook-draft" role="note">{note}</p>'
    if problems := state.open_drafts.get(slug):
        words = escape(say("preview.open", count=problems.number).inside(lang))
        yield f'<details class="casebook-open"><summary>{words}</summary><ol>'
        for one in problems.first:
            place = escape(f"{one['path']}:{one['line']}:{one['column']}")
            said = escape(" ".join(str(one[part]) for part in ("message", "hint") if one[part]))
            yield f"<li><code>{place}</code> {said} {escape(str(one['code']))}</li>"
        if left := problems.number - len(problems.first):
            yield f"<li>{escape(say('preview.more', count=left).inside(lang))}</li>"
        yield "</ol></details>"


def open_policy(policy: str) -> str:
    """A Content-Security-Policy that also allows the preview's own script, style and events."""
    rules = {name: values for name, *values in map(str.split, filter(str.strip, policy.split(";")))}
    for name in ("script-src", "style-src", "connect-src"):
        values = [value for value in rules.get(name, []) if value not in ("'none'", "'self'")]
        rules[name] = rules[name] if "'self'" in rules.get(name, []) else [*values, "'self'"]
    return "; ".join(" ".join([name, *values]) for name, values in rules.items())


def make_blank_page(lang: Lang) -> str:
    """A page for the time before there is a site, which shows only the errors that prevent it."""
    words = escape(say("preview.blank").inside(lang))
    return (
        f'<!doctype html><html lang="{"zh-Hans" if lang == "zh" else "en"}"><head>'
        '<meta charset="utf-8"><title>casebook</title></head>'
        f"<body><p>{words}</p></body></html>"
    )


def find_type(path: str) -> str:
    """The media type of a file by its name, with the encoding of texts."""
    kind, packed = _TYPES.guess_type(f"/{path}")
    if kind is None or packed is not None:
        return "application/octet-stream"
    is_text = kind.startswith("text/") or kind.endswith(("javascript", "json", "xml", "yaml"))
    return f"{kind}; charset=utf-8" if is_text else kind


def split_address(address: str) -> list[str] | None:
    """The names of folders and file in an address, None if it could lead out of the site."""
    if not address.startswith("/") or len(address) > _LONGEST_PATH:
        return None
    try:
        text = unquote(address, errors="strict")
    except UnicodeDecodeError:
        return None
    names = [name for name in text.split("/") if name]
    for name in names:
        if name.startswith(".") or len(os.fsencode(name)) > _LONGEST_NAME:
            return None
        if any(c in '\\:*?"<>|' or not c.isprintable() for c in name):
            return None
    return names


def find_path(address: str) -> str:
    """The path in the site that an address names, empty if it could lead out of the site."""
    names = split_address(address)
    if names is None:
        return ""
    return "/".join([*names, "index.html"] if address.endswith("/") else names)


def leads_by_no_link(site: Path, path: str) -> bool:
    """True if a path is inside the site and neither its file nor a folder is a link."""
    places = [Path(path), *Path(path).parents][:-1]
    return bool(places) and not any((site / place).is_symlink() for place in places)


def read_page(site: Path, path: str, patient: bool) -> bytes | None:
    """The bytes of a regular file of the site, or None.

    During the exchange of two sites a file may be missing for a moment; if `patient`, wait for it.
    """
    ends = time.monotonic() + _PATIENCE
    while True:
        try:
            place = site / path
            if leads_by_no_link(site, path) and place.is_file():
                return place.read_bytes()
        except OSError:
            pass
        if not patient or site.is_dir() or time.monotonic() > ends:
            return None
        time.sleep(0.01)
