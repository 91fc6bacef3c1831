"""The line under a chart or a table: where its figures come from, of when, what is inferred."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from generator.build.views import FactView, GroupView
from generator.errors import DataError, near_name_hint


def make_source_line(
    views: Mapping[str, FactView], groups: Mapping[str, GroupView], language: str
) -> Callable[..., str]:
    """Return the function ``source_line(*names)`` for templates of one language."""
    write = _chinese if language == "zh" else _english

    def source_line(*names: object) -> str:
        """Return the line for facts: ids, views, groups or their ids.

        Raises:
            DataError: there is no such fact or group.
        """
        used = [view for name in names for view in _named(name, views, groups)]
        return write(used)

    return source_line


def _named(
    name: object, views: Mapping[str, FactView], groups: Mapping[str, GroupView]
) -> Sequence[FactView]:
    if isinstance(name, FactView):
        return (name,)
    if isinstance(name, GroupView):
        return tuple(name)
    if isinstance(name, str) and name in views:
        return (views[name],)
    if isinstance(name, str) and name in groups:
        return tuple(groups[name])
    raise DataError(
        f'there is no fact "{name}"',
        None,
        near_name_hint(str(name), [*views, *groups]) or "name a fact or a group of the data files",
    )


def _periods(used: Sequence[FactView], mark: str) -> list[str]:
    """Return each period once, in the order of use, marked if its year is assumed."""
    return list(
        dict.fromkeys(view.period + (mark if view.period_is_assumed else "") for view in used)
    )


def _inferences(used: Sequence[FactView]) -> Iterator[str]:
    """Return what is inferred beside assumed years, each remark once."""
    yield from dict.fromkeys(
        view.inferred_note for view in used if view.inferred and not view.period_is_assumed
    )


def _derived(used: Sequence[FactView]) -> list[str]:
    return list(dict.fromkeys(view.name_short for view in used if view.is_derived))


def _chinese(used: Sequence[FactView]) -> str:
    sources = dict.fromkeys(view.source_short for view in used)
    parts = [f"来源：{'；'.join(sources)}"]
    if used:
        parts.append(f"时间：{'、'.join(_periods(used, '（年份为推断）'))}")
    notes = [*_inferences(used)]
    if derived := _derived(used):
        notes.append(f"{'、'.join(derived)}为本报告计算")
    if notes:
        parts.append(f"注：{'；'.join(notes)}")
    return "。".join(parts) + "。"


def _english(used: Sequence[FactView]) -> str:
    sources = dict.fromkeys(view.source_short for view in used)
    parts = [f"Source: {'; '.join(sources)}"]
    if used:
        parts.append(f"Period: {', '.join(_periods(used, ' (year inferred)'))}")
    notes = [*_inferences(used)]
    if derived := _derived(used):
        names = ", ".join(name[:1].lower() + name[1:] for name in derived)
        notes.append(f"{names} calculated for this report")
    if notes:
        parts.append(f"Note: {'; '.join(notes)}")
    return ". ".join(parts) + "."
