"""The order of the rooms: imports point down, and heavy libraries are imported only when needed."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from collections import Counter
from dataclasses import fields, is_dataclass
from importlib import import_module
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "casebook"

# From top to bottom. Of two rooms on one line, the left one may import the right one.
LAYERS: tuple[tuple[str, ...], ...] = (
    ("commands",),
    ("preview",),
    ("build",),
    ("pages", "data"),
    ("charts",),
    ("checks",),
    ("record",),
    ("values",),
    ("yaml",),
)
# Modules beside the rooms: the start of the program, and the modules that every room may import.
ABOVE = {"__main__"}
BELOW = ("plugin", "report", "messages", "language", "problems", "text", "patterns", "packaged")
ORDER = (*ABOVE, *(room for layer in LAYERS for room in layer), *BELOW)
# Importing one of these libraries is slow, so only its home does it.
HOMES = {
    "pelican": lambda path: path.name in ("pelican_adapter.py", "plugin.py"),
    "matplotlib": lambda path: path.is_relative_to(PACKAGE / "charts"),
    "PIL": lambda path: path.name in ("matplotlib_renderers.py", "media.py"),
}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room_of(path: Path) -> str:
    """The room of a file, the name of a module beside the rooms, or "" for the package itself."""
    inside = path.relative_to(PACKAGE).with_suffix("").parts
    return "" if inside == ("__init__",) else inside[0]


def imported_names(path: Path) -> list[tuple[int, str]]:
    """Every name that a file imports, anywhere in it, in full dotted form with its line."""
    package = ("casebook", *path.relative_to(PACKAGE).parent.parts)
    found = []
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join((*start, *filter(None, [node.module])))
            found += [(node.lineno, f"{base}.{alias.name}") for alias in node.names]
    return found


def imported_rooms(path: Path) -> list[tuple[int, str]]:
    """The other rooms of the package from which a file imports."""
    found = []
    for line, name in imported_names(path):
        first, _, rest = name.partition(".")
        room = rest.partition(".")[0]
        # `from casebook import __version__` names no room.
        if first == "casebook" and room and not room.startswith("__version"):
            found.append((line, room))
    return [(line, room) for line, room in found if room != room_of(path)]


def test_every_module_is_in_a_room() -> None:
    strangers = sorted({room_of(path) for path in modules()} - {"", *ORDER})

    assert not strangers, f"{', '.join(strangers)}: put the new module into one of the ten rooms"


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_down(path: Path) -> None:
    own = ORDER.index(room_of(path)) if room_of(path) else -1
    upward = [
        f"{path.relative_to(PACKAGE.parent)}:{line}: {room}"
        for line, room in imported_rooms(path)
        if room in ORDER and ORDER.index(room) <= own
    ]

    assert upward == []


def test_no_two_modules_share_a_name() -> None:
    names = Counter(path.stem for path in modules() if path.stem != "__init__")
    names.update(room for layer in LAYERS for room in layer)

    assert [name for name, count in names.items() if count > 1] == []


def classes() -> list[type]:
    """Every class that the package defines at the top level of a module."""
    names = [".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts) for path in modules()]
    found = [import_module(name) for name in names if not name.endswith("__main__")]
    return [
        one
        for module in found
        for one in vars(module).values()
        if inspect.isclass(one) and one.__module__ == module.__name__
    ]


def test_no_two_classes_share_a_name() -> None:
    names = Counter(one.__name__ for one in classes())

    assert [name for name, count in names.items() if count > 1] == []


def test_at_most_three_fields_are_given_by_position() -> None:
    positional = {
        one.__name__: [field.name for field in fields(one) if field.init and not field.kw_only]
        for one in classes()
        if is_dataclass(one)
    }

    assert {name: given for name, given in positional.items() if len(given) > 3} == {}


@pytest.mark.parametrize("library", HOMES)
def test_a_heavy_library_has_one_home(library: str) -> None:
    elsewhere = [
        f"{path.relative_to(PACKAGE.parent)}:{line}"
        for path in modules()
        if not HOMES[library](path)
        for line, name in imported_names(path)
        if name.partition(".")[0] == library
    ]

    assert elsewhere == []


@pytest.mark.parametrize("library", ["pelican", "matplotlib", "jinja2", "numpy", "rich"])
def test_the_command_line_starts_without(library: str) -> None:
    program = f"import sys, casebook.commands.cli; sys.exit({library!r} in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=PACKAGE.parent, check=False)

    assert done.returncode == 0, f"import casebook.commands.cli imports {library}"


def test_a_check_knows_the_addresses_of_the_site_without_its_pages() -> None:
    program = "import sys, casebook.build.checking; sys.exit('casebook.pages.page' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=PACKAGE.parent, check=False)

    assert done.returncode == 0, "casebook.build.checking imports the modules of pages"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("import casebook.record", ["record"], id="whole name"),
        pytest.param("from casebook import record", ["record"], id="from the package"),
        pytest.param("from casebook.record.model import Case", ["record"], id="from the module"),
        pytest.param("from .record.model import Case", ["record"], id="relative"),
        pytest.param("from . import record, values", ["record", "values"], id="relative, two"),
        pytest.param("def f():\n    import casebook.record\n", ["record"], id="in a function"),
        pytest.param("from casebook import __version__", [], id="the version is no room"),
        pytest.param("import casebooks.record", [], id="another package"),
    ],
)
def test_imports_are_seen_wherever_they_stand(
    source: str, expected: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules[__name__], "PACKAGE", tmp_path)
    path = tmp_path / "anything.py"
    path.write_text(source, encoding="utf-8")

    assert [room for _, room in imported_rooms(path)] == expected
