"""Numbers of prose that say a figure: no years, dates, references, names, versions, addresses."""

from __future__ import annotations

import re
from collections.abc import Sequence

#: A number in prose: not glued to Latin letters before it, with its decimals.
_NUMBER = re.compile(
    r"(?<![0-9A-Za-z.,/\-])\d{1,3}(?:,\d{3})+(?:\.\d+)?"
    r"|(?<![0-9A-Za-z.,/:])(?<![A-Za-z]-)\d+(?:\.\d+)?"
)
_YEAR = re.compile(r"(?:19|20)\d\d")
#: What makes a number that could be a year an amount: 2000亿元, more than 2000 firms.
_AMOUNT_AFTER = re.compile(
    r"\s?(?:[%‰]|[余多]?[百千万亿元家个人名项件台套所户吨座款种支只条篇])"
    r"|\s(?:percent|per cent|thousand|million|billion|trillion|yuan|people|firms|companies|"
    r"enterprises|jobs|products|households|projects|tonnes)\b"
)
_AMOUNT_BEFORE = re.compile(
    r"(?:[超逾约近达]|RMB|USD|EUR|CNY|[$¥€]|more than|at least|nearly|fewer than|less than)\s?$"
)
#: What may stand behind a number that only counts or dates.
_COUNTED = re.compile(
    r"\s?(?:年|月|日|号|期|章|节|条|款|版|页|世纪|季度|强|楼|室|幢|弄|:\d\d"
    r"|[-–—~至]\d{1,2}(?:月|日|年))"
)
_REFERENCE = re.compile(
    r"(?:第|附录|No\.|Nos\.|Part|Note|Step|Slide|Page|page|Article|Clause|Regulation|Circular|"
    r"Volume|Vol\.|Issue|Grade|Class|Phase|Stage|Room|Floor|Q|H|Top|top|Fortune)\s?$"
)
_LIST_NUMBER = re.compile(r"^\s*[(（]?\d{1,3}[)）.、．](?!\d)\s?")
_INNER_LIST_NUMBER = re.compile(
    r"(?<=[；;：:。\s])[(（]\d{1,2}[)）]|(?<=[；;：:。])\s?\d{1,2}[.、．](?!\d)"
)
_MONTHS = re.compile(
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|"
    r"Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
#: Texts with digits that are names or places, whatever stands around them.
_NAMES = re.compile(
    r"(?:https?://|www\.)[^\s，。；）]+|[\w.+-]+@[\w-]+\.[\w.]+"
    # references with parts: Table 2-1, 图3.2
    r"|(?:附?图|附?表|附件|Figures?|Fig\.|Tables?|Annex(?:es)?|Chapters?|Sections?)\s?"
    r"\d+(?:[-–.]\d+)*"
    r"(?:\s?(?:和|、|to|and|[-–])\s?\d+(?:[-–.]\d+)*(?![\d%]))?"
    r"|Article\s\d+(?:\(\d+\))?|[Pp]age\s\d+\s(?:of|/)\s\d+"
    # days, times, fiscal years
    r"|(?<!\d)(?:19|20)\d\d([-/.])\d{1,2}\1\d{1,2}(?!\d)"
    r"|(?<!\d)\d{1,2}/\d{1,2}/(?:19|20)\d\d"
    r"|(?<!\d)(?:19|20)\d\d[-/–]\d\d(?![\d%])|日\s?\d{1,2}时(?:\d{1,2}分)?"
    r"|(?<![\d.:：])(?:[01]?\d|2[0-4])[:：][0-5]\d(?![\d:：])|(?<![\d.])24/7|7[×xX*]24"
    r"|前\d{1,2}个?(?:季度|月)|(?:first|last|past|next)\s\d{1,2}\s(?:months|quarters|weeks|days)\b"
    r"|(?<![\d.])\d{1,3}-(?:year|month|week|day|hour)(?:s|-old)?\b"
    r"|(?<![\d.,])\d+(?:st|nd|rd|th)\b"
    # names and versions
    r"|[“\"‘「『'][0-9A-Za-z+×xX*-]{1,12}[”\"’」』']"
    r"|(?<![\d.])(?:[2-6]G|[34]D|[248]K|2[BC])(?![A-Za-z0-9])"
    r"|(?:ISO|IEC|GB|DIN|EN|RFC|IEEE)(?:\s?/\s?T)?\s?\d[\d.:–—-]*"
    r"|(?<!\d)(?:985|211)(?=高校|工程|院校|大学)"
    r"|(?!RMB|USD|EUR|CNY|HKD|JPY|GBP)[A-Z][A-Za-z]+\s\d\.0"
    r"(?![\d%]|\s(?:percent|million|billion|trillion))"
    r"|工业\s?4\.0|[Vv]ersion\s\d+(?:\.\d+)*|(?<![\d.])\d+\.\d+\.\d+(?:\.\d+)*"
    # how to be reached
    r"|(?:电话|传真|邮编|热线|手机|Tel|Fax|Phone|Postcode|QQ)(?:号码?)?\s?[:：]\s?\+?[\d\s()-]{4,}"
    r"|(?<!\d)0\d{2,3}-\d{7,8}(?!\d)"
)


def numbers_in(text: str, literals: Sequence[str] = ()) -> list[str]:
    """Return the numbers of a text that say a figure: no years, dates, references, list numbers.

    ``literals`` are texts with digits that are no figures of the report: names of programmes, laws.
    """
    for literal in sorted(literals, key=len, reverse=True):
        text = text.replace(literal, " ")
    text = _LIST_NUMBER.sub(" ", text)
    text = _INNER_LIST_NUMBER.sub(" ", text)
    text = _NAMES.sub(_gap, text)
    found = []
    for match in _NUMBER.finditer(text):
        before, after = text[: match.start()], text[match.end() :]
        number = match[0]
        if _YEAR.fullmatch(number) and not _is_amount(before, after):
            continue
        if _COUNTED.match(after) or _REFERENCE.search(before):
            continue
        if _MONTHS.match(after.lstrip()) or _ends_with_month(before):
            continue
        if after[:1].isascii() and after[:1].isalpha() and before[-1:] in ("-", "–"):
            continue
        found.append(number)
    return found


def _gap(match: re.Match[str]) -> str:
    """Return what stays of a name: nothing; but a day before an hour is needed to know it."""
    return "日" if match[0].startswith("日") else " "


def _is_amount(before: str, after: str) -> bool:
    return _AMOUNT_AFTER.match(after) is not None or _AMOUNT_BEFORE.search(before) is not None


def _ends_with_month(before: str) -> bool:
    words = before.rstrip().rsplit(None, 2)[-2:]  # May 12, or May 12 and 13
    return any(_MONTHS.fullmatch(word.strip("(,")) for word in words[-1:])
