"""Decoding of text files: bytes to text, and the damage that other programs did to them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import islice

from casebook.messages import offer, problem, say
from casebook.patterns import Patterns, read_words
from casebook.problems import START, Position, Problem, in_gbk, make_visible, name_of
from casebook.text import NO_TEXT, Hint, Text

MAX_BYTES = 1_000_000
# The most problems of one kind: a file wrong on every line needs one remedy.
MAX_SHOWN = 20
# Nobody copies a longer line from a console by typing it.
_LONGEST_OFFER = 200

_LISTS = read_words(__file__, "encoding.yaml")
PATTERNS = Patterns(_LISTS["patterns"])
# Wide encodings without a byte order mark. UTF-32 is tried first, as it is valid UTF-16 with NULs.
_WIDE = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")

# The types of files that begin with a tag anyway.
_MARKUP = (".html", ".xml", ".svg")

_ENDS_LINE = "\x85\u2028\u2029\x0b\x0c"


def decode(data: bytes, path: str, most: int = MAX_BYTES) -> tuple[str | None, list[Problem]]:
    """The text of a UTF-8 file with plain line ends, and the problems of its bytes.

    The text is None if the bytes are not UTF-8 or not the expected format. Invisible characters and
    characters that look like others are problems. The first are left out of the text and the second
    replaced, so that the rest can be read.
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
    other = _find_other_format(text, path)
    if other:
        return None, other
    problems = list(_find_lost_text(text, path))
    text = _with_plain_forms(text)
    if PATTERNS["may_be_invisible"].search(text) is not None:
        lost = {one.at.line for one in problems}
        problems += [one for one in _find_invisible(text, path) if one.at.line not in lost]
        if PATTERNS["parted"].search(text) is not None:
            # On a single line, all fields would be read as a part of the first.
            return None, problems
        text = remove_invisible(text)
    return text, problems


def describe_size(path: str, size: int, most: int) -> Problem:
    """The problem of a file that is larger than its kind may be."""
    return problem("E109", path, START, size=f"{size:,}", most=f"{most:,}")


def _refuse_bytes(data: bytes, path: str, most: int) -> Problem | None:
    if len(data) > most:
        return describe_size(path, len(data), most)
    # Latin-1 has a character for each byte.
    start = data[:20].decode("latin-1")
    kind, name = (
        next((word for begin, word in _LISTS[group].items() if start.startswith(begin)), "")
        for group in ("magic", "marks")
    )
    if kind:
        return problem("E108", path, START, kind=say(kind))
    if not name and b"\x00" in data:
        if not data.strip(b"\x00"):
            return problem("E103.damaged", path, START)
        name = _guess_wide(data)
    return problem("E102", path, START, encoding=name) if name else None


def _guess_wide(data: bytes) -> str:
    """UTF-32 or UTF-16 if the bytes are plain text in it, else ""."""
    for encoding in _WIDE:
        width = 4 if "32" in encoding else 2
        if len(data) % width:
            continue
        try:
            text = data[: 4096 // width * width].decode(encoding)
        except UnicodeDecodeError:
            continue
        usual = sum(c.isascii() or bool(PATTERNS["han"].match(c)) for c in text)
        if not PATTERNS["control"].search(text) and usual * 10 >= len(text) * 8:
            return encoding[:6].upper()
    return ""


def _describe_bytes(data: bytes, path: str) -> list[Problem]:
    """The problem of a file in another encoding, or the problems of its lines in another."""
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
        return problem("E101.gbk_line", path, at, hint=offer_line(meant))
    byte, key = line[error.start], "E101.byte"
    if byte == 0xED and line[error.start + 1 : error.start + 2] >= b"\xa0":
        key = "E101.surrogate"
    elif byte >= 0xC0 and error.end == len(line):
        key = "E101.cut"
    # A lone strange byte among ASCII is probably from the Western encoding of Windows.
    meant = "" if re.search(rb"[\x80-\xff]{2}", line) else line.decode("cp1252", "replace")
    return problem(key, path, at, hint=offer_line(meant), byte=f"{byte:02X}")


def _as_gbk(data: bytes) -> str:
    """The text of bytes that are plausibly GBK, else ""."""
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        return ""
    strange = "".join(c for c in text if not c.isascii())
    # Nearly all text of editors is in GB 2312; other bytes are its characters only by accident.
    common = len(strange.encode("gb2312", "ignore")) // 2
    return text if strange and common * 10 >= len(strange) * 7 else ""


def _find_other_format(text: str, path: str) -> list[Problem]:
    """The problems of a web page in place of a text, of line marks, or of a merge conflict."""
    if not path.endswith(_MARKUP) and PATTERNS["web_page"].match(text):
        return [problem("E108.html", path, START)]
    is_yaml = path.endswith(".yaml")
    if is_yaml and (mark := _find_mark_of_lines(text)):
        return [problem("E108.marked", path, START, mark=mark)]
    name = "conflict" if any(mark * 7 in text for mark in "<>|") else "conflict_middle"
    if name == "conflict_middle" and not (is_yaml and "=======" in text):
        return []
    return [
        problem("E108.conflict", path, position_of(text, found.start()), mark=found.group())
        for found in islice(PATTERNS[name].finditer(text), MAX_SHOWN)
    ]


def _find_mark_of_lines(text: str) -> str:
    """The mark at the start of every line of a text that was copied with marks, or ""."""
    first = PATTERNS["before_lines"].match(text)
    if first is None:
        return ""
    lines = [line for line in text.split("\n") if line.strip()]
    found = [PATTERNS["before_lines"].match(line) for line in lines]
    marks = [each[0] for each in found if each is not None]
    wanted = [first[0]] * len(lines)
    if first[0].strip().isdigit():
        marks = [mark.strip() for mark in marks]
        wanted = [str(int(first[0]) + number) for number in range(len(lines))]
    return first[0] if marks == wanted and len(lines) > 2 else ""


def _find_invisible(text: str, path: str) -> Iterator[Problem]:
    for found in islice(PATTERNS["invisible"].finditer(text), MAX_SHOWN):
        at = position_of(text, found.start())
        if PATTERNS["parted"].match(text, found.start()):
            yield problem("E103.parted", path, at, name=name_of(found[0][0]))
            continue
        line = text.split("\n")[at.line - 1]
        fixed = remove_invisible(line) if len(line) < 1_000 else ""
        yield describe_invisible(found.group(), at, path, offer_line(fixed))


def remove_invisible(text: str) -> str:
    """The text without invisible characters, and with a blank for a run that ends a line."""
    invisible = PATTERNS["invisible"]
    return invisible.sub(lambda found: " " if found.group()[0] in _ENDS_LINE else "", text)


def describe_invisible(
    run: str, at: Position, path: str, hint: Text | None = None, escaped: bool = False
) -> Problem:
    """The problem of a run of one invisible character."""
    character = run[0]
    control = bool(PATTERNS["control"].match(character))
    notes = (note for known, note in _LISTS["notes"].items() if character in known)
    note = next(notes, "" if control else "yaml.note_zero_width")
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


def _with_plain_forms(text: str) -> str:
    """The text with each character that looks like another one replaced by it."""
    known = _LISTS["radicals"]
    return PATTERNS["look_alike"].sub(
        lambda found: known.get(found[0]) or unicodedata.normalize("NFKC", found[0]), text
    )


def _find_lost_text(text: str, path: str) -> Iterator[Problem]:
    """The problems of text that another program destroyed."""
    signs = (
        ("E106.lost", PATTERNS["lost"]),
        ("E106.marks", PATTERNS["marks"]),
        ("E106.private", PATTERNS["private"]),
        ("E105.look_alike", PATTERNS["look_alike"]),
    )
    is_lost = any(sign.search(text) for _, sign in signs)
    is_garbled = PATTERNS["garbled_sign"].search(text) is not None
    for number, line in enumerate(text.split("\n") if is_lost or is_garbled else (), 1):
        for key, sign in signs:
            if found := sign.search(line):
                at, plain = Position(number, found.start() + 1), _with_plain_forms(line)
                meant, name = plain[found.start()], name_of(found[0][0])
                hint = offer_line(plain) if plain != line else None
                yield problem(key, path, at, hint=hint, name=name, meant=meant)
        for run in PATTERNS["garbled_run"].finditer(line) if is_garbled else ():
            if meant := unscramble(run.group()):
                fixed = line[: run.start()] + meant + line[run.end() :]
                hint = offer_line("" if "\ufffd" in meant else fixed)
                yield problem("E106.garbled", path, Position(number, run.start() + 1), hint=hint)
                break


def unscramble(text: str) -> str:
    """The original words of a run of garbled characters, or ""."""
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
    """A piece of data that any console can show: short, without control characters, in GBK."""
    return make_visible(text if len(text) <= 40 else text[:40] + "...")


def offer_line(line: str) -> Hint | None:
    """The hint that offers a corrected line, or None if a console could not show it whole."""
    if not line.strip() or len(line) > _LONGEST_OFFER or not in_gbk(line):
        return None
    is_strange = "\t" in line or "\n" in line or PATTERNS["invisible"].search(line)
    return None if is_strange else offer(line, "yaml.offer", line=line)
