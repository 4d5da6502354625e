"""Files of the site as the preview reads them, and its additions to pages: reload, errors, marks.

The additions are in no built file.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterator
from html import escape
from mimetypes import MimeTypes
from pathlib import Path
from urllib.parse import unquote

from casebook.messages import say
from casebook.preview.rebuild import PreviewState
from casebook.text import Lang

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
