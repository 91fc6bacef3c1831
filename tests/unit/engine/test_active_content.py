"""What a link may lead to, and what its code says it leads to."""

from __future__ import annotations

import pytest

from generator.engine.active_content import (
    first_word,
    is_address,
    is_dangerous,
    is_harmless_action,
    leads_astray,
)


@pytest.mark.parametrize(
    "target",
    ["https://a.b", " HTTP://A.B ", "mailto:a@b", "#top", "{{ url }}", "https://{{ host }}/",
     "{% if a %}{{ a }}{% else %}{{ b }}{% endif %}", "{# where #}{{ url }}", "{{ url }}/more"],
)  # fmt: skip
def test_addresses(target: str) -> None:
    assert is_address(target)


@pytest.mark.parametrize(
    "target",
    ["", "file:///a", "javascript:x", "\\\\a\\b", "a.docx", "{# a #}javascript:x",
     "{% if a %}javascript:x{% endif %}", "{% set a = 1 %}file:///a", "java{{ '' }}script:x"],
)  # fmt: skip
def test_what_is_no_address(target: str) -> None:
    assert not is_address(target)


@pytest.mark.parametrize(
    "code",
    ['HYPERLINK "https://a.b" \\o "file tip"', 'HYPERLINK \\l "mark"', "HYPERLINK {{ url }}",
     'HYPERLINK "{{ rows | map(attribute="url") | first }}"', "PAGE file:///a"],
)  # fmt: skip
def test_codes_that_lead_to_addresses(code: str) -> None:
    assert not leads_astray(code)


@pytest.mark.parametrize(
    "code",
    ["HYPERLINK file:///a", 'HYPERLINK \\o "tip" "file:///a"', 'hyperlink \u201cfile:///a\u201d',
     'HYPERLINK "https://a.b" "file:///a"', "HYPERLINK {# a #}file:///a"],
)  # fmt: skip
def test_codes_that_lead_astray(code: str) -> None:
    assert leads_astray(code)


@pytest.mark.parametrize(
    ("code", "dangerous"),
    [("PAGE", False), ("=1+2", False), ("", False), (" \\ddeauto x", True), ("DDE\u200b x", True),
     ("SHELL x", True)],
)  # fmt: skip
def test_fields_that_are_not_known_are_dangerous(code: str, dangerous: bool) -> None:
    assert is_dangerous(first_word(code)) is dangerous


@pytest.mark.parametrize(
    ("action", "harmless"),
    [("", True), ("ppaction://noaction", True), ("ppaction://hlinkshowjump?jump=nextslide", True),
     ("ppaction://program", False), ("ppaction%3A//macro", False), ("x:y", False)],
)  # fmt: skip
def test_actions(action: str, harmless: bool) -> None:
    assert is_harmless_action(action) is harmless
