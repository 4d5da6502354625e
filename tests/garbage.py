"""Damage by editors, disks and downloads, done to each file of a project in turn.

`python -m tests.garbage` tries every damage of every file, which takes an hour of one core, and
prints each trial. A part of a path and a part of the name of a damage select trials, and
`--few` takes one file of each kind.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import re
import shutil
import signal
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

from casebook.build.last_build import stamp_inputs
from casebook.commands.cli import main
from casebook.packaged import SETTINGS
from casebook.preview.rebuild import Preview
from casebook.text import LANGS, Lang

ROOT = Path(__file__).resolve().parent.parent
# Only a process that hangs takes so long, even on a busy machine.
LONGEST = 120

Make = Callable[[bytes], bytes | None]
Tree = dict[str, bytes]


def _random_bytes(data: bytes) -> bytes:
    return random.Random(len(data)).randbytes(max(len(data), 64))


def _reencode(*encodings: str) -> Make:
    def make(data: bytes) -> bytes:
        text = data.decode("utf-8", "replace")
        return text.encode(encodings[0], "replace")

    return make


def _break_a_byte(data: bytes) -> bytes:
    """Replace the last byte that is not ASCII, or the middle one, by a byte that is never UTF-8."""
    at = max((i for i, byte in enumerate(data) if byte >= 0x80), default=len(data) // 2)
    return data[:at] + b"\xff" + data[at + 1 :]


def _cut_within_a_character(data: bytes) -> bytes:
    """Cut after the first byte of the last character of several bytes; without one, add one."""
    starts = [i for i, byte in enumerate(data) if byte >= 0xC0]
    return data[: starts[-1] + 1] if starts else data[: len(data) // 2] + "字".encode()[:2]


def _mark_a_conflict(data: bytes) -> bytes:
    lines = data.splitlines(keepends=True) or [b"\n"]
    half = len(lines) // 2
    ours = b"".join(lines[half : half + 2])
    conflict = b"<<<<<<< HEAD\n" + ours + b"=======\n" + ours + b">>>>>>> main\n"
    return b"".join(lines[:half]) + conflict + b"".join(lines[half + 2 :])


def _mix_line_ends(data: bytes) -> bytes:
    lines = data.replace(b"\r\n", b"\n").split(b"\n")
    ends = (b"\r\n", b"\n", b"\r")
    return b"".join(line + ends[number % 3] for number, line in enumerate(lines))


def _docx(_data: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w:document/>")
    return stream.getvalue()


def _insert(words: bytes) -> Make:
    """Insert words in the middle, between two lines if there are several."""

    def make(data: bytes) -> bytes:
        at = data.find(b"\n", len(data) // 2) + 1 or len(data) // 2
        return data[:at] + words + data[at:]

    return make


def _always(content: bytes | None) -> Make:
    return lambda _data: content


def draw_picture() -> bytes:
    """A picture in a form that is published."""
    stream = io.BytesIO()
    Image.new("RGB", (40, 30), (200, 30, 30)).save(stream, "PNG")
    return stream.getvalue()


PNG = draw_picture()
PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<</Type/Catalog>>\nendobj\n%%EOF\n"
BROWSER = (
    b"<!DOCTYPE html>\n<html>\n<head><title>data/cases at main</title></head>\n"
    b"<body><p>Not Found: {{ user }} {% raw %}</p></body>\n</html>\n"
)
LFS = (
    b"version https://git-lfs.github.com/spec/v1\n"
    b"oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n"
)

# The damaged content of a file; None means that the file is missing.
GARBAGE: Mapping[str, Make] = {
    "missing": _always(None),
    "empty": _always(b""),
    "blank lines": _always(b"\n  \n\n"),
    "cut in half": lambda data: data[: len(data) // 2],
    "cut by a byte": lambda data: data[:-1],
    "twice over": lambda data: data + data,
    "random bytes": _random_bytes,
    "GBK": _reencode("gbk"),
    "Big5": _reencode("big5"),
    "Shift JIS": _reencode("shift_jis"),
    "Latin-1": _reencode("latin-1"),
    "UTF-16": _reencode("utf-16"),
    "UTF-16 without a mark": _reencode("utf-16-le"),
    "UTF-16 big endian": _reencode("utf-16-be"),
    "UTF-32": _reencode("utf-32"),
    "UTF-7": _reencode("utf-7"),
    "read as Latin-1": lambda data: data.decode("latin-1").encode(),
    "BOM": lambda data: b"\xef\xbb\xbf" + data,
    "BOM twice": lambda data: b"\xef\xbb\xbf" * 2 + data,
    "BOM within": _insert(b"\xef\xbb\xbf"),
    "one broken byte": _break_a_byte,
    "cut within a character": _cut_within_a_character,
    "CRLF": lambda data: data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"),
    "mixed line ends": _mix_line_ends,
    "old Mac line ends": lambda data: data.replace(b"\r\n", b"\n").replace(b"\n", b"\r"),
    "strange line ends": lambda data: (
        data.decode("utf-8", "replace").replace("\n", "\u2028").encode()
    ),
    "a zero byte": _insert(b"\0"),
    "zero bytes at the end": lambda data: data + bytes(512),
    "zero bytes": lambda data: bytes(max(len(data), 16)),
    "an escape": _insert(b"\x1b[31m"),
    "merge conflict": _mark_a_conflict,
    "a page of a browser": _always(BROWSER),
    "a Word document": _docx,
    "a picture": _always(PNG),
    "a PDF": _always(PDF),
    "compressed": _always(b"\x1f\x8b\x08\0" + bytes(range(256))),
    "JSON": _always(b'{"a": {"b": [1, 2, null]}, "title": 3}\n'),
    "a list": _always(b"- a\n- b: c\n- [d]\n"),
    "a word": _always(b"nothing\n"),
    "a number": _always(b"0\n"),
    "null": _always(b"null\n"),
    "brackets": _always(b"[" * 200_000),
    "braces": _always(b"{" * 200_000),
    "closed brackets": _always(b"[" * 100_000 + b"]" * 100_000),
    "nested names": _always(b'{"a":' * 40_000 + b"1" + b"}" * 40_000),
    "nested lists": _always(b"- " * 200_000 + b"a\n"),
    "nested quotes": _always(b"> " * 200_000 + b"a\n"),
    "nested emphasis": _always(b"*" * 200_000 + b"a\n"),
    "parentheses": _always(b"(" * 200_000),
    "open blocks": _always(b"{% if a %}" * 20_000),
    "open outputs": _always(b"{{" * 100_000),
    "indentation": _always(b"".join(b" " * n + b"a:\n" for n in range(1_300))),
    "anchors": _always(
        b"a: &a [x, x]\n"
        + b"".join(b"%c: &%c [*%c, *%c]\n" % (n, n, n - 1, n - 1) for n in range(98, 122))
    ),
    "tags": _always(b"title: !!python/object/apply:os.system ['true']\n"),
    "one long line": _always(b"a" * 900_000),
    "many lines": _always(b"a: b\n" * 180_000),
    "unpaired surrogate": _insert(b"\xed\xa0\xbd"),
    "escaped surrogate": _insert(b'zz: "\\ud83d"\n'),
    "emoji": _insert("😀👨‍👩‍👧\n".encode()),
    "right to left": _insert("\u202e\u2067abc\u2069\n".encode()),
    "zero width": _insert("\u200b\u200d\u2060\n".encode()),
    "tabs": lambda data: data.replace(b"  ", b"\t"),
    "full width": lambda data: "".join(
        chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in data.decode("utf-8", "replace")
    ).encode(),
    "Git LFS": _always(LFS),
    "a message of a server": _always(b"404: Not Found"),
    "a script": _always(b"import os\n\n\ndef run():\n    return 1\n"),
    "of a Mac": _always(b"\0\5\x16\7\0\2\0\0Mac OS X        " + bytes(60)),
}
# In addition, a file is replaced by the bytes of one other file of each kind.
OTHERS = (
    *("data/cases/guangzhou.yaml", "data/sources.yaml", "data/vocabulary.yaml"),
    *("data/published/figures.csv", "data/published/addresses.txt", "data/published/english.txt"),
    *("content/pages/about.md", "theme/templates/home.html", "theme/templates/macros/figure.html"),
    *("theme/static/css/base.css", "theme/static/js/site.js", "theme/static/icon.svg"),
    "pelicanconf.py",
)


# These leave a text unchanged in content; a file of the theme may have more signs than a record.
HARMLESS = {"BOM", "CRLF", "mixed line ends", "old Mac line ends", "cut by a byte"}
# Content that is no text in any place.
NEVER_A_TEXT = (
    *("random bytes", "UTF-16", "UTF-16 without a mark", "UTF-16 big endian", "UTF-32"),
    *("one broken byte", "cut within a character", "a zero byte", "zero bytes", "merge conflict"),
    *("zero bytes at the end", "a Word document", "a picture", "a PDF", "compressed"),
    *("unpaired surrogate", "a page of a browser", "of a Mac"),
)
# Files that a site does not need, by the beginnings of their paths.
OPTIONAL = (
    *("theme/", "layouts/", "content/downloads/", "data/gone.yaml", "data/refusals.yaml"),
    *("data/regions.yaml", "data/case.schema.json", "data/published/english.txt"),
)
# Folders whose files are published unchanged, whatever they contain.
FREE = ("content/downloads/",)
# Files that the program makes again by itself, or for which it only names the command.
MADE = ("data/case.schema.json",)
_NO_TEXT = (".png", ".pdf", ".woff2")


def run(project: Path, *words: str) -> tuple[int, str, str]:
    """The status of a command, and its output on each of the two streams."""
    out, errors = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
        status = main(["--project", str(project), *words])
    return status, out.getvalue(), errors.getvalue()


def read_tree(folder: Path) -> Tree:
    """The bytes of each file of a folder."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def list_places(project: Path) -> list[str]:
    """Every file from which the site of a project is made, including its settings."""
    return [name for name in stamp_inputs(str(project)) if (project / name).exists()]


def choose_places(project: Path) -> list[str]:
    """One file of each folder and ending if there are many, and every list and ledger."""
    chosen: dict[tuple[str, str], str] = {}
    for name in list_places(project):
        folder, ending = name.rpartition("/")[0], Path(name).suffix
        many = folder.startswith(("content", "theme", "data/cases", "data/versions"))
        chosen[folder if many else name, ending] = name
    return list(chosen.values())


def find_garbage(project: Path, place: str) -> Iterator[tuple[str, bytes | None]]:
    """Each damage that changes the file of a place, with the damaged content."""
    sound = (project / place).read_bytes()
    for name, make in list_garbage(project).items():
        content = make(sound)
        if content != sound:
            yield name, content


def list_garbage(project: Path) -> dict[str, Make]:
    """Every damage by its name, including the bytes of one other file of each kind."""
    others = {f"bytes of {one}": _always((project / one).read_bytes()) for one in OTHERS}
    return dict(GARBAGE) | others


@contextlib.contextmanager
def put(path: Path, content: bytes | None) -> Iterator[None]:
    """Replace the content of a file until the block ends."""
    kept = path.read_bytes()
    try:
        path.unlink()
        if content is not None:
            path.write_bytes(content)
        yield
    finally:
        path.write_bytes(kept)


@contextlib.contextmanager
def ending() -> Iterator[None]:
    """Ends a block that hangs with an error."""

    def stop(_number: int, _frame: object) -> None:
        # An Exception would be caught by the program as a fault, and the run would continue.
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(LONGEST)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


_LINE = re.compile(r"(?P<path>[^:\n]+):(?P<at>\d+:\d+): (?P<code>[EW]\d+) (?P<words>.*)")


@dataclass(kw_only=True)
class Trial:
    """The result of one damage in one place."""

    place: str
    garbage: str
    status: int = 0
    codes: tuple[str, ...] = ()
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        told = "; ".join(self.wrong)
        return f"{self.place} | {self.garbage} | {self.status} {' '.join(self.codes)} | {told}"


class Lab:
    """A built project that has a file in every place that is read, and its preview."""

    def __init__(self, folder: Path) -> None:
        self.project = make_project(folder)
        self.output = self.project / "output"
        self.sound = read_tree(self.output)
        self.previews = {lang: Preview(self.project, folder / lang, lang) for lang in LANGS}
        self.number = 0

    def judge(
        self,
        place: str,
        garbage: str,
        content: bytes | None,
        serve: bool = True,
        build: bool = True,
    ) -> Trial:
        """Check, build and show a project with one damaged file.

        Without `build`, a second check replaces the build, which takes a third of the time.
        """
        lang = LANGS[self.number % len(LANGS)]
        self.number += 1
        trial = Trial(place=place, garbage=garbage)
        before = read_tree(self.output)
        with put(self.project / place, content), ending():
            checked = run(self.project, "check", "--format", "json", "--lang", lang)
            words = ("build", "--quiet") if build else ("check",)
            built = run(self.project, *words, "--lang", lang)
            if serve:
                self._judge_preview(lang, trial)
        trial.status = built[0]
        self._judge_ends(trial, {"check": checked, "build": built})
        found = [match for match in map(_LINE.fullmatch, built[2].splitlines()) if match]
        trial.codes = tuple(dict.fromkeys(m["code"] for m in found if m["path"] == place))
        if place == SETTINGS and content is None:
            return trial
        if checked[0] != built[0] and not _is_known_when_it_runs(trial):
            trial.wrong.append(f"check ends with {checked[0]}, build with {built[0]}")
        if built[0]:
            self._judge_refusal(trial, found, checked[1])
            if read_tree(self.output) != before:
                trial.wrong.append("the site was touched")
        elif _must_be_refused(trial, content):
            trial.wrong.append("it is published")
        return trial

    def _judge_preview(self, lang: Lang, trial: Trial) -> None:
        if trial.place == SETTINGS and trial.garbage == "missing":
            # Without settings there is no project, which the preview reports without a path.
            return
        preview = self.previews[lang]
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            preview.rebuild()
        trial.wrong += [
            f"the preview fails: {one['message']}"
            for one in preview.state.problems.first
            if not one["path"]
        ]

    def _judge_ends(self, trial: Trial, ends: Mapping[str, tuple[int, str, str]]) -> None:
        no_project = trial.place == SETTINGS and trial.garbage == "missing"
        for name, (status, _, errors) in ends.items():
            if status not in ((2,) if no_project else (0, 1)):
                trial.wrong.append(f"{name} ends with {status}: {errors.strip()[-300:]}")
            if "Traceback" in errors:
                trial.wrong.append(f"{name} shows a traceback")

    def _judge_refusal(self, trial: Trial, found: list[re.Match[str]], told: str) -> None:
        name = trial.place.rpartition("/")[2]
        is_named = any(m["path"] == trial.place or name in m["words"] for m in found)
        # A ledger that can be read reports that the published content differs from the record.
        is_read = trial.place.startswith("data/published/") and "E238" in {m["code"] for m in found}
        if not (is_named or is_read):
            trial.wrong.append(f"the file is not named: {[str(m[0])[:200] for m in found]}")
        errors = [one for one in json.loads(told) if one["severity"] == "error"]
        if errors and not any(one["hint"] or one["code"] in SAYS_ALL for one in errors):
            trial.wrong.append(f"no remedy: {errors[0]['code']} {errors[0]['message']}")

    def judge_kept(self, place: str, garbage: str, content: bytes | None) -> Trial:
        """Build with a damaged file of the cache: the site stays the same."""
        trial = Trial(place=place, garbage=garbage)
        path, record = self.project / place, self.project / ".cache/last-build"
        kept = {one: one.read_bytes() for one in (path, record)}
        record.unlink()
        path.unlink(missing_ok=True)
        if content is not None:
            path.write_bytes(content)
        with ending():
            trial.status, _, errors = run(self.project, "build", "--quiet")
        if trial.status or errors:
            trial.wrong.append(f"ends with {trial.status}: {errors[-300:]}")
        if read_tree(self.output) != self.sound:
            trial.wrong.append("the site differs")
        for one, content_of_it in kept.items():
            one.write_bytes(content_of_it)
        return trial

    def judge_published(self, place: str, garbage: str, content: bytes | None) -> Trial:
        """Build over a damaged published file: it is repaired, or the folder is refused."""
        trial = Trial(place=place, garbage=garbage)
        path = self.output / place
        path.unlink()
        if content is not None:
            path.write_bytes(content)
        before = read_tree(self.output)
        with ending():
            trial.status, _, errors = run(self.project, "build", "--quiet")
        now = read_tree(self.output)
        if trial.status == 0 and now != self.sound:
            trial.wrong.append("the site is not mended")
        if trial.status and (trial.status != 2 or now != before or place != "manifest.json"):
            trial.wrong.append(f"ends with {trial.status}: {errors[-300:]}")
        if trial.status:
            path.write_bytes(self.sound[place])
        return trial

    def judge_command(self, words: tuple[str, ...], place: str, garbage: str) -> Trial:
        """Run a command on a project with one damaged file."""
        trial = Trial(place=f"{' '.join(words)}: {place}", garbage=garbage)
        sound = (self.project / place).read_bytes()
        before = read_tree(self.project / "data")
        with put(self.project / place, list_garbage(self.project)[garbage](sound)), ending():
            trial.status, _, errors = run(self.project, *words)
        if trial.status not in (0, 1, 2, 3) or "Traceback" in errors:
            trial.wrong.append(f"ends with {trial.status}: {errors[-300:]}")
        now = read_tree(self.project / "data")
        if trial.status and now != before:
            trial.wrong.append(f"it wrote {sorted(k for k in now if now[k] != before.get(k))}")
        shutil.rmtree(self.project / "data")
        for name, content in before.items():
            (self.project / "data" / name).parent.mkdir(parents=True, exist_ok=True)
            (self.project / "data" / name).write_bytes(content)
        return trial


# Codes whose message itself says what is expected, what was found and what to do.
SAYS_ALL = ("E201", "E202", "E203", "E204", "E205", "E213", "E251", "E261", "E262", "E132")
COMMANDS: tuple[tuple[str, ...], ...] = (
    ("record",),
    ("schema",),
    ("export", "--xlsx", "OUT.xlsx"),
    ("new", "another", "--region", "330203"),
    ("import", "IN", "--dry-run"),
    ("check", "--explain"),
    ("check", "--fix"),
    ("release", "--date", "2026-01-06"),
    ("chart", "timeline", "--out", "OUT.svg"),
    ("verify",),
)


def _is_known_when_it_runs(trial: Trial) -> bool:
    """True if only a template that runs can show that it is wrong."""
    return trial.place.startswith(("theme/templates", "layouts")) and "E320" in str(trial.codes)


def _must_be_refused(trial: Trial, content: bytes | None) -> bool:
    if content is None:
        return not trial.place.startswith(OPTIONAL) and not trial.place.endswith(".en.md")
    if trial.place.startswith((*FREE, *MADE)):
        return False
    if trial.place.endswith(_NO_TEXT):
        return trial.garbage in ("empty", "cut in half", "random bytes", "Git LFS", "a word")
    is_plain = content.isascii() and trial.garbage in ("GBK", "UTF-7")
    return trial.garbage in NEVER_A_TEXT or (trial.garbage == "GBK" and not is_plain)


def make_project(folder: Path) -> Path:
    """A project with a file in each place that a command reads, checked and built."""
    from tests.conftest import make_tiny_project

    project = folder / "project"
    make_tiny_project(project)
    _add_places(project)
    for words in (
        ("schema",),
        ("record", "--unpublished", "data/cases/haishu.yaml"),
        ("release", "--date", "2026-01-05"),
        ("build", "--quiet"),
    ):
        status, _, errors = run(project, *words)
        if status:
            raise RuntimeError(f"{words}: {errors}")
    return project


def _add_places(project: Path) -> None:
    """Add files of which the tiny site has no example."""
    for name, words in MORE.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_bytes(words.encode() if isinstance(words, str) else words)
    for name, change in (
        ("pelicanconf.py", lambda text: text + SETTINGS_MORE),
        ("data/cases/haishu.yaml", lambda text: text.replace(STORY, CASE_MORE + STORY + SHOWN)),
        ("data/sources.yaml", lambda text: re.sub("(?m)^(  kind: .*)$", FILE_MORE, text, count=1)),
    ):
        path = project / name
        path.write_text(change(path.read_text("utf-8")), "utf-8")


STORY = "story: |\n"
SHOWN = "  [[picture:room.png]]\n\n"
CASE_MORE = """pictures:
  - file: room.png
    alt: 一个房间
    alt_en: A room
    credit: 某某
    licence: CC BY 4.0
"""
FILE_MORE = r"\1\n  file: notice.pdf"
SETTINGS_MORE = """
SITELOGO = "own.svg"
FAVICON = "own.svg"
COLOURS = {"accent": "#123456"}
THEME_TEMPLATES_OVERRIDES = ["layouts"]
STATIC_PATHS = ["downloads"]
JINJA_FILTERS = {"loud": str.upper}
"""
MORE: Mapping[str, str | bytes] = {
    "data/gone.yaml": "/cases/old/:\n  title: 老案例\n  title_en: An old case\n"
    "  why: 来源撤回了。\n  why_en: Its source was withdrawn.\n  date: 2016-01-02\n",
    "data/refusals.yaml": "both:\n  title: 金额和数量放在一起\n  title_en: Money beside counts\n"
    "  compare:\n    - haishu.paid_2013\n    - haishu.clubs\n",
    "content/images/room.png": PNG,
    "content/files/notice.pdf": PDF,
    "content/downloads/notes.txt": "备注\n",
    "content/downloads/data.csv": "a,b\n1,2\n",
    "theme/static/own.svg": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"/>\n',
    "theme/static/own.woff2": b"wOF2" + bytes(4) + (200).to_bytes(4) + bytes(188),
    "theme/static/css/own.css": "main { color: var(--ink); } /* 自己的 */\n",
    "theme/static/js/own.js": "// 自己的\n",
    "layouts/macros/own.html": "{% macro own(words) %}<b>{{ words }}</b>{% endmacro %}\n",
}


def try_all(lab: Lab, wanted: str, named: str, few: bool) -> Iterator[Trial]:
    """Every damage in every place whose path contains `wanted`."""
    for place in choose_places(lab.project) if few else list_places(lab.project):
        for garbage, content in find_garbage(lab.project, place) if wanted in place else ():
            if named in garbage:
                yield lab.judge(place, garbage, content)
    for place in (f".cache/{name}" for name in sorted(os.listdir(lab.project / ".cache"))):
        for garbage, content in find_garbage(lab.project, place) if wanted in place else ():
            if named in garbage:
                yield lab.judge_kept(place, garbage, content)
    published = {Path(place).suffix: place for place in lab.sound}.values() if few else lab.sound
    for place in list(published):
        for garbage, make in GARBAGE.items() if wanted in f"output/{place}" else ():
            if named in garbage:
                yield lab.judge_published(place, garbage, make(lab.sound[place]))
    for words in COMMANDS:
        for place in choose_places(lab.project):
            for garbage in GARBAGE if wanted in f"{words[0]}: {place}" else ():
                if named in garbage:
                    yield lab.judge_command(place_words(lab, words, place), place, garbage)


def place_words(lab: Lab, words: tuple[str, ...], place: str) -> tuple[str, ...]:
    """A command whose files are beside the project, or are the damaged one."""
    beside = lab.project.parent
    given = {
        "OUT.xlsx": beside / "out.xlsx",
        "OUT.svg": beside / "out.svg",
        "IN": lab.project / place,
    }
    return tuple(str(given.get(word, word)) for word in words)


if __name__ == "__main__":
    is_few = "--few" in sys.argv
    asked = [word for word in sys.argv[1:] if word != "--few"]
    with tempfile.TemporaryDirectory() as made:
        count = wrong = 0
        for one in try_all(Lab(Path(made)), *[*asked, "", ""][:2], is_few):
            count += 1
            wrong += bool(one.wrong)
            print(one if one.wrong else f"ok {one}", flush=True)
        print(f"{count} trials, {wrong} wrong")
