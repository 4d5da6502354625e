"""Every text that a record can hold is shown as text, or refused with a clear problem."""

from __future__ import annotations

import csv
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from itertools import accumulate
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
import yaml
from records import check_rules, tiny_lists

from casebook.build.steps import BuildOptions, build_site
from casebook.checks.limits import check_limits
from casebook.pages.citations import Citation
from casebook.problems import Problem
from casebook.record.dataset import Dataset, order_cases
from casebook.record.description import MAX_NAME
from casebook.record.json_schema import write_schema
from casebook.record.reader import read_case
from casebook.text import Text
from casebook.values.words import WORDS
from tests.conftest import Serve, make_tiny_project

pytestmark = pytest.mark.soak("strings")

NAUGHTY = Path(__file__).parents[1] / "naughty.txt"
# The main source; only with one may a record tell the answers of other sources.
MAIN = "evening-2015-03-02"
UNSEEN = "# Characters that cannot be seen"


def read_naughty() -> tuple[list[str], list[str]]:
    """The strings that can be seen and those that cannot."""
    shown, _, unseen = NAUGHTY.read_text(encoding="utf-8").partition(UNSEEN)
    lists = [
        [json.loads(line) for line in part.splitlines() if line.startswith('"')]
        for part in (shown, unseen)
    ]
    return lists[0], lists[1]


SEEN, INVISIBLE = read_naughty()

# Every text field of a record, one a line; @ is where the string goes.
FIELDS = """\
title: @
title_en: @
region: 330203
topic: reading
summary: @
summary_en: @
answers:
  purchaser:
    value: @
    value_en: @
    note: @
    note_en: @
    elsewhere:
      - source: gazette-2016
        value: @
        value_en: @
  provider_type: library
  mode: tender
figures:
  paid_2013:
    label: @
    label_en: @
    amount: 120万元
    measure: annual_total
    period: 2013
    status: reported
    source: evening-2015-03-02
    scope: clubs
    wording: retold
    note: @
    note_en: @
    corroborated_by:
      - source: gazette-2016
        confirms: no
        says: @
        says_en: @
    history:
      - date: 2016-01-01
        kind: correction
        from: 110万元
        to: 120万元
        why: @
        why_en: @
  paid_2014:
    label: @
    amount: 150万元
    measure: annual_total
    period: 2014
    status: reported
    source: evening-2015-03-02
    scope: clubs
    wording: retold
events:
  - date: 2013
    title: @
    title_en: @
    note: @
    note_en: @
    quote: @
    source: evening-2015-03-02
documents:
  - title: @
    title_en: @
    issuer: @
    issuer_en: @
    note: @
    note_en: @
    state: STATE
    source: gazette-2016
pictures:
  - file: dot.png
    alt: @
    alt_en: @
    caption: @
    caption_en: @
    credit: @
    credit_en: @
    licence: @
    licence_en: @
conflicts:
  - about: @
    about_en: @
    note: @
    note_en: @
    figures: [paid_2013, paid_2014]
    reports:
      - source: gazette-2016
        says: @
        says_en: @
story: @
story_en: @
"""


def quote(text: str) -> str:
    # JSON is YAML, and only its escapes can hold every invisible character.
    return json.dumps(text, ensure_ascii=text in INVISIBLE)


def fill(text: str, story: str | None = None, cited: str | None = None) -> str:
    """A record with the string in every field; the stories and the quote may differ."""
    state = next(iter(tiny_lists().vocabulary.document_states))
    lines = FIELDS.replace("STATE", state).splitlines()
    for number, line in enumerate(lines):
        words = text
        if line.startswith("story") and story is not None:
            words = story
        elif line.strip().startswith("quote") and cited is not None:
            words = cited
        lines[number] = line.replace("@", quote(words))
    return "\n".join(lines) + "\n"


def find_problems(record: str, slug: str = "haishu") -> list[Problem]:
    lists = tiny_lists()
    case, problems = read_case(record.encode(), f"data/cases/{slug}.yaml", lists)
    if case is not None:
        dataset = Dataset(
            cases=order_cases([case]),
            vocabulary=lists.vocabulary,
            regions=lists.regions,
            sources=lists.sources
            | {MAIN: replace(lists.sources[MAIN], main=Text("晚报", "paper"))},
        )
        problems = [*problems, *check_rules(dataset), *check_limits(case)]
    return [problem for problem in problems if problem.severity == "error"]


def make_groups(single: bool) -> list[list[str]]:
    """The strings of each case: one in the soak; otherwise joined, except formulas and the like."""
    if single:
        return [[text] for text in SEEN]
    groups: list[list[str]] = []
    open_group: list[str] = []
    for text in SEEN:
        if len(JOIN.join([*open_group, text])) > MAX_NAME:
            groups.append(open_group)
            open_group = []
        # Next to other strings a digit may be read as an amount that the record does not hold.
        alone = text[0] in "=+-@＝＋－＠" or find_problems(
            fill(JOIN.join([*open_group, text]), story="话", cited="话")
        )
        if alone:
            groups.append([text])
        else:
            open_group.append(text)
    return [*groups, open_group] if open_group else groups


def make_record(group: list[str]) -> str:
    """A record with the strings in every field; stories and quotes get only those they accept."""
    told = [text for text in group if not find_problems(fill("话", story=text))]
    short = next((text for text in group if not find_problems(fill("话", cited=text))), "话")
    return fill(join_plain(group), "\n\n".join(told) or "话", short)


def join_plain(group: list[str]) -> str:
    """The strings that are allowed in every text, joined."""
    return JOIN.join(text for text in group if not find_problems(fill(text, "话", "话"))) or "话"


JOIN = " ¶ "
HOSTILE = '</script><script>alert(self)</script>"><img src=x onerror=alert(self)>{{1}}'


def draw_dot() -> bytes:
    """A PNG of one pixel."""
    chunks = {
        b"IHDR": struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0),
        b"IDAT": zlib.compress(b"\0\0"),
    }
    written = [
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in [*chunks.items(), (b"IEND", b"")]
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(written)


def is_clear(problem: Problem) -> bool:
    """True if a problem can be printed on any terminal and has a text in both languages."""
    words = (problem.text.zh, problem.text.en, problem.hint.zh, problem.hint.en)
    # The zero-width joiner of emoji does not move the cursor or reverse a line.
    printable = all(word.replace("\u200d", "").isprintable() for word in words)
    return printable and bool(problem.text.zh and problem.text.en)


def find_texts(schema: Any, root: Any, path: str = "", depth: int = 0) -> set[str]:
    """The fields of a schema that are written in two languages, by their paths."""
    if not isinstance(schema, dict) or depth > 12:
        return set()
    if "$ref" in schema:
        target = root
        for part in schema["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        return find_texts(target, root, path, depth + 1)
    properties = schema.get("properties", {})
    found = {f"{path}/{name}" for name in properties if f"{name}_en" in properties}
    inside = [(f"{path}/{name}", part) for name, part in properties.items()]
    inside += [(f"{path}/*", schema.get("additionalProperties"))]
    inside += [(f"{path}/*", part) for part in schema.get("patternProperties", {}).values()]
    inside += [(path, part) for part in (*schema.get("oneOf", ()), *schema.get("anyOf", ()))]
    inside += [(path, part) for part in (*schema.get("allOf", ()), schema.get("items"))]
    return found.union(*(find_texts(part, root, name, depth + 1) for name, part in inside))


def list_fields(value: Any, path: str = "") -> set[str]:
    """The paths of a record's fields, with * for the names of figures."""
    if isinstance(value, list):
        return set().union(*(list_fields(part, path) for part in value))
    if not isinstance(value, dict):
        return {path}
    chosen = path == "/figures"
    return set().union(
        *(list_fields(part, f"{path}/{'*' if chosen else name}") for name, part in value.items())
    )


def test_no_text_of_a_record_is_left_out() -> None:
    schema = json.loads(write_schema(tiny_lists()))
    # Answers to all questions have the same fields, so one question is tried.
    wanted = {
        re.sub("^/answers/[a-z_]+", "/answers/purchaser", p) for p in find_texts(schema, schema)
    }
    tried = list_fields(yaml.safe_load(FIELDS.replace("@", "x")))

    assert len(wanted) > 15
    # The history describes a removed figure by the same texts as a figure has.
    assert {path for path in wanted - tried if not path.startswith("/history")} == set()


def test_there_are_enough_strings() -> None:
    assert len(SEEN) >= 150
    assert len(INVISIBLE) >= 15


@pytest.mark.parametrize("text", INVISIBLE, ids=ascii)
def test_what_cannot_be_seen_is_a_problem_in_every_field(text: str) -> None:
    harmless = fill("话").splitlines()
    for number, line in enumerate(fill(text).splitlines()):
        if line == harmless[number]:
            continue
        record = "\n".join([*harmless[:number], line, *harmless[number + 1 :]]) + "\n"
        problems = find_problems(record)

        assert {problem.at.line for problem in problems} == {number + 1}
        assert all(map(is_clear, problems))


@pytest.mark.parametrize("text", SEEN, ids=ascii)
def test_a_text_that_is_no_amount_is_a_clear_problem(text: str) -> None:
    record = fill("平常的话").replace("amount: 120万元", f"amount: {quote(text)}")
    problems = find_problems(record, "haishu")

    assert problems
    assert all(map(is_clear, problems))


@pytest.fixture(scope="module")
def groups(pytestconfig: pytest.Config) -> list[list[str]]:
    return make_groups(single=bool(pytestconfig.getoption("--soak")))


@pytest.fixture(scope="module")
def hostile_site(tmp_path_factory: pytest.TempPathFactory, groups: list[list[str]]) -> Path:
    """A site whose cases hold every string in every field."""
    project = tmp_path_factory.mktemp("hostile")
    make_tiny_project(project)
    for number, group in enumerate(groups):
        path = project / "data" / "cases" / f"naughty-{number}.yaml"
        path.write_text(make_record(group), encoding="utf-8")
    for name in ("lead.md", "lead.en.md"):
        # The lead of the tiny site gives the number of cases, which is another one here.
        lead = project / "content" / "stories" / name
        words = lead.read_text(encoding="utf-8")
        for old, new in (("两个", "各个"), ("two", "some"), ("Two", "Some")):
            words = words.replace(old, new)
        lead.write_text(words, encoding="utf-8")
    (project / "content" / "images").mkdir()
    (project / "content" / "images" / "dot.png").write_bytes(draw_dot())
    sources = project / "data" / "sources.yaml"
    text = sources.read_text(encoding="utf-8")
    for old in ("两地读书会", "某晚报", "An evening paper", "Notice on reading clubs"):
        assert f": {old}\n" in text
        text = text.replace(f": {old}\n", f": {quote(HOSTILE)}\n")
    text = text.replace(f"{MAIN}:\n", f"{MAIN}:\n  main: 晚报\n  main_en: paper\n")
    sources.write_text(text, encoding="utf-8")
    output = project / "output"
    build_site(BuildOptions(project=project, output=output))
    return output


@pytest.mark.parametrize("text", SEEN, ids=ascii)
def test_what_can_be_seen_is_refused_only_as_a_reference_or_a_mark_of_markdown(text: str) -> None:
    problems = find_problems(fill(text, story="话", cited="话"))
    # Signs alone, and words such as nil, are refused as an answer to a question.
    said = re.sub(r"[\W_]+", "", text.casefold())
    silent = {"E205"} if said in ("", *WORDS["silences"].split()) else set()

    assert {problem.code for problem in problems} <= {"E250", "E309", *silent}
    assert all(map(is_clear, find_problems(fill(text))))


VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr")
)
# Elements that neither templates nor Markdown make, so one on a page comes from a string.
FORBIDDEN = frozenset(
    ("iframe", "object", "embed", "template", "plaintext", "xmp", "video", "math", "style")
)


class Page(HTMLParser):
    """A page whose elements must be closed in the order in which they were opened."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []
        self.words: list[str] = []
        self.scripts: list[str] = []
        self.linked: list[str] = []
        self.titles: list[str] = []
        self.typed: list[str] = []
        self.feed(html)
        self.close()
        if self.open:
            self.faults.append(f"never closed: {self.open}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        if len(named) != len(attrs):
            self.faults.append(f"an attribute twice: {tag} {attrs}")
        if tag in FORBIDDEN:
            self.faults.append(f"element {tag}")
        if tag == "base" and "href" in named:
            self.faults.append(f"addresses start at {named['href']}")
        for name, value in named.items():
            policy = (value or "").lower() == "content-security-policy"
            if name.startswith("on") or name in ("style", "srcdoc", "formaction"):
                self.faults.append(f"attribute {tag} {name}")
            if name == "http-equiv" and not policy:
                self.faults.append(f"instruction {value}")
            if name in ("href", "src", "action", "xlink:href"):
                scheme = urlsplit((value or "").strip()).scheme.lower()
                if scheme not in ("", "http", "https", "mailto"):
                    self.faults.append(f"address {value}")
        if tag == "script":
            self.scripts.append(str(named.get("type") or named.get("src")))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1] != tag:
            self.faults.append(f"</{tag}> closes {self.open[-3:]}")
        else:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "script":
            self.linked.append(data)
        elif self.open and self.open[-1] == "title" and "svg" not in self.open:
            self.titles.append(data)
        elif self.open and self.open[-1] in ("textarea", "code"):
            self.typed.append(data)
            self.words.append(data)
        else:
            self.words.append(data)

    def handle_comment(self, data: str) -> None:
        self.faults.append(f"comment {data}")

    def handle_pi(self, data: str) -> None:
        self.faults.append(f"instruction {data}")

    @property
    def text(self) -> str:
        return squeeze("".join(self.words))


def squeeze(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


@pytest.fixture(scope="module")
def pages(hostile_site: Path) -> dict[str, Page]:
    return {
        path.relative_to(hostile_site).as_posix(): Page(path.read_text(encoding="utf-8"))
        for path in sorted(hostile_site.rglob("*.html"))
    }


def test_every_page_is_whole_and_holds_no_foreign_markup(pages: dict[str, Page]) -> None:
    assert {name: page.faults for name, page in pages.items() if page.faults} == {}


def test_scripts_are_our_own_files_and_linked_data_that_parses(pages: dict[str, Page]) -> None:
    for page in pages.values():
        for script in page.scripts:
            assert script == "application/ld+json" or re.fullmatch(
                r"(?:\.\./|\./|/)*assets/[a-z./0-9]+\.js", script
            )
        for text in page.linked:
            if text.strip():
                json.loads(text)


NO_MARKS = dict.fromkeys(map(ord, "'\"‘’“”"))


def test_each_string_stands_on_its_page_as_text(
    pages: dict[str, Page], groups: list[list[str]]
) -> None:
    missing = []
    for number, group in enumerate(groups):
        for prefix in ("", "en/"):
            page = pages[f"{prefix}cases/naughty-{number}/index.html"]
            # It is in the headline, the summary, the label of a figure and so on. Quotation marks
            # are left out, because English is printed with typographic ones.
            text, wanted = (t.translate(NO_MARKS) for t in (page.text, squeeze(join_plain(group))))
            if text.count(wanted) < 5:
                missing.append(group)

    assert missing == []


def test_nothing_is_calculated(hostile_site: Path) -> None:
    for path in hostile_site.rglob("*"):
        if path.is_file():
            assert b"ZQXW" not in path.read_bytes(), path


def test_every_xml_file_is_well_formed(hostile_site: Path) -> None:
    found = [path for path in hostile_site.rglob("*") if path.suffix in (".xml", ".svg")]

    assert found
    for path in found:
        ElementTree.parse(path)


def test_a_picture_holds_no_script_and_leads_nowhere(hostile_site: Path) -> None:
    leading = re.compile(r"[{][^}]*[}](?:script|foreignObject|iframe|image|use|style|animate|set)")
    for path in hostile_site.rglob("*.svg"):
        for element in ElementTree.parse(path).iter():
            assert not leading.fullmatch(str(element.tag)), path
            for name, value in element.attrib.items():
                assert not name.lower().startswith("on"), (path, name)
                assert not name.endswith("href") or value.startswith("#"), (path, value)


def test_a_feed_holds_texts_and_the_markup_of_stories_alone(hostile_site: Path) -> None:
    feeds = [path for path in hostile_site.rglob("*.xml") if path.name != "sitemap.xml"]

    assert feeds
    for path in feeds:
        for element in ElementTree.parse(path).iter():
            kind = element.get("type", "text")
            assert element.tag.startswith("{http://www.w3.org/2005/Atom}"), (path, element.tag)
            if kind == "html":
                assert Page(str(element.text)).faults == [], path
                continue
            assert kind in ("text", "text/html", "application/atom+xml"), (path, kind)
            assert urlsplit(element.get("href", "")).scheme in ("", "http", "https"), path


def test_the_site_map_names_pages_of_the_site_alone(hostile_site: Path) -> None:
    located = [
        element
        for element in ElementTree.parse(hostile_site / "sitemap.xml").iter()
        if element.tag.endswith("}loc")
    ]

    assert located
    for element in located:
        path = urlsplit(element.text or "").path.strip("/")
        assert (element.text or "").startswith("http://localhost/")
        assert (hostile_site / path / "index.html").exists(), path


def test_the_search_index_is_one_value(hostile_site: Path) -> None:
    index = (hostile_site / "search" / "index.js").read_text(encoding="utf-8")
    name, _, value = index.partition(" = ")

    assert name == "window.casebookIndex"
    assert json.loads(value.strip().removesuffix(";"))
    # Old browsers take both characters in a script as line ends.
    assert not {"\u2028", "\u2029"} & set(index)


def test_a_picture_of_dots_holds_dots_alone(hostile_site: Path) -> None:
    for path in hostile_site.rglob("*.png"):
        if "images" in path.parts:
            continue
        content = path.read_bytes()
        at, kinds = 8, set()
        while at < len(content):
            length, kind = struct.unpack(">I4s", content[at : at + 8])
            kinds.add(kind)
            at += 12 + length
        assert kinds == {b"IHDR", b"PLTE", b"IDAT", b"IEND"}, path


def test_an_archive_unpacks_into_its_folder(hostile_site: Path) -> None:
    archives = sorted(hostile_site.rglob("*.zip"))

    assert archives
    for path in archives:
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                assert re.fullmatch(r"[a-z0-9][a-z0-9._@-]*", name), (path, name)


@pytest.mark.parametrize("text", SEEN, ids=ascii)
def test_a_citation_closes_what_it_opens_and_calls_nothing(text: str) -> None:
    entry = Citation(
        kind="case", name="haishu", title=text, site=text, url="", updated="2026-01-05", lang="zh"
    ).bibtex
    calls = set(re.findall(r"\\([a-zA-Z]+)", entry))
    depths = list(accumulate((c == "{") - (c == "}") for c in re.sub(r"\\.", "", entry)))

    assert calls <= {"textbackslash", "textasciitilde", "textasciicircum"}
    assert depths[-1] == 0
    assert 0 not in depths[entry.index("{") : -3]


def test_a_snippet_to_embed_is_one_frame(pages: dict[str, Page]) -> None:
    snippets = [
        text
        for page in pages.values()
        for text in page.typed
        if '<iframe class="casebook-chart ' in text
    ]

    assert snippets
    for snippet in snippets:
        frame = Page(snippet)
        assert set(frame.faults) == {"element iframe", "element style"}
        assert re.sub(r"[.@][a-z0-9.-]+[({].*", "", frame.text) == ""


def test_a_workbook_holds_texts_and_numbers_alone(hostile_site: Path) -> None:
    workbooks = sorted(hostile_site.rglob("*.xlsx"))

    assert workbooks
    for path in workbooks:
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                assert "external" not in name.lower(), (path, name)
                assert not name.endswith((".bin", ".vml")), (path, name)
                content = archive.read(name)
                if name.startswith("xl/worksheets/sheet"):
                    kinds = {
                        element.tag.partition("}")[2]
                        for element in ElementTree.fromstring(content).iter()
                    }
                    assert not {"f", "hyperlink"} & kinds, (path, name)


def test_every_json_file_parses(hostile_site: Path) -> None:
    for path in hostile_site.rglob("*.json"):
        json.loads(path.read_text(encoding="utf-8"))


def test_no_cell_of_a_table_starts_a_formula(hostile_site: Path) -> None:
    tables = sorted(hostile_site.rglob("*.csv"))
    cells = []
    for path in tables:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            cells += [(path.name, cell) for row in csv.reader(stream) for cell in row]
    number = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")

    assert len(cells) > 500
    assert [
        cell
        for cell in cells
        if cell[1][:1] in tuple("=+-@\t\r\n＝＋－＠") and not number.fullmatch(cell[1])
    ] == []


def test_nothing_of_the_machine_is_drawn_in(hostile_site: Path) -> None:
    name = Path("/etc/hostname")
    secret = name.read_bytes().strip() if name.exists() else b""
    if len(secret) < 6:
        pytest.skip("the machine has no telling name")
    for path in hostile_site.rglob("*"):
        if path.is_file():
            assert secret not in path.read_bytes()


@pytest.mark.browser
def test_a_browser_runs_nothing_of_it(
    hostile_site: Path,
    browser: object,
    serve_directory: Serve,
    pytestconfig: pytest.Config,
    note_figures: Callable[[str], None],
) -> None:
    whole = pytestconfig.getoption("--soak")
    names = [path.relative_to(hostile_site).as_posix() for path in hostile_site.rglob("*.html")]
    shared = [name for name in sorted(names) if "/naughty-" not in name]
    cases = [name for name in sorted(names) if "/naughty-" in name]
    ran: list[str] = []
    with serve_directory(hostile_site) as url:
        page = browser.new_page()  # type: ignore[attr-defined]
        page.add_init_script("window.alert = window.msgbox = () => { window.ranHere = true; };")
        page.on("dialog", lambda dialog: (ran.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.on("pageerror", lambda error: ran.append(f"error {error}"))
        page.on(
            "request",
            lambda request: request.url.startswith(url) or ran.append(f"request {request.url}"),
        )
        opened = shared + (cases if whole else cases[::3])
        for name in opened:
            page.goto(f"{url}/{name}")
            if page.evaluate("window.ranHere === true"):
                ran.append(f"script on {name}")
        page.close()
    note_figures(
        f"naughty strings: {len(SEEN)} in {FIELDS.count('@')} fields, {len(opened)} pages opened, "
        f"{len(ran)} wrong; {len(INVISIBLE)} that cannot be seen"
    )

    assert ran == []
