"""The programs that are compared, each with a site of the same texts."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bench import equal_pages
from bench.cases import Made, make_case, make_cases, write_case, write_project

ROOT = Path(__file__).resolve().parent.parent
# Added cases have numbers from here on, which no case of the site has.
_BEYOND = 10**6


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A program with the functions that write, build, empty and change its site.

    `changes` are the edits of the site between two builds, by name; an edit gets the number of
    cases and of the round, so that no round repeats an edit.
    """

    name: str
    write: Callable[[Path, int], None]
    command: Callable[[Path], list[str]]
    made: tuple[str, ...]
    changes: Mapping[str, Callable[[Path, int, int], None]] = field(default_factory=dict)
    most_cases: int = 10**9


def clear(peer: Peer, folder: Path) -> None:
    """Remove everything that an earlier build made or kept."""
    for name in peer.made:
        put_aside(folder / name)


def put_aside(place: Path) -> None:
    """Move a folder out of the way instead of deleting it.

    Ext4 does not reuse the inode numbers of deleted files for minutes, and searches others one by
    one: after 5,000 deletions a build took six seconds of kernel time instead of half a second.
    """
    if place.exists():
        beside = place.parent.parent
        place.rename(Path(tempfile.mkdtemp(prefix=".aside-", dir=beside)) / place.name)


# --- Casebook -------------------------------------------------------------------------------


def _write_casebook(folder: Path, count: int) -> None:
    write_project(ROOT, folder, count)


def _casebook_command(folder: Path) -> list[str]:
    return [sys.executable, "-P", "-m", "casebook", "build", "--quiet", "--project", str(folder)]


def _record_of(folder: Path, number: int) -> Path:
    return folder / "data" / "cases" / f"{make_case(number).slug}.yaml"


def _edit_case(folder: Path, count: int, round_: int) -> None:
    path = _record_of(folder, (count // 2 + round_) % count)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("这是测量用的测例", "这是测量用的一个测例"), encoding="utf-8")


def _add_figure(folder: Path, count: int, round_: int) -> None:
    number = (count // 3 + round_) % count
    path = _record_of(folder, number)
    text = path.read_text(encoding="utf-8")
    year = make_case(number).amounts[-1][0] + 1
    _, _, last = text.partition(f"  paid_{year - 1}:\n")
    added = f"  paid_{year}:\n" + last.partition("  places:")[0].replace(str(year - 1), str(year))
    path.write_text(text.replace("  places:\n", f"{added}  places:\n"), encoding="utf-8")


def _add_case(folder: Path, _count: int, round_: int) -> None:
    write_case(folder, _beyond(round_))


def _rename_case(folder: Path, _count: int, round_: int) -> None:
    path = folder / "data" / "cases" / f"{_beyond(round_).slug}.yaml"
    path.rename(path.with_name(f"renamed-{round_}.yaml"))


def _delete_case(folder: Path, _count: int, round_: int) -> None:
    (folder / "data" / "cases" / f"renamed-{round_}.yaml").unlink()


def _change_template(folder: Path, _count: int, round_: int) -> None:
    path = folder / "theme" / "templates" / "timeline.html"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("<div", f'<div data-round="{round_}"', 1), encoding="utf-8")


def _change_colour(folder: Path, _count: int, round_: int) -> None:
    path = folder / "theme" / "static" / "css" / "tokens.css"
    text = path.read_text(encoding="utf-8")
    before, mark, after = text.partition("--paper: #")
    path.write_text(f"{before}{mark}{round_ % 10}{after[1:]}", encoding="utf-8")


def _beyond(round_: int) -> Made:
    """A further case, which cites an existing publication so that only its record is written."""
    made = make_case(_BEYOND + round_)
    source = f"sample-{(_BEYOND + round_) // 10:05}"
    return Made(
        slug=made.slug,
        title=made.title,
        summary=made.summary,
        record=made.record.replace(source, "sample-00000"),
        body=made.body,
        amounts=made.amounts,
    )


# --- Pelican --------------------------------------------------------------------------------

_SETTINGS = """SITENAME = "peer"
AUTHOR = "peer"
PATH = "content"
TIMEZONE = "UTC"
DEFAULT_LANG = "zh"
PLUGINS = {plugins}
PLUGIN_PATHS = ["."]
CACHE_CONTENT = LOAD_CONTENT_CACHE = {cache}
"""

_PLUGIN = '''"""One chart an article, as the manual of matplotlib begins."""

import os

import matplotlib

matplotlib.use("svg")

from matplotlib import pyplot as plt
from pelican import signals


def draw(content):
    if not hasattr(content, "amounts"):
        return
    pairs = [pair.split(":") for pair in content.amounts.split()]
    figure, axes = plt.subplots()
    axes.bar([year for year, _ in pairs], [int(amount) for _, amount in pairs])
    axes.set_title(content.slug)
    plt.tight_layout()
    folder = os.path.join(content.settings["OUTPUT_PATH"], "charts")
    os.makedirs(folder, exist_ok=True)
    figure.savefig(os.path.join(folder, content.slug + ".svg"))
    plt.close(figure)
    content._content += f'<p><img src="/charts/{content.slug}.svg" alt=""></p>'


def register():
    signals.content_object_init.connect(draw)
'''


def _write_pelican(plugins: list[str], cache: bool) -> Callable[[Path, int], None]:
    def write(folder: Path, count: int) -> None:
        (folder / "content").mkdir(parents=True)
        settings = _SETTINGS.format(plugins=plugins, cache=cache)
        (folder / "pelicanconf.py").write_text(settings, encoding="utf-8")
        (folder / "charts_by_pyplot.py").write_text(_PLUGIN, encoding="utf-8")
        for made in make_cases(count):
            _write_article(folder, made)

    return write


def _write_article(folder: Path, made: Made) -> None:
    amounts = " ".join(f"{year}:{amount}" for year, amount in made.amounts)
    text = (
        f"Title: {made.title}\nSlug: {made.slug}\nDate: 2026-01-01\nCategory: cases\n"
        f"Summary: {made.summary}\nAmounts: {amounts}\n\n{made.body}"
    )
    (folder / "content" / f"{made.slug}.md").write_text(text, encoding="utf-8")


def _pelican_command(folder: Path) -> list[str]:
    settings, output = str(folder / "pelicanconf.py"), str(folder / "output")
    options = ["-s", settings, "-o", output, "-q"]
    return [sys.executable, "-m", "pelican", str(folder / "content"), *options]


def _edit_page(folder: Path, count: int, round_: int) -> None:
    made = make_case((count // 2 + round_) % count)
    path = next(folder.glob(f"content/**/{made.slug}.md"))
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("这是测量用的测例", "这是测量用的一个测例"), encoding="utf-8")


# --- Hugo -----------------------------------------------------------------------------------

_HUGO = """baseURL = "/"
title = "peer"
disableKinds = []
[pagination]
pagerSize = 200
"""
_LAYOUT = """<!doctype html>
<html lang="zh"><head><meta charset="utf-8"><title>{{ .Title }}</title></head>
<body><header><a href="/">{{ site.Title }}</a></header><main>%s</main></body></html>
"""
_LAYOUTS = {
    "single.html": _LAYOUT % "<h1>{{ .Title }}</h1><p>{{ .Params.summary }}</p>{{ .Content }}",
    "list.html": _LAYOUT
    % (
        '{{ range .Paginator.Pages }}<h2><a href="{{ .RelPermalink }}">{{ .Title }}</a></h2>'
        "<p>{{ .Params.summary }}</p>{{ end }}"
    ),
}


def _write_hugo(folder: Path, count: int) -> None:
    layouts = folder / "layouts" / "_default"
    layouts.mkdir(parents=True)
    (folder / "content" / "cases").mkdir(parents=True)
    (folder / "hugo.toml").write_text(_HUGO, encoding="utf-8")
    for name, text in _LAYOUTS.items():
        (layouts / name).write_text(text, encoding="utf-8")
    for made in make_cases(count):
        head = f"---\ntitle: {made.title}\nsummary: {made.summary}\ndate: 2026-01-01\n---\n"
        path = folder / "content" / "cases" / f"{made.slug}.md"
        path.write_text(head + made.body, encoding="utf-8")


def install_hugo() -> str:
    """The path of Hugo, installed beside the caches of the project; empty if that fails."""
    folder = ROOT / ".cache" / "bench" / "venv"
    scripts = folder / ("Scripts" if os.name == "nt" else "bin")
    program = scripts / ("hugo.exe" if os.name == "nt" else "hugo")
    if not program.exists():
        requirements = str(Path(__file__).with_name("requirements.txt"))
        python = str(scripts / "python")
        steps = (
            [sys.executable, "-m", "venv", str(folder)],
            [python, "-m", "pip", "install", "-q", "--require-hashes", "-r", requirements],
        )
        for step in steps:
            done = subprocess.run(step, capture_output=True, encoding="utf-8", check=False)
            if done.returncode:
                print(f"Hugo is left out: {done.stderr.strip()[-300:]}", file=sys.stderr)
                return ""
    return str(program)


# --- Eleventy -------------------------------------------------------------------------------

# A theme as plain as Hugo's, also with two hundred entries on a page of a list.
_ELEVENTY = {
    "_includes/page.njk": """<!doctype html>
<html lang="zh"><head><meta charset="utf-8"><title>{{ title }}</title></head>
<body><header><a href="/">peer</a></header><main>
<h1>{{ title }}</h1><p>{{ summary }}</p>{{ content | safe }}</main></body></html>
""",
    "index.njk": """---
pagination:
  data: collections.cases
  size: 200
permalink: "{% if pagination.pageNumber %}page/{{ pagination.pageNumber + 1 }}/{% endif %}/"
---
<!doctype html>
<html lang="zh"><head><meta charset="utf-8"><title>peer</title></head>
<body><header><a href="/">peer</a></header><main>{% for case in pagination.items %}
<h2><a href="{{ case.url }}">{{ case.data.title }}</a></h2><p>{{ case.data.summary }}</p>
{% endfor %}</main></body></html>
""",
    "cases/cases.json": """{"layout": "page.njk", "tags": "cases"}
""",
}


def _write_eleventy(folder: Path, count: int) -> None:
    for name, text in _ELEVENTY.items():
        path = folder / "content" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for made in make_cases(count):
        head = f"---\ntitle: {made.title}\nsummary: {made.summary}\n---\n"
        path = folder / "content" / "cases" / f"{made.slug}.md"
        path.write_text(head + made.body, encoding="utf-8")


def install_eleventy() -> str:
    """The path of Eleventy's program, installed by npm; empty if there is no npm or it fails."""
    folder = ROOT / ".cache" / "bench" / "eleventy"
    program = folder / "node_modules" / "@11ty" / "eleventy" / "cmd.cjs"
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        print("Eleventy is left out: there is no npm", file=sys.stderr)
        return ""
    if not program.exists():
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy2(Path(__file__).with_name(name), folder)
        command = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
        done = subprocess.run(
            command, cwd=folder, capture_output=True, encoding="utf-8", check=False
        )
        if done.returncode:
            print(f"Eleventy is left out: {done.stderr.strip()[-300:]}", file=sys.stderr)
            return ""
    return str(program)


def list_peers(with_peers: bool = True, wanted: Collection[str] = ()) -> tuple[Peer, ...]:
    """Casebook, then every available peer, or only those that are `wanted`."""
    casebook = Peer(
        name="Casebook",
        write=_write_casebook,
        command=_casebook_command,
        made=("output", ".output.spare", ".cache"),
        changes={
            "one case edited": _edit_case,
            "one figure added": _add_figure,
            "one case added": _add_case,
            "one case renamed": _rename_case,
            "one case deleted": _delete_case,
            "one template changed": _change_template,
            "one colour changed": _change_colour,
        },
    )
    if not with_peers:
        return (casebook,)
    edit = {"one case edited": _edit_page}
    edit_both = {"one case edited": equal_pages.edit_page}
    made = ("output", "cache", "__pycache__")
    peers = [
        casebook,
        Peer(
            name="Pelican",
            write=_write_pelican([], False),
            command=_pelican_command,
            made=made,
            changes=edit,
        ),
        Peer(
            name="Pelican, cached",
            write=_write_pelican([], True),
            command=_pelican_command,
            made=made,
            changes=edit,
        ),
        Peer(
            name="Pelican, pyplot",
            write=_write_pelican(["charts_by_pyplot"], False),
            command=_pelican_command,
            made=made,
            most_cases=100,
        ),
        Peer(
            name="Pelican, as many pages",
            write=equal_pages.write_pelican,
            command=_pelican_command,
            made=made,
            changes=edit_both,
            most_cases=1000,
        ),
    ]
    hugo = install_hugo()
    if hugo:

        def command(folder: Path) -> list[str]:
            return [hugo, "--quiet", "--source", str(folder), "--cacheDir", str(folder / "cache")]

        written = ("public", "resources", "cache")
        peers += [
            Peer(name="Hugo", write=_write_hugo, command=command, made=written, changes=edit),
            Peer(
                name="Hugo, as many pages",
                write=equal_pages.write_hugo,
                command=command,
                made=written,
                changes=edit_both,
            ),
        ]
    eleventy = install_eleventy()
    if eleventy:
        run = ["node", eleventy, "--quiet", "--input=content", "--output=output"]
        peers.append(
            Peer(
                name="Eleventy",
                write=_write_eleventy,
                command=lambda _folder: run,
                made=("output",),
                changes=edit,
            )
        )
    return tuple(peer for peer in peers if not wanted or peer.name in ("Casebook", *wanted))
