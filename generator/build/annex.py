"""Where figures come from, as values of templates: a note behind a figure, a table of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from generator.build.views import FactView, GroupView
from generator.errors import DataError, near_name_hint
from generator.model.blocks import Blocks
from generator.model.note import Note
from generator.model.rich_text import RichText

_HEADS = {
    "zh": ("指标", "数值", "时期", "界限", "出处与原文写法"),
    "en": ("Figure", "Value", "Period", "Bound", "Place and phrase"),
}


def citation(view: FactView, is_endnote: bool = False) -> Note:
    """Return the note that says where a figure comes from."""
    zh = view._language == "zh"
    source = view.source if view.is_derived else f"{view.source_short}{'，' if zh else ', '}" + (
        view.source)  # fmt: skip
    text = RichText.of(f"{source}{'。' if zh else '.'}")
    return Note(text, "endnotes") if is_endnote else Note(text)


@dataclass(slots=True)
class Annexed:
    """What the annex of a document lists: the facts that it uses.

    They are known when it was filled, so it is filled again if its template ``is_asked`` for an
    annex; until then ``facts`` is None and the annex is empty.
    """

    is_asked: bool = False
    facts: frozenset[str] | None = None

    def begin(self) -> None:
        """Begin a document."""
        self.is_asked, self.facts = False, None


def make_annex(
    views: Mapping[str, FactView], groups: Mapping[str, GroupView], language: str, annexed: Annexed
) -> Callable[..., Blocks]:
    """Return the function ``annex(*names)`` for templates of one language."""

    def annex(*names: object) -> Blocks:
        """Return a table of figures with period, bound and source.

        Without names they are those that the document uses; ``"all"`` are all of the data.

        Raises:
            DataError: there is no such group or fact.
        """
        from generator.build.blocks import table

        if names == ("all",) and "all" not in groups:
            names = tuple(groups.values())
        if names:
            rows = [view for name in names for view in _figures(name, views, groups)]
        else:
            annexed.is_asked = True
            rows = [views[name] for name in views if name in (annexed.facts or ())]
        return table(
            [
                {"0": view.name, "1": view.short, "2": view.period, "3": view.bound_label,
                 "4": view.source}
                for view in rows
            ],
            columns=dict(zip("01234", _HEADS[language], strict=True)),
        )  # fmt: skip

    return annex


def _figures(
    name: object, views: Mapping[str, FactView], groups: Mapping[str, GroupView]
) -> Sequence[FactView]:
    if isinstance(name, str) and name in groups:
        name = groups[name]
    if isinstance(name, str) and name in views:
        name = views[name]
    if isinstance(name, GroupView):
        return name.figures
    if isinstance(name, FactView):
        return (name,)
    raise DataError(f'there is no group or fact "{name}"', None,
                    near_name_hint(str(name), [*groups, *views]))  # fmt: skip
