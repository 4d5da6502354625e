"""The theme's templates: their environment, and a digest of all that each of them is made of."""

from __future__ import annotations

import marshal
import sys
import traceback
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casebook.build.cache import Cache, digest_program
from casebook.messages import problem
from casebook.problems import ContentError, Position, Problem
from casebook.text import Lang
from casebook.values.digest import digest

if TYPE_CHECKING:
    from jinja2 import Environment

# Where faults say that a template of an environment in memory is.
THEME = "theme"


@dataclass(frozen=True, slots=True)
class Theme:
    """The sources of all templates by the names that Jinja knows them under, and their digest."""

    key: str
    sources: Mapping[str, bytes] = field(compare=False)


def read_theme(folder: Path) -> Theme:
    """The templates of a theme."""
    inside = folder / "templates"
    sources = {
        path.relative_to(inside).as_posix(): path.read_bytes()
        for path in sorted(inside.rglob("*"))
        if path.is_file()
    }
    parts = (f"{name} {digest(source)}" for name, source in sources.items())
    return Theme(digest("\n".join(parts).encode()), sources)


class CompiledTemplates:
    """What was found out of templates, each piece good for one source: code, and names in it.

    A cache keeps all of it as one value, for this program under this Python and this Jinja.
    """

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], tuple[str, Any]] = {}
        self._is_new = False
        # Read to find the names, each waits here for the first language to be compiled.
        self.trees: dict[str, Any] = {}

    def get(self, key: tuple[str, str], checksum: str) -> Any:
        """What was found out under a key from a source of this checksum, else None."""
        known, value = self._found.get(key, ("", None))
        return value if known == checksum else None

    def put(self, key: tuple[str, str], checksum: str, value: object) -> None:
        """Remember what was found out; it has to be something that marshal can write."""
        self._found[key] = checksum, value
        self._is_new = True

    def load(self, cache: Cache) -> None:
        """Take what an earlier build left in the cache, which gives only what it was given."""
        content = cache.get(_name_compiled())
        if content is not None and not self._found:
            self._found = marshal.loads(content)

    def save(self, cache: Cache) -> None:
        """Leave what is new for the next build."""
        if self._is_new:
            cache.put(_name_compiled(), marshal.dumps(self._found))
            self._is_new = False
        cache.prune("template:")


def _name_compiled() -> str:
    maker = (digest_program(), version("jinja2"), sys.version)
    return f"template:{digest(repr(maker).encode())}"


@contextmanager
def explaining_templates() -> Iterator[None]:
    """Turns what Jinja raises into a ContentError that names the line of the template."""
    from jinja2 import TemplateError

    try:
        yield
    except TemplateError as error:
        raise ContentError([_describe_error(error)]) from error


def _describe_error(error: Exception) -> Problem:
    """The problem of a template, at the innermost line of the theme that was running."""
    path, line = "theme/templates", 1
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename.startswith(f"{THEME}/"):
            path, line = frame.filename, frame.lineno or 1
    number = getattr(error, "lineno", None)
    name = str(getattr(error, "filename", None))
    if number is not None and name.startswith(f"{THEME}/"):
        path, line = name, number
    return problem("E320", path, Position(line, 1), error=error)


def environment_options() -> dict[str, Any]:
    """Options of every environment of Jinja, that of Pelican among them."""
    from jinja2 import StrictUndefined

    return {
        "autoescape": True,
        "undefined": StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "extensions": [],
    }


def make_environment(
    sources: Mapping[str, bytes], lang: Lang, compiled: CompiledTemplates
) -> Environment:
    """An environment over templates in memory, for pages of one language made in any process.

    Faults name the templates as files of a folder `theme`.
    """
    from jinja2 import BytecodeCache, Environment, FunctionLoader, nodes
    from jinja2.bccache import Bucket

    from casebook.build.template_compiler import LanguageChooser, PlainGenerator

    class OneLanguage(Environment):
        """Compiles templates for one language."""

        code_generator_class = PlainGenerator

        def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
            tree: nodes.Template = compiled.trees.pop(name or "", None)
            if tree is None:
                tree = super()._parse(source, name, filename)
            chosen: nodes.Template = LanguageChooser(lang).visit(tree.set_environment(self))
            return chosen

        def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
            # A chain of the two is walked through for each template that a page is made of.
            return self.globals if d is None else super().make_globals(d)

    class Compiled(BytecodeCache):
        """Jinja's own cache on the disk would run whatever code was planted there."""

        def load_bytecode(self, bucket: Bucket) -> None:
            bucket.code = compiled.get((lang, bucket.key), bucket.checksum)

        def dump_bytecode(self, bucket: Bucket) -> None:
            compiled.put((lang, bucket.key), bucket.checksum, bucket.code)

    def load(name: str) -> tuple[str, str, None] | None:
        source = sources.get(name)
        return None if source is None else (source.decode(), f"{THEME}/templates/{name}", None)

    return OneLanguage(
        loader=FunctionLoader(load),
        bytecode_cache=Compiled(),
        # What lies in memory neither changes nor has to make room.
        auto_reload=False,
        cache_size=-1,
        **environment_options(),
    )


def digest_templates(theme: Theme, compiled: CompiledTemplates) -> Mapping[str, str]:
    """For each template a digest of itself and of all that it may include or import."""
    own = {name: digest(source) for name, source in theme.sources.items()}
    named = {name: _find_named(name, own[name], theme, compiled) for name in own}
    digests = {}
    for name in own:
        closure = {name}
        waiting = [name]
        while waiting:
            found = named[waiting.pop()] - closure
            closure |= found
            waiting += found
        parts = (f"{part} {own[part]}" for part in sorted(closure))
        digests[name] = digest("\n".join(parts).encode())
    return digests


def _find_named(
    name: str, checksum: str, theme: Theme, compiled: CompiledTemplates
) -> frozenset[str]:
    """The templates that a template names; all where a name is only known when it runs."""
    named: frozenset[str] | None = compiled.get(("names", name), checksum)
    if named is None:
        from jinja2 import Environment, TemplateSyntaxError, meta

        try:
            source = theme.sources[name].decode("utf-8")
            tree = Environment(**environment_options()).parse(source, name)
            found = set(meta.find_referenced_templates(tree))
            compiled.trees[name] = tree
        except (TemplateSyntaxError, UnicodeDecodeError):
            # It may be no template at all; one that is used is complained of when it is compiled.
            found = {None}
        named = frozenset(part for part in found if part is not None)
        if None in found:
            named = frozenset(theme.sources)
        compiled.put(("names", name), checksum, named)
    return named & theme.sources.keys()
