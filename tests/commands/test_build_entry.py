"""The promises of build.py, tried with real processes in separate projects.

The lock of these projects is empty, so a set-up needs no network; their casebook prints its
arguments.
"""

from __future__ import annotations

import ast
import errno
import importlib.util
import io
import os
import shutil
import signal
import subprocess
import sys
import tokenize
from collections.abc import Callable
from pathlib import Path
from token import STRING
from types import ModuleType

import pytest

BUILD = Path(__file__).resolve().parents[2] / "build.py"
STUB = """
import json, os, sys
print(json.dumps({"arguments": sys.argv[1:], "folder": os.getcwd(),
                  "utf8": sys.flags.utf8_mode, "prefix": sys.prefix}))
sys.exit(int(os.environ.get("STUB_STATUS", "0")))
"""
TEST_STUB = """
import os, sys
print("pytest", sys.argv[1:], os.path.basename(os.getcwd()))
sys.exit(int(os.environ.get("STUB_STATUS", "0")))
"""


PIP_SAYS = """Collecting a==1 (from -r requirements.lock (line 1))
  Downloading a-1-py3-none-any.whl (5 kB)
Processing ./wheels/b-2-py3-none-any.whl (from -r requirements.lock (line 2))
Requirement already satisfied: c==3 in ./lib (from -r requirements.lock (line 3))
Installing collected packages: a, b"""


def load_build(path: Path = BUILD) -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_entry", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def new_project(folder: Path) -> Path:
    (folder / "casebook").mkdir(parents=True)
    (folder / "casebook" / "__init__.py").touch()
    (folder / "casebook" / "__main__.py").write_text(STUB, encoding="utf-8")
    (folder / "pytest.py").write_text(TEST_STUB, encoding="utf-8")
    (folder / "requirements.lock").write_text("# nothing\n", encoding="utf-8")
    (folder / "requirements-test.lock").write_text("# nothing more\n", encoding="utf-8")
    shutil.copy2(BUILD, folder)
    return folder


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return kept | {"LC_ALL": "C.UTF-8", "PIP_NO_INDEX": "1"} | more


def run_build(
    project: Path, *arguments: str, cwd: Path | None = None, **more: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(project / "build.py"), *arguments],
        cwd=cwd or project,
        env=environment(**more),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def site_packages(project: Path) -> Path:
    return next((project / ".venv").rglob("site-packages"))


def break_pip(project: Path) -> None:
    """Break the .venv so that pip cannot start."""
    shutil.rmtree(site_packages(project) / "pip")


def link_what_is_installed(source: str, target: str) -> None:
    """Copy a file; link the many files of pip, which tests delete but never write to."""
    if "site-packages" in source:
        os.link(source, target)
    else:
        shutil.copy2(source, target)


@pytest.fixture(scope="module")
def first_run(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Path, subprocess.CompletedProcess[str]]:
    project = new_project(tmp_path_factory.mktemp("entry") / "案例 a b")
    return project, run_build(project, "check", "--format", "json", LC_ALL="zh_CN.UTF-8")


@pytest.fixture
def ready_project(first_run: tuple[Path, subprocess.CompletedProcess[str]], tmp_path: Path) -> Path:
    """A copy of a project that is set up, which also shows that a project may be moved."""
    return shutil.copytree(
        first_run[0], tmp_path / "移 动", symlinks=True, copy_function=link_what_is_installed
    )


def test_the_first_run_sets_up_and_hands_over(
    first_run: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    project, done = first_run

    assert done.returncode == 0, done.stderr
    assert '"arguments": ["check", "--format", "json"]' in done.stdout
    assert '"utf8": 1' in done.stdout
    assert (project / ".venv" / "casebook-lock").is_file()


def test_only_casebook_writes_to_standard_output(
    first_run: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    _, done = first_run

    assert len(done.stdout.splitlines()) == 1
    assert done.stderr.splitlines() == [
        "第一次运行：创建 .venv（只需一次）…",
        "按 requirements.lock 下载并安装 0 个包 …",
        "准备完毕。",
    ]


def test_a_later_run_starts_no_pip_and_says_nothing(ready_project: Path) -> None:
    break_pip(ready_project)
    done = run_build(ready_project)

    assert (done.returncode, done.stderr) == (0, "")
    assert '"arguments": ["build"]' in done.stdout


REPEATING = """
def repeat_last_build(arguments, packages):
    print(arguments, packages)
    return "--no-cache" not in arguments
"""


def test_a_build_with_nothing_to_do_starts_no_second_python(ready_project: Path) -> None:
    (ready_project / "casebook" / "build").mkdir()
    (ready_project / "casebook" / "build" / "last_build.py").write_text(REPEATING, encoding="utf-8")
    told, built, checked = (
        run_build(ready_project, *arguments).stdout.splitlines()
        for arguments in ((), ("build", "--no-cache"), ("check",))
    )

    packages = str(site_packages(ready_project))
    assert told == [f"['build'] {[packages]}"]
    assert '"arguments": ["build", "--no-cache"]' in built[-1]
    assert '"arguments": ["check"]' in checked[0]


def test_the_folder_one_stands_in_is_kept_and_not_imported_from(
    ready_project: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "casebook.py").write_text("raise SystemExit(9)", encoding="utf-8")
    done = run_build(ready_project, "check", "x.yaml", cwd=elsewhere)

    assert done.returncode == 0, done.stderr
    assert "elsewhere" in done.stdout


@pytest.mark.parametrize("status", [1, 2, 3, 4, 130])
def test_the_exit_status_passes_through(ready_project: Path, status: int) -> None:
    done = run_build(ready_project, STUB_STATUS=str(status))

    assert done.returncode == status


def test_a_changed_lock_makes_the_environment_anew(ready_project: Path) -> None:
    left_over = site_packages(ready_project) / "left_over.py"
    left_over.touch()
    (ready_project / "requirements.lock").write_text("# changed\n", encoding="utf-8")
    done = run_build(ready_project)

    assert done.returncode == 0, done.stderr
    assert "making .venv again" in done.stderr
    assert not left_over.exists()


def test_a_half_made_environment_is_made_anew_and_quiet_is_quiet(ready_project: Path) -> None:
    (ready_project / ".venv" / "casebook-lock").unlink()
    break_pip(ready_project)
    done = run_build(ready_project, "build", "--quiet")

    assert (done.returncode, done.stderr) == (0, "")
    assert (site_packages(ready_project) / "pip").is_dir()


@pytest.mark.skipif(os.name == "nt", reason="the Python inside .venv is no link on Windows")
def test_an_environment_of_a_python_that_has_gone_is_not_used(ready_project: Path) -> None:
    for python in (ready_project / ".venv" / "bin").glob("python*"):
        python.unlink()
        python.symlink_to(ready_project / "gone")
    done = run_build(ready_project)

    assert done.returncode == 0, done.stderr
    assert "making .venv again" in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="the packages lie elsewhere on Windows")
def test_an_environment_that_lost_its_packages_is_made_anew(ready_project: Path) -> None:
    shutil.rmtree(site_packages(ready_project))
    done = run_build(ready_project)

    assert done.returncode == 0, done.stderr
    assert "making .venv again" in done.stderr


def make_own_venv(folder: Path) -> None:
    folder.mkdir()
    (folder / "pyvenv.cfg").write_text("home = /usr/bin\n", encoding="utf-8")
    (folder / "mine.py").touch()


def leave_a_diary(folder: Path) -> None:
    folder.mkdir()
    (folder / "mine.py").touch()


def link_elsewhere(folder: Path) -> None:
    make_own_venv(folder.parent / "elsewhere")
    # Even an environment that build.py made belongs to the other project.
    (folder.parent / "elsewhere" / "casebook-setup").touch()
    folder.symlink_to("elsewhere")


@pytest.mark.parametrize(
    "make_foreign",
    [
        pytest.param(make_own_venv, id="made by venv, uv or an editor"),
        pytest.param(leave_a_diary, id="no environment at all"),
        pytest.param(link_elsewhere, id="a link to that of another project"),
    ],
)
def test_a_venv_of_somebody_else_is_left_alone_and_another_folder_used(
    tmp_path: Path, make_foreign: Callable[[Path], None]
) -> None:
    project = new_project(tmp_path)
    make_foreign(project / ".venv")
    before = sorted((project / ".venv").iterdir())

    first, second = run_build(project), run_build(project)

    assert (first.returncode, second.returncode) == (0, 0), first.stderr
    assert first.stderr.splitlines()[:2] == [
        ".venv was not made by build.py and is left alone; .casebook-venv is used.",
        "First run: making .casebook-venv (only this once) …",
    ]
    assert second.stderr == ""
    assert ".casebook-venv" in second.stdout
    assert sorted((project / ".venv").iterdir()) == before


def test_two_folders_of_somebody_else_are_refused(tmp_path: Path) -> None:
    project = new_project(tmp_path)
    for name in (".venv", ".casebook-venv"):
        leave_a_diary(project / name)
    done = run_build(project)

    assert done.returncode == 3
    assert "Move one of them away and run this again." in done.stderr
    assert os.listdir(project / ".casebook-venv") == ["mine.py"]


@pytest.mark.skipif(os.name == "nt", reason="a colon stands in no path of Windows")
def test_a_path_that_no_environment_can_lie_in_is_refused_with_the_remedy(tmp_path: Path) -> None:
    project = new_project(tmp_path / "a:b")
    done = run_build(project, LC_ALL="zh_CN.UTF-8")

    assert done.returncode == 3
    assert "请把项目移到没有这个字符的文件夹" in done.stderr
    assert not (project / ".venv").exists()


def test_a_project_that_cannot_be_written_is_told_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    build = load_build(new_project(tmp_path) / "build.py")

    def refuse(path: str, **_: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system", path)

    monkeypatch.setattr(os, "makedirs", refuse)

    assert build.main(["check", "--lang", "en"]) == 3
    assert "Read-only file system" in (told := capsys.readouterr().err)
    assert "copy the project to a folder of your own" in told


def test_the_packages_are_counted(
    ready_project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A stub of pip prints the lines of pip and installs nothing."""
    (ready_project / "requirements.lock").write_text("a==1\nb==2\nc==3\n", encoding="utf-8")
    pip = site_packages(ready_project) / "pip.py"
    shutil.rmtree(site_packages(ready_project) / "pip")
    pip.write_text(f"print({PIP_SAYS!r})", encoding="utf-8")
    build = load_build(ready_project / "build.py")

    build.install(str(ready_project / "requirements.lock"), build.Voice(False, False))

    assert capsys.readouterr().err.splitlines() == [
        "Downloading and installing the 3 packages of requirements.lock …",
        "  set-up: 1/3 packages, a",
        "  set-up: 2/3 packages, b-2",
        "  set-up: 3/3 packages, c",
        "  set-up: 3/3 packages, installing …",
    ]


@pytest.mark.parametrize("setting", ["PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT"])
def test_where_a_user_has_pip_install_to_is_not_where_the_set_up_does(
    ready_project: Path, tmp_path: Path, setting: str
) -> None:
    pip = site_packages(ready_project) / "pip.py"
    shutil.rmtree(site_packages(ready_project) / "pip")
    pip.write_text(
        f"import os\nprint('said', os.environ.get({setting!r}))\nexit(1)", encoding="utf-8"
    )
    (ready_project / "requirements-test.lock").write_text("# more\n", encoding="utf-8")
    done = run_build(ready_project, "test", **{setting: "1"})

    assert done.returncode == 3
    assert f"said {0 if setting == 'PIP_USER' else None}\n" in done.stderr


def test_a_failed_installation_gives_pips_words_and_advice(ready_project: Path) -> None:
    unknown = "no-such-thing==1.0 --hash=sha256:" + "0" * 64 + "\n"
    (ready_project / "requirements-test.lock").write_text(unknown, encoding="utf-8")
    done = run_build(ready_project, "test")

    assert done.returncode == 3
    assert "no-such-thing" in done.stderr
    assert "Check the network" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (ready_project / ".venv" / "casebook-lock-test").exists()


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        pytest.param(
            OSError(errno.EMFILE, "Too many open files"), "run ulimit -n 1024", id="open files"
        ),
        pytest.param(
            OSError(errno.ENOMEM, "Cannot allocate memory"), "ulimit -v unlimited", id="memory"
        ),
        pytest.param(MemoryError(), "ulimit -v unlimited", id="memory of build.py itself"),
        pytest.param(
            subprocess.CalledProcessError(1, ["python"], output=b"x\nMemoryError\nfailed"),
            "ulimit -v unlimited",
            id="memory of pip's first start",
        ),
        pytest.param(
            subprocess.CalledProcessError(-signal.SIGKILL, ["python"], output=b""),
            "ulimit -v unlimited",
            id="killed for its memory",
        ),
        pytest.param(
            subprocess.CalledProcessError(1, ["python"], output=b"no module zlib"),
            "Install the full Python",
            id="anything else",
        ),
    ],
)
def test_a_limit_of_the_machine_is_told_with_its_remedy(
    error: Exception,
    remedy: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    build = load_build(new_project(tmp_path) / "build.py")

    def fail(_voice: object) -> None:
        raise error

    monkeypatch.setattr(build, "make_venv", fail)

    assert build.main(["check", "--lang", "en"]) == 3
    assert remedy in (told := capsys.readouterr().err)
    assert "Traceback" not in told


def keep_the_guard_alone(folder: Path) -> None:
    for path in folder.iterdir():
        if path.name != "casebook-setup":
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


@pytest.mark.skipif(os.name == "nt", reason="the packages lie elsewhere on Windows")
@pytest.mark.parametrize(
    "leave",
    [
        pytest.param(lambda venv: shutil.rmtree(venv) or venv.mkdir(), id="an empty folder"),
        pytest.param(keep_the_guard_alone, id="only its marker file"),
        pytest.param(lambda venv: shutil.rmtree(venv / "bin"), id="no Python"),
        pytest.param(lambda venv: (venv / "pyvenv.cfg").unlink(), id="no configuration"),
        pytest.param(lambda venv: shutil.rmtree(venv / "lib"), id="no packages"),
        pytest.param(
            lambda venv: next(venv.rglob("casebook-project.pth")).unlink(), id="no path file"
        ),
        pytest.param(
            lambda venv: (venv / "casebook-lock").write_bytes(b"python3"), id="half a lock record"
        ),
        pytest.param(
            lambda venv: (venv / "casebook-lock").rename(venv / "casebook-lock.new"),
            id="the lock record not yet renamed",
        ),
    ],
)
def test_an_environment_that_is_half_made_at_any_point_is_made_good(
    leave: Callable[[Path], object], ready_project: Path
) -> None:
    leave(ready_project / ".venv")

    first, second = run_build(ready_project), run_build(ready_project)

    assert (first.returncode, second.returncode, second.stderr) == (0, 0, ""), first.stderr


def test_of_first_runs_at_once_one_sets_up_and_the_others_say_so(tmp_path: Path) -> None:
    project = new_project(tmp_path / "案例 a b")
    runs = [
        subprocess.Popen(
            [sys.executable, str(project / "build.py")],
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        for _ in range(3)
    ]

    ended = [(run.communicate()[1], run.returncode) for run in runs]

    assert {status for _, status in ended} <= {0, 3}
    assert 0 in {status for _, status in ended}
    assert all("Another build.py is setting up" in told for told, status in ended if status == 3)
    assert run_build(project).returncode == 0


def test_a_second_set_up_at_once_says_so(ready_project: Path) -> None:
    fcntl = pytest.importorskip("fcntl")
    (ready_project / ".venv" / "casebook-lock").unlink()
    with open(ready_project / ".venv" / "casebook-setup", "ab") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        done = run_build(ready_project)

    assert done.returncode == 3
    assert "Another build.py is setting up" in done.stderr


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param("0", 0, id="all passed"),
        pytest.param("1", 1, id="failures"),
        pytest.param("4", 4, id="wrong usage"),
        pytest.param("5", 1, id="no tests count as a failure"),
    ],
)
def test_the_test_command_gives_pytests_status(
    ready_project: Path, tmp_path: Path, given: str, expected: int
) -> None:
    done = run_build(ready_project, "test", "-k", "x y", cwd=tmp_path, STUB_STATUS=given)

    assert done.returncode == expected
    assert done.stdout == "pytest ['-k', 'x y'] 移 动\n"


def test_the_test_extras_are_installed_once(ready_project: Path) -> None:
    first = run_build(ready_project, "test")
    break_pip(ready_project)
    second = run_build(ready_project, "test")

    assert "requirements-test.lock" in first.stderr
    assert (second.returncode, second.stderr) == (0, "")


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_missing_module_is_named_with_its_package(tmp_path: Path, module: str) -> None:
    project = new_project(tmp_path)
    program = (
        f"import runpy, sys; sys.modules[{module!r}] = None; sys.argv = ['build.py']; "
        f"runpy.run_path({str(project / 'build.py')!r}, run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert done.returncode == 3
    assert f"lacks the module {module}" in done.stderr
    assert "apt install python3-venv" in done.stderr
    assert not (project / ".venv").exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no such signal to one process")
def test_an_interrupted_set_up_is_quiet_and_is_made_good_later(tmp_path: Path) -> None:
    project = new_project(tmp_path)
    with subprocess.Popen(
        [sys.executable, str(project / "build.py")],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    ) as process:
        assert process.stderr is not None
        first_line = process.stderr.readline()
        os.killpg(process.pid, signal.SIGINT)
        rest = process.stderr.read()

    assert "making .venv" in first_line
    assert (process.returncode, rest) == (130, "")
    assert run_build(project).returncode == 0


@pytest.mark.parametrize(
    ("version", "named"),
    [
        pytest.param((2, 7, 18, "final", 0), "2.7.18", id="Python 2"),
        pytest.param((3, 4, 0, "final", 0), "3.4.0", id="much too old"),
        pytest.param((3, 10, 14, "final", 0), "3.10.14", id="just too old"),
    ],
)
def test_an_old_python_is_told_what_is_needed(version: tuple[object, ...], named: str) -> None:
    message = load_build().old_python_message(version)

    assert "需要 Python 3.11 或更新的版本" in message
    assert "Python 3.11 or newer is needed" in message
    assert named in message


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 14, 1), (4, 0, 0)])
def test_a_new_python_is_welcome(version: tuple[int, ...]) -> None:
    assert load_build().old_python_message(version) == ""


def test_an_old_python_ends_with_3(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 8, 1, "final", 0))

    assert load_build().main([]) == 3
    assert "3.8.1" in capsys.readouterr().err


def test_an_old_python_can_parse_the_file() -> None:
    too_new = (
        ast.JoinedStr,
        ast.AnnAssign,
        ast.NamedExpr,
        ast.AsyncFunctionDef,
        ast.Nonlocal,
        ast.YieldFrom,
        ast.Match,
    )
    source = BUILD.read_bytes()
    tree = ast.parse(source, feature_version=(3, 4))
    nodes = list(ast.walk(tree))
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef)]
    arguments = [argument for node in functions for argument in node.args.args]

    assert source.splitlines()[1] == b"# -*- coding: utf-8 -*-"
    assert [node for node in nodes if isinstance(node, too_new)] == []
    # ast.parse goes back only to 3.4, so syntax that older versions refuse is looked for here.
    strings = [t.string for t in tokenize.tokenize(io.BytesIO(source).readline) if t.type == STRING]
    assert [string for string in strings if string[:2].lower() == "rb"] == []
    assert [node for node in functions if node.returns or node.args.kwonlyargs] == []
    assert [argument for argument in arguments if argument.annotation] == []
    assert [node for node in nodes if isinstance(node, ast.Raise) and node.cause] == []
    assert [
        node for node in nodes if isinstance(node, ast.List | ast.Tuple) and has_star(node)
    ] == []


def has_star(node: ast.List | ast.Tuple) -> bool:
    return any(isinstance(element, ast.Starred) for element in node.elts)


@pytest.mark.parametrize(
    ("arguments", "locale", "expected"),
    [
        pytest.param([], "zh_CN.UTF-8", True, id="the locale"),
        pytest.param([], "de_DE.UTF-8", False, id="another locale"),
        pytest.param(["--lang", "zh"], "en_US.UTF-8", True, id="option for Chinese"),
        pytest.param(["--lang=en"], "zh_CN.UTF-8", False, id="option for English"),
        pytest.param(["--lang"], "zh_CN.UTF-8", False, id="option without a value"),
    ],
)
def test_the_language_is_the_locales_or_the_one_asked_for(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], locale: str, expected: bool
) -> None:
    monkeypatch.setenv("LC_ALL", locale)

    assert load_build().wants_chinese(arguments) is expected
