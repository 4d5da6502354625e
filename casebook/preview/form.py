"""The form of a record: opened from its file, checked, and saved into it again."""

from __future__ import annotations

import os
import secrets
import stat
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from casebook.build.leftovers import FORM_LOCK
from casebook.data.record_edit import RecordFile, open_cases
from casebook.data.record_rows import CASE, SOURCE_FILE, SOURCES, TypedRow
from casebook.messages import failure, say
from casebook.preview.form_rows import (
    ACTIONS,
    Checked,
    check_record,
    complete,
    find_wrong_names,
    read_posted,
    resolve,
)
from casebook.preview.form_view import FormView
from casebook.preview.propose import propose
from casebook.problems import CasebookError, ContentError, Problem
from casebook.record.json_schema import SCHEMA_FILE, write_schema
from casebook.record.lists import Lists, read_all_lists, read_lists
from casebook.record.slugs import judge_slug, propose_slug, require_free_slug
from casebook.text import LANGUAGE_TAGS, Lang, Text
from casebook.values.digest import digest
from casebook.yaml.edit import diff_files, fix_text
from casebook.yaml.files import copy_of, find_case_files, show_path, write_atomically

# Addresses below the root of the preview. No case may be called `data`, so `data/sources` is free
# for the list of sources.
EDIT: Final = "/edit/"
NEW: Final = "/new/"
SOURCES_PLACE: Final = "data/sources"
_SLUG, _DIGEST, _TOKEN, _DO = "@slug", "@digest", "@token", "do"
# The seconds to wait for a build that is running.
_PATIENCE: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class FormAnswer:
    """An answer to a browser: a page, an address to redirect to, or a file to download."""

    status: int = 200
    page: bytes = b""
    location: str = ""
    file_name: str = ""


class Form(RecordFile):
    """A record file as a form shows and edits it."""

    def __init__(self, project: Path, shown: str, slug: str, lists: Lists) -> None:
        super().__init__(project, shown, lists, is_new=shown == NEW)
        self.slug = slug
        self.checked = Checked(problems={})
        self.notices: list[Text] = []
        self.lines: list[str] = []
        self.later = self.is_stale = False
        self.posted: Sequence[tuple[str, str]] = ()
        self.digest = ""

    @property
    def is_case(self) -> bool:
        """True if the record is a case, which has a page."""
        return self.described is CASE

    @property
    def is_changed(self) -> bool:
        """True if the form holds a change that is not in the file."""
        return bool(self.posted) and (bool(self.faults) or not self.before.says(self.row))

    @property
    def address(self) -> str:
        """The address of the form."""
        if self.described is SOURCES:
            return f"{EDIT}{SOURCES_PLACE}/"
        return NEW if self.is_new else f"{EDIT}{self.slug}/"

    def write(self) -> bytes | None:
        """The content of the file with the typed changes, None if no file can hold them."""
        if self.before.says(self.row):
            # The same after a second press of the button, when the first press has saved.
            return self.data
        has_names = not any(find_wrong_names(self.row, self.described))
        with suppress(ValueError):
            return self.edit() if has_names else None
        return None

    def judge_new(self) -> Text | None:
        """The reason why there can be no new file of this name, None if there can."""
        region = self.lists.regions.get(self.row.texts.get("region", ""))
        if not self.slug and region is not None:
            self.slug = propose_slug(region, self.lists.regions)
        if not self.slug:
            return say("form.no_slug")
        self.shown = f"data/cases/{self.slug}.yaml"
        try:
            require_free_slug(self.project, self.slug)
        except CasebookError as error:
            return error.text
        return None


class Forms:
    """The forms of a project, as a preview offers them to this machine.

    Every write needs the `token`, which only the pages of this preview hold.
    """

    def __init__(self, project: Path, lang: Lang) -> None:
        self.project = project
        self.lang: Lang = lang
        self.token = secrets.token_urlsafe(24)
        self._turn = threading.Lock()

    def show(self, address: str, done: str = "") -> FormAnswer:
        """The form at an address, or the list of cases if the address has no form."""
        form = self._open(address) if address != EDIT else None
        if form is None:
            found = self._render("form_list.html", cases=self._list_cases(), is_all=address == EDIT)
            return FormAnswer(page=found, status=200 if address == EDIT else 404)
        if not form.faults and address != NEW:
            form.checked = check_record(form)
        if done in _DONE:
            form.notices.append(_say_done(form, done))
        return self._answer(form)

    def post(self, address: str, pairs: Sequence[tuple[str, str]]) -> FormAnswer:
        """Do what a button of a form asks.

        For a wrong token the form comes back as it was typed, with the right token for another try.
        """
        # Two clicks on a button come at once; the second must see what the first one has saved.
        with self._turn:
            return self._post(address, pairs)

    def _post(self, address: str, pairs: Sequence[tuple[str, str]]) -> FormAnswer:
        given = dict(pairs)
        if _TOKEN not in given:
            return FormAnswer(status=403)
        is_known = secrets.compare_digest(given[_TOKEN].encode(), self.token.encode())
        do, _, what = given.get(_DO, "check").partition(" ")
        form = self._open(address)
        notices = []
        if form is None:
            slug = address.removeprefix(EDIT).removesuffix("/")
            if judge_slug(slug):
                return FormAnswer(status=404)
            # The file was removed while its form was open.
            do, form = "check", Form(self.project, NEW, slug, read_lists(self.project, []))
            notices.append(say("form.gone", path=f"data/cases/{slug}.yaml"))
        if not is_known:
            do = "check"
            notices.append(say("form.restarted"))
        typed = [pair for pair in pairs if pair[0] not in (_TOKEN, _DIGEST, _DO)]
        if form.faults and do == "fix":
            answer = self._save(form, fix_text(form.data, form.shown)[0], "fixed")
            if not typed:
                return answer
            # Changes typed before the file became faulty still have to be saved.
            notices += form.notices or [_say_done(form, "fixed")]
            do, form = "check", self._open(address) or form
        form.notices += notices
        form.posted = typed
        form.digest = given.get(_DIGEST, "")
        if form.faults:
            return self._answer(form)
        form.later = "@later" in given
        form.slug = given.get(_SLUG, form.slug).strip()
        form.row = read_posted(pairs, form.described, form.lists.languages)
        complete(form.row, form.before, form.described)
        resolve(form.row, form.described, form.lists)
        if do in ACTIONS:
            ACTIONS[do](form.row, what)
        form.checked = check_record(form)
        if do == "explain":
            _explain_changes(form.row, form.checked)
            form.checked = check_record(form)
        if do == "over":
            # `what` is the digest of the content that the editor has seen and agrees to overwrite.
            do, form.digest = "save", what
        form.is_stale = not form.is_new and form.digest != digest(form.data) and form.is_changed
        if form.is_stale:
            form.notices.append(say("form.changed_on_disk", path=form.shown))
            after = form.write()
            # Without the lines of file names; line numbers mean nothing to an editor.
            changes = [*diff_files(form.data, after, form.shown)][2:] if after else []
            form.lines = ["…" if line.startswith("@@") else line for line in changes]
        elif do in ("save", "keep", "undo", "propose"):
            return self._finish(form, do)
        answer = self._answer(form, whole=do != "live")
        return answer if is_known else replace(answer, status=403)

    def _finish(self, form: Form, do: str) -> FormAnswer:
        """Save, undo or propose, or show in the form what prevents it."""
        if do == "undo":
            copy = find_copy(form.path, form.data)
            if copy is None:
                form.notices.append(say("form.no_copy"))
                return self._answer(form)
            return self._save(form, copy, "undone")
        if form.address == NEW and (why := form.judge_new()):
            form.notices.append(why)
            return self._answer(form)
        after = form.write()
        is_draft = form.row.texts.get("state") == "draft"
        if after is None or (form.checked.errors and not is_draft and do != "keep"):
            form.notices.append(say("form.has_errors"))
            return self._answer(form)
        if do != "propose":
            return self._save(form, after, "saved")
        try:
            message = self._say("form.message", path=form.shown)
            made = propose(self.project, form.shown, form.data, after, message)
        except CasebookError as error:
            form.notices.append(error.text)
            return self._answer(form)
        if isinstance(made, bytes):
            return FormAnswer(page=made, file_name=f"{form.slug or 'sources'}.patch")
        form.notices.append(say("form.proposed", branch=made))
        return self._answer(form)

    def _save(self, form: Form, after: bytes, done: str) -> FormAnswer:
        """Write the file unless another program is using it, and redirect to its form."""
        try:
            with held(form.path, self.project):
                form.save(after)
        except CasebookError as error:
            form.notices.append(error.text)
        except OSError as error:
            reason = error.strerror or str(error)
            form.notices.append(say("form.not_written", path=form.shown, reason=reason))
        else:
            form.data, form.is_new = after, False
            if form.shown == SOURCE_FILE:
                self._renew_schema()
            return FormAnswer(location=f"{form.address}?done={done}")
        return self._answer(form)

    def _renew_schema(self) -> None:
        """Write an existing JSON Schema again, so that text editors know new sources too."""
        place = self.project / SCHEMA_FILE
        with suppress(ContentError, OSError):
            if place.is_file():
                write_atomically(place, write_schema(read_all_lists(self.project)))

    @cached_property
    def _environment(self) -> Any:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined

        return Environment(
            loader=FileSystemLoader(Path(__file__).parent),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def _say(self, key: str, **places: object) -> str:
        return say(key, **places).inside(self.lang)

    def _render(self, template: str, **values: object) -> bytes:
        words = {"say": self._say, "tag": LANGUAGE_TAGS[self.lang], "token": self.token}
        return str(self._environment.get_template(template).render(words | values)).encode()

    def _answer(self, form: Form, whole: bool = True) -> FormAnswer:
        values = {
            "form": form,
            "view": FormView(lists=form.lists, lang=self.lang, checked=form.checked),
            "whole": whole,
            # The digest from when the form was opened, so that another try overwrites nothing.
            "digest": form.digest or digest(form.data),
            "now": digest(form.data),
            "notices": [notice.inside(self.lang) for notice in form.notices],
            "key": digest(f"{self.project}/{form.shown}".encode()),
            "has_copy": not form.is_new and find_copy(form.path, form.data) is not None,
        }
        return FormAnswer(page=self._render("form.html", **values))

    def _list_cases(self) -> list[tuple[str, Mapping[str, str]]]:
        files = open_cases(self.project, read_lists(self.project, []))
        return [(slug, file.before.texts) for slug, file in files]

    def _open(self, address: str) -> Form | None:
        """The form at an address with the content of its file, None if there is no such file."""
        faults: list[Problem] = []
        lists = read_lists(self.project, faults)
        name = address.removeprefix(EDIT).removesuffix("/")
        # The name is looked up among the existing files and is never made into a path.
        known = {path.stem: path for path in find_case_files(self.project)}
        if address == NEW:
            form = Form(self.project, NEW, "", lists)
        elif name == SOURCES_PLACE:
            form = Form(self.project, SOURCE_FILE, name, lists)
        elif name in known and not judge_slug(name):
            form = Form(self.project, f"data/cases/{known[name].name}", name, lists)
        else:
            return None
        # Faulty lists may lack languages and questions, so no record can be judged by them.
        others = (one for one in faults if one.path != form.shown)
        form.faults += [one for one in others if one.severity == "error"]
        if form.is_new and not form.faults and form.is_case:
            form.row.texts |= {one.name: one.filled for one in CASE if one.filled}
            questions = lists.vocabulary.questions
            for answer in form.row.rows["answers"]:
                # Figures answer a derived question; a state filled in here would hide that answer.
                if not questions[answer.name].derived:
                    answer.texts["state"] = "not_stated"
        return form


# The keys of the messages on the next page, by what was done.
_DONE: Final[Mapping[str, str]] = {
    "saved": "form.saved",
    "undone": "form.undone",
    "fixed": "form.fixed",
}


def _say_done(form: Form, done: str) -> Text:
    copy = copy_of(form.path)
    key = _DONE[done] if copy.exists() else "form.saved_new"
    return say(key, copy=show_path(copy, form.project))


def find_copy(path: Path, now: bytes) -> bytes | None:
    """The copy of a file from before its last save, None if there is none or it equals `now`."""
    copy = copy_of(path)
    with suppress(OSError):
        is_file = stat.S_ISREG(copy.lstat().st_mode)
        if is_file and (data := copy.read_bytes()) != now:
            return data
    return None


@contextmanager
def held(path: Path, project: Path) -> Iterator[None]:
    """Hold the locks that are needed to write a file.

    Raises CasebookError if the file is a link, an editor has it open or a build is running.
    """
    from filelock import FileLock, Timeout

    if path.is_symlink():
        # The file is replaced when it is written, which would remove the link.
        raise failure("form.is_link", name=path.name)
    # Files that vim, Emacs and LibreOffice keep beside a file while they have it open.
    for trace in (f".{path.name}.swp", f".#{path.name}", f".~lock.{path.name}#"):
        if (path.parent / trace).is_symlink() or (path.parent / trace).exists():
            raise failure("form.open_elsewhere", name=path.name, trace=trace)
    (project / ".cache").mkdir(exist_ok=True)
    locks = [project / FORM_LOCK]
    # This lock file exists only while a build runs, and only builds create it.
    locks += [one for one in (project / ".output.lock",) if one.exists()]
    taken = []
    try:
        for name in locks:
            lock = FileLock(name, timeout=_PATIENCE)
            lock.acquire()
            taken.append(lock)
        yield
    except Timeout:
        raise failure("form.busy") from None
    finally:
        for lock in reversed(taken):
            # Unlinked while held, so that a waiting process sees that the file is gone.
            with suppress(OSError):
                os.unlink(lock.lock_file)
            lock.release()


def _explain_changes(row: TypedRow, checked: Checked) -> None:
    """Add a history entry for each unexplained change; the editor fills in the reasons."""
    today = date.today().isoformat()
    figures = {figure.name: figure for figure in row.rows.get("figures", ())}
    for (kind, name), difference in checked.unexplained:
        texts = {"date": today, "from": difference.before, "to": difference.after}
        home = figures.get(name) if kind == "figures" else None
        if home is None:
            texts["figure" if kind == "figures" else "about"] = name
        (home or row).rows.setdefault("history", []).append(TypedRow(texts=texts))
