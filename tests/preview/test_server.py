"""The preview as a person uses it: a process, a browser, files that change meanwhile."""

from __future__ import annotations

import os
import re
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from conftest import PROJECT, copy_parts
from preview.previews import SECONDS, Running, start
from processes import run, tree

from casebook.messages import problem
from casebook.preview import rebuild
from casebook.preview.rebuild import (
    Preview,
    PreviewState,
    find_case,
    inject_preview,
    open_policy,
    read_page,
    split_address,
)
from casebook.preview.server import PreviewServer
from casebook.problems import START, ContentError

FIGURE = """\
figures:
  paid:
    label: 购买金额
    amount: 120万元
    measure: annual_total
    period: 2013
    status: reported
    source: evening-2015-03-02
    quote: 投入120万元
    scope: city
"""
PICTURE = """\
pictures:
  - {file: none.png, alt: 甲, credit: 乙, licence: CC0}
"""
DRAFT = """\
title: 西湖：没写完的草稿
region: 330000
topic: reading
summary: 尚未核对的一句话。
state: draft
"""


@pytest.fixture
def preview(tiny_project: Path) -> Iterator[Running]:
    running = start(tiny_project, "--port", "0")
    try:
        running.wait(lambda state: state["generation"] == 1)
        yield running
    finally:
        running.process.kill()
        running.process.wait()


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A preview of a project that does not change, for tests that only send requests."""
    project = tmp_path_factory.mktemp("still")
    copy_parts(PROJECT, project, ("theme", "pelicanconf.py"))
    copy_parts(PROJECT / "tests" / "tiny_site", project, ("data", "content"))
    running = start(project, "--port", "0")
    try:
        running.wait(lambda state: state["generation"] == 1)
        yield running
    finally:
        running.process.kill()
        running.process.wait()


def test_a_saved_case_is_served_anew(preview: Running) -> None:
    before = preview.ask("/cases/haishu/")[2]
    preview.edit("读书会由谁来办", "读书会换了名字")

    state = preview.wait(lambda state: state["generation"] == 2)

    assert "读书会换了名字" not in before
    assert "读书会换了名字" in preview.ask("/cases/haishu/")[2]
    assert state["problems"] == []


def test_an_error_names_its_place_and_the_last_good_site_stays(preview: Running) -> None:
    before = preview.ask("/cases/haishu/")[2]
    preview.edit("topic: reading", "topic: readin")

    problem = preview.wait(lambda state: state["problems"])["problems"][0]

    assert (problem["path"], problem["line"], problem["column"]) == (
        "data/cases/haishu.yaml",
        4,
        8,
    )
    assert problem["message"] == "readin is not a valid value for topic"
    assert problem["hint"] == "Did you mean reading?"
    assert problem["source"] == "  4 | topic: readin\n    |        ^"
    assert preview.ask("/cases/haishu/")[2] == before


def test_a_file_that_is_written_while_it_is_read_is_no_error(
    tiny_project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    preview = Preview(tiny_project, tiny_project / "site", "zh")
    changed = threading.Event()
    case = "data/cases/haishu.yaml"
    monkeypatch.setattr(
        rebuild,
        "build_site",
        Mock(
            side_effect=ContentError(
                [
                    problem("E145", case, START),
                    problem("E145", f"{case}.bak", START),
                ]
            )
        ),
    )

    preview.rebuild(changed)

    assert changed.is_set()
    assert preview.state == PreviewState()


def test_a_mended_error_is_told(preview: Running) -> None:
    preview.edit("topic: reading", "topic: readin")
    preview.wait(lambda state: state["problems"])
    preview.edit("topic: readin", "topic: reading")

    state = preview.wait(lambda state: not state["problems"] and state["generation"] == 2)

    assert state["generation"] == 2


def count_no_cases(project: Path) -> None:
    """Remove from the lead story the words that are true only of two cases."""
    for name, number in (("lead.md", "两个"), ("lead.en.md", "two ")):
        path = project / "content" / "stories" / name
        path.write_text(path.read_text("utf-8").replace(number, ""), encoding="utf-8")


def test_new_renamed_and_deleted_files_are_noticed(preview: Running) -> None:
    folder = preview.project / "data" / "cases"
    count_no_cases(preview.project)
    (folder / "xihu.yaml").write_text(DRAFT.replace("state: draft\n", ""), encoding="utf-8")
    preview.wait(lambda state: preview.ask("/cases/xihu/")[0] == 200)
    os.rename(folder / "xihu.yaml", folder / "yuhang.yaml")
    preview.wait(lambda state: preview.ask("/cases/yuhang/")[0] == 200)
    after_renaming = preview.ask("/cases/xihu/")[0]
    (folder / "yuhang.yaml").unlink()
    preview.wait(lambda state: preview.ask("/cases/yuhang/")[0] == 404)

    assert after_renaming == 404


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        pytest.param("content/pages/about.md", "\n\n", "\n\n换了一句。", id="prose"),
        pytest.param("theme/templates/case.html", "{% block", "<!-- 换 -->{% block", id="template"),
        pytest.param("theme/static/css/tokens.css", "\n", "\n/* 换 */\n", id="style"),
        pytest.param("pelicanconf.py", "案例簿", "案例册", id="settings"),
    ],
)
def test_every_source_is_watched(preview: Running, path: str, old: str, new: str) -> None:
    source = preview.project / path
    text = source.read_text(encoding="utf-8")
    assert old in text
    source.write_text(text.replace(old, new, 1), encoding="utf-8")

    assert preview.wait(lambda state: state["generation"] == 2)["problems"] == []


def test_a_draft_is_shown_with_a_mark(preview: Running) -> None:
    (preview.project / "data/cases/xihu.yaml").write_text(DRAFT, encoding="utf-8")

    state = preview.wait(lambda state: state["generation"] == 2)

    assert state["drafts"] == ["xihu"]
    assert 'class="casebook-draft"' in preview.ask("/cases/xihu/")[2]
    assert 'class="casebook-draft"' not in preview.ask("/cases/haishu/")[2]


def test_a_draft_leaves_no_byte_in_a_build(tiny_project: Path) -> None:
    assert run(tiny_project, "build").returncode == 0
    without = tree(tiny_project / "output")
    (tiny_project / "data/cases/xihu.yaml").write_text(DRAFT, encoding="utf-8")

    assert run(tiny_project, "build").returncode == 0

    assert tree(tiny_project / "output") == without


def test_what_the_preview_adds_stands_in_no_built_file(still: Running) -> None:
    served = still.ask("/")[2]
    built = list((still.project / ".cache" / "serve").rglob("*.html"))

    assert "/__casebook__/reload.js" in served
    assert built
    assert not [path for path in built if "__casebook__" in path.read_text(encoding="utf-8")]


@pytest.mark.parametrize(
    ("host", "status"),
    [
        pytest.param("evil.example", 421, id="another name that leads here"),
        pytest.param("127.0.0.1.evil.example", 421, id="a name that starts like ours"),
        pytest.param("localhost.evil.example:{port}", 421, id="a name with our port"),
        pytest.param("localhost:1", 421, id="another port"),
        pytest.param("192.168.0.1:{port}", 421, id="an address that is not served"),
        pytest.param("", 421, id="no name"),
        pytest.param("localhost:{port}", 200, id="localhost"),
        pytest.param("LOCALHOST:{port}", 200, id="in capitals"),
        pytest.param("127.0.0.1", 200, id="without a port"),
        pytest.param("[::1]:{port}", 200, id="by its IPv6 address"),
    ],
)
def test_only_its_own_names_are_answered(still: Running, host: str, status: int) -> None:
    assert still.ask("/", Host=host.format(port=still.port))[0] == status


@pytest.mark.parametrize(
    "path",
    [
        "/../pelicanconf.py",
        "/../../../../../../etc/passwd",
        "/%2e%2e/%2e%2e/pelicanconf.py",
        "/..%2f..%2fpelicanconf.py",
        "/..%5c..%5cpelicanconf.py",
        "/cases/../../../pelicanconf.py",
        "//etc/passwd",
        "/.building",
        "/%00",
        "/index.html%00.txt",
        "/C:/Windows/win.ini",
        "/%ff",
        "/leak",
        "/leak/hosts",
        "/no-such-page/",
        "/index.html/",
    ],
)
def test_nothing_out_of_the_tree_is_given(still: Running, path: str) -> None:
    site = next((still.project / ".cache" / "serve").glob("[0-9]*"))
    if not (site / "leak").exists():
        os.symlink("/etc", site / "leak")

    status, _, body = still.ask(path)

    assert status == 404
    assert "root:" not in body
    assert "SITENAME" not in body
    assert "<html" in body


def test_a_folder_is_its_page_and_never_a_listing(still: Running) -> None:
    assert still.ask("/cases/haishu")[1]["location"] == "/cases/haishu/"
    assert still.ask("/assets/")[0] == 404
    assert still.ask("/cases/haishu/")[1]["content-type"] == "text/html; charset=utf-8"
    assert still.ask("/cases/haishu/")[1]["x-content-type-options"] == "nosniff"


def test_it_only_reads(still: Running) -> None:
    assert still.ask("/", method="POST")[0] == 501
    assert still.ask("/", method="HEAD")[2] == ""


def test_to_ask_for_the_head_of_the_events_opens_no_stream(still: Running) -> None:
    status, headers, body = still.ask("/__casebook__/events", method="HEAD")

    assert (status, body) == (200, "")
    assert headers["content-type"] == "text/event-stream; charset=utf-8"
    assert headers["content-length"] == "0"


@pytest.mark.parametrize(
    ("address", "status", "start"),
    [
        pytest.param("/__casebook__/overlay.css", 200, ".casebook-", id="a file of its own"),
        pytest.param("/__casebook__/server.py", 404, "<!DOCTYPE html>", id="no other file"),
        pytest.param("/__casebook__/../server.py", 404, "<!DOCTYPE html>", id="out of the folder"),
    ],
)
def test_below_its_own_folder_there_are_but_its_files(
    still: Running, address: str, status: int, start: str
) -> None:
    found, _, body = still.ask(address)

    assert found == status
    assert body.startswith(start)


def test_a_port_that_is_asked_for_and_taken_ends_with_three(tiny_project: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        done = run(tiny_project, "serve", "--port", str(port), "--lang", "zh")

    assert done.returncode == 3
    assert re.fullmatch(rf"端口 {port} 已被占用，可用 --port [0-9]+\n", done.stderr)


def test_a_taken_default_port_gives_the_next_free_one(
    tiny_project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from casebook.preview import server as serve

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setattr(serve, "FIRST_PORT", port)

        with serve.open_server(
            "127.0.0.1", None, lambda _: Preview(tiny_project, tiny_project, "zh")
        ) as server:
            assert port < server.server_port < port + 100


@pytest.mark.parametrize("port", ["99999", "-1", "http", "８０００"])
def test_what_is_no_port_is_wrong_usage(tiny_project: Path, port: str) -> None:
    assert run(tiny_project, "serve", "--port", port).returncode == 2


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGINT to send")
def test_ctrl_c_ends_quietly(preview: Running) -> None:
    preview.process.send_signal(signal.SIGINT)

    assert preview.process.wait(SECONDS) == 130
    assert "Traceback" not in "".join(preview.lines)


def test_without_a_sound_first_build_the_error_is_shown(tiny_project: Path) -> None:
    path = tiny_project / "data/sources.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(f"{text}news: [", encoding="utf-8")
    running = start(tiny_project, "--port", "0")
    try:
        running.wait(lambda state: state["problems"])
        status, _, body = running.ask("/")
        path.write_text(text, encoding="utf-8")
        state = running.wait(lambda state: state["generation"] == 1)
    finally:
        running.process.kill()
        running.process.wait()

    assert status == 503
    assert "/__casebook__/reload.js" in body
    assert state["problems"] == []


def test_a_faulty_case_that_was_never_built_is_shown_as_far_as_it_goes(tiny_project: Path) -> None:
    path = tiny_project / "data/cases/haishu.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("topic: reading", "topic: readin"), encoding="utf-8")
    running = start(tiny_project, "--port", "0")
    try:
        state = running.wait(lambda state: state["generation"] == 1)
        pages = {name: running.ask(name) for name in ("/cases/haishu/", "/cases/guangzhou/")}
    finally:
        running.process.kill()
        running.process.wait()

    assert state["faults"] == ["haishu"]
    assert [status for status, _, _ in pages.values()] == [200, 200]
    assert "海曙：读书会由谁来办" in pages["/cases/haishu/"][2]


@pytest.mark.browser
def test_a_browser_reloads_and_shows_errors_over_the_page(preview: Running, browser: Any) -> None:
    page = browser.new_page()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text))
    page.goto(f"http://127.0.0.1:{preview.port}/cases/haishu/")

    preview.edit("读书会由谁来办", "读书会换了名字")
    page.get_by_role("heading", name="读书会换了名字").first.wait_for(timeout=SECONDS * 1000)
    preview.edit("topic: reading", "topic: readin")
    box = page.get_by_role("alert")
    box.wait_for(timeout=SECONDS * 1000)
    told = box.inner_text()
    preview.edit("topic: readin", "topic: reading")
    box.wait_for(state="detached", timeout=SECONDS * 1000)
    page.close()

    assert "data/cases/haishu.yaml:4:8" in told
    assert "readin is not a valid value for topic" in told
    assert refused == []


@pytest.mark.browser
def test_every_open_page_is_loaded_anew_once(preview: Running, browser: Any) -> None:
    address = f"http://127.0.0.1:{preview.port}"
    loads: list[str] = []
    pages = [browser.new_page() for _ in range(2)]
    for page, path in zip(pages, ("/cases/", "/cases/haishu/"), strict=True):
        page.on("load", lambda page: loads.append(page.url.removeprefix(address)))
        page.goto(address + path)

    preview.edit("title: 海曙：读书会由谁来办", "title: 海曙：读书会换了名字")
    for page in pages:
        page.get_by_text("读书会换了名字").first.wait_for(state="attached", timeout=SECONDS * 1000)
    preview.wait(lambda state: any("built 2" in line for line in preview.lines[2:]))
    for page in pages:
        page.wait_for_load_state("load")
        page.close()

    assert sorted(loads) == ["/cases/", "/cases/", "/cases/haishu/", "/cases/haishu/"]


def test_pages_that_were_shown_before_a_stop_are_not_shown_as_other_ones(
    tiny_project: Path,
) -> None:
    preview = Preview(tiny_project, tiny_project / "site", "zh")
    preview.rebuild()
    path = tiny_project / "data/cases/haishu.yaml"
    path.write_text(path.read_text("utf-8").replace("由谁来办", "换了名字"), encoding="utf-8")
    # The watch may report one save twice; a build is abandoned when the second report comes.
    again = threading.Event()
    again.set()
    states = []
    with preview.watched("cases/haishu/index.html"):
        for changed in (again, again, None):
            preview.rebuild(changed)
            states.append((preview.state.generation, preview.state.built))

    assert states == [(2, 1), (2, 1), (2, 2)]


@pytest.mark.browser
def test_a_browser_marks_links_to_drafts(preview: Running, browser: Any) -> None:
    page = browser.new_page()
    (preview.project / "data/cases/xihu.yaml").write_text(DRAFT, encoding="utf-8")
    preview.wait(lambda state: state["generation"] == 2)

    page.goto(f"http://127.0.0.1:{preview.port}/")
    page.locator('a[href$="cases/xihu/"].casebook-draft-link').first.wait_for(
        state="attached", timeout=SECONDS * 1000
    )
    others = page.locator('a[href$="cases/haishu/"].casebook-draft-link').count()
    page.goto(f"http://127.0.0.1:{preview.port}/cases/xihu/")
    page.locator(".casebook-draft-link").first.wait_for(timeout=SECONDS * 1000)
    on_itself = page.locator('a[href^="#"].casebook-draft-link').count()
    page.close()

    assert (others, on_itself) == (0, 0)


@pytest.mark.parametrize(
    ("policy", "opened"),
    [
        pytest.param(
            "default-src 'none'; script-src 'self'",
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'",
            id="missing directives are added",
        ),
        pytest.param(
            "script-src 'none'; style-src 'self' 'sha256-x'; connect-src https://a.example",
            "script-src 'self'; style-src 'self' 'sha256-x'; connect-src https://a.example 'self'",
            id="'none' is replaced, other sources stay",
        ),
    ],
)
def test_the_policy_of_a_served_page_lets_the_preview_in(policy: str, opened: str) -> None:
    assert open_policy(policy) == opened


@pytest.mark.parametrize("page", ["cases/haishu", "en/figures/haishu", "zh/cases/haishu"])
def test_a_page_of_a_case_is_known_in_each_language(page: str) -> None:
    assert find_case(f"{page}/index.html") == "haishu"


def test_a_page_without_a_head_still_gets_the_script() -> None:
    assert inject_preview("<p>x</p>", "404.html", 1, PreviewState(), "zh").startswith(
        '<link rel="stylesheet"'
    )


@pytest.mark.parametrize(
    ("address", "names"),
    [
        pytest.param("/", [], id="the root"),
        pytest.param("/a//b/", ["a", "b"], id="empty names are dropped"),
        pytest.param("/%E4%B8%9C/", ["东"], id="percent-encoded"),
        pytest.param("/a/../b", None, id="a parent folder"),
        pytest.param("http://x/", None, id="an absolute URL"),
    ],
)
def test_an_address_is_names_or_nothing(address: str, names: list[str] | None) -> None:
    assert split_address(address) == names


def test_a_page_that_is_missing_is_missed_at_once(tmp_path: Path) -> None:
    assert read_page(tmp_path, "index.html", patient=True) is None


def test_a_server_knows_its_names_when_opened_to_the_network() -> None:
    server = object.__new__(PreviewServer)
    server.host, server.server_port = "0.0.0.0", 8000

    assert server.is_own_name("192.168.0.7:8000")
    assert server.is_own_name(socket.gethostname())
    assert not server.is_own_name("evil.example:8000")


def new_case(project: Path) -> Path:
    assert run(project, "new", "yuyao", "--region", "余姚", "--lang", "zh").returncode == 0
    return project / "data/cases/yuyao.yaml"


def test_a_new_case_has_its_blanks_marked_and_stops_no_other(preview: Running) -> None:
    count_no_cases(preview.project)
    new_case(preview.project)
    preview.wait(lambda state: "yuyao" in state["drafts"])
    preview.edit("读书会由谁来办", "读书会换了名字")
    state = preview.wait(lambda _: "读书会换了名字" in preview.ask("/cases/haishu/")[2])

    page = preview.ask("/cases/yuyao/")[2]

    assert (
        '<h1 class="case__headline"><mark class="casebook-blank">〔待填：标题〕</mark></h1>' in page
    )
    assert "<mark" not in page.partition("</title>")[0]
    assert 'class="casebook-draft"' in page
    assert "yuyao.yaml:9:1</code> the field title is missing" in page
    assert (state["problems"], state["faults"]) == ([], [])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param(b"title\xef\xbc\x9a a\n  b: [\nstate: draft\n", "E112", id="not YAML"),
        pytest.param(DRAFT.replace("reading", "readin").encode(), "E205", id="an unknown word"),
        pytest.param(DRAFT.encode() + b"story: \xe8\xa7\x81 {{none}}\n", "E250", id="a reference"),
        pytest.param(
            f"{DRAFT.replace('尚未核对的一句话。', '')}{FIGURE}".encode(), "E202", id="empty"
        ),
        pytest.param(
            f"{DRAFT}{FIGURE}{PICTURE}".encode(),
            "E310",
            id="a missing picture",
        ),
        pytest.param("state: draft\ntitle: 西湖".encode("gbk"), "E101", id="another encoding"),
    ],
)
def test_whatever_is_wrong_in_a_draft_is_on_its_page_alone(
    preview: Running, text: bytes, code: str
) -> None:
    (preview.project / "data/cases/xihu.yaml").write_bytes(text)
    preview.wait(lambda state: "xihu" in state["drafts"])
    preview.edit("读书会由谁来办", "读书会换了名字")
    state = preview.wait(lambda _: "读书会换了名字" in preview.ask("/cases/haishu/")[2])

    status, _, page = preview.ask("/cases/xihu/")

    assert status == 200
    assert f" {code}</li>" in page
    assert 'class="casebook-open"' not in preview.ask("/cases/haishu/")[2]
    assert state["problems"] == []


def test_of_hundreds_of_problems_a_page_shows_the_first_and_the_number(preview: Running) -> None:
    many = "".join(f"unknown_{number}: 1\n" for number in range(300))
    (preview.project / "data/cases/xihu.yaml").write_text(DRAFT + many, encoding="utf-8")
    preview.wait(lambda state: "xihu" in state["drafts"])
    preview.edit("topic: reading\n", f"topic: reading\n{many}")
    state = preview.wait(lambda state: state["faults"] == ["haishu"])

    page = preview.ask("/cases/xihu/")[2]

    assert (len(state["problems"]), state["number"]) == (20, 300)
    assert "<summary>300 places still to fill in or fix</summary>" in page
    assert page.count(" E201</li>") == 20
    assert "<li>280 more</li></ol>" in page


def test_a_fault_in_a_published_case_leaves_the_others_alive(preview: Running) -> None:
    before = preview.ask("/cases/haishu/")[2]
    preview.edit("topic: reading", "topic: readin")
    preview.wait(lambda state: state["faults"] == ["haishu"])
    other = preview.project / "data/cases/guangzhou.yaml"
    text = other.read_text(encoding="utf-8")
    other.write_text(text.replace("title: 广州", "title: 换了的广州"), encoding="utf-8")

    preview.wait(lambda _: "换了的广州" in preview.ask("/cases/guangzhou/")[2])

    assert "海曙：读书会由谁来办" in preview.ask("/cases/")[2]
    assert "海曙：读书会由谁来办" in preview.ask("/cases/haishu/")[2]
    assert before.count("casebook-") == preview.ask("/cases/haishu/")[2].count("casebook-")


@pytest.mark.browser
def test_a_browser_shows_the_faults_of_a_case_on_its_own_page(
    preview: Running, browser: Any
) -> None:
    address = f"http://127.0.0.1:{preview.port}"
    own, other = browser.new_page(), browser.new_page()
    own.goto(f"{address}/cases/haishu/")
    other.goto(f"{address}/cases/")

    preview.edit("topic: reading", "topic: readin")
    own.get_by_role("alert").wait_for(timeout=SECONDS * 1000)
    other.locator('a[href$="haishu/"].casebook-fault-link').first.wait_for(timeout=SECONDS * 1000)
    over_other = other.get_by_role("alert").count()
    told = own.get_by_role("alert").inner_text()
    own.close()
    other.close()

    assert over_other == 0
    assert "readin is not a valid value for topic" in told


def test_a_build_leaves_out_a_draft_that_is_no_yaml(tiny_project: Path) -> None:
    assert run(tiny_project, "build").returncode == 0
    without = tree(tiny_project / "output")
    path = new_case(tiny_project)
    assert run(tiny_project, "build").returncode == 0
    path.write_text("title: [half\nstate: draft\n", encoding="utf-8")

    assert run(tiny_project, "build").returncode == 0

    assert tree(tiny_project / "output") == without


def test_the_blanks_of_a_draft_are_told_and_are_no_errors(tiny_project: Path) -> None:
    new_case(tiny_project)

    done = run(tiny_project, "check", "--lang", "zh")

    assert done.returncode == 0
    assert done.stderr.startswith(
        "data/cases/yuyao.yaml:1:1: W209 这是草稿，不会发布；还有 12 处空白，在第 9、13、15、"
    )
    assert done.stderr.endswith("共 0 个错误、1 个提醒，在 1 个文件里\n")
