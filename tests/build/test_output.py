"""The published folder holds the old site or the new one, and no other file is ever touched."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from casebook.build import output as swap
from casebook.build.output import check_files, check_output, stage_output
from casebook.build.staged_output import StagedOutput
from casebook.commands.cli import main
from casebook.problems import CasebookError, Exit
from tests.conftest import make_tiny_project

ROOT = Path(__file__).resolve().parents[2]
posix_only = pytest.mark.skipif(os.name == "nt", reason="POSIX signals and modes")


def publish(output: Path, text: str, **others: str) -> None:
    with stage_output(output) as tree:
        tree.write("index.html", text.encode())
        for name, content in others.items():
            tree.write(f"{name}/index.html", content.encode())
        outputs = dict(tree.listing)
        manifest = {"generator": "casebook", "outputs": outputs}
        tree.write("manifest.json", json.dumps(manifest).encode())


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_new_tree_takes_the_place_of_the_old(tmp_path: Path) -> None:
    output = tmp_path / "output"
    publish(output, "old", gone="x")
    publish(output, "new")

    assert (output / "index.html").read_text(encoding="utf-8") == "new"
    assert names(output) == ["index.html", "manifest.json"]
    assert names(tmp_path) == ["output"]


def test_a_failed_build_leaves_the_old_tree(tmp_path: Path) -> None:
    output = tmp_path / "output"
    publish(output, "old")

    with pytest.raises(RuntimeError), stage_output(output) as tree:
        tree.write("index.html", b"half")
        raise RuntimeError

    assert (output / "index.html").read_text(encoding="utf-8") == "old"
    assert names(tmp_path) == ["output"]


def test_what_a_killed_build_left_is_cleared(tmp_path: Path) -> None:
    output = tmp_path / "output"
    publish(output, "old")
    (tmp_path / ".output.building").mkdir()
    (tmp_path / ".output.building" / "half.html").write_text("half", encoding="utf-8")
    publish(output, "new")

    assert names(output) == ["index.html", "manifest.json"]
    assert names(tmp_path) == ["output"]


def test_a_site_caught_between_two_renames_comes_back(tmp_path: Path) -> None:
    output = tmp_path / "output"
    publish(output, "old")
    output.rename(tmp_path / ".output.retired")

    with pytest.raises(RuntimeError), stage_output(output):
        raise RuntimeError

    assert (output / "index.html").read_text(encoding="utf-8") == "old"


def test_a_file_of_the_same_bytes_is_linked_not_written(tmp_path: Path) -> None:
    output = tmp_path / "output"
    publish(output, "old", about="the same")
    before = (output / "about" / "index.html").stat()
    publish(output, "new", about="the same")
    after = (output / "about" / "index.html").stat()

    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_build_that_changes_nothing_leaves_the_very_folder(tmp_path: Path) -> None:
    output = tmp_path / "output"
    publish(output, "same")
    before = output.stat().st_ino
    publish(output, "same")

    assert output.stat().st_ino == before
    assert names(tmp_path) == ["output"]


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(
            lambda path: path.write_text("hacked!!", encoding="utf-8"),
            id="changed by hand, same length",
        ),
        pytest.param(lambda path: path.unlink(), id="deleted"),
        pytest.param(lambda path: path.chmod(0o600), id="mode changed", marks=posix_only),
    ],
)
def test_what_was_changed_in_the_published_folder_does_not_live_on(
    tmp_path: Path, damage: Callable[[Path], object]
) -> None:
    output = tmp_path / "output"
    publish(output, "home page", about="8 letters"[:8])
    page = output / "about" / "index.html"
    mode = page.stat().st_mode
    damage(page)
    publish(output, "home page", about="8 letters"[:8])

    assert page.read_text(encoding="utf-8") == "8 letter"
    assert page.stat().st_mode == mode


def test_a_link_in_the_published_folder_is_replaced_not_followed(tmp_path: Path) -> None:
    output = tmp_path / "output"
    publish(output, "home", about="text")
    work = tmp_path / "work.txt"
    work.write_text("text", encoding="utf-8")
    page = output / "about" / "index.html"
    page.unlink()
    page.symlink_to(work)
    publish(output, "home", about="text")

    assert not page.is_symlink()
    assert work.stat().st_nlink == 1


def test_a_file_that_is_open_can_be_read_to_its_end(tmp_path: Path) -> None:
    output = tmp_path / "output"
    publish(output, "old site")
    with (output / "index.html").open() as reader:
        start = reader.read(3)
        publish(output, "new")
        rest = reader.read()

    assert start + rest == "old site"


@pytest.mark.parametrize(
    "path",
    ["../outside.html", "/etc/passwd", "a/../../b", "a//b", "./a", "", "a\\b", "c:evil", "a/"],
)
def test_no_page_can_leave_the_tree(tmp_path: Path, path: str) -> None:
    (tmp_path / "tree").mkdir()
    tree = StagedOutput(tmp_path / "tree")

    with pytest.raises(ValueError, match="no path inside the site"):
        tree.write(path, b"x")

    assert names(tmp_path) == ["tree"]


def test_two_pages_cannot_have_one_path(tmp_path: Path) -> None:
    tree = StagedOutput(tmp_path)
    tree.write("index.html", b"one")

    with pytest.raises(ValueError, match=r"two pages are written to index\.html"):
        tree.write("index.html", b"two")


def stream(output: Path, *chunks: bytes) -> None:
    with stage_output(output) as tree:
        tree.write_stream("data/all.csv", chunks)
        tree.write("index.html", repr(chunks).encode())
        outputs = dict(tree.listing)
        manifest = {"generator": "casebook", "outputs": outputs}
        tree.write("manifest.json", json.dumps(manifest).encode())


@pytest.mark.parametrize("large", [pytest.param(2_000, id="anew"), pytest.param(0, id="spare")])
def test_a_streamed_file_of_the_same_bytes_is_the_old_one_and_another_is_new(
    large: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(swap, "_LARGE", large)
    output = tmp_path / "output"
    places = []
    for chunks in ((b"one", b"two"), (b"onetwo",), (b"", b"onetwx"), (b"onetwx",), (b"onetwo",)):
        stream(output, *chunks)
        file = output / "data" / "all.csv"
        places.append(file.stat().st_ino)

        assert file.read_bytes() == b"".join(chunks)
        assert names(output / "data") == ["all.csv"]

    assert places[0] == places[1]
    assert places[2] == places[3]
    assert len({places[0], places[2]}) == 2


def test_a_stream_that_breaks_off_leaves_the_old_site(tmp_path: Path) -> None:
    output = tmp_path / "output"
    stream(output, b"old")

    def break_off() -> Iterator[bytes]:
        yield b"ne"
        raise RuntimeError

    with pytest.raises(RuntimeError), stage_output(output) as tree:
        tree.write_stream("data/all.csv", break_off())

    assert (output / "data" / "all.csv").read_bytes() == b"old"
    assert names(tmp_path) == ["output"]


@pytest.mark.parametrize("large", [pytest.param(2_000, id="anew"), pytest.param(0, id="spare")])
def test_two_pages_of_one_path_never_change_the_published_one(
    large: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(swap, "_LARGE", large)
    output = tmp_path / "output"
    for _ in range(2):
        publish(output, "old", about="x")

    with pytest.raises(ValueError, match="two pages"), stage_output(output) as tree:
        tree.write("index.html", b"old")
        tree.write("index.html", b"other")

    assert (output / "index.html").read_text(encoding="utf-8") == "old"


@pytest.mark.parametrize("code", [errno.ENOSYS, errno.EINVAL, errno.EPERM, errno.ENOTSUP])
def test_the_site_is_whole_where_folders_cannot_be_exchanged(
    code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> bool:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(swap, "_call", refuse)
    output = tmp_path / "output"
    publish(output, "old", gone="x")
    publish(output, "new")

    assert names(output) == ["index.html", "manifest.json"]
    assert (output / "index.html").read_text(encoding="utf-8") == "new"
    assert names(tmp_path) == ["output"]


def test_the_site_is_whole_where_files_cannot_be_linked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    output = tmp_path / "output"
    publish(output, "old", about="same")
    publish(output, "new", about="same")

    assert (output / "about" / "index.html").read_text(encoding="utf-8") == "same"


def test_a_folder_that_cannot_be_moved_keeps_the_old_site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(source: Any, _target: Any) -> None:
        raise PermissionError(errno.EACCES, "Access is denied", str(source))

    output = tmp_path / "output"
    publish(output, "old")
    monkeypatch.setattr(swap, "exchange", lambda one, other: False)
    monkeypatch.setattr(swap.os, "replace", refuse)
    with pytest.raises(CasebookError) as refused:
        publish(output, "new")

    assert refused.value.exit_status == Exit.MACHINE
    assert (output / "index.html").read_text(encoding="utf-8") == "old"
    assert names(tmp_path) == ["output"]


def test_the_old_site_comes_back_where_only_the_second_rename_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "output"
    publish(output, "old")
    replace = os.replace

    def fail_for_the_new(source: Any, target: Any) -> None:
        if str(source).endswith(".building"):
            raise OSError(errno.EIO, "broken", str(source))
        replace(source, target)

    monkeypatch.setattr(swap, "exchange", lambda one, other: False)
    monkeypatch.setattr(swap.os, "replace", fail_for_the_new)
    with pytest.raises(CasebookError):
        publish(output, "new")

    assert (output / "index.html").read_text(encoding="utf-8") == "old"
    assert names(tmp_path) == ["output"]


@pytest.mark.parametrize(
    ("code", "zh", "en"),
    [
        pytest.param(errno.ENOSPC, "磁盘已满", "the disk is full", id="full disk"),
        pytest.param(errno.EACCES, "没有写入权限", "no permission", id="no permission"),
        pytest.param(errno.EROFS, "没有写入权限", "no permission", id="read only"),
        pytest.param(errno.EBUSY, "正被占用", "in use", id="busy"),
    ],
)
def test_what_the_machine_refuses_is_told_with_its_path(
    tmp_path: Path, code: int, zh: str, en: str
) -> None:
    output = tmp_path / "output"
    publish(output, "old")

    with pytest.raises(CasebookError) as refused, stage_output(output):
        raise OSError(code, os.strerror(code), "some/file")

    assert refused.value.exit_status == Exit.MACHINE
    assert "some/file" in refused.value.text.zh
    assert zh in refused.value.text.zh
    assert en in refused.value.text.en
    assert (output / "index.html").read_text(encoding="utf-8") == "old"


HOLDING = (
    "import sys; from pathlib import Path; from casebook.build.output import stage_output\n"
    "with stage_output(Path(sys.argv[1])) as tree:\n"
    "    tree.write('index.html', b'first')\n"
    "    print('holding', flush=True); sys.stdin.readline()\n"
)


def start_build(output: Path) -> subprocess.Popen[str]:
    """Start a build in another process, which waits for a line of input before it ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDING, str(output)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "holding\n"
    return process


def test_a_second_build_of_the_same_folder_is_refused(tmp_path: Path) -> None:
    output = tmp_path / "output"
    first = start_build(output)

    with pytest.raises(CasebookError) as refused:
        publish(output, "second")
    first.communicate("\n")

    assert refused.value.exit_status == Exit.MACHINE
    assert f"另一个构建正在进行（进程 {first.pid}，" in refused.value.text.zh
    assert refused.value.text.zh.endswith(" 开始）")
    assert f"(process {first.pid}, since " in refused.value.text.en
    assert (output / "index.html").read_text(encoding="utf-8") == "first"


@posix_only
@pytest.mark.parametrize(
    ("number", "status"),
    [
        pytest.param(signal.SIGTERM, 143, id="SIGTERM"),
        pytest.param(signal.SIGHUP, 129, id="SIGHUP, as when the terminal is closed"),
    ],
)
def test_a_build_that_is_told_to_end_clears_up(
    tmp_path: Path, number: signal.Signals, status: int
) -> None:
    output = tmp_path / "output"
    publish(output, "old")
    process = start_build(output)
    process.send_signal(number)
    _, errors = process.communicate()

    assert (process.returncode, errors) == (status, "")
    assert (output / "index.html").read_text(encoding="utf-8") == "old"
    assert names(tmp_path) == ["output"]


@posix_only
def test_a_build_that_was_killed_leaves_nothing_to_the_next(tmp_path: Path) -> None:
    output = tmp_path / "output"
    publish(output, "old")
    process = start_build(output)
    process.kill()
    process.communicate()

    assert (output / "index.html").read_text(encoding="utf-8") == "old"

    publish(output, "new")

    assert (output / "index.html").read_text(encoding="utf-8") == "new"
    assert names(tmp_path) == ["output"]


def test_the_lock_of_a_dead_process_is_taken_over(tmp_path: Path) -> None:
    (tmp_path / ".output.lock").write_text("999999 18:02", encoding="utf-8")

    publish(tmp_path / "output", "new")

    assert (tmp_path / "output" / "index.html").read_text(encoding="utf-8") == "new"


@posix_only
def test_a_lock_is_removed_only_by_who_holds_it(tmp_path: Path) -> None:
    first = start_build(tmp_path / "output")
    lock = tmp_path / ".output.lock"
    with lock.open() as opened:
        with pytest.raises(CasebookError):
            publish(tmp_path / "output", "second")
        assert os.fstat(opened.fileno()).st_ino == lock.stat().st_ino
        first.communicate("\n")

        assert os.fstat(opened.fileno()).st_nlink == 0
    assert names(tmp_path) == ["output"]


@pytest.mark.parametrize(
    ("is_kept", "left"),
    [
        pytest.param(False, ["output"], id="a folder that is built once"),
        pytest.param(True, [".output.spare", "output"], id="a folder that is built again"),
    ],
)
def test_only_a_folder_that_is_built_again_gets_a_spare_tree(
    is_kept: bool, left: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(swap, "_LARGE", 0)
    with stage_output(tmp_path / "output", is_kept=is_kept) as tree:
        tree.write("index.html", b"x")

    assert names(tmp_path) == left


@posix_only
def test_a_lock_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    work = tmp_path / "thesis.docx"
    work.write_text("years of work", encoding="utf-8")
    (tmp_path / ".output.lock").symlink_to(work)

    with pytest.raises(CasebookError):
        publish(tmp_path / "output", "new")

    assert work.read_text(encoding="utf-8") == "years of work"


@pytest.mark.soak("outputs")
@posix_only
def test_folders_that_must_not_be_replaced_are_refused(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    note_figures: Callable[[str], None],
) -> None:
    project, home = tmp_path / "project", tmp_path / "home"
    make_tiny_project(project)
    monkeypatch.setenv("HOME", str(home))
    for folder in (home, *(project / name for name in ("foreign/inner", "empty", ".git", ".venv"))):
        folder.mkdir(parents=True)
        (folder / "thesis.docx").write_text("years of work", encoding="utf-8")
    (project / "empty" / "thesis.docx").unlink()
    (project / "file").write_text("x", encoding="utf-8")
    (project / "link").symlink_to(project / "empty")
    (project / "home").symlink_to(home)
    (project / "looped").symlink_to(project / "looped")
    publish(project / "mixed", "ours")
    (project / "mixed" / "CNAME").write_text("example.org", encoding="utf-8")
    publish(project / "broken", "ours")
    (project / "broken" / "manifest.json").write_text("{" * 100_000, encoding="utf-8")
    (project / "liar").mkdir()
    (project / "liar" / "manifest.json").write_text('{"generator": "casebook"}', encoding="utf-8")
    (project / "liar" / "thesis.docx").write_text("years of work", encoding="utf-8")
    dangerous = [
        *(Path("/"), home, tmp_path, tmp_path.parent, project, project / "."),
        *(project / "empty" / "..", project / "home" / "..", project / "link", project / "looped"),
        *(project / "home", project / "empty" / ".." / "data"),
        *(project / name for name in ("data", "data/cases", "data/not-there-yet", "content/site")),
        *(project / name for name in ("theme", "theme/templates", "casebook", "tests/x", "docs")),
        *(project / name for name in (".git", ".git/site", ".venv/site", ".cache", ".cache/x")),
        *(
            project / name
            for name in ("foreign", "foreign/inner", "file", "mixed", "broken", "liar")
        ),
    ]
    before = read_all(tmp_path)
    statuses = []
    for output in dangerous:
        command = ["--project", str(project), "build", "--quiet", "--output", str(output)]
        statuses.append((output, main(command)))
        told = capsys.readouterr().err

        assert told.startswith(("cannot write to", "不能输出到")), told
        assert read_all(tmp_path) == before, output

    note_figures(f"dangerous outputs: {len(dangerous)} refused, 0 files touched")

    assert statuses == [(output, Exit.USAGE) for output in dangerous]


def read_all(folder: Path) -> dict[Path, bytes | None]:
    """The paths in a folder, with the bytes of files and None for folders."""
    return {
        path: path.read_bytes() if path.is_file() else None for path in sorted(folder.rglob("*"))
    }


def test_folders_of_our_own_and_empty_ones_are_taken(tmp_path: Path) -> None:
    project = tmp_path / "project"
    (project / "empty").mkdir(parents=True)
    publish(project / "output", "ours")
    (project / "output" / ".DS_Store").write_text("litter", encoding="utf-8")

    for name in ("empty", "output", "not-there-yet"):
        check_output(project / name, project)
        check_files(project / name)


def test_a_refusal_names_the_foreign_file(tmp_path: Path) -> None:
    publish(tmp_path / "site", "ours")
    (tmp_path / "site" / "CNAME").write_text("example.org", encoding="utf-8")

    with pytest.raises(CasebookError) as refused:
        check_files(tmp_path / "site")

    assert "CNAME" in refused.value.text.zh


def test_a_file_that_has_no_room_for_its_folder_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    for folder in (old / "cases", new):
        folder.mkdir(parents=True)
    (old / "cases" / "index.html").write_bytes(b"one")
    tree = StagedOutput(new, old)

    def refuse(folder: Path, *_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(OSError) as refused:
        tree.take_over("cases/index.html")

    assert refused.value.errno == errno.ENOSPC


@pytest.mark.parametrize("ended", [KeyboardInterrupt, SystemExit(143)])
def test_a_build_that_is_told_to_end_when_its_site_is_published_has_done_its_work(
    ended: BaseException | type[BaseException], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "output"
    with stage_output(output) as tree:
        tree.write("index.html", b"old")

    def end(_folder: Path) -> None:
        raise ended

    monkeypatch.setattr(swap, "_remove", end)
    with stage_output(output) as tree:
        tree.write("index.html", b"new")

    assert (output / "index.html").read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [output]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no named pipes")
@pytest.mark.parametrize("kind", ["building", "retired"])
def test_nobody_waits_for_a_pipe_beside_the_site(kind: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / f".output.{kind}")
    (tmp_path / "output").mkdir()

    with pytest.raises(CasebookError) as refused, stage_output(tmp_path / "output"):
        pass

    assert f".output.{kind}" in refused.value.text.en
