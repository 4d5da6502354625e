"""How templates become Python: one language's wordings, and no ceremony around what is plain.

Jinja asks of every call whether the function wants the context, of every attribute whether an item
of that name would do, and wraps every value that it escapes. Here the plain case comes first and
Jinja's own way where it does not hold, so that templates mean what they mean to Jinja.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

from casebook.text import Lang

# The labels and words of a site come again on thousands of pages.
_escape_again = lru_cache(maxsize=16384)(escape)


def escape_value(value: object) -> str:
    """What is printed of a value, without a new object where there is nothing to escape."""
    if value.__class__ is Markup:
        return value
    if value.__class__ is str:
        return _escape_again(value)
    if value.__class__ is int:
        return str(value)
    return escape(value)


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

    `L('…', '…')` becomes one of its wordings, `lang` is known, and so is what `text` takes in
    Chinese.
    """

    def __init__(self, lang: Lang) -> None:
        self.lang = lang
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
        if name == "text" and self.lang == "zh" and len(node.args) == 1:
            return self.visit(nodes.Getattr(node.args[0], "zh", "load", lineno=node.lineno))
        return self.generic_visit(node)

    def visit_Name(self, node: nodes.Name) -> nodes.Expr:
        if node.name == "lang" and node.ctx == "load" and "lang" not in self.own:
            return nodes.Const(self.lang, lineno=node.lineno)
        return node
