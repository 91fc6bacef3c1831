"""For users of docxtpl: write ``from generator.docxtpl import ...`` and change nothing else.

The same classes with the same calls, over this product's engine; docs/docxtpl.md says what is the
same and what is stricter.
"""

from generator.docxtpl.subdoc import Subdoc
from generator.docxtpl.template import DocxTemplate
from generator.docxtpl.values import RP, InlineImage, Listing, R, RichText, RichTextParagraph

__all__ = [
    "RP",
    "DocxTemplate",
    "InlineImage",
    "Listing",
    "R",
    "RichText",
    "RichTextParagraph",
    "Subdoc",
]
