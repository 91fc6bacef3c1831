"""Figures in English prose: numbers with currency, scale and noun, bounds, directions, lists, ranks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from generator.extraction.figures import Figure, Leftover
from generator.extraction.periods import Mention
from generator.model.bound import Bound
from generator.model.fact import ComparisonKind, Kind
from generator.model.unit import find_unit, moved

_CURRENCIES = {
    "RMB": "元", "CNY": "元", "YUAN": "元", "RENMINBI": "元", "¥": "元", "USD": "美元", "US$": "美元", "$": "美元",
    "DOLLARS": "美元", "US DOLLARS": "美元", "U.S. DOLLARS": "美元", "DOLLAR": "美元", "HK$": "港元", "HKD": "港元", "HONG KONG DOLLARS": "港元",
    "A$": "澳元", "AUD": "澳元", "C$": "加元", "CAD": "加元", "S$": "新加坡元", "SGD": "新加坡元", "NT$": "新台币",
    "EUR": "欧元", "€": "欧元", "EURO": "欧元", "EUROS": "欧元", "GBP": "英镑", "£": "英镑", "POUNDS": "英镑", "JPY": "日元", "YEN": "日元",
    "CHF": "瑞士法郎", "SWISS FRANCS": "瑞士法郎", "INR": "卢比", "₹": "卢比", "RS": "卢比", "RS.": "卢比", "RUPEES": "卢比", "WON": "韩元",
    "KRW": "韩元", "RUBLES": "卢布", "ROUBLES": "卢布", "BAHT": "泰铢", "R$": "雷亚尔",
}  # fmt: skip
_SIGNS = r"RMB|CNY|USD|US\$|HK\$|HKD|A\$|AUD|C\$|CAD|S\$|SGD|NT\$|R\$|EUR|GBP|JPY|CHF|INR|KRW|Rs\.?|[$€£¥₹]"
_MONEY_WORDS = r"yuan|renminbi|RMB|US dollars?|U\.S\. dollars?|Hong Kong dollars?|dollars?|euros?|pounds|yen|Swiss francs|rupees|won|roubles|rubles|baht|USD|EUR"
_SCALES = {"hundred million": 8, "thousand": 3, "million": 6, "billion": 9, "trillion": 12, "crore": 7,
           "lakh": 5, "bn": 9, "mn": 6, "tn": 12, "m": 6, "b": 9, "k": 3}  # fmt: skip
_MEASURES = {
    r"percentage points?|percent points?|ppts?|pp|p\.p\.": "个百分点",
    r"pence|penny|p(?!\.?p\b)": "便士", r"percent|per cent|%|pct": "%", r"basis points?|bps": "基点", r"per mille|‰": "‰",
    r"(?:metric )?(?:tonnes?|tons?)(?: of standard coal(?: equivalent)?)?|mt": "吨", r"kilograms?|kg": "公斤", r"grams?": "克",
    r"square kilomet(?:er|re)s?|sq\.? ?km|km2|km²": "平方公里", r"square met(?:er|re)s?|sq\.? ?m(?:et(?:er|re)s)?|m2|m²": "平方米",
    r"cubic met(?:er|re)s?|m3|m³": "立方米", r"kilomet(?:er|re)s?|km": "公里", r"met(?:er|re)s?": "米", r"hectares?": "公顷", r"mu": "亩",
    r"kilowatt[- ]hours?|kWh": "千瓦时", r"megawatt[- ]hours?|MWh": "兆瓦时", r"kilowatts?|kW": "千瓦", r"megawatts?|MW": "兆瓦", r"gigawatts?|GW": "吉瓦",
    r"barrels?(?: of oil)?(?: equivalent)?": "桶", r"TEUs?|standard containers": "标准箱", r"hours?": "小时", r"minutes?": "分钟", r"days?": "天",
    r"months?": "个月", r"weeks?": "周", r"years?(?: old)?": "年", r"quarters?": "季度", r"times": "倍", r"petaflops|PFLOPS": "PFLOPS", r"EFLOPS|exaflops": "EFLOPS",
    r"degrees Celsius|°C": "℃", r"litres?|liters?": "升", r"µg/m3|micrograms per cubic met(?:er|re)": "微克/立方米", r"points?": "点",
}  # fmt: skip
_MEASURE = "|".join(f"(?P<u{number}>(?:{words}))" for number, words in enumerate(_MEASURES))
_SYMBOLS = list(_MEASURES.values())
_NOUNS = {
    "家": "companies firms enterprises businesses corporations startups start-ups stores shops outlets restaurants banks hospitals institutions factories plants suppliers subsidiaries branches hotels unicorns entities manufacturers startups agencies organizations organisations vendors operators dealerships",
    "人": "people persons residents employees workers jobs graduates students staff children women men births deaths professionals talents researchers engineers users subscribers customers members participants inhabitants applicants citizens doctors nurses teachers farmers scientists migrants patients clients investors shareholders positions personnel experts",
    "户": "households families accounts", "件": "patents applications items pieces parcels packages",
    "人次": "visits trips passengers tourists visitors arrivals journeys attendees",
    "辆": "vehicles cars trucks buses NEVs EVs automobiles", "台": "units robots machines devices computers sets",
    "名": "academicians", "所": "universities colleges schools", "架次": "flights", "艘": "ships vessels", "架": "aircraft planes",
    "次": "times", "张": "beds", "座": "stations bridges",
}  # fmt: skip
_UNIT_OF_NOUN = {noun: unit for unit, nouns in _NOUNS.items() for noun in nouns.casefold().split()}
_STOP = {
    "in",
    "of",
    "for",
    "with",
    "to",
    "from",
    "by",
    "at",
    "on",
    "were",
    "was",
    "have",
    "had",
    "has",
    "as",
    "that",
    "which",
    "who",
    "are",
    "is",
    "will",
    "compared",
    "up",
    "down",
    "than",
    "over",
    "under",
    "during",
    "per",
    "since",
    "while",
    "but",
    "or",
    "after",
    "before",
    "when",
    "where",
    "through",
    "across",
    "between",
    "against",
    "within",
    "among",
    "including",
    "it",
    "its",
    "this",
    "these",
    "those",
    "year",
    "years",
    "month",
    "worth",
    "respectively",
    "be",
    "been",
    "being",
    "would",
    "could",
    "about",
    "into",
    "also",
    "not",
}

_BOUND_BEFORE = re.compile(
    r"\b(?P<word>no less than|not less than|no fewer than|at least|a minimum of|no more than|not more than|at most|up to|in excess of|upwards of|more than|greater than|higher than|exceeding|exceeded|exceeds|surpassed|surpassing|topped|over|above|beyond|less than|fewer than|lower than|under|below|just under|nearly|almost|close to|approaching|approximately|around|about|roughly|some|an estimated)\s+(?:the\s+|a\s+|an\s+)?$",
    re.IGNORECASE,
)
_BOUND_OF = {
    Bound.AT_LEAST: "no less than|not less than|no fewer than|at least|a minimum of",
    Bound.AT_MOST: "no more than|not more than|at most|up to",
    Bound.OVER: "in excess of|upwards of|more than|greater than|higher than|exceeding|exceeded|exceeds|surpassed|surpassing|topped|over|above|beyond",
    Bound.UNDER: "less than|fewer than|lower than|under|below",
    Bound.NEARLY: "just under|nearly|almost|close to|approaching",
    Bound.ABOUT: "approximately|around|about|roughly|some|an estimated",
}  # fmt: skip
_BOUND = {word: bound for bound, words in _BOUND_OF.items() for word in words.split("|")}
_BOUND_AFTER = re.compile(
    r"\s?(?:or more|or over|or above|or less|or fewer|or under|or so)\b", re.IGNORECASE
)
_QUANTITY = re.compile(
    rf"(?<![\w.,/$€£¥-])(?P<sign>[-+])?(?P<cur>(?:{_SIGNS})\s?)?(?P<sign2>[-+])?(?P<digits>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)(?P<plus>\+)?"
    rf"(?:[\s-]?(?P<scale>hundred million|trillion|billion|million|thousand|crore|lakh|bn|mn|tn)\b|(?P<letter>[mbkMBK])\b)?"
    rf"(?:[\s-]?(?:(?P<money>{_MONEY_WORDS})\b|(?:{_MEASURE})(?![A-Za-z])))?",
    re.IGNORECASE,
)
_LETTER_END = re.compile(r"[A-Za-z]")
_WORDS = re.compile(
    r"\b(?P<n>two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\s+(?P<noun>(?:[a-z][\w'-]*\s+){0,3}?(?:companies|firms|projects|plants|factories|stores|countries|provinces|cities|laboratories|institutes|universities|centers|centres|platforms|hospitals|schools|branches|subsidiaries|acquisitions|products|models|patents|facilities|academicians|sites|offices|vessels|satellites|research institutes|phases))\b",
    re.IGNORECASE,
)
_CENTS = re.compile(r"(?<![\w.,])\d+(?:\.\d+)?\s?cents\b", re.IGNORECASE)
#: A lone P behind a number is that of a pound in small letters only: 12.1p, not 12 P.
_PENCE = re.compile(r"p|[ -]?(?:[Pp]ence|[Pp]enny)")
_LISTED = re.compile(r" (?:Fortune|Forbes)(?: Global)? \d{2,4}")
_NUMBERS = dict(
    zip(
        [
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
        ],
        range(2, 13),
        strict=True,
    )
)
_HALF = re.compile(
    r"\b(?P<bound>nearly|almost|more than|over|about|less than|roughly|under|around)\s+half\b(?!-|\s+year|\s+of\s+(?:19|20)\d\d)",
    re.IGNORECASE,
)
_ORDINALS = dict(
    zip(
        [
            "first",
            "second",
            "third",
            "fourth",
            "fifth",
            "sixth",
            "seventh",
            "eighth",
            "ninth",
            "tenth",
        ],
        range(1, 11),
        strict=True,
    )
)
_RANK = re.compile(
    r"\b(?P<verb>rank(?:ed|s|ing)?)\s+(?:(?:[a-z]+\s+){0,2}?(?:to\s+)?)(?:(?P<word>first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)|(?:No\.?\s?)?(?P<n>\d{1,3})(?:st|nd|rd|th)?)\b(?!\s*(?:percent|%|million|billion|companies))"
    r"|\b(?P<verb2>No\.)\s?(?P<n2>\d{1,3})\b(?=\s+(?:in|among|globally|nationwide|worldwide|spot|position|nationally))",
    re.IGNORECASE,
)
_SCOPE = re.compile(
    r"^\s*(?:place\s+|position\s+)?(?:(?:in|among|of|across)\s+(?P<of>(?:the\s+)?[A-Za-z][\w' -]{1,40}?)(?=[,.;]|\s+(?:and|with|for|by|in|up|from)\b|$)|(?P<adverb>nationwide|worldwide|globally|nationally))",
    re.IGNORECASE,
)
_SHARED = re.compile(r"\s*(?:,|and|,\s*and|or|to|-|through)\s*", re.IGNORECASE)
_RANGE = re.compile(r"\s*(?:-|to|and)\s*", re.IGNORECASE)

_UP = r"rose|rises?|risen|rising|grew|grows?|grown|growing|up|increas(?:ed?|es|ing)|climb(?:ed|s|ing)|gain(?:ed|s|ing)?|expand(?:ed|s|ing)|jump(?:ed|s)?|surg(?:ed|es|ing)|soar(?:ed|s)|advanc(?:ed|es)|growth|higher|improved|added|edged up|went up|picked up|accelerated|widened"
_DOWN = r"fell|falls?|fallen|falling|down|declin(?:ed?|es|ing)|decreas(?:ed?|es|ing)|drop(?:ped|s|ping)?|contract(?:ed|s|ing)|shrank|shrunk|shrink(?:s|ing)?|narrow(?:ed|s|ing)|slipped|slips|eased|slow(?:ed|ing)|reduc(?:e|ed|ing|tion)|lost|plunged|tumbled|slid|sank|lower|edged down|went down|cut|contraction|softened|moderated|retreated|weakened|dipped|dips|edged lower|shed|trimmed"
_FILL = r"(?:\s+(?:by|of|at|a|an|the|another|further|only|just|slightly|sharply|modestly|again|year[- ]on[- ]year|year[- ]over[- ]year|on year|annually|in real terms|real|nominal|nominally|about|around|nearly|almost|more than|over|roughly|approximately|some|at least|up to|less than|close to|an average|average|averaging|annual|respectively|rate|negative))*"
_DIRECTION = re.compile(rf"\b(?:(?P<down>{_DOWN})|(?P<up>{_UP})){_FILL}\s*$", re.IGNORECASE)
_DOWN_BY = re.compile(
    rf"\b(?P<down>{_DOWN}|cuts?|lowers?|trims?)(?:\s+[\w'-]+){{1,5}}?\s+by{_FILL}\s*$",
    re.IGNORECASE,
)
_NEGATIVE = re.compile(r"\bnegative\s*$|\bminus\s*$", re.IGNORECASE)
_DOWN_BEHIND = re.compile(
    r"^\s*(?:points?\s*)?(?:year[- ](?:on|over)[- ]year |annual |yearly |real |y/y )?(?P<word>decline|decrease|drop|fall|reduction|contraction|lower|down|less|fewer|slump|slower|below)\b",
    re.IGNORECASE,
)
#: These words say a fall only if nothing else follows that they could be for.
_OF_ANOTHER = re.compile(
    r"\s*(?:down|less|fewer|below)\b(?!\s*(?:than|from|on|year|in|,|\.|$))", re.IGNORECASE
)
_UP_BEHIND = re.compile(
    r"^\s*(?:points?\s*)?(?:year[- ](?:on|over)[- ]year |annual |yearly |real |y/y )?(?P<word>increase|rise|growth|gain|jump|higher|up|more|faster|expansion|above|surge)\b",
    re.IGNORECASE,
)
_LESS_FALL = re.compile(
    r"\b(?:decline|drop|fall|decrease|contraction|deficit|loss|losses)\s+(?:was |has |had )?narrow(?:ed|ing)[^,;]*$",
    re.IGNORECASE,
)
_YOY = re.compile(
    r"year[- ]on[- ]year|year[- ]over[- ]year|on year\b|from a year (?:earlier|ago)|than a year (?:earlier|ago)|from the same|over the same|over (?:the )?(?:previous|prior|last) year|from (?:the )?(?:previous|prior|last) year|y/y|yoy|on an annual basis|from (?:19|20)\d\d|compared (?:with|to) the (?:same|prior|previous|corresponding)",
    re.IGNORECASE,
)
_QOQ = re.compile(
    r"month[- ]on[- ]month|month[- ]over[- ]month|quarter[- ]on[- ]quarter|quarter[- ]over[- ]quarter|from (?:the )?(?:previous|prior|last) (?:month|quarter)|sequentially|m/m|q/q|from (?:January|February|March|April|May|June|July|August|September|October|November|December)",
    re.IGNORECASE,
)
_SHARE = re.compile(
    r"\b(?:account(?:ed|ing|s)? for|represent(?:ed|ing|s)?|mak(?:e|es|ing) up|made up|compris(?:ed|ing|es)|a share of|share of [\w ]{2,40} (?:was|reached|rose to|fell to|stood at|to)|proportion of [\w ]{2,40} (?:was|reached|rose to|to)|equivalent to|equal to)\b[^.;,]{0,24}$",
    re.IGNORECASE,
)
_SHARE_OF = re.compile(
    r"^\s*of (?P<of>(?:the |its |their |total |all )?[A-Za-z][\w' -]{2,40}?)(?=[,.;]|$|\s+(?:in|and|were|was|are|is|have|had|has|at|by|for|from|up|down|compared)\b)",
    re.IGNORECASE,
)
_CONTRIBUTED = re.compile(r"\bcontribut(?:ed|ing|es|ion)\b[^.;,]{0,40}$", re.IGNORECASE)
_AVERAGE = re.compile(
    r"\b(?:average annual|annual average|on average|compound annual|CAGR|averaged|annualized|annualised)\b",
    re.IGNORECASE,
)
_OLD = re.compile(
    r"\bfrom\s+(?:(?:about|around|nearly|just|just over|more than|less than|a|an|the|only|roughly|approximately|net \w+ of|\w+ of)\s+){0,3}$",
    re.IGNORECASE,
)
_OLD_OTHER = re.compile(
    r"\b(?:compared (?:with|to)|versus|vs\.?|against|as opposed to|up from|down from)\s+(?:(?:a|an|the|about|net|loss|profit|income|of|revenue|negative|net loss|an increase|a decrease|growth|that)\s+){0,5}$",
    re.IGNORECASE,
)
_TARGET = re.compile(
    r"\b(?:aims?|aiming|targets?|targeting|target of|plans?|planning|planned|expects?|expected|forecasts?|projects?(?=\s+(?:growth|revenue|sales))|projected|guidance|outlook|anticipates?|will|goal|seeks?|intends?|set to|(?:is|are) to be|hopes?)\b[^.;]{0,90}$",
    re.IGNORECASE,
)
_CLAUSES = re.compile(r";|, (?:and|while|but|with)\b")
_AIMED_AT = re.compile(
    r"\s*(?:inflation |growth |annual )?(?:target|goal|objective)\b", re.IGNORECASE
)
_DONE = re.compile(
    r"\b(?:exceed(?:ed|ing)|above|beat|beating|met|achiev(?:ed|ing)|surpass(?:ed|ing)|than)\b[^.;,]{0,30}$",
    re.IGNORECASE,
)
_INDEX = re.compile(
    r"\b(?:index|PMI|score|gauge|reading|ratio|rating|coefficient|NPS)\b[^.;,\d]{0,40}\b(?:at|to|of|was|is|hit|reached|posted|registered|recorded|from)\s+(?:a\s+)?$",
    re.IGNORECASE,
)
_SCORE_AFTER = re.compile(r"^\s*(?:out of \d+|index points?)", re.IGNORECASE)

_PEOPLE = re.compile(
    r"\b(?:employment|payrolls?|jobs|unemployed|unemployment|persons|population|headcount|workforce|labou?r force|births|deaths|staff numbers)\b",
    re.IGNORECASE,
)

_MASKS = re.compile(
    r"\bScope\s\d(?:,? and \d)?\b|https?://\S+|www\.\S+|\S{1,64}@\S+|\+?\(?\d{2,4}\)?[- ]\d{3,4}[- ]\d{4}|\b\d{1,2}:\d{2}(?:\s?[ap]\.?m\.?)?|\b\d{1,2}\s?[ap]\.?m\.?\b"
    r"|\b(?:Fortune|Forbes|S&P|FTSE|CSI|Nasdaq|Global|Russell|Stoxx|Nikkei|Dow)\s?(?:Global\s)?\d{2,4}\b|\bTop[ -]\d+\b|\b(?:Chapter|Section|Table|Figure|Fig\.|Note|Article|Item|Form|Rule|Part|Phase|Stage|Level|Category|Tier|Schedule|Exhibit|Appendix|Page|Chart|Scope|Line|Route|Room|Building|Floor|Vol\.|Volume|Issue|IFRS|ISO|GB/T|Basel|Type|Class|Step|Annex|Box|SDG|ASC|IAS)\s?(?:No\.\s?)?\d+(?:[.-]\d+)*[A-Z]?\b"
    r"|\b24/7\b|\b\w*[A-Za-z]+-?\d+\b(?!\s?(?:percent|%))|\b\d+(?:st|nd|rd|th)\b|\b\d+(?:\.\d+)?[- ](?:year|month|day|week|hour|minute|point|member|story|storey|floor|person|seat|bed|inch|nanometer|nm|metre|meter|mile|time|fold|in-1)\b-?(?:old|long|high)?(?!s)"
    r"|\b(?:aged|ages?|age of|those aged)\s+(?:from\s+)?\d+(?:\s?(?:-|to|and)\s?\d+)?(?:\s+(?:and|or)\s+(?:over|above|older|under|below))?|\b(?:per|every|each|for every)\s+\d[\d,]*(?:\s+(?:people|residents|inhabitants|persons|population))?"
    r"|\b\d+\.\d+\.\d+(?:\.\d+)*\b|\b\d+\s?x\s?\d+\b|\b\d\.0\b(?!\s?(?:percent|%|per cent|million|billion|trillion|percentage|and|,|points))|\b\d+-\d+-\d+\b|\b(?:16|18|35|60|65)\s+(?:and|or)\s+(?:over|above|older|under)\b|\b\d{1,2}/\d{1,2}(?:/\d{2,4})?\b"
    r"|\[\d{1,3}\]|\(\d{1,2}\)|\b(?:SZ|SH|SS|HK|HKEX|NYSE|NASDAQ|SSE|SZSE)\s?:\s?\d+\b|\b\d{4,6}\.(?:SZ|SH|HK|SS)\b",
)
_VAGUE = re.compile(
    r"\b(?:dozens|hundreds|thousands|tens of thousands|millions|billions|scores)\s+of\b|\b(?:doubled|tripled|quadrupled|halved|one[- ]third|two[- ]thirds|one[- ]quarter|three[- ]quarters|one[- ]fifth|a third|twofold|threefold|a quarter of|one in (?:two|three|four|five|six|seven|eight|nine|ten))\b",
    re.IGNORECASE,
)
_ITEM = re.compile(r"^\s*\(?\d{1,2}[.)]\s")


@dataclass(slots=True)
class EnglishFigures:
    """The figures of one paragraph, in order, and what was left over."""

    found: list[Figure]
    left: list[Leftover]


@dataclass(frozen=True, slots=True)
class _Raw:
    start: int
    end: int
    digits_start: int
    digits_end: int
    number: Decimal
    places: int
    unit: str
    has_currency_before: bool = False
    sign: str = ""
    bound: Bound | None = None
    rank: str = ""
    kind: Kind = "figure"
    is_bare: bool = False


def read_english(
    text: str, times: Sequence[Mention], sentences: Sequence[tuple[int, int]]
) -> EnglishFigures:
    """Return the figures of a paragraph of plain text (see ``article.plain``)."""
    return _Reader(text, times, sentences).read()


class _Reader:
    def __init__(
        self, text: str, times: Sequence[Mention], sentences: Sequence[tuple[int, int]]
    ) -> None:
        self.text = text
        self.sentences = sentences
        self.busy = bytearray(len(text) + 1)
        self.left: list[Leftover] = []
        self.old_end = 0
        for mention in times:
            self._take(mention.start, mention.end)

    def _take(self, start: int, end: int) -> None:
        self.busy[start:end] = b"\x01" * (end - start)

    def _is_taken(self, start: int, end: int) -> bool:
        return 1 in self.busy[start:end]

    def read(self) -> EnglishFigures:
        raws = [*self._ranks()]
        item = _ITEM.match(self.text)
        if item is not None:
            self._take(*item.span())
        for match in _MASKS.finditer(self.text):
            if not re.match(r"(?:RMB|CNY|USD|EUR|GBP|HKD|CHF|INR|Rs)\s?\d", match.group()):
                self._take(*match.span())
        raws += self._words()
        raws += self._plain()
        raws.sort(key=lambda raw: raw.start)
        raws = self._shared(raws)
        figures = self._figures(raws)
        for match in _VAGUE.finditer(self.text):
            if not self._is_taken(*match.span()):
                self.left.append(Leftover(*match.span(), "a number in words"))
        self.left.sort(key=lambda left: left.start)
        return EnglishFigures(figures, self.left)

    def _ranks(self) -> Iterator[_Raw]:
        for match in _RANK.finditer(self.text):
            if self._is_taken(*match.span()):
                continue
            word = match["word"]
            number = (
                Decimal(_ORDINALS[word.lower()]) if word else Decimal(match["n"] or match["n2"])
            )
            scope = _SCOPE.match(self.text, match.end(), match.end() + 60)
            self._take(*match.span())
            of = (scope["of"] or scope["adverb"] or "").strip() if scope else ""
            yield _Raw(
                *match.span(), *match.span(), number, 0, "位", rank=of or "others", kind="rank"
            )

    def _plain(self) -> Iterator[_Raw]:
        text = self.text
        for match in _QUANTITY.finditer(text):
            if self._is_taken(*match.span("digits")):
                continue
            number = Decimal(match["digits"].replace(",", ""))
            scale = (match["scale"] or "").lower()
            if match["letter"] and not match["cur"]:
                if _LETTER_END.match(text[match.end("digits") : match.end("digits") + 1]):
                    continue
            elif match["letter"]:
                scale = match["letter"].lower()
            places = _SCALES.get(scale, 0)
            currency = (match["cur"] or "").strip()
            money = match["money"] or ""
            unit, end = "", match.end()
            if currency or money:
                unit = _CURRENCIES.get((currency or money).upper(), "") or _CURRENCIES.get(
                    money.upper(), "美元"
                )
                if currency and not money:
                    end = (
                        match.end("scale")
                        if match["scale"]
                        else match.end("letter")
                        if match["letter"]
                        else match.end("digits")
                    )
            else:
                measured = next((n for n in range(len(_SYMBOLS)) if match[f"u{n}"]), None)
                if measured is not None:
                    unit = _SYMBOLS[measured]
                else:
                    end = match.end("scale") if match["scale"] else match.end("digits")
                    if (
                        not match["scale"]
                        and not match["letter"]
                        and _LETTER_END.match(text[end : end + 1])
                    ):
                        continue
                    unit, end = self._counted(end, bool(match["plus"]))
            bound = Bound.OVER if match["plus"] else None
            if unit == "便士" and not _PENCE.fullmatch(text, match.end("digits"), end):
                continue
            start = match.start()
            yield _Raw(start, end, match.start("digits"), match.end("digits"), number, places, unit,
                       bool(currency), match["sign"] or match["sign2"] or "", bound, is_bare=not unit)  # fmt: skip

    def _counted(self, end: int, has_plus: bool) -> tuple[str, int]:
        """Return the unit of what the words behind a number name, and where these words end."""
        position = end + 1 if has_plus and self.text[end : end + 1] == "+" else end
        last = position
        noun = ""
        listed = _LISTED.match(self.text, position)
        if listed is not None:
            last = listed.end()
        for _ in range(6):
            match = re.compile(r"[ -]([A-Za-z][\w&'/-]*)").match(self.text, last)
            if match is None or match[1].lower() in _STOP:
                break
            if match[1].lower() == "and" and (noun.endswith("s") or not noun):
                break
            if self._is_taken(*match.span(1)):
                break
            noun, last = match[1], match.end()
            lower = noun.casefold()
            if lower in _UNIT_OF_NOUN:
                return _UNIT_OF_NOUN[lower], last
            if (
                lower.endswith("s")
                and not lower.endswith(("ss", "us", "is", "ous", "'s"))
                and not self._goes_on(last)
            ):
                return "个", last
            if self.text[last : last + 1] in ",.;:()":
                break
        if noun and noun.casefold() in ("aircraft", "staff", "personnel", "talent"):
            return "个", last
        return "", end

    def _goes_on(self, position: int) -> bool:
        """Whether a plural is only the first word of what is counted: 30 sales offices."""
        after = re.compile(r" ([a-z]+s)\b").match(self.text, position)
        return after is not None and after[1].casefold() in _UNIT_OF_NOUN

    def _words(self) -> Iterator[_Raw]:
        for match in _WORDS.finditer(self.text):
            if not self._is_taken(*match.span()):
                last = match["noun"].split()[-1].casefold()
                unit = "期" if last == "phases" else _UNIT_OF_NOUN.get(last, "个")
                self._take(*match.span())
                yield _Raw(
                    *match.span(), *match.span("n"), Decimal(_NUMBERS[match["n"].lower()]), 0, unit
                )
        for match in _CENTS.finditer(self.text):
            if not self._is_taken(*match.span()):
                self._take(*match.span())
                self.left.append(Leftover(*match.span(), "parts of a currency"))
        for match in _HALF.finditer(self.text):
            if not self._is_taken(*match.span()):
                self._take(*match.span())
                yield _Raw(
                    match.end() - 4, match.end(), match.end() - 4, match.end(), Decimal(50), 0, "%"
                )

    def _shared(self, raws: list[_Raw]) -> list[_Raw]:
        """Give numbers without a unit that of the list or range that they begin."""
        result = list(raws)
        for number in range(len(result) - 2, -1, -1):
            raw, after = result[number], result[number + 1]
            between = self.text[raw.end : after.start]
            if raw.kind == "rank" or after.kind == "rank" or not after.unit:
                continue
            if (
                raw.has_currency_before
                and not raw.places
                and after.places
                and _RANGE.fullmatch(between)
                and after.number > raw.number
            ):
                result[number] = replace(raw, places=after.places)
            elif raw.is_bare and _SHARED.fullmatch(between):
                unit_places = raw.places or after.places
                result[number] = replace(raw, unit=after.unit, places=unit_places)
        return result

    def _figures(self, raws: Sequence[_Raw]) -> list[Figure]:
        figures: list[Figure] = []
        sentence = iter(self.sentences)
        begin, stop = next(sentence)
        lead, previous, previous_raw = begin, None, None
        for position, raw in enumerate(raws):
            while raw.start >= stop:
                begin, stop = next(sentence)
                lead, previous, previous_raw = begin, None, None
            following = (
                raws[position + 1]
                if position + 1 < len(raws) and raws[position + 1].start < stop
                else None
            )
            figure = self._figure(raw, begin, stop, lead, previous, previous_raw, following)
            if isinstance(figure, Figure):
                figures.append(figure)
                previous, previous_raw = figure, raw
            elif figure:
                self.left.append(Leftover(raw.start, raw.end, figure))
            lead = max(lead, raw.end)
        return figures

    def _figure(
        self, raw: _Raw, begin: int, stop: int, lead_start: int, previous: Figure | None,
        previous_raw: _Raw | None, following: _Raw | None,
    ) -> Figure | str | None:  # fmt: skip
        text = self.text
        near = text[max(lead_start, raw.start - 90) : raw.start]
        after = text[raw.end : min(stop, raw.end + 70)]
        if raw.kind == "rank":
            return Figure(
                raw.start,
                raw.end,
                raw.number,
                "位",
                kind="rank",
                comparison="rank",
                of=raw.rank,
                lead=lead_start,
            )
        unit = raw.unit
        if not unit and (_INDEX.search(near) or _SCORE_AFTER.match(after)):
            unit = "点"
        if self._is_old(near, after, begin, raw) or (
            self.old_end and re.fullmatch(r",? or ", text[self.old_end : raw.start])
        ):
            self.old_end = raw.end
            return None
        if not unit:
            unit = self._unit_of_context(raw, near, after, begin, previous)
        if not unit:
            year_like = re.fullmatch(r"(?:19|20)\d\d", text[raw.digits_start : raw.digits_end])
            return None if year_like else "a number without a unit"
        if unit in ("天", "个月", "周", "年", "季度") and re.search(
            r"\b(?:past|last|next|first|previous|over|within|for|every|of)\s+(?:the\s+)?(?:past\s+|last\s+|next\s+)?$",
            near,
            re.I,
        ):
            return None
        if unit == "年" and not re.search(r"expectancy|average|life", near, re.I):
            return None
        number, symbol = _scaled(raw.number, raw.places, unit)
        if symbol is None:
            return f'the unit "{unit}" is not known'
        in_list = (
            previous is not None
            and previous_raw is not None
            and _SHARED.fullmatch(text[previous_raw.end : raw.start]) is not None
            and previous_raw.unit == unit
        )
        start, end, bound = raw.start, raw.end, raw.bound or Bound.EXACT
        range_bound = self._range(raw, previous_raw, following, near)
        if range_bound is Bound.AT_LEAST and following is not None:
            bound, end = range_bound, following.end
            between = re.search(r"\bbetween\s*$", near, re.I)
            if between is not None:
                start -= len(near) - between.start()
        elif range_bound is Bound.AT_MOST and previous_raw is not None:
            bound, start = range_bound, previous_raw.start
            between = re.search(r"\bbetween\s*$", text[max(0, start - 12) : start], re.I)
            if between is not None:
                start -= len(between.group())
        else:
            start, end, bound = self._bounds(raw, near, unit, bound)
            if raw.is_bare and following is not None and raw.unit != "":
                end = self._list_end(raw, following)
        if (
            in_list
            and range_bound is None
            and previous_raw is not None
            and text[previous_raw.end : raw.start].strip().lower() == "to"
        ):
            in_list = False
        words = text[max(lead_start, start - 90) : start]
        clause = re.split(r"[;]|,(?!\d)|\)\s", words)[-1]
        comparison, of = self._comparison(
            clause,
            after,
            unit,
            text[begin:stop] if stop - begin < 600 else words + after,
            in_list,
            previous,
        )
        sign, span_start, span_end = self._direction(clause, after, unit, comparison, start, end)
        if raw.sign == "-":
            sign, span_start = -1, start
        if (
            in_list
            and previous is not None
            and sign > 0
            and span_start == start
            and previous.number < 0
            and not _UP_BEHIND.match(after)
        ):
            sign, span_start = -1, previous.start
        if sign < 0:
            number, start, end = -abs(number), min(start, span_start), max(end, span_end)
        kind: Kind = "figure"
        aim = _CLAUSES.split(text[max(begin, raw.start - 120) : raw.start])[-1]
        if _TARGET.search(aim) and not _DONE.search(near):
            kind = "target"
        elif _AIMED_AT.match(text, raw.end):
            kind = "target"
            if text[start : raw.start].lower().startswith(("above", "below", "over", "under")):
                start, bound = raw.start, Bound.EXACT
        return Figure(start, end, number, symbol, bound, kind, comparison, of, lead_start, in_list)

    def _unit_of_context(
        self, raw: _Raw, near: str, after: str, begin: int, previous: Figure | None
    ) -> str:
        """Return the unit that the words before a bare number give: of jobs, of money, of things."""
        if (
            re.fullmatch(r"(?:19|20)\d\d", self.text[raw.digits_start : raw.digits_end])
            and not raw.places
        ):
            return ""
        if not re.match(
            r"\s*(?:[,.;)]|$|(?:in|on|over|from|by|since|and|at|as|compared|during|for|to|this|last|year|or|while|with|than)\b)",
            after,
        ):
            return ""
        counted = re.search(
            r"\bnumber of (?P<of>\w[\w' -]{2,50}?)\s+(?:to|was|were|(?:had |has |have )?reached|rose to|fell to|grew to|increased to|stood at|totaled|totalled|exceeded|surpassed|topped|hit|at)\s*(?:\w+ ){0,3}$",
            near,
        )
        if counted is not None:
            return _UNIT_OF_NOUN.get(counted["of"].split()[-1].casefold(), "个")
        lead = self.text[max(begin, raw.start - 160) : raw.start]
        if raw.places >= 3 and previous is not None and previous.unit.endswith("人"):
            return "人"
        if raw.places >= 6 and previous is not None and previous.unit.endswith("元"):
            return re.sub(r"^[十百千]*[万亿]*", "", previous.unit)
        if _PEOPLE.search(lead) and (raw.number >= 10 or raw.places):
            return "人"
        if (
            previous is not None
            and find_unit(previous.unit) is not None
            and re.search(
                r"(?:ed|by|to|another)\s*(?:about |nearly |over |more than |some )?$", near
            )
        ):
            unit = find_unit(previous.unit)
            if unit is not None and unit.kind in ("count", "people") and previous.bound != "":
                return unit.base
        return ""

    def _is_old(self, near: str, after: str, begin: int, raw: _Raw) -> bool:
        """Whether a number is where a change began: from 2.1 percent to 3.4 percent."""
        if _OLD.search(near):
            return True
        if _OLD_OTHER.search(near):
            return not re.match(
                r"[^,.;]{0,40}?(?:\b(?:19|20)\d\d\b|a year (?:earlier|ago)|(?:same|corresponding|year-earlier|year-ago|prior-year|comparable) (?:period|quarter|month|half)|last year|the (?:previous|prior) year)",
                after,
            )
        return False

    def _range(self, raw: _Raw, before: _Raw | None, after: _Raw | None, near: str) -> Bound | None:
        def joined(first: _Raw, second: _Raw, lead: str) -> bool:
            between = self.text[first.end : second.start].strip().lower()
            if first.unit != second.unit:
                return False
            if between == "and":
                return re.search(r"\bbetween\s*$", lead, re.I) is not None
            if not first.is_bare and re.search(r"\bby\s*$", lead, re.I):
                return False
            return between in ("-", "to") and re.search(r"\bfrom\s*$", lead, re.I) is None

        if after is not None and joined(raw, after, near):
            return Bound.AT_LEAST
        if before is not None and joined(
            before, raw, self.text[max(0, before.start - 12) : before.start]
        ):
            return Bound.AT_MOST
        return None

    def _bounds(self, raw: _Raw, near: str, unit: str, bound: Bound) -> tuple[int, int, Bound]:
        start, end = raw.start, raw.end
        ahead = _BOUND_BEFORE.search(near)
        if ahead is not None:
            word = " ".join(ahead["word"].lower().split())
            before = near[: ahead.start()]
            compares = (
                word in ("above", "below", "over", "higher than", "lower than")
                and unit == "个百分点"
            )
            by_way = word in ("up to",) and re.search(
                r"\b(?:rose|climbed|went|moved)\s*$", before, re.I
            )
            if not compares and not by_way:
                return start - len(near) + ahead.start("word"), end, _BOUND[word]
        behind = _BOUND_AFTER.match(self.text, end)
        if behind is not None:
            word = behind.group().strip().lower()
            kind = {
                "or more": Bound.AT_LEAST,
                "or over": Bound.AT_LEAST,
                "or above": Bound.AT_LEAST,
                "or so": Bound.ABOUT,
            }.get(word, Bound.AT_MOST)
            return start, behind.end(), kind
        return start, end, bound

    def _list_end(self, raw: _Raw, following: _Raw) -> int:
        """Return where the unit stands that a number of a list shares with later ones."""
        match = re.compile(
            r"(?:\s*(?:,|and|,\s*and|or|to|-)\s*[$€£¥]?\d[\d,]*(?:\.\d+)?){1,12}\s*(?:(?:hundred million|trillion|billion|million|thousand|bn|mn|tn)\s*)?(?:percentage points?|percent|per cent|%|[A-Za-z]+)?",
            re.IGNORECASE,
        ).match(self.text, raw.end)
        return match.end() if match else following.end

    def _comparison(
        self,
        clause: str,
        after: str,
        unit: str,
        sentence: str,
        in_list: bool,
        previous: Figure | None,
    ) -> tuple[ComparisonKind | None, str]:
        if unit == "个百分点":
            if _CONTRIBUTED.search(clause):
                return "pull", ""
            gap = re.match(
                r"\s*(?:higher|lower|faster|slower|above|below|more|less)\s*(?:than)?\s+(?P<of>[\w' -]{2,40}?)(?=[,.;]|$)",
                after,
                re.I,
            )
            if gap is not None and not re.search(
                r"\b(?:year|month|quarter|period|same|19\d\d|20\d\d)\b", gap["of"], re.I
            ):
                return "gap", gap["of"].strip()
        if unit == "%":
            if _CONTRIBUTED.search(clause):
                return "contribution", ""
            has_direction = _DIRECTION.search(clause) is not None
            of = _SHARE_OF.match(after)
            if not has_direction and (_SHARE.search(clause) or of is not None):
                return "share", of["of"].strip() if of else "the total"
        if unit in ("%", "个百分点", "基点", "倍") or _DIRECTION.search(clause):
            moved_words = (
                _DIRECTION.search(clause)
                or _DOWN_BEHIND.match(after)
                or _UP_BEHIND.match(after)
                or (in_list and previous is not None and previous.comparison in ("yoy", "qoq"))
            )
            if not moved_words:
                return None, ""
            if _AVERAGE.search(clause):
                return "average", ""
            nearby = clause + " " + re.split(r"[,;.]", after)[0]
            if _QOQ.search(nearby):
                return "qoq", ""
            if _YOY.search(nearby) or _YOY.search(sentence):
                return "yoy", ""
        return None, ""

    def _direction(
        self,
        clause: str,
        after: str,
        unit: str,
        comparison: ComparisonKind | None,
        start: int,
        end: int,
    ) -> tuple[int, int, int]:
        """Return the sign that words give a number, and the stretch of text that says so."""
        behind = _DOWN_BEHIND.match(after)
        said = behind is not None and (unit in ("%", "个百分点", "基点") or comparison == "gap")
        if said and behind is not None and (unit == "个百分点" or not _OF_ANOTHER.match(after)):
            return -1, start, end + behind.end("word")
        if comparison in ("share", "contribution", "pull"):
            return 1, start, end
        negative = _NEGATIVE.search(clause)
        if negative is not None:
            return -1, start - len(clause) + negative.start(), end
        found = _DIRECTION.search(clause) or _DOWN_BY.search(clause)
        if found is None or found.groupdict().get("up"):
            return 1, start, end
        word = found["down"].lower()
        if re.search(r"\bto\b", clause[found.end("down") :]):
            return 1, start, end
        if word.startswith("narrow") and _LESS_FALL.search(clause):
            return 1, start, end
        if word in ("lost", "cut") and unit not in ("%", "个百分点"):
            return 1, start, end
        return -1, start - len(clause) + found.start("down"), end


def _scaled(number: Decimal, places: int, unit: str) -> tuple[Decimal, str | None]:
    """Return a number with the Chinese unit that is nearest to the English scale.

    155.99 billion yuan is 1559.9亿元, 3.2 million people are 320万人.
    """
    if not places:
        return number, unit if find_unit(unit) is not None else None
    if unit in ("%", "个百分点", "基点", "点", "位"):
        return number, None
    for scale, power in (("万亿", 12), ("亿", 8), ("万", 4), ("", 0)):
        if places >= power:
            symbol = f"{scale}{unit}"
            return moved(number, places - power), symbol if find_unit(symbol) is not None else None
    return number, None
