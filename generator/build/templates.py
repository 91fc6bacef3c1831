"""Single templates from files: compile one, or render it in one call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from generator.build.files import read_template, write_files
from generator.build.functions import TEMPLATE_FUNCTIONS
from generator.build.plain_charts import chart_of
from generator.build.template_cache import cached
from generator.errors import Location, OutputError, TemplateError
from generator.model.limits import Limits, limits_in_force, within

if TYPE_CHECKING:
    from generator.engine.compiled import CompiledTemplate


def compile_template(
    template: str | Path | bytes,
    *,
    name: str | None = None,
    filters: Mapping[str, Callable[..., object]] | None = None,
    undefined: str = "strict",
    limits: Limits | None = None,
) -> CompiledTemplate:
    """Return a compiled template from a .docx or .pptx file, or from its bytes.

    ``name`` is what messages call it (default: the path). ``undefined`` is ``"strict"`` (an
    unknown name is an error) or ``"blank"`` (it prints nothing).

    Raises:
        TemplateNotFoundError: there is no such file.
        PackageError: it is no sound .docx or .pptx.
        TemplateError: with a problem for each tag that is wrong.
    """
    if isinstance(template, bytes):
        data, shown = template, name or "template"
    else:
        path = Path(template)
        shown = name or str(template)
        data = read_template(path, shown, (limits or limits_in_force()).package_bytes)
    return compile_bytes(data, shown, filters=filters, undefined=undefined, limits=limits)


def compile_bytes(
    data: bytes,
    shown: str,
    *,
    filters: Mapping[str, Callable[..., object]] | None = None,
    functions: Mapping[str, Callable[..., object]] | None = None,
    tests: Mapping[str, Callable[..., object]] | None = None,
    bindings: Mapping[str, str] | None = None,
    undefined: str = "strict",
    as_docxtpl: bool = False,
    limits: Limits | None = None,
) -> CompiledTemplate:
    """Return the compiled template of these bytes with the functions that every template has.

    ``functions`` and ``tests`` are further ones that its tags may call.

    It may come from the user's cache of compiled templates. Raises as ``compile_template`` does.
    """
    limits = limits or limits_in_force()
    own = (filters or {}, functions or {}, tests or {})
    named = [sorted((name, _named(f)) for name, f in given.items()) for given in own]
    options = (shown, named, sorted((bindings or {}).items()), undefined, as_docxtpl, limits)

    def compile_now() -> CompiledTemplate:
        from generator.engine.compiler import compile_package

        with within(limits):
            return compile_package(
                data, shown, filters=filters,
                functions={**TEMPLATE_FUNCTIONS, **(functions or {})}, tests=tests,
                bindings=bindings, chart_of=chart_of, undefined=undefined, as_docxtpl=as_docxtpl,
                limits=limits, clock=monotonic,
            )  # fmt: skip

    return cached(data, options, compile_now)


def _named(function: Callable[..., object]) -> str:
    return f"{getattr(function, '__module__', '')}.{getattr(function, '__qualname__', '')}"


def render_template(
    template: str | Path | bytes, context: Mapping[str, object], output: str | Path
) -> Path:
    """Write a template filled with ``context`` to ``output`` and return that path.

    Raises:
        ReportError: the template or the data are wrong, or the file cannot be written; an earlier
            file at ``output`` then stays as it was.
    """
    try:
        compiled = compile_template(template)
    except TemplateError as error:
        raise error.with_data([context]) from error
    path = Path(output)
    if path.suffix.lower() != f".{compiled.format}":
        raise OutputError(
            f"a template for .{compiled.format} cannot give this file", Location(str(path)),
            f"let its name end in .{compiled.format}",
        )  # fmt: skip
    write_files({path: compiled.render(context)})
    return path
