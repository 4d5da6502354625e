"""Compares the site built by the working tree with the site built by a commit, file by file.

Both build two projects: the one of this repository, and one of made-up cases. Each is built
once whole, and once more after one case was edited. `manifest.json` is left out because it names
the program that wrote it. The digests of a commit's sites are kept in the folder of Git.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.cases import write_project

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("casebook", "data", "content", "theme", "pelicanconf.py")
MOST_SHOWN = 20

# By the name of the build, the digest of every file of its site by path.
Sites = dict[str, dict[str, str]]


def main(argv: Sequence[str] | None = None) -> int:
    """Compare the sites and list different files; the exit status is 1 if there are any."""
    parser = argparse.ArgumentParser(prog="same_bytes", description=__doc__)
    parser.add_argument("commit", nargs="?", default="HEAD", help="the commit to compare with")
    parser.add_argument("--count", type=int, default=300, help="made-up cases, 0 for none")
    options = parser.parse_args(argv)
    commit = run_git("rev-parse", f"{options.commit}^{{commit}}")
    with tempfile.TemporaryDirectory(prefix="casebook-same-bytes-") as made:
        folder = Path(made)
        before = recall_sites(commit, options.count)
        if before is None:
            source = folder / "commit"
            export_commit(commit, source)
            before = build_sites(source, folder / "before", options.count)
            remember_sites(commit, options.count, before)
        source = folder / "tree"
        copy_parts(source)
        after = build_sites(source, folder / "after", options.count)
    same = [compare_sites(name, before[name], after[name]) for name in before]
    return 0 if all(same) else 1


def run_git(*arguments: str) -> str:
    """The output of a git command."""
    done = subprocess.run(
        ["git", *arguments], cwd=ROOT, check=True, capture_output=True, encoding="utf-8"
    )
    return done.stdout.strip()


def memory_of(commit: str, count: int) -> Path:
    """The file that keeps the digests of the sites of a commit."""
    shared = (ROOT / run_git("rev-parse", "--git-common-dir")).resolve()
    return shared / "same-bytes" / f"{commit}-{count}.json"


def recall_sites(commit: str, count: int) -> Sites | None:
    """The kept sites of a commit, or None if it was not built yet."""
    path = memory_of(commit, count)
    return json.loads(path.read_bytes()) if path.exists() else None


def remember_sites(commit: str, count: int, sites: Sites) -> None:
    """Keep the sites of a commit for the next comparison."""
    path = memory_of(commit, count)
    path.parent.mkdir(exist_ok=True)
    new = path.with_name(f"{path.name}.{os.getpid()}")
    new.write_text(json.dumps(sites), encoding="utf-8")
    os.replace(new, path)


def export_commit(commit: str, folder: Path) -> None:
    """Write the files of a commit to a folder."""
    folder.mkdir()
    packed = subprocess.Popen(["git", "archive", commit, *PARTS], cwd=ROOT, stdout=subprocess.PIPE)
    subprocess.run(["tar", "-x", "-C", str(folder)], stdin=packed.stdout, check=True)
    if packed.wait():
        raise SystemExit(f"git archive ended with {packed.returncode}")


def copy_parts(folder: Path) -> None:
    """Copy the parts of the working tree that a build needs to a folder."""
    ignored = shutil.ignore_patterns("__pycache__")
    for name in PARTS:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=ignored)
        else:
            shutil.copy2(source, folder)


def build_sites(source: Path, folder: Path, count: int) -> Sites:
    """The sites of both projects by the program in `source`, whole and after an edit."""
    sites = {}
    shutil.copytree(source, folder / "real", ignore=shutil.ignore_patterns("casebook"))
    if count:
        write_project(source, folder / "made", count)
    for project in sorted(path for path in folder.iterdir() if path.is_dir()):
        sites[project.name] = build_site(source, project)
        edit_a_case(project)
        sites[f"{project.name}, edited"] = build_site(source, project)
    return sites


def build_site(program: Path, project: Path) -> dict[str, str]:
    """The digest of every file of a site by its path; a failed build ends the comparison."""
    output = project / "output"
    command = [sys.executable, "-P", "-m", "casebook", "--project", str(project), "build"]
    done = subprocess.run(
        [*command, "--quiet", "--jobs", "2"],
        cwd=program,
        env=os.environ | {"PYTHONPATH": str(program), "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{project.name}: {done.returncode}\n{done.stdout}{done.stderr}")
    return {
        path.relative_to(output).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(output.rglob("*"))
        if path.is_file() and path != output / "manifest.json"
    }


def edit_a_case(project: Path) -> None:
    """Add a paragraph to the story of the first case."""
    path = min((project / "data" / "cases").glob("*.yaml"))
    text = path.read_text(encoding="utf-8")
    edited = text.replace("story: |\n", "story: |\n  材料没有写明。\n\n", 1)
    path.write_text(edited, encoding="utf-8")


def compare_sites(name: str, before: dict[str, str], after: dict[str, str]) -> bool:
    """True if two sites are the same; different files are printed."""
    gone = sorted(before.keys() - after.keys())
    new = sorted(after.keys() - before.keys())
    changed = sorted(path for path in before.keys() & after.keys() if before[path] != after[path])
    lines = [*(f"- {path}" for path in gone), *(f"+ {path}" for path in new)]
    lines += [f"! {path}" for path in changed]
    print(f"{name}: {len(after)} files, {len(lines) or 'none'} differ")
    for line in lines[:MOST_SHOWN]:
        print(f"  {line}")
    return not lines


if __name__ == "__main__":
    raise SystemExit(main())
