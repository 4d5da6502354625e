"""A copy of the site is held against its manifest, file by file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from casebook.errors import CasebookError, Exit
from casebook.store import digest
from casebook.verify import Difference, verify_tree


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    files = {"index.html": b"home", "cases/a/index.html": b"a", "data/figures.csv": b"case\r\n"}
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    outputs = {name: digest(content) for name, content in files.items()}
    manifest = {"generator": "casebook", "outputs": outputs}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def test_a_whole_site_has_no_difference(site: Path) -> None:
    verdict = verify_tree(site)

    assert verdict.differences == ()
    assert verdict.files == 3
    assert verdict.manifest == digest((site / "manifest.json").read_bytes())


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        pytest.param(
            lambda site: (site / "index.html").write_bytes(b"hame"),
            Difference("index.html", "differs"),
            id="one byte",
        ),
        pytest.param(
            lambda site: (site / "cases/a/index.html").unlink(),
            Difference("cases/a/index.html", "missing"),
            id="missing",
        ),
        pytest.param(
            lambda site: (site / "cases/b.html").write_bytes(b""),
            Difference("cases/b.html", "extra"),
            id="extra",
        ),
        pytest.param(
            lambda site: (site / "manifest.json").unlink(),
            Difference("manifest.json", "missing"),
            id="no manifest",
        ),
        pytest.param(
            lambda site: (site / "manifest.json").write_bytes(b"{" * 100_000),
            Difference("manifest.json", "differs"),
            id="damaged manifest",
        ),
        pytest.param(
            lambda site: (site / "manifest.json").write_text('{"generator": "other"}'),
            Difference("manifest.json", "differs"),
            id="manifest of another program",
        ),
        pytest.param(
            lambda site: (site / "data/link").symlink_to(site / "cases"),
            Difference("data/link", "extra"),
            id="link to a folder",
            marks=pytest.mark.skipif(os.name == "nt", reason="links need a privilege"),
        ),
    ],
)
def test_each_fault_is_named(
    site: Path, damage: Callable[[Path], object], expected: Difference
) -> None:
    damage(site)

    assert verify_tree(site).differences == (expected,)


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege")
def test_a_link_to_the_right_bytes_differs(site: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(b"home")
    (site / "index.html").unlink()
    (site / "index.html").symlink_to(tmp_path / "elsewhere")

    assert verify_tree(site).differences == (Difference("index.html", "differs"),)


@pytest.mark.parametrize("path", ["../secret", "/etc/hostname", "a\x00b"])
def test_a_manifest_cannot_make_it_read_elsewhere(site: Path, path: str) -> None:
    (site.parent / "secret").write_bytes(b"s")
    manifest = json.loads((site / "manifest.json").read_text())
    manifest["outputs"][path] = digest(b"s")
    (site / "manifest.json").write_text(json.dumps(manifest))

    assert verify_tree(site).differences == (Difference(path, "missing"),)


def test_litter_of_file_managers_is_no_fault(site: Path) -> None:
    (site / "cases" / ".DS_Store").write_bytes(b"x")

    assert verify_tree(site).differences == ()


def test_a_folder_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(CasebookError) as refused:
        verify_tree(tmp_path / "nowhere")

    assert refused.value.exit_status == Exit.USAGE


def test_messages_show_control_characters_as_escapes() -> None:
    found = Difference("a\x1b[31m\n.html", "extra")

    assert found.message("en") == "a\\x1b[31m\\n.html: extra"
    assert found.message("zh") == "a\\x1b[31m\\n.html: 多出"


def verify(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "casebook", "verify", *arguments],
        cwd=Path(__file__).resolve().parent.parent,
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


def test_the_command_ends_with_two_where_there_is_no_folder(tmp_path: Path) -> None:
    assert verify(str(tmp_path / "nowhere")).returncode == 2
