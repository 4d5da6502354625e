"""Additions of the preview to the pages that it serves: reload, errors, marks of drafts.

No built file has any of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from html import escape

from casebook.messages import say
from casebook.text import Lang

# Where the preview answers with what it adds, which lies beside this module, and with events.
ADDED = "/__casebook__/"
ADDED_FILES = (SCRIPT, STYLE) = ("reload.js", "overlay.css")
EVENTS = f"{ADDED}events"

_POLICY = re.compile(
    r'(<meta http-equiv="Content-Security-Policy" content=")([^"]*)(")', re.IGNORECASE
)
_BODY = re.compile(r"<body\b[^>]*>", re.IGNORECASE)
_CASE_PAGE = re.compile(r"(?:en/)?cases/([a-z0-9-]+)/index\.html")


def inject_preview(
    html: str, path: str, generation: int, drafts: Collection[str], lang: Lang
) -> str:
    """A built page with the script of the preview, its style, and the mark of a draft."""
    # The script fills in the count itself.
    words = {
        "problems": say("preview.problems", count="{count}").inside(lang),
        "more": say("preview.more", count="{count}").inside(lang),
        "draft": say("preview.draft").inside(lang),
    }
    added = (
        f'<link rel="stylesheet" href="{ADDED}{STYLE}">'
        f'<script defer src="{ADDED}{SCRIPT}" data-generation="{generation}" '
        f'data-words="{escape(json.dumps(words))}"></script>'
    )
    html = _POLICY.sub(lambda found: found[1] + open_policy(found[2]) + found[3], html)
    html = html.replace("</head>", f"{added}</head>", 1) if "</head>" in html else added + html
    case = _CASE_PAGE.fullmatch(path)
    if case is None or case[1] not in drafts:
        return html
    note = escape(say("preview.draft_note").inside(lang))
    mark = f'<p class="casebook-draft" role="note">{note}</p>'
    return _BODY.sub(lambda found: found[0] + mark, html, count=1)


def open_policy(policy: str) -> str:
    """A Content-Security-Policy that also lets the preview's own script, style and events in."""
    rules = {name: values for name, *values in map(str.split, filter(str.strip, policy.split(";")))}
    for name in ("script-src", "style-src", "connect-src"):
        values = [value for value in rules.get(name, []) if value not in ("'none'", "'self'")]
        rules[name] = rules[name] if "'self'" in rules.get(name, []) else [*values, "'self'"]
    return "; ".join(" ".join([name, *values]) for name, values in rules.items())


def make_blank_page(lang: Lang) -> str:
    """A page for as long as there is no site: it shows nothing but the errors in its way."""
    words = escape(say("preview.blank").inside(lang))
    return (
        f'<!doctype html><html lang="{"zh-Hans" if lang == "zh" else "en"}"><head>'
        '<meta charset="utf-8"><title>casebook</title></head>'
        f"<body><p>{words}</p></body></html>"
    )
