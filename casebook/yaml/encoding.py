"""The bytes of a text file as text, and what a program did to them on the way."""

from __future__ import annotations

import re
from collections.abc import Iterator

from casebook.problems import START, Position, Problem, Severity, in_gbk, make_visible, name_of

MAX_BYTES = 1_000_000
# A file that is wrong on every line needs one remedy, not a thousand messages.
MAX_SHOWN = 20
# A longer line cannot be read off a console and typed.
_LONGEST_OFFER = 200

_MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"PK\x03\x04", "Word、Excel 或 zip 文件", "a Word, Excel or zip file"),
    (b"\xd0\xcf\x11\xe0", "旧版 Word 或 Excel 文件", "an old Word or Excel file"),
    (b"%PDF", "PDF 文件", "a PDF file"),
    (b"{\\rtf", "RTF 文件", "an RTF file"),
    (b"\x89PNG", "图片", "an image"),
    (b"\xff\xd8\xff", "图片", "an image"),
    (b"GIF8", "图片", "an image"),
    (b"\x1f\x8b", "gzip 压缩文件", "a gzip file"),
    (b"Rar!", "RAR 压缩文件", "a RAR file"),
    (b"7z\xbc\xaf", "7z 压缩文件", "a 7z file"),
    (b"SQLite format", "数据库文件", "a database"),
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
_INVISIBLE = re.compile(
    f"([{_CONTROL}{_FORMAT}])\\1*|(?<![{_EMOJI}])\u200d+|\u200d+(?![{_EMOJI}])"
    "|(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0020-\U000e007f]+"
)
# One class is searched five times faster than the whole, and nearly every file has none of it.
_MAY_BE_INVISIBLE = re.compile(f"[{_CONTROL}{_FORMAT}\u200d\U000e0020-\U000e007f]")
_IS_CONTROL = re.compile(f"[{_CONTROL}]")
_ENDS_LINE = "\x85\u2028\u2029\x0b\x0c"

_NAMES = {
    "\x00": ("NUL", "NUL"),
    "\x1b": ("ESC", "ESC"),
    "\x85": ("NEL 换行", "NEL"),
    "\u2028": ("行分隔符", "line separator"),
    "\u2029": ("段分隔符", "paragraph separator"),
    "\ufeff": ("BOM", "BOM"),
    "\u00ad": ("软连字符", "soft hyphen"),
    "\ufffc": ("对象占位符", "object placeholder"),
}
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")

_HAN = re.compile("[\u4e00-\u9fff]")
# What UTF-8 read as GBK is full of: the marks of 标点, then the reverse and the Latin kind.
_MOJIBAKE_SIGN = re.compile("[锛銆鈥涓鐨\u00e2-\u00ef]")
_MOJIBAKE_RUN = re.compile("[\u0080-\uffef]{3,}")


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
        text, found = _remove_invisible(text, path)
        told = {problem.at.line for problem in problems}
        problems += [problem for problem in found if problem.at.line not in told]
    return text, problems


def too_large(path: str, size: int, most: int = MAX_BYTES) -> Problem:
    """The problem of a file that is larger than any of its kind."""
    zh = f"文件太大（{size:,} 字节，上限 {most:,}）"
    en = f"the file is too large ({size:,} bytes, at most {most:,})"
    hints = "请检查是不是放错了文件", "Is it the right file?"
    return Problem(path, START, "E109", zh, en, *hints)


def _refuse_bytes(data: bytes, path: str, most: int) -> Problem | None:
    if len(data) > most:
        return too_large(path, len(data), most)
    for magic, zh, en in _MAGIC:
        if data.startswith(magic):
            hints = "请用文本编辑器另存为纯文本（UTF-8）", "Save it as plain text (UTF-8)"
            return Problem(
                path, START, "E108", f"这是{zh}，不是 YAML 文本", f"this is {en}, not YAML", *hints
            )
    name = next((name for mark, name in _MARKS if data.startswith(mark)), "")
    if not name and b"\x00" in data:
        if not data.strip(b"\x00"):
            zh, en = (
                "文件内容损坏（全是 0 字节 NUL）",
                "the file is damaged (nothing but NUL bytes)",
            )
            return Problem(path, START, "E103", zh, en, "请从备份恢复", "Restore it from a backup")
        name = _guess_wide(data)
    if not name:
        return None
    zh, en = f"文件是 {name} 编码，不是 UTF-8", f"the file is {name}, not UTF-8"
    return Problem(path, START, "E102", zh, en, *_SAVE_AS)


_SAVE_AS = (
    "请另存为 UTF-8（记事本：另存为，编码选 UTF-8）",
    "Save the file as UTF-8 (Notepad: Save as, encoding UTF-8)",
)


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
    """Whether the whole file is in another encoding, or which lines are."""
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
        gbk = _as_gbk(data)
        zh = "文件像是 GBK（GB18030）编码，不是 UTF-8" if gbk else "文件不是 UTF-8 编码"
        en = "the file looks like GBK (GB18030), not UTF-8" if gbk else "the file is not UTF-8"
        return [Problem(path, START, "E101", zh, en, *_SAVE_AS)]
    return [
        _describe_line(lines[number - 1], Position(number, _column(error)), path, error)
        for number, error in bad[:MAX_SHOWN]
    ]


def _column(error: UnicodeDecodeError) -> int:
    return len(error.object[: error.start].decode("utf-8")) + 1


def _describe_line(line: bytes, at: Position, path: str, error: UnicodeDecodeError) -> Problem:
    meant = _as_gbk(line)
    zh, en = "这一行像是 GBK 编码，不是 UTF-8", "this line looks like GBK, not UTF-8"
    if not meant:
        byte = error.object[error.start]
        zh, en = f"这里的字节 0x{byte:02X} 不是 UTF-8", f"the byte 0x{byte:02X} is not UTF-8"
        if byte == 0xED and error.object[error.start + 1 : error.start + 2] >= b"\xa0":
            zh, en = zh + "（代理字符 surrogate）", en + " (a surrogate)"
        elif byte >= 0xC0 and len(error.object) - error.end < 1:
            zh, en = zh + "（一个字被截断，或是 Latin-1）", en + " (a cut character, or Latin-1)"
        meant = _as_latin(line)
    hints = (
        offer(meant) if meant else ("请重打这一行，存为 UTF-8", "Type this line again, as UTF-8")
    )
    return Problem(path, at, "E101", zh, en, *(hints if hints[0] else _SAVE_AS))


def _as_gbk(data: bytes) -> str:
    """The text of bytes that are plausibly GBK, else nothing."""
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        return ""
    strange = sum(not c.isascii() for c in text)
    # Nearly all text of editors is in GB 2312; other bytes hit its Hanzi by accident only.
    common = sum(_in_gb2312(c) for c in text if not c.isascii())
    return text if strange and common * 10 >= strange * 7 else ""


def _as_latin(line: bytes) -> str:
    """The text of a line whose only strange bytes stand alone among ASCII, else nothing."""
    if re.search(rb"[\x80-\xff]{2}", line):
        return ""
    try:
        return line.decode("cp1252")
    except UnicodeDecodeError:
        return ""


def _in_gb2312(character: str) -> bool:
    try:
        return len(character.encode("gb2312")) == 2
    except UnicodeEncodeError:
        return False


def _remove_invisible(text: str, path: str) -> tuple[str, list[Problem]]:
    problems: list[Problem] = []
    for found in _INVISIBLE.finditer(text):
        if len(problems) == MAX_SHOWN:
            break
        at = position_of(text, found.start())
        line = line_of(text, at.line)
        hints = offer(_without_invisible(line)) if len(line) < 1_000 else ("", "")
        problems.append(describe_invisible(found.group(), at, path, *hints))
    return _without_invisible(text), problems


def _without_invisible(text: str) -> str:
    return _INVISIBLE.sub(lambda found: " " if found.group()[0] in _ENDS_LINE else "", text)


def describe_invisible(
    run: str, at: Position, path: str, hint_zh: str = "", hint_en: str = ""
) -> Problem:
    """The problem of a run of one character that an editor cannot see."""
    character = run[0]
    zh, en = _NAMES.get(character, ("", ""))
    if _DIRECTION.match(character):
        zh, en = "方向控制符", "a direction mark"
    control = bool(_IS_CONTROL.match(character))
    zh, en = zh or ("" if control else "零宽字符"), en or ("" if control else "zero width")
    kind_zh, kind_en = (
        ("不可见的控制字符", "control character") if control else ("不可见字符", "character")
    )
    note_zh, note_en = (f"（{zh}）" if zh else ""), (f" ({en})" if en else "")
    many_zh, many_en = (f" {len(run)} 个", f" {len(run)} times") if len(run) > 1 else ("", "")
    name = name_of(character)
    return Problem(
        path,
        at,
        "E103" if control else "E105",
        f"这里有{many_zh}{kind_zh} {name}{note_zh}",
        f"an invisible {kind_en} {name}{note_en} stands here{many_en}",
        hint_zh or "请删掉它",
        hint_en or "Delete it",
    )


def find_invisible(text: str) -> str:
    """The first run of invisible characters in a text, or nothing."""
    found = _INVISIBLE.search(text)
    return found.group() if found is not None else ""


def remove_invisible(text: str) -> str:
    """A text without the characters that an editor cannot see."""
    return _without_invisible(text)


def _find_lost_text(text: str, path: str) -> Iterator[Problem]:
    """Text that another program destroyed: replacement characters and mojibake."""
    if "\ufffd" in text or "锟斤拷" in text:
        for number, line in enumerate(text.split("\n"), 1):
            column = min(
                (i for i in (line.find("\ufffd"), line.find("锟斤拷")) if i >= 0), default=-1
            )
            if column >= 0:
                zh = "这里的原文已丢失（U+FFFD 替换字符，乱码）"
                en = "the text was lost here (U+FFFD, a replacement character)"
                hints = "请从来源重新抄录", "Copy it from its source again"
                yield Problem(path, Position(number, column + 1), "E106", zh, en, *hints)
    if _MOJIBAKE_SIGN.search(text) is not None:
        for number, line in enumerate(text.split("\n"), 1):
            for run in _MOJIBAKE_RUN.finditer(line):
                if meant := unscramble(run.group()):
                    fixed = line[: run.start()] + meant + line[run.end() :]
                    hints = offer(fixed) if "\ufffd" not in meant else ("", "")
                    at = Position(number, run.start() + 1)
                    yield describe_mojibake(at, path, *hints)
                    break


def describe_mojibake(at: Position, path: str, hint_zh: str = "", hint_en: str = "") -> Problem:
    """The problem of UTF-8 that was read in another encoding and saved again."""
    zh = "这里的文字像是乱码（UTF-8 被当成 GBK 或 Latin-1 保存过）"
    en = "the text here looks garbled (UTF-8 that was saved as GBK or Latin-1)"
    hints = (
        hint_zh or "请从备份恢复，或重新抄录",
        hint_en or "Restore it from a backup, or type it again",
    )
    return Problem(path, at, "E106", zh, en, *hints)


def unscramble(text: str) -> str:
    """What a run of garbled characters was, as far as it can be known, else nothing."""
    for wrong, right in (("gb18030", "utf-8"), ("cp1252", "utf-8"), ("latin-1", "utf-8")):
        try:
            meant = text.encode(wrong).decode(right, "replace")
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


def line_of(text: str, number: int) -> str:
    """One line of a text, counted from one."""
    return text.split("\n")[number - 1]


def show(text: str) -> str:
    """A piece of data fit for any console: short, without control characters, in GBK."""
    return make_visible(text if len(text) <= 40 else text[:40] + "...")


def offer(line: str) -> tuple[str, str]:
    """The hints that give a corrected line, empty where a console could not show it whole."""
    if not line.strip() or len(line) > _LONGEST_OFFER or not in_gbk(line) or find_invisible(line):
        return "", ""
    if "\t" in line or "\n" in line:
        return "", ""
    return f"改成  {line}", f"Write  {line}"


def as_warning(problem: Problem) -> Problem:
    """The same problem, only to be looked at."""
    severity: Severity = "warning"
    return Problem(
        problem.path,
        problem.at,
        problem.code,
        problem.zh,
        problem.en,
        problem.hint_zh,
        problem.hint_en,
        severity,
    )
