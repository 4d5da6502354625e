"""Forms as a browser parses them and sends them back."""

from __future__ import annotations

import shutil
from html.parser import HTMLParser
from pathlib import Path

from conftest import copy_parts

from casebook.preview.form import FormAnswer, Forms

TINY = Path(__file__).resolve().parent.parent / "tiny_site"


class Controls(HTMLParser):
    """The controls of a page as a browser would send them, and the page's problems by control."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.pairs: list[tuple[str, str]] = []
        self.buttons: list[str] = []
        self.problems: dict[str, str] = {}
        self.readings: dict[str, str] = {}
        self.words = page.decode("utf-8")
        self._select = self._area = self._told = self._read = ""
        self.feed(self.words)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "button":
            self.buttons.append(given["value"])
        elif tag == "input" and (given.get("type") != "checkbox" or "checked" in given):
            self.pairs.append((name, given.get("value", "")))
        elif tag == "select":
            self._select = name
            self.pairs.append((name, ""))
        elif tag == "option" and self._select and "selected" in given:
            self.pairs[-1] = (self._select, given["value"])
        elif tag == "textarea":
            self._area = name
            self.pairs.append((name, ""))
        elif given.get("id", "").startswith("p-"):
            self._told = given["id"].removeprefix("p-")
        elif tag == "output":
            self._read = given["id"].removeprefix("r-")

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "textarea":
            # A browser drops a line end at the beginning and sends the others as CR LF.
            name, text = self.pairs[-1]
            self.pairs[-1] = (name, text.removeprefix("\n").replace("\n", "\r\n"))
            self._area = ""
        elif tag in ("ul", "output"):
            self._told = self._read = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            name, text = self.pairs[-1]
            self.pairs[-1] = (name, text + data)
        elif self._told and data.strip():
            self.problems[self._told] = (self.problems.get(self._told, "") + " " + data).strip()
        elif self._read and data.strip():
            self.readings[self._read] = data.strip()

    def with_values(self, **values: str) -> list[tuple[str, str]]:
        """The pairs that are sent, with other values of some controls; `__` stands for a dot."""
        changed = {name.replace("__", "."): value for name, value in values.items()}
        missing = changed.keys() - dict(self.pairs).keys()
        assert not missing, f"there is no control {missing}"
        return [(name, changed.get(name, value)) for name, value in self.pairs]


def copy_site(folder: Path) -> Path:
    """Copy the tiny site without its theme, which no form needs."""
    copy_parts(TINY, folder, ("data", "content", "pelicanconf.py"))
    for path in folder.rglob("*.bak"):
        path.unlink()
    shutil.rmtree(folder / ".cache", ignore_errors=True)
    return folder


def press(
    forms: Forms, address: str, do: str, pairs: list[tuple[str, str]] | None = None
) -> FormAnswer:
    """The answer of a form to a button, sent with the form's own values or with `pairs`."""
    given = Controls(forms.show(address).page).pairs if pairs is None else pairs
    return forms.post(address, [*given, ("do", do)])
