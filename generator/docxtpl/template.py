"""docxtpl's ``DocxTemplate`` over the engine: read, fill, exchange parts, save."""

from __future__ import annotations

import io
import zlib
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from jinja2 import Environment, StrictUndefined
from jinja2.defaults import DEFAULT_NAMESPACE
from jinja2.filters import FILTERS
from jinja2.tests import TESTS

from generator.build.files import read_template, write_files
from generator.build.templates import compile_bytes
from generator.docxtpl.replacements import Replacements
from generator.docxtpl.subdoc import Subdoc
from generator.docxtpl.values import UrlId
from generator.errors import TemplateError

if TYPE_CHECKING:
    from docx.document import Document as DocxDocument

    from generator.engine.compiled import CompiledTemplate

Source = str | PathLike[str] | IO[bytes]


class DocxTemplate:
    """A Word template. ``undefined`` is ``"strict"`` (an unknown name is an error with its place)
    or ``"blank"`` (it prints nothing, docxtpl's way).

    Text is always escaped, whatever ``autoescape`` says.
    """

    def __init__(self, template_file: Source, *, undefined: str = "strict") -> None:
        self.template_file = template_file
        self.undefined = undefined
        self.allow_missing_pics = False
        self.is_rendered = False
        self.is_saved = False
        self._docx: DocxDocument | None = None
        self._result: bytes | None = None
        self.reset_replacements()

    # -- the document ----------------------------------------------------------------------------

    @property
    def docx(self) -> DocxDocument:
        """The document as python-docx sees it: the template, or the result once rendered."""
        if self._docx is None:
            from docx import Document

            self._docx = Document(io.BytesIO(self._result or self._template_bytes()))
        return self._docx

    def init_docx(self, reload: bool = True) -> None:
        """Begin again from the template, if it was rendered and ``reload`` is true."""
        if self.is_rendered and reload:
            self._docx = self._result = None
            self.is_rendered = False

    def get_docx(self) -> DocxDocument:
        self.init_docx()
        return self.docx

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self.docx, name)

    def _template_bytes(self) -> bytes:
        source = self.template_file
        if isinstance(source, (str, PathLike)):
            return read_template(Path(source), str(source))
        if source.seekable():
            source.seek(0)
        return source.read()

    @property
    def _shown(self) -> str:
        source = self.template_file
        if isinstance(source, (str, PathLike)):
            return str(source)
        return str(getattr(source, "name", "template"))

    # -- rendering -------------------------------------------------------------------------------

    def render(
        self,
        context: Mapping[str, Any],
        jinja_env: Environment | None = None,
        autoescape: bool = True,
    ) -> None:
        """Fill the template. Filters, tests and globals of ``jinja_env`` can be used in it.

        Raises:
            ReportError: tags or data are wrong; all problems at once, each with its place.
        """
        self.init_docx()
        try:
            compiled = self._compile(jinja_env)
        except TemplateError as error:
            raise error.with_data([context]) from error
        self._result = compiled.render(context)
        self._docx = None
        self.is_rendered = True
        self.is_saved = False

    def _compile(self, jinja_env: Environment | None) -> CompiledTemplate:
        data = self._template_bytes()
        if self._docx is not None and not self.is_rendered:  # changed by hand before it is filled
            data = _saved(self._docx)
        env = jinja_env or Environment(autoescape=True)
        is_strict = self.undefined == "strict" or issubclass(env.undefined, StrictUndefined)
        return compile_bytes(
            data,
            self._shown,
            filters=_own(env.filters, FILTERS),
            functions=_own(env.globals, DEFAULT_NAMESPACE),
            tests=_own(env.tests, TESTS),
            undefined="strict" if is_strict else "blank",
            as_docxtpl=True,
        )

    def get_undeclared_template_variables(
        self, jinja_env: Environment | None = None, context: Mapping[str, Any] | None = None
    ) -> set[str]:
        """Return the names that the template asks for, without those of ``context``."""
        return set(self._compile(jinja_env).variables()) - set(context or ())

    def build_url_id(self, url: str) -> str:
        """Return what ``RichText(..., url_id=...)`` takes for a link to this address."""
        return UrlId(url)

    def new_subdoc(self, docpath: Source | None = None) -> Subdoc:
        """Return a document to be put into this one: from a file, or empty to be built."""
        return Subdoc(self, docpath)

    # -- exchanging parts ------------------------------------------------------------------------

    def reset_replacements(self) -> None:
        """Forget all pictures and files that are to be exchanged."""
        self._replacements = Replacements()

    def replace_media(self, src_file: Source, dst_file: Source) -> None:
        """Exchange a picture of the template, found by its bytes."""
        self._replacements.media[zlib.crc32(_bytes(src_file))] = _bytes(dst_file)

    def replace_embedded(self, src_file: Source, dst_file: Source) -> None:
        """Exchange an embedded file of the template, found by its bytes."""
        self._replacements.embedded[zlib.crc32(_bytes(src_file))] = _bytes(dst_file)

    def replace_zipname(self, zipname: str, dst_file: Source) -> None:
        """Exchange a part of the package by its name, such as ``word/embeddings/book.xlsx``."""
        self._replacements.parts[zipname] = _bytes(dst_file)

    def replace_pic(self, embedded_file: str, dst_file: Source) -> None:
        """Exchange a picture by its file name, title or description; its size stays."""
        self._replacements.pictures[embedded_file] = _bytes(dst_file)

    # -- saving ----------------------------------------------------------------------------------

    def save(self, filename: Source, *args: Any, **kwargs: Any) -> None:
        """Write the result (or the template, if it was not rendered) to a path or a file object.

        Raises:
            ChartError: a picture to be exchanged is not there.
            OutputError: the file cannot be written; an earlier one then stays.
        """
        if self._docx is not None:
            data = _saved(self._docx)
        else:
            data = self._result or self._template_bytes()
        if self._replacements:
            data = self._replacements.apply(data, allow_missing=self.allow_missing_pics)
        if isinstance(filename, (str, PathLike)):
            write_files({Path(filename): data})
        else:
            filename.write(data)
        self.is_saved = True


def _saved(document: DocxDocument) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _bytes(source: Source) -> bytes:
    if isinstance(source, (str, PathLike)):
        return Path(source).read_bytes()
    return source.read()


def _own(given: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a Jinja2 environment has beside Jinja2's own."""
    return {name: value for name, value in given.items() if known.get(name) is not value}
