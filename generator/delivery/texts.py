"""What is told of an edition, in words: plain, as HTML, and in short; in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape

from generator.build.changes import ChangeView, in_language
from generator.delivery.parcel import Parcel
from generator.model.delivery_definition import filled
from generator.model.record import Words, wording_in

#: Changes that a mail and a chat tell one by one.
_MOST_ROWS, _MOST_LINES = 40, 10
_UNPRINTED = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_NONE = "–"
_WORDS: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "edition": "期号：{name}（{built} UTC 生成）",
        "first": "这是第一期，没有上一期可比。",
        "same": "自 {earlier} 以来没有数据变动。",
        "changes": "自 {earlier} 以来的数据变动（{count} 项）：",
        "row": "{name}：{old} → {new}（{label}；{period}；{source}）",
        "more": "……另有 {count} 项",
        "files": "文件：",
        "file": "{name}（{size}）",
        "link": "查看：{link}",
        "heads": "指标|上期|本期|变动|时间|来源",
    },
    "en": {
        "edition": "Edition {name}, built {built} UTC",
        "first": "This is the first edition.",
        "same": "No figure has changed since {earlier}.",
        "changes": "Figures that differ from {earlier} ({count}):",
        "row": "{name}: {old} → {new} ({label}; {period}; {source})",
        "more": "... and {count} more",
        "files": "Files:",
        "file": "{name} ({size})",
        "link": "Read it at {link}",
        "heads": "Figure|Before|Now|Change|Period|Source",
    },
}
_CELL = "border:1px solid #c9ced6;padding:4px 8px;text-align:left;vertical-align:top"


def one_line(text: str) -> str:
    """Return a text without line breaks and other control characters."""
    return " ".join(_UNPRINTED.sub(" ", text).split())


def subject_of(parcel: Parcel, pattern: Words | str | None) -> str:
    """Return the subject of a mail, in the first language."""
    language = parcel.languages[0]
    title = one_line(parcel.edition.title.get(language, ""))
    asked = wording_in(pattern, language) or "{title} ({edition})"
    return one_line(filled(asked, {**parcel.places, "title": title}))


def plain_text(parcel: Parcel, link: str | None) -> str:
    """Return the text of a mail, one language after the other."""
    parts = ["\n".join(_lines(parcel, language, link)) for language in parcel.languages]
    return "\n\n----\n\n".join(parts) + "\n"


def short_text(parcel: Parcel, link: str | None) -> str:
    """Return the text of a chat message, without its title."""
    parts = []
    for language in parcel.languages:
        lines = [
            _words(language, "edition", **_edition(parcel)),
            *_told(parcel, language, _MOST_LINES),
        ]
        lines += [_words(language, "link", link=link)] if link else []
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def html_text(parcel: Parcel, link: str | None) -> str:
    """Return the same as HTML that every mail program shows."""
    parts = [_section(parcel, language, link) for language in parcel.languages]
    return (
        f'<!DOCTYPE html><html lang="{parcel.languages[0]}"><head><meta charset="utf-8"></head>'
        "<body style=\"font-family:Arial,'Microsoft YaHei','PingFang SC',sans-serif;"
        f'font-size:14px;color:#1f2933">{"<hr>".join(parts)}</body></html>\n'
    )


def _words(language: str, which: str, /, **values: object) -> str:
    return _WORDS[language][which].format(**values)


def _edition(parcel: Parcel) -> dict[str, str]:
    return {
        "name": parcel.edition.name,
        "built": parcel.edition.built[:16].replace("T", " "),
    }


def _views(parcel: Parcel, language: str) -> list[ChangeView]:
    return [in_language(change, language) for change in parcel.changes]


def _head(parcel: Parcel, language: str) -> str:
    """Return the sentence on changes."""
    if parcel.edition.earlier is None:
        return _words(language, "first")
    name = "changes" if parcel.changes else "same"
    return _words(language, name, earlier=parcel.edition.earlier, count=len(parcel.changes))


def _told(parcel: Parcel, language: str, most: int) -> Iterator[str]:
    """Yield the sentence on changes, and the first of them in a line each."""
    yield _head(parcel, language)
    views = _views(parcel, language)
    for view in views[:most]:
        old, new = one_line(view.old) or _NONE, one_line(view.new) or _NONE
        yield "- " + _words(
            language, "row", name=one_line(view.name), old=old, new=new, label=view.label,
            period=_period(view), source=one_line(view.source_name),
        )  # fmt: skip
    if len(views) > most:
        yield _words(language, "more", count=len(views) - most)


def _period(view: ChangeView) -> str:
    old, now = one_line(view.old_period), one_line(view.period)
    return f"{old} → {now}" if old and old != now else now


def _files(parcel: Parcel, language: str) -> Iterator[str]:
    for file in parcel.files:
        yield _words(
            language, "file", name=file.name, size=f"{max(1, round(file.bytes / 1024))} KB"
        )


def _lines(parcel: Parcel, language: str, link: str | None) -> Iterator[str]:
    yield one_line(parcel.edition.title.get(language, ""))
    yield _words(language, "edition", **_edition(parcel))
    yield ""
    yield from _told(parcel, language, _MOST_ROWS)
    yield ""
    yield _words(language, "files")
    yield from (f"- {line}" for line in _files(parcel, language))
    if link:
        yield ""
        yield _words(language, "link", link=link)


def _section(parcel: Parcel, language: str, link: str | None) -> str:
    title = escape(one_line(parcel.edition.title.get(language, "")))
    parts = [
        f'<div lang="{language}">',
        f'<h2 style="font-family:inherit;font-size:18px;margin:0 0 4px">{title}</h2>',
        f'<p style="color:#6b7280;margin:0 0 12px">'
        f"{escape(_words(language, 'edition', **_edition(parcel)))}</p>",
        f"<p>{escape(_head(parcel, language))}</p>",
        _table(parcel, language),
        f'<p style="margin:12px 0 0">{escape(_words(language, "files"))}</p><ul>',
        *(f"<li>{escape(line)}</li>" for line in _files(parcel, language)),
        "</ul>",
    ]
    if link:
        anchor = f'<a href="{escape(link)}">{escape(link)}</a>'
        parts.append(f"<p>{_words(language, 'link', link=anchor)}</p>")
    return "".join(parts) + "</div>"


def _table(parcel: Parcel, language: str) -> str:
    views = _views(parcel, language)
    if not views:
        return ""
    heads = _words(language, "heads").split("|")
    rows = [
        (v.name, v.old or _NONE, v.new or _NONE, v.label, _period(v), v.source_name)
        for v in views[:_MOST_ROWS]
    ]
    head = "".join(f'<th style="{_CELL};background:#eef1f5">{escape(text)}</th>' for text in heads)
    body = "".join(
        "<tr>" + "".join(_cell(text, number) for number, text in enumerate(row)) + "</tr>"
        for row in rows
    )
    left = len(views) - len(rows)
    more = f"<p>{escape(_words(language, 'more', count=left))}</p>" if left > 0 else ""
    return f'<table style="border-collapse:collapse"><tr>{head}</tr>{body}</table>{more}'


def _cell(text: str, number: int) -> str:
    """Return a cell; values and kinds of change stay on one line."""
    style = f"{_CELL};white-space:nowrap" if number in (1, 2, 3) else _CELL
    return f'<td style="{style}">{escape(one_line(text))}</td>'
