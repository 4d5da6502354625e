"""Decoding of text files: bytes to text, and the problems of what a program did to them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from casebook.messages import problem, say
from casebook.problems import START, Position, Problem, in_gbk, make_visible, name_of
from casebook.text import NO_TEXT, Text

MAX_BYTES = 1_000_000
# A file that is wrong on every line needs one remedy, not a thousand messages.
MAX_SHOWN = 20
# A longer line cannot be read off a console and typed.
_LONGEST_OFFER = 200

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "yaml.kind_office"),
    (b"\xd0\xcf\x11\xe0", "yaml.kind_old_office"),
    (b"%PDF", "yaml.kind_pdf"),
    (b"{\\rtf", "yaml.kind_rtf"),
    (b"\x89PNG", "yaml.kind_image"),
    (b"\xff\xd8\xff", "yaml.kind_image"),
    (b"GIF8", "yaml.kind_image"),
    (b"\x1f\x8b", "yaml.kind_gzip"),
    (b"Rar!", "yaml.kind_rar"),
    (b"7z\xbc\xaf", "yaml.kind_seven_zip"),
    (b"SQLite format", "yaml.kind_database"),
)
_MARKS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
# Wide encodings without a mark, the widest first: a UTF-32 file is valid UTF-16 with NULs.
_WIDE = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")

_CONTROL = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff"
_FORMAT = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u200c\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffc\U0001d173-\U0001d17a\U000e0001"
)
_EMOJI = "\u00a9\u00ae\u2190-\u2bff\ufe0f\U0001f000-\U0001faff"
# Runs of one character are one mistake. A joiner belongs inside an emoji, a tag behind a flag.
INVISIBLE = re.compile(
    f"([{_CONTROL}{_FORMAT}])\\1*|(?<![{_EMOJI}])\u200d+|\u200d+(?![{_EMOJI}])"
    "|(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0020-\U000e007f]+"
)
# One class is searched five times faster than the whole, and nearly every file has none of it.
_MAY_BE_INVISIBLE = re.compile(f"[{_CONTROL}{_FORMAT}\u200d\U000e0020-\U000e007f]")
_IS_CONTROL = re.compile(f"[{_CONTROL}]")
_ENDS_LINE = "\x85\u2028\u2029\x0b\x0c"

_NOTES = {
    "\x00": "yaml.note_nul",
    "\x1b": "yaml.note_esc",
    "\x85": "yaml.note_nel",
    "\u2028": "yaml.note_line",
    "\u2029": "yaml.note_paragraph",
    "\ufeff": "yaml.note_bom",
    "\u00ad": "yaml.note_hyphen",
    "\ufffc": "yaml.note_object",
    **dict.fromkeys(
        "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
        "yaml.note_direction",
    ),
}
_HAN = re.compile("[\u4e00-\u9fff]")
# What UTF-8 read as GBK is full of: the marks of 标点, then the reverse and the Latin kind.
_GARBLED_SIGN = re.compile("[锛銆鈥涓鐨\u00e2-\u00ef]")
_GARBLED_RUN = re.compile("[\u0080-\uffef]{3,}")


def decode(data: bytes, path: str, most: int = MAX_BYTES) -> tuple[str | None, list[Problem]]:
    """The text of a UTF-8 file with plain line ends, and what is wrong with its bytes.

    There is no text where the bytes are not UTF-8. Invisible characters are problems and left out
    of the text, so that the rest can still be read.
    """
    refused = _refuse_bytes(data, path, most)
    if refused is not None:
        return None, [refused]
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None, _describe_bytes(data, path)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    problems = list(_find_lost_text(text, path))
    if _MAY_BE_INVISIBLE.search(text) is not None:
        lost = {one.at.line for one in problems}
        problems += [one for one in _find_invisible(text, path) if one.at.line not in lost]
        text = remove_invisible(text)
    return text, problems


def describe_size(path: str, size: int, most: int = MAX_BYTES) -> Problem:
    """The problem of a file that is larger than any of its kind."""
    return problem("E109", path, START, size=f"{size:,}", most=f"{most:,}")


def _refuse_bytes(data: bytes, path: str, most: int) -> Problem | None:
    if len(data) > most:
        return describe_size(path, len(data), most)
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            return problem("E108", path, START, kind=say(kind))
    name = next((name for mark, name in _MARKS if data.startswith(mark)), "")
    if not name and b"\x00" in data:
        if not data.strip(b"\x00"):
            return problem("E103.damaged", path, START)
        name = _guess_wide(data)
    return problem("E102", path, START, encoding=name) if name else None


def _guess_wide(data: bytes) -> str:
    """UTF-32 or UTF-16 where the bytes read as plain text that way, else nothing."""
    for encoding in _WIDE:
        width = 4 if "32" in encoding else 2
        if len(data) % width:
            continue
        try:
            text = data[: 4096 // width * width].decode(encoding)
        except UnicodeDecodeError:
            continue
        usual = sum(c.isascii() or bool(_HAN.match(c)) for c in text)
        if not _IS_CONTROL.search(text) and usual * 10 >= len(text) * 8:
            return encoding[:6].upper()
    return ""


def _describe_bytes(data: bytes, path: str) -> list[Problem]:
    """The problem of a file in another encoding, or those of its lines that are."""
    lines = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    bad: list[tuple[int, UnicodeDecodeError]] = []
    good = 0
    for number, line in enumerate(lines, 1):
        if line.isascii():
            continue
        try:
            line.decode("utf-8")
            good += 1
        except UnicodeDecodeError as error:
            bad.append((number, error))
    if len(bad) > 1 and good * 4 <= len(bad):
        return [problem("E101.gbk" if _as_gbk(data) else "E101.bytes", path, START)]
    return [_describe_line(lines[n - 1], n, path, error) for n, error in bad[:MAX_SHOWN]]


def _describe_line(line: bytes, number: int, path: str, error: UnicodeDecodeError) -> Problem:
    at = Position(number, len(line[: error.start].decode("utf-8")) + 1)
    meant = _as_gbk(line)
    if meant:
        return problem("E101.gbk_line", path, at, hint=offer(meant))
    byte, key = line[error.start], "E101.byte"
    if byte == 0xED and line[error.start + 1 : error.start + 2] >= b"\xa0":
        key = "E101.surrogate"
    elif byte >= 0xC0 and error.end == len(line):
        key = "E101.cut"
    # Among ASCII, a strange byte that stands alone is one of Western Windows.
    meant = "" if re.search(rb"[\x80-\xff]{2}", line) else line.decode("cp1252", "replace")
    return problem(key, path, at, hint=offer(meant), byte=f"{byte:02X}")


def _as_gbk(data: bytes) -> str:
    """The text of bytes that are plausibly GBK, else nothing."""
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        return ""
    strange = "".join(c for c in text if not c.isascii())
    # Nearly all text of editors is in GB 2312; other bytes hit its Hanzi by accident only.
    common = len(strange.encode("gb2312", "ignore")) // 2
    return text if strange and common * 10 >= len(strange) * 7 else ""


def _find_invisible(text: str, path: str) -> Iterator[Problem]:
    for found in islice(INVISIBLE.finditer(text), MAX_SHOWN):
        at = position_of(text, found.start())
        line = text.split("\n")[at.line - 1]
        fixed = remove_invisible(line) if len(line) < 1_000 else ""
        yield describe_invisible(found.group(), at, path, offer(fixed))


def remove_invisible(text: str) -> str:
    """A text without the characters that an editor cannot see."""
    return INVISIBLE.sub(lambda found: " " if found.group()[0] in _ENDS_LINE else "", text)


def describe_invisible(
    run: str, at: Position, path: str, hint: Text | None = None, escaped: bool = False
) -> Problem:
    """The problem of a run of one character that an editor cannot see."""
    character = run[0]
    control = bool(_IS_CONTROL.match(character))
    note = _NOTES.get(character, "" if control else "yaml.note_zero_width")
    keys = ("E103", "E103.escaped") if control else ("E105", "E105.escaped")
    return problem(
        keys[escaped],
        path,
        at,
        hint=hint,
        many=say("yaml.many", count=len(run)) if len(run) > 1 else NO_TEXT,
        name=name_of(character),
        note=say(note) if note else NO_TEXT,
    )


def _find_lost_text(text: str, path: str) -> Iterator[Problem]:
    """The problems of text that another program destroyed."""
    if "\ufffd" in text or "锟斤拷" in text:
        for number, line in enumerate(text.split("\n"), 1):
            found = re.search("\ufffd|锟斤拷", line)
            if found is not None:
                yield problem("E106.lost", path, Position(number, found.start() + 1))
    if _GARBLED_SIGN.search(text) is not None:
        for number, line in enumerate(text.split("\n"), 1):
            for run in _GARBLED_RUN.finditer(line):
                if meant := unscramble(run.group()):
                    fixed = line[: run.start()] + meant + line[run.end() :]
                    hint = offer("" if "\ufffd" in meant else fixed)
                    at = Position(number, run.start() + 1)
                    yield problem("E106.garbled", path, at, hint=hint)
                    break


def unscramble(text: str) -> str:
    """The words that a run of garbled characters was, else nothing."""
    for wrong in ("gb18030", "cp1252", "latin-1"):
        try:
            meant = text.encode(wrong).decode("utf-8", "replace")
        except UnicodeEncodeError:
            continue
        lost = meant.count("\ufffd")
        seen = sum("\u4e00" <= c <= "\u9fff" or "\u3000" <= c <= "\u303f" for c in meant)
        seen += sum("\uff00" <= c <= "\uff5e" or "\u2010" <= c <= "\u2026" for c in meant)
        if seen and seen + lost == len(meant) and lost <= seen and len(text) > 1:
            return meant
    return ""


def position_of(text: str, index: int) -> Position:
    """The line and column of a character of a text."""
    start = text.rfind("\n", 0, index) + 1
    return Position(text.count("\n", 0, index) + 1, index - start + 1)


def show(text: str) -> str:
    """A piece of data fit for any console: short, without control characters, in GBK."""
    return make_visible(text if len(text) <= 40 else text[:40] + "...")


def offer(line: str) -> Text | None:
    """The hint that gives a corrected line, None where a console could not show it whole."""
    if not line.strip() or len(line) > _LONGEST_OFFER or not in_gbk(line) or INVISIBLE.search(line):
        return None
    return None if "\t" in line or "\n" in line else say("yaml.offer", line=line)


def read_offer(hint: Text) -> str | None:
    """The line that a hint offers, None where it offers none."""
    before, _, after = say("yaml.offer", line="\0").en.partition("\0")
    if not (hint.en.startswith(before) and hint.en.endswith(after)):
        return None
    return hint.en.removeprefix(before).removesuffix(after)
