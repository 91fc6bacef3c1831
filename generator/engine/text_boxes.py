"""Text boxes that Word writes twice: as a shape, and for old programs as VML. Both say the same.

The text is written for the shape, captured, and printed in both: a counter in a box counts once,
and what is wrong in it is told once.
"""

from __future__ import annotations

import re

from generator.engine.markup import KEEP_W_PARAGRAPH, PARAGRAPHS, Element
from generator.engine.stories import TagRegister, read_slots
from generator.engine.tags import has_tags
from generator.office.names import qname

Box = tuple[Element, Element]

_ALTERNATIVES, _CHOICE = qname("mc:AlternateContent"), qname("mc:Choice")
_FALLBACK, _CONTENT = qname("mc:Fallback"), qname("w:txbxContent")
#: A name that is set in a box holds behind it, too, which it does not in a captured text.
_SETS_NAME = re.compile(r"\{%\w*[-+]?\s*set\s+\w+\s*(?:[,=]|[-+]?%\})")


def take_copies(root: Element) -> list[Box]:
    """Empty the second copy of each text box with tags; return the boxes with their copies."""
    boxes: list[Box] = []
    for alternatives in root.iter(_ALTERNATIVES):
        choice, fallback = alternatives.find(_CHOICE), alternatives.find(_FALLBACK)
        if choice is None or fallback is None:
            continue
        first, second = list(choice.iter(_CONTENT)), list(fallback.iter(_CONTENT))
        if len(first) != len(second):
            continue
        for content, copy in zip(first, second, strict=True):
            text = _text(content)
            if has_tags(text) and text == _text(copy) and not _SETS_NAME.search(text):
                for child in list(copy):
                    copy.remove(child)
                boxes.append((content, copy))
    return boxes


def _text(content: Element) -> str:
    return "\n".join(read_slots(paragraph)[0] for paragraph in content.iter(*PARAGRAPHS))


def print_copies(boxes: list[Box], register: TagRegister) -> None:
    """Let the text of each box be captured and printed in both of its copies."""
    for content, copy in boxes:
        variable = f"__box{len(register.tags)}"
        begin = register.internal_block(f"set {variable}", content)
        end = register.internal_block("endset", content)
        content.insert(0, begin)
        content.append(end)
        end.tail = register.internal_print(variable, "emit_markup", content)
        copy.text = register.internal_print(variable, "emit_markup", copy) + KEEP_W_PARAGRAPH
