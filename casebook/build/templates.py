"""The theme's templates as Python: their environment, and a digest of what each is made of.

Jinja asks of every call whether the function wants the context, of every attribute whether an item
of that name would do, and wraps every value that it escapes. Here the plain case comes first and
Jinja's own way where it does not hold, so that templates mean what they mean to Jinja.
"""

from __future__ import annotations

import marshal
import pickle
import sys
import traceback
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from functools import lru_cache
from importlib.metadata import version
from typing import Any

from jinja2 import (
    BytecodeCache,
    Environment,
    FunctionLoader,
    StrictUndefined,
    TemplateError,
    TemplateSyntaxError,
    meta,
    nodes,
)
from jinja2.bccache import Bucket
from jinja2.compiler import CodeGenerator, Frame
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

from casebook.build.cache import Cache, digest_program
from casebook.build.theme import Theme
from casebook.messages import problem
from casebook.problems import ContentError, Position, Problem
from casebook.text import DEFAULT_LANGUAGES, Lang, Languages
from casebook.values.digest import digest

# Where faults say that a template of an environment in memory is.
THEME = "theme"
# Options of every environment of Jinja, that of Pelican among them.
ENVIRONMENT_OPTIONS: Mapping[str, Any] = {
    "autoescape": True,
    "undefined": StrictUndefined,
    "trim_blocks": True,
    "lstrip_blocks": True,
    "extensions": [],
}

# The labels and words of a site come again on thousands of pages.
_escape_again = lru_cache(maxsize=16384)(escape)


def escape_value(value: object) -> str:
    """The escaped text of a value, without a new object where there is nothing to escape."""
    if value.__class__ is Markup:
        return value
    if value.__class__ is str:
        return _escape_again(value)
    if value.__class__ is int:
        return str(value)
    return escape(value)


class CompiledTemplates:
    """Code of templates and the names in them, each good for one source.

    A cache keeps all of it as one value, for this program under this Python and this Jinja.
    """

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], tuple[str, Any]] = {}
        self._is_new = False
        # Parsed to find the names, and pickled, for each language changes a tree of its own: to
        # read one back takes a tenth of the time of parsing it.
        self.trees: dict[str, bytes] = {}

    def get(self, key: tuple[str, str], checksum: str) -> Any:
        """The value under a key from a source of this checksum, else None."""
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


class PlainGenerator(CodeGenerator):
    """Writes templates as Python that calls functions, reads attributes and escapes directly.

    No function that a template is given may ask for the context.
    """

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:
        self.writeline(f"from {__name__} import escape_value")
        super().visit_Template(node, frame)

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:
        if forward_caller or node.dyn_args or node.dyn_kwargs:
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        for argument in (*node.args, *node.kwargs):
            self.visit(argument, frame)
            self.write(", ")
        self.write(")")

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:
        # Names of this kind are given by Jinja to nothing else.
        self.write("(found if (found := getattr((owner := ")
        self.visit(node.node, frame)
        self.write(f"), {node.attr!r}, missing)) is not missing")
        self.write(f" else environment.getattr(owner, {node.attr!r}))")

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("escape_value(")


class LanguageChooser(NodeTransformer):
    """Chooses the language when a template is compiled and not each time that it is rendered.

    `L('…', '…')` becomes one of its wordings, `lang` is known, and so is what `text` takes on
    a site of Chinese.
    """

    def __init__(self, lang: Lang, languages: Languages) -> None:
        self.lang = lang
        # No text is without the words of the first language, and Chinese needs no marks in it.
        self.has_all = lang == languages.first == "zh"
        self.own: frozenset[str] = frozenset()

    def visit_Template(self, node: nodes.Template) -> nodes.Template:
        named = node.find_all(nodes.Name)
        # What a template calls so itself is not what it is given under that name.
        self.own = frozenset(name.name for name in named if name.ctx != "load")
        self.generic_visit(node)
        return node

    def visit_Call(self, node: nodes.Call) -> Any:
        name = node.node.name if isinstance(node.node, nodes.Name) else ""
        if name in self.own:
            return self.generic_visit(node)
        if name == "L" and len(node.args) == 2:
            return self.visit(node.args[0 if self.lang == "zh" else 1])
        if name == "text" and self.has_all and len(node.args) == 1:
            return self.visit(nodes.Getattr(node.args[0], "zh", "load", lineno=node.lineno))
        return self.generic_visit(node)

    def visit_Name(self, node: nodes.Name) -> nodes.Expr:
        if node.name == "lang" and node.ctx == "load" and "lang" not in self.own:
            return nodes.Const(self.lang, lineno=node.lineno)
        return node


def make_environment(
    sources: Mapping[str, bytes],
    lang: Lang,
    compiled: CompiledTemplates,
    languages: Languages = DEFAULT_LANGUAGES,
) -> Environment:
    """An environment over templates in memory, for pages of one language made in any process.

    Faults name the templates as files of a folder `theme`.
    """

    chosen = " ".join((lang, *languages))

    class OneLanguage(Environment):
        """Compiles templates for one language."""

        code_generator_class = PlainGenerator

        def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
            parsed = compiled.trees.get(name or "")
            found = pickle.loads(parsed) if parsed else super()._parse(source, name, filename)
            found = found.set_environment(self)
            made: nodes.Template = LanguageChooser(lang, languages).visit(found)
            return made

        def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
            # A chain of the two is walked through for each template that a page is made of.
            return self.globals if d is None else super().make_globals(d)

    class Compiled(BytecodeCache):
        """Jinja's own cache on the disk would run whatever code was planted there."""

        def load_bytecode(self, bucket: Bucket) -> None:
            bucket.code = compiled.get((chosen, bucket.key), bucket.checksum)

        def dump_bytecode(self, bucket: Bucket) -> None:
            compiled.put((chosen, bucket.key), bucket.checksum, bucket.code)

    def load(name: str) -> tuple[str, str, None] | None:
        source = sources.get(name)
        return None if source is None else (source.decode(), f"{THEME}/templates/{name}", None)

    return OneLanguage(
        loader=FunctionLoader(load),
        bytecode_cache=Compiled(),
        # What lies in memory neither changes nor has to make room.
        auto_reload=False,
        cache_size=-1,
        **ENVIRONMENT_OPTIONS,
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
        try:
            source = theme.sources[name].decode("utf-8")
            tree = Environment(**ENVIRONMENT_OPTIONS).parse(source, name)
            found = set(meta.find_referenced_templates(tree))
            bare: Any = None
            compiled.trees[name] = pickle.dumps(tree.set_environment(bare))
        except (TemplateSyntaxError, UnicodeDecodeError):
            # It may be no template at all; one that is used is complained of when it is compiled.
            found = {None}
        named = frozenset(part for part in found if part is not None)
        if None in found:
            named = frozenset(theme.sources)
        compiled.put(("names", name), checksum, named)
    return named & theme.sources.keys()
