"""The form in a real browser: by keyboard alone, through an input method, without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import PROJECT, Axe, copy_parts, make_tiny_project
from preview.test_server import SECONDS, Running, start
from processes import run

pytestmark = pytest.mark.browser

NEIJIANG = PROJECT / "data/cases/neijiang.yaml"
NAMED = ("figures", "sources")


def running(project: Path) -> Iterator[Running]:
    process = start(project, "--port", "0", "--lang", "zh")
    try:
        process.wait(lambda state: state["generation"] >= 1)
        yield process
    finally:
        process.process.kill()
        process.process.wait()


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Running]:
    """A preview of a site that has a vocabulary and neither a case nor a source."""
    project = tmp_path / "site"
    options = ("--yes", "--name", "试", "--languages", "zh,en")
    assert run(project, "init", str(project), *options).returncode == 0
    copy_parts(PROJECT, project, ("data/vocabulary.yaml", "data/regions.yaml", "theme"))
    (project / "data/cases/example.yaml").unlink()
    (project / "data/sources.yaml").unlink()
    for path in project.glob("content/stories/lead*.md"):
        head = path.read_text("utf-8").partition("\n\n")[0]
        path.write_text(f"{head}\n\n正在写。\n", "utf-8")
    yield from running(project)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    project = tmp_path_factory.mktemp("form")
    make_tiny_project(project)
    yield from running(project)


class Editor:
    """An editor with a keyboard and an input method, and without a mouse."""

    def __init__(self, page: Any, address: str) -> None:
        self.page = page
        self.address = address
        self.method = page.context.new_cdp_session(page)

    def open(self, path: str) -> None:
        self.page.goto(self.address + path)

    def reach(self, test: str) -> None:
        """Press the tab key until `test` is true of the focused element `e`."""
        for _ in range(3_000):
            if self.page.evaluate(
                f"(() => {{ const e = document.activeElement; return {test}; }})()"
            ):
                return
            self.page.keyboard.press("Tab")
        pytest.fail(f"the keyboard does not reach {test}")

    def unfold(self, name: str) -> None:
        """Open the folded sections around a control, the outermost first."""
        while summary := self.page.evaluate(
            """name => { const closed = [...document.querySelectorAll('details:not([open])')]
                .filter(one => one.contains(document.getElementById(name)
                    || document.querySelector(`[type=checkbox][name="${name}"], [value="${name}"]`)
                ));
                return closed.length ? closed[0].id : ''; }""",
            name,
        ):
            self.reach(f"e.tagName === 'SUMMARY' && e.parentElement.id === '{summary}'")
            self.page.keyboard.press("Enter")

    def press(self, do: str) -> None:
        self.unfold(do)
        self.reach(f"e.tagName === 'BUTTON' && e.value === '{do}'")
        self.page.evaluate("document.querySelector('main').dataset.seen = 'yes'")
        self.page.keyboard.press("Enter")
        self.page.locator("main:not([data-seen])").wait_for()

    def fill(self, name: str, text: str) -> None:
        """Type a text into a control, choose a word, or tick boxes."""
        self.unfold(name)
        kind = self.page.evaluate(
            "name => (document.getElementById(name) || {tagName: 'BOXES'}).tagName", name
        )
        if kind == "BOXES":
            for word in text if isinstance(text, list) else [text]:
                self.reach(f"e.name === '{name}' && e.value === '{word}'")
                self.page.keyboard.press("Space")
            return
        self.reach(f"e.id === '{name}'")
        if kind == "SELECT":
            self.choose(text)
        else:
            self.type(text)

    def choose(self, word: str) -> None:
        self.page.keyboard.press("Home")
        for _ in range(100):
            if self.page.evaluate("document.activeElement.value") == word:
                return
            self.page.keyboard.press("ArrowDown")
        pytest.fail(f"there is no {word} to choose")

    def type(self, text: str) -> None:
        """Type Latin letters as keys, and Chinese as an input method writes it."""
        for piece in re.findall(r"[^ -~\n]+|[ -~\n]+", text):
            if piece[0].isascii():
                self.page.keyboard.insert_text(piece) if len(
                    piece
                ) > 40 else self.page.keyboard.type(piece)
                continue
            composing = {"text": "zhong", "selectionStart": 5, "selectionEnd": 5}
            self.method.send("Input.imeSetComposition", composing)
            self.method.send("Input.insertText", {"text": piece})


def list_entries(record: Mapping[str, Any], place: str = "") -> Iterator[tuple[str, Any]]:
    """The steps to enter a record: buttons to press for rows, and texts for controls."""
    for name, value in record.items():
        own = f"{place}{name}"
        if name == "answers":
            for question, said in value.items():
                silent = said == "not_stated"
                fields = said if isinstance(said, dict) else {"state" if silent else "value": said}
                yield from list_entries(fields, f"{own}.{question}.")
        elif name in NAMED or (isinstance(value, list) and isinstance(value[0], dict)):
            rows = value.items() if name in NAMED else enumerate(value)
            for number, (key, row) in enumerate(rows):
                yield "press", f"add {own}"
                named = {"@name": key} if name in NAMED else {}
                yield from list_entries(named | row, f"{own}.{number}.")
        else:
            yield own, value


def enter(editor: Editor, record: Mapping[str, Any]) -> None:
    for name, value in list_entries(record):
        if name == "press":
            editor.press(value)
        else:
            editor.fill(name, value)


def read(path: Path) -> Any:
    return yaml.load(path.read_bytes(), yaml.BaseLoader)


def test_a_case_is_entered_by_keyboard_and_input_method_as_it_would_be_by_hand(
    empty: Running, browser: Any
) -> None:
    record, sources = read(NEIJIANG), read(PROJECT / "data/sources.yaml")
    named = set(re.findall(r"source: (\S+)", NEIJIANG.read_text("utf-8")))
    wanted = {name: source for name, source in sources.items() if name in named}
    page = browser.new_page()
    page.set_default_timeout(SECONDS * 1000)
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    editor = Editor(page, f"http://127.0.0.1:{empty.port}")

    editor.open("/edit/data/sources/")
    enter(editor, {"sources": wanted})
    editor.press("save")
    editor.open("/new/")
    # A place is typed by its name.
    enter(editor, record | {"region": "内江市"})
    editor.press("save")
    page.wait_for_url("**/edit/neijiang/**")
    # The complete draft is published.
    editor.fill("state", "")
    editor.press("save")
    count = page.locator(".summary p").inner_text()
    page.close()

    assert read(empty.project / "data/sources.yaml") == wanted
    assert read(empty.project / "data/cases/neijiang.yaml") == record
    assert count == "没有问题"
    assert said == []


def test_what_an_input_method_is_composing_is_not_judged(tiny: Running, browser: Any) -> None:
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.method))
    page.goto(f"http://127.0.0.1:{tiny.port}/edit/haishu/")
    editor = Editor(page, "")
    editor.unfold("figures.0.amount")
    editor.reach("e.id === 'figures.0.amount'")
    page.keyboard.press("Control+A")
    editor.method.send(
        "Input.imeSetComposition", {"text": "wan", "selectionStart": 3, "selectionEnd": 3}
    )
    asked.clear()
    # Longer than the pause in typing after which the form reads the text.
    page.wait_for_timeout(1_000)
    composing = list(asked)
    editor.method.send("Input.insertText", {"text": "约9万元"})
    reading = page.locator('[id="r-figures.0.amount"]', has_text="90,000")
    reading.wait_for(timeout=SECONDS * 1000)
    shown = reading.inner_text()
    focused = page.evaluate("document.activeElement.id")
    page.close()

    assert composing == []
    assert shown == "读作 90,000 元；约"
    assert focused == "figures.0.amount"


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("address", ["/edit/", "/edit/haishu/", "/new/", "/edit/data/sources/"])
def test_axe_finds_nothing_in_a_form(
    tiny: Running,
    browser: Any,
    axe: Axe,
    address: str,
    width: int,
) -> None:
    # Colours do not depend on the width, so each scheme is tried at one width.
    scheme = "dark" if width == 390 else "light"
    size = {"width": width, "height": 844}
    context = browser.new_context(viewport=size, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{tiny.port}{address}")
    if address == "/edit/haishu/":
        page.fill("#title", "")
        page.locator('button[value="check"]').press("Enter")
        page.locator("#p-title li").wait_for()
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    found = axe(page)
    wide = page.evaluate("document.documentElement.scrollWidth")
    context.close()

    assert found == []
    assert wide <= width


def test_the_form_works_without_scripts(tiny: Running, browser: Any) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{tiny.port}/edit/haishu/")
    page.locator('button[value="add documents"]').press("Enter")
    page.locator('[id="documents.0.title"]').fill("海曙区公告")
    page.locator('[id="documents.0.source"]').fill("读书会公告")
    page.locator('button[value="check"]').press("Enter")
    problem = page.locator('[id="p-documents.0.state"]').inner_text()
    page.locator('[id="documents.0.state"]').select_option(index=1)
    page.locator('button[value="save"]').first.press("Enter")
    page.wait_for_url("**/edit/haishu/?done=saved")
    context.close()

    written = read(tiny.project / "data/cases/haishu.yaml")["documents"]
    assert "还没有写" in problem
    assert written[0]["title"] == "海曙区公告"
    assert written[0]["source"] == "gazette-2016"


def test_nothing_that_was_typed_is_lost_when_the_preview_ends(tmp_path: Path, browser: Any) -> None:
    project = tmp_path / "site"
    project.mkdir()
    make_tiny_project(project)
    process = start(project, "--port", "0", "--lang", "zh")
    page = browser.new_page()
    page.set_default_timeout(SECONDS * 1000)
    page.on("dialog", lambda dialog: dialog.accept())
    try:
        process.wait(lambda state: state["generation"] >= 1)
        address = f"http://127.0.0.1:{process.port}/edit/haishu/"
        page.goto(address)
        page.fill("#title", "写到这里")
        page.locator(".notices", has_text="没有回答").wait_for(state="hidden")
    finally:
        process.process.kill()
        process.process.wait()
    page.locator('button[value="save"]').first.press("Enter")
    page.locator("p", has_text="预览没有回答，什么也没有存").wait_for()
    again = start(project, "--port", str(process.port), "--lang", "zh")
    try:
        again.wait(lambda state: state["generation"] >= 1)
        # The page is loaded again before the text was saved.
        page.goto(address)
        page.get_by_role("button", name="放回来").press("Enter")
        page.locator("h1", has_text="写到这里").wait_for()
        page.locator('button[value="save"]').first.press("Enter")
        page.wait_for_url("**/edit/haishu/?done=saved")
        page.reload()
        offered = page.get_by_role("button", name="放回来").count()
    finally:
        again.process.kill()
        again.process.wait()
        page.close()

    assert read(project / "data/cases/haishu.yaml")["title"] == "写到这里"
    assert offered == 0


def test_saves_that_come_faster_than_answers_are_no_changes_of_others(
    tiny: Running, browser: Any
) -> None:
    page = browser.new_page()
    page.set_default_timeout(SECONDS * 1000)
    page.goto(f"http://127.0.0.1:{tiny.port}/edit/haishu/")
    save = page.locator('button[value="save"]').first
    for number in range(3):
        page.fill("#title", f"海曙：第{number}回")
        # The second click comes while the first is being answered, and must be ignored.
        save.dblclick()
        # The form accepts no input until it is answered.
        page.locator("form:not([inert])").wait_for()
    page.locator(".notices", has_text="存好了").wait_for()
    stale = page.locator('button[value^="over"]').count()
    page.close()

    assert read(tiny.project / "data/cases/haishu.yaml")["title"] == "海曙：第2回"
    assert stale == 0


def test_what_another_program_wrote_is_shown_before_it_is_written_over(
    tiny: Running, browser: Any
) -> None:
    case = tiny.project / "data/cases/haishu.yaml"
    page = browser.new_page()
    page.set_default_timeout(SECONDS * 1000)
    page.goto(f"http://127.0.0.1:{tiny.port}/edit/haishu/")
    text = case.read_text("utf-8")
    case.write_text(text.replace("topic: reading", "# 别人写的\ntopic: reading"), "utf-8")
    page.fill("#title", "海曙：这一页")
    page.locator('button[value="save"]').first.press("Enter")
    lines = page.locator("pre")
    lines.wait_for()
    shown = lines.inner_text().splitlines()
    focused = page.evaluate("document.activeElement.id")
    page.locator('button[value^="over"]').press("Enter")
    page.locator(".notices", has_text="存好了").wait_for()
    page.close()

    assert "+title: 海曙：这一页" in shown
    assert not [line for line in shown if line.startswith(("@@", "---", "+++"))]
    assert focused == "@lines"
    assert "# 别人写的\ntopic: reading" in case.read_text("utf-8")
