"""Reports with parameters, and the rows that give them."""

from __future__ import annotations

from pathlib import Path

from generator.batch.orders import Order, ReportChoice
from tests.support.packages import docx_bytes, pptx_bytes

REPORT = """\
title: {zh: "{region}简报", en: "{region} in figures"}
date: 2025-08-31
parameters: {region: north, year: 2025, head: ""}
datasets:
  sales: {file: data/sales.csv}
  own:
    query: select region, year, amount from sales where region = :region order by year
    parameters: {region: "{region}"}
facts:
  trade:
    title: {zh: 贸易, en: Trade}
    facts:
      amount:
        name: {zh: 金额, en: Amount}
        unit: 亿元
        period: 2025
        cell: {dataset: sales, column: amount, where: {region: "{region}", year: "{year}"}}
documents:
  note:
    zh: {template: templates/note.docx, output: note-zh.docx}
    en: {template: templates/note.docx, output: note-en.docx}
  deck:
    en: {template: templates/deck.pptx, output: "deck-{region}.pptx"}
"""
SALES = "region,year,amount\n" + "".join(
    f"{region},{year},{amount + year - 2024}.5\n"
    for region, amount in (("north", 120), ("south", 80), ("west", 10))
    for year in (2024, 2025)
)


def write_report(folder: Path, rows: list[str], *, header: str = "region,head",
                 definition: str = REPORT) -> Order:  # fmt: skip
    """Write a report and its rows; return the order to make it of each row."""
    for name in ("data", "templates"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "data/sales.csv").write_text(SALES, encoding="utf-8")
    (folder / "templates/note.docx").write_bytes(docx_bytes(
        "{{ report.title }}: {{ trade.amount }}; {{ parameters.head }}",
        "{% for row in datasets.own %}{{ row.year }} {% endfor %}",
    ))  # fmt: skip
    (folder / "templates/deck.pptx").write_bytes(pptx_bytes(["{{ trade.amount }}"]))
    (folder / "report.yaml").write_text(definition, encoding="utf-8")
    (folder / "rows.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return Order(folder / "report.yaml", folder / "rows.csv", f"{folder}/out/{{region}}", jobs=0,
                 report=ReportChoice())  # fmt: skip
