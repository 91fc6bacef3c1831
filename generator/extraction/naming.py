"""What a figure is a figure of: the indicator or the words that its clause names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from generator.extraction.figures import Figure
from generator.extraction.indicators import Indicators, Named
from generator.extraction.periods import Mention

_REACH = 70
#: The most characters of the name of one thing in a list.
_LONGEST = 60
_TAIL = re.compile(
    r"(?:[,，:：、\s]|分别|合计|总计|共计|共有|累计|实现|完成|达成|达到|达|为|是|有|共|约|近|超过|超|突破|逾|不足|已|新增|同比|环比|比上年(?:同期|末)?|较上年(?:同期|末)?"
    r"|比去年(?:同期)?|较去年(?:同期)?|比上月(?:末)?|较上月(?:末)?|增长|下降|上升|提高|回落|增加|减少|上涨|下跌|收窄|扩大|加快|放缓|名义|实际|按不变价格计算|按可比价格计算|按可比口径|增速|增幅|由|从|至|到|在|中|仅|高达|接近|其中|也|均|各|占|的|了|位居|居|列|排名)++$"
)
_HEAD = re.compile(
    r"^(?:[,，。;；:：、\s]|(?:及)?以[上下](?:的)?|其中|同时|此外|另外|并且|并|而且|而|但|且|以及|全年|全市|全省|全区|全县|全国|初步核算|据统计|经初步核算|分产业看|从.{1,6}看|截至|目前|已|我市|我省|我区)+"
)
_VERB = re.compile(
    r"^(?:不仅使|使得?|推动|带动|累计|共|全年|实现|完成|新增|我国|全国|全[市省区县]|[\u4e00-\u9fff]{2,4}[市省区县](?=地区|规模|固定|社会|一般|城镇|农村|居民|进出口|全体|金融)|实现|完成)+"
)
#: Words between figures that are no name: 突破2000亿元大关, 由37%调整为40%.
_NO_NAMES = {
    "大关",
    "关口",
    "台阶",
    "整数关口",
    "调整",
    "优化",
    "变化",
    "变动",
    "水平",
    "左右",
    "以上",
}
_BEHIND = re.compile(r"^[\u4e00-\u9fff“”A-Za-z、()（）·-]{2,24}")
_COUNTS = re.compile(r"(?:个|家|名|项|所|座|件|款|条|台|辆|户|种|场|人|位|支|艘|架|处|期)$")
_BEHIND_END = re.compile(
    r"(?:已|均|，|,|为|在|等|的比重|提供|培育|训练|发布|覆盖|集聚|落户|入选|通过|实现|开展|达到|占|和|与|及|并).*$"
)
#: What the three shares of the structure of an economy are.
_INDUSTRIES = re.compile(r"三次产业|[一1]二三(?:次)?产业?|[一1]、二、三(?:次)?产业?|三产|产业结构")
#: What other things than value added the three industries share in.
_OF_OTHERS = re.compile(r"投资|就业|从业|人员|税收|贷款|用电|用工|企业|单位")
_LIST_SEPARATOR = re.compile(r"、|和|与|及|以及|,|，")
#: Words that a name in English does not end with, and those that it does not begin with.
_EN_TAIL = re.compile(
    r"(?:(?<![\w'-])(?:was|were|is|are|be|been|had|has|have|reached|totaled|totalled|amounted to|stood at|came (?:in )?(?:at|to)|hit|rose|rises|grew|increased|fell|declined|decreased|dropped|climbed|expanded|surged|slowed|improved|reduced|narrowed|widened|up|down|by|to|of|at|about|nearly|over|more than|less than|some|around|almost|another|a|an|the|year[- ]on[- ]year|on year|an increase|a decrease|increase|decrease|rise|growth rate|average annual rate|respectively|registered|posted|recorded|from|with|for|in|and|or|also|than|less|real|nominal|annual)|[\s,:;()-])+$",
    re.IGNORECASE,
)
_EN_HEAD = re.compile(
    r"^(?:[\s,:;.()\"“”-]|(?:of which|among them|of the total|meanwhile|in addition|in terms of [\w ]+,|while|and|or|but|the|that|which|a|an|its|our|their|it|they|we|total|with|in|of|for|to|by|on|as|at|real|nominal|said|now|also|about|around|nearly|over|some|more than)(?![\w'-]))+",
    re.IGNORECASE,
)
#: What a name in English is the subject of.
_EN_VERB = re.compile(
    r"\s(?:is|are|was|were|has|have|had|will|would|could|now|rose|rises|grew|grows|fell|increased|improved|narrowed|widened|declined|decreased|dropped|climbed|expanded|surged|jumped|reached|stood|totaled|totalled|amounted|accounted|made|came|remained|averaged|continued)(?![\w'-])",
    re.IGNORECASE,
)
#: What is moved by somebody: cut Scope 1 emissions by 46%.
_EN_MOVED = re.compile(
    r"(?<![\w'-])(?:cut|reduce|lower|trim|increase|raise|lift|grow|expand|boost|double|bring)s?\s+(?P<what>[\w][\w' -]{2,50}?)\s+(?:by|to|from)(?![\w'-])[^,;]*$",
    re.IGNORECASE,
)
_EN_SCALE = re.compile(
    r"^(?:hundred|thousand|million|billion|trillion)(?![\w'-])\s*", re.IGNORECASE
)
_EN_EMPLOY = re.compile(
    r"(?<!\w)employ(?:s|ed|ing)?(?:\s+(?:more than|nearly|over|about|around|some|almost))?\s*$",
    re.IGNORECASE,
)
_EN_THAT = re.compile(r"(?:^|[\s,;])that\s+(?P<link>of|in|for|from)\s+(?P<what>[\w' -]{2,60})$")
#: What is left of a clause that names nothing.
_EN_NOTHING = re.compile(
    r"(?:it|they|this|these|those|that|which|whom|compared|including|accounting|following growth|growth|rate|quarter|month|year|last year|per share|half|"
    r"million\b.*|billion\b.*|covering|attracted|closed|aims?|source|granted)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Name:
    """The name of a figure, and the indicator of the table, if it has one."""

    text: str
    indicator: str = ""
    topic: str = ""
    is_sure: bool = False
    start: int = -1


def name_figures(
    text: str,
    language: str,
    figures: Sequence[Figure],
    indicators: Indicators,
    times: Sequence[Mention],
    sentences: Sequence[tuple[int, int]],
) -> list[Figure]:
    """Return the figures of a paragraph with names, and with the begin of their phrase."""
    known = indicators.named_in(text, language)
    result: list[Figure] = []
    last: Name | None = None
    earlier: Name | None = None
    first = last_time = 0
    sentence = iter(sentences)
    begin, stop = next(sentence)
    pending: list[str] = []
    for number, figure in enumerate(figures):
        while figure.start >= stop:
            begin, stop = next(sentence)
            last, pending = None, []
        while first < len(known) and known[first].start < figure.lead:
            first += 1
        here: list[Named] = []
        at = first
        while at < len(known) and known[at].start < figure.start:
            if known[at].end <= figure.start:
                here.append(known[at])
            at += 1
        while last_time < len(times) and times[last_time].start < figure.start:
            last_time += 1
        near = times[max(0, last_time - 4) : last_time]
        find = _chinese_name if language == "zh" else _english_name
        if not figure.in_list:
            pending = _listed(text, figures, number, language)
        industry = _of_industries(text, figure, begin, indicators, language)
        if industry is not None:
            result.append(
                _named(figure.having(comparison="share", of="地区生产总值"), industry, begin)
            )
            continue
        if pending:
            name = _of_list(pending.pop(0), indicators, language, figure)
        else:
            own = find(text, figure, here, indicators, near, stop)
            inherited = replace(last, start=_own_words(text, figure, near)) if last else Name("")
            if language == "en":
                own = _stands_for(text, figure, own, last or earlier) or own
            if not own and not last:
                inherited = _resort(text, figure, begin, near, earlier, language)
            name = own or inherited
        if not figure.in_list or pending:
            last = name if name.text else last
            earlier = last or earlier
        result.append(_named(figure, name, begin))
    return result


def _resort(
    text: str, figure: Figure, begin: int, times: Sequence[Mention], earlier: Name | None, language: str
) -> Name:  # fmt: skip
    """Return the name of a figure whose sentence names nothing: that of the sentence before.

    Only if it says nothing but a time and a movement, or "it"; a share is called by its whole.
    """
    if figure.comparison == "share" and figure.of not in ("", "the total", "总量"):
        return Name(figure.of)
    if earlier is None or figure.start - begin > _REACH:
        return Name("")
    lead = text[begin : figure.start]
    for mention in times:
        first, end = mention.start - begin, mention.end - begin
        if 0 <= first < end <= len(lead):
            lead = lead[:first] + " " * (end - first) + lead[end:]
    if language == "zh":
        rest = _HEAD.sub("", _TAIL.sub("", lead)).strip(" ,，")
    else:
        rest = _EN_HEAD.sub("", _EN_TAIL.sub("", lead)).strip(" ,")
    if rest and not _EN_NOTHING.fullmatch(rest):
        return Name("")
    return replace(earlier, is_sure=False, start=-1)


def _of_industries(
    text: str, figure: Figure, begin: int, indicators: Indicators, language: str
) -> Name | None:
    """Return the industry that a share of 1.3∶57.3∶41.4 is of; None if it is of other things."""
    if not figure.place or language != "zh":
        return None
    clause = re.split(r"[;；。]", text[max(begin, figure.start - 60) : figure.start])[-1]
    shares = re.findall(r"\d+(?:\.\d+)?", text[figure.start : figure.end])
    found = list(_INDUSTRIES.finditer(clause))
    if not found or len(shares) != 3 or _OF_OTHERS.search(clause, found[-1].end()):
        return None
    name = ("第一产业", "第二产业", "第三产业")[figure.place - 1]
    known = indicators.named_in(name, "zh")
    start = figure.start - len(clause) + found[-1].start()
    return Name(name, known[0].id if known else "", known[0].topic if known else "", True, start)


def _own_words(text: str, figure: Figure, times: Sequence[Mention]) -> int:
    """Return where the words of a figure begin that has its name from the one before it."""
    start = (
        max(figure.lead, figure.start - 24, *(mention.end for mention in times))
        if times
        else max(figure.lead, figure.start - 24)
    )
    lead = text[start : figure.start]
    kept = re.sub(r"^(?:大关|整数关口|关口|台阶)", "", lead.lstrip(" ,，;；、。:：()（）"))
    kept = kept.lstrip(" ,，;；、。:：()（）")
    return figure.start - len(kept)


def _named(figure: Figure, name: Name, begin: int) -> Figure:
    start = (
        name.start
        if begin <= name.start <= figure.start and figure.start - name.start <= 40
        else figure.start
    )
    return figure.having(
        name=name.text, indicator=name.indicator, topic=name.topic, phrase_start=start,
        phrase_end=figure.end,
        confidence=figure.confidence + (25 if name.indicator else 10 if name.is_sure else 0),
    )  # fmt: skip


def _listed(text: str, figures: Sequence[Figure], number: int, language: str) -> list[str]:
    """Return the names of a list whose values stand in a list behind it; none without one."""
    figure, values = figures[number], 1
    while number + values < len(figures) and figures[number + values].in_list:
        values += 1
    if values < 2:
        return []
    lead = text[max(figure.lead, figure.start - 160) : figure.start]
    if language == "zh":
        word = re.search(r"分别|依次|各为", lead)
        names = lead[: word.start()] if word else ""
        names = re.split(r"[。;；:：]", names)[-1]
        if "," in names and len(_LIST_SEPARATOR.split(names.split(",")[-1])) >= values:
            names = names.split(",")[-1]
        parts = [part for part in _LIST_SEPARATOR.split(names) if part.strip()]
    else:
        parts = [
            part
            for part in re.split(r",\s*(?:and\s+)?|\s+and\s+", re.split(r"[.;:]", lead)[-1])
            if part.strip()
        ]
        parts = [_EN_TAIL.sub("", part) for part in parts]
        parts = _with_heads([part for part in parts if part])
    if len(parts) < values:
        return []
    chosen = parts[-values:]
    if language == "zh":
        tail = re.search(
            r"(增加值|产量|投资|收入|消费价格|价格|零售额|出口|进口|人数|面积)$",
            _TAIL.sub("", chosen[-1]),
        )
        if tail:
            chosen = [p if p.endswith(tail.group(1)) else f"{p}{tail.group(1)}" for p in chosen]
    return [
        _HEAD.sub("", _TAIL.sub("", part)).strip() if language == "zh" else part.strip()
        for part in chosen
    ]


def _with_heads(parts: Sequence[str]) -> list[str]:
    """Return the parts of a list, "that of ..." with what it stands for."""
    result: list[str] = []
    for part in parts:
        that = re.match(r"that (?P<link>of|in|for|from) (?P<what>.+)", part)
        if that is not None and result:
            head = result[-1].split(f" {that['link']} ")[0]
            part = f"{head} {that['link']} {that['what']}"
        result.append(part)
    return result


def _of_list(text: str, indicators: Indicators, language: str, figure: Figure) -> Name:
    found = indicators.named_in(text, language)
    whole = next((n for n in found if n.start == 0 and n.end == len(text)), None)
    if language == "en":
        text = _EN_HEAD.sub("", text)
    short = text if len(text) <= _LONGEST else text[-_LONGEST:].partition(" ")[2] or text[-30:]
    return Name(short, whole.id if whole else "", whole.topic if whole else "", True, -1)


def _chinese_name(
    text: str, figure: Figure, here: Sequence[Named], indicators: Indicators,
    times: Sequence[Mention], stop: int,
) -> Name | None:  # fmt: skip
    start = max(figure.lead, figure.start - _REACH)
    lead = text[start : figure.start]
    clause_at = max(lead.rfind("。"), lead.rfind(";"), lead.rfind("；"), -1) + 1
    if figure.kind != "rank" and _COUNTS.search(figure.unit):
        behind = _BEHIND.match(text[figure.end : min(stop, figure.end + 26)])
        noun = _BEHIND_END.sub("", behind.group()) if behind else ""
        before = _noun(lead[clause_at:], times, start + clause_at)
        if len(noun) >= 2 and not (before and before[0].endswith(("产品", "总数", "数量", "数"))):
            found = indicators.named_in(noun, "zh")
            last = found[-1] if found else None
            exact = last if last is not None and last.end == len(noun) else None
            return Name(
                noun, exact.id if exact else "", (last.topic if last else ""), True, figure.start
            )
    if here:
        last = here[-1]
        phrase = _noun(
            text[max(figure.lead, last.start - 24) : last.end],
            times,
            max(figure.lead, last.start - 24),
        )
        whole = text[last.start : last.end]
        longer = phrase[0] if phrase and phrase[0].endswith(whole) else whole
        longer = _VERB.sub("", longer) if len(_VERB.sub("", longer)) >= len(whole) else longer
        is_exact = longer == whole or re.fullmatch(
            r"(?:全[市省区县国]|我[市省区]|规模以上)?" + re.escape(whole), longer
        )
        return Name(
            longer if not is_exact else whole,
            last.id if is_exact else "",
            last.topic,
            True,
            last.end - len(longer),
        )
    found_noun = _noun(lead[clause_at:], times, start + clause_at)
    if found_noun:
        return Name(found_noun[0], "", "", False, found_noun[1])
    return None


def _noun(lead: str, times: Sequence[Mention], offset: int) -> tuple[str, int] | None:
    """Return the noun phrase that a lead ends with, and where it begins."""
    body = _TAIL.sub("", lead)
    at = max(body.rfind(sign) for sign in ",，:：。;；") + 1
    noun = body[at:]
    for mention in times:
        if offset + at <= mention.start < offset + len(body):
            cut = mention.end - offset - at
            if 0 < cut <= len(noun):
                kept = noun[cut:]
                at, noun = at + cut, kept
                break
    stripped = _VERB.sub("", _HEAD.sub("", noun))
    at += len(noun) - len(stripped)
    stripped = stripped[-30:]
    at = max(at, len(body) - len(stripped))
    if (
        stripped in _NO_NAMES
        or len(stripped) < 2
        or not re.search(r"[\u4e00-\u9fffA-Za-z]{2}", stripped)
    ):
        return None
    return stripped, offset + at


def _english_name(
    text: str, figure: Figure, here: Sequence[Named], indicators: Indicators,
    times: Sequence[Mention], stop: int,
) -> Name | None:  # fmt: skip
    if figure.kind != "rank" and _COUNTS.search(figure.unit):
        tail = re.search(r"[A-Za-z][A-Za-z' &/-]*$", text[figure.start : figure.end])
        noun = _EN_SCALE.sub("", tail.group()).strip() if tail else ""
        if noun == "people" and _EN_EMPLOY.search(text[figure.lead : figure.start]):
            noun = "employees"
        if noun and noun != "people":
            found = indicators.named_in(noun, "en")
            exact = found[-1] if found and found[-1].end == len(noun) else None
            return Name(
                noun, exact.id if exact else "", exact.topic if exact else "", True, figure.start
            )
    if here:
        last = here[-1]
        return Name(text[last.start : last.end], last.id, last.topic, True, last.start)
    phrase = _english_noun(text, figure, times)
    return Name(phrase[0], "", "", False, phrase[1]) if phrase is not None else None


def _english_noun(text: str, figure: Figure, times: Sequence[Mention]) -> tuple[str, int] | None:
    """Return the noun phrase of the clause before a figure, and where it begins."""
    start = max(figure.lead, figure.start - _REACH)
    while figure.lead < start < figure.start and text[start - 1].isalnum():
        start += 1
    lead = text[start : figure.start]
    for mention in times:
        first, last = max(0, mention.start - start), mention.end - start
        if 0 < last <= len(lead):
            lead = lead[:first] + " " * (last - first) + lead[last:]
    lead = _EN_TAIL.sub("", lead)
    at = max(lead.rfind(sign) for sign in ",;:.()") + 1
    moved = _EN_MOVED.search(text[start : figure.end])
    if moved is not None and moved.start() >= at:
        return _EN_HEAD.sub("", moved["what"]), start + moved.start("what")
    clause = lead[at:]
    verb = _EN_VERB.search(clause, 3)
    subject = _EN_TAIL.sub("", clause[: verb.start()]) if verb is not None else clause
    noun = _EN_HEAD.sub("", subject)
    if len(noun) < 3 or _EN_NOTHING.fullmatch(noun) or not re.search(r"[A-Za-z]{3}", noun):
        return None
    begin = at + len(subject) - len(noun)
    words = re.split(r"\s+", noun.strip())
    if len(words) > 6:
        begin += noun.rfind(words[-6])
    return " ".join(words[-6:]), start + begin


def _stands_for(text: str, figure: Figure, name: Name | None, last: Name | None) -> Name | None:
    """Return the name of what "that of ..." and "that in ..." mean, from the name before it."""
    words = _EN_TAIL.sub("", text[max(figure.lead, figure.start - _REACH) : figure.start])
    that = _EN_THAT.search(words)
    if that is None or last is None or (name is not None and name.indicator):
        return None
    head = last.text.split(f" {that['link']} ")[0]
    told = f"{head} {that['link']} {_EN_HEAD.sub('', that['what']).strip()}"
    start = figure.start if name is None else name.start
    return Name(told, "", last.topic, True, start)
