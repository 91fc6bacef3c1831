"""Make the shipped templates anew: ``python templates/make_templates.py [FOLDER]``.

The templates are meant to be edited in Word and PowerPoint afterwards. Running this script puts
them back to the state they were shipped in, so keep a copy of what you changed.
"""

from __future__ import annotations

import sys
from pathlib import Path

from making.deck.make import make_deck
from making.gallery import make_gallery_deck, make_gallery_document
from making.house import EN, ZH
from making.word.make import make_briefing


def main(folder: Path) -> None:
    """Write briefing.docx and deck.pptx of each edition below ``folder``."""
    for edition in (ZH, EN):
        make_briefing(edition, folder / edition.key / "briefing.docx")
        make_deck(edition, folder / edition.key / "deck.pptx")


def make_gallery(folder: Path) -> None:
    """Write the templates of the gallery of charts into ``folder``."""
    make_gallery_document(folder / "gallery.docx")
    make_gallery_deck(folder / "gallery.pptx")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
    if len(sys.argv) == 1:
        make_gallery(Path(__file__).parents[1] / "generator" / "gallery")
