"""A copy of the site is compared with its manifest, file by file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from processes import run

from casebook.build.verify import DIFFERS, EXTRA, MISSING, Verdict, verify_copy
from casebook.problems import CasebookError, Exit
from casebook.values.digest import digest
from tests.conftest import Serve


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    files = {"index.html": b"home", "cases/a/index.html": b"a", "data/figures.csv": b"case\r\n"}
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    outputs = {name: digest(content) for name, content in files.items()}
    manifest = {"generator": "casebook", "outputs": outputs}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def test_a_whole_site_has_no_difference(site: Path) -> None:
    verdict = verify_copy(str(site))

    assert verdict.differences == {}
    assert verdict.files == 3
    assert verdict.manifest == digest((site / "manifest.json").read_bytes())


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        pytest.param(
            lambda site: (site / "index.html").write_bytes(b"hame"),
            {"index.html": DIFFERS},
            id="one byte",
        ),
        pytest.param(
            lambda site: (site / "cases/a/index.html").unlink(),
            {"cases/a/index.html": MISSING},
            id="missing",
        ),
        pytest.param(
            lambda site: (site / "cases/b.html").write_bytes(b""),
            {"cases/b.html": EXTRA},
            id="extra",
        ),
        pytest.param(
            lambda site: (site / "manifest.json").unlink(),
            {"manifest.json": MISSING},
            id="no manifest",
        ),
        pytest.param(
            lambda site: (site / "manifest.json").write_bytes(b"{" * 100_000),
            {"manifest.json": DIFFERS},
            id="damaged manifest",
        ),
        pytest.param(
            lambda site: (site / "manifest.json").write_text(
                '{"generator": "other"}', encoding="utf-8"
            ),
            {"manifest.json": DIFFERS},
            id="manifest of another program",
        ),
        pytest.param(
            lambda site: (site / "data/link").symlink_to(site / "cases"),
            {"data/link": EXTRA},
            id="link to a folder",
            marks=pytest.mark.skipif(os.name == "nt", reason="links need a privilege"),
        ),
    ],
)
def test_each_fault_is_named(
    site: Path, damage: Callable[[Path], object], expected: dict[str, str]
) -> None:
    damage(site)

    assert verify_copy(str(site)).differences == expected


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege")
def test_a_link_to_the_right_bytes_differs(site: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(b"home")
    (site / "index.html").unlink()
    (site / "index.html").symlink_to(tmp_path / "elsewhere")

    assert verify_copy(str(site)).differences == {"index.html": DIFFERS}


@pytest.mark.parametrize("path", ["../secret", "/etc/hostname", "a\x00b"])
def test_a_manifest_cannot_make_it_read_elsewhere(site: Path, path: str) -> None:
    (site.parent / "secret").write_bytes(b"s")
    manifest = json.loads((site / "manifest.json").read_text(encoding="utf-8"))
    manifest["outputs"][path] = digest(b"s")
    (site / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")

    assert verify_copy(str(site)).differences == {path: MISSING}


def test_litter_of_file_managers_is_no_fault(site: Path) -> None:
    (site / "cases" / ".DS_Store").write_bytes(b"x")

    assert verify_copy(str(site)).differences == {}


def test_a_folder_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(CasebookError) as refused:
        verify_copy(str(tmp_path / "nowhere"))

    assert refused.value.exit_status == Exit.USAGE


Answer = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def answering(answer: Answer) -> Iterator[tuple[str, list[str]]]:
    """The address of a local server that uses `answer`, and the list of paths requested."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            with suppress(OSError):
                answer(self)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()
        thread.join()


def give(handler: BaseHTTPRequestHandler, content: bytes) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    handler.wfile.write(content)


def send_to(handler: BaseHTTPRequestHandler, address: str) -> None:
    handler.send_response(302)
    handler.send_header("Location", address)
    handler.end_headers()


def test_a_served_copy_is_compared_file_by_file(site: Path, serve_directory: Serve) -> None:
    (site / "extra.html").write_bytes(b"x")
    with serve_directory(site.parent) as url:
        verdict = verify_copy(f"{url}/site")

    assert verdict == Verdict(
        files=3,
        manifest=digest((site / "manifest.json").read_bytes()),
        differences={},
        extras_told=False,
    )


def test_a_host_may_hide_files_that_only_hosts_read(site: Path, serve_directory: Serve) -> None:
    for name in ("_headers", "_redirects"):
        (site / name).write_bytes(b"x")
    manifest = json.loads((site / "manifest.json").read_text(encoding="utf-8"))
    manifest["outputs"] |= {"_headers": digest(b"x"), "_redirects": digest(b"x")}
    (site / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (site / "_headers").unlink()
    (site / "_redirects").write_bytes(b"y")
    with serve_directory(site) as url:
        served = verify_copy(url).differences

    assert served == {"_redirects": DIFFERS}
    assert verify_copy(str(site)).differences == {"_headers": MISSING, "_redirects": DIFFERS}


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        pytest.param(
            lambda site: (site / "index.html").write_bytes(b"hame"),
            {"index.html": DIFFERS},
            id="one byte",
        ),
        pytest.param(
            lambda site: (site / "cases/a/index.html").unlink(),
            {"cases/a/index.html": MISSING},
            id="missing",
        ),
        pytest.param(
            lambda site: (site / "manifest.json").unlink(),
            {"manifest.json": MISSING},
            id="no manifest",
        ),
        pytest.param(
            lambda site: (site / "manifest.json").write_text("[1]", encoding="utf-8"),
            {"manifest.json": DIFFERS},
            id="manifest of another program",
        ),
    ],
)
def test_each_fault_of_a_served_copy_is_named(
    site: Path, serve_directory: Serve, damage: Callable[[Path], object], expected: dict[str, str]
) -> None:
    damage(site)
    with serve_directory(site) as url:
        assert verify_copy(f"{url}/").differences == expected


def test_an_address_of_a_file_system_is_that_folder(site: Path) -> None:
    odd = site.rename(site.with_name("站 1"))
    (odd / "extra.html").write_bytes(b"x")

    assert verify_copy(odd.as_uri()).differences == {"extra.html": EXTRA}


def test_no_proxy_is_asked(
    site: Path, serve_directory: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "")
    with serve_directory(site) as url:
        assert verify_copy(url).differences == {}


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/",
        "http://example.org/",
        "http://127.0.0.1.example.org/",
        "http://user@127.0.0.1/",
        "http://127.0.0.1/?q",
        "http://127.0.0.1:99999/",
        "http://[::1/",
        "ftp://127.0.0.1/",
        "file://example.org/site",
        "http://127.0.0.1/\x1b[31m",
    ],
)
def test_other_machines_and_odd_addresses_are_refused(address: str) -> None:
    with pytest.raises(CasebookError) as refused:
        verify_copy(address)

    assert refused.value.exit_status == Exit.USAGE
    assert refused.value.message("en").isprintable()
    assert refused.value.message("zh").isprintable()


def test_only_what_a_build_can_have_written_is_asked_for(site: Path) -> None:
    manifest = json.loads((site / "manifest.json").read_text(encoding="utf-8"))
    odd = ("../secret", "/etc/hostname", "a/../b", "a\\b", "a\r\nX: y", "http://127.0.0.1/", "")
    manifest["outputs"] = dict.fromkeys(odd, digest(b"s"))
    with answering(lambda handler: give(handler, json.dumps(manifest).encode())) as (url, asked):
        verdict = verify_copy(url)

    assert asked == ["/manifest.json"]
    assert verdict.differences == dict.fromkeys(sorted(odd), MISSING)


def test_a_redirect_is_followed_inside_the_site_alone(site: Path) -> None:
    with answering(lambda handler: give(handler, b"home")) as (other, asked_there):

        def answer(handler: BaseHTTPRequestHandler) -> None:
            path = handler.path.removeprefix("/site/")
            if path == "index.html":
                send_to(handler, "./")
            elif path == "cases/a/index.html":
                send_to(handler, f"{other}/site/{path}")
            elif path == "data/figures.csv":
                send_to(handler, "/data/figures.csv")
            else:
                give(handler, (site / (path or "index.html")).read_bytes())

        with answering(answer) as (url, _):
            verdict = verify_copy(f"{url}/site/")

    assert asked_there == []
    assert verdict.differences == {"cases/a/index.html": MISSING, "data/figures.csv": MISSING}


def drip(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.0 200 OK\r\n\r\n")
    while True:
        handler.wfile.write(b"x")
        handler.wfile.flush()
        threading.Event().wait(0.01)


def drip_a_header(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.0 200 OK\r\nX: ")
    drip(handler)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(drip, id="a byte at a time"),
        pytest.param(drip_a_header, id="a header that never ends"),
        pytest.param(lambda handler: send_to(handler, handler.path), id="a redirect to itself"),
        pytest.param(lambda handler: give(handler, b"x" * 2_001), id="too large"),
        pytest.param(lambda handler: handler.wfile.write(b"nonsense\r\n\r\n"), id="not HTTP"),
        pytest.param(lambda handler: handler.wfile.close(), id="no answer"),
    ],
)
def test_a_server_that_misbehaves_is_not_waited_for(
    answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("casebook.build.verify.SECONDS", 0.2)
    monkeypatch.setattr("casebook.build.verify.MOST_BYTES", 2_000)
    with answering(answer) as (url, _):
        try:
            verdict = verify_copy(url)
        except CasebookError as error:
            assert error.exit_status == Exit.MACHINE
            assert url in error.text.zh
            assert url in error.text.en
        else:
            assert verdict.differences == {"manifest.json": MISSING}


def test_a_server_that_is_not_there_is_named() -> None:
    with answering(lambda handler: None) as (url, _):
        pass

    with pytest.raises(CasebookError, match="did not answer"):
        verify_copy(url)


def verify(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "casebook", "verify", *arguments],
        cwd=Path(__file__).resolve().parents[2],
        env=os.environ | {"LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_the_command_names_what_is_wrong_and_ends_with_one(site: Path) -> None:
    (site / "index.html").write_bytes(b"hame")
    (site / "extra.html").write_bytes(b"x")
    done = verify(str(site))

    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "extra.html: extra",
        "index.html: differs",
        "2 differences",
    ]


def test_the_command_ends_with_zero_for_a_whole_site(built_site: Path) -> None:
    done = verify(str(built_site), "--lang", "zh")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("完整：")


def test_the_command_says_what_an_address_cannot_tell(
    built_site: Path, serve_directory: Serve
) -> None:
    with serve_directory(built_site) as url:
        done = verify(url, "--lang", "en")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("complete: ")
    assert "check the folder of the site" in done.stdout


def test_the_command_ends_with_two_where_there_is_no_folder(tmp_path: Path) -> None:
    assert verify(str(tmp_path / "nowhere")).returncode == 2


def write_manifest(path: Path, **outputs: str) -> Path:
    names = {name.replace("_", "."): seal for name, seal in outputs.items()}
    path.write_text(json.dumps({"generator": "casebook", "outputs": names}), encoding="utf-8")
    return path


def test_what_to_upload_is_what_two_manifests_differ_in(tmp_path: Path) -> None:
    earlier = write_manifest(
        tmp_path / "a", index_html="1", old_css="1", same_js="1", gone_html="1"
    )
    write_manifest(tmp_path / "manifest.json", index_html="2", new_css="1", same_js="1")
    done = run(tmp_path, "verify", str(tmp_path), "--since", str(earlier))

    # Pages are uploaded after the files that they load, and removals come last.
    assert done.stdout.splitlines() == [
        "+ new.css",
        "+ index.html",
        "+ manifest.json",
        "- gone.html",
        "- old.css",
    ]


def test_nothing_is_to_upload_where_nothing_differs(tmp_path: Path) -> None:
    manifest = write_manifest(tmp_path / "manifest.json", index_html="1")
    done = run(tmp_path, "verify", str(tmp_path), "--since", str(manifest))

    assert (done.returncode, done.stdout) == (0, "")


def test_a_manifest_of_another_program_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{}", encoding="utf-8")
    done = run(tmp_path, "verify", str(tmp_path), "--since", str(tmp_path / "manifest.json"))

    assert done.returncode == 2
    assert "is not a manifest.json written by this program" in done.stderr
