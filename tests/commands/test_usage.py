"""Help, errors of usage and completion, in the language of the user and with remedies."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import PROJECT
from processes import run

from casebook import __version__
from casebook.commands.cli import main, parse_arguments
from casebook.commands.command import COMMANDS
from casebook.messages import read_catalogue

ZH = {"LC_ALL": "zh_CN.UTF-8"}
HAN = re.compile("[\u4e00-\u9fff]")
EXAMPLES = sorted(
    {
        re.split("  +| > ", line)[0].removeprefix("python3 build.py")
        for key, entry in read_catalogue().items()
        if key.startswith("commands.help") and key.endswith(".examples")
        for lang in ("zh", "en")
        for line in entry[lang].split("\n")
    }
)


@pytest.mark.parametrize("ask", [["--help"], ["-h"], ["help"]])
def test_the_help_of_the_program_names_every_command(
    ask: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--lang", "zh", *ask]) == 0
    told = capsys.readouterr().out

    assert "用法：" in told
    assert "例子：" in told
    assert all(f"\n  {command.name} " in told for command in COMMANDS)


@pytest.mark.parametrize("command", [command.name for command in COMMANDS])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_help_of_a_command_is_in_the_language_with_examples(
    command: str, lang: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["help", command, "--lang", lang]) == 0
    told = capsys.readouterr().out

    assert ("例子：" if lang == "zh" else "examples:") in told
    # An example may contain a Chinese place or file name.
    words = told.partition("examples:")[0]
    assert bool(HAN.search(words)) == (lang == "zh")


def test_the_help_of_a_command_is_asked_for_behind_its_name_too(
    capsys: pytest.CaptureFixture[str],
) -> None:
    main(["help", "check"])
    first = capsys.readouterr().out
    main(["check", "--fix", "--help"])

    assert capsys.readouterr().out == first


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_is_a_command(example: str) -> None:
    assert parse_arguments(shlex.split(example)).command


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith(f"casebook {__version__} (Python 3.")


@pytest.mark.parametrize(
    ("arguments", "zh", "en"),
    [
        pytest.param(
            ["chekc"],
            "没有命令 chekc。是不是 check？全部命令：build、",
            "there is no command chekc. Did you mean check? All commands: build,",
            id="a misspelt command",
        ),
        pytest.param(
            ["zzz"],
            "没有命令 zzz。全部命令：",
            "there is no command zzz. All commands: ",
            id="unlike any command",
        ),
        pytest.param(
            ["--outptu", "x"],
            "build.py build: 没有这样的选项：--outptu x。是不是 --output？",
            "unrecognized arguments: --outptu x Did you mean --output?",
            id="a misspelt option",
        ),
        pytest.param(
            ["check", "--format", "jsno"],
            "--format：不能是 'jsno'，只能是",
            "argument --format: invalid choice: 'jsno'",
            id="a misspelt word of a list",
        ),
        pytest.param(
            ["build", "--jobs", "0"],
            "--jobs：只能是 1 到 256 的数。",
            "argument --jobs: it must be a number from 1 to 256",
            id="a number out of its bounds",
        ),
        pytest.param(
            ["build", "--siteurl"],
            "--siteurl：后面要写一个值。",
            "argument --siteurl: expected one argument",
            id="a missing value",
        ),
        pytest.param(
            ["chart", "x"],
            "缺少 --out。",
            "the following arguments are required: --out",
            id="a missing option",
        ),
        pytest.param(
            ["import", "x", "--keep", "--replace"],
            "--replace：不能与 --keep 一起用。",
            "argument --replace: not allowed with argument --keep",
            id="exclusive options",
        ),
        pytest.param(
            ["record", "--in-step"],
            "--in-step：后面至少要写一个值。",
            "argument --in-step: expected at least one argument",
            id="a missing file",
        ),
        pytest.param(
            ["build", "--quiet=1"],
            "--quiet：后面不能写值，却写了 '1'。",
            "argument --quiet: ignored explicit argument '1'",
            id="a value too many",
        ),
        pytest.param(
            ["check", "--f", "json"],
            "--f 可能是几个选项：--format, --fix。",
            "ambiguous option: --f could match --format, --fix",
            id="an ambiguous abbreviation",
        ),
        pytest.param(
            ["release", "--date", "2026/1/2"],
            "--date：要写成 2026-11-25 这样的日子。",
            "argument --date: it must be a date such as 2026-11-25",
            id="not a day",
        ),
    ],
)
def test_wrong_usage_is_told_in_both_languages(
    arguments: list[str], zh: str, en: str, capsys: pytest.CaptureFixture[str]
) -> None:
    statuses = [main([*arguments, "--lang", lang]) for lang in ("zh", "en")]
    told = capsys.readouterr().err

    assert statuses == [2, 2]
    assert zh.replace("build、", "build,") in told
    assert en in told


def test_what_is_wrong_with_the_language_is_told_too(tiny_project: Path) -> None:
    done = run(tiny_project, "--lang", "fr", **ZH)

    assert done.returncode == 2
    assert "--lang：不能是 'fr'，只能是" in done.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_completion_knows_every_command_and_its_options(
    shell: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out

    assert all(command.name in script for command in COMMANDS)
    assert "in-step" in script


def test_bash_completes_by_it(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    main(["completion", "bash"])
    (tmp_path / "script").write_text(capsys.readouterr().out, encoding="utf-8")
    program = (
        "source ./script; COMP_WORDS=(build.py check --ex); COMP_CWORD=2; "
        "_shtab_build_py; echo ${COMPREPLY[@]}"
    )
    try:
        done = subprocess.run(
            ["bash", "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
        )
    except FileNotFoundError:
        pytest.skip("no bash here")

    assert done.stdout.split() == ["--explain"]


def test_an_environment_without_a_package_is_named_with_the_remedy(tmp_path: Path) -> None:
    program = (
        "import sys; sys.modules['shtab'] = None; from casebook.commands.cli import main; "
        "sys.exit(main(['completion', 'bash']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=PROJECT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert done.returncode == 3
    assert "shtab is missing from the environment" in done.stderr
    assert "run python3 build.py again" in done.stderr


def test_the_tests_are_run_by_build_py(tiny_project: Path) -> None:
    done = run(tiny_project, "test", "-k", "x")

    assert done.returncode == 2
    assert "python3 build.py test" in done.stderr


@pytest.mark.parametrize("written", ["—format", "——format", "－－format", "–format", "−−format"])
def test_an_option_with_other_dashes_is_named(
    written: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--lang", "zh", "check", written, "json"]) == 2
    assert f"“{written}”要写成 --format" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["haishu", "haishu.yml", "cases/haishu.yaml"])
def test_a_case_that_is_named_by_less_than_its_path_is_offered(
    name: str,
    tiny_project: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tiny_project)

    assert main(["--lang", "zh", "--project", ".", "check", name]) == 2
    assert "是不是 data/cases/haishu.yaml？" in capsys.readouterr().err
