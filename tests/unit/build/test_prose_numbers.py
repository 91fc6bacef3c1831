"""Which numbers of ordinary prose say a figure: no false alarm, none missed."""

from __future__ import annotations

import pytest

from generator.build.prose_numbers import numbers_in

QUIET = """\
根据国办发〔2025〕12号文件精神，编制本报告。
2025年1—11月，全区经济运行总体平稳；截至2025年6月30日24时，各项工作有序推进。
2025年上半年（1-6月）、前11个月、前3季度、第3季度末，增势不减。
“十四五”规划和2035年远景目标纲要；“5050”计划、“512”行动、“1+3+N”政策体系。
详见附件1、表2-1、图3.2和第4章，全文共8页。
电话：0571-87654321，邮编：310051；地址：江南大道3778号12楼1203室。
G20峰会、5G、3D打印、8K视频、B2B、AI 2.0、工业4.0、ISO 9001:2015、GB/T 9704-2012。
http://www.example.org/art/2025/3/1/art_123_456.html
（1）聚焦产业；2.优化服务；（3）强化保障。
第19届亚运会，20世纪90年代以来，21世纪，浙江省第15次党代会。
985高校、211工程、世界500强、民企10强。
2025/8/31、2025-08-31、8月31日 08:30、2024-25、24/7、7×24小时服务。
According to Circular No. 12 [2025], and Regulation 2016/679, Article 5(2).
In the first 11 months of 2025 (Jan-Nov), as of 30 June 2025, 24:00, from May 12, 2025.
The 14th Five-Year Plan, the 2035 vision, the 19th Asian Games, the 21st century, the 1990s.
See Annex 1, Table 2-1, Figures 3.2 and 3.3, Section 4.1.2, Note 7, page 3 of 12.
Tel: +86 571 8765 4321; https://example.org/2025/12/a-3.html; info2@example.org
Web 3.0, Industry 4.0, COVID-19, GPT-4, PM2.5, CO2, N95, A4, version 1.2.3, v2.
A 5-year plan, a 3-month period, Top 10, Fortune 500, FY2024/25, Q1, H1, Phase 2.
The 1st, 2nd, 3rd and 4th quarter; 31/12/2024; 2024–2025."""


@pytest.mark.parametrize("line", QUIET.splitlines())
def test_dates_names_references_and_list_numbers_are_no_figures(line):
    assert numbers_in(line) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("同比增长7.3%，占比超40%，达到240P", ["7.3", "40", "240"]),
        ("实现营业收入2000亿元，超2000家企业", ["2000", "2000"]),
        ("RMB 2000 million; more than 2000 firms, 2,000 people", ["2000", "2000", "2,000"]),
        ("手机产量1000万部", ["1000"]),
        ("Telecom sales of 3500 units", ["3500"]),
        ("GDP grew by 7.3 percent to RMB 155.99 billion (2024: 6.1%)", ["7.3", "155.99", "6.1"]),
        ("三次产业结构为1.3∶57.3∶41.4", ["1.3", "57.3", "41.4"]),
        ("13个部门、7大任务", ["13", "7"]),
        ("between 5 and 10 firms", ["5", "10"]),
        ("18–35周岁", ["18", "35"]),
        ("RMB 2.0 billion", ["2.0"]),
        ("growth of 2.0%", ["2.0"]),
        ("下降0.5个百分点，环比降3.25%", ["0.5", "3.25"]),
        ("每天24小时", ["24"]),
    ],
)
def test_figures_are_found(text, found):
    assert numbers_in(text) == found


def test_declared_literals_are_left_out():
    assert numbers_in("热线12345受理1560件", ["12345"]) == ["1560"]
