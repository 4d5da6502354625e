"""Files of a project: finding the cases, reading bytes, writing atomically."""

from __future__ import annotations

import os
import re
import shutil
import stat
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from casebook.messages import failure, problem
from casebook.problems import START, Exit, Problem
from casebook.text import ENUMERATION
from casebook.yaml.encoding import MAX_BYTES, decode, describe_size

# Names of files that systems and editors leave behind; nobody means them as cases.
_LEFT_BEHIND = re.compile(
    r"[._~#].*|.*~|.*\.(?:swp|swo|bak|tmp|orig|rej|lock)|(?:thumbs\.db|desktop\.ini|icon\r)",
    re.IGNORECASE | re.DOTALL,
)
# Names of files that explain a folder to people; they need no warning.
_FOR_PEOPLE = re.compile(r"(?:readme|licen[cs]e|notes?)\b.*", re.IGNORECASE | re.DOTALL)
_LONGEST_NAME = 100
# The most bytes of a file by its place; files elsewhere are typed by people.
_MOST_BYTES = (
    # Holds more than a hundred thousand publications; a record has only a few.
    ("data/sources.yaml", 32_000_000),
    # Grows with everything that is ever published.
    ("data/published/", 64_000_000),
    # Holds all cases in one file.
    ("data/versions/", 400_000_000),
    ("theme/static/", 50_000_000),
    ("content/", 200_000_000),
)


# The folder of the case files.
CASES = "data/cases/"


def find_case_files(project: Path, problems: list[Problem] | None = None) -> list[Path]:
    """The case files in the order of their names; problems of other names are reported.

    Names that start with _ or ., and files that editors leave behind, are not cases.
    """
    noted: list[Problem] = [] if problems is None else problems
    folder = project / CASES
    try:
        # The paths of the listing are kept, as making them from names would parse them again.
        listed = {path.name: path for path in folder.iterdir()}
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        noted.append(_unreadable(folder, project, error))
        return []
    cases = []
    for name, path in sorted(listed.items()):
        if name.startswith(".") and name.endswith(".yaml.icloud"):
            # iCloud leaves such a file in place of a file that it keeps elsewhere.
            noted.append(problem("E140.cloud", show_path(path, project), START))
        if _LEFT_BEHIND.fullmatch(name):
            continue
        if not name.endswith(".yaml"):
            noted += _name_unread(path, project)
        elif not name.isprintable() or len(name) > _LONGEST_NAME:
            noted.append(problem("E143", show_path(path, project), START, most=_LONGEST_NAME))
        else:
            cases.append(path)
    noted += _find_twins(cases, project)
    return cases


def was_left_behind(name: str) -> bool:
    """True if systems and editors give such a name to files that they leave behind."""
    return _LEFT_BEHIND.fullmatch(name) is not None


def _name_unread(path: Path, project: Path) -> Iterator[Problem]:
    """A warning for each file that somebody may have meant as a case."""
    if path.is_dir() and not path.is_symlink():
        for inner in sorted(path.rglob("*")):
            parts = inner.relative_to(path).parts
            if inner.suffix in (".yaml", ".yml") and not any(map(_LEFT_BEHIND.fullmatch, parts)):
                yield problem("W142.folder", show_path(inner, project), START)
    elif not _FOR_PEOPLE.fullmatch(path.name):
        yield problem("W142", show_path(path, project), START)


def show_path(path: Path, project: Path) -> str:
    """A path as problems show it: relative to the project, with forward slashes, escaped."""
    try:
        shown = path.relative_to(project).as_posix()
    except ValueError:
        shown = path.as_posix()
    if shown.isprintable():
        return shown
    return "".join(c if c.isprintable() else _escape(c) for c in shown)


def _escape(character: str) -> str:
    code = ord(character)
    # Python gives a byte of a name that is not UTF-8 as a lone surrogate.
    return f"\\x{code - 0xDC00:02x}" if 0xDC80 <= code <= 0xDCFF else f"\\u{code:04x}"


def most_bytes(shown: str) -> int:
    """The most bytes that a file of a project may have, by its path there."""
    if shown.endswith((".md", ".html")):
        return MAX_BYTES
    return next((most for place, most in _MOST_BYTES if shown.startswith(place)), MAX_BYTES)


def read_bytes(path: Path, project: Path, problems: list[Problem], most: int = 0) -> bytes:
    """The bytes of a regular file of the project, or an empty mapping and a problem.

    Only a regular file is opened, of at most `most` bytes, by default the limit of its place.
    """
    shown, size = show_path(path, project), 0
    most = most or most_bytes(shown)
    try:
        if is_file := is_own_file(path, project):
            # Opened without waiting, as the file may have become a pipe since the check.
            flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
            with os.fdopen(os.open(path, flags), "rb") as file:
                state = os.fstat(file.fileno())
                is_file = stat.S_ISREG(state.st_mode)
                data = file.read(most + 1) if is_file and state.st_size <= most else b""
            size = max(state.st_size, len(data))
            if is_file and size <= most:
                return data
        problems.append(describe_size(shown, size, most) if is_file else _no_file(path, project))
    except OSError as error:
        problems.append(_unreadable(path, project, error))
    return b"{}"


def read_text(path: Path, project: Path, problems: list[Problem]) -> str | None:
    """The text of a file of the project, with plain line ends, or None and a problem."""
    before = len(problems)
    data = read_bytes(path, project, problems)
    if len(problems) > before:
        return None
    shown = show_path(path, project)
    text, found = decode(data, shown, most_bytes(shown))
    problems += found
    return text


def name_draft(path: Path) -> Path:
    """The path where a file or folder is written first, with the number of the process.

    By that number, the next command finds and clears what a killed process left.
    """
    return path.with_name(f".{path.name}.{os.getpid()}.new")


@contextmanager
def temporary_folder(project: Path) -> Iterator[Path]:
    """A folder that is removed at the end, in the cache if the project has a writable one."""
    # Imported here so that a check does not load it.
    import tempfile

    cache = project / ".cache"
    may_write = cache.is_dir() and not cache.is_symlink() and os.access(cache, os.W_OK)
    place = cache if may_write else None
    ending = f".{os.getpid()}.new"
    with tempfile.TemporaryDirectory(prefix=".casebook-", suffix=ending, dir=place) as folder:
        yield Path(folder)


@contextmanager
def _written_beside(path: Path, content: bytes, durable: bool = False) -> Iterator[Path]:
    """A file of another name in the same folder, removed at the end unless it was moved."""
    draft = name_draft(path)
    try:
        with draft.open("wb") as file:
            file.write(content)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        yield draft
    finally:
        with suppress(FileNotFoundError):
            draft.unlink()


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file or replace the existing one, so that nobody ever reads half of it."""
    with _written_beside(path, content) as draft:
        os.replace(draft, path)


def write_new_file(path: Path, content: bytes) -> None:
    """Write a new file completely or not at all, and never over an existing one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with _written_beside(path, content) as draft:
            try:
                os.link(draft, path)
            except FileExistsError:
                raise
            except OSError:
                # Without hard links; another writer between check and rename is unlikely.
                if path.exists():
                    raise FileExistsError(str(path)) from None
                os.rename(draft, path)
    except FileExistsError:
        raise failure("yaml.exists", status=Exit.USAGE, name=path.name) from None


def copy_of(path: Path) -> Path:
    """The path of the copy that `replace_file` keeps of the previous content of a file."""
    return path.with_name(f"{path.name}.bak")


def replace_file(path: Path, before: bytes, after: bytes) -> Path:
    """Write new content to a file, keep a copy of the old content beside it, and return its path.

    There is one copy, which is enough for an undo. Raises CasebookError if somebody else wrote the
    file since it was read.
    """
    copy = copy_of(path)
    with (
        _written_beside(path, after, durable=True) as draft,
        _written_beside(copy, before, durable=True) as kept,
    ):
        # The new file keeps the permissions of the old one.
        shutil.copymode(path, draft)
        if path.read_bytes() != before:
            raise failure("yaml.changed_meanwhile", name=path.name)
        os.replace(kept, copy)
        os.replace(draft, path)
    return copy


def is_own_file(path: Path, project: Path) -> bool:
    """True if a path is a regular file, or a link to one inside the project."""
    state = path.lstat()
    if stat.S_ISREG(state.st_mode):
        return True
    if not stat.S_ISLNK(state.st_mode):
        return False
    try:
        target = path.resolve(strict=True)
    # A loop of links raises RuntimeError up to Python 3.12, then OSError.
    except (OSError, RuntimeError):
        return False
    return target.is_relative_to(project.resolve()) and stat.S_ISREG(target.stat().st_mode)


def _no_file(path: Path, project: Path) -> Problem:
    key = "E141.link" if path.is_symlink() else "E141.no_file"
    return problem(key, show_path(path, project), START, name=show_path(Path(path.name), Path()))


def _unreadable(path: Path, project: Path, error: OSError) -> Problem:
    reason = error.strerror or str(error)
    return problem("E140.file", show_path(path, project), START, reason=reason)


def _find_twins(cases: list[Path], project: Path) -> Iterator[Problem]:
    """The problems of names that some systems treat as equal: by case or Unicode form."""
    same: dict[str, list[Path]] = defaultdict(list)
    for path in cases:
        name = path.name
        # Most names are slugs, which are ASCII and the same in every Unicode form.
        if not name.isascii():
            name = unicodedata.normalize("NFKC", name)
        same[name.casefold()].append(path)
    for twins in same.values():
        for path in twins if len(twins) > 1 else []:
            others = ENUMERATION.join(twin.name for twin in twins if twin is not path)
            yield problem("E243", show_path(path, project), START, others=others)
