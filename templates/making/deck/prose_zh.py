from making.deck.slides import Deck


def write(deck: Deck) -> None:
    deck.slide(
        "cover",
        "{{ report.title }}",
        ["封面。"],
        body=["{{ report.subtitle }}"],
        side=["{{ report.issuer }}　{{ report.date }}"],
    )
    deck.slide(
        "cards",
        "上半年经济增长7.3%，人工智能产业链成形，创新投入强度达9.1%，这是第二行文字的标题示例",
        ["备注"],
        cards=[["地区生产总值", "1559.9<<亿元>>", "2025年上半年，同比增长7.3%"]] * 4,
        body=["第一点：**增长**由工业领先。", "第二点", "第三点"],
        source="来源：报道原文",
    )
    deck.slide(
        "chart",
        "规模以上工业增加值增长15.4%",
        ["备注"],
        insert='{{ chart("growth") }}',
        body=["第一点", "> 说明文字", "第二点"],
        source="来源：报道原文",
    )
    deck.slide(
        "diagram",
        "产业链",
        ["备注"],
        insert='{{ diagram("chain") }}',
        body=["第一点", "第二点"],
        source="来源：报道原文",
    )
    deck.slide(
        "statement",
        "研发强度",
        ["备注"],
        hero=["全社会研发经费投入强度", "9.1<<%>>", "2024年"],
        body=["第一点", "第二点", "第三点"],
        source="来源：报道原文",
    )
    deck.slide(
        "content", "政策", ["备注"], body=["第一点", "> 二级", "第三点"], source="来源：报道原文"
    )
    deck.slide(
        "notes",
        "口径",
        ["备注"],
        body=["左", "> 左2", ">> s"],
        side=["右", "> 右2"],
        source="来源：报道原文",
    )
