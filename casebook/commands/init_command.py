"""`init`: a new site in an empty folder."""

from __future__ import annotations

import argparse
import re
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, Final

from casebook import __version__
from casebook.build.leftovers import clear_drafts, split_draft
from casebook.commands.cli import parse_arguments
from casebook.commands.command import QUESTIONS, ask, print_lines, print_message
from casebook.commands.site_commands import run_build
from casebook.messages import failure, say
from casebook.packaged import IN_CHECKOUT, INSTALLED, SETTINGS, find_packaged
from casebook.problems import CasebookError, Exit
from casebook.record.json_schema import SCHEMA_FILE, write_schema
from casebook.record.lists import read_all_lists
from casebook.record.settings_reader import judge_setting
from casebook.text import ENUMERATION, LANGS, Lang, Languages, Text
from casebook.values.words import CURRENCIES
from casebook.yaml.files import CASES, write_atomically

# Names that the folder may hold before: a repository is often made first.
_ALLOWED: Final = frozenset({".git"})
_MOST_NAMED: Final = 8
# Files of the starter with other names, because git, a wheel or a linter would use the real names.
_RENAMED: Final = {
    "pelicanconf.txt": "pelicanconf.py",
    **{name: f".{name}" for name in ("gitignore", "github", "vscode", "devcontainer")},
    "pre-commit-config.yaml": ".pre-commit-config.yaml",
}
# The folders of the ten example cases, and the ledgers in them that are left out.
_OF_EXAMPLE: Final = ("data", "content")
_PUBLISHED: Final = "data/published"
# A field in Chinese and its twin in English, each with its indented lines.
_INSIDE: Final = r"( .*\n(?:\1 .*\n|\n(?=\1 ))*)"
_PAIR: Final = re.compile(rf"^( *)(\w+):{_INSIDE}\1\2_en:{_INSIDE}", re.MULTILINE)


def run_init(options: argparse.Namespace, _project: Path, lang: Lang) -> Exit:
    """Write a site into an empty folder, build it, and say what to do next."""
    folder = (Path.cwd() / options.folder).resolve()
    _refuse_content(folder)
    answers = _find_answers(options, folder, lang)
    names = answers["languages"].split(",")
    languages = Languages(lang for name in names for lang in LANGS if lang == name)
    files = dict(_list_files(answers, languages, options.example))
    _refuse_other_files(folder, files)
    # Settings come last: without them the folder is no project, so the command can run again.
    for path in sorted(files, key=lambda path: path == SETTINGS):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        clear_drafts(str(folder / path))
        write_atomically(folder / path, files[path])
    write_atomically(folder / SCHEMA_FILE, write_schema(read_all_lists(folder)))
    build = parse_arguments(["build", "--quiet"])
    build.lang, build.arguments = options.lang, []
    run_build(build, folder, lang)
    # Quoted for pasting into a terminal, in case the path has blanks.
    typed = shlex.quote(str(folder))
    first = min(path for path in files if path.startswith(CASES))
    print_message("init.done", lang, folder=folder, typed=typed, count=len(files), case=first)
    return Exit.DONE


def _refuse_content(folder: Path) -> None:
    """Refuse a folder that holds more than an interrupted `init` may have left there."""
    if folder.exists() and not folder.is_dir():
        raise failure("init.no_folder", status=Exit.USAGE, folder=folder)
    made = {_RENAMED.get(path.name, path.name) for path in Path(find_packaged("starter")).iterdir()}
    is_whole = (folder / SCHEMA_FILE).exists()
    known = _ALLOWED if is_whole else _ALLOWED | made | {*_OF_EXAMPLE, "docs", "README.md"}
    # Drafts of files that a killed process was writing count as these files.
    names = {path.name: split_draft(path.name) or (path.name, 0) for path in folder.glob("*")}
    _refuse_names(folder, {name for name, (written, _) in names.items() if written not in known})


def _refuse_other_files(folder: Path, files: Mapping[str, bytes]) -> None:
    tops = {folder / name.partition("/")[0] for name in files}
    found = [path for top in tops for path in (top, *top.rglob("*")) if path.exists()]
    others = set()
    for path in found:
        name = path.relative_to(folder).as_posix()
        # Only a file is opened, because reading a pipe would wait for ever.
        is_ours = path.is_dir() or (path.is_file() and path.read_bytes() == files.get(name))
        if not (is_ours or path.suffix == ".new"):
            others.add(name)
    _refuse_names(folder, others)


def _refuse_names(folder: Path, found: set[str]) -> None:
    if found:
        names = ENUMERATION.join(sorted(found)[:_MOST_NAMED])
        raise failure("init.not_empty", status=Exit.USAGE, folder=folder, names=names)


def _find_answers(options: argparse.Namespace, folder: Path, lang: Lang) -> dict[str, str]:
    """The answers from the options, or from a person if the terminal is interactive."""
    usual = {
        "name": folder.name,
        "languages": ",".join(LANGS if lang == LANGS[0] else reversed(LANGS)),
        "licence": "CC BY 4.0",
    }
    asks = not options.yes and sys.stdin is not None and sys.stdin.isatty()
    given = dict(vars(options))
    # The records of the ten cases determine these answers.
    settled = {"languages": "zh,en", "currency": "CNY"} if options.example else {}
    for name, value in settled.items():
        if given[name] not in (None, value):
            raise failure("init.of_ten", status=Exit.USAGE, option=f"--{name} {value}")
        given[name] = value
    answers: dict[str, str] = {}
    for name in QUESTIONS:
        if name == "currency":
            # By the site's language, not the editor's: `CNY` brings the places of China with it.
            usual[name] = "CNY" if answers["languages"].startswith("zh") else "USD"
        said, proposed = given[name], usual.get(name, "")
        read = _READINGS.get(name, str.strip)
        if said is None and asks:
            answers[name] = _ask(say(f"commands.help.init.{name}"), proposed, read, lang)
        else:
            answers[name] = read(proposed if said is None else said)
    return {**answers, "name": answers["name"] or folder.name}


def _ask(question: Text, proposed: str, read: Callable[[str], str], lang: Lang) -> str:
    while True:
        try:
            return read(ask(question, proposed, lang, required=False))
        except CasebookError as error:
            print_lines([error.message(lang)], sys.stderr)


def _read_languages(written: str) -> str:
    names = re.split(r"[\s,，、]+", written.strip().lower())
    if not {*names} <= {*LANGS} or len({*names}) != len(names):
        raise failure("init.no_languages", status=Exit.USAGE, found=written)
    return ",".join(names)


def _read_currency(written: str) -> str:
    code = written.strip().upper()
    if code not in CURRENCIES:
        known = ENUMERATION.join(CURRENCIES)
        raise failure("init.no_currency", status=Exit.USAGE, found=written, known=known)
    return code


def _read_setting(name: str, written: str) -> str:
    fault = judge_setting(name, written.strip())
    if fault is not None:
        raise CasebookError(fault, Exit.USAGE)
    return written.strip()


_READINGS: Final[Mapping[str, Callable[[str], str]]] = {
    "languages": _read_languages,
    "currency": _read_currency,
    **{name: partial(_read_setting, name.upper()) for name in ("licence", "contact", "repository")},
}


def _list_files(
    answers: Mapping[str, str], languages: Languages, example: bool
) -> Iterator[tuple[str, bytes]]:
    from casebook.record.guide_tables import GUIDES, SETTINGS_GUIDE

    known = _find_words(answers, languages)
    starter = Path(find_packaged("starter"))
    for path in sorted(path for path in starter.rglob("*") if path.is_file()):
        parts = path.relative_to(starter).parts
        name = _name_file(PurePosixPath(*(_RENAMED.get(part, part) for part in parts)), languages)
        if name and not (example and parts[0] in _OF_EXAMPLE):
            written = fill_blanks(path.read_text("utf-8"), known)
            if name.endswith(".yaml"):
                written = _PAIR.sub(lambda pair: _order_pair(pair, languages), written)
            yield name, written.encode()
    # Messages and blanks refer to the guides in both languages.
    for name in (*GUIDES, SETTINGS_GUIDE):
        text = Path(find_packaged(name)).read_text("utf-8")
        yield name, text.replace(IN_CHECKOUT, INSTALLED).encode()
    for path in sorted(Path(find_packaged("docs/screens")).glob("preview-*.png")):
        yield f"docs/screens/{path.name}", path.read_bytes()
    if example:
        yield from _list_example()


def fill_blanks(template: str, known: Mapping[str, Any]) -> str:
    """A file of the starter with its blanks filled in."""
    from jinja2 import Environment, StrictUndefined

    # Delimiters that Markdown, workflows and references to figures do not use.
    environment = Environment(
        variable_start_string="<<",
        variable_end_string=">>",
        block_start_string="<%",
        block_end_string="%>",
        comment_start_string="<#",
        comment_end_string="#>",
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    environment.filters["py"] = repr
    return environment.from_string(template).render(known)


def find_repository_words(languages: Languages, *, checkout: bool = False) -> dict[str, Any]:
    """The words for workflows and similar files, of a new site or of this repository."""

    def both(*words: str) -> str:
        return " / ".join(words[LANGS.index(one)] for one in languages)

    return {
        "languages": languages,
        "both": both,
        "checkout": checkout,
        "run": IN_CHECKOUT if checkout else INSTALLED,
        "requirements": "requirements.lock" if checkout else "requirements.txt",
        "version": __version__,
    }


def _find_words(answers: Mapping[str, str], languages: Languages) -> dict[str, Any]:
    currency = answers["currency"]
    # The shortest sign is the usual one; the currency of the site decides what a shared sign means.
    sign = min((one for one in CURRENCIES[currency].signs_in_text if one < "㐀"), key=len)
    names = [part.strip() for part in answers["name"].split(" / ", len(languages) - 1)]
    return {
        **answers,
        **find_repository_words(languages),
        "name": languages.text((*names, *names[-1:] * (len(languages) - len(names)))),
        "tagline": say("init.tagline"),
        "lang": languages.first,
        "money": CURRENCIES[currency].name,
        "sign": f"{sign} " if sign.isalpha() else sign,
        # Sites with another currency have their own list of places.
        "chinese": currency == "CNY",
        "today": date.today().isoformat(),
    }


def _name_file(path: PurePosixPath, languages: Languages) -> str:
    """The path of a file of the starter in a site, empty if the site lacks the file's language."""
    stem, _, lang = path.stem.rpartition(".")
    if path.suffix != ".md" or lang not in LANGS:
        return path.as_posix()
    if lang not in languages:
        return ""
    end = "" if lang == languages.first else f".{lang}"
    return path.with_name(f"{stem}{end}.md").as_posix()


def _order_pair(pair: re.Match[str], languages: Languages) -> str:
    """A field in the languages of the site; the first language has the name without a suffix."""
    words = {"zh": pair[3], "en": pair[4]}
    return "".join(f"{pair[1]}{languages.name(pair[2], one)}:{words[one]}" for one in languages)


def _list_example() -> Iterator[tuple[str, bytes]]:
    """The records and texts of the ten cases; CasebookError if the program comes without them."""
    folder = Path(find_packaged("example"))
    if not (folder / "data/cases").is_dir():
        raise failure("init.no_example", status=Exit.USAGE)
    for part in _OF_EXAMPLE:
        for path in sorted(path for path in (folder / part).rglob("*") if path.is_file()):
            name = path.relative_to(folder).as_posix()
            # Without the ledgers, because a new site has published nothing yet.
            if not name.startswith(_PUBLISHED):
                yield name, path.read_bytes()
