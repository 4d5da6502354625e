"""The theme's templates: their environment, and a digest of all that each of them is made of."""

from __future__ import annotations

import marshal
import re
import sys
import traceback
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING, Any, Protocol

from casebook.build.cache import Cache, digest_program
from casebook.messages import problem
from casebook.problems import ContentError, Position, Problem
from casebook.text import Lang
from casebook.values.digest import digest

if TYPE_CHECKING:
    from jinja2 import BytecodeCache, Environment

# The source and the code of each compiled template, by language and the name Jinja gives it.
TemplateKey = tuple[Lang, str]
KeptTemplate = tuple[str, CodeType | None]

_NAMED = re.compile(r"""{%-?\s*(?:extends|include|import|from)\s+(["'][^"'\n]*["'][^%]*?)\s*-?%}""")
_PLAIN = re.compile(r"""["']([^"']*)["'](?:\s+(?:import|as|with|without|ignore)\b.*)?""", re.DOTALL)
# Begins a name that is only known when the template runs.
_BEGUN = re.compile(r"""["']([^"']*)["']""")


# Where faults say that a template of an environment in memory is.
THEME = "theme"


class KeptTemplates(Protocol):
    """Where compiled templates wait for the next build."""

    def get(self, key: TemplateKey, otherwise: KeptTemplate, /) -> KeptTemplate:
        """What is kept under a key."""
        ...

    def __setitem__(self, key: TemplateKey, template: KeptTemplate, /) -> None:
        """Keep a template."""
        ...


class StoredTemplates:
    """Compiled templates in the store, of this program under this Python and this Jinja only."""

    def __init__(self, store: Cache) -> None:
        self._store = store
        parts = (digest_program(), version("jinja2"), sys.version)
        self._maker = digest("\n".join(parts).encode())

    def get(self, key: TemplateKey, otherwise: KeptTemplate, /) -> KeptTemplate:
        """A template with the checksum of its source."""
        maker, _, rest = (self._store.get(_name_template(key)) or b"").partition(b"\n")
        if maker.decode("utf-8", "replace") != self._maker:
            return otherwise
        # The store gives out nothing but what this very program put there.
        checksum, code = marshal.loads(rest)
        return checksum, code

    def __setitem__(self, key: TemplateKey, template: KeptTemplate, /) -> None:
        content = f"{self._maker}\n".encode() + marshal.dumps(template)
        self._store.put(_name_template(key), content)


def _name_template(key: TemplateKey) -> str:
    return f"template:{key[0]}:{key[1]}"


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
    """What Jinja is told for every template; Pelican's own environment is given the same."""
    from jinja2 import StrictUndefined

    return {
        "autoescape": True,
        "undefined": StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "extensions": [],
    }


def read_templates(theme: Path) -> dict[str, bytes]:
    """The source of every template of a theme, by the name that Jinja knows it under."""
    folder = theme / "templates"
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def make_environment(
    sources: Mapping[str, bytes], lang: Lang, kept: KeptTemplates | None = None
) -> Environment:
    """An environment over templates in memory, for pages of one language made in any process.

    Faults name the templates as files of a folder `theme`. Compiled templates are taken from
    `kept` and put there.
    """
    from jinja2 import Environment, FunctionLoader, nodes

    from casebook.build.template_compiler import LanguageChooser, PlainGenerator

    class OneLanguage(Environment):
        """Compiles templates for one language."""

        code_generator_class = PlainGenerator

        def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
            tree: nodes.Template = LanguageChooser(lang).visit(
                super()._parse(source, name, filename)
            )
            return tree

        def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
            # A chain of the two is walked through for each template that a page is made of.
            return self.globals if d is None else super().make_globals(d)

    def load(name: str) -> tuple[str, str, None] | None:
        source = sources.get(name)
        return (
            None if source is None else (source.decode("utf-8"), f"{THEME}/templates/{name}", None)
        )

    return OneLanguage(
        loader=FunctionLoader(load),
        bytecode_cache=None if kept is None else _keep_templates(kept, lang),
        # What lies in memory neither changes nor has to make room.
        auto_reload=False,
        cache_size=-1,
        **environment_options(),
    )


def _keep_templates(kept: KeptTemplates, lang: Lang) -> BytecodeCache:
    """A cache for Jinja; its own one on the disk would run whatever code was planted there."""
    from jinja2 import BytecodeCache
    from jinja2.bccache import Bucket

    class KeptCache(BytecodeCache):
        def load_bytecode(self, bucket: Bucket) -> None:
            checksum, code = kept.get((lang, bucket.key), ("", None))
            if checksum == bucket.checksum:
                bucket.code = code

        def dump_bytecode(self, bucket: Bucket) -> None:
            if bucket.code is not None:
                kept[lang, bucket.key] = (bucket.checksum, bucket.code)

    return KeptCache()


def digest_templates(sources: Mapping[str, bytes]) -> Mapping[str, str]:
    """For each template a digest of itself and of all that it may include or import."""
    named = {name: find_named(source, sources) for name, source in sources.items()}
    own = {name: digest(source) for name, source in sources.items()}
    digests = {}
    for name in sources:
        closure = {name}
        waiting = [name]
        while waiting:
            found = named[waiting.pop()] - closure
            closure |= found
            waiting += found
        parts = (f"{part} {own[part]}" for part in sorted(closure))
        digests[name] = digest("\n".join(parts).encode())
    return digests


def find_named(source: bytes, known: Mapping[str, object]) -> frozenset[str]:
    """The templates that a template names; all that begin alike where a name is put together."""
    found: set[str] = set()
    for match in _NAMED.finditer(source.decode("utf-8", "replace")):
        plain = _PLAIN.fullmatch(match[1])
        if plain is not None:
            found |= {plain[1]} & known.keys()
            continue
        begun = _BEGUN.match(match[1])
        start = begun[1] if begun is not None else ""
        found |= {name for name in known if name.startswith(start)}
    return frozenset(found)
