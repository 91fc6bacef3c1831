"""Draw the pictures of the README: pages of the built files, as LibreOffice shows them.

    python make_report.py && python docs/make_pictures.py

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
    return 0


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
