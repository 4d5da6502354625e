"""Last build of a project: the stamps of the files that it read and made, and its printed lines.

Of the standard library only hashlib and modules that Python loads at its start are imported here:
finding nothing to do then takes little longer than starting Python. JSON alone would add a fifth.
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

# Importing `typing` takes as long as importing all other modules here.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from io import BufferedReader
    from typing import Any

    from casebook.build.steps import BuildResult
    from casebook.problems import Problem
    from casebook.text import Lang

# The mtime, ctime, size, inode and mode of a file: every write changes at least one of them.
Stamp = tuple[int, int, int, int, int]
# The record of the last build: texts by the names in _FIELDS.
Record = dict[str, str]

SOURCES = ("content", "data", "theme")
# In nanoseconds. A file written more recently than this may be written again without a change of
# its times, because the clocks of file systems advance in steps of up to two seconds.
YOUNG = 2 * 10**9
# A look at every file of a larger site would take many times as long as the rest of the check.
MOST_LOOKED_AT = 5_000

# Settings that list further source folders.
_NAMING_FOLDERS = ("THEME_TEMPLATES_OVERRIDES", "PLUGIN_PATHS")
_RECORD = os.path.join(".cache", "last-build")
_FIELDS = (
    # The request. `command` is a digest, empty for `--no-cache` and `--timings`.
    *("command", "quiet", "lang", "output", "siteurl"),
    # Digests of the inputs and the outputs, the number of files, and the digests of young files.
    *("inputs", "outputs", "files", "young"),
    # The printed text in each language; on a terminal it includes the source lines of problems.
    *("done zh", "done en", "problems zh", "problems en", "terminal zh", "terminal en"),
)
# Reading this many files again takes a fraction of the time of importing what writes a record.
_FEW = 50
_MOST_READ = 1_000_000
_MOST_RECORDED = 50_000_000
_PROGRAM = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# Endings of files that editors and file managers leave; they differ between machines.
_LEFT_BEHIND = ("~", ".pyc", ".swp")


def stamp_inputs(project: str) -> dict[str, Stamp]:
    """The stamp of every file that a site is made from, by path, in the order of the paths."""
    return {path: stamp for path, stamp in _find_inputs(project).items() if stamp is not None}


def _find_inputs(project: str) -> dict[str, Stamp | None]:
    """The stamp of each file in the source folders, by sorted path; None if it is not regular."""
    stamps: dict[str, Stamp | None] = {}
    settings = _stamp(os.path.join(project, SETTINGS))
    if settings is not None:
        stamps[SETTINGS] = settings if stat.S_ISREG(settings[-1]) else None
    # The files of a project's own theme come later and replace those of the packaged theme.
    _stamp_sources(find_packaged("theme"), "theme", stamps)
    for name in (*list_sources(project), "casebook"):
        _stamp_sources(os.path.join(project, name), name, stamps)
    return dict(sorted(stamps.items()))


def list_sources(project: str) -> tuple[str, ...]:
    """The source folders of a site, including those that its settings name."""
    try:
        with _open_file(os.path.join(project, SETTINGS)) as stream:
            # A longer file of settings is refused when it is run.
            text = stream.read(_MOST_READ).decode("utf-8", "replace")
    except OSError:
        return SOURCES
    # Running or parsing the settings would take longer than the rest of this check.
    lists = (text.partition(f"\n{name}")[2].partition("]")[0] for name in _NAMING_FOLDERS)
    names = [name for one in lists for name in one.replace("'", '"').split('"')[1::2]]
    own = (os.path.normpath(name) for name in names if name and not os.path.isabs(name))
    return (*SOURCES, *(name for name in own if name[0] != "." and name not in SOURCES))


def is_left_behind(name: str) -> bool:
    """True if a file is hidden or was left by an editor or file manager, and so is no source."""
    return name.rpartition("/")[2][:1] == "." or name.endswith(_LEFT_BEHIND)


def is_young(stamp: Stamp, since: int) -> bool:
    """True if a file was written so recently that its stamp does not prove it unchanged."""
    return max(stamp[:2]) > since


def young_since() -> int:
    """The time in nanoseconds; a file written later than this counts as young."""
    return time.time_ns() - YOUNG


def stamp_of(found: os.stat_result) -> Stamp:
    """The stamp of a file, from the result of os.stat."""
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino, found.st_mode


def list_packages() -> list[str]:
    """The folders of installed packages that this process imports from."""
    return [folder for folder in sys.path if folder.endswith(("site-packages", "dist-packages"))]


def describe_command(arguments: list[str]) -> str:
    """The digest of a command's arguments and of the current folder, empty if there is none."""
    try:
        return _digest((os.getcwd(), arguments or ["build"]))
    except OSError:
        return ""


class Look:
    """The stamps of all that a build depends on, taken before the build, with its options.

    `young` holds the SHA-256 of each file that is too young for its stamp to be relied on.
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
        # Joining an absolute path to the project's path leaves it as it is.
        found = (*stamps.items(), *sorted(program.items()))
        since = young_since()
        young = [find_source(project, path) for path, at in found if at and is_young(at, since)]
        self.young = {path: digest_file(path) for path in young}
        # Installing or removing a package changes the stamp of its folder.
        around = [(folder, _stamp(folder)) for folder in packages]
        self.inputs = _digest((__version__, sys.version, project, output, siteurl, around, found))


def repeat_last_build(arguments: list[str], packages: list[str]) -> bool:
    """Print the last build's output again if the command is the same and nothing has changed.

    `packages` are the folders that a build would import packages from. If this returns False, the
    command line has to read all options and find out what there is to do.
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
        # A character that the console's code page lacks must not stop a build.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    print_build(last, choose_language(last["lang"] or None), bool(last["quiet"]))
    return True


def find_last_build(look: Look) -> Record | None:
    """The record of the last build if the site that a new build would make is already published."""
    last = _read_record(look.project)
    return last if last is not None and _is_unchanged(look, last) else None


def _is_unchanged(look: Look, last: Record) -> bool:
    # The texts in CASEBOOK_SNAPSHOTS have no stamps; the root folder, without a name, is refused.
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
        # The files are unchanged and no longer young: from now on their stamps are enough.
        write_record(look.project, last | {"young": ""})
    return True


def _is_disturbed(output: str) -> bool:
    """True if the site is a link, or if another build of it is running or was killed."""
    folder, name = os.path.split(output)
    beside = [os.path.join(folder, f".{name}.{kind}") for kind in ("building", "retired")]
    return os.path.islink(output) or any(map(os.path.exists, beside))


def record_build(look: Look, result: BuildResult, asked: Record) -> Record:
    """Write and return the record of a build that was begun after `look` was taken.

    `asked` holds the fields that describe the command.
    """
    # Imported here so that a build with nothing to do does not load the messages.
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
    """The printed lines of problems in each language, as a file and as a terminal shows them."""
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
    """Write the record of the last build; if that fails, the next build is not skipped."""
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
        # A ValueError here means that the record is damaged.
        record["files"] = str(int(record["files"]))
        return record
    except (OSError, ValueError):
        return None


def _is_behind_link(path: str) -> bool:
    return os.path.islink(os.path.dirname(path)) or os.path.islink(path)


def print_build(record: Record, lang: Lang, quiet: bool) -> None:
    """Print the problems of a build and, unless `quiet`, its closing line."""
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
    """A digest of the stamps of a whole site with this number of files, empty if it is unreadable.

    For a large site the folder and the entries at its root, such as the manifest, are enough to see
    that another site took its place or that a part was removed.
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
    """Add the files below a folder, each with its stamp, or None if it is not a regular file."""
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
    """Add the stamp of each file below a folder; of a link the stamp of the link itself."""
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
    """The SHA-256 of a regular file, empty if the path is no readable regular file."""
    try:
        with _open_file(path) as stream:
            # Read in pieces, because the size of the file is not known.
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ""


def _open_file(path: str) -> BufferedReader:
    """A regular file opened for reading; OSError if the path is anything else."""
    # O_NONBLOCK, because opening a pipe would wait for a writer.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    stream = open(os.open(path, flags), "rb")  # noqa: SIM115  # whoever asked closes it
    if stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
        return stream
    stream.close()
    raise OSError(f"{path} is no regular file")


def _digest(value: Any) -> str:
    # In marshal's version 2 equal values have equal bytes; it takes a quarter of the time of repr.
    return hashlib.sha256(marshal.dumps(value, 2)).hexdigest()
