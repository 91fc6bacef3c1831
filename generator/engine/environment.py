"""The Jinja2 environment of templates: sandboxed, strict, escaped for Office XML.

Tags are handed over between control characters, which no XML can hold, so the markup around them
needs no quoting; the code of each tag begins on a line of its own, so a line number names a tag.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

from jinja2 import StrictUndefined, Undefined, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.nodes import EvalContext
from jinja2.runtime import Context, LoopContext, exported
from jinja2.runtime import Macro as JinjaMacro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Cycler, Joiner, Namespace

from generator.engine.guarded_filters import REMOVED_FILTERS, checked_text, guarded_filters
from generator.engine.guards import RENDERING, Guard
from generator.engine.lists import RESTART_FILTER, restart_list
from generator.engine.text_filters import TEXT_FILTERS
from generator.errors import LimitError
from generator.model.limits import limits_in_force

BLOCK_START, BLOCK_END = "\x01", "\x02"
PRINT_START, PRINT_END = "\x03", "\x04"

#: ``lipsum`` gives other text at each call.
_REMOVED_GLOBALS = ("lipsum",)


class OwnNamespace(Namespace):
    """Jinja2's namespace, whose text does not tell what it holds: it may hold itself many times."""

    def __repr__(self) -> str:
        return "namespace"


#: Classes that a template may make values of.
_CLASSES = frozenset((dict, Cycler, Joiner, OwnNamespace))
#: What no function of ours takes: Python's own functions, classes and modules.
_PROGRAM = (FunctionType, BuiltinFunctionType, MethodType, type, ModuleType)
#: Stands around what a loop goes over; written as a call, never looked up as a filter.
_COUNTED = "\0counted"
#: Stands around what a tag keeps under a name.
_WEIGHED = "\0weighed"
#: Stands around an expression that may fail while the rest goes on; see ``engine.trial``.
_TRIED = "\0tried"
_OWN_NAMES = "from generator.engine.runtime import Macro, Markup, markup_join"


class LineKinds(dict[int, str]):
    """Maps the line of a print tag to the name of the function that prints there."""

    def __missing__(self, key: int) -> str:
        return "emit_plain"


class OfficeCodeGenerator(CodeGenerator):
    """Jinja2's generator with one change of substance: how a value is printed.

    Each printed value goes through the function of its place with its line, and each stretch of
    output is joined once.
    """

    environment: OfficeEnvironment

    def writeline(self, x: str, node: nodes.Node | None = None, extra: int = 0) -> None:
        super().writeline(x, node, extra)
        if x.startswith("from jinja2.runtime import "):
            super().writeline(_OWN_NAMES)

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802 - Jinja2's
        """Write the root function only: templates have no blocks, parents or imports here."""
        context = EvalContext(self.environment, self.name)
        self.writeline("from jinja2.runtime import " + ", ".join(sorted(exported)))
        self.writeline("def root(context, missing=missing, environment=environment):", extra=1)
        self.indent()
        self.write_commons()
        root = Frame(context)
        root.symbols.analyze_node(node)
        root.toplevel = root.rootlevel = True
        self.enter_frame(root)
        self.pull_dependencies(node.body)
        self.blockvisit(node.body, root)
        self.leave_frame(root, with_python_scope=True)
        self.outdent()
        pairs = "&".join(f"{source}={python}" for source, python in self.debug_info)
        self.writeline(f"debug_info = {pairs!r}", extra=1)

    def write_commons(self) -> None:
        super().write_commons()
        self.writeline(f"state = context.parent[{RENDERING!r}]")
        self.writeline("emit_run = state.emit_run; emit_plain = state.emit_plain")
        self.writeline("emit_attribute = state.emit_attribute; emit_shape = state.emit_shape")
        self.writeline("emit_text = state.emit_text; emit_address = state.emit_address")
        self.writeline("start_part = state.start_part; lookup = environment.lookup")
        self.writeline("counted = state.guard.counted; extend = state.guard.extend")
        self.writeline("join_texts = state.guard.concat; weighed = state.guard.weighed")
        self.writeline("emit_fresh = state.emit_fresh; emit_title = state.emit_title")
        self.writeline("emit_markup = state.emit_markup")
        self.writeline("emit_address_part = state.emit_address_part")
        self.writeline("emit_address_start = state.emit_address_start")

    def visit_For(self, node: nodes.For, frame: Frame) -> None:  # noqa: N802 - Jinja2's
        counted = nodes.Filter(node.iter, _COUNTED, [], [], None, None, lineno=node.lineno)
        node.iter = self._tried(counted)
        super().visit_For(node, frame)

    def visit_If(self, node: nodes.If, frame: Frame) -> None:  # noqa: N802 - Jinja2's
        for branch in (node, *node.elif_):
            branch.test = self._tried(branch.test)
        super().visit_If(node, frame)

    def visit_ExprStmt(self, node: nodes.ExprStmt, frame: Frame) -> None:  # noqa: N802 - Jinja2's
        node.node = self._tried(node.node)
        super().visit_ExprStmt(node, frame)

    def visit_With(self, node: nodes.With, frame: Frame) -> None:  # noqa: N802 - Jinja2's
        node.values = [self._tried(value) for value in node.values]
        super().visit_With(node, frame)

    def _tried(self, node: nodes.Node) -> Any:
        """Return an expression that may fail, in a program that is tried; else the node itself."""
        is_tried = isinstance(node, nodes.Filter) and node.name == _TRIED  # an elif's
        if not self.environment.is_trial or is_tried:
            return node
        return nodes.Filter(node, _TRIED, [], [], None, None, lineno=node.lineno)

    def visit_Filter(self, node: nodes.Filter, frame: Frame) -> None:  # noqa: N802 - Jinja2's
        if node.name == _TRIED and node.node is not None:
            self.write("state.tried(lambda: ")
            self.visit(node.node, frame)
            self.write(")")
        elif node.name in (_COUNTED, _WEIGHED) and node.node is not None:
            self.write("counted(" if node.name == _COUNTED else "weighed(")
            self.visit(node.node, frame)
            self.write(")")
        else:
            super().visit_Filter(node, frame)

    def visit_Assign(self, node: nodes.Assign, frame: Frame) -> None:  # noqa: N802 - Jinja2's
        if not isinstance(node.node, nodes.Const):
            weighed = nodes.Filter(node.node, _WEIGHED, [], [], None, None, lineno=node.lineno)
            node.node = self._tried(weighed)
        super().visit_Assign(node, frame)

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:  # noqa: N802 - Jinja2's
        self.write("join_texts((")
        for part in node.nodes:
            self.visit(part, frame)
            self.write(", ")
        self.write("), markup_join)")

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802 - Jinja2's
        self.write("lookup(")
        self.visit(node.node, frame)
        self.write(f", {node.attr!r})")

    def visit_Output(self, node: nodes.Output, frame: Frame) -> None:  # noqa: N802 - Jinja2's
        kinds = self.environment.line_kinds
        group: list[nodes.Expr] = []
        for child in node.nodes:
            if kinds.get(child.lineno) == "start_part" and not isinstance(
                child, nodes.TemplateData
            ):
                self._write_group(group, frame)
                group = []
                self.writeline("yield start_part(", child)
                self.visit(child, frame)
                self.write(")")
            else:
                group.append(child)
        self._write_group(group, frame)

    def _write_group(self, group: list[nodes.Expr], frame: Frame) -> None:
        if not group:
            return
        if frame.buffer is not None:
            self.writeline(f"extend({frame.buffer}, (", group[0])
        elif len(group) == 1:
            self.writeline("yield (", group[0])
        else:
            self.writeline("yield ''.join((", group[0])
        self.indent()
        for child in group:
            self.newline(child)
            if isinstance(child, nodes.TemplateData):
                self.write(repr(child.data))
            else:
                self.write(f"{self.environment.line_kinds[child.lineno]}(")
                self.visit(self._tried(child), frame)
                self.write(f", {child.lineno})")
            if frame.buffer is not None or len(group) > 1:
                self.write(",")
        self.outdent()
        self.writeline("))" if frame.buffer is not None or len(group) > 1 else ")")


class OfficeEnvironment(ImmutableSandboxedEnvironment):
    """Sandboxed environment for one template. ``line_kinds`` is set while it compiles.

    ``is_trial``: what it compiles goes on behind an expression that fails.
    """

    code_generator_class = OfficeCodeGenerator
    intercepted_binops = frozenset(("+", "*", "**", "%"))

    def __init__(
        self,
        undefined: type[Undefined] = StrictUndefined,
        filters: Mapping[str, Callable[..., object]] | None = None,
        functions: Mapping[str, Callable[..., object]] | None = None,
        tests: Mapping[str, Callable[..., object]] | None = None,
        is_trial: bool = False,
    ) -> None:
        self.is_trial = is_trial
        super().__init__(
            block_start_string=BLOCK_START,
            block_end_string=BLOCK_END,
            variable_start_string=PRINT_START,
            variable_end_string=PRINT_END,
            comment_start_string="\x05",
            comment_end_string="\x06",
            keep_trailing_newline=True,
            autoescape=True,
            undefined=undefined,
            cache_size=0,
            optimized=False,
            extensions=("jinja2.ext.do", "jinja2.ext.loopcontrols"),
        )
        for name in _REMOVED_GLOBALS:
            self.globals.pop(name, None)
        for name in REMOVED_FILTERS:
            self.filters.pop(name, None)
        self.filters.update(guarded_filters())
        self.filters.update(
            {name: checked_text(function) for name, function in TEXT_FILTERS.items()}
        )
        self.filters[RESTART_FILTER] = restart_list
        self.filters.update(filters or {})
        self.tests.update(tests or {})
        self.globals["range"] = limited_range
        self.globals["namespace"] = OwnNamespace
        self.globals.update(functions or {})
        self.line_kinds = LineKinds()

    def lookup(self, obj: Any, name: str) -> Any:
        """Return ``obj.name`` of a template: a mapping's key wins over its methods."""
        if obj.__class__ is dict:
            try:
                return obj[name]
            except KeyError:
                pass
        return self.getattr(obj, name)

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, Mapping) and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Do one of the operations that can make something enormous."""
        if left.__class__ is not float:
            context.parent[RENDERING].guard.binary(operator, left, right)
        return self.binop_table[operator](left, right)

    def call(__self, __context: Context, __obj: Any, *args: Any, **named: Any) -> Any:  # noqa: N805 - Jinja2's
        """Call a macro, a function or a method of a template, counted and checked."""
        guard: Guard = __context.parent[RENDERING].guard
        owner = getattr(__obj, "__self__", None)
        if isinstance(owner, (str, bytes)):
            guard.method(__obj.__name__, owner, args, named)
        elif isinstance(__obj, LoopContext) and args:
            args = (guard.counted(args[0]), *args[1:])
        elif owner is not None and isinstance(owner, (int, float)):
            sizes = [n for n in (*args, *named.values()) if isinstance(n, (int, float))]
            guard.check_size(max(sizes, default=0))
        for value in (*args, *named.values()):
            guard.weighed(value)
            if isinstance(value, _PROGRAM) and not isinstance(__obj, JinjaMacro):
                guard.check_text(value)
        guard.enter_call()
        result = super().call(__context, __obj, *args, **named)
        guard.leave_call()
        return result

    def is_safe_callable(self, obj: Any) -> bool:
        """Return whether a template may call something: no classes but those it was given."""
        is_foreign_class = isinstance(obj, type) and obj not in _CLASSES
        return not is_foreign_class and super().is_safe_callable(obj)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Return whether a template may read an attribute; never one of a module."""
        return not isinstance(obj, ModuleType) and super().is_safe_attribute(obj, attr, value)

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
        """Return a checked ``format`` or ``format_map`` of a text."""
        wrapped = super().wrap_str_format(value)
        if wrapped is None:
            return None
        text: str = value.__self__

        def checked(*args: Any, **named: Any) -> str:
            given = [*args, *named.values()]
            given += [v for item in args if isinstance(item, Mapping) for v in item.values()]
            guard = Guard(limits_in_force(), None)
            guard.check_format(text, given)
            guard.check_text(given)
            return wrapped(*args, **named)

        return checked


def limited_range(*bounds: int) -> range:
    """Return a range of numbers, as many as the limit range_items allows.

    Raises:
        LimitError: it has more.
    """
    numbers = range(*bounds)
    try:
        count = len(numbers)
    except OverflowError:  # more than a computer can count
        count = sys.maxsize
    most = limits_in_force().range_items
    if count > most:
        raise LimitError(f"the range has {count:,} numbers (limit range_items: {most:,})")
    return numbers
