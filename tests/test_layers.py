"""Holds the order of the modules: imports point down, and heavy libraries wait to be needed."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "casebook"

# From the top down. Modules of one line do not know each other; a package is one module here.
LAYERS: tuple[tuple[str, ...], ...] = (
    ("__main__",),
    ("cli",),
    ("imports",),
    ("layout",),
    ("serve", "scaffold", "schema", "repair", "impact", "explain", "ledger"),
    ("pipeline", "verify", "unchanged", "glance"),
    ("publish", "kept"),
    ("casefiles",),
    ("render",),
    ("templates",),
    ("compiler",),
    ("freshness",),
    ("swap", "inputs", "served"),
    ("pages", "drawing"),
    ("reuse", "deadline", "releases"),
    ("exports", "citations"),
    ("slots", "addresses", "translations"),
    ("charts",),
    ("content",),
    ("limits", "rules", "history"),
    ("quotes",),
    ("wording",),
    ("mentions",),
    ("markdown",),
    ("excerpt",),
    ("reader",),
    ("fields",),
    ("refusals",),
    ("dataset",),
    ("shelf",),
    ("briefs",),
    ("prose", "answers", "bilingual", "evidence"),
    ("derive",),
    ("comparability",),
    ("amounts",),
    ("model",),
    ("quantity", "dates"),
    ("workers",),
    ("cluster",),
    ("tree", "tokens", "report", "overlay", "store", "spool", "listing"),
    ("doctor", "slips", "files"),
    ("remedies",),
    ("notation", "parser", "urls"),
    ("encoding", "timings", "progress", "marks", "language"),
    ("errors",),
)
LAYER_OF = {module: depth for depth, layer in enumerate(LAYERS) for module in layer}
# Whoever imports one of these pays for it, so only its home does.
HOMES = {
    "pelican": lambda path: path == PACKAGE / "publish.py",
    "matplotlib": lambda path: path.is_relative_to(PACKAGE / "charts"),
    "PIL": lambda path: path == PACKAGE / "charts" / "raster.py",
}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def module_of(path: Path) -> str:
    """The module of the register that a file belongs to, empty for the package's own __init__."""
    inside = path.relative_to(PACKAGE).with_suffix("").parts
    return "" if inside == ("__init__",) else inside[0]


def imported_names(path: Path) -> list[tuple[int, str]]:
    """Every name that a file imports, anywhere in it, with its line, in full dotted form."""
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


def imported_modules(path: Path) -> list[tuple[int, str]]:
    """The modules of the package that a file imports, itself left out."""
    found = []
    for line, name in imported_names(path):
        first, _, rest = name.partition(".")
        module = rest.partition(".")[0]
        # `from casebook import __version__` names no module.
        if first == "casebook" and module and not module.startswith("__version"):
            found.append((line, module))
    return [(line, module) for line, module in found if module != module_of(path)]


def test_every_module_has_its_layer() -> None:
    known = {module_of(path) for path in modules()} - {""}
    strangers = sorted(known - set(LAYER_OF))

    assert not strangers, (
        f"{', '.join(strangers)}: add the new module to LAYERS in tests/test_layers.py, "
        "below all that import it and above all that it imports"
    )


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_down(path: Path) -> None:
    own = LAYER_OF.get(module_of(path), -1)
    upward = [
        f"{path.relative_to(PACKAGE.parent)}:{line}: {module}"
        for line, module in imported_modules(path)
        if module in LAYER_OF and LAYER_OF[module] <= own
    ]

    assert upward == []


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
    if not (PACKAGE / "cli.py").exists():
        pytest.skip("there is no command line yet")
    program = f"import sys, casebook.cli; sys.exit({library!r} in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=PACKAGE.parent, check=False)

    assert done.returncode == 0, f"import casebook.cli imports {library}"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("import casebook.model", ["model"], id="whole name"),
        pytest.param("from casebook import model", ["model"], id="from the package"),
        pytest.param("from casebook.model import Case", ["model"], id="from the module"),
        pytest.param("from .model import Case", ["model"], id="relative"),
        pytest.param("from . import model, dates", ["model", "dates"], id="relative, two"),
        pytest.param("def f():\n    import casebook.cli\n", ["cli"], id="inside a function"),
        pytest.param("from casebook import __version__", [], id="the version is no module"),
        pytest.param("import casebooks.cli", [], id="another package"),
    ],
)
def test_imports_are_seen_wherever_they_stand(
    source: str, expected: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules[__name__], "PACKAGE", tmp_path)
    path = tmp_path / "anything.py"
    path.write_text(source, encoding="utf-8")

    assert [module for _, module in imported_modules(path)] == expected
