"""Figures in Chinese prose: numbers with scale and unit, bounds, directions, lists, ranks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from generator.extraction.figures import Figure, Leftover
from generator.extraction.periods import Mention
from generator.model.bound import Bound
from generator.model.fact import ComparisonKind, Kind
from generator.model.unit import UNIT_NAMES, find_unit

_ALIASES = {
    "元人民币": "元", "人民币": "元", "美金": "美元", "港币": "港元", "平米": "平方米", "㎡": "平方米",
    "km2": "平方公里", "平方千米": "平方公里", "标箱": "标准箱", "个标准箱": "标准箱", "个国家": "个", "个小时": "小时", "个季度": "季度",
    "kWh": "千瓦时", "个工作日": "天", "国家": "个", "km": "公里", "大": "个", "个百分点": "个百分点",
    "岁": "岁", "分贝": "分贝", "微克每立方米": "微克/立方米", "元每吨": "元/吨", "°C": "℃", "μg/m3": "微克/立方米",
    "EFLOPS": "EFLOPS", "MW": "兆瓦", "GW": "吉瓦", "kW": "千瓦", "MWh": "兆瓦时", "公斤/人": "公斤",
    "个点": "个百分点", "pct": "%", "个地级市": "个", "余": "", "个千分点": "‰",
}  # fmt: skip
_NAMES = sorted(
    ({*UNIT_NAMES, *_ALIASES} - {"月", "年", "余", "日", "线", "班", "路"}), key=len, reverse=True
)
_NOT_AFTER = {
    "分": "别之享布为成管", "单": "位元独个", "本": "科级土地市次年年", "部": "门分委队", "区": "域间",
    "市": "场民值", "级": "别", "点": "半整", "位": "于列居置", "条": "件", "种": "植业", "家": "庭电具居",
    "名": "单牌义", "期": "间货末望", "人": "均民", "元": "宇器旦素", "大": "于学专多部", "次": "日年新级品数",
    "户": "籍外", "米": "粉面", "站": "位", "国": "家内际有道务企资外", "支": "持出付撑", "台": "湾风账州",
    "场": "景馆所均", "批": "发准复", "类": "型", "件": "均", "亩": "均", "处": "于在理", "对": "外口于", "组": "成织建",
    "校": "友", "机": "器", "园": "区林", "口": "岸", "店": "铺", "股": "份权东", "间": "接", "层": "次", "轮": "动",
    "匹": "配", "间断": "", "张": "江家", "秒": "", "倍": "增", "周": "年边", "天": "然气", "克": "服", "升": "级至到为",
    "起": "步草源到至", "例": "如", "队": "伍", "列": "全第", "床": "", "项": "", "片": "", "份": "额", "院": "士校", "厂": "房商",
    "P": "M",
}  # fmt: skip
_UNIT = "|".join(
    re.escape(name) + (f"(?![{_NOT_AFTER[name]}])" if _NOT_AFTER.get(name) else "")
    + ("(?![A-Za-z])" if name[-1].isascii() and name[-1].isalpha() else "")
    for name in _NAMES
)  # fmt: skip
_SCALE = r"(?:万亿|千亿|百亿|十亿|亿|千万|百万|十万|万|千(?![瓦克米伏卡])|百(?![分]))"
_NUMERAL = r"(?P<sign>(?<![A-Za-z\d%)）])[-+])?(?<![\dA-Za-z./])(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
_QUANTITY = re.compile(
    rf"{_NUMERAL}\s?(?P<in1>[余多])?\s?(?P<scale>{_SCALE})?\s?(?P<in2>[余多])?\s?(?P<unit>{_UNIT})?"
)
#: Chinese numerals: only what is sure to count something.
_IN_WORDS = re.compile(
    r"(?P<tenths>[一二两三四五六七八九]成半?)(?![立为长员交果熟功本就品分套绩语])"
    r"|(?P<half>(?<=[过近超])半(?=[^年天月导径岛数])|(?:过|近|超)?半数(?:以上)?)"
    r"|(?P<double>(?:翻了?(?:[一两三])?番))"
    r"|百分之(?P<pct>[一二三四五六七八九十百]{1,6})"
    rf"|(?P<cn>[一二两三四五六七八九十百千零]{{1,7}})(?P<cin1>[余多])?(?P<cscale>万亿|千亿|百亿|亿|千万|百万|万)?(?P<cin2>[余多])?(?P<cunit>{_UNIT})"
)
_DIGIT = dict(zip("零一二两三四五六七八九", (0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_SOLID = {
    "家",
    "名",
    "所",
    "座",
    "艘",
    "架",
    "辆",
    "户",
    "期",
    "倍",
    "元",
    "美元",
    "人",
    "吨",
    "公里",
    "亩",
    "%",
    "人次",
    "平方米",
    "平方公里",
}
_SOLID_SMALL = {"名", "所", "座", "艘", "架", "辆", "倍"}

_BEFORE_BOUND = re.compile(
    r"(?:不低于|不少于|不小于|不超过|不高于|不多于|不足|不到|超过|超出|突破|接近|将近|大约|约为|大致|至少|至多|高于|低于|大于|小于|多于|少于|冲破|未满|[超逾近约])"
    r"(?:了|达到?|为)?\s?$"
)
_NO_BOUND = re.compile(
    r"(?:最近|附近|临近|邻近|靠近|新近|远近|节约|签约|合约|预约|公约|履约|违约|特约|集约|契约|条约|赶超|反超)$"
)
_AFTER_BOUND = re.compile(r"\s?(?:及以上|及以下|以上|以下|左右|上下|以内|之内)")
_FILL = r"(?:了|为|是|约为|达到?|将近|接近|大约|超过|不足|不到|突破|至少|[约近超逾达])"
_RISES = "增长|上升|提高|增加|提升|上涨|扩大|加快|回升|攀升|上调|多增|净增|新增|增|升|高|快|涨|多"
_FALLS = "负增长|下降|减少|回落|下滑|降低|下跌|收窄|缩小|放缓|减缓|萎缩|少增|下调|缩减|缩短|下行|降幅|跌幅|降|跌|减|低|慢|少"
_DIRECTION = re.compile(rf"(?P<word>{_FALLS}|{_RISES})(?:幅度?)?{_FILL}{{0,3}}\s?$")
_FALL_RATE = re.compile(
    r"(?P<word>(?:降幅|跌幅|减幅)[^,，。；;]{0,12}?(?:收窄|缩小|减小|扩大|加深)?(?:至|到|为|达到?))(?:了|约|近|超过?)?\s?$"
)
_LESS_FALL = re.compile(
    r"(?:降幅|跌幅|逆差|减幅|负增长)[^,，。；;]{0,16}?(?:收窄|缩小|减小|回升|改善)\s?$"
)
_MORE_FALL = re.compile(r"(?:降幅|跌幅|减幅)[^,，。；;]{0,16}?(?:扩大|加深)\s?$")
_GAP = re.compile(
    r"(?:(?P<above>高于|快于|高出|领先|好于|优于|高过|超过|超出|多于)|(?P<below>低于|慢于|落后于?))(?P<of>[^,，;；。\d]{0,24}?)\s?(?:约|近)?$"
)
_GAP2 = re.compile(
    r"比(?P<of>[^,，;；。\d]{1,24}?)(?P<word>高|快|多|低|慢|少)(?:出|了)?(?:约|近)?\s?$"
)
_RANK = re.compile(
    r"第\s?(?P<n>\d{1,3}|[一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九])(?P<unit>[位名])?"
    r"(?![次届批期季轮章条项个家代类种产方梯线三步年版阶课人医中小实人百大线只支部编产集者者党站师]|一|书记)"
)
_RANKING = re.compile(
    r"(?:位居|居于|居|位列|名列|列|排名|排在|排|位次|跃居|升至|升到|上升至|上升到|跃升至|跃至|提升至|提升到|进至|前移至|蝉联|保持|稳居|跻身|夺得|获得|获|取得|荣获|位于|名次|占据|位)"
    r"(?P<scope>[^,，。;；\d]{0,16})$"
)
_SCOPE = re.compile(
    r"(?P<scope>(?:全国|全省|全市|全区|全球|世界|国内|省内|市内|区内|亚洲|中西部|长三角|全县|同行业|[\u4e00-\u9fff]{2,6}(?:省|市|区|县|地区))(?:[\u4e00-\u9fff]{0,10}?)?)(?:中)?$"
)
_FIRST = re.compile(
    r"(?P<verb>[位名]?[居列]|位居|名列|排名|稳居|占据|保持|跃居)(?P<scope>[^,，。;；\d]{0,12}?)(?P<n>首位|榜首)"
)
_OLD_RANK = re.compile(r"(?:由|从)[^,，。;；]{0,14}$")
_ORDINAL = re.compile(r"第\s?(?P<n>\d{1,3}|[一二三四五六七八九十]{1,3})(?P<unit>次|届|批|期|轮)")
_STREAK = re.compile(r"连续(?P<n>\d{1,3})\s?(?P<unit>个月|个季度|年|次|届|天|个交易日|周|期)")
_RATIO = re.compile(r"(?<![\d:∶])\d+(?:\.\d+)?(?:\s?[:∶]\s?\d+(?:\.\d+)?){1,5}(?![\d:∶])")
_INDEX = re.compile(
    r"(?:指数|PMI|得分|评分|分值|总分|景气度|系数|之比|收入比|比值|贡献度|弹性)(?:[^,，。;；\d]{0,14}?)(?:为|达到?|是|至|报|收于|升至|降至|[:：])\s?$"
)
_INDEX_ALONE = re.compile(r"(?:指数|PMI|得分|评分|总分|收入比|比值)\s?$")

_SHARE = re.compile(
    r"(?:占(?P<of>[^,，。;；\d]{0,30}?)(?:的?(?:比重|份额|比例|比)[^,，。;；\d]{0,8}?|的\s?)?|(?:占比|占比重|比重|份额|比例|占有率|覆盖率|普及率|渗透率)[^,，。;；\d]{0,10}?)"
    r"(?:分别)?(?:为|达到?|是|升至|提高到|提升至|上升至|上升到|降至|约为|超过?|近|约)*\s?$"
)
_CONTRIBUTION = re.compile(r"贡献率[^,，。;；\d]{0,10}$|贡献了?[^,，。;；\d]{0,6}$")
_PULL = re.compile(r"(?:拉动|贡献|影响)[^,，。;；\d]{0,24}$")
_AVERAGE = re.compile(
    r"(?:年均|两年平均|三年平均|年平均|平均每年|平均)(?:名义|实际)?(?:增长|增速|递增|增|下降)?[^,，。;；\d]{0,8}$"
)
_YOY = re.compile(r"同比|比上年|较上年|比去年|较去年|与上年同期|比上一年")
_QOQ = re.compile(r"环比|比上月|较上月|比上季度|较上季度|比上个月|比一季度|比二季度|比三季度|比1")
_AGAINST = re.compile(
    r"[比较](?P<of>(?:(?:19|20)\d\d年|[^,，。;；]{1,8}?)(?:末|初|底)?)(?:增|提|下|上|减|回|扩|收|加)"
)
_TARGET = re.compile(
    r"力争|目标|预期|计划|规划|争取|确保|将达|将突破|将超|拟|预计|有望|要达到|达到以上|将增|将新|将建|将实现|将完成|安排"
)
_NO_TARGET = re.compile(
    r"(?:高于|超过|低于|好于|完成)[^,，]{0,8}目标|预期指数|预期寿命|的预期目标|的目标|计划单列|预期值|规划面积|计划生育|安排就业"
)
_AIMED_AT = re.compile(r"(?:左右|以上|以内)?的?(?:年度|全年)?(?:预期目标|预期值|目标值|目标)")
_DONE = re.compile(
    r"完成(?:年度|全年)?(?:计划|目标|任务)|超额|超过[^,，。]{0,6}预期|目标任务的|圆满|实现了?[^,，。]{0,6}目标|符合预期|超预期|好于预期"
)
_AIM_SENTENCE = re.compile(
    r"^(?:[^。]{0,40})(?:主要预期目标|预期目标|发展目标|目标是|目标为|主要目标)"
)

_MASKS = re.compile(
    r"https?://\S+|www\.\S+|\S{1,64}@\S+"
    r"|[〔\[（(](?:19|20)\d\d[〕\])）]\s?\d*\s?号?|\d+\s?号(?:线|楼|院|文|令|公告|馆|机|门|台风)?"
    r"|(?:世界|全球|中国|全国|民营|企业|制造业|服务业|软件|电子|国内|央企)*\d+\s?强(?:企业)?|前\s?\d+\s?(?:强|名|位)|[Tt][Oo][Pp]\s?\d+"
    r"|从?\s?[“\"]?0[”\"]?\s?到\s?[“\"]?[1１][”\"]?|从\s?[“\"]?1[”\"]?\s?到\s?[“\"]?(?:10|N|100)[”\"]?"
    r"|\d+(?:\.\d+)?版|\d{1,2}\.\d{1,2}\.\d{1,2}|\d{1,2}[:：]\d{2}(?:[:：]\d{2})?|\d{1,2}时(?:\d{1,2}分)?(?!间)"
    r"|\d+\s?[×xX*]\s?\d+(?:小时)?|\d{3,4}-\d{7,8}|(?<!\d)1\d{10}(?!\d)|\d+\s?\+\s?[\dNnXx](?:\s?\+\s?[\dNnXx])*"
    r"|[(（]\d{1,2}[)）]|(?:表|图|附件|附表|专栏|注)\s?\d+(?:[-—]\d+)?|第\s?\d+\s?(?:页|章|条|节|款|号|届|期|版|批|轮|季|产业|代|颗)"
    r"|双\s?1[12]|6·?18|\d{1,2}·\d{1,2}|24小时|7天24小时|\d+线城市|[四三]线|5A级?|4A级?|3A级?|[ABC]\d+"
    r"|\d+\s?(?:级|类)(?:地震|大风|甲等|保护|城市|响应|资质|以上大风)|\d+后(?!续)|“?\d+”?(?:工程|计划|行动(?!计)|战略|政策|模式|体系|平台|战法|法则|现象|经济圈|生活圈|交通圈|集群)"
)
_FRACTION = re.compile(
    r"[一二三四五六七八九十]{1,2}分之[一二三四五六七八九十]{1,2}|(?<![\d./])\d{1,2}/\d{1,2}(?![\d/])"
)
_QUOTED = re.compile(r"[“\"‘《][^”\"’》\n]{0,40}[”\"’》]")
_QUANTITY_IN_QUOTES = re.compile(r"\d(?:[^”\"’》]{0,3})(?:%|亿|万|个百分点)")
_AGE = re.compile(r"(?P<a>\d+)(?:\s?[-—~至]\s?\d+)?\s?周?岁(?:及)?(?:以上|以下|以内|组)?")
_AGE_LIMIT = re.compile(r"\d+\s?周岁以下$")
_LIFE = re.compile(r"(?:寿命|年龄|平均)[^,，。;；]{0,10}$")
_PER = re.compile(
    r"每\s?\d*\s?(?:[百千万亿]+)?\s?(?:名|个|位)?(?:人口|人|户|平方公里|亩|元|公里|辆|张|家|吨|平方米|件|千瓦时|股|劳动者|立方米)"
)
_QUALIFIER = re.compile(
    r"^(?:及以上|以上|以下|及以下|以内)(?:的)?(?:常住|单位|规模|工业|服务业|企业|大|项目|人口|老年|法人|网络|投资|高|独角|重|产业|重点|区域|的|城市|学历|人才|文化|高技术|贫困|居民|地区)"
)
_DAY = re.compile(r"(?<!\d)\d{1,2}\s?日(?!均|元|产|处理|常)")
_YEARS = re.compile(r"\d{1,3}\s?年(?:期|来|间|以上|以来|内|行动|规划|计划|前|后|历史|级)?")
_YEAR_ALONE = re.compile(r"(?:19|20)\d\d")
_LATIN_AFTER = re.compile(r"[A-Za-z]")
_ITEM_NUMBER = re.compile(r"^\s?(?:[(（]?\d{1,2}[)）.．、])")
_VAGUE = re.compile(
    r"(?:数|几|上|好几|成)(?P<n>[十百千万亿]+)(?P<unit>余|多)?(?:[家名个人户项元件次种所座亩吨米台辆])"
)


@dataclass(slots=True)
class ChineseFigures:
    """The figures of one paragraph, in order, and what was left over."""

    text: str
    found: list[Figure]
    left: list[Leftover]


def read_chinese(
    text: str, times: Sequence[Mention], sentences: Sequence[tuple[int, int]]
) -> ChineseFigures:
    """Return the figures of a paragraph of plain text (see ``article.plain``)."""
    return _Reader(text, times, sentences).read()


@dataclass(frozen=True, slots=True)
class _Raw:
    """A number with its unit, before it is known what it says."""

    start: int
    end: int
    number: Decimal
    scale: str
    unit: str
    inside: bool
    sign: str = ""
    in_words: bool = False
    rank: str = ""
    kind: Kind = "figure"
    ratio: tuple[int, int] | None = None
    place: int = 0


class _Reader:
    def __init__(
        self, text: str, times: Sequence[Mention], sentences: Sequence[tuple[int, int]]
    ) -> None:
        self.text = text
        self.sentences = sentences
        self.busy = bytearray(len(text) + 1)
        self.left: list[Leftover] = []
        for mention in times:
            self._take(mention.start, mention.end)

    def _take(self, start: int, end: int) -> None:
        self.busy[start:end] = b"\x01" * (end - start)

    def _is_taken(self, start: int, end: int) -> bool:
        return 1 in self.busy[start:end]

    def read(self) -> ChineseFigures:
        raws = [*self._special()]
        self._mask()
        raws += self._plain()
        raws += self._words()
        raws.sort(key=lambda raw: raw.start)
        raws = self._shared_units(raws)
        figures = self._figures(raws)
        self.left.sort(key=lambda left: left.start)
        return ChineseFigures(self.text, figures, self.left)

    def _special(self) -> Iterator[_Raw]:
        """Yield ranks, ordinals, streaks and the parts of ratios, and take their places."""
        text = self.text
        for match in _FIRST.finditer(text):
            if not self._is_taken(*match.span("n")):
                self._take(*match.span("n"))
                scope = match["scope"].strip("了于在") or _scope_before(text, match.start("verb"))
                yield _Raw(
                    *match.span("n"), Decimal(1), "", "位", False, rank=scope or "同类", kind="rank"
                )
        for match in _RANK.finditer(text):
            if self._is_taken(*match.span()):
                continue
            before = text[max(0, match.start() - 24) : match.start()]
            ranking, scope = _RANKING.search(before), _SCOPE.search(before)
            if not (ranking or scope or match["unit"] == "位"):
                continue
            if (
                match["unit"] is None
                and not ranking
                and re.match(r"[\u4e00-\u9fff]", text[match.end() : match.end() + 1])
                and not re.match(r"[的和、及与]", text[match.end() : match.end() + 1])
            ):
                continue
            self._take(*match.span())
            if _OLD_RANK.search(before) and re.search(
                r"(?:升|进|跃|前移|降|提)", text[match.end() : match.end() + 8]
            ):
                continue
            where = (ranking["scope"] if ranking else "") or (scope["scope"] if scope else "")
            yield _Raw(*match.span(), Decimal(_chinese(match["n"])), "", "位", False,
                       rank=_clean_scope(where) or "同类", kind="rank")  # fmt: skip
        for match in _STREAK.finditer(text):
            if not self._is_taken(*match.span()):
                self._take(*match.span())
                unit = {"个交易日": "天", "个季度": "季度"}.get(match["unit"], match["unit"])
                yield _Raw(*match.span(), Decimal(match["n"]), "", unit, False, in_words=True)
        for match in _ORDINAL.finditer(text):
            if self._is_taken(*match.span()):
                continue
            self._take(*match.span())
            if match["unit"] == "次" and re.match(
                r"(?:获|摘|入选|登|荣|蝉联|夺|成为|跻身|被|捧|问鼎|荣获|当选)",
                text[match.end() : match.end() + 3],
            ):
                yield _Raw(
                    *match.span(),
                    Decimal(_chinese(match["n"])),
                    "",
                    "次",
                    False,
                    kind="ordinal",
                    in_words=True,
                )
        for match in _RATIO.finditer(text):
            if self._is_taken(*match.span()):
                continue
            parts = list(re.finditer(r"\d+(?:\.\d+)?", match.group()))
            total = sum(Decimal(part.group()) for part in parts)
            if not (99 <= total <= 101):
                continue
            self._take(*match.span())
            for number, part in enumerate(parts, 1):
                yield _Raw(
                    match.start() + part.start(),
                    match.start() + part.end(),
                    Decimal(part.group()),
                    "",
                    "%",
                    False,
                    in_words=True,
                    ratio=match.span(),
                    place=number,
                )

    def _mask(self) -> None:
        """Take the places of numbers that count nothing: names, dates, ages, thresholds."""
        text = self.text
        number = _ITEM_NUMBER.match(text)
        if number is not None and not re.match(r"\d", text[number.end() : number.end() + 1]):
            self._take(*number.span())
        for match in _FRACTION.finditer(text):
            if not self._is_taken(*match.span()):
                self._take(*match.span())
                self.left.append(Leftover(*match.span(), "a fraction"))
        for match in _MASKS.finditer(text):
            self._take(*match.span())
        for match in _QUOTED.finditer(text):
            inside = match.group()
            is_title = inside[0] == "《"
            if (
                re.search(r"\d", inside)
                and len(inside) <= 24
                and not re.search(r"[,，。]", inside)
                and not _QUANTITY_IN_QUOTES.search(inside)
            ) or is_title:
                self._take(*match.span())
        for match in _AGE.finditer(text):
            if _AGE_LIMIT.match(match.group()) and not text.startswith("人口", match.end()):
                continue
            if not _LIFE.search(text[max(0, match.start() - 14) : match.start()]):
                self._take(*match.span())
        for match in _PER.finditer(text):
            self._take(*match.span())
        for pattern in (_DAY, _YEARS):
            for match in pattern.finditer(text):
                if not self._is_taken(*match.span()):
                    self._take(*match.span())
        for match in _VAGUE.finditer(text):
            if not self._is_taken(*match.span()):
                self._take(*match.span())
                self.left.append(Leftover(*match.span(), "a number left open"))

    def _plain(self) -> Iterator[_Raw]:
        text = self.text
        for match in _QUANTITY.finditer(text):
            start = match.start("sign") if match["sign"] else match.start("digits")
            if self._is_taken(match.start("digits"), match.end("digits")):
                continue
            unit = match["unit"] or ""
            end = match.end()
            if not unit and not match["scale"]:
                end = match.end("digits")
                if _LATIN_AFTER.match(text[end : end + 1]):
                    continue
            if unit == "大" and (
                match["scale"]
                or "." in match["digits"]
                or not re.match(r"[\u4e00-\u9fff]", text[end : end + 1])
            ):
                continue
            if unit == "大" and re.match(r"(?:院校|高校|大学|学校)", text[end : end + 2]):
                unit = "所"
            inside = bool(match["in1"] or match["in2"])
            symbol = _ALIASES.get(unit, unit)
            if unit == "度":
                symbol = "千瓦时"
            yield _Raw(
                start,
                end,
                Decimal(match["digits"].replace(",", "")),
                match["scale"] or "",
                symbol,
                inside,
                match["sign"] or "",
            )

    def _words(self) -> Iterator[_Raw]:
        text = self.text
        for match in _IN_WORDS.finditer(text):
            if self._is_taken(*match.span()) or text[max(0, match.start() - 1) : match.start()] in (
                "第",
                "几",
                "数",
                ".",
            ):
                continue
            if match["tenths"]:
                value = Decimal(
                    _DIGIT[match["tenths"][0]] * 10 + (5 if match["tenths"].endswith("半") else 0)
                )
                yield _Raw(*match.span(), value, "", "%", False, in_words=True)
            elif match["half"]:
                start = match.start() + (1 if match["half"][0] in "过近超" else 0)
                end = (
                    match.start()
                    + match["half"].index("半")
                    + (2 if "半数" in match["half"] else 1)
                )
                yield _Raw(start, end, Decimal(50), "", "%", False, in_words=True)
            elif match["double"]:
                times = _DIGIT.get(match["double"][-2], 1) if match["double"][-2] in "一两三" else 1
                yield _Raw(
                    *match.span(), Decimal(100 * (2**times - 1)), "", "%", False, in_words=True
                )
            elif match["pct"]:
                yield _Raw(
                    *match.span(), Decimal(_chinese(match["pct"])), "", "%", False, in_words=True
                )
            else:
                found = self._counted(match)
                if found is not None:
                    yield found

    def _counted(self, match: re.Match[str]) -> _Raw | None:
        """Return a Chinese numeral with a unit if it is sure to be an amount."""
        numeral, unit = match["cn"], match["cunit"]
        text, start, end = self.text, match.start(), match.end()
        symbol = _ALIASES.get(unit, unit)
        follows = text[end : end + 1]
        inside = bool(match["cin1"] or match["cin2"])
        before = text[max(0, start - 1) : start]
        if unit == "期":
            if not (numeral != "一" and re.match(r"(?:项目|工程|建设)", text[end : end + 2])):
                return None
        elif match["cscale"] or inside:
            if symbol not in _SOLID and symbol not in (
                "个",
                "项",
                "件",
                "次",
                "千瓦时",
                "立方米",
                "公顷",
                "台",
                "条",
                "种",
                "款",
                "位",
            ):
                return None
        elif len(numeral) >= 2 and numeral[-1] not in "百千" and numeral[0] not in "百千":
            if symbol not in _SOLID and symbol not in ("个", "项", "件", "次", "台", "条", "位"):
                return None
        elif (
            numeral in ("两", "二", "三", "四", "五", "六", "七", "八", "九", "十")
            and symbol in _SOLID_SMALL
        ):
            if follows in ("", "以", "之", "其", "来") or before in (
                "前",
                "头",
                "这",
                "后",
                "上",
                "下",
                "有",
                "无",
            ):
                return None
            if symbol == "家" and numeral in "两十":
                return None
        else:
            is_name = numeral == "三" and self.text.startswith("次产", end - 1)
            if (
                not is_name
                and numeral not in ("一", "百", "千", "十", "两")
                and symbol
                in (
                    "个",
                    "项",
                    "家",
                    "大",
                    "种",
                    "条",
                    "件",
                    "次",
                    "名",
                    "户",
                    "位",
                    "座",
                )
            ):
                self.left.append(Leftover(start, end, "a small number in words"))
            return None
        if numeral in ("一", "百", "千", "万", "千百", "百千") and not match["cscale"]:
            return None
        if numeral[-1] in "百千" and numeral[0] in "百千":
            return None
        return _Raw(
            start,
            end,
            Decimal(_chinese(numeral)),
            match["cscale"] or "",
            symbol,
            inside,
            in_words=True,
        )

    def _shared_units(self, raws: list[_Raw]) -> list[_Raw]:
        """Give numbers without a unit that of the list or range that they begin."""
        result = list(raws)
        for number in range(len(result) - 2, -1, -1):
            raw, after = result[number], result[number + 1]
            between = self.text[raw.end : after.start]
            if raw.unit == "个" and after.unit.endswith("百分点") and between in ("和", "、", "与"):
                end = raw.end
                result[number] = _Raw(raw.start, end, raw.number, "", after.unit, False, raw.sign)
                continue
            if raw.unit or not after.unit or after.rank:
                continue
            if re.fullmatch(r"\s?(?:[、,和与及至到~-]|以及|—+|–|,?和)\s?", between):
                if raw.scale:
                    result[number] = _Raw(
                        raw.start, raw.end, raw.number, raw.scale, after.unit, raw.inside, raw.sign
                    )
                else:
                    result[number] = _Raw(
                        raw.start,
                        raw.end,
                        raw.number,
                        after.scale,
                        after.unit,
                        raw.inside,
                        raw.sign,
                    )
        return result

    # what the numbers say

    def _figures(self, raws: Sequence[_Raw]) -> list[Figure]:
        figures: list[Figure] = []
        sentence = iter(self.sentences)
        begin, stop = next(sentence)
        previous_end = begin
        previous: Figure | None = None
        previous_raw: _Raw | None = None
        for position, raw in enumerate(raws):
            while raw.start >= stop:
                begin, stop = next(sentence)
                previous_end, previous, previous_raw = begin, None, None
            following = raws[position + 1] if position + 1 < len(raws) else None
            figure = self._figure(raw, begin, stop, previous_end, previous, previous_raw, following)
            if isinstance(figure, Figure):
                figures.append(figure)
                previous, previous_raw = figure, raw
                previous_end = figure.end
            elif figure:
                self.left.append(Leftover(raw.start, raw.end, figure))
                previous_end = raw.end
            elif figure is not None:
                previous_end = raw.end
        return figures

    def _figure(
        self, raw: _Raw, begin: int, stop: int, lead_start: int, previous: Figure | None,
        previous_raw: _Raw | None, following: _Raw | None,
    ) -> Figure | str | None:  # fmt: skip
        """Return the figure that a number is, or why it is none; "" if that needs no telling.

        None is for a number that only says which things are counted: the words around it belong
        to the figure behind it.
        """
        text = self.text
        lead = text[lead_start : raw.start]
        near = lead[-60:]
        if raw.kind == "rank":
            return Figure(raw.start, raw.end, raw.number, "位", kind="rank", comparison="rank",
                          of=raw.rank, lead=lead_start)  # fmt: skip
        if raw.kind == "ordinal":
            return Figure(raw.start, raw.end, raw.number, raw.unit, kind="ordinal", lead=lead_start)
        if raw.ratio is not None:
            return self._share_of_ratio(raw, raw.ratio, begin, stop, lead_start)
        unit = raw.unit
        in_list = self._continues(lead, previous, previous_raw)
        if not unit:
            unit = self._unit_of_bare(raw, text[max(begin, raw.start - 60) : raw.start])
            if not unit:
                return (
                    ""
                    if _YEAR_ALONE.fullmatch(text[raw.start : raw.end])
                    else "a number without a unit"
                )
        symbol = _symbol(raw.scale, unit)
        if symbol is None:
            return f'the unit "{raw.scale}{unit}" is not known'
        after = text[raw.end : stop]
        if self._is_old(near, after, raw):
            return ""
        if self._is_qualifier(after, following, raw, stop):
            return None
        start, end, bound = raw.start, raw.end, Bound.OVER if raw.inside else Bound.EXACT
        range_bound = self._range(raw, previous_raw, following, near)
        if in_list and range_bound is None and lead.strip() in ("至", "到"):
            in_list = False
        if range_bound is not None and raw.unit:
            bound = range_bound
            if bound is Bound.AT_MOST and previous_raw is not None:
                start = previous_raw.start
            elif following is not None:
                end = following.end
        elif bound is Bound.EXACT:
            start, end, bound = self._bounds(raw, near, unit)
        if range_bound is None and raw.unit != "":
            end = self._list_end(raw, following, end)
        words = text[max(lead_start, start - 60) : start]
        comparison, of = self._comparison(words, unit, begin, raw, previous, in_list)
        sign, span = self._direction(words, unit, raw, comparison)
        number = raw.number
        if sign < 0 or (raw.sign == "-"):
            number = -abs(number)
            start = min(start, start - span) if raw.sign != "-" else raw.start
        if in_list and previous is not None and span == 0 and raw.sign != "-":
            if previous.number < 0:
                number = -abs(number)
                start = previous.start
            comparison = comparison or previous.comparison
            of = of or previous.of
        kind: Kind = "figure"
        sentence = text[begin : min(stop, raw.end + 12)]
        aim = re.split(r"[;；。]", text[max(begin, raw.start - 50) : raw.start])[-1]
        if _TARGET.search(_NO_TARGET.sub("", aim)) and not _DONE.search(sentence[-80:]):
            kind = "target"
        elif _AIMED_AT.match(text, end):
            kind = "target"
            if text[start : raw.start].strip() in ("低于", "高于", "超过", "超出", "超"):
                start, bound = (
                    raw.start,
                    Bound.ABOUT if text[raw.end : end].strip() in ("左右", "上下") else Bound.EXACT,
                )
        elif _AIM_SENTENCE.match(sentence):
            kind = "target"
        if in_list and previous is not None and previous.kind == "target":
            kind = "target"
        return Figure(
            start, end, number, symbol, bound, kind, comparison, of, lead_start, in_list,
            is_part="其中" in lead[-16:],
        )  # fmt: skip

    def _share_of_ratio(
        self, raw: _Raw, ratio: tuple[int, int], begin: int, stop: int, lead_start: int
    ) -> Figure | str:
        """Return one share of 1.3∶57.3∶41.4; all of its shares are printed as the whole of it."""
        start, end = ratio
        near = self.text[max(begin, start - 60) : start]
        if self._is_old(near, self.text[end:stop], raw):
            return ""
        aim = re.split(r"[;；。]", near)[-1]
        kind: Kind = "target" if _TARGET.search(_NO_TARGET.sub("", aim)) else "figure"
        return Figure(
            start, end, raw.number, "%", kind=kind, lead=min(lead_start, start), place=raw.place
        )

    def _unit_of_bare(self, raw: _Raw, near: str) -> str:
        """Return the unit of a number that has none beside it: of an index, points."""
        if (
            not raw.scale
            and _DIRECTION.search(near)
            and re.search(r"(?:指数|之比|收入比|系数|比值)[^。;；]{0,40}$", near)
        ):
            return "点"
        if not raw.scale and re.search(
            r"(?:指数|之比|收入比|系数|比值)[^。;；,，]{0,40}(?:至|到|为)\s?$", near
        ):
            return "点"
        if raw.scale or not (_INDEX.search(near) or _INDEX_ALONE.search(near)):
            return ""
        return "点"

    def _continues(self, lead: str, previous: Figure | None, raw: _Raw | None) -> bool:
        """Whether a figure stands in a list with the one before: nothing but a separator between."""
        return (
            previous is not None
            and re.fullmatch(r"\s?(?:[、,和与及至到~-]|以及|—+|–|,?和|,?以及)\s?", lead) is not None
        )

    def _is_old(self, near: str, after: str, raw: _Raw) -> bool:
        """Whether a number is where a change began: 从37%提升至67%, 由上年的5.1%回落至4.9%."""
        if not re.search(r"(?:由|从)[^,，。;；]{0,22}$", near):
            return False
        return (
            re.match(
                r"[^,，。;；\d]{0,3}?,?(?:的?水平)?(?:逐步|逐年|进一步|大幅|快速|稳步|稳定|持续|平稳|小幅|扩大|增长|上升|提高|提升|增加|回升|下降|降低|减少|回落|收窄|压缩|缩短|缩减|优化|跃升|跃|升|降|增|转|扩|调整|变|发展|壮大|改善|上涨|下调|上调|放缓){1,3}(?:为|至|到|了)?",
                after,
            )
            is not None
            or re.match(r"[^,，。;；\d]{0,6}(?:至|到)\s?\d", after) is not None
        )

    def _is_qualifier(self, after: str, following: _Raw | None, raw: _Raw, stop: int) -> bool:
        """Whether a number only says which things are counted: 500平方米以上项目12个."""
        if not _QUALIFIER.match(after) or raw.unit == "周岁":
            return False
        if re.match(r"(?:及以上|以上|以下|及以下)(?:的)?(?:工业|法人|服务业|批发)", after):
            return True
        return (
            following is not None
            and following.start < stop
            and not re.search(r"[。;；]", self.text[raw.end : following.start])
            and len(self.text[raw.end : following.start]) <= 30
        )

    def _range(self, raw: _Raw, before: _Raw | None, after: _Raw | None, near: str) -> Bound | None:
        """Return which end of a range a number is; None if it is of none."""
        joiner = r"\s?(?:-|—+|–|~+|至|到|─)\s?"
        if (
            after is not None
            and re.fullmatch(joiner, self.text[raw.end : after.start])
            and after.unit == raw.unit
        ) and not re.search(r"(?:由|从)[^,，。;；\d]{0,12}$", near):
            return Bound.AT_LEAST
        if (
            before is not None
            and re.fullmatch(joiner, self.text[before.end : raw.start])
            and before.unit == raw.unit
        ):
            return Bound.AT_MOST
        return None

    def _bounds(self, raw: _Raw, near: str, unit: str) -> tuple[int, int, Bound]:
        start, end = raw.start, raw.end
        behind = _AFTER_BOUND.match(self.text, raw.end)
        if behind is not None:
            word = behind.group().strip()
            bound = {
                "及以上": Bound.AT_LEAST,
                "以上": Bound.AT_LEAST,
                "左右": Bound.ABOUT,
                "上下": Bound.ABOUT,
            }.get(word, Bound.AT_MOST)
            ahead = _BEFORE_BOUND.search(near)
            if ahead is None or _NO_BOUND.search(near[: ahead.start() + 1]):
                return start, behind.end(), bound
        if self.text[raw.start : raw.end] == "半" or self.text[raw.start : raw.end] == "半数":
            word = self.text[raw.start - 1 : raw.start]
            bounds = {"过": Bound.OVER, "超": Bound.OVER, "近": Bound.NEARLY}
            if word in bounds:
                return start - 1, end, bounds[word]
        ahead = _BEFORE_BOUND.search(near)
        if ahead is None or _NO_BOUND.search(near[: ahead.start() + 1]):
            return start, end, Bound.EXACT
        word = re.sub(r"(?:了|达到?|为)?\s?$", "", ahead.group()) or ahead.group()
        if word in ("高于", "低于", "超过", "超出", "多于", "少于") and unit.endswith("百分点"):
            return start, end, Bound.EXACT
        return start - len(ahead.group()), end, _BOUNDS.get(word, Bound.EXACT)

    def _list_end(self, raw: _Raw, following: _Raw | None, end: int) -> int:
        """Return where the writing of a number ends whose unit stands behind a later one."""
        text = self.text
        if following is None or text[raw.start : raw.end].endswith(raw.unit) or raw.in_words:
            return end
        if text[raw.start : raw.end].endswith("个") and raw.unit.endswith("百分点"):
            return following.end
        match = re.compile(
            r"(?:\s?(?:[、,和与及至到~-]|以及|—+|,?和)\s?\d[\d,.]*){1,12}\s?"
            + re.escape(following.scale)
            + r"[余多]?[^\d,，。;；]{0,6}"
        ).match(text, raw.end)
        if match is None:
            return end
        tail = re.search(re.escape(raw.unit), match.group())
        return raw.end + tail.end() if tail else end

    def _comparison(
        self, words: str, unit: str, begin: int, raw: _Raw, previous: Figure | None, in_list: bool
    ) -> tuple[ComparisonKind | None, str]:
        clause = re.split(r"[;；。]", words)[-1]
        last = re.split(r"[,，]", clause)[-1]
        if unit.endswith("百分点"):
            if _PULL.search(last) and "拉动" in last:
                return "pull", ""
            gap = _GAP.search(last) or _GAP2.search(last)
            if gap is not None and not re.search(
                r"上年|去年|上月|同期|上季|\d|一季度|年初", gap["of"]
            ):
                return "gap", gap["of"].strip("的") or "其他"
        if unit in ("%", "‰"):
            if _CONTRIBUTION.search(last):
                return "contribution", ""
            share = _SHARE.search(last)
            if (
                share is not None
                and "%" in unit
                and not _DIRECTION.search(last)
                and ("占" in share.group() or "比重" in share.group() or "份额" in share.group())
            ):
                of = (share["of"] or "").strip("了据到的全其 ") or "总量"
                return "share", re.sub(r"(?:的)?(?:比重|份额|比例)?$", "", of) or "总量"
        if unit in ("%", "个百分点", "百分点", "倍", "‰") or _DIRECTION.search(last):
            if _AVERAGE.search(last):
                return "average", ""
            if not _DIRECTION.search(last) and not re.search(
                r"增长|增速|增幅|降幅|下降|涨幅", last
            ):
                return None, ""
            if _QOQ.search(last):
                return "qoq", ""
            if _YOY.search(last):
                return "yoy", ""
            against = _AGAINST.search(last)
            if against is not None and re.search(r"\d{4}年|十[一二三四]五", against["of"]):
                return "change", against["of"]
            sentence = self.text[begin : raw.start]
            if unit == "%" and (
                _YOY.search(sentence) or (previous is not None and previous.comparison == "yoy")
            ):
                return "yoy", ""
        return None, ""

    def _direction(
        self, words: str, unit: str, raw: _Raw, comparison: ComparisonKind | None
    ) -> tuple[int, int]:
        """Return the sign that the words give a number, and how many signs of text say so."""
        clause = re.split(r"[,，;；。]", words)[-1]
        rate = _FALL_RATE.search(clause)
        if rate is not None and unit == "%":
            return -1, len(clause) - rate.start()
        if comparison == "gap":
            gap = _GAP.search(clause)
            if gap is not None and gap["below"]:
                return -1, len(clause) - gap.start()
            other = _GAP2.search(clause)
            if gap is None and other is not None and other["word"] in "低慢少":
                return -1, len(clause) - other.start("word")
            return 1, 1
        if comparison in ("share", "contribution"):
            return 1, 0
        direction = _DIRECTION.search(clause)
        if direction is None:
            return 1, 0
        word = direction["word"]
        if _LESS_FALL.search(clause[: direction.end("word")]):
            return 1, 1
        more = _MORE_FALL.search(clause[: direction.end("word")])
        if more is not None:
            return -1, len(clause) - more.start()
        if (
            word in ("高", "低", "多", "少", "快", "慢")
            and not unit.endswith(("百分点", "点"))
            and not re.search(r"[比较][^,，]{1,14}$", clause[: direction.start()])
        ):
            return 1, 0
        if word == "低" and clause[: direction.start()].endswith("降"):
            return 1, 0
        if word in _FALLS.split("|"):
            if word in ("降", "减") and re.search(r"[升]$", clause[: direction.start()]):
                return 1, 0
            return -1, len(clause) - direction.start()
        return 1, 1


_BOUNDS = {
    "不低于": Bound.AT_LEAST, "不少于": Bound.AT_LEAST, "不小于": Bound.AT_LEAST, "至少": Bound.AT_LEAST,
    "不超过": Bound.AT_MOST, "不高于": Bound.AT_MOST, "不多于": Bound.AT_MOST, "至多": Bound.AT_MOST,
    "不足": Bound.UNDER, "不到": Bound.UNDER, "低于": Bound.UNDER, "小于": Bound.UNDER, "少于": Bound.UNDER,
    "未满": Bound.UNDER, "超过": Bound.OVER, "超出": Bound.OVER, "突破": Bound.OVER, "超": Bound.OVER,
    "逾": Bound.OVER, "高于": Bound.OVER, "大于": Bound.OVER, "多于": Bound.OVER, "冲破": Bound.OVER,
    "接近": Bound.NEARLY, "将近": Bound.NEARLY, "近": Bound.NEARLY, "大约": Bound.ABOUT, "约为": Bound.ABOUT,
    "约": Bound.ABOUT, "大致": Bound.ABOUT,
}  # fmt: skip


def _symbol(scale: str, unit: str) -> str | None:
    """Return scale and unit as one symbol that data files know; None if they do not."""
    for symbol in (f"{scale}{unit}", unit if not scale else ""):
        if symbol and find_unit(symbol) is not None:
            return symbol
    return None


def _chinese(text: str) -> int:
    if text.isdigit():
        return int(text)
    total, digit = 0, None
    for sign in text:
        if sign in "十百千":
            total += (1 if digit is None else digit) * {"十": 10, "百": 100, "千": 1000}[sign]
            digit = None
        else:
            digit = _DIGIT.get(sign, 0)
    return total + (digit or 0)


def _clean_scope(text: str) -> str:
    return re.sub(
        r"^(?:[了在于到]|居|位|列)+|(?:的|中|排名|位次|位列|居|列|位)+$", "", text.strip()
    )


def _scope_before(text: str, position: int) -> str:
    found = _SCOPE.search(text[max(0, position - 24) : position])
    return _clean_scope(found["scope"]) if found else ""
