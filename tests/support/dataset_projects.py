"""Small projects whose figures come from datasets."""

from __future__ import annotations

from pathlib import Path

from tests.support.packages import docx_bytes

DATASET_DEFINITION = """\
title: {{zh: 某区简报, en: A zone in figures}}
date: 2025-08-31
languages: [en]
documents:
  note:
    en: {{template: templates/note.docx, output: note-en.docx}}
{rest}
"""

NATIONAL = """\
datasets:
  national:
    file: figures.xlsx
    source:
      title: {zh: 某区统计年鉴, en: Yearbook of the zone}
      label: {zh: 年鉴, en: yearbook}
facts:
  growth:
    title: {zh: 增长, en: Growth}
    facts:
      gdp:
        name: {zh: 地区生产总值, en: GDP}
        unit: 亿元
        period: 2025
        cell: {dataset: national, column: gdp, where: {year: 2025, region: 滨江}}
      rate:
        name: {zh: 增速, en: Growth}
        unit: "%"
        period: 2025
        comparison: yoy
        cell:
          dataset: national
          column: growth
          where: {year: 2025, region: 滨江}
          scale: 100
          decimals: 1
"""


def write_dataset_project(folder: Path, rest: str = NATIONAL, *paragraphs: str) -> Path:
    """Write a project with one document of these paragraphs; return its definition."""
    (folder / "templates").mkdir(parents=True, exist_ok=True)
    texts = paragraphs or ("GDP: {{ growth.gdp }}{{ growth.gdp | cite }}",)
    (folder / "templates" / "note.docx").write_bytes(docx_bytes(*texts))
    path = folder / "report.yaml"
    path.write_text(DATASET_DEFINITION.format(rest=rest), encoding="utf-8")
    return path
