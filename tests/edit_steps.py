"""Random edits of a project, each made only of its current files and of chance.

They know the shapes of the files but few rules, so some of them break the project, as people do.
"""

from __future__ import annotations

import io
import random
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from PIL import Image

from casebook.yaml.nodes import ListNode, MapNode, Node, read_tree

ROOT = Path(__file__).resolve().parent.parent
Sources = dict[str, bytes]
CASES = "data/cases/"
SETTINGS = "pelicanconf.py"

# The settings, each with the values that it may get; None leaves the setting out.
SETTING_VALUES: Mapping[str, tuple[str | None, ...]] = {
    "SITENAME": ("'案例簿'", "'案例集'", "'县里的案例簿'"),
    "SITENAME_EN": ("'Casebook'", "'Casebooks'", "'A casebook'"),
    "TAGLINE": ("'各地怎样购买'", "'各地怎么购买'", None),
    "TAGLINE_EN": ("'How places buy'", "'How they buy'", None),
    "SITEURL": ("''", "'https://example.org'", "'https://example.org/a'", "'http://例子.测试/b'"),
    "FOOTER": ("'据公开报道整理。'", "'据公开材料整理。'", None),
    "FOOTER_EN": ("'Compiled from reports.'", "'Compiled from records.'", None),
    "LANGUAGES": (None, "['zh', 'en']", "['zh']", "['en', 'zh']", "['en']"),
    "CONTACT": (None, "'a@example.org'", "'b@example.org'", "'https://example.org/contact'"),
    "PUBLISHER": (None, "'某编辑部'", "'另一编辑部'"),
    "PUBLISHER_EN": (None, "'An office'", "'Another office'"),
    "REPOSITORY": (None, "'https://example.org/repository'"),
    "LICENCE": ("'CC-BY-4.0'", "'CC0-1.0'", "('自定', 'https://example.org/l')", "'保留'", None),
    "TIMEZONE": ("'Asia/Shanghai'", "'Pacific/Kiritimati'", None),
    "MENUITEMS": (None, "[('方法', '/method/')]", "[('外面', 'https://example.org/')]"),
    "MENUITEMS_EN": (None, "[('Method', '/method/')]", "[('Out', 'https://example.org/')]"),
    "DISPLAY_PAGES_ON_MENU": (None, "False", "True"),
    "LINKS": (None, "[('某报', 'https://example.org/paper')]"),
    "SOCIAL": (None, "[('某站', 'https://example.org/station')]"),
    "SITELOGO": (None, "'icon.svg'", "'own.svg'"),
    "FAVICON": (None, "'icon.svg'", "'own.svg'"),
    "COLOURS": (None, "{'accent': '#005a9c'}", "{'accent': ('#005a9c', '#7fb7e6')}"),
    "TRUSTED_HOSTS": (None, "['https://stats.example.org']"),
    "STATIC_PATHS": (None, "['extra']", "['extra', 'images']"),
    "STATIC_EXCLUDES": (None, "['extra/inner']"),
    "EXTRA_PATH_METADATA": (None, "{'extra/note.txt': {'path': 'note.txt'}}"),
    "THEME_TEMPLATES_OVERRIDES": (None, "['own']", "['own', 'more']"),
    "JINJA_GLOBALS": (None, "{'word': '甲'}", "{'word': '乙'}"),
    "JINJA_FILTERS": (None, "{'mark': lambda text: text + '甲'}", "{'mark': lambda text: text}"),
    "CASEBOOK_VERSION": ("'0.1'", "'0.0'", None),
    "PLUGINS": ("['casebook.plugin']", "['casebook.plugin', 'noted']"),
    "PLUGIN_PATHS": (None, "['plugins']"),
}
PLUGIN = b"""from pelican import signals

def note(pages):
    for page in pages.pages:
        page._content += '<p>noted</p>'

def register():
    signals.page_generator_finalized.connect(note)
"""

# Paragraphs of Markdown without numbers of their own.
PARAGRAPHS = (
    *("这里没有数字。", "这里没有数目。", "另见[方法](/method/)。", "另见[海曙](/cases/haishu/)。"),
    *("[[overview]]", "[[money]]", "[[cases]]", "[[comparables]]", "[[refusals]]", "[[computed]]"),
    *("[[missing]]", "[[documents]]", "[[reviews]]", "[[downloads]]", "[[chart:timeline]]"),
    *(
        "[[chart:haishu-series]]",
        "本站记下 {{site.cases}} 个地方。",
        "共有 {{site.figures}} 个数字。",
    ),
    *(
        "海曙花去{{haishu.paid_2014}}。",
        "共有 {{site.sources}} 份材料。",
        "## 又一节",
        "- 一\n- 二",
    ),
    *("有 {{site.purchaser_not_stated}} 处没有写。", "脚注[^1]。\n\n[^1]: 一个脚注。"),
)
NAMES = ("jiangbei", "yuyao", "zhuhai", "zengcheng", "xiangshan", "beilun")
REGIONS = ("330203", "440100", "330200", "330000", "440000", "330281", "440400", "330225")
PERIODS = ("2010", "2011", "2012", "2013", "2014", "2012?", "不晚于2015-03-02", "[..2015-03-02]")
WORDS = ("甲", "乙", "丙", "丁")

# The possible values of a field by its name; the words of other fields are changed a little.
FIELD_VALUES: Mapping[str, tuple[str, ...]] = {
    "region": REGIONS,
    "period": PERIODS,
    "date": ("2010", "2011-05", "2012?", "2013", "2014-01-02"),
    "updated": ("2026-01-02", "2026-01-05", "2026-02-01"),
    "published": ("2026-01-02", "2015-03-02", "2016"),
    "state": ("draft", "published", "stated", "partial", "not_stated"),
    "status": ("planned", "reported", "set"),
    "measure": ("annual_total", "unit_price", "count", "user_fee", "payout_cap"),
    "scope": ("city", "clubs", "books"),
    "per": ("人/月", "人/年", "岗位/年"),
    "source": ("evening-2015-03-02", "gazette-2016", "morning-2014"),
    "provider_type": ("library", "individual", "not_stated"),
    "mode": ("tender", "entrustment", "not_stated"),
    "kind": ("news_report", "notice"),
    "topic": ("reading", "music"),
    "line": ("4", "5", "12"),
    "url": ("https://example.org/clubs", "https://example.org/paper?a=1&b=2"),
    "level": ("province", "prefecture", "county"),
    "spending": ("yes", "no"),
    "total": ("yes", "no"),
    "mixed": ("yes", "no"),
    "currency": ("CNY", "JPY"),
    "confirms": ("yes", "no"),
}
_TEXT = re.compile(rb"\{\{([a-z0-9-]+)\.")


class _Dumper(yaml.SafeDumper):
    """Writes a text of several lines as a block."""


def _represent(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent)


def dump(tree: object) -> bytes:
    """A tree of texts as YAML."""
    # A list that occurs twice is written twice, as records have no anchors.
    _Dumper.ignore_aliases = lambda *_: True  # type: ignore[method-assign]
    return yaml.dump(tree, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=1000).encode()


def parse(content: bytes) -> Any:
    """A file of YAML as a tree in which everything is text, or None if it is broken."""
    node, problems = read_tree(content, "")
    return None if node is None or problems else _plain(node)


def _plain(node: Node) -> Any:
    if isinstance(node, MapNode):
        return {key: _plain(value) for key, value in node.entries.items()}
    return [_plain(one) for one in node.items] if isinstance(node, ListNode) else node.text


@dataclass
class Editor:
    """The files of a project in memory, which each edit changes."""

    files: Sources
    chance: random.Random
    commits: list[Sources] = field(default_factory=list)

    def of(self, start: str, *ends: str) -> list[str]:
        """The paths with this beginning and one of these ends."""
        return sorted(p for p in self.files if p.startswith(start) and p.endswith(ends or ("",)))

    def cases(self) -> list[str]:
        """The paths of the cases."""
        return self.of(CASES, ".yaml")

    def tree(self, path: str) -> Any:
        """The tree of a file."""
        return parse(self.files.get(path, b""))

    def put(self, path: str, tree: object) -> None:
        """Replace a file by a tree."""
        self.files[path] = dump(tree)

    def replace(self, path: str, before: str, after: str) -> None:
        """Replace words of a file."""
        self.files[path] = self.files[path].replace(before.encode(), after.encode())


def _leaves(tree: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], str]]:
    items = tree.items() if isinstance(tree, dict) else enumerate(tree)
    for key, value in items:
        if isinstance(value, dict | list):
            yield from _leaves(value, (*path, key))
        else:
            yield (*path, key), value


def _nodes(tree: Any) -> Iterator[Any]:
    """The mappings and lists of a tree."""
    yield tree
    for value in tree.values() if isinstance(tree, dict) else tree:
        if isinstance(value, dict | list):
            yield from _nodes(value)


def _vary(key: Any, value: str, chance: random.Random) -> str:
    """Another value of a field: a possible one, or its words changed a little."""
    if key in FIELD_VALUES and chance.random() < 0.95:
        return chance.choice(FIELD_VALUES[key])
    word, other = chance.sample(WORDS, 2)
    # The length stays the same, so that only the bytes show the edit.
    for one in WORDS:
        if one in value and chance.random() < 0.7:
            return value.replace(one, word if one != word else other)
    if str(key).endswith("_en"):
        return value.removesuffix(" indeed") if value.endswith("indeed") else f"{value} indeed"
    return value[:-1] if value.endswith(WORDS) else value + word


def _any_yaml(editor: Editor) -> str:
    lists = [
        f"data/{name}.yaml" for name in ("sources", "regions", "vocabulary", "refusals", "gone")
    ]
    known = [name for name in lists if name in editor.files]
    cases = editor.cases()
    return editor.chance.choice(cases if cases and editor.chance.random() < 0.6 else known)


def edit_leaf(editor: Editor) -> None:
    """Change the value of one field of one file."""
    path = _any_yaml(editor)
    tree = editor.tree(path)
    leaves = list(_leaves(tree)) if isinstance(tree, dict | list) else []
    if not leaves:
        return
    where, value = editor.chance.choice(leaves)
    node = tree
    for step in where[:-1]:
        node = node[step]
    node[where[-1]] = _vary(where[-1], value, editor.chance)
    editor.put(path, tree)


def remove_node(editor: Editor) -> None:
    """Remove a field, an entry or a whole record."""
    path = _any_yaml(editor)
    tree = editor.tree(path)
    nodes = [node for node in _nodes(tree) if node] if isinstance(tree, dict | list) else []
    if nodes:
        node = editor.chance.choice(nodes)
        del node[editor.chance.choice(list(node) if isinstance(node, dict) else range(len(node)))]
        editor.put(path, tree)


def order_nodes(editor: Editor) -> None:
    """Change the order of the entries of a mapping or a list."""
    path = _any_yaml(editor)
    tree = editor.tree(path)
    found = (
        [node for node in _nodes(tree) if len(node) > 1] if isinstance(tree, dict | list) else []
    )
    if found:
        node = editor.chance.choice(found)
        if isinstance(node, dict):
            items = list(node.items())
            node.clear()
            editor.chance.shuffle(items)
            node.update(items)
        else:
            editor.chance.shuffle(node)
        editor.put(path, tree)


def copy_entry(editor: Editor) -> None:
    """Copy an entry under another name."""
    path = _any_yaml(editor)
    tree = editor.tree(path)
    if not isinstance(tree, dict):
        return
    found = [
        node for node in _nodes(tree) if node and isinstance(next(iter(_values(node))), dict | list)
    ]
    if not found:
        return
    node = editor.chance.choice(found)
    if isinstance(node, list):
        node.append(parse(dump(editor.chance.choice(node))))
    else:
        key = editor.chance.choice(list(node))
        node[f"{key}_{editor.chance.choice('abc')}"] = parse(dump(node[key]))
    editor.put(path, tree)


def _values(node: Any) -> Any:
    return node.values() if isinstance(node, dict) else node


def _case(editor: Editor) -> tuple[str, Any]:
    path = editor.chance.choice(editor.cases() or [f"{CASES}haishu.yaml"])
    tree = editor.tree(path)
    return path, tree if isinstance(tree, dict) else {}


def edit_amount(editor: Editor) -> None:
    """Change the amount of a figure, and its quote."""
    path, case = _case(editor)
    figures = [one for one in (case.get("figures") or {}).values() if isinstance(one, dict)]
    figures = [one for one in figures if re.search(r"\d", str(one.get("amount", "")))]
    if figures:
        figure = editor.chance.choice(figures)
        before = re.search(r"\d+", figure["amount"])
        assert before is not None
        after = str(editor.chance.randrange(10 ** (len(before[0]) - 1), 10 ** len(before[0])))
        for name in ("amount", "quote"):
            if name in figure:
                figure[name] = figure[name].replace(before[0], after)
        editor.put(path, case)


def add_figure(editor: Editor) -> None:
    """Add a figure like another one, of another year."""
    path, case = _case(editor)
    figures = case.get("figures")
    if isinstance(figures, dict) and figures:
        like = editor.chance.choice(list(figures.values()))
        if isinstance(like, dict):
            year = editor.chance.choice(PERIODS[:5])
            figures[f"more_{year}"] = like | {"period": year}
            editor.put(path, case)


def add_parts(editor: Editor) -> None:
    """Add an event, a document, a conflict, a correction, a second source or a computed figure."""
    path, case = _case(editor)
    source = editor.chance.choice(FIELD_VALUES["source"])
    word = editor.chance.choice(WORDS)
    figures = case.get("figures") or {}
    names = [name for name, one in figures.items() if isinstance(one, dict)]
    name = editor.chance.choice(names) if names else ""
    kind = editor.chance.randrange(9)
    if kind == 0:
        date = editor.chance.choice(FIELD_VALUES["date"])
        case.setdefault("events", []).append(
            {"date": date, "title": f"办会{word}", "source": source}
        )
    elif kind == 1:
        document = {"title": f"读书会办法{word}", "state": "issued", "source": source}
        documents = editor.of("content/files/")
        if documents and editor.chance.random() < 0.7:
            document["file"] = editor.chance.choice(documents).rpartition("/")[2]
        case.setdefault("documents", []).append(document)
    elif kind == 2 and len(names) > 1:
        conflict = {"about": f"报酬{word}", "figures": names[:2], "note": "说法不同。"}
        case.setdefault("conflicts", []).append(conflict)
    elif kind == 3 and name:
        change = {
            "date": "2026-01-03",
            "kind": "correction",
            "from": "110万元",
            "why": f"改错{word}",
        }
        figures[name].setdefault("history", []).append(change)
    elif kind == 4 and name:
        report = {"source": source, "says": f"说法相同{word}", "confirms": "no"}
        figures[name].setdefault("corroborated_by", []).append(report)
    elif kind == 5 and {"paid_2013", "paid_2014"} <= set(names):
        formula = editor.chance.choice(("paid_2013 + paid_2014", "paid_2014 - paid_2013"))
        made = {"label": f"两年{word}", "formula": formula, "measure": "annual_total"}
        figures[f"made_{editor.chance.choice('ab')}"] = made
    elif kind == 6:
        pictures = editor.of("content/images/")
        if pictures:
            file = editor.chance.choice(pictures).rpartition("/")[2]
            shown = {"file": file, "alt": f"阅览室{word}", "credit": "某报", "licence": "CC BY 4.0"}
            case.setdefault("pictures", []).append(shown)
            case["story"] = f"{case.get('story', '')}\n[[picture:{file}]]\n"
    elif kind == 7:
        others = [one for one in editor.cases() if one != path]
        told = parse(editor.files[editor.chance.choice(others)]) if others else {}
        other = editor.chance.choice(others)[len(CASES) : -5] if others else ""
        keys = list(((told or {}).get("figures") or {"paid_2013": ""}).keys())
        place = "{{" + f"{other}.{editor.chance.choice(keys)}" + "}}"
        case["story"] = f"{case.get('story', '')}\n别处是{place}。\n"
    else:
        paragraph = editor.chance.choice((*PARAGRAPHS[:4], *PARAGRAPHS[14:]))
        case["story"] = f"{case.get('story', '')}\n{paragraph}\n"
    editor.put(path, case)


def add_case(editor: Editor) -> None:
    """Add a case like another one, in another place."""
    free = [name for name in NAMES if f"{CASES}{name}.yaml" not in editor.files]
    _, case = _case(editor)
    if free and case:
        region = editor.chance.choice(REGIONS)
        word = editor.chance.choice(WORDS)
        name = editor.chance.choice(free)
        path = f"{CASES}{name}.yaml"
        editor.put(path, case | {"region": region, "title": f"某地：读书会{word}"})
        for before, after in (("海曙", "当地"), ("Haishu", "The place"), ("广州", "当地")):
            editor.replace(path, before, after)


def remove_case(editor: Editor) -> None:
    """Remove a case, mostly one that no text names."""
    named = {name.decode() for text in editor.files.values() for name in _TEXT.findall(text)}
    free = [path for path in editor.cases() if path[len(CASES) : -5] not in named]
    if free and editor.chance.random() < 0.9:
        del editor.files[editor.chance.choice(free)]
    elif editor.cases():
        del editor.files[editor.chance.choice(editor.cases())]


def rename_case(editor: Editor) -> None:
    """Rename a case with its texts, mostly keeping the earlier name."""
    path, case = _case(editor)
    before = path[len(CASES) : -5]
    free = [name for name in NAMES if f"{CASES}{name}.yaml" not in editor.files]
    if not free or path not in editor.files:
        return
    after = editor.chance.choice(free)
    if editor.chance.random() < 0.7:
        case["aliases"] = [*case.get("aliases", []), before]
        case["aliases"] = [name for name in case["aliases"] if name != after]
        editor.put(path, case)
    editor.files[f"{CASES}{after}.yaml"] = editor.files.pop(path)
    for name in editor.of("content/", ".md") + editor.cases():
        editor.replace(name, "{{" + before + ".", "{{" + after + ".")
        editor.replace(name, f"/cases/{before}/", f"/cases/{after}/")


def swap_files(editor: Editor) -> None:
    """Swap the contents of two files of one kind."""
    kinds = (editor.cases(), editor.of("content/pages/", ".md"), editor.of("content/images/"))
    paths = editor.chance.choice([one for one in kinds if len(one) > 1] or [[]])
    if paths:
        one, other = editor.chance.sample(paths, 2)
        editor.files[one], editor.files[other] = editor.files[other], editor.files[one]


def comment_line(editor: Editor) -> None:
    """Add a comment or an empty line to a file of YAML, which moves the lines below it."""
    path = _any_yaml(editor)
    lines = editor.files[path].decode().split("\n")
    tops = [at for at, line in enumerate(lines) if line and line[0] not in " -#"]
    if tops:
        lines.insert(editor.chance.choice(tops), editor.chance.choice(("", "# 说明", "# 注解")))
        editor.files[path] = "\n".join(lines).encode()


def edit_text(editor: Editor) -> None:
    """Add, remove or slightly change a paragraph in a text of the editors."""
    path = editor.chance.choice(editor.of("content/", ".md"))
    head, _, body = editor.files[path].decode().partition("\n\n")
    blocks = body.strip("\n").split("\n\n")
    way = editor.chance.randrange(4)
    if way == 0 and len(blocks) > 1:
        del blocks[editor.chance.randrange(len(blocks))]
    elif way == 1:
        at = editor.chance.randrange(len(blocks))
        blocks[at] = (
            blocks[at].replace("一", "两") if "一" in blocks[at] else blocks[at] + "又一句。"
        )
    elif way == 2:
        lines = head.split("\n")
        at = editor.chance.randrange(len(lines))
        name, _, value = lines[at].partition(": ")
        if name in ("Title", "Summary"):
            lines[at] = f"{name}: {_vary(name, value, editor.chance)}"
        elif not any(line.startswith("Date:") for line in lines):
            lines.append("Date: 2026-01-02")
        head = "\n".join(lines)
    else:
        blocks.insert(editor.chance.randrange(len(blocks) + 1), editor.chance.choice(PARAGRAPHS))
    editor.files[path] = "\n\n".join((head, *blocks, "")).encode()


def add_page(editor: Editor) -> None:
    """Add a page of the editors in one language or both, or remove one."""
    slug = editor.chance.choice(("notes", "money", "terms"))
    zh, en = f"content/pages/{slug}.md", f"content/pages/{slug}.en.md"
    if zh in editor.files and editor.chance.random() < 0.5:
        del editor.files[zh]
        editor.files.pop(en, None)
        return
    word = editor.chance.choice(WORDS)
    head = f"Title: 说明{word}\nSlug: {slug}\nLang: zh\nSummary: 说明。\n\n"
    editor.files[zh] = f"{head}## 读法\n\n{editor.chance.choice(PARAGRAPHS)}\n".encode()
    if editor.chance.random() < 0.7:
        head = f"Title: Notes\nSlug: {slug}\nLang: en\nSummary: Notes.\n\n"
        editor.files[en] = f"{head}## How to read\n\nA paragraph.\n".encode()


def edit_settings(editor: Editor) -> None:
    """Add, remove or change one setting."""
    lines = editor.files[SETTINGS].decode().split("\n")
    name = editor.chance.choice(list(SETTING_VALUES))
    value = editor.chance.choice(SETTING_VALUES[name])
    lines = [line for line in lines if not line.startswith(f"{name} = ")]
    if value is not None:
        lines.insert(len(lines) - 1, f"{name} = {value}")
    if editor.chance.random() < 0.05:
        lines = ["import os", *lines] if lines[0] != "import os" else lines[1:]
    editor.files[SETTINGS] = "\n".join(lines).encode()


def edit_template(editor: Editor) -> None:
    """Add, change or remove a template that replaces one of ours."""
    folders = ("theme/templates/", "own/", "more/")
    own = [path for folder in folders for path in editor.of(folder)]
    if own and editor.chance.random() < 0.4:
        del editor.files[editor.chance.choice(own)]
        return
    folder = editor.chance.choice((*folders, folders[0], folders[0]))
    packaged = ROOT / "theme" / "templates"
    names = sorted(p.relative_to(packaged).as_posix() for p in packaged.rglob("*") if p.is_file())
    name = editor.chance.choice(names)
    text = (packaged / name).read_text("utf-8")
    word = editor.chance.choice(WORDS)
    found = [at.start() for at in re.finditer(r"</(?:p|h1|h2|li|span|div|header|td)>", text)]
    if found and editor.chance.random() < 0.7:
        at = editor.chance.choice(found)
        what = editor.chance.choice((word, f"{{% include '{name[:-5]}-{word}.html' %}}"))
        if what != word:
            editor.files[f"{folder}{name[:-5]}-{word}.html"] = f"<b>{word}</b>".encode()
        text = text[:at] + what + text[at:]
    elif editor.chance.random() < 0.3:
        text += "{{ word }}{{ 'x' | mark }}"
    else:
        text += f"\n{word}\n"
    editor.files[f"{folder}{name}"] = text.encode()


def edit_style(editor: Editor) -> None:
    """Add, change or remove a style sheet, script or icon of the site."""
    own = editor.of("theme/static/")
    if own and editor.chance.random() < 0.4:
        del editor.files[editor.chance.choice(own)]
        return
    packaged = ROOT / "theme" / "static"
    name = editor.chance.choice(("css/tokens.css", "css/base.css", "js/site.js", "icon.svg"))
    text = (packaged / name).read_text("utf-8")
    digit = str(editor.chance.randrange(10))
    if editor.chance.random() < 0.6:
        text = re.sub("(--(?:paper|accent): #)[0-9a-f]", rf"\g<1>{digit}", text)
        text += f"\n/* {digit} */\n" if not name.endswith("svg") else f"<!-- {digit} -->\n"
    else:
        name = editor.chance.choice(("css/own.css", "own.svg", "fonts/own.woff2"))
        text = f"p {{ margin: {digit}px }}" if name.endswith("css") else f"<svg>{digit}</svg>"
    editor.files[f"theme/static/{name}"] = text.encode()


def edit_media(editor: Editor) -> None:
    """Add, change or remove a picture, a document or a static file."""
    own = [path for name in ("images", "files", "extra") for path in editor.of(f"content/{name}/")]
    if own and editor.chance.random() < 0.3:
        del editor.files[editor.chance.choice(own)]
        return
    name = editor.chance.choice(
        (
            "images/room.png",
            "images/desk.png",
            "files/notice.pdf",
            "extra/note.txt",
            "extra/inner/b",
        )
    )
    digit = editor.chance.randrange(10)
    stream = io.BytesIO()
    # Only pictures that are wider than the narrow copy have one.
    Image.new("RGB", (editor.chance.choice((30, 900)), 20), (digit, 9, 9)).save(stream, "PNG")
    content = stream.getvalue() if name.startswith("images") else b"%%PDF-1.4 %d\n%%%%EOF" % digit
    editor.files[f"content/{name}"] = content


def edit_plugin(editor: Editor) -> None:
    """Add, change or remove a plugin of the site."""
    path = "plugins/noted.py"
    if path in editor.files and editor.chance.random() < 0.4:
        del editor.files[path]
    else:
        words = editor.chance.choice((b"noted", b"taken", b"noted twice"))
        editor.files[path] = PLUGIN.replace(b"<p>noted", b"<p>" + words)


def edit_lists(editor: Editor) -> None:
    """Change a withdrawn address, a refused comparison or words with the same meaning."""
    word = editor.chance.choice(WORDS)
    kind = editor.chance.randrange(4)
    if kind == 0:
        gone = editor.tree("data/gone.yaml") or {}
        name = editor.chance.choice(("/cases/old/", "/notes/", "/cases/yuyao/"))
        gone[name] = {"title": f"旧页{word}", "why": f"不再维护{word}。"}
        editor.put("data/gone.yaml", gone)
    elif kind == 1:
        compare = ["haishu.paid_2013", "guangzhou.pay"]
        refusals = editor.tree("data/refusals.yaml") or {}
        refusals[f"all-{editor.chance.choice('ab')}"] = {"title": f"相加{word}", "compare": compare}
        editor.put("data/refusals.yaml", refusals)
    elif kind == 2:
        vocabulary = editor.tree("data/vocabulary.yaml") or {}
        vocabulary["synonyms"] = [f"老人 长者{word}"]
        vocabulary["letter"] = f"尊敬的{{place}}：请公开{{topic}}的材料{word}。\n{{questions}}\n"
        editor.put("data/vocabulary.yaml", vocabulary)
    else:
        sources = editor.tree("data/sources.yaml") or {}
        new = {"title": f"早报{word}", "publisher": "某早报", "kind": "news_report"}
        sources["morning-2014"] = new | {"main": f"早报{word}"} if kind == 3 else new
        editor.put("data/sources.yaml", sources)


def break_file(editor: Editor) -> None:
    """Break a file so that no build accepts it: broken YAML, half a template, failing settings."""
    broken = {
        SETTINGS: b"\nraise ValueError\n",
        "theme/templates/case.html": b"{% if %}",
        "data/vocabulary.yaml": b"\n  : [\n",
        editor.chance.choice(editor.cases() or ["data/cases/a.yaml"]): b"\ntitle\xef\xbc\x9a[\n",
        editor.chance.choice(editor.of("content/", ".md")): b"\n{{nowhere.at_all}}\n",
    }
    path = editor.chance.choice(sorted(broken))
    editor.files[path] = editor.files.get(path, b"") + broken[path]


def commit(editor: Editor) -> None:
    """Keep the current files for a later step."""
    editor.commits = [*editor.commits[-4:], dict(editor.files)]


def check_out(editor: Editor) -> None:
    """Put back the files of an earlier commit."""
    if editor.commits:
        editor.files = dict(editor.chance.choice(editor.commits))


def leave_alone(_editor: Editor) -> None:
    """Change nothing: the next build has nothing to do, or repairs foreign changes."""


# The weight of each edit.
EDITS: Mapping[Callable[[Editor], None], int] = {
    edit_leaf: 26,
    edit_amount: 8,
    add_figure: 4,
    add_parts: 16,
    remove_node: 6,
    order_nodes: 4,
    copy_entry: 3,
    add_case: 4,
    remove_case: 2,
    rename_case: 3,
    swap_files: 2,
    comment_line: 4,
    edit_text: 12,
    add_page: 3,
    edit_settings: 8,
    edit_template: 8,
    edit_style: 4,
    edit_media: 5,
    edit_plugin: 1,
    edit_lists: 6,
    break_file: 3,
    commit: 5,
    check_out: 5,
    leave_alone: 6,
}


def read_sources(*folders: Path) -> Sources:
    """The files in folders by their paths; a file of a later folder replaces an earlier one."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def begin(seed: int) -> Editor:
    """The files at the start of a script: mostly those of the tiny site with a few more cases."""
    chance = random.Random(seed)
    if seed % 10 == 9:
        return Editor(read_sources(ROOT / "tests" / "ten_cases"), chance)
    editor = Editor(read_sources(ROOT / "tests" / "tiny_site"), chance)
    settings = [f"{name} = {values[0]}" for name, values in SETTING_VALUES.items() if values[0]]
    editor.files[SETTINGS] = "\n".join([*settings, ""]).encode()
    vocabulary = editor.tree("data/vocabulary.yaml")
    vocabulary["topics"]["music"] = {"name": "音乐", "name_en": "Music"}
    vocabulary["source_kinds"]["notice"] = {"name": "公告", "name_en": "Notice", "primary": "yes"}
    editor.put("data/vocabulary.yaml", vocabulary)
    sources = editor.tree("data/sources.yaml")
    sources["morning-2014"] = {"title": "早报", "publisher": "某早报", "kind": "news_report"}
    editor.put("data/sources.yaml", sources)
    for edit in (add_case, add_case, edit_media, edit_media, edit_media):
        edit(editor)
    return editor
