"""What the preview adds to a page as it serves it: reload, errors over the page, marks of drafts.

None of it stands in a built file.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from html import escape

from casebook.text import Lang

SCRIPT_PATH = "/__casebook__/reload.js"
STYLE_PATH = "/__casebook__/overlay.css"
EVENTS_PATH = "/__casebook__/events"

_POLICY = re.compile(
    r'(<meta http-equiv="Content-Security-Policy" content=")([^"]*)(")', re.IGNORECASE
)
_BODY = re.compile(r"<body\b[^>]*>", re.IGNORECASE)
_CASE_PAGE = re.compile(r"(?:en/)?cases/([a-z0-9-]+)/index\.html")
_OWN = ("script-src", "style-src", "connect-src")

STYLE = """\
.casebook-errors { position: fixed; inset: auto 0 0; z-index: 2147483647; max-height: 60vh;
  overflow: auto; padding: 1rem 1.25rem; background: #2b1512; color: #fff; text-align: left;
  border-top: 4px solid #e5563c; font: 15px/1.6 ui-monospace, Consolas, "Microsoft YaHei",
  "PingFang SC", monospace; box-shadow: 0 -6px 24px rgb(0 0 0 / 40%); }
.casebook-errors[hidden] { display: none; }
.casebook-errors strong { display: block; font-size: 16px; }
.casebook-errors ol { margin: .5rem 0 0; padding: 0; list-style: none; }
.casebook-errors li { margin: .6rem 0 0; }
.casebook-errors code { color: #ffb8a8; font: inherit; }
.casebook-errors em { display: block; color: #f3d9a4; font-style: normal;
  text-emphasis: none; }
.casebook-errors pre { margin: .2rem 0 0; padding: .2rem .6rem; overflow: auto; font: inherit;
  background: #3b211c; color: #fff; }
.casebook-draft, .casebook-draft-link::after { font: 600 14px/1.5 system-ui, sans-serif;
  background: #f6c945; color: #221a00; }
.casebook-draft { margin: 0; padding: .35rem 1rem; text-align: center; }
.casebook-draft-link::after { content: attr(data-casebook-draft); margin-left: .4em;
  padding: 0 .4em; font-size: 12px; border-radius: 3px; }
"""

SCRIPT = """\
(() => {
  "use strict";
  const own = document.currentScript;
  const page = Number(own.dataset.generation);
  const zh = own.dataset.lang === "zh";
  let events = null;

  function add(parent, name, text) {
    const node = document.createElement(name);
    node.textContent = text;
    parent.append(node);
    return node;
  }

  function showErrors(problems) {
    let box = document.querySelector(".casebook-errors");
    if (!problems.length) {
      if (box) box.remove();
      return;
    }
    if (!box) {
      box = document.createElement("aside");
      box.className = "casebook-errors";
      box.setAttribute("role", "alert");
      document.documentElement.append(box);
    }
    box.replaceChildren();
    const count = problems.length;
    add(box, "strong", zh ? `内容有 ${count} 处问题，页面仍是上一次的好版本`
      : `${count} problems; the page is still the last good one`);
    const list = add(box, "ol", "");
    for (const problem of problems.slice(0, 20)) {
      const item = add(list, "li", "");
      if (problem.path) add(item, "code", `${problem.path}:${problem.line}:${problem.column} `);
      add(item, "span", `${problem.message} ${problem.code}`);
      if (problem.hint) add(item, "em", problem.hint);
      if (problem.source) add(item, "pre", problem.source);
    }
    if (count > 20) add(list, "li", zh ? `还有 ${count - 20} 个` : `${count - 20} more`);
  }

  function markDrafts(drafts) {
    for (const link of document.querySelectorAll("a[href]")) {
      // A link to a place on the page itself, which bears the mark already, needs none.
      if (link.pathname === location.pathname) continue;
      const found = /^\\/(?:en\\/)?cases\\/([a-z0-9-]+)\\/$/.exec(link.pathname);
      if (found && drafts.includes(found[1])) {
        link.classList.add("casebook-draft-link");
        link.dataset.casebookDraft = zh ? "草稿" : "draft";
      }
    }
  }

  function listen() {
    const address = encodeURIComponent(location.pathname);
    events = new EventSource(`/__casebook__/events?page=${address}`);
    events.onmessage = (message) => {
      const state = JSON.parse(message.data);
      if (!state.problems.length && state.generation !== page) {
        events.close();
        location.reload();
        return;
      }
      showErrors(state.problems);
      markDrafts(state.drafts);
    };
  }

  // A browser keeps few connections to one host; a tab that nobody sees needs none.
  document.addEventListener("visibilitychange", () => {
    if (events) events.close();
    events = null;
    if (!document.hidden) listen();
  });
  if (!document.hidden) listen();
})();
"""


def dress_page(html: str, path: str, generation: int, drafts: Collection[str], lang: Lang) -> str:
    """A built page as the preview shows it: with the script, its style, and the mark of a draft."""
    added = (
        f'<link rel="stylesheet" href="{STYLE_PATH}">'
        f'<script defer src="{SCRIPT_PATH}" data-generation="{generation}" data-lang="{lang}">'
        "</script>"
    )
    html = _POLICY.sub(lambda found: found[1] + open_policy(found[2]) + found[3], html)
    html = html.replace("</head>", f"{added}</head>", 1) if "</head>" in html else added + html
    case = _CASE_PAGE.fullmatch(path)
    if case is None or case[1] not in drafts:
        return html
    words = (
        "草稿：只在预览里看得到，不会发布" if lang == "zh" else "Draft: seen here, not published"
    )
    mark = f'<p class="casebook-draft" role="note">{words}</p>'
    return _BODY.sub(lambda found: found[0] + mark, html, count=1)


def open_policy(policy: str) -> str:
    """A Content-Security-Policy that also lets the preview's own script, style and events in."""
    rules: dict[str, list[str]] = {}
    for rule in policy.split(";"):
        name, *values = rule.split()[:1] + rule.split()[1:] or [""]
        if name:
            rules[name] = values
    for name in _OWN:
        values = [value for value in rules.get(name, []) if value != "'none'"]
        rules[name] = values if "'self'" in values else [*values, "'self'"]
    return "; ".join(" ".join([name, *values]) for name, values in rules.items())


def blank_page(lang: Lang) -> str:
    """What is shown before there is a site: nothing but the errors that keep it away."""
    words = "还没有可以显示的页面。" if lang == "zh" else "There is no page to show yet."
    return (
        f'<!doctype html><html lang="{"zh-Hans" if lang == "zh" else "en"}"><head>'
        '<meta charset="utf-8"><title>casebook</title></head>'
        f"<body><p>{escape(words)}</p></body></html>"
    )
