"""The theme's templates compiled to Python: their environment, and a digest of each one's sources.

Jinja checks at each call if the function takes the context and at each attribute if there is an
item of that name, and wraps each value that it escapes. The code generated here tries the common
case first and otherwise does as Jinja does, so templates mean the same as in Jinja.
"""

from __future__ import annotations

import marshal
import re
import sys
import traceback
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

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
from jinja2.filters import FILTERS
from jinja2.tests import TESTS
from markupsafe import Markup, escape

from casebook.build.cache import Cache, digest_program, find_version
from casebook.build.theme import Theme
from casebook.messages import problem
from casebook.packaged import find_packaged
from casebook.problems import START, CasebookError, ContentError, Position, Problem
from casebook.record.settings import make_functions
from casebook.record.suggestions import suggest
from casebook.text import Lang
from casebook.values.digest import digest

# The folder that errors name for templates of an environment in memory.
THEME = "theme"
# The exceptions of reading a file that is not a valid template.
_UNREADABLE = (TemplateSyntaxError, UnicodeDecodeError, RecursionError)
# The line endings that Jinja recognises.
_LINES = re.compile(r"\r\n?|\n")
# Options of every Jinja environment, including Pelican's.
ENVIRONMENT_OPTIONS: Mapping[str, Any] = {
    "autoescape": True,
    "undefined": StrictUndefined,
    "trim_blocks": True,
    "lstrip_blocks": True,
    "extensions": [],
}

# The same labels and words appear on thousands of pages.
_escape_again = lru_cache(maxsize=16384)(escape)


def escape_value(value: object) -> str:
    """The escaped text of a value; Markup is returned as it is, and escaped strings are cached."""
    if value.__class__ is Markup:
        return value
    if value.__class__ is str:
        return _escape_again(value)
    if value.__class__ is int:
        return str(value)
    return escape(value)


class CompiledTemplates:
    """The compiled code of templates and the names in them, each valid for one source.

    The cache keeps them all as one value, for this version of the program, of Python and of Jinja.
    """

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], tuple[str, Any]] = {}
        self._is_new = False
        # Syntax trees that were parsed to find the names, kept until they are compiled.
        self.trees: dict[str, nodes.Template] = {}

    def get(self, key: tuple[str, str], checksum: str) -> Any:
        """The value under a key if it was made from a source with this checksum, else None."""
        known, value = self._found.get(key, ("", None))
        return value if known == checksum else None

    def put(self, key: tuple[str, str], checksum: str, value: object) -> None:
        """Store a value, which marshal must be able to write, for a source with this checksum."""
        self._found[key] = checksum, value
        self._is_new = True

    def pack(self) -> tuple[str, bytes]:
        """The cache key of the program that can use the values, and all values as bytes."""
        return _name_compiled(), marshal.dumps(self._found)

    def unpack(self, name: str, content: bytes | None) -> None:
        """Load packed values if there are none yet and this program can use them."""
        if content and not self._found and name == _name_compiled():
            self._found = marshal.loads(content)

    def load(self, cache: Cache) -> None:
        """Load the values of an earlier build from the cache, which returns only what it sealed."""
        self.unpack(_name_compiled(), cache.get(_name_compiled()))

    def save(self, cache: Cache) -> None:
        """Put the values into the cache for the next build if any is new."""
        if self._is_new:
            cache.put(*self.pack())
            self._is_new = False
        cache.prune("template:")


def _name_compiled() -> str:
    maker = (digest_program(), find_version("jinja2"), sys.version)
    return f"template:{digest(repr(maker).encode())}"


@contextmanager
def explaining_templates(theme: Theme) -> Iterator[None]:
    """Turn an exception raised by a template into a ContentError that names its line."""
    try:
        yield
    except CasebookError:
        raise
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        # An exception raised inside the program's own functions is a fault of the program.
        if not isinstance(error, TemplateError | RecursionError) and not _is_of_theme(frames[-1]):
            raise
        raise ContentError([_describe_error(error, theme)]) from error


def _is_of_theme(frame: traceback.FrameSummary) -> bool:
    return frame.filename.startswith(f"{THEME}/")


def _describe_error(error: Exception, theme: Theme, name: str = "") -> Problem:
    """The problem for an exception, at the innermost line of the theme that was running."""
    path, line = f"{THEME}/templates/{name}", 1
    for frame in filter(_is_of_theme, traceback.extract_tb(error.__traceback__)):
        path, line = frame.filename, frame.lineno or 1
    if isinstance(error, TemplateSyntaxError):
        path, line = error.filename or path, error.lineno
    path = theme.paths.get(path.removeprefix(f"{THEME}/templates/"), path.removesuffix("/"))
    told = str(error).removesuffix(".")
    if not isinstance(error, TemplateError):
        told = f"{type(error).__name__}: {told}"
    key = "E320.deep" if isinstance(error, RecursionError) else "E320"
    return problem(key, path, Position(line, 1), error=told[:200])


class PlainGenerator(CodeGenerator):
    """Generator of Python code that calls functions, reads attributes and escapes directly.

    Functions that are given to templates must not take the context. Loading a template for a
    language decides which of the two wordings of `L('…', '…')` is printed.
    """

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:
        self.writeline(f"from {__name__} import escape_value")
        self.writeline("is_chinese = environment.globals['lang'] == 'zh'")
        # A template that defines its own `L` does not use the function of that name.
        own = (name.name for name in node.find_all(nodes.Name) if name.ctx != "load")
        self.has_wordings = "L" not in own
        super().visit_Template(node, frame)

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:
        if forward_caller or node.dyn_args or node.dyn_kwargs:
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        if wordings := self._find_wordings(node):
            self.write("(")
            self.visit(wordings[0], frame)
            self.write(" if is_chinese else ")
            self.visit(wordings[1], frame)
            self.write(")")
            return
        self.visit(node.node, frame)
        self.write("(")
        for argument in (*node.args, *node.kwargs):
            self.visit(argument, frame)
            self.write(", ")
        self.write(")")

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:
        # Jinja itself gives no variable the name `found` or `owner`.
        self.write("(found if (found := getattr((owner := ")
        self.visit(node.node, frame)
        self.write(f"), {node.attr!r}, missing)) is not missing")
        self.write(f" else environment.getattr(owner, {node.attr!r}))")

    def _find_wordings(self, node: nodes.Node) -> list[nodes.Expr]:
        """The two arguments of a call `L('…', '…')`, Chinese first; empty for any other node."""
        if not isinstance(node, nodes.Call) or not isinstance(node.node, nodes.Name):
            return []
        is_wording = node.node.name == "L" and self.has_wordings and len(node.args) == 2
        return node.args if is_wording else []

    def _output_child_to_const(self, node: nodes.Expr, frame: Frame, finalize: Any) -> Any:
        pair = self._find_wordings(node) or [node, node]
        known = super()._output_child_to_const
        return [known(wording, frame, finalize) for wording in pair]

    def _output_const_repr(self, group: Iterable[Any]) -> str:
        # Wordings that are joined with the text around them take no time when a page is printed.
        zh, other = (repr("".join(texts)) for texts in zip(*group, strict=True))
        return zh if zh == other else f"({zh} if is_chinese else {other})"

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("escape_value(")


def make_environment(
    sources: Mapping[str, bytes], lang: Lang, compiled: CompiledTemplates
) -> Environment:
    """A Jinja environment of templates in memory, for pages of one language, in any process.

    Errors name the templates as files of a folder `theme`.
    """

    class Parsed(Environment):
        """An environment that uses the syntax trees of templates that are parsed already."""

        code_generator_class = PlainGenerator

        def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
            return compiled.trees.pop(name or "", None) or super()._parse(source, name, filename)

        def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
            # Jinja would search a ChainMap of the two for each template that a page uses.
            return self.globals if d is None else super().make_globals(d)

    class Compiled(BytecodeCache):
        """A cache in memory, since Jinja's cache on the disk would run any code planted there."""

        def load_bytecode(self, bucket: Bucket) -> None:
            bucket.code = compiled.get(("code", bucket.key), bucket.checksum)

        def dump_bytecode(self, bucket: Bucket) -> None:
            compiled.put(("code", bucket.key), bucket.checksum, bucket.code)

    def load(name: str) -> tuple[str, str, None] | None:
        source = sources.get(name)
        return None if source is None else (source.decode(), f"{THEME}/templates/{name}", None)

    environment = Parsed(
        loader=FunctionLoader(load),
        bytecode_cache=Compiled(),
        # Templates in memory do not change, and none has to be dropped to make room.
        auto_reload=False,
        cache_size=-1,
        **ENVIRONMENT_OPTIONS,
    )
    # Compiled templates read `lang` when they are loaded.
    environment.globals["lang"] = lang
    return environment


def digest_templates(theme: Theme, compiled: CompiledTemplates) -> Mapping[str, str]:
    """For each template a digest of itself and of all templates that it may include or import."""
    own = {name: digest(source) for name, source in theme.sources.items()}
    named = {name: _find_named(name, theme, compiled) for name in own}
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


class _Names(NamedTuple):
    """The names in a template: `templates` it names, None if one is known only at run time; macros
    and variables `defined`; macros `taken`, each with its template and line; filters and tests
    `called`, each with the key of the message for an unknown name and its line.
    """

    templates: frozenset[str] | None
    defined: frozenset[str]
    taken: tuple[tuple[str, str, int], ...]
    called: tuple[tuple[str, str, int], ...]
    is_page: bool


def _find_named(name: str, theme: Theme, compiled: CompiledTemplates) -> frozenset[str]:
    """The templates that a template names; all templates if a name is known only at run time."""
    try:
        named = _read_names(name, theme, compiled).templates
    except _UNREADABLE:
        # The file may not be a template.
        named = None
    return frozenset(theme.sources) if named is None else named & theme.sources.keys()


def _read_names(name: str, theme: Theme, compiled: CompiledTemplates) -> _Names:
    """The names in a template; raises one of _UNREADABLE if the file is not a valid template."""
    checksum = digest(theme.sources[name])
    known = compiled.get(("names", name), checksum)
    if known is not None:
        return _Names(*known)
    source, path = theme.sources[name].decode("utf-8"), f"{THEME}/templates/{name}"
    tree = Environment(**ENVIRONMENT_OPTIONS).parse(source, name, path)
    # The tree is walked once only: each walk takes a tenth of the time of parsing.
    every = [*tree.find_all(nodes.Node)]

    def find_all(*kinds: type) -> list[Any]:
        return [node for node in every if isinstance(node, kinds)]

    blocks = [(each.name, each.lineno) for each in find_all(nodes.Block)]
    for number, (block, line) in enumerate(blocks):
        if block in dict(blocks[:number]):
            # Jinja raises this error only when it compiles, which takes several times as long.
            raise TemplateSyntaxError(f"block {block!r} defined twice", line, name, path)
    stored = {each.name for each in find_all(nodes.Name) if each.ctx == "store"}
    taken: list[tuple[str, str, int]] = []
    for node in find_all(nodes.FromImport, nodes.Import, nodes.Extends, nodes.Include):
        pairs = [(one, one) if isinstance(one, str) else one for one in getattr(node, "names", ())]
        stored.update(own for _, own in pairs)
        target = getattr(node.template, "value", None)
        if isinstance(target, str) and not getattr(node, "ignore_missing", False):
            taken += [(target, macro, node.lineno) for macro, _ in pairs or [("", "")]]
    outputs = (each for one in find_all(nodes.Output) for each in one.nodes)
    fills_in = any(not isinstance(one, nodes.TemplateData) for one in outputs)
    # A block that is filtered by nothing has no name.
    called = [
        (each.name, key, each.lineno)
        for key, kind in (("E320.filter", nodes.Filter), ("E320.test", nodes.Test))
        for each in find_all(kind)
        if each.name
    ]
    templates = {*meta.find_referenced_templates(tree)}
    found = _Names(
        templates=frozenset(one for one in templates if one) if None not in templates else None,
        defined=frozenset({*(each.name for each in find_all(nodes.Macro)), *stored}),
        taken=tuple(taken),
        called=tuple(called),
        is_page=bool(find_all(nodes.Extends)) or ("<html" in source and fills_in),
    )
    compiled.trees[name] = tree
    compiled.put(("names", name), checksum, tuple(found))
    return found


def check_templates(theme: Theme, compiled: CompiledTemplates) -> list[Problem]:
    """The problems of templates that can be found without running them."""
    problems, read = [], {}
    for name in theme.sources:
        try:
            read[name] = _read_names(name, theme, compiled)
        except UnicodeDecodeError:
            # The check of the theme's files reports this with its line.
            continue
        except _UNREADABLE as error:
            problems.append(_describe_error(error, theme, name))
    own = make_functions(theme.functions)
    known = {"E320.filter": {*FILTERS, *own["filters"]}, "E320.test": {*TESTS, *own["tests"]}}
    for name, names in read.items():
        path, lines = theme.paths.get(name, name), _LINES.split(theme.sources[name].decode())
        for word, key, line in names.called:
            # Jinja looks for it only when the line runs, which may be on one page of a thousand.
            if word not in known[key]:
                at, hint = _find_word(lines, line, word), suggest(word, known[key])
                problems.append(problem(key, path, at, hint=hint, name=word))
        for target, macro, line in names.taken:
            at = _find_word(lines, line, macro or target)
            if target not in theme.sources:
                problems.append(problem("E320.missing", path, at, template=target))
            elif macro and target in read and macro not in read[target].defined:
                problems.append(problem("E320.macro", path, at, template=target, macro=macro))
        if name in _list_pages() and not names.is_page:
            problems.append(problem("E320.page", path, START))
    return problems


def _find_word(lines: list[str], line: int, word: str) -> Position:
    """The position of a word in a line; Jinja itself tells no column."""
    return Position(line, lines[line - 1].find(word) + 1 or 1)


@lru_cache(maxsize=1)
def _list_pages() -> frozenset[str]:
    """The names of the packaged templates that are for pages."""
    folder = Path(find_packaged("theme")) / "templates"
    return frozenset(path.name for path in folder.glob("*.html"))
