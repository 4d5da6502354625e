"""The repository as a template: workflows, hooks, tasks and forms, each tried as far as possible.

A site made by `init` has the same files, with the command and packages of an installed program.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import PROJECT
from processes import break_case, run
from starter import files_of_the_repository

from casebook.commands.cli import main

WORKFLOWS = ("check", "pages")


@pytest.fixture(scope="module")
def new_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("init") / "site"
    assert main(["init", str(folder), "--yes", "--lang", "zh"]) == 0
    return folder


def test_the_repository_has_what_it_gives_to_a_site() -> None:
    """`python tests/starter.py` writes the files again."""
    for name, text in files_of_the_repository():
        assert (PROJECT / name).read_text(encoding="utf-8") == text, name


def hold_to_schema(schema: str, *files: Path) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}"]
    done = subprocess.run([*command, *files], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("folder", ["repository", "site"])
def test_workflows_and_forms_are_valid(folder: str, new_site: Path) -> None:
    github = (PROJECT if folder == "repository" else new_site) / ".github"
    config = github / "ISSUE_TEMPLATE" / "config.yml"
    forms = [path for path in github.glob("ISSUE_TEMPLATE/*.yml") if path != config]

    hold_to_schema("github-workflows", *github.glob("workflows/*.yml"))
    hold_to_schema("github-issue-forms", *forms)
    hold_to_schema("github-issue-config", config)


def steps_of(site: Path, workflow: str) -> list[dict[str, Any]]:
    text = (site / ".github/workflows" / f"{workflow}.yml").read_text(encoding="utf-8")
    (job,) = yaml.safe_load(text)["jobs"].values()
    steps: list[dict[str, Any]] = job["steps"]
    return steps


def lines_to_run(site: Path, workflow: str) -> Iterator[str]:
    """The commands that a runner executes, without the installation, in the environment at hand."""
    for step in steps_of(site, workflow):
        if "run" in step and "pip install" not in step["run"]:
            here = f"{shlex.quote(sys.executable)} -m casebook"
            yield re.sub(r"(?m)^(\s*)(python3 build\.py|casebook)(?= )", rf"\1{here}", step["run"])


def run_lines(site: Path, workflow: str, of: Path) -> list[subprocess.CompletedProcess[str]]:
    """The commands of a workflow of `of`, run one after the other in a site until one fails."""
    ended: list[subprocess.CompletedProcess[str]] = []
    for line in lines_to_run(of, workflow):
        if not ended or ended[-1].returncode == 0:
            ended.append(run_shell(site, line))
    return ended


def run_shell(site: Path, line: str) -> subprocess.CompletedProcess[str]:
    surroundings = {"SITEURL": "https://example.org", "PYTHONPATH": str(PROJECT)}
    return subprocess.run(
        ["bash", "-eo", "pipefail", "-c", line],
        cwd=site,
        env=os.environ | {"LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"} | surroundings,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def git(site: Path, *arguments: str) -> None:
    names = ("-c", "user.name=x", "-c", "user.email=x@example.org")
    subprocess.run(["git", *names, *arguments], cwd=site, capture_output=True, check=True)


@pytest.fixture
def fresh_clone(new_site: Path, tmp_path: Path) -> Path:
    """A clone of the new site after its first commit, without any built file."""
    origin = tmp_path / "origin"
    shutil.copytree(new_site, origin)
    git(origin, "init", "-q")
    git(origin, "add", "-A")
    git(origin, "commit", "-qm", "Begin")
    git(tmp_path, "clone", "-q", str(origin), "clone")
    return tmp_path / "clone"


needs_bash = pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")


@needs_bash
@pytest.mark.parametrize("of", ["repository", "site"])
@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_every_line_of_a_workflow_runs_in_a_fresh_clone(
    workflow: str, of: str, fresh_clone: Path, new_site: Path
) -> None:
    ended = run_lines(fresh_clone, workflow, PROJECT if of == "repository" else new_site)

    assert [(one.returncode, one.stderr) for one in ended if one.returncode] == []
    assert (fresh_clone / ("preview/site" if workflow == "check" else "output")).is_dir()
    if workflow == "pages":
        assert "::warning::" in ended[-1].stdout


@needs_bash
def test_a_check_marks_what_is_wrong_and_ends_the_run(fresh_clone: Path, new_site: Path) -> None:
    case = fresh_clone / "data/cases/example.yaml"
    text = case.read_text(encoding="utf-8")
    case.write_text(re.sub(r"(?m)^topic: .*", "topic: zzz", text), encoding="utf-8")

    ended = run_lines(fresh_clone, "check", new_site)

    assert len(ended) == 1
    assert ended[0].returncode == 1
    assert re.match(
        r"::error file=data/cases/example\.yaml,line=\d+,col=\d+::E205", ended[0].stdout
    )


@needs_bash
def test_nothing_is_published_that_the_commit_does_not_record(
    fresh_clone: Path, new_site: Path
) -> None:
    *_, hold = lines_to_run(new_site, "pages")
    assert run_shell(fresh_clone, hold).returncode == 0
    git(fresh_clone, "add", "-A")
    git(fresh_clone, "commit", "-qm", "Record")
    again = run_shell(fresh_clone, hold)
    ledger = fresh_clone / "data/published/figures.csv"
    *known, _ = ledger.read_text("utf-8").splitlines(keepends=True)
    ledger.write_text("".join(known), encoding="utf-8")
    git(fresh_clone, "commit", "-qam", "Forget a figure")

    changed = run_shell(fresh_clone, hold)

    assert (again.returncode, again.stdout.count("::")) == (0, 0)
    assert changed.returncode == 1
    assert "commit data/published" in changed.stdout


def test_a_workflow_asks_for_no_more_than_it_needs(new_site: Path) -> None:
    for folder in (PROJECT, new_site):
        check, pages = (
            yaml.safe_load((folder / f".github/workflows/{name}.yml").read_text("utf-8"))
            for name in WORKFLOWS
        )
        assert check["permissions"] == {"contents": "read"}
        assert pages["permissions"] == {"contents": "read", "pages": "write", "id-token": "write"}


def test_the_problem_matcher_reads_what_check_prints(tiny_project: Path) -> None:
    break_case(tiny_project, "topic: reading", "topic: readin")
    tasks = json.loads((PROJECT / ".vscode/tasks.json").read_text("utf-8"))["tasks"]
    pattern = tasks[0]["problemMatcher"]["pattern"]
    said = run(tiny_project, "check").stderr.splitlines()

    found = [match for line in said if (match := re.match(pattern["regexp"], line))]

    assert [
        [match[pattern[part]] for part in ("file", "line", "column", "code", "severity")]
        for match in found
    ] == [["data/cases/haishu.yaml", "4", "8", "E205", "E"]]
    assert (
        found[0][pattern["message"]]
        == "readin is not a valid value for topic. Did you mean reading?"
    )


def test_every_task_is_a_command(new_site: Path) -> None:
    for folder, command in ((PROJECT, "python3 build.py"), (new_site, "casebook")):
        tasks = json.loads((folder / ".vscode/tasks.json").read_text("utf-8"))["tasks"]
        assert [task["command"] for task in tasks] == [
            f"{command} {name}" for name in ("check", "build", "serve")
        ]


def test_an_editor_finds_the_schema_of_each_file_that_it_is_told_of(new_site: Path) -> None:
    for folder in (PROJECT, new_site):
        settings = json.loads((folder / ".vscode/settings.json").read_text("utf-8"))
        for schema, pattern in settings["yaml.schemas"].items():
            assert json.loads((folder / schema).read_text("utf-8"))["type"] == "object"
            assert list(folder.glob(pattern)) != []


def test_the_hook_of_pre_commit_runs_what_is_installed(tiny_project: Path, new_site: Path) -> None:
    (hook,) = yaml.safe_load((PROJECT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    config = yaml.safe_load((new_site / ".pre-commit-config.yaml").read_text("utf-8"))
    (local,) = config["repos"][0]["hooks"]
    scripts = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
    program, *arguments = shlex.split(hook["entry"])

    whole = run(tiny_project, *arguments)
    break_case(tiny_project, "topic: reading", "topic: readin")
    broken = run(tiny_project, *arguments)

    assert program in scripts
    assert (whole.returncode, broken.returncode) == (0, 1)
    for one in (hook, local):
        assert one["entry"] == "casebook check"
        for path in ("data/cases/x.yaml", "data/sources.yaml", "content/pages/about.md"):
            assert re.search(one["files"], path)
        assert not re.search(one["files"], "docs/data.md")


def test_a_new_site_names_the_version_that_it_is_made_for(new_site: Path) -> None:
    from casebook import __version__

    assert (new_site / "requirements.txt").read_text("utf-8") == f"casebook=={__version__}\n"
    installs = [s["run"] for s in steps_of(new_site, "pages") if "pip install" in s.get("run", "")]
    assert installs == ["python -m pip install -r requirements.txt"]


def test_no_file_of_a_site_names_the_host_of_a_registry(new_site: Path) -> None:
    texts = [path for path in new_site.rglob(".*/**/*") if path.is_file()]
    shown = [path for path in texts if not {".cache", ".git"} & set(path.parts)]

    assert len(shown) > 6
    for path in shown:
        assert not re.search(r"index-url|(ghcr|mcr|pypi|docker)\.\w+", path.read_text("utf-8"))
