"""Last build of a project: stamps of all that it read and made, and what it printed.

Only what Python has loaded anyway is imported here, and hashes: to find that there is nothing to
do costs hardly more than the start of Python and a look at each file. JSON alone would add a fifth.
"""

from __future__ import annotations

import hashlib
import marshal
import os
import stat
import sys
import time

from casebook import __version__
from casebook.build.leftovers import clear_leftovers
from casebook.language import choose_language
from casebook.packaged import SETTINGS, find_packaged, find_project, find_source

# The module that has this name takes as long to import as all else here.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from io import BufferedReader
    from typing import Any

    from casebook.build.steps import BuildResult
    from casebook.problems import Problem
    from casebook.text import Lang

# Time of writing, time of change, size, place on the disk and kind: any writing changes one.
Stamp = tuple[int, int, int, int, int]
# The last build by the names of _FIELDS.
Record = dict[str, str]

SOURCES = ("content", "data", "theme")
# A file that was written this recently may be written again without its time changing: clocks of
# file systems go in steps, of two seconds at the worst.
YOUNG = 2 * 10**9
# To look at each file of a larger site would take many times as long as all the rest.
MOST_LOOKED_AT = 5_000

# Settings whose lists name folders beside those.
_NAMING_FOLDERS = ("THEME_TEMPLATES_OVERRIDES", "PLUGIN_PATHS")
_RECORD = os.path.join(".cache", "last-build")
_FIELDS = (
    # What was asked for; a command that asked for more than a plain build has no digest.
    *("command", "quiet", "lang", "output", "siteurl"),
    # Digests of what was there before and after, and the digests of files that were young.
    *("inputs", "outputs", "files", "young"),
    # What was printed in each language; a terminal is shown the lines of problems as well.
    *("done zh", "done en", "problems zh", "problems en", "terminal zh", "terminal en"),
)
# So few files are read again in a fraction of the time that it takes to load what writes a record.
_FEW = 50
_MOST_READ = 1_000_000
_MOST_RECORDED = 50_000_000
_PROGRAM = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# What editors and file managers leave differs between machines.
_LEFT_BEHIND = ("~", ".pyc", ".swp")


def stamp_inputs(project: str) -> dict[str, Stamp]:
    """The stamp of every file that a site is made from, by path, in the order of the paths."""
    return {path: stamp for path, stamp in _find_inputs(project).items() if stamp is not None}


def _find_inputs(project: str) -> dict[str, Stamp | None]:
    """Everything in the places of sources, in order, with its stamp where it is a regular file."""
    stamps: dict[str, Stamp | None] = {}
    settings = _stamp(os.path.join(project, SETTINGS))
    if settings is not None:
        stamps[SETTINGS] = settings if stat.S_ISREG(settings[-1]) else None
    # The files of a project's own theme come later and take the places of ours.
    _stamp_sources(find_packaged("theme"), "theme", stamps)
    for name in (*list_sources(project), "casebook"):
        _stamp_sources(os.path.join(project, name), name, stamps)
    return dict(sorted(stamps.items()))


def list_sources(project: str) -> tuple[str, ...]:
    """The folders of what a site is made from, with those that its settings name."""
    try:
        with _open_file(os.path.join(project, SETTINGS)) as stream:
            # What is longer is refused by whoever runs it.
            text = stream.read(_MOST_READ).decode("utf-8", "replace")
    except OSError:
        return SOURCES
    # To run or to parse the settings would take longer than all the rest of the look.
    lists = (text.partition(f"\n{name}")[2].partition("]")[0] for name in _NAMING_FOLDERS)
    names = [name for one in lists for name in one.replace("'", '"').split('"')[1::2]]
    own = (os.path.normpath(name) for name in names if name and not os.path.isabs(name))
    return (*SOURCES, *(name for name in own if name[0] != "." and name not in SOURCES))


def is_left_behind(name: str) -> bool:
    """True of a file that somebody's editor or file manager left, which no site is made from."""
    return name.rpartition("/")[2][:1] == "." or name.endswith(_LEFT_BEHIND)


def is_young(stamp: Stamp, since: int) -> bool:
    """True of a file written so recently that its stamp does not vouch for its content."""
    return max(stamp[:2]) > since


def young_since() -> int:
    """The time from which on what was written may be written again without its time changing."""
    return time.time_ns() - YOUNG


def stamp_of(found: os.stat_result) -> Stamp:
    """The stamp of a file that was looked at."""
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino, found.st_mode


def list_packages() -> list[str]:
    """The folders of installed packages that this process imports from."""
    return [folder for folder in sys.path if folder.endswith(("site-packages", "dist-packages"))]


def describe_command(arguments: list[str]) -> str:
    """The digest of a command as it was typed, and of the folder that it was typed in."""
    try:
        return _digest((os.getcwd(), arguments or ["build"]))
    except OSError:
        return ""


class Look:
    """The stamps of all that a build depends on, taken before it, beside what it is asked for.

    `young` are the files whose stamps do not vouch for them yet, each with its SHA-256.
    """

    def __init__(
        self, project: str, output: str, siteurl: str | None, packages: Iterable[str]
    ) -> None:
        self.project = project
        self.output = output
        self.siteurl = "" if siteurl is None else f"={siteurl}"
        stamps = _find_inputs(project)
        program: dict[str, Stamp | None] = {}
        if os.path.dirname(_PROGRAM) != project:
            _stamp_sources(_PROGRAM, _PROGRAM, program)
        # An absolute path stays what it is where it is joined to the project.
        found = (*stamps.items(), *sorted(program.items()))
        since = young_since()
        young = [find_source(project, path) for path, at in found if at and is_young(at, since)]
        self.young = {path: digest_file(path) for path in young}
        # Packages that come and go change the folder that they are in.
        around = [(folder, _stamp(folder)) for folder in packages]
        self.inputs = _digest((__version__, sys.version, project, output, siteurl, around, found))


def repeat_last_build(arguments: list[str], packages: list[str]) -> bool:
    """Print what the last build printed, where this is its very command and nothing has changed.

    `packages` are the folders that a build would import packages from. Where it returns False it
    is for the command line, which reads all options, to find out what there is to do.
    """
    project = os.path.realpath(find_project(_read_project(arguments)))
    clear_leftovers(project)
    last = _read_record(project)
    if last is None or last["command"] != describe_command(arguments):
        return False
    siteurl = last["siteurl"]
    look = Look(project, last["output"], siteurl[1:] if siteurl else None, packages)
    if not last["command"] or not _is_unchanged(look, last):
        return False
    for stream in (sys.stdout, sys.stderr):
        # A console of another code page must not stop a build over one character.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    print_build(last, choose_language(last["lang"] or None), bool(last["quiet"]))
    return True


def find_last_build(look: Look) -> Record | None:
    """The record of the last build, where a new one would make the same and finds it published."""
    last = _read_record(look.project)
    return last if last is not None and _is_unchanged(look, last) else None


def _is_unchanged(look: Look, last: Record) -> bool:
    # The texts of sources have no stamps here; the root folder has no name, and a build refuses it.
    if os.environ.get("CASEBOOK_SNAPSHOTS") or not os.path.basename(look.output):
        return False
    if _is_disturbed(look.output) or last["inputs"] != look.inputs:
        return False
    outputs = _digest_output(look.output, int(last["files"]))
    if not outputs or outputs != last["outputs"]:
        return False
    was_young = [line.split(" ", 1) for line in last["young"].splitlines()]
    if any(len(of_file) != 2 or digest_file(of_file[1]) != of_file[0] for of_file in was_young):
        return False
    if len(was_young) > _FEW and not look.young:
        # They have come of age unchanged: from now on their stamps vouch for them.
        write_record(look.project, last | {"young": ""})
    return True


def _is_disturbed(output: str) -> bool:
    """True where the site is no plain folder, or another build works on it or was killed."""
    folder, name = os.path.split(output)
    beside = [os.path.join(folder, f".{name}.{kind}") for kind in ("building", "retired")]
    return os.path.islink(output) or any(map(os.path.exists, beside))


def record_build(look: Look, result: BuildResult, asked: Record) -> Record:
    """Write and return the record of a build that was begun after a look.

    `asked` are the fields that say by which command.
    """
    # Only now: a build with nothing to do must not pay for these imports.
    from casebook.messages import say

    done = say("build.done", cases=result.cases, files=result.files, output=look.output)
    record = asked | {
        "output": look.output,
        "siteurl": look.siteurl,
        "inputs": look.inputs,
        "outputs": _digest_output(look.output, result.files),
        "files": str(result.files),
        "young": "\n".join(f"{found} {path}" for path, found in look.young.items()),
        "done zh": done.zh,
        "done en": done.en,
        **_describe_problems(result.warnings, look.project),
    }
    write_record(look.project, record)
    return record


def _describe_problems(problems: Iterable[Problem], project: str) -> Record:
    """The printed lines of problems in each language, into a file and on a terminal."""
    from io import StringIO
    from pathlib import Path

    from casebook.report import print_problems
    from casebook.text import LANGS

    class Terminal(StringIO):
        def isatty(self) -> bool:
            return True

    described = {}
    for lang in LANGS:
        for name, stream in (("problems", StringIO()), ("terminal", Terminal())):
            print_problems(problems, lang, Path(project), stream)
            described[f"{name} {lang}"] = stream.getvalue().replace("\0", "?")
    return described


def write_record(project: str, record: Record) -> None:
    """Keep the record of the last build; without one the next build does everything."""
    from pathlib import Path

    from casebook.yaml.files import write_atomically

    path = os.path.join(project, _RECORD)
    if _is_behind_link(path):
        return
    content = "\0".join(record[name] for name in _FIELDS)
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        write_atomically(Path(path), content.encode("utf-8", "surrogateescape"))
    except OSError:
        return


def _read_record(project: str) -> Record | None:
    path = os.path.join(project, _RECORD)
    try:
        if _is_behind_link(path):
            return None
        with _open_file(path) as stream:
            text = stream.read(_MOST_RECORDED).decode("utf-8", "surrogateescape")
        record = dict(zip(_FIELDS, text.split("\0"), strict=True))
        # A number, or the record is damaged.
        record["files"] = str(int(record["files"]))
        return record
    except (OSError, ValueError):
        return None


def _is_behind_link(path: str) -> bool:
    return os.path.islink(os.path.dirname(path)) or os.path.islink(path)


def print_build(record: Record, lang: Lang, quiet: bool) -> None:
    """Print what a build has to say at its end."""
    kind = "terminal" if sys.stderr is not None and sys.stderr.isatty() else "problems"
    print(record[f"{kind} {lang}"], end="", file=sys.stderr)
    if not quiet:
        print(record[f"done {lang}"])


def _read_project(arguments: list[str]) -> str | None:
    for at, argument in enumerate(arguments):
        name, sign, value = argument.partition("=")
        if name == "--project":
            return value if sign else "".join(arguments[at + 1 : at + 2])
    return None


def _digest_output(output: str, files: int) -> str:
    """A digest of the stamps of a whole site of so many files.

    Of a large one the folder, what lies at its root and the manifest are enough to see another
    site in its place, or that a part was taken away. Empty where the site cannot be looked at.
    """
    stamps: dict[str, Stamp | None] = {}
    try:
        if files <= MOST_LOOKED_AT:
            _stamp_all(output, stamps)
        else:
            stamps[output] = _stamp(output)
            for name in os.listdir(output):
                stamps[name] = _stamp(os.path.join(output, name))
    except OSError:
        return ""
    return _digest(sorted(stamps.items()))


def _stamp_sources(folder: str, shown: str, stamps: dict[str, Stamp | None]) -> None:
    """Add what lies below a folder, with its stamp where it is a regular file."""
    try:
        with os.scandir(folder) as entries:
            listed = list(entries)
    except OSError:
        stamps[f"{shown}/"] = None
        return
    for entry in listed:
        name = entry.name
        try:
            if entry.is_dir(follow_symlinks=False):
                if name != "__pycache__":
                    _stamp_sources(entry.path, f"{shown}/{name}", stamps)
            elif not is_left_behind(name):
                stamps[f"{shown}/{name}"] = None
                found = entry.stat()
                if stat.S_ISREG(found.st_mode):
                    stamps[f"{shown}/{name}"] = stamp_of(found)
        except OSError:
            continue


def _stamp_all(folder: str, stamps: dict[str, Stamp | None]) -> None:
    """Add the stamps of everything below a folder that is no folder, of links by themselves."""
    with os.scandir(folder) as entries:
        listed = list(entries)
    for entry in listed:
        if entry.is_dir(follow_symlinks=False):
            _stamp_all(entry.path, stamps)
        else:
            stamps[entry.path] = stamp_of(entry.stat(follow_symlinks=False))


def _stamp(path: str) -> Stamp | None:
    try:
        return stamp_of(os.stat(path))
    except OSError:
        return None


def digest_file(path: str) -> str:
    """The SHA-256 of a regular file, empty for whatever else there is."""
    try:
        with _open_file(path) as stream:
            # In pieces, since nobody has looked how large it is.
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ""


def _open_file(path: str) -> BufferedReader:
    """A regular file that is read; OSError for whatever else there is."""
    # Without waiting, as for a pipe.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    stream = open(os.open(path, flags), "rb")  # noqa: SIM115  # whoever asked closes it
    if stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
        return stream
    stream.close()
    raise OSError(f"{path} is no regular file")


def _digest(value: Any) -> str:
    # In this version equal values have equal bytes, in a quarter of the time that repr takes.
    return hashlib.sha256(marshal.dumps(value, 2)).hexdigest()
