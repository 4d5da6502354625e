"""Proposals: a change as a branch with one commit, or as a patch if git has no commit."""

from __future__ import annotations

import difflib
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from casebook.messages import failure
from casebook.yaml.files import temporary_folder

_MOST_BRANCHES: Final = 1_000
# The author of a commit if git knows no name of the editor.
_NOBODY: Final = {"NAME": "casebook", "EMAIL": "casebook@localhost"}


def propose(project: Path, shown: str, before: bytes, after: bytes, message: str) -> str | bytes:
    """Propose new content of a file, without changing the files of the project or git's index.

    Returns the name of the branch, or the patch if git has no commit to build on.
    Raises CasebookError if there is nothing to propose.
    """
    head = _run_git(project, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    if head is None:
        if before == after:
            raise failure("form.nothing_to_propose")
        return make_patch(before, after, shown)
    prefix = _run_git(project, "rev-parse", "--show-prefix") or ""
    with temporary_folder(project) as folder:
        # A separate index, so that the editor's staged changes stay as they are.
        own = {"GIT_INDEX_FILE": str(folder / "index")}
        _must(project, "read-tree", head, environment=own)
        blob = _must(project, "hash-object", "-w", "--stdin", "--path", prefix + shown, data=after)
        entry = f"100644,{blob},{prefix}{shown}"
        _must(project, "update-index", "--add", "--cacheinfo", entry, environment=own)
        tree = _must(project, "write-tree", environment=own)
    if tree == _must(project, "rev-parse", f"{head}^{{tree}}"):
        raise failure("form.nothing_to_propose")
    who = {}
    if _run_git(project, "var", "GIT_AUTHOR_IDENT") is None:
        who = {f"GIT_{role}_{k}": v for role in ("AUTHOR", "COMMITTER") for k, v in _NOBODY.items()}
    commit = _must(project, "commit-tree", tree, "-p", head, "-m", message, environment=who)
    name = f"edit/{Path(shown).stem}"
    for number in range(1, _MOST_BRANCHES):
        branch = name if number == 1 else f"{name}-{number}"
        # The zeros make git create the branch only if no branch has the name at that moment.
        new = ("update-ref", f"refs/heads/{branch}", commit, "0" * len(commit))
        if _run_git(project, *new) is not None:
            return branch
    raise failure("form.no_branch", name=name)


def make_patch(before: bytes, after: bytes, shown: str) -> bytes:
    """The difference of two versions of a file, in the format of `git apply` and `patch -p1`."""
    old, new = (
        data.decode("utf-8", "surrogateescape").splitlines(keepends=True)
        for data in (before, after)
    )
    old_name = f"a/{shown}" if before else "/dev/null"
    patch = "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        for line in difflib.unified_diff(old, new, old_name, f"b/{shown}")
    )
    return patch.encode("utf-8", "surrogateescape")


def _must(
    project: Path, *arguments: str, data: bytes = b"", environment: Mapping[str, str] | None = None
) -> str:
    done = _run_git(project, *arguments, data=data, environment=environment)
    if done is None:
        raise failure("form.git_failed", command=arguments[0])
    return done


def _run_git(
    project: Path, *arguments: str, data: bytes = b"", environment: Mapping[str, str] | None = None
) -> str | None:
    """The output of git, None if it fails or is not installed."""
    # The preview may run inside a git hook, whose GIT_ variables would name another repository.
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    try:
        done = subprocess.run(
            ["git", "-C", str(project), *arguments],
            input=data,
            env=inherited | {**(environment or {})},
            capture_output=True,
            check=False,
        )
    except OSError:
        return None
    return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else None
