"""Filling slides: titles, text by level, cards, charts, source lines, notes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pptx.presentation import Presentation
from pptx.slide import Slide, SlideLayout

from making.deck.layouts import BODY, CARDS, FOOTER, HERO, INSERT, NUMBER, SIDE, SOURCE
from making.deck.markup import Element, e, qualified
from making.deck.notes import speaker_notes
from making.house import Edition

#: ``**strong**`` or ``<<small>>``: the unit beside a large figure.
_MARKS = re.compile(r"\*\*(.+?)\*\*|<<(.+?)>>")
_UNIT_SIZE = 18
_LEVEL = re.compile(r"^(>*)\s*")


class Deck:
    """Adds slides one by one.

    A text is a list of paragraphs; each leading ``>`` puts a paragraph one level deeper.
    """

    def __init__(
        self, presentation: Presentation, layouts: Mapping[str, SlideLayout], edition: Edition
    ) -> None:
        self._presentation = presentation
        self._layouts = layouts
        self._language = edition.locale

    def slide(
        self,
        layout: str,
        title: str,
        *,
        notes: str,
        facts: Sequence[str] = (),
        body: Sequence[str] = (),
        side: Sequence[str] = (),
        hero: Sequence[str] = (),
        cards: Sequence[Sequence[str]] = (),
        insert: str = "",
        source: Sequence[str] = (),
    ) -> None:
        """Add a slide; what is left out is taken off it, so that no placeholder stays empty.

        ``facts`` are the ids that the notes trace; ``source`` those of the source line, the same
        ones if it is left out.
        """
        slide = self._presentation.slides.add_slide(self._layouts[layout])
        texts: dict[int, Sequence[str]] = {
            0: [title],
            BODY: body,
            SIDE: side,
            HERO: hero,
            INSERT: [insert] if insert else (),
            SOURCE: [source_line(source or facts)] if source or facts else (),
            **dict(zip(CARDS, cards, strict=False)),
        }
        for holder in list(slide.placeholders):
            lines = texts.get(holder.placeholder_format.idx, ())
            if lines:
                self._fill(holder._element, lines)
                holder.name = _name_on_layout(slide, holder.placeholder_format.idx)
            else:
                holder._element.getparent().remove(holder._element)
        if layout != "cover":
            self._add_footer(slide)
        self._write_notes(slide, speaker_notes(notes, facts, self._language))

    def _fill(self, shape: Element, lines: Sequence[str]) -> None:
        body = shape.find(qualified("p:txBody"))
        for old in body.findall(qualified("a:p")):
            body.remove(old)
        body.extend(self._paragraph(line) for line in lines)

    def _paragraph(self, line: str) -> Element:
        level = _LEVEL.match(line)
        assert level
        depth = len(level[1])
        paragraph = e("a:p", e("a:pPr", lvl=depth) if depth else None)
        text, done = line[level.end() :], 0
        for mark in _MARKS.finditer(text):
            self._add_run(paragraph, text[done : mark.start()])
            strong, small = mark.groups()
            if strong:
                self._add_run(paragraph, strong, b=1)
            else:
                self._add_run(paragraph, small, sz=_UNIT_SIZE * 100)
            done = mark.end()
        self._add_run(paragraph, text[done:])
        return paragraph

    def _add_run(self, paragraph: Element, text: str, **properties: int) -> None:
        if text:
            look = e("a:rPr", lang=self._language, altLang="en-US", **properties)
            paragraph.append(e("a:r", look, e("a:t", text)))

    def _add_footer(self, slide: Slide) -> None:
        """Copy footer and slide number from the layout: only what is on a slide is shown."""
        for holder in slide.slide_layout.placeholders:
            index = holder.placeholder_format.idx
            if index not in (FOOTER, NUMBER):
                continue
            number = max(shape.shape_id for shape in slide.shapes) + 1
            is_footer = index == FOOTER
            text = (
                e("a:r", e("a:rPr", lang=self._language), e("a:t", "{{ report.title }}"))
                if is_footer
                else _slide_number(self._language)
            )
            slide.shapes._spTree.append(
                e(
                    "p:sp",
                    e(
                        "p:nvSpPr",
                        e("p:cNvPr", id=number, name=holder.name),
                        e("p:cNvSpPr", e("a:spLocks", noGrp=1)),
                        e(
                            "p:nvPr",
                            e(
                                "p:ph",
                                type="ftr" if is_footer else "sldNum",
                                sz="quarter",
                                idx=index,
                            ),
                        ),
                    ),
                    e("p:spPr"),
                    e("p:txBody", e("a:bodyPr"), e("a:lstStyle"), e("a:p", text)),
                )
            )

    def _write_notes(self, slide: Slide, notes: Sequence[str]) -> None:
        body = slide.notes_slide.notes_text_frame
        assert body is not None
        frame = body._txBody
        for old in frame.findall(qualified("a:p")):
            frame.remove(old)
        frame.extend(self._paragraph(line) for line in notes)


def _name_on_layout(slide: Slide, index: int) -> str:
    """Return the layout's name of a placeholder; python-pptx says ``Text Placeholder 3``."""
    for holder in slide.slide_layout.placeholders:
        if holder.placeholder_format.idx == index:
            return str(holder.name)
    raise LookupError(f"the layout has no placeholder {index}")


def source_line(facts: Sequence[str]) -> str:
    """Return the tag that prints the source line of ``facts`` (ids)."""
    ids = ", ".join(f'"{fact}"' for fact in facts)
    return f"{{{{ source_line({ids}) }}}}"


def _slide_number(language: str) -> Element:
    return e(
        "a:fld",
        e("a:rPr", lang=language),
        e("a:t", "‹#›"),
        id="{C1FF6DA9-008F-8B48-92A6-B652298478BF}",
        type="slidenum",
    )
