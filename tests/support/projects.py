"""Small report projects on disk."""

from __future__ import annotations

from pathlib import Path

from tests.support.packages import docx_bytes, pptx_bytes

FACTS = """\
source:
  title: {zh: 某区报道, en: A report on a zone}
  label: {zh: 某区报道, en: report on a zone}
  credit: {zh: 某区统计局, en: Statistics office of the zone}
  sections:
    lead: {zh: 导语, en: lead}
groups:
  growth:
    title: {zh: 增长, en: Growth}
    facts:
      gdp:
        name: {zh: 地区生产总值, en: GDP}
        written: 超2000亿元
        number: 2000
        unit: 亿元
        bound: over
        period: 2024
        source: {at: lead 1, phrase: 超2000亿元}
      rate:
        name: {zh: 增速, en: Growth}
        written: 同比增长7.3%
        number: 7.3
        unit: "%"
        period: 2025-H1
        comparison: yoy
        source: {at: lead 1, phrase: 同比增长7.3%}
"""

DEFINITION = """\
title: {zh: 某区简报, en: A zone in figures}
date: 2025-08-31
data: [data/facts.yaml]
documents:
  note:
    zh: {template: templates/note.docx, output: note-zh.docx}
    en: {template: templates/note.docx, output: note-en.docx}
  deck:
    en: {template: templates/deck.pptx, output: deck-en.pptx}
"""


def write_project(folder: Path, *paragraphs: str, facts: str = FACTS,
                  definition: str = DEFINITION) -> Path:  # fmt: skip
    """Write a project with a document of these paragraphs and a deck; return its definition."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
    (folder / "templates").mkdir(exist_ok=True)
    (folder / "data" / "facts.yaml").write_text(facts, encoding="utf-8")
    (folder / "templates" / "note.docx").write_bytes(
        docx_bytes(*(paragraphs or ("{{ report.title }}: {{ growth.gdp }}",)))
    )
    (folder / "templates" / "deck.pptx").write_bytes(
        pptx_bytes(["{{ growth.rate | change }}", "{{ source_line('growth') }}"])
    )
    path = folder / "report.yaml"
    path.write_text(definition, encoding="utf-8")
    return path
