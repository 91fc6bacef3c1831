"""Draw the pictures of the README: pages of the built files, as LibreOffice shows them.

    python make_report.py && python make_report.py gallery && python docs/make_pictures.py

Needs soffice, pdftoppm and the Pillow library; each picture stays below 250 KB.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
MOST_BYTES = 250 * 1024
#: Built file -> page and name of its picture.
PICTURES: dict[str, tuple[tuple[int, str], ...]] = {
    "binjiang-briefing-zh.docx": ((1, "briefing-zh-1"), (5, "briefing-zh-5")),
    "binjiang-briefing-en.docx": ((1, "briefing-en-1"), (3, "briefing-en-3")),
    "binjiang-deck-zh.pptx": ((2, "deck-zh-2"), (8, "deck-zh-8")),
    "binjiang-deck-en.pptx": ((6, "deck-en-6"), (7, "deck-en-7")),
}
WIDTHS = {".docx": 700, ".pptx": 960}  # pixels


def main() -> int:
    output = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "output"
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        for name, pages in PICTURES.items():
            pdf = _pdf(output / name, work)
            for page, title in pages:
                _picture(pdf, page, IMAGES / f"{title}.png", WIDTHS[Path(name).suffix])
        _gallery_sheets(_pdf(output / "gallery.pptx", work))
        _gallery_pages(_pdf(output / "gallery.docx", work))
    return 0


def _gallery_sheets(pdf: Path) -> None:
    """Draw the slides of the gallery on sheets of twelve, the languages apart."""
    subprocess.run(["pdftoppm", "-png", "-r", "52", str(pdf), str(pdf.with_name("slide"))],
                   check=True, timeout=180)  # fmt: skip
    slides = sorted(pdf.parent.glob("slide-*.png"))
    for first, language in enumerate(("zh", "en")):
        own = slides[first::2]
        for number in range(0, len(own), _ON_SHEET):
            _sheet(own[number : number + _ON_SHEET],
                   IMAGES / f"gallery-{language}-{number // _ON_SHEET + 1}.png")  # fmt: skip


def _gallery_pages(pdf: Path) -> None:
    """Draw the pages of the gallery's document on sheets, both languages on each page."""
    subprocess.run(["pdftoppm", "-png", "-r", "46", str(pdf), str(pdf.with_name("page"))],
                   check=True, timeout=180)  # fmt: skip
    pages = sorted(pdf.parent.glob("page-*.png"))
    half = -(-len(pages) // 2)
    for number, own in enumerate((pages[:half], pages[half:]), start=1):
        _sheet(own, IMAGES / f"gallery-docx-{number}.png")


_ON_SHEET, _ACROSS, _GAP = 12, 3, 6


def _sheet(slides: list[Path], target: Path) -> None:
    pictures = [Image.open(path).convert("RGB") for path in slides]
    width, height = pictures[0].size
    rows = -(-len(pictures) // _ACROSS)
    sheet = Image.new("RGB", ((width + _GAP) * _ACROSS, (height + _GAP) * rows), "#D9DEE5")
    for number, picture in enumerate(pictures):
        row, column = divmod(number, _ACROSS)
        sheet.paste(picture, (column * (width + _GAP), row * (height + _GAP)))
    sheet.quantize(64, dither=Image.Dither.NONE).save(target, optimize=True)


def _pdf(document: Path, work: Path) -> Path:
    subprocess.run(
        ["soffice", f"-env:UserInstallation={(work / 'profile').as_uri()}", "--headless",
         "--convert-to", "pdf", "--outdir", str(work), str(document)],
        check=True, stdout=subprocess.DEVNULL, timeout=180,
    )  # fmt: skip
    return work / f"{document.stem}.pdf"


def _picture(pdf: Path, page: int, target: Path, width: int) -> None:
    drawn = pdf.with_name(target.stem)
    subprocess.run(
        ["pdftoppm", "-png", "-singlefile", "-f", str(page), "-l", str(page),
         "-scale-to-x", str(width), "-scale-to-y", "-1", str(pdf), str(drawn)],
        check=True, timeout=60,
    )  # fmt: skip
    with Image.open(drawn.with_suffix(".png")) as picture:
        picture.convert("RGB").save(target, optimize=True)
    size = target.stat().st_size
    if size > MOST_BYTES:
        raise SystemExit(f"{target.name} has {size:,} bytes, more than {MOST_BYTES:,}")
    print(f"{target.relative_to(ROOT)}  {size // 1024} KB")


if __name__ == "__main__":
    sys.exit(main())
